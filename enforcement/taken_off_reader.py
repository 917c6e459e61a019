"""What orders took off claims: of what was open, and of what was paid and became a credit."""

from __future__ import annotations

import datetime as dt

from enforcement.charges import Payment
from ledger.store.engines import Store

TAKEN_OFF = ("reduction", "reversal")
"""Kinds of clearings that are no payment: an order took something off, or its credit went with a cash receipt."""
_OFF = f"""coalesce((
        SELECT sum(l.cents) FROM clearing_line l JOIN clearing c ON c.office = l.office AND c.id = l.clearing
        WHERE l.office = i.office AND l.item = i.id AND c.kind IN {TAKEN_OFF} AND c.resets IS NULL
          AND NOT EXISTS (SELECT 1 FROM clearing z WHERE z.office = c.office AND z.resets = c.id)), 0)"""
_SHARE = "CASE WHEN {upto} <= newer THEN 0 WHEN {upto} - newer >= left_cents THEN left_cents ELSE {upto} - newer END"
# credits of one order, or one item of a standing one, add up; they take off the newest item first, as acceptance does
GIVEN_BACK = f"""
    WITH credited AS (
        SELECT office, credit, day, changes, period, name, cents,
               sum(cents) OVER (PARTITION BY office, changes, period, name ORDER BY credit) AS upto
        FROM (SELECT i.office AS office, i.id AS credit, i.opened_on AS day, x.changes AS changes,
                     x.period_from AS period, x.main_reference AS name, i.amount_cents - {_OFF} AS cents
              FROM cash_order x JOIN item i ON i.office = x.office AND i.order_id = x.id AND i.kind = 'credit'
              WHERE x.act IN ('reduction', 'cancellation') AND x.as_credit = 1 AND x.state = 'accepted') made),
    part AS (
        SELECT k.office AS office, k.credit AS credit, k.day AS day, k.cents AS cents, k.upto AS upto, i.id AS item,
               i.amount_cents - {_OFF} AS left_cents
        FROM credited k JOIN cash_order o ON o.office = k.office AND o.id = k.changes
        JOIN item i ON i.office = o.office AND i.order_id = o.id AND i.kind = 'receivable'
        WHERE k.period IS NULL OR i.original_due = k.period
        UNION ALL
        SELECT k.office, k.credit, k.day, k.cents, k.upto, i.id, i.amount_cents - {_OFF}
        FROM credited k JOIN cash_order o ON o.office = k.office AND o.changes = k.changes AND o.act = 'increase'
        JOIN item i ON i.office = o.office AND i.order_id = o.id AND i.kind = 'receivable'
        WHERE k.period IS NULL OR o.period_from = k.period
        UNION ALL
        SELECT k.office, k.credit, k.day, k.cents, k.upto, i.id, i.amount_cents - {_OFF}
        FROM credited k JOIN item i ON i.office = k.office AND i.kind = 'receivable'
          AND i.id = CASE WHEN k.changes IS NULL THEN CAST(substr(k.name, length(k.office) + 2) AS BIGINT) END),
    ranked AS (
        SELECT office, item, day, cents, upto, left_cents,
               sum(left_cents) OVER (PARTITION BY office, credit ORDER BY item DESC) - left_cents AS newer
        FROM part)
    SELECT office, item, day, CAST({_SHARE.format(upto="upto")} - {_SHARE.format(upto="(upto - cents)")} AS BIGINT)
        AS cents
    FROM ranked WHERE upto > newer AND upto - cents < newer + left_cents"""
"""Credits that orders made of what was paid, claim by claim: office, item, day and cents.

What of such a credit went with a cash receipt was never paid, and its claim is taken off by that.
"""
CANCELLED = f"""
    SELECT m.office AS office, m.id AS item FROM (
        SELECT l.office AS office, l.item AS item, l.cents AS cents FROM clearing c CROSS JOIN clearing_line l
        WHERE c.kind IN {TAKEN_OFF} AND l.office = c.office AND l.clearing = c.id
        UNION ALL SELECT office, item, cents FROM ({GIVEN_BACK}) given) t
    CROSS JOIN item m WHERE m.office = t.office AND m.id = t.item AND m.open_cents = 0
    GROUP BY m.office, m.id, m.amount_cents HAVING sum(t.cents) = m.amount_cents"""
"""The claims that orders took off as a whole, found from the few reductions on."""

KEPT = """(s.amount_cents - coalesce((
        SELECT sum(l.cents) FROM clearing_line l JOIN clearing c ON c.office = l.office AND c.id = l.clearing
        WHERE l.office = s.office AND l.item = s.id AND c.kind = 'relief' AND c.resets IS NULL
          AND NOT EXISTS (SELECT 1 FROM clearing z WHERE z.office = c.office AND z.resets = c.id)), 0)
    - coalesce((SELECT sum(k.cents) FROM relief_paid k JOIN relief r ON r.id = k.relief
                WHERE k.office = s.office AND k.item = s.id AND r.state = 'granted'), 0))"""
"""What was demanded by a side claim and neither taken off nor given back since."""


def given_back(store: Store) -> dict[tuple[str, int], tuple[Payment, ...]]:
    """Return what orders took off claims that were paid, by claim and with the day: it became credits."""
    found: dict[tuple[str, int], tuple[Payment, ...]] = {}
    for office, item, day, cents in store.rows(f"{GIVEN_BACK} ORDER BY office, item, day"):
        found[office, item] = (*found.get((office, item), ()), Payment(dt.date.fromisoformat(day), int(cents)))
    return found
