"""What money came for an order: a cancellation gives back no more than that, what was waived was never paid."""

from __future__ import annotations

from ledger.items.order_changes import WaivedError
from ledger.items.orders import order_number
from ledger.store.engines import Store

_ITEMS = """
    SELECT i.office, i.id FROM item i JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    WHERE i.office = :office AND (o.id = :id OR (o.changes = :id AND o.act = 'increase'))
      AND (CAST(:due AS TEXT) IS NULL OR i.original_due = :due OR o.period_from = :due) AND i.kind = 'receivable'"""
_PAID = f"""
    WITH own AS ({_ITEMS})
    SELECT coalesce((
        SELECT sum(l.cents) FROM own JOIN clearing_line l ON l.office = own.office AND l.item = own.id
        JOIN clearing c ON c.office = l.office AND c.id = l.clearing
        LEFT JOIN clearing b ON b.office = c.office AND b.id = c.resets
        JOIN entry e ON e.office = c.office AND e.position = coalesce(b.position, c.position)
        WHERE coalesce(b.kind, c.kind) <> 'reduction'
          AND NOT (coalesce(b.kind, c.kind) = 'relief' AND e.kind = 'relief')), 0)
    - coalesce((
        SELECT sum(g.amount_cents) FROM item g JOIN cash_order x ON x.office = g.office AND x.id = g.order_id
        WHERE g.office = :office AND g.kind = 'credit' AND x.changes = :id
          AND (CAST(:due AS TEXT) IS NULL OR x.period_from = :due)), 0)
    - coalesce((
        SELECT sum(g.amount_cents) FROM own JOIN item g ON g.office = own.office AND g.main_item = own.id
        WHERE g.kind = 'credit'), 0)"""


def paid_cents(store: Store, office: str, order: int, due: str | None) -> int:
    """Return what was paid for an order, or for one item of a standing one, and was not given back yet, in cents."""
    return int(store.value(_PAID, office=office, id=order, due=due))


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
