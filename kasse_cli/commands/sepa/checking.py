"""All that is said about one file: rules, bank profile and schema, findings with file and line."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, BinaryIO, cast

from kasse_cli.commands.sepa.families import GROUPS
from kasse_cli.commands.sepa.gather import Whole
from sepa.camt029 import read_cancellation_answer
from sepa.errors import KasseError, Place
from sepa.joining import Details
from sepa.notes import MoreFindingsError
from sepa.pain002 import read_status_report
from sepa.pain_orders import Problems
from sepa.pain_reading import NotAPaymentFileError, read_payments
from sepa.pain_values import BatchEnd, ForeignBatch, ForeignPayment, PaymentStream
from sepa.profiles import Heads, Profile
from sepa.profiles import Kind as OrderKind
from sepa.profiles import check as check_profile
from sepa.profiles.findings import KindsMixedError
from sepa.reading import Kind, identify, read_statements
from sepa.request_reading import read_requests
from sepa.rules.balances import Running
from sepa.rules.foreign import check_payments
from sepa.rules.reports import check_answer, check_report
from sepa.rules.requests import check_requests
from sepa.schemas import SchemaFile, schema_for, validate
from sepa.sources import Source
from sepa.statements import Closed

MOST_FINDINGS = 10_000
_IN_MEMORY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to check by: the day and hour, a bank's profile, schema files."""

    at: datetime
    profile: Profile | None = None
    schemas: tuple[SchemaFile, ...] = ()
    details: Details | None = None

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
        shutil.copyfileobj(cast("BinaryIO", Whole(source)), copy)
        checked.add(_schema_findings(copy, checked.kind, wishes.schemas))
        copy.seek(0)
        _check(Source(cast("BinaryIO", copy), source.name, source.limits), checked, wishes)
    return checked


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
    """Add what the rules say of a file; a message without rules is only checked by schema, where there is one."""
    group = GROUPS.get(checked.kind.family)
    if group == "statements":
        checked.add(_statement_findings(source, wishes.details))
    elif group == "payments":
        tally = Tally(checked.kind.family)
        charset = wishes.profile.charset if wishes.profile else "dk"
        checked.add(check_payments(tally.watched(read_payments(source)), wishes.on, charset))
        if wishes.profile:
            checked.add(tally.findings(wishes.profile, wishes.at))
    elif group == "reports":
        checked.add(check_report(read_status_report(source)))
    elif group == "answers":
        checked.add(check_answer(read_cancellation_answer(source)))
    elif group == "requests":
        checked.add(check_requests(read_requests(source), wishes.on))
    elif not wishes.schemas:
        raise NotAPaymentFileError(place=Place(file=source.name, line=1), name=checked.kind.name)


def _statement_findings(source: Source, details: Details | None) -> Iterator[KasseError]:
    running = Running()
    events = read_statements(source)
    for event in details.joined(events, source.name) if details else events:
        finding = running.take(event)
        if isinstance(event, Closed):
            yield from event.findings
            yield from (finding,) if finding else ()


class Tally:
    """What a bank's profile looks at, noted while the events of a payment file pass."""

    def __init__(self, family: str) -> None:
        self.debits = family == "pain.008"
        self.kinds: set[OrderKind] = set()
        self.days: set[date] = set()
        self.accounts: set[str] = set()
        self.sequences: set[str] = set()
        self.instrument = ""
        self.count = 0

    def watched(self, events: PaymentStream) -> PaymentStream:
        """Yield the events, having noted what counts."""
        for event in events:
            if isinstance(event, ForeignBatch):
                self._batch(event)
            elif isinstance(event, ForeignPayment):
                self.sequences.add(event.sequence)
                self._kind(event)
            elif isinstance(event, BatchEnd):
                self.count += event.count
            yield event

    def _batch(self, batch: ForeignBatch) -> None:
        day = Problems().day(batch.day, "day")
        self.days |= {day} if day else set()
        self.accounts.add(batch.iban)
        self.sequences.add(batch.sequence)
        self.instrument = batch.local_instrument

    def _kind(self, payment: ForeignPayment) -> None:
        instrument = payment.local_instrument or self.instrument
        if self.debits:
            self.kinds.add("b2b" if instrument == "B2B" else "core")
        else:
            self.kinds.add("instant" if instrument == "INST" else "transfer")

    def findings(self, profile: Profile, at: datetime) -> Iterator[KasseError]:
        """Yield what the file lacks for a bank.

        Which characters its texts may have was asked of each payment, and whether kinds are mixed of every file.
        """
        heads = Heads(
            frozenset(self.kinds),
            self.count,
            frozenset(self.days),
            frozenset(self.accounts),
            profile.charset,
            frozenset(self.sequences - {""}),
        )
        found = check_profile(heads, profile, at)
        yield from (finding for finding in found if not isinstance(finding, KindsMixedError))
