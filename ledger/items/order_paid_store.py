"""What money came for an order: a cancellation gives back no more than that, what was waived was never paid."""

from __future__ import annotations

from ledger.items.items_reader import item_name
from ledger.items.order_changes import PaidBeforeError, WaivedError
from ledger.items.orders import order_number
from ledger.store.engines import Store

_ITEMS = """
    SELECT i.office, i.id FROM item i JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    WHERE i.office = :office AND (o.id = :id OR (o.changes = :id AND o.act = 'increase'))
      AND (CAST(:due AS TEXT) IS NULL OR i.original_due = :due OR o.period_from = :due) AND i.kind = 'receivable'"""
_CHANGES = "x.changes = :id AND (CAST(:due AS TEXT) IS NULL OR x.period_from = :due)"
_ITEM = "SELECT i.office, i.id FROM item i WHERE i.office = :office AND i.id = :item AND i.kind = 'receivable'"
_TAKINGS = "x.main_reference = :name AND x.changes IS NULL AND x.act IN ('reduction', 'cancellation')"
# what an item taken over had less was paid or waived in the old system: nobody knows here
_PAID = """
    WITH own AS ({items})
    SELECT coalesce((
        SELECT sum(l.cents) FROM own JOIN clearing_line l ON l.office = own.office AND l.item = own.id
        JOIN clearing c ON c.office = l.office AND c.id = l.clearing
        LEFT JOIN clearing b ON b.office = c.office AND b.id = c.resets
        JOIN entry e ON e.office = c.office AND e.position = coalesce(b.position, c.position)
        WHERE coalesce(b.kind, c.kind) NOT IN ('reduction', 'opening')
          AND NOT (coalesce(b.kind, c.kind) = 'relief' AND e.kind = 'relief')), 0)
    - coalesce((
        SELECT sum(g.amount_cents) FROM item g JOIN cash_order x ON x.office = g.office AND x.id = g.order_id
        WHERE g.office = :office AND g.kind = 'credit' AND {changes}), 0)
    - coalesce((
        SELECT sum(g.amount_cents) FROM own JOIN item g ON g.office = own.office AND g.main_item = own.id
        WHERE g.kind = 'credit'), 0)"""
_OF_ORDER = _PAID.format(items=_ITEMS, changes=_CHANGES)
_OF_ITEM = _PAID.format(items=_ITEM, changes=_TAKINGS)


def paid_cents(store: Store, office: str, order: int, due: str | None) -> int:
    """Return what was paid for an order, or for one item of a standing one, and was not given back yet, in cents."""
    return int(store.value(_OF_ORDER, office=office, id=order, due=due))


def check_paid(
    store: Store, office: str, order: int, due: str | None, *, reduction_cents: int, open_cents: int
) -> None:
    """Check that what a reduction gives back was paid; raises `WaivedError`."""
    paid = paid_cents(store, office, order, due)
    if reduction_cents - open_cents > paid:
        raise WaivedError(
            order=order_number(office, order), reduction_cents=reduction_cents, open_cents=open_cents, paid_cents=paid,
            rest_cents=reduction_cents - open_cents - paid,
        )  # fmt: skip


def check_paid_since(store: Store, office: str, item: int, *, reduction_cents: int, open_cents: int) -> None:
    """Check that what a reduction gives back of an item taken over was paid since; raises `PaidBeforeError`."""
    name = item_name(office, item)
    paid = int(store.value(_OF_ITEM, office=office, item=item, name=name))
    if reduction_cents - open_cents > paid:
        raise PaidBeforeError(
            item=name, reduction_cents=reduction_cents, open_cents=open_cents, paid_cents=paid,
            rest_cents=reduction_cents - open_cents - paid,
        )  # fmt: skip
