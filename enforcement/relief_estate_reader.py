"""Money that came since the opening of an insolvency and paid claims of before it: it may belong to the estate."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from enforcement.relief_checks import InsolventPaidError
from ledger.store.engines import Store

_SINCE_OPENING = """
    SELECT r.id, coalesce(p.legal_name, p.name), r.first_day, r.watch_day, CAST(sum(l.cents) AS BIGINT)
    FROM relief r JOIN party p ON p.id = r.party
    JOIN relief_item x ON x.relief = r.id AND x.part IN ('claim', 'late')
    JOIN clearing_line l ON l.office = x.office AND l.item = x.item
    JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    WHERE r.kind = 'insolvenz' AND r.state = 'granted' AND c.kind IN ('bank', 'assign', 'cash')
      AND (CAST(:number AS BIGINT) IS NULL OR r.id = :number)
      AND c.payment_day >= r.first_day AND c.resets IS NULL
      AND NOT EXISTS (SELECT 1 FROM clearing z WHERE z.office = c.office AND z.resets = c.id)
      AND NOT EXISTS (
        SELECT 1 FROM bank_match m JOIN bank_entry e ON e.office = m.office AND e.id = m.entry
        JOIN party_account a ON a.iban = e.counter_iban AND a.kind = 'own' AND a.until IS NULL AND a.party <> r.party
        JOIN item i ON i.office = m.item_office AND i.id = m.item
        WHERE m.item_office = l.office AND m.item = l.item AND m.cents = l.cents AND e.bank_day = c.payment_day
          AND (a.party = i.party OR EXISTS (
            SELECT 1 FROM item_debtor d
            WHERE d.office = i.office AND d.item = coalesce(i.main_item, i.id) AND d.party = a.party)))
    GROUP BY r.id, coalesce(p.legal_name, p.name), r.first_day, r.watch_day HAVING sum(l.cents) > 0 ORDER BY r.id"""
"""What came from the own account of another debtor of the same claim is no matter of the estate (§ 43 InsO)."""
_SEEN = """SELECT facts FROM event WHERE object = :object AND action = 'relief.watch'
           ORDER BY position DESC LIMIT 1"""


def paid_since_opening(store: Store, number: int) -> int:
    """Return the cents that came since the opening and paid claims of before it, 0 for what is no insolvency."""
    row = store.one(_SINCE_OPENING, number=number)
    return int(row[4]) if row else 0


def money_of_estates(store: Store, day: dt.date) -> Iterator[InsolventPaidError]:
    """Yield insolvencies with such money that nobody has looked at, or that is to be looked at again."""
    for number, party, first, watched, cents in store.all(_SINCE_OPENING, number=None):
        held = watched is not None and watched > day.isoformat()
        new = int(cents) - (_seen_cents(store, number) if held else 0)
        if new > 0:
            yield InsolventPaidError(relief=number, party=party, day=dt.date.fromisoformat(first), paid_cents=new)


def _seen_cents(store: Store, number: int) -> int:
    """Return the sum that was there when somebody last put off the day to look again."""
    facts = store.value(_SEEN, object=f"relief:{number}")
    return int(json.loads(facts).get("paid_cents", 0)) if facts else 0
