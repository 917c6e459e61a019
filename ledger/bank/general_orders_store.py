"""Unclear money that a general order expects: accepted in full, an item and its clearing in one unit, or left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.bank.references import Finder
from ledger.bank.suspense import Wish
from ledger.bank.suspense_assign_store import assign
from ledger.bank.suspense_decisions import Assign, Sitting
from ledger.book.dimensions import of_cost_object
from ledger.book.entry import Draft, Posting
from ledger.book.store import account_with_role, kasse_office, office_codes, post
from ledger.events.store import record
from ledger.items.kassenzeichen import Scheme, active_schemes
from ledger.items.orders import control_role, order_number
from ledger.items.store import NewItem, insert_items, opening_posting, reserve_items
from ledger.payments.refund_sql import BOUND_CENTS
from ledger.people.users import require
from ledger.store.engines import Row, Store

_ORDERS = """
    SELECT g.office, g.order_id, g.scheme, g.amounts, g.first_day, g.ended_on, o.total_cents, o.purpose, o.profile,
        o.claim_kind, l.gl_account, l.cost_object
    FROM general_order g JOIN cash_order o ON o.office = g.office AND o.id = g.order_id AND o.state = 'accepted'
    JOIN cash_order_line l ON l.office = o.office AND l.order_id = o.id ORDER BY g.office, g.order_id"""
_CASES = f"""
    SELECT i.office, i.id, i.open_cents, coalesce(b.bank_day, q.bank_day), b.creditor_reference,
        coalesce(b.remittance, q.remittance), coalesce(b.name, q.name) FROM item i
    JOIN suspense_case s ON s.office = i.office AND s.item = i.id
    LEFT JOIN bank_entry b ON b.office = s.office AND b.id = s.entry
    LEFT JOIN suspense_origin q ON q.office = i.office AND q.item = i.id
    WHERE i.kind = 'suspense' AND i.open_cents > 0 AND (b.id IS NOT NULL OR q.item IS NOT NULL)
      AND (s.owner IS NULL OR s.owner = :user) AND ({BOUND_CENTS}) = 0
    ORDER BY i.office, i.id"""
_TAKEN = "SELECT 1 FROM item WHERE reference = :reference UNION SELECT 1 FROM cash_order WHERE reference = :reference"


@dataclass(frozen=True, slots=True)
class Expected:
    """A case that a general order expects: accepted, or why not (`amount`, `known`)."""

    office: str
    number: int
    order: str
    reference: str
    amount_cents: int
    name: str | None
    accepted: bool
    why: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class GeneralRun:
    """What a run found: cases accepted in full, and cases that are left to be returned or looked at."""

    accepted: tuple[Expected, ...]
    left: tuple[Expected, ...]

    @property
    def sum_cents(self) -> int:
        """What was accepted in all."""
        return sum(one.amount_cents for one in self.accepted)


@dataclass(frozen=True, slots=True)
class _Order:
    office: str
    id: int
    scheme: Scheme
    amounts: frozenset[int]
    first_day: str
    ended_on: str | None
    max_cents: int
    purpose: str
    profile: str | None
    claim_kind: str | None
    account: str
    cost_object: str | None

    def takes(self, cents: int) -> bool:
        """Return whether the amount is one of those ordered."""
        return cents in self.amounts if self.amounts else cents <= self.max_cents

    def expects(self, reference: str, day: str) -> bool:
        """Return whether a reference of that day belongs to it."""
        ended = self.ended_on is not None and self.ended_on < day
        return (
            len(reference) == self.scheme.length
            and self.scheme.valid(reference)
            and self.first_day <= day
            and not ended
        )


def run_general_orders(store: Store, *, day: str) -> GeneralRun:
    """Accept the unclear money that general orders expect, in full: an item under the reference, settled at once.

    Money of another amount, or under a reference that something in the book has, stays unclear and is listed. Cases
    reserved by others, or being paid out, are left alone. Raises `NotAllowedError`, `ClosedPeriodError`.
    """
    with store.unit(office_codes(store)):
        require(store, kasse_office(store), "clerk")
        orders = list(_orders(store))
        finder = Finder(tuple({order.scheme.code: order.scheme for order in orders}.values()))
        found = [one for row in store.all(_CASES, user=store.user) if (one := _decide(store, orders, finder, row, day))]
    return GeneralRun(tuple(one for one in found if one.accepted), tuple(one for one in found if not one.accepted))


def _orders(store: Store) -> Iterator[_Order]:
    schemes = {scheme.code: scheme for scheme in active_schemes(store)}
    for office, number, scheme, amounts, *rest in store.all(_ORDERS):
        if scheme in schemes:
            cents = frozenset(int(one) for one in amounts.split(",") if one)
            yield _Order(office, number, schemes[scheme], cents, *rest)


def _decide(store: Store, orders: list[_Order], finder: Finder, row: Row, day: str) -> Expected | None:
    office, number, cents, bank_day, structured, remittance, name = row
    references = finder.structured(structured) if structured else {}
    references = references or finder.in_text(remittance or "")
    fits = [(reference, order) for reference in references for order in orders if order.expects(reference, bank_day)]
    if len(fits) != 1:
        return None
    reference, order = fits[0]
    shown = (office, number, order_number(order.office, order.id), reference, cents, name)
    if store.value(_TAKEN, reference=reference) is not None:
        return Expected(*shown, accepted=False, why="known")
    if not order.takes(cents):
        return Expected(*shown, accepted=False, why="amount")
    return Expected(*shown, accepted=True, entry=_accept(store, order, row, reference, day))


def _accept(store: Store, order: _Order, row: Row, reference: str, day: str) -> str:
    office, number, cents, bank_day = row[:4]
    role = control_role("receivable", order.profile)
    account, item = account_with_role(store, order.office, role), reserve_items(store, order.office)
    dimensions = of_cost_object(order.cost_object)
    coding = (opening_posting("D", account, item, cents), Posting(order.account, -cents, None, dimensions))
    (posted,) = post(store, [Draft(order.office, "order", day, coding, f"order:{order.id}", order.purpose)])
    new = NewItem(
        order.office, item, "receivable", account, cents, bank_day, day, posted.position, reference=reference,
        order_id=order.id, claim_kind=order.claim_kind, profile=order.profile, purpose=order.purpose,
    )  # fmt: skip
    insert_items(store, [new])
    assign(store, Assign(number, (Wish(reference),), office), Sitting(day))
    record(store, order.office, "order.general_take", f"item:{item}", {"order": order.id, "sum_cents": cents})
    return f"{posted.office}-{posted.year}-{posted.number}"
