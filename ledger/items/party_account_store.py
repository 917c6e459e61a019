"""Reading the account of a party from the book; that somebody looked is an event."""

from __future__ import annotations

import datetime as dt

from ledger.book.store import kasse_office
from ledger.events.store import record
from ledger.items.joint_debtors import OWED_JOINTLY
from ledger.items.locks_store import item_locks, party_locks
from ledger.items.orders import order_number
from ledger.items.orders_reader import OrderSummary, list_orders
from ledger.items.party_account import AccountItem, AccountMove, PartyAccountPage
from ledger.people.parties_reader import show_party
from ledger.store.engines import Row, Store

_MINE = f"""(
    SELECT o.office, o.id AS item FROM item o WHERE o.party = :party
    UNION SELECT j.office, j.item FROM {OWED_JOINTLY} j
    WHERE j.party = :party AND (j.released_on IS NULL OR j.released_on > :day)
    ) w CROSS JOIN item i"""
"""Who owes a claim jointly owes the whole of it (§ 421 BGB), its fees and interest, too, until they are freed, as the
list of parties says; a credit is of the one who paid. No walk over all items."""
_ITEMS = f"""
    SELECT i.office, i.id, i.kind, i.side, i.reference, i.purpose, i.claim_kind, i.main_item, e.posting_day, i.due,
        i.original_due, i.amount_cents,
        i.open_cents + coalesce((SELECT sum(l.cents) FROM clearing c
            JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
            WHERE l.office = i.office AND l.item = i.id AND c.posting_day > :day), 0),
        i.dunning_level, i.dunned_on, i.order_id
    FROM {_MINE} JOIN entry e ON e.office = i.office AND e.position = i.position
    WHERE i.office = w.office AND i.id = w.item AND e.posting_day <= :day ORDER BY i.due, i.office, i.id"""
_OPENED = f"""
    SELECT e.posting_day, 'opened', i.office, i.id, i.reference, i.purpose, e.year, e.number,
        CASE i.side WHEN 'D' THEN i.amount_cents ELSE -i.amount_cents END, e.recorded_at, e.position
    FROM {_MINE} JOIN entry e ON e.office = i.office AND e.position = i.position
    WHERE i.office = w.office AND i.id = w.item AND e.posting_day <= :day"""
_CLEARED = f"""
    SELECT c.posting_day, c.kind, i.office, i.id, i.reference, t.text, e.year, e.number,
        CASE i.side WHEN 'D' THEN -l.cents ELSE l.cents END, e.recorded_at, e.position
    FROM {_MINE} JOIN clearing_line l ON l.office = i.office AND l.item = i.id
    JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    JOIN entry e ON e.office = c.office AND e.position = c.position
    LEFT JOIN entry_text t ON t.office = e.office AND t.position = e.position
    WHERE i.office = w.office AND i.id = w.item AND c.posting_day <= :day"""
_JOINT = f"""
    SELECT p.name FROM {OWED_JOINTLY} j JOIN party p ON p.id = j.party
    WHERE j.office = :office AND j.item = :item AND j.party <> :party AND j.released_on IS NULL
    UNION SELECT p.name FROM item i JOIN party p ON p.id = i.party
    WHERE i.office = :office AND i.id = :item AND i.party <> :party
      AND EXISTS (SELECT 1 FROM {OWED_JOINTLY} j WHERE j.office = i.office AND j.item = i.id) ORDER BY 1"""


def party_account(store: Store, party: int, day: str) -> PartyAccountPage:
    """Return all that happened to what a party owes and has to get, up to the end of a day.

    The look into the file of a person is written to the event log. Raises `UnknownPartyError`.
    """
    with store.snapshot():
        facts = show_party(store, party)
        items = [_item(store, party, day, row) for row in store.all(_ITEMS, party=party, day=day)]
        moves = _moves([*store.all(_OPENED, party=party, day=day), *store.all(_CLEARED, party=party, day=day)])
        locks = [lock for lock in party_locks(store, party) if lock.holds(day)]
        locks += [lock for one in items for lock in item_locks(store, one.office, one.item) if lock.holds(day)]
        orders = [order for order in _orders(store, party) if order.state not in ("accepted", "objected")]
    kasse = kasse_office(store)
    with store.unit([kasse], dated=False):
        record(store, kasse, "party.read", f"party:{party}", {"day": day, "items": len(items)})
    return PartyAccountPage(
        day,
        facts,
        tuple(items),
        tuple(moves),
        tuple(locks),
        tuple(orders),
        sum(item.open_cents for item in items if item.side == "D"),
        sum(item.open_cents for item in items if item.side == "C"),
        sum(item.open_cents for item in items if item.side == "D" and item.days_overdue > 0),
    )


def _item(store: Store, party: int, day: str, row: Row) -> AccountItem:
    office, item, *rest, due, original, amount, open_cents, level, dunned, order = row
    late = (dt.date.fromisoformat(day) - dt.date.fromisoformat(due)).days
    held = sorted({lock.kind for lock in item_locks(store, office, item) if lock.holds(day)})
    joint = ", ".join(name for (name,) in store.rows(_JOINT, office=office, item=item, party=party))
    name = order_number(office, order) if order is not None else None
    days = max(0, late) if open_cents else 0
    shown = (int(open_cents), days, level, dunned, name, ", ".join(held), joint)
    values = (office, item, *rest, due, original, amount, *shown)
    return AccountItem(*values)


def _moves(rows: list[Row]) -> list[AccountMove]:
    balance, moves = 0, []
    for day, what, office, item, reference, text, year, number, cents, *_ in sorted(rows, key=_order):
        balance += int(cents)
        entry = f"{office}-{year}-{number}"
        moves.append(AccountMove(day, what, office, item, reference, text, entry, int(cents), balance))
    return moves


def _order(row: Row) -> tuple[str, str, str, int, int]:
    return row[0], row[9], row[2], row[10], row[3]


def _orders(store: Store, party: int) -> list[OrderSummary]:
    sql = """SELECT DISTINCT office, batch FROM cash_order WHERE party = :party
             AND state NOT IN ('accepted', 'objected') ORDER BY office, batch"""
    numbers = {
        order_number(office, number)
        for office, number in store.rows("SELECT office, id FROM cash_order WHERE party = :party", party=party)
    }
    return [
        order
        for office, batch in store.all(sql, party=party)
        for order in list_orders(store, office=office, batch=batch)
        if order.number in numbers
    ]
