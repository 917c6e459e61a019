"""Orders that pay out money which is unclear: accepting one settles the case that its money came from."""

from __future__ import annotations

import json

from ledger.events.store import record
from ledger.items.orders import order_number
from ledger.items.store import NewClearing, clear
from ledger.store.engines import Row, Store

_ACCEPTED = """
    SELECT o.id, p.item, o.total_cents, c.place + :positions, c.place + :items, s.entry, p.batch
    FROM chosen_order c JOIN cash_order o ON o.office = c.office AND o.id = c.id
    JOIN suspense_payout p ON p.office = o.office AND p.order_id = o.id
    LEFT JOIN suspense_case s ON s.office = p.office AND s.item = p.item
    WHERE c.office = :office ORDER BY o.id"""
_STEPS = """
    INSERT INTO suspense_step (office, item, line, kind, position, cents, batch, by, at)
    SELECT CAST(:office AS TEXT), :item, coalesce(max(line), 0) + 1, 'paid_out', :position, :cents,
           CAST(:batch AS BIGINT), :user, CAST(:now AS TEXT)
    FROM suspense_step WHERE office = :office AND item = :item"""
_MATCHES = """
    INSERT INTO bank_match (office, entry, line, rule, evidence, item_office, item, cents)
    SELECT CAST(:office AS TEXT), :entry, max(line) + 1, 'paid_out', CAST(:evidence AS TEXT), CAST(:office AS TEXT),
           :payable, :cents
    FROM bank_match WHERE office = :office AND entry = :entry"""


def settle_payouts(store: Store, office: str, day: str, positions: int, items: int) -> None:
    """Settle the cases that the accepted orders of an office pay out; after their items were made.

    An order's place in `chosen_order` gives its entry's position after `positions` and its item after `items`.
    """
    for row in store.all(_ACCEPTED, office=office, positions=positions, items=items):
        _settle(store, office, day, row)


def _settle(store: Store, office: str, day: str, row: Row) -> None:
    order, case, cents, position, payable, entry, batch = row
    clear(store, [NewClearing(office, "assign", position, day, day, ((case, cents),))])
    store.execute(
        _STEPS, office=office, item=case, position=position, cents=cents, batch=batch, user=store.user, now=store.now
    )
    facts = {"cents": cents, "order": order_number(office, order)}
    record(store, office, "suspense.paid_out", f"item:{case}", facts)
    if entry is not None:
        evidence = json.dumps({"at": store.now, "by": store.user, "order": order}, sort_keys=True)
        store.execute(_MATCHES, office=office, entry=entry, evidence=evidence, payable=payable, cents=cents)
