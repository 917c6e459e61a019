"""Entries made by hand: what they must have, and which accounts are not posted to by hand, with the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from ledger.book.chart import BANK, CONTROL_ROLES, VERRECHNUNG
from ledger.book.creation import UnknownOfficeError
from ledger.book.dimensions import Lists, canonical
from ledger.book.entry import ClosedAccountError, ClosedPeriodError, Draft, Posting, UnknownAccountError
from ledger.book.transfer import across
from sepa.errors import N_, NOWHERE, KasseError, Place

SOURCE = "manual"
LONGEST_TEXT, LONGEST_DOCUMENT = 500, 140


class KeptAccountError(KasseError):
    """An account whose balance something else explains: open items, a bank, another office, a run."""

    code = "journal.kept_account"
    template = N_("account {account} of office {office} is not posted to by hand: its use is {role}")
    hint = N_("use an account without items, banks or runs behind it")


class ItemAccountError(KeptAccountError):
    """A control account of claims, payables or credits."""

    code = "journal.kept_items"
    hint = N_("claims and payables come from orders: 'kasse order import'; 'kasse order change' and 'kasse order "
              "cancel' take them off, 'kasse item list' shows what is open")  # fmt: skip


class ClearingAccountError(KeptAccountError):
    """The account of unclear money, received or paid out."""

    code = "journal.kept_suspense"
    hint = N_("unclear money is cleared case by case: 'kasse suspense list'")


class BankAccountError(KeptAccountError):
    """An account at a bank."""

    code = "journal.kept_bank"
    hint = N_("bank accounts follow the statements: 'kasse reconcile'; book money on its way to another account as "
              "Geldtransit")  # fmt: skip


class BetweenAccountError(KeptAccountError):
    """An account of the Verrechnung between two offices."""

    code = "journal.kept_between"
    hint = N_("name the accounts of both offices, as BAU:6100 and KASSE:5900; kasse adds the lines between them")


class TransitAccountError(KeptAccountError):
    """An account of payments or collections on their way."""

    code = "journal.kept_transit"
    hint = N_("payment runs and collections post here; 'kasse payment list' and 'kasse collection list' show them")


KEPT: Mapping[str, type[KeptAccountError]] = {
    **dict.fromkeys(CONTROL_ROLES, ItemAccountError),
    "suspense": ClearingAccountError,
    "advance": ClearingAccountError,
    BANK: BankAccountError,
    VERRECHNUNG: BetweenAccountError,
    "transit_out": TransitAccountError,
    "transit_in": TransitAccountError,
}
"""Roles of accounts that are not posted to by hand, and the way out of each."""


class UnbalancedLinesError(KasseError):
    """An entry whose debits and credits differ."""

    code = "journal.unbalanced"
    template = N_("debits {debit_cents} and credits {credit_cents} of the entry differ by {difference_cents}")
    hint = N_("debits and credits of all offices together must be equal")


class TooFewLinesError(KasseError):
    """An entry with less than two lines."""

    code = "journal.lines"
    template = N_("an entry needs a debit and a credit")
    hint = N_("give the account that gets with --debit and the one that gives with --credit; in a list, a row each")


class NoAmountError(KasseError):
    """A line without an amount, or with an amount on both sides."""

    code = "journal.amount"
    template = N_("a line has an amount above zero either as debit or as credit")
    hint = N_("fill in one of the two; to turn a line round, put the amount on the other side")


class NoDocumentError(KasseError):
    """An entry without the paper behind it (VV BayHO Art. 75: every entry needs a Beleg)."""

    code = "journal.document"
    template = N_("no document is named")
    hint = N_("say where the paper behind the entry is, at most 140 characters, such as 'Vermerk 12.11.2026'")


class NoTextError(KasseError):
    """An entry without words."""

    code = "journal.text"
    template = N_("no text is given")
    hint = N_("say in at most 500 characters what is posted and why")


class FutureEntryError(KasseError):
    """An entry dated after today."""

    code = "journal.future"
    template = N_("{day} lies in the future")
    hint = N_("post it on the day, or today")


class NotYetOpenError(KasseError):
    """An account that is opened later than the day."""

    code = "journal.not_yet_open"
    template = N_("account {account} of office {office} is open from {opened} on")
    hint = N_("date the entry on that day or later")


class ContradictingRowsError(KasseError):
    """Rows of one entry with different days, texts or documents."""

    code = "journal.contradiction"
    template = N_("rows of the entry {entry} differ in {column}")
    hint = N_("day, text and document belong to the whole entry: write them once, or the same in each row")


class PostedAlreadyError(KasseError):
    """The same entry with the same document once more."""

    code = "journal.again"
    template = N_("the same entry with this document is posted already: {entry}")
    hint = N_("if it is meant twice, post it with --again")


class RefusedEntriesError(KasseError):
    """Entries with findings, of which none was posted."""

    code = "journal.refused"
    template = N_("nothing was posted; findings: {count}")
    hint = N_("mend them and post again: all entries or none")


class ManualLine(NamedTuple):
    """A line as somebody wrote it: cents are debit positive, None where they could not be read."""

    office: str
    account: str
    cents: int | None
    dimensions: Mapping[str, str]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ManualEntry:
    """An entry as somebody wrote it, for one office or several; `key` is what the list calls it."""

    key: str
    day: str
    text: str
    document: str
    lines: tuple[ManualLine, ...]
    place: Place = NOWHERE
    findings: tuple[KasseError, ...] = ()

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


def check_entry(rules: ManualRules, entry: ManualEntry) -> Iterator[KasseError]:
    """Yield everything that is wrong with an entry, each at its place."""
    yield from entry.findings
    if not entry.text.strip() or len(entry.text) > LONGEST_TEXT:
        yield NoTextError(place=entry.place)
    if not entry.document.strip() or len(entry.document) > LONGEST_DOCUMENT:
        yield NoDocumentError(place=entry.place)
    if entry.day <= rules.closed:
        yield ClosedPeriodError(day=entry.day, closed=rules.closed, place=entry.place)
    elif entry.day > rules.today:
        yield FutureEntryError(day=entry.day, place=entry.place)
    for line in entry.lines:
        yield from _check_line(rules, entry.day, line)
    yield from _balance(entry)


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
    where = {"office": line.office, "account": line.account}
    state = rules.accounts.get((line.office, line.account))
    if state is None:
        yield UnknownAccountError(place=line.place, **where)
    elif state.role in KEPT:
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
    kind = "manual" if len(lines) == 1 else "transfer"
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
