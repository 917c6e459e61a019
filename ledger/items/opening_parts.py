"""What a take-over brings beside items and balances, as rows: parties, their IBANs, locks, joint debtors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ledger.items.locks import LockDaysError
from ledger.items.order_rules import FutureDayError
from ledger.people.parties import address_key, match_key
from ledger.people.party_values import ACCOUNT_KINDS, AccountKindError, PartyNameError
from ledger.store.engines import Store
from sepa.countries import agree
from sepa.errors import N_, KasseError, Place
from sepa.fields import bic_problem
from sepa.identifiers import parse_iban
from sepa.rules.odd import BicCountryError

Placed = Callable[[Iterable[KasseError]], Iterable[KasseError]]
"""Gives findings, which know row and column, the place of their list."""


class PartyRow(NamedTuple):
    """A party of the old system with its number there; the keys are what finds it in the book."""

    seq: int
    party: str | None = None
    name: str | None = None
    legal_name: str | None = None
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    town: str | None = None
    country: str | None = None
    birth_date: str | None = None
    vat_id: str | None = None
    match_key: str = ""
    address_key: str = ""


class AccountRow(NamedTuple):
    """An IBAN of a party of the list."""

    seq: int
    party: str | None = None
    bank_account: str | None = None
    account_kind: str | None = None
    since: str | None = None
    until: str | None = None
    bic: str | None = None


class LockRow(NamedTuple):
    """A lock of a party, or of the items with a reference in an office."""

    seq: int
    party: str | None = None
    office: str | None = None
    reference: str | None = None
    lock: str | None = None
    since: str | None = None
    until: str | None = None
    reason: str | None = None


class DebtorRow(NamedTuple):
    """One more party that owes the receivables with a reference in an office."""

    seq: int
    office: str | None = None
    reference: str | None = None
    party: str | None = None


class UnknownFormerPartyError(KasseError):
    """A number of the old system that the list of parties does not have."""

    code = "opening.party"
    template = N_("no party with the number {party} is in the list of parties")
    hint = N_("add it to the list of parties, or correct the number")


class RepeatedPartyError(KasseError):
    """A number of the old system that two rows have."""

    code = "opening.party_twice"
    template = N_("the party {party} stands in row {row} too")
    hint = N_("keep one row for each party; several IBANs belong into the list of IBANs")


class UnknownTakenItemError(KasseError):
    """A reference that no item of the list has."""

    code = "opening.item"
    template = N_("no item of office {office} with the reference {reference} is taken over")
    hint = N_("correct office and reference, or add the item to the list of items")


class LockWhatError(KasseError):
    """A lock of neither a party nor an item, or of both."""

    code = "opening.lock_what"
    template = N_("a lock belongs to a party or to items: {given}")
    hint = N_("give party alone, or office and reference")


class AccountDaysError(KasseError):
    """An IBAN that ends before it begins."""

    code = "opening.account_days"
    template = N_("the account is used from {since}, it cannot end on {until}")
    hint = N_("exchange or correct since and until")


class SameDebtorError(KasseError):
    """A joint debtor who is the first debtor already."""

    code = "opening.debtor_same"
    severity = "warning"
    template = N_("the party {party} is the first debtor of {reference} already")
    hint = N_("leave the row out")


@dataclass(frozen=True, slots=True)
class PartDone:
    """What a part wrote, and what is wrong with its rows or to be noticed."""

    count: int = 0
    findings: tuple[KasseError, ...] = ()


class Part(Protocol):
    """One more list of a take-over: staged before the books are locked, written after the items.

    `early` parts come before the items, which refer to them.
    """

    name: str
    early: bool

    def stage(self, store: Store) -> list[KasseError]:
        """Read the rows and return what is wrong with each by itself."""

    def write(self, store: Store, day: str) -> PartDone:
        """Write the rows, inside the unit of the take-over; errors among the findings undo it as a whole."""

    def drop(self, store: Store) -> None:
        """Remove what staging left."""


def party_row(row: PartyRow, today: str) -> tuple[PartyRow, tuple[KasseError, ...]]:
    """Return a party with its keys, and what is wrong with it."""
    address = address_key(row.street, row.house_number, row.postcode, row.town)
    full = row._replace(match_key=match_key(row.name or ""), address_key=address)
    faults: list[KasseError] = []
    if not full.match_key:
        faults.append(PartyNameError(place=_at(row, "name")))
    if row.birth_date and row.birth_date > today:
        faults.append(FutureDayError(day=row.birth_date, place=_at(row, "birth_date")))
    return full, tuple(faults)


def account_row(row: AccountRow, today: str) -> tuple[AccountRow, tuple[KasseError, ...]]:
    """Return an IBAN in electronic form with its kind, and what is wrong with it."""
    del today
    faults: list[KasseError] = []
    iban, kind = row.bank_account or "", row.account_kind or "own"
    try:
        iban = parse_iban(iban)
    except KasseError as error:
        faults.append(error.at(_at(row, "bank_account")))
    if wrong := bic_problem(row.bic or ""):
        faults.append(wrong.at(_at(row, "bic")))
    elif row.bic and not agree(iban[:2], row.bic[4:6]):
        faults.append(BicCountryError(bic=row.bic, iban=iban, place=_at(row, "bic")))
    if kind not in ACCOUNT_KINDS:
        faults.append(AccountKindError(kind=kind, kinds=", ".join(ACCOUNT_KINDS), place=_at(row, "account_kind")))
    if row.since and row.until and row.until < row.since:
        faults.append(AccountDaysError(since=row.since, until=row.until, place=_at(row, "until")))
    return row._replace(bank_account=iban, account_kind=kind), tuple(faults)


def lock_row(row: LockRow, today: str) -> tuple[LockRow, tuple[KasseError, ...]]:
    """Return a lock that begins at the latest with the take-over, and what is wrong with it."""
    faults: list[KasseError] = []
    if bool(row.party) == bool(row.reference) or bool(row.reference) != bool(row.office):
        given = " ".join(filter(None, (row.party, row.office, row.reference))) or "–"
        faults.append(LockWhatError(given=given, place=_at(row, "party")))
    since = row.since or today
    if row.until is not None and row.until < max(since, today):
        faults.append(LockDaysError(since=since, until=row.until, place=_at(row, "until")))
    return row._replace(since=since), tuple(faults)


def debtor_row(row: DebtorRow, today: str) -> tuple[DebtorRow, tuple[KasseError, ...]]:
    """Return a joint debtor as it is."""
    del today
    return row, ()


def _at(row: Any, field: str) -> Place:
    value = getattr(row, field)
    return Place(row=row.seq, column=field, value=None if value is None else str(value))
