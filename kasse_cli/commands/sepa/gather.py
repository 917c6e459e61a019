"""Files from the command line, one after the other: what is good is kept whole, what is not becomes a finding."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from kasse_cli.commands.sepa.spool import Section, Spool
from kasse_cli.context import Call, NothingOnStdinError
from kasse_cli.progress import progress
from sepa.camt.tables import STATEMENTS
from sepa.conversion import entry_row, statement_row
from sepa.conversion_payments import batch_row, file_row, payment_row
from sepa.errors import N_, KasseError, Place
from sepa.pain_reading import read_payments
from sepa.pain_tables import PAYMENT_NAMES
from sepa.pain_values import BatchEnd, FileEnd, ForeignBatch, ForeignPayment, PaymentFile
from sepa.reading import Kind, NotAStatementError, identify, read_files, read_statements
from sepa.sources import DEFAULT, Limits, Source
from sepa.statements import Closed, Entry, Opened

NO_LIMITS = Limits(file_bytes=1 << 60, entry_bytes=1 << 60, members=1 << 30, ratio=1 << 30, huge=True)
STATEMENT_FAMILIES = (*STATEMENTS, "MT940", "MT942")
_STEP = 1000


class NothingReadError(KasseError):
    """Several files of which none could be read."""

    code = "file.none_read"
    template = N_("none of the {count} files could be read")
    hint = N_("see what is said of each")


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
    sections: list[Section] = field(default_factory=list)
    entries: int = 0
    credit_cents: int = 0
    debit_cents: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    currencies: dict[str, None] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    findings: list[KasseError] = field(default_factory=list)

    @property
    def holds_payments(self) -> bool:
        """Whether it orders payments and does not report them."""
        return self.kind.family in PAYMENT_NAMES


@dataclass(slots=True)
class Gathered:
    """All files that were good, the rows under their sections, and every finding."""

    spool: Spool
    files: list[FileRead] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)


def sources(call: Call, paths: Iterable[Path], limits: Limits, faults: list[KasseError]) -> Iterator[Source]:
    """Yield each file, the members of a ZIP one by one; what cannot be opened is added to the faults."""
    for path in paths:
        try:
            for _, source in read_files(_opened(call, path, limits), limits=limits):
                yield source
        except KasseError as error:
            faults.append(error.at(Place(file=str(path))))


def _opened(call: Call, path: Path, limits: Limits) -> Path | BinaryIO:
    if str(path) != "-":
        return path
    if sys.stdin.isatty():
        raise NothingOnStdinError
    del call
    return cast("BinaryIO", Source(sys.stdin.buffer, "-", limits))


@contextmanager
def gathered(call: Call, paths: Iterable[Path], *, unlimited: bool = False, keep: bool = True) -> Iterator[Gathered]:
    """Give what the files hold; with `keep` every entry and payment goes to the spool, without only the sums stay.

    Raises the error of the file where there is but one, and `NothingReadError` where none of several is good.
    """
    with closing(Spool()) as spool:
        yield _gather(call, paths, Gathered(spool), NO_LIMITS if unlimited else DEFAULT, keep=keep)


def _gather(call: Call, paths: Iterable[Path], found: Gathered, limits: Limits, *, keep: bool) -> Gathered:
    faults: list[KasseError] = []
    with progress(N_("entries read"), quiet=call.quiet) as step:
        for source in sources(call, paths, limits, faults):
            _take(source, found, faults, step, keep=keep)
    if not found.files:
        raise faults[0] if len(faults) == 1 else NothingReadError(count=len(faults), findings=tuple(faults))
    found.findings = [*faults, *(one for file in found.files for one in file.findings)]
    return found


def _take(
    source: Source, found: Gathered, faults: list[KasseError], step: Callable[[int], None], *, keep: bool
) -> None:
    start = found.spool.size
    try:
        found.files.append(_Taker(found.spool, step, keep=keep).read(source))
    except KasseError as error:
        found.spool.forget(start)
        faults.append(error.at(source.place))


def read_into(spool: Spool, source: Source, *, keep: bool = True) -> FileRead:
    """Return what one file holds, its entries and payments in the spool with `keep`; raises what reading raises."""
    return _Taker(spool, lambda _: None, keep=keep).read(source)


class _Taker:
    """Reads one file into the spool."""

    def __init__(self, spool: Spool, step: Callable[[int], None], *, keep: bool) -> None:
        self.spool, self.step, self.keep = spool, step, keep
        self.start = 0

    def read(self, source: Source) -> FileRead:
        file = FileRead(source.name, identify(source))
        if file.holds_payments:
            self._payments(source, file)
        elif file.kind.family in STATEMENT_FAMILIES:
            self._statements(source, file)
        else:
            raise NotAStatementError(place=Place(file=source.name, line=1), name=file.kind.name)
        self.step(file.entries % _STEP)
        return file

    def _statements(self, source: Source, file: FileRead) -> None:
        opened: Opened | None = None
        for event in read_statements(source):
            if isinstance(event, Entry):
                self._entry(event, file)
            elif isinstance(event, Opened):
                opened, self.start = event, self.spool.size
            elif opened is not None:
                self._close(opened, event, file)

    def _entry(self, entry: Entry, file: FileRead) -> None:
        file.currencies[entry.currency] = None
        file.statuses[entry.status] += 1
        if entry.amount_cents > 0:
            file.credit_cents += entry.amount_cents
        else:
            file.debit_cents -= entry.amount_cents
        self._row(entry_row(entry) if self.keep else None, file)

    def _row(self, row: dict[str, Any] | None, file: FileRead) -> None:
        if row is not None:
            self.spool.add(row)
        file.entries += 1
        if not file.entries % _STEP:
            self.step(_STEP)

    def _close(self, opened: Opened, closed: Closed, file: FileRead) -> None:
        if opened.currency:
            file.currencies[opened.currency] = None
        file.sections.append(Section(statement_row(opened, closed), self.start, self.spool.size))
        file.findings += closed.findings
        file.findings += _not_understood(closed.not_understood, file.path, opened.line)

    def _payments(self, source: Source, file: FileRead) -> None:
        head: PaymentFile | None = None
        batch: ForeignBatch | None = None
        for event in read_payments(source):
            if isinstance(event, ForeignPayment):
                file.currencies[event.currency] = None
                self._row(payment_row(event) if self.keep else None, file)
            elif isinstance(event, ForeignBatch):
                batch, self.start = event, self.spool.size
            elif isinstance(event, PaymentFile):
                head = event
            elif isinstance(event, BatchEnd):
                assert batch is not None
                file.sections.append(Section(batch_row(batch, event), self.start, self.spool.size))
            else:
                assert head is not None
                self._end(head, event, file)

    def _end(self, head: PaymentFile, end: FileEnd, file: FileRead) -> None:
        file.head = file_row(head, end)
        file.findings += end.findings
        file.findings += _not_understood(end.not_understood, file.path, None)


def _not_understood(paths: Iterable[tuple[str, int]], file: str, line: int | None) -> list[KasseError]:
    return [NotUnderstoodError(path=path, count=count, place=Place(file=file, line=line)) for path, count in paths]
