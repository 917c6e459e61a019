"""Entries made by hand: what they must have, and which accounts are not posted to by hand, with the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from ledger.book.creation import UnknownOfficeError
from ledger.book.dimensions import Lists, canonical
from ledger.book.entry import (
    ClosedAccountError,
    ClosedPeriodError,
    Draft,
    NotYetOpenError,
    Posting,
    UnknownAccountError,
)
from ledger.book.manual_errors import (
    KEPT,
    FutureEntryError,
    LongDocumentError,
    LongTextError,
    NoAmountError,
    NoDocumentError,
    NoTextError,
    TooFewLinesError,
    TransitInClosingError,
    UnbalancedLinesError,
)
from ledger.book.periods import CLOSING, ClosedUntil, check_closing_entry
from ledger.book.transfer import across
from sepa.errors import NOWHERE, KasseError, Place

SOURCE = "manual"
LONGEST_TEXT, LONGEST_DOCUMENT = 500, 140


class ManualLine(NamedTuple):
    """A line as somebody wrote it: cents are debit positive, None where they could not be read."""

    office: str
    account: str
    cents: int | None
    dimensions: Mapping[str, str]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ManualEntry:
    """An entry as somebody wrote it, for one office or several; `key` is what the list calls it.

    A `closing` one is of period 13 of its year.
    """

    key: str
    day: str
    text: str
    document: str
    lines: tuple[ManualLine, ...]
    place: Place = NOWHERE
    findings: tuple[KasseError, ...] = ()
    closing: bool = False

    @property
    def offices(self) -> tuple[str, ...]:
        """The offices it touches, sorted."""
        return tuple(sorted({line.office for line in self.lines}))

    @property
    def amount_cents(self) -> int:
        """The sum of its debits."""
        return sum(line.cents for line in self.lines if line.cents is not None and line.cents > 0)

    @property
    def fingerprint(self) -> str:
        """What makes two entries the same: day, document, lines."""
        lines = sorted(f"{o} {account} {cents} {canonical(given)}" for o, account, cents, given, _ in self.lines)
        return sha256("\n".join([self.day, self.document, *lines]).encode()).hexdigest()


class AccountState(NamedTuple):
    """What an entry needs to know of an account."""

    kind: str
    role: str | None
    opened_on: str
    closed_on: str | None


@dataclass(frozen=True, slots=True)
class ManualRules:
    """What the book allows by hand: today, the last closed day ('' before any), offices, accounts, dimensions."""

    today: str
    closed: str
    offices: tuple[str, ...]
    accounts: Mapping[tuple[str, str], AccountState]
    lists: Lists = field(default_factory=Lists)
    until: ClosedUntil = field(default_factory=ClosedUntil)


def check_entry(rules: ManualRules, entry: ManualEntry) -> Iterator[KasseError]:
    """Yield everything that is wrong with an entry, each at its place."""
    yield from entry.findings
    if not entry.findings:  # a row that could not be read may have had them
        yield from _words(entry)
    if entry.closing:
        yield from _period(rules, entry)
    elif entry.day <= rules.closed:
        yield ClosedPeriodError(day=entry.day, closed=rules.closed, place=entry.place)
    elif entry.day > rules.today:
        yield FutureEntryError(day=entry.day, place=entry.place)
    for line in entry.lines:
        yield from _check_line(rules, entry.day, line)
        if entry.closing and _role(rules, line) == "transit_own":
            yield TransitInClosingError(office=line.office, account=line.account, place=line.place)
    yield from _balance(entry)


def _role(rules: ManualRules, line: ManualLine) -> str | None:
    state = rules.accounts.get((line.office, line.account))
    return None if state is None else state.role


def _period(rules: ManualRules, entry: ManualEntry) -> Iterator[KasseError]:
    try:
        check_closing_entry(rules.until, entry.day)
    except KasseError as error:
        yield error.at(entry.place)


def _words(entry: ManualEntry) -> Iterator[KasseError]:
    if not entry.text.strip():
        yield NoTextError(place=entry.place)
    elif len(entry.text) > LONGEST_TEXT:
        yield LongTextError(length=len(entry.text), most=LONGEST_TEXT, place=entry.place)
    if not entry.document.strip():
        yield NoDocumentError(place=entry.place)
    elif len(entry.document) > LONGEST_DOCUMENT:
        yield LongDocumentError(length=len(entry.document), most=LONGEST_DOCUMENT, place=entry.place)


def _balance(entry: ManualEntry) -> Iterator[KasseError]:
    if entry.findings:  # a line that could not be read is missing
        return
    if len(entry.lines) < 2:
        yield TooFewLinesError(place=entry.place)
    elif all(line.cents is not None for line in entry.lines):
        debit = entry.amount_cents
        credit = -sum(line.cents for line in entry.lines if line.cents is not None and line.cents < 0)
        if debit != credit:
            difference = debit - credit
            yield UnbalancedLinesError(
                debit_cents=debit, credit_cents=credit, difference_cents=difference, place=entry.place
            )


def _check_line(rules: ManualRules, day: str, line: ManualLine) -> Iterator[KasseError]:
    if line.cents == 0:
        yield NoAmountError(place=line.place)
    if line.office not in rules.offices:
        yield UnknownOfficeError(office=line.office, offices=", ".join(rules.offices), place=line.place)
        return
    where: dict[str, Any] = {"office": line.office, "account": line.account}
    state = rules.accounts.get((line.office, line.account))
    if state is None:
        yield UnknownAccountError(place=line.place, **where)
    elif state.role is not None and state.role in KEPT:
        yield KEPT[state.role](role=state.role, place=line.place, **where)
    elif state.closed_on is not None and state.closed_on <= day:
        yield ClosedAccountError(day=state.closed_on, place=line.place, **where)
    elif day < state.opened_on:
        yield NotYetOpenError(opened=state.opened_on, place=line.place, **where)
    for finding in rules.lists.check(line.office, day, line.dimensions):
        yield finding.at(line.place)


def drafts_of(entry: ManualEntry, voucher: int, group: int) -> list[Draft]:
    """Return the drafts of an entry that was checked, one per office, the office of its first line leading."""
    lines: dict[str, list[Posting]] = {}
    for line in entry.lines:
        assert line.cents is not None, "an entry is checked before it is drafted"
        lines.setdefault(line.office, []).append(Posting(line.account, line.cents, None, canonical(line.dimensions)))
    kind = CLOSING if entry.closing else "manual" if len(lines) == 1 else "transfer"
    return across(
        entry.lines[0].office, lines, kind=kind, posting_day=entry.day, source=f"{SOURCE}:{voucher}", text=entry.text,
        group=group,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PostedManual:
    """An entry that was posted, its number in the leading office and those in the others."""

    entry: ManualEntry
    number: str
    others: tuple[str, ...]

    @property
    def office(self) -> str:
        """The office that leads: that of the first line."""
        return self.entry.lines[0].office

    @property
    def amount_cents(self) -> int:
        """The sum of its debits."""
        return self.entry.amount_cents

    @property
    def document(self) -> str:
        """Where the paper behind it is."""
        return self.entry.document


@dataclass(frozen=True, slots=True)
class ManualPosted:
    """What became of entries made by hand; `new` is false where the file was posted before."""

    new: bool
    entries: Sequence[PostedManual] = ()

    @property
    def sum_cents(self) -> int:
        """The sum of all debits."""
        return sum(entry.amount_cents for entry in self.entries)
