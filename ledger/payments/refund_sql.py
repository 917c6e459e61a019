"""SQL about refunds that several statements share: which are paid, how much of an item they bind."""

REFUND_PAID = """EXISTS (
        SELECT 1 FROM payment q WHERE q.item_office = f.office AND q.item = f.item AND q.refund = f.id
          AND q.state IN ('released', 'exported', 'executed', 'returned'))"""
"""Whether the refund `f` has left with a run, or came back from the bank: it is paid once and never again by itself."""
_WAITING_ORDERS = """FROM suspense_payout w
        JOIN cash_order o ON o.office = w.office AND o.id = w.order_id
        WHERE w.office = i.office AND w.item = i.id AND o.state NOT IN ('accepted', 'objected')"""
_WAITING_REFUNDS = f"""FROM refund f
        WHERE f.office = i.office AND f.item = i.id AND f.ended_by IS NULL AND NOT {REFUND_PAID}"""
BOUND_CENTS = f"""coalesce((
        SELECT sum(f.cents) {_WAITING_REFUNDS}), 0)
    + coalesce((
        SELECT sum(o.total_cents) {_WAITING_ORDERS}), 0)"""
"""What of the item `i` refunds and orders that wait for their decision have bound."""
BOUND_BY = f"(SELECT max(o.id) {_WAITING_ORDERS}), (SELECT count(*) {_WAITING_REFUNDS})"
"""Which order is to pay the item `i` out, and how many refunds of it wait."""
