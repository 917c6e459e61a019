"""All that is said about one file: rules, bank profile and schema, findings with file and line."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from kasse_cli.commands.sepa.gather import STATEMENT_FAMILIES
from sepa.camt.tables import STATEMENTS
from sepa.errors import KasseError, Place
from sepa.notes import MoreFindingsError
from sepa.pain_orders import Problems, transfer_batch
from sepa.pain_reading import NotAPaymentFileError, read_payments
from sepa.pain_tables import PAYMENT_NAMES
from sepa.pain_values import BatchEnd, ForeignBatch, PaymentStream
from sepa.payments import CreditTransferMessage, Totals, TransferBatch
from sepa.profiles import Profile
from sepa.profiles import check as check_profile
from sepa.profiles.findings import SeveralAccountsError, SeveralDaysError, TooManyPaymentsError
from sepa.reading import Kind, identify, read_statements
from sepa.rules.balances import balance_finding
from sepa.rules.foreign import check_payments
from sepa.schemas import SchemaFile, schema_for, validate
from sepa.sources import Source
from sepa.statements import Closed, Entry, Opened

MOST_FINDINGS = 10_000
_IN_MEMORY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to check by: the day and hour, a bank's profile, schema files."""

    at: datetime
    profile: Profile | None = None
    schemas: tuple[SchemaFile, ...] = ()

    @property
    def on(self) -> date:
        """The day."""
        return self.at.date()


@dataclass(slots=True)
class Checked:
    """One file and what was found."""

    path: str
    kind: Kind
    findings: list[KasseError] = field(default_factory=list)
    more: int = 0

    def add(self, findings: Iterable[KasseError]) -> None:
        """Keep findings with the file as their place, up to a number that fits into memory."""
        for finding in findings:
            if len(self.findings) < MOST_FINDINGS:
                self.findings.append(finding.at(Place(file=self.path)))
            else:
                self.more += 1

    def all(self) -> list[KasseError]:
        """Return the findings, the last one saying how many more there were."""
        rest = [MoreFindingsError(count=self.more, place=Place(file=self.path))] if self.more else []
        return [*self.findings, *rest]

    def count(self, severity: str) -> int:
        """Return how many findings of a severity are kept."""
        return sum(finding.severity == severity for finding in self.findings)


def check_source(source: Source, wishes: Wishes) -> Checked:
    """Return what is said about a file; raises what stops it from being read."""
    checked = Checked(source.name, identify(source))
    if not wishes.schemas:
        _check(source, checked, wishes)
        return checked
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as copy:
        shutil.copyfileobj(cast("BinaryIO", _whole(source)), copy)
        checked.add(_schema_findings(copy, checked.kind, wishes.schemas))
        copy.seek(0)
        _check(Source(cast("BinaryIO", copy), source.name, source.limits), checked, wishes)
    return checked


class _Whole:
    """A source without a limit on one part, for copying it as it is."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        self._source.since_progress = 0
        return self._source.read(size)


def _whole(source: Source) -> _Whole:
    return _Whole(source)


def _schema_findings(copy: IO[bytes], kind: Kind, schemas: Iterable[SchemaFile]) -> Iterator[KasseError]:
    """Yield what the schema does not allow; a missing schema is a finding."""
    try:
        schema = schema_for(kind.namespace, schemas)
        yield from validate(lambda: cast("BinaryIO", _Again(copy)), schema)
    except KasseError as error:
        yield error


class _Again(io.RawIOBase):
    """A file that is there already, from its beginning; closing it leaves it open."""

    def __init__(self, inner: IO[bytes]) -> None:
        super().__init__()
        self._inner = inner
        inner.seek(0)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(size)


def _check(source: Source, checked: Checked, wishes: Wishes) -> None:
    if checked.kind.family in STATEMENT_FAMILIES:
        checked.add(_statement_findings(source))
    elif checked.kind.family in PAYMENT_NAMES:
        charset = wishes.profile.charset if wishes.profile else "dk"
        tally = Tally(checked.kind.family)
        checked.add(check_payments(tally.watched(read_payments(source)), wishes.on, charset))
        if wishes.profile:
            checked.add(tally.findings(wishes.profile, wishes.at))
    elif not wishes.schemas:
        raise NotAPaymentFileError(place=Place(file=source.name, line=1), name=checked.kind.name)


def _statement_findings(source: Source) -> Iterator[KasseError]:
    opened: Opened | None = None
    booked_cents = 0
    for event in read_statements(source):
        if isinstance(event, Opened):
            opened, booked_cents = event, 0
        elif isinstance(event, Entry):
            booked_cents += event.amount_cents if event.status in {"BOOK", ""} else 0
        elif opened is not None:
            yield from event.findings
            yield from _balance(opened, event, booked_cents)


def _balance(opened: Opened, closed: Closed, booked_cents: int) -> Iterator[KasseError]:
    if opened.message[:8] in set(STATEMENTS) - {"camt.053"}:
        return
    if (finding := balance_finding(opened, closed, booked_cents)) is not None:
        yield finding


class Tally:
    """The heads of the batches of a file, for the rules of a bank's profile."""

    def __init__(self, family: str) -> None:
        self.debits = family == "pain.008"
        self.batches: list[TransferBatch] = []
        self.days: set[str] = set()
        self.accounts: set[str] = set()
        self.count = 0
        self._open: ForeignBatch | None = None

    def watched(self, events: PaymentStream) -> PaymentStream:
        """Yield the events, having noted what counts."""
        for event in events:
            if isinstance(event, ForeignBatch):
                self._open = event
                self.days.add(event.day)
                self.accounts.add(event.iban)
            elif isinstance(event, BatchEnd):
                self.count += event.count
                self._close(event)
            yield event

    def _close(self, end: BatchEnd) -> None:
        assert self._open is not None
        made = None if self.debits else transfer_batch(self._open, Problems())
        if made is not None:
            numbered = f"B-{len(self.batches)}"
            totals = Totals(end.count, end.amount_cents)
            self.batches.append(replace(made, payment_information_id=numbered, totals=totals))

    def findings(self, profile: Profile, at: datetime) -> Iterator[KasseError]:
        """Yield what the file lacks for a bank."""
        if self.batches:
            message = CreditTransferMessage("-", at, "-", tuple(self.batches), profile.charset)
            yield from check_profile(message, profile, at)
        elif self.debits:
            yield from self._debit_findings(profile)

    def _debit_findings(self, profile: Profile) -> Iterator[KasseError]:
        if self.count > profile.payments_per_file:
            yield TooManyPaymentsError(count=self.count, limit=profile.payments_per_file)
        if profile.one_date_per_file and len(self.days) > 1:
            yield SeveralDaysError(count=len(self.days))
        if profile.one_account_per_file and len(self.accounts) > 1:
            yield SeveralAccountsError(count=len(self.accounts))


def schema_files(folder: Path) -> tuple[SchemaFile, ...]:
    """Return the schema files of a folder; raises `OSError`."""
    return tuple(SchemaFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if _is_schema(path))


def _is_schema(path: Path) -> bool:
    return path.suffix.lower() == ".xsd" and path.is_file()
