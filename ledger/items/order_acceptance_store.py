"""What acceptance does, by kind of order: book claims and payables, take off, transfer, start and end schedules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.book.dimensions import of_cost_object
from ledger.book.entry import Draft, Posted, Posting
from ledger.book.store import account_with_role, post
from ledger.book.transfer import across
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.items.invoices import COLLECTED
from ledger.items.items_reader import item_name
from ledger.items.joint_seals_store import join
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock
from ledger.items.order_accept_store import book_orders, shown_entry
from ledger.items.order_change_store import BY_SCHEDULE, act_of, check_end
from ledger.items.order_changes import ItemReservedError, PaidAlreadyError, TakenOverPaidError
from ledger.items.order_decisions import MadeCredit, OfficePart
from ledger.items.order_paid_store import check_paid, check_paid_since
from ledger.items.orders import order_number
from ledger.items.schedules import MadeSinceError
from ledger.items.store import NewClearing, NewItem, clear, insert_items, opening_posting, posting_for, reserve_items
from ledger.store.engines import Row, Store

_MAKING = """
    SELECT c.office, count(*), sum(o.total_cents) FROM chosen_order c
    JOIN cash_order o ON o.office = c.office AND o.id = c.id WHERE c.makes = 1 GROUP BY c.office ORDER BY c.office"""
# who was merged since the order was made is owed as the one they became
_OTHERS = """
    SELECT o.office, o.id, o.kind, o.act, o.changes, coalesce(p.merged_into, o.party), o.reference, o.foreign_reference,
           o.total_cents, o.due, o.purpose, o.as_credit, o.profile, o.period_from, o.main_reference
    FROM chosen_order c JOIN cash_order o ON o.office = c.office AND o.id = c.id
    LEFT JOIN party p ON p.id = o.party WHERE c.makes = 0
    ORDER BY o.office, o.id"""
_LINES = """SELECT gl_account, amount_cents, cost_object, contra_office, contra_account FROM cash_order_line
            WHERE office = :office AND order_id = :id ORDER BY line"""
_ITEMS = """
    SELECT i.id, i.side, i.account, i.open_cents FROM item i
    JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    WHERE i.office = :office AND (o.id = :id OR (o.changes = :id AND o.act = 'increase')) AND i.open_cents > 0
    AND (CAST(:due AS TEXT) IS NULL OR i.original_due = :due OR o.period_from = :due)
    AND i.kind IN ('receivable', 'payable') ORDER BY i.id DESC"""
_TAKEN_OVER = "SELECT id, side, account, open_cents FROM item WHERE office = :office AND id = :item AND open_cents > 0"
_MADE_SINCE = "SELECT min(due) FROM standing_item WHERE office = :office AND order_id = :id AND due >= :due"
_RESERVED = "SELECT run FROM payment WHERE item_office = :office AND item = :item AND active = 1"
_DEBTORS = """
    SELECT i.office, i.id, d.party FROM chosen_order c
    JOIN order_debtor d ON d.office = c.office AND d.order_id = c.id
    JOIN item i ON i.office = c.office AND i.order_id = c.id WHERE c.makes = 1"""
# SQLite joins what is CROSS JOINed in the order written: from the few chosen orders, never from all items
_COLLECTED = """
    SELECT i.office, i.id, v.means FROM chosen_order c CROSS JOIN order_invoice v CROSS JOIN item i
    WHERE v.office = c.office AND v.order_id = c.id AND v.collected = 1 AND c.makes = 1
    AND i.office = c.office AND i.order_id = c.id ORDER BY i.office, i.id"""
_CREDITS = """SELECT id, amount_cents FROM item
              WHERE office = :office AND order_id = :id AND kind = 'credit' ORDER BY id"""
_REASONS = {
    True: "Lastschrift: der Zahlungsempfänger bucht selbst ab",
    False: "laut Rechnung nicht zu überweisen (Karte, bar, Verrechnung)",
}


@dataclass(frozen=True, slots=True)
class _Order:
    office: str
    id: int
    kind: str
    act: str
    changes: int | None
    party: int | None
    reference: str | None
    foreign_reference: int
    total_cents: int
    due: str
    purpose: str
    as_credit: int
    profile: str | None
    period: str | None
    taken_over: str | None

    @property
    def subject(self) -> str:
        """What it changes: an order, or an item that was taken over."""
        return str(self.taken_over) if self.changes is None else order_number(self.office, self.changes)

    @property
    def name(self) -> str:
        """How people write it."""
        return order_number(self.office, self.id)


def accept_orders(store: Store, day: str, parts: Sequence[OfficePart]) -> tuple[OfficePart, ...]:
    """Carry out the orders in `chosen_order` on a day and return the parts with their first and last entries.

    Raises `PaidAlreadyError`, `ItemReservedError`, `MadeSinceError`, `EndedAlreadyError` and what posting raises; the
    unit is then rolled back as a whole.
    """
    making = [OfficePart(office, count, int(cents)) for office, count, cents in store.all(_MAKING)]
    booked = {part.office: part for part in book_orders(store, day, making)} if making else {}
    entries = {office: [part.first_entry, part.last_entry] for office, part in booked.items()}
    made: dict[str, list[MadeCredit]] = {}
    if making:
        join(store, _DEBTORS, day)
        _lock_collected(store, day)
    for row in store.all(_OTHERS):
        order = _Order(*row)
        for posted in _carry_out(store, day, order):
            entries.setdefault(order.office, []).append(shown_entry(posted))
        made.setdefault(order.office, []).extend(_credits_of(store, order))
    return tuple(_carried_out(part, entries.get(part.office, []), made.get(part.office, [])) for part in parts)


def _carried_out(part: OfficePart, entries: Sequence[str | None], made: Sequence[MadeCredit]) -> OfficePart:
    if entries:
        part = replace(part, first_entry=entries[0], last_entry=entries[-1])
    return replace(part, credits=tuple(made))


def _credits_of(store: Store, order: _Order) -> list[MadeCredit]:
    found = store.all(_CREDITS, office=order.office, id=order.id)
    return [MadeCredit(item_name(order.office, item), cents) for item, cents in found]


def _carry_out(store: Store, day: str, order: _Order) -> list[Posted]:
    if order.kind == "transfer":
        return _transfer(store, day, order)
    by_act: Mapping[str, Callable[[Store, str, _Order], list[Posted]]] = {
        "reduction": _take_off,
        "cancellation": _cancel,
        "standing": _start,
        "general": _start,
    }
    return by_act[order.act](store, day, order)


def _cancel(store: Store, day: str, order: _Order) -> list[Posted]:
    """Cancel: an order's item is taken off, a schedule ends after the day that the cancellation names."""
    if order.changes is None or order.period or act_of(store, order.office, order.changes) not in BY_SCHEDULE:
        return _take_off(store, day, order)
    check_end(store, order.office, order.changes, order.due)
    _end(store, order, f"{act_of(store, order.office, order.changes)}_order", order.due)
    return []


def _start(store: Store, day: str, order: _Order) -> list[Posted]:
    """Start a schedule; where it replaces another, that one ends the day before."""
    del day
    if order.changes is not None:
        made = store.value(_MADE_SINCE, office=order.office, id=order.changes, due=order.due)
        if made is not None:
            old = order_number(order.office, order.changes)
            raise MadeSinceError(order=old, day=made, change=order.name)
        last = dt.date.fromisoformat(order.due) - dt.timedelta(days=1)
        _end(store, order, "standing_order", last.isoformat())
    return []


def _end(store: Store, order: _Order, table: str, day: str) -> None:
    """End the schedule or the expectation that an order changes."""
    sql = f"UPDATE {table} SET ended_on = CAST(:day AS TEXT) WHERE office = :office AND order_id = :id"
    store.execute(sql, day=day, office=order.office, id=order.changes)
    facts: dict[str, Fact] = {"ended_on": day, "by_order": order.name}
    facts |= seal(store, (table, order.office, order.changes))
    record(store, order.office, "order.end", f"order:{order_number(order.office, order.changes or 0)}", facts)


def _transfer(store: Store, day: str, order: _Order) -> list[Posted]:
    lines: dict[str, list[Posting]] = {}
    for account, cents, cost, office, contra in store.all(_LINES, office=order.office, id=order.id):
        dimensions = of_cost_object(cost)
        lines.setdefault(order.office, []).append(Posting(account, -cents, None, dimensions))
        lines.setdefault(office or order.office, []).append(Posting(contra, cents, None, dimensions))
    drafts = across(
        order.office,
        lines,
        kind="transfer",
        posting_day=day,
        source=f"order:{order.id}",
        text=order.purpose,
        group=1,
    )
    posted = post(store, drafts)
    return [entry for entry in posted if entry.office == order.office]


def _take_off(store: Store, day: str, order: _Order) -> list[Posted]:
    """Post the coding the other way round and settle what is open; what was paid becomes a credit."""
    items = _items_of(store, order)
    taken = list(_taken(store, order, items))
    left = order.total_cents - sum(cents for _, _, _, cents in taken)
    if left:
        _check_given_back(store, order, order.total_cents - left)
    sign = 1 if order.kind == "receivable" else -1
    lines = store.all(_LINES, office=order.office, id=order.id)
    coding = [Posting(row[0], sign * row[1], None, of_cost_object(row[2])) for row in lines]
    control = [posting_for(side, account, item, cents) for item, side, account, cents in taken]
    credit, postings = _credit(store, day, order, left)
    text = order.purpose
    draft = Draft(order.office, "order", day, (*coding, *control, *postings), f"order:{order.id}", text)
    (posted,) = post(store, [draft])
    if taken:
        settled = tuple((item, cents) for item, _, _, cents in taken)
        clear(store, [NewClearing(order.office, "reduction", posted.position, day, day, settled)])
    if credit is not None:
        insert_items(store, [replace(credit, position=posted.position)])
    facts = {"sum_cents": order.total_cents, "credit_cents": left, "items": len(taken)}
    what = f"item:{_taken_over(order)}" if order.changes is None else f"order:{order.subject}"
    record(store, order.office, "order.take_off", what, facts)
    return [posted]


def _check_given_back(store: Store, order: _Order, open_cents: int) -> None:
    """Check that what is taken off beyond what is open was paid, and is to become a credit."""
    sums: dict[str, Any] = {"reduction_cents": order.total_cents, "open_cents": open_cents}
    if not order.as_credit:
        if order.changes is None:
            raise TakenOverPaidError(item=order.subject, **sums)
        raise PaidAlreadyError(order=order.subject, **sums)
    if order.changes is None:
        check_paid_since(store, order.office, _taken_over(order), **sums)
    else:
        check_paid(store, order.office, order.changes, order.period, **sums)


def _taken_over(order: _Order) -> int:
    """Return the number of the item taken over that an order takes something off."""
    return int(order.subject.rpartition("/")[2])


def _items_of(store: Store, order: _Order) -> list[Row]:
    """Return the open items that are taken off: those of an order, or the one that was taken over."""
    if order.changes is not None:
        return store.all(_ITEMS, office=order.office, id=order.changes, due=order.period)
    return store.all(_TAKEN_OVER, office=order.office, item=_taken_over(order))


def _taken(store: Store, order: _Order, items: Sequence[Row]) -> list[tuple[int, str, str, int]]:
    """Return what is taken off which items, the newest first; a payable in a payment run is not touched."""
    left, found = order.total_cents, []
    for item, side, account, open_cents in items:
        cents = min(left, open_cents)
        if cents <= 0:
            continue
        run = store.value(_RESERVED, office=order.office, item=item)
        if run is not None:
            raise ItemReservedError(order=order.subject, run=run)
        found.append((item, side, account, cents))
        left -= cents
    return found


def _credit(store: Store, day: str, order: _Order, cents: int) -> tuple[NewItem | None, list[Posting]]:
    if not cents:
        return None, []
    account = account_with_role(store, order.office, "credit")
    number = reserve_items(store, order.office)
    item = NewItem(
        order.office, number, "credit", account, cents, day, day, 0, party=order.party, order_id=order.id,
        purpose=order.purpose, profile=order.profile,
    )  # fmt: skip
    return item, [opening_posting("C", account, number, cents)]


def _lock_collected(store: Store, day: str) -> None:
    """Lock payables that the payee collects, or that are paid by card, in cash and the like: no transfer pays them."""
    for office, item, means in store.all(_COLLECTED):
        place_item_lock(store, office, item, "payment", _REASONS[means in COLLECTED], Span(day))
        record(store, office, "lock.set", f"item:{item}", {"kind": "payment", "since": day, "until": None})
