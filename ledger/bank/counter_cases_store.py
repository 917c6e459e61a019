"""Unclear money that is just as much as other unclear money the other way: the bank cancelled a booking of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.store.engines import Store

if TYPE_CHECKING:
    from ledger.bank.suspense_store import CaseDetails

MOST = 3
_COUNTER = """
    SELECT i.office, i.id FROM item i JOIN suspense_case c ON c.office = i.office AND c.item = i.id
    JOIN bank_entry b ON b.office = c.office AND b.id = c.entry
    WHERE i.office = :office AND i.kind = :kind AND i.open_cents > 0 AND i.open_cents = :cents
      AND b.iban = :iban
    ORDER BY b.bank_day, i.id LIMIT {most}"""
_OTHER = {"suspense": "advance", "advance": "suspense"}


def counter_cases(store: Store, case: CaseDetails) -> tuple[tuple[str, int], ...]:
    """Return the cases, as (office, number), of the same account that are open with as much the other way.

    A few at most, the oldest first. Money received and money paid out that make nothing together clear each other.
    """
    if not case.open_cents or case.iban is None:
        return ()
    sql = _COUNTER.format(most=MOST)
    where = {"office": case.office, "kind": _OTHER[case.kind], "cents": case.open_cents, "iban": case.iban}
    return tuple((office, item) for office, item in store.rows(sql, **where))
