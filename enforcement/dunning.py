"""Who is due for a dunning letter (Mahnung): the rule of days, and debtors with their items as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal, NamedTuple

from ledger.items.locks import NO_LOCKS, ActiveLocks
from sepa.calendar import LAENDER, is_working_day
from sepa.errors import N_, KasseError

WAIT_DAYS = 10  # Kasse.Hamburg duns when the due day has been passed by ten days
Why = Literal["suspense", "no-debtor", "locked"]
_DAY = dt.timedelta(days=1)


class IncompleteError(KasseError):
    """The books do not hold all money that came in, so that somebody who has paid would be dunned (invariant 5)."""

    code = "dunning.incomplete"
    template = N_("nobody is dunned before all money up to {day} is in the books")
    hint = N_("import and post the missing statements with 'kasse reconcile', then propose again")


class AccountBehindError(KasseError):
    """A collection account whose statements do not reach the last bank day."""

    code = "dunning.account"
    template = N_("account {iban} is complete up to {until}, needed is {needed}")
    hint = N_("import its statements, or close the day with --no-statement {iban}=TEXT")


class AccountEmptyError(KasseError):
    """A collection account without any statement."""

    code = "dunning.no_statement"
    template = N_("account {iban} has no statement, needed is {needed}")
    hint = N_("import its statements, or close the day with --no-statement {iban}=TEXT")


class NotPostedError(KasseError):
    """Bank entries that wait to be posted."""

    code = "dunning.staged"
    template = N_("account {iban} has {count} entries that wait to be posted, together {sum_cents}")
    hint = N_("post them with 'kasse reconcile'")


class NoAddressError(KasseError):
    """A debtor to whom no letter can be sent."""

    code = "dunning.no_address"
    template = N_("{party} has no address (items: {count}, together {sum_cents})")
    hint = N_("find out the address before the letters are written")
    severity = "warning"


class SetOffError(KasseError):
    """A debtor to whom the Kasse itself owes money."""

    code = "dunning.set_off"
    template = N_("{party} has {credit_cents} to get, set it off against {sum_cents} first")
    hint = N_("clear the credit before the letter is written")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class DunItem:
    """An overdue receivable: what is open in cents, since when, and the level of the next letter."""

    office: str
    item: int
    reference: str | None
    purpose: str | None
    due: str
    days_overdue: int
    amount_cents: int
    open_cents: int
    level: int
    next_level: int
    dunned_on: str | None
    profile: str | None
    claim_kind: str | None
    main_item: int | None


@dataclass(frozen=True, slots=True)
class Debtor:
    """A debtor with all items that are due for a letter; `credit_cents` is what the Kasse owes to the same person.

    `address` is the address in one line, '' where there is none.
    """

    number: int
    party: str
    address: str
    street: str | None
    house_number: str | None
    postcode: str | None
    town: str | None
    country: str | None
    count: int
    sum_cents: int
    oldest_due: str
    next_level: int
    credit_cents: int
    items: tuple[DunItem, ...]


@dataclass(frozen=True, slots=True)
class SkippedItem:
    """An overdue receivable that no letter names: locked, perhaps paid by money in suspense, or owed by nobody."""

    office: str
    item: int
    reference: str | None
    number: int | None
    party: str | None
    due: str
    open_cents: int
    why: Why


@dataclass(frozen=True, slots=True)
class DunningProposal:
    """Who would get a letter on a day; `due_until` is the last due day that counts, the letters are not written."""

    day: str
    due_until: str
    debtors: tuple[Debtor, ...]
    skipped: tuple[SkippedItem, ...]
    findings: tuple[KasseError, ...]
    count: int
    sum_cents: int


def latest_due(day: dt.date, wait_days: int, land: str) -> dt.date:
    """Return the last due day whose waiting time has ended before the day.

    A waiting time that ends on a weekend or holiday of the Land ends on the next working day (§ 193 BGB, § 108(3)
    AO). Without a Land every Land's holidays count: nobody is dunned too early.

    >>> latest_due(dt.date(2026, 11, 24), 10, "HH").isoformat()
    '2026-11-13'
    """
    end = day - _DAY
    while not _working(end, land):
        end -= _DAY
    return end - dt.timedelta(days=wait_days)


def _working(day: dt.date, land: str) -> bool:
    return all(is_working_day(day, one) for one in ((land,) if land else LAENDER))


class Overdue(NamedTuple):
    """An overdue receivable with its debtor as the book has them, ordered by debtor; rows come by the 100,000."""

    office: str
    item: int
    reference: str | None
    purpose: str | None
    due: str
    amount_cents: int
    open_cents: int
    level: int
    dunned_on: str | None
    profile: str | None
    claim_kind: str | None
    main_item: int | None
    number: int | None
    party: str | None
    street: str | None
    house_number: str | None
    postcode: str | None
    town: str | None
    country: str | None


def address_line(row: Overdue) -> str:
    """Return the debtor's address in one line, '' where there is none."""
    street = f"{row.street or ''} {row.house_number or ''}".strip()
    town = f"{row.postcode or ''} {row.town or ''}".strip()
    return ", ".join(part for part in (street, town) if part)


@dataclass(slots=True)
class Gathering:
    """Takes overdue items debtor by debtor: who gets a letter, what is left out, what must be looked at first.

    `waiting` are the items that money in suspense may pay, `credits` the cents that the Kasse owes by person, `locked`
    what must not be dunned.
    """

    day: dt.date
    waiting: Collection[tuple[str, int]]
    credits: Mapping[int, int]
    locked: ActiveLocks = NO_LOCKS
    debtors: list[Debtor] = field(default_factory=list)
    skipped: list[SkippedItem] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)
    _seen: dict[str, str] = field(default_factory=dict)
    _ages: dict[str, int] = field(default_factory=dict)

    def take(self, rows: Iterable[Overdue]) -> None:
        """Take the rows, which come ordered by debtor."""
        for _, group in groupby(rows, key=lambda row: row.number):
            kept = list(self._kept(group))
            if kept:
                self._add(kept)

    def _kept(self, rows: Iterable[Overdue]) -> Iterator[Overdue]:
        for row in rows:
            why: Why | None = None
            if row.number is None:
                why = "no-debtor"
            elif self.locked.hold(row.office, row.item, row.number):
                why = "locked"
            elif (row.office, row.item) in self.waiting:
                why = "suspense"
            if why is None:
                yield row
            else:
                self.skipped.append(
                    SkippedItem(
                        row.office, row.item, row.reference, row.number, row.party, row.due, row.open_cents, why
                    )
                )

    def _add(self, rows: list[Overdue]) -> None:
        first = rows[0]
        assert first.number is not None, "rows without a debtor are left out"
        debtor = Debtor(
            first.number,
            first.party or "",
            address_line(first),
            first.street,
            first.house_number,
            first.postcode,
            self._once(first.town),
            self._once(first.country),
            len(rows),
            sum(row.open_cents for row in rows),
            min(row.due for row in rows),
            max(row.level for row in rows) + 1,
            self.credits.get(first.number, 0),
            tuple(map(self._item, rows)),
        )
        self.debtors.append(debtor)
        if not debtor.town:
            self.findings.append(NoAddressError(party=debtor.party, count=debtor.count, sum_cents=debtor.sum_cents))
        if debtor.credit_cents:
            owed, owing = debtor.credit_cents, debtor.sum_cents
            self.findings.append(SetOffError(party=debtor.party, credit_cents=owed, sum_cents=owing))

    def _item(self, row: Overdue) -> DunItem:
        once = self._once
        return DunItem(
            self._seen.setdefault(row.office, row.office),
            row.item,
            row.reference,
            row.purpose,
            self._seen.setdefault(row.due, row.due),
            self._age(row.due),
            row.open_cents if row.amount_cents == row.open_cents else row.amount_cents,
            row.open_cents,
            row.level,
            row.level + 1,
            once(row.dunned_on),
            once(row.profile),
            once(row.claim_kind),
            row.main_item,
        )

    def _once(self, text: str | None) -> str | None:
        """Return an equal text that is kept once: few different ones stand in many rows."""
        return None if text is None else self._seen.setdefault(text, text)

    def _age(self, due: str) -> int:
        if due not in self._ages:
            self._ages[due] = (self.day - dt.date.fromisoformat(due)).days
        return self._ages[due]
