"""SQL that asks whether an order under way takes off what an item pays: a cancellation, or a change to less."""

from __future__ import annotations


def taken_off(alias: str = "i") -> str:
    """Return the SQL expression for the first order under way that takes something off an item, NULL where none does.

    An order by schedule is ended, which leaves its items alone, unless the item's due day is named (§ 70 LHO: nothing
    is paid that is not ordered). What was taken over was made by no order: the one that takes it off names the item.
    """
    return f"""CASE WHEN {alias}.kind <> 'payable' THEN NULL WHEN {alias}.order_id IS NULL THEN (
        SELECT min(w.id) FROM cash_order w WHERE w.office = {alias}.office AND w.waiting = 1 AND w.changes IS NULL
          AND w.act IN ('reduction', 'cancellation') AND w.main_reference = {alias}.office || '/' || {alias}.id)
        ELSE (SELECT min(w.id) FROM cash_order x
        JOIN cash_order w ON w.office = x.office
          AND w.changes = CASE WHEN x.act = 'increase' THEN x.changes ELSE x.id END
        JOIN cash_order r ON r.office = w.office AND r.id = w.changes
        WHERE x.office = {alias}.office AND x.id = {alias}.order_id AND w.waiting = 1
          AND w.act IN ('reduction', 'cancellation')
          AND (w.period_from IS NULL AND r.act NOT IN ('standing', 'general')
               OR w.period_from IN (x.period_from, {alias}.original_due))) END"""
