"""One file into the spool: its statements or batches as sections, its entries or payments as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from kasse_cli.commands.sepa.families import GROUPS, Group
from kasse_cli.commands.sepa.spool import Section, Spool
from sepa.conversion import entry_row, statement_row
from sepa.conversion_payments import batch_row, file_row, payment_row
from sepa.errors import N_, KasseError, Place
from sepa.joining import Details
from sepa.pain_reading import read_payments
from sepa.pain_values import BatchEnd, ForeignBatch, ForeignPayment, PaymentFile
from sepa.reading import Kind, NotAStatementError, identify, read_statements
from sepa.rules.balances import Running
from sepa.sources import Source
from sepa.statements import Closed, Entry, Opened

STEP = 1000


class NotUnderstoodError(KasseError):
    """Elements of a file that no table names."""

    code = "file.not_understood"
    template = N_("{path} was not understood, {count} times")
    hint = N_("nothing of what was understood is missing; report it if it matters to you")
    severity = "info"


@dataclass(slots=True)
class FileRead:
    """One file as it was read: its statements or batches, what was counted, what was noticed."""

    path: str
    kind: Kind
    group: Group
    sections: list[Section] = field(default_factory=list)
    entries: int = 0
    elsewhere: int = 0
    credit_cents: int = 0
    debit_cents: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    currencies: dict[str, None] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    findings: list[KasseError] = field(default_factory=list)


class Taker:
    """Reads files into the spool; with `keep` every row goes there, without only the sums stay."""

    def __init__(
        self, spool: Spool, step: Callable[[int], None], *, keep: bool, details: Details | None = None
    ) -> None:
        self.spool, self.step, self.keep, self.details = spool, step, keep, details
        self.start = 0

    def read(self, source: Source) -> FileRead:
        """Return what one file holds; raises what reading raises, and `NotAStatementError` for a strange message."""
        kind = identify(source)
        if kind.family not in GROUPS:
            raise NotAStatementError(place=Place(file=source.name, line=1), name=kind.name)
        file = FileRead(source.name, kind, GROUPS[kind.family])
        if file.group == "statements":
            self._statements(source, file)
        elif file.group == "payments":
            self._payments(source, file)
        else:
            from kasse_cli.commands.sepa.taking_notices import TAKERS

            TAKERS[file.group](self, source, file)
        self.step(file.entries % STEP)
        return file

    def begin(self) -> None:
        """Begin a section."""
        self.start = self.spool.size

    def row(self, make: Callable[[Any], dict[str, Any]], value: Any, file: FileRead) -> None:
        """Keep a row of the section."""
        if self.keep:
            self.spool.add(make(value))
        file.entries += 1
        if not file.entries % STEP:
            self.step(STEP)

    def end(self, row: dict[str, Any], file: FileRead) -> None:
        """End a section that has this head."""
        file.sections.append(Section(row, self.start, self.spool.size))
        self.start = self.spool.size

    def _statements(self, source: Source, file: FileRead) -> None:
        opened: Opened | None = None
        running = Running()
        events = read_statements(source)
        for event in self.details.joined(events, file.path) if self.details else events:
            finding = running.take(event)
            if isinstance(event, Entry):
                self._entry(event, file)
            elif isinstance(event, Opened):
                opened = event
                self.begin()
            elif opened is not None:
                file.findings += [finding.at(Place(file=file.path))] if finding else []
                self._close(opened, event, file)

    def _entry(self, entry: Entry, file: FileRead) -> None:
        file.currencies[entry.currency] = None
        file.statuses[entry.status] += 1
        file.elsewhere += bool(entry.detail_message_id) and len(entry.details) < 2
        if entry.amount_cents > 0:
            file.credit_cents += entry.amount_cents
        else:
            file.debit_cents -= entry.amount_cents
        self.row(entry_row, entry, file)

    def _close(self, opened: Opened, closed: Closed, file: FileRead) -> None:
        if opened.currency:
            file.currencies[opened.currency] = None
        self.end(statement_row(opened, closed), file)
        file.findings += closed.findings
        file.findings += not_understood(closed.not_understood, file.path, opened.line)

    def _payments(self, source: Source, file: FileRead) -> None:
        head: PaymentFile | None = None
        batch: ForeignBatch | None = None
        for event in read_payments(source):
            if isinstance(event, ForeignPayment):
                file.currencies[event.currency] = None
                self.row(payment_row, event, file)
            elif isinstance(event, ForeignBatch):
                batch = event
                self.begin()
            elif isinstance(event, PaymentFile):
                head = event
            elif isinstance(event, BatchEnd):
                assert batch is not None
                self.end(batch_row(batch, event), file)
            else:
                assert head is not None
                file.head = file_row(head, event)
                file.findings += event.findings
                file.findings += not_understood(event.not_understood, file.path, None)


def not_understood(paths: Iterable[tuple[str, int]], file: str, line: int | None) -> list[KasseError]:
    """Return a finding for each path that no table names."""
    return [NotUnderstoodError(path=path, count=count, place=Place(file=file, line=line)) for path, count in paths]
