"""The proof of cash: every account of a desk and of cash under way recomputed from receipts, counts, ways, vouchers."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.cash.checks import CashBelowZeroError, CashGapError, CashSignatureError, CashSumError
from ledger.store.engines import Store
from sepa.errors import KasseError

_HELD = """coalesce((SELECT sum(b.debit_cents - b.credit_cents) FROM month_balance b
    WHERE b.office = {a}.office AND b.account = {a}.{number}), 0)"""
_MOVES = """
    SELECT desk AS code, cents FROM cash_receipt WHERE tender = 'cash'
    UNION ALL SELECT desk, counted_cents - expected_cents FROM cash_count WHERE rejected_by IS NULL
    UNION ALL SELECT desk, CASE WHEN kind = 'withdrawal' THEN cents ELSE -cents END FROM cash_transport
        WHERE state <> 'taken_back' AND kind <> 'cheques'
    UNION ALL SELECT other, cents FROM cash_transport WHERE state = 'there' AND kind = 'transfer'
    UNION ALL SELECT fund, -cents FROM cash_settlement WHERE state = 'certified'"""
_DESKS = f"""
    SELECT d.office, d.account, {_HELD.format(a="d", number="account")} AS held,
           coalesce((SELECT sum(m.cents) FROM ({_MOVES}) m WHERE m.code = d.code), 0) AS expected, d.code
    FROM cash_desk d ORDER BY d.code"""
UNDER_WAY_SQL = {
    "transit_cash": """SELECT sum(CASE WHEN kind = 'withdrawal' THEN -cents ELSE cents END) FROM cash_transport
                       WHERE state = 'under_way'""",
    "transit_card": """SELECT sum(r.cents) FROM cash_receipt r JOIN cash_batch b ON b.id = r.batch
                       WHERE b.bank_entry IS NULL""",
    "cheques": """SELECT sum(r.cents) FROM cash_receipt r
                  JOIN cash_cheque c ON c.desk = r.desk AND c.year = r.year AND c.number = r.number
                  WHERE c.state = 'held'""",
}
"""By role of the Kasse's account: the cents that must stand on it now."""
_ROLE = f"""
    SELECT a.office, a.number, {_HELD.format(a="a", number="number")} FROM account a
    JOIN office o ON o.code = a.office AND o.is_kasse = 1 WHERE a.role = :role ORDER BY a.number"""
_GAPS = """
    SELECT desk, year, count(*), max(number) FROM cash_receipt GROUP BY desk, year
    HAVING count(*) <> max(number) OR min(number) <> 1"""
# SQLite joins what is CROSS JOINed in the order written: from the few desks, never from all entries
_DAYS = """
    SELECT d.code, d.office, d.account, e.posting_day, sum(p.cents)
    FROM cash_desk d CROSS JOIN posting p CROSS JOIN entry e
    WHERE p.office = d.office AND p.account = d.account AND e.office = p.office AND e.position = p.position
    GROUP BY d.code, d.office, d.account, e.posting_day ORDER BY d.code, e.posting_day"""
_EVENT = "SELECT 1 FROM event v WHERE v.office = d.office AND v.object = 'desk:' || d.code AND v.action = '{action}'"
_UNTOLD = f"""
    SELECT d.code, 'count ' || CAST(c.number AS TEXT) FROM cash_count c JOIN cash_desk d ON d.code = c.desk
    WHERE c.confirmed_by IS NOT NULL AND NOT EXISTS ({_EVENT.format(action="cash.confirm")} AND v.by = c.confirmed_by
        AND v.at = c.confirmed_at)
    UNION ALL
    SELECT d.code, 'rejected count ' || CAST(c.number AS TEXT) FROM cash_count c JOIN cash_desk d ON d.code = c.desk
    WHERE c.rejected_by IS NOT NULL AND NOT EXISTS ({_EVENT.format(action="cash.reject_count")} AND v.by = c.rejected_by
        AND v.at = c.rejected_at)
    UNION ALL
    SELECT d.code, 'settlement ' || CAST(s.number AS TEXT) FROM cash_settlement s JOIN cash_desk d ON d.code = s.fund
    WHERE s.state = 'certified' AND NOT EXISTS ({_EVENT.format(action="cash.certify")} AND v.by = s.decided_by
        AND v.at = s.decided_at)
    UNION ALL
    SELECT d.code, 'holder since ' || h.since FROM cash_holder h JOIN cash_desk d ON d.code = h.desk
    WHERE NOT EXISTS ({_EVENT.format(action="cash.hold")} AND v.by = h.made_by AND v.at = h.made_at)
    UNION ALL
    SELECT d.code, 'not open on ' || r.day FROM cash_rest r JOIN cash_desk d ON d.code = r.desk
    WHERE NOT EXISTS ({_EVENT.format(action="cash.rest")} AND v.by = r.made_by AND v.at = r.made_at
        AND v.facts LIKE '%"' || r.day || '"%')
    UNION ALL
    SELECT d.code, 'not open, noted at ' || w.at FROM cash_desk d JOIN event w ON w.office = d.office
        AND w.object = 'desk:' || d.code AND w.action = 'cash.rest'
    WHERE NOT EXISTS (SELECT 1 FROM cash_rest r WHERE r.desk = d.code AND r.made_by = w.by AND r.made_at = w.at)"""


def cash_contradictions(store: Store) -> Iterator[KasseError]:
    """Yield what is wrong with cash: accounts that nothing explains, gaps, desks below zero, steps without an event."""
    for office, account, held, expected, desk in store.all(_DESKS):
        if held != expected:
            yield _sum(office, account, held, expected, f"desk {desk}")
    for role, sql in UNDER_WAY_SQL.items():
        expected = int(store.value(sql) or 0)
        for office, account, held in store.all(_ROLE, role=role):
            if held != expected:
                yield _sum(office, account, held, expected, role)
            expected = 0
    for desk, year, count, last in store.all(_GAPS):
        yield CashGapError(desk=desk, year=year, count=count, last=last)
    yield from _below_zero(store)
    for desk, what in store.all(_UNTOLD):
        yield CashSignatureError(desk=desk, what=what)


def _sum(office: str, account: str, held: int, expected: int, what: str) -> KasseError:
    return CashSumError(
        office=office, account=account, held_cents=int(held), expected_cents=int(expected), what=what
    )  # fmt: skip


def _below_zero(store: Store) -> Iterator[KasseError]:
    sums: dict[str, int] = {}
    for desk, _, _, day, cents in store.rows(_DAYS):
        sums[desk] = sums.get(desk, 0) + int(cents)
        if sums[desk] < 0:
            yield CashBelowZeroError(desk=desk, day=day, held_cents=sums[desk])
