"""Unclear money in the book, looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.bank.suspense import UnknownCaseError
from ledger.book.store import kasse_office
from ledger.items.orders import order_number
from ledger.people.users import user_name
from ledger.reports.items_store import UnclearCase, unclear_cases
from ledger.store.engines import Store

_BOUND = """(SELECT {what} FROM suspense_payout p JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
        WHERE p.office = i.office AND p.item = i.id AND o.state IN ('created', 'certified', 'approved'))"""
_CASE = f"""
    SELECT i.kind, i.account, i.open_cents, i.amount_cents, c.entry, c.reason, e.payment_day, e.posting_day,
           c.owner, u.name, c.hold_until, {_BOUND.format(what="coalesce(sum(o.total_cents), 0)")},
           {_BOUND.format(what="max(o.id)")}, CASE WHEN c.item IS NULL THEN 0 ELSE 1 END
    FROM item i JOIN entry e ON e.office = i.office AND e.position = i.position
    LEFT JOIN suspense_case c ON c.office = i.office AND c.item = i.id
    LEFT JOIN app_user u ON u.id = c.owner
    WHERE i.office = :office AND i.id = :number AND i.kind IN ('suspense', 'advance')"""
_BANK = """
    SELECT b.bank_day, b.value_day, b.name, b.counter_iban, b.remittance, b.iban, b.gvc, b.end_to_end_id,
           b.creditor_reference, b.return_reason
    FROM bank_entry b WHERE b.office = :office AND b.id = :entry"""
_WHY = """
    SELECT line, rule, evidence, item_office, item, cents FROM bank_match
    WHERE office = :office AND entry = :entry ORDER BY line"""


@dataclass(frozen=True, slots=True)
class Step:
    """One decision about the money of a bank entry: by which rule, on what evidence, to which item."""

    rule: str
    office: str | None
    item: int | None
    amount_cents: int
    evidence: str


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """A case with all the bank said and what was decided about its entry so far."""

    office: str
    number: int
    kind: str
    reason: str | None
    amount_cents: int
    open_cents: int
    entry: int | None
    bank_day: str | None
    value_day: str | None
    name: str | None
    bank_account: str | None
    remittance: str | None
    iban: str | None
    gvc: str | None
    end_to_end_id: str | None
    creditor_reference: str | None
    return_reason: str | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its rows have it; `payment_day` is when its money counts as paid, `bound` what an order will pay out.

    `filed` is false for money that has no row in suspense_case yet.
    """

    office: str
    number: int
    kind: str
    account: str
    open_cents: int
    amount_cents: int
    entry: int | None
    reason: str | None
    payment_day: str | None
    posting_day: str
    owner: int | None
    owner_name: str | None
    hold_until: str | None
    bound_cents: int
    bound_by: str | None
    filed: bool

    @property
    def free_cents(self) -> int:
        """What a clerk can still decide about."""
        return self.open_cents - self.bound_cents


def list_cases(store: Store, day: str, *, office: str | None = None, older_than_days: int = 0) -> Iterator[UnclearCase]:
    """Yield the unclear money of the end of the day, oldest first; inside `snapshot` or a unit."""
    return (case for case in unclear_cases(store, day, office=office) if case.age_days >= older_than_days)


def show_case(store: Store, number: int, *, office: str | None = None) -> CaseDetails:
    """Return a case of the office (default: the Kasse).

    Raises `UnknownCaseError`.
    """
    case = find_case(store, office or kasse_office(store), number)
    bank = store.one(_BANK, office=case.office, entry=case.entry) if case.entry is not None else None
    why = store.rows(_WHY, office=case.office, entry=case.entry) if bank else ()
    steps = tuple(Step(rule, to, item, cents, _in_words(store, known)) for _, rule, known, to, item, cents in why)
    bank_day, value_day, name, account, text, iban, gvc, end_to_end, creditor, back = bank or (None,) * 10
    return CaseDetails(
        case.office, case.number, case.kind, case.reason, case.amount_cents, case.open_cents, case.entry, bank_day,
        value_day, name, account, text, iban, gvc, end_to_end, creditor, back, steps,
    )  # fmt: skip


def _in_words(store: Store, evidence: str | None) -> str:
    """Return stored evidence as a person reads it: `in=text; reference=0001234567899`."""
    known = json.loads(evidence or "{}")
    if "by" in known:
        known["by"] = user_name(store, known["by"])
    return "; ".join(f"{name}={value}" for name, value in known.items())


def find_case(store: Store, office: str, number: int) -> Case:
    """Return the row of a case.

    Raises `UnknownCaseError`.
    """
    row = store.one(_CASE, office=office, number=number)
    if row is None:
        raise UnknownCaseError(office=office, number=number)
    plain, (bound_cents, order, filed) = row[:-3], row[-3:]
    bound_by = None if order is None else order_number(office, order)
    return Case(*(office, number, *plain, int(bound_cents), bound_by, bool(filed)))
