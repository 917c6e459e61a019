"""The discounts that a run keeps off, each with the last day on which it may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from ledger.payments.discount import holds_until, terms
from ledger.payments.runs import Run
from ledger.store.engines import Store

_KEPT = """
    SELECT p.line, p.end_to_end_id, p.item_office, p.item, p.discount_cents, p.item_cents, i.purpose, o.notice_date
    FROM payment p
    JOIN item i ON i.office = p.item_office AND i.id = p.item
    JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    WHERE p.office = :office AND p.run = :run AND p.state <> 'discarded' AND p.discount_cents > 0
      AND o.notice_date IS NOT NULL
    ORDER BY p.line"""


class Kept(NamedTuple):
    """What one payment keeps off, in cents, and until which day of payment its terms allow that."""

    line: int
    end_to_end_id: str
    office: str
    item: int
    cents: int
    last: dt.date


def discounts(store: Store, run: Run) -> Iterator[Kept]:
    """Yield the discounts of a run by line; inside `snapshot` or a unit."""
    for row in store.rows(_KEPT, office=run.office, run=run.number):
        line, identifier, office, item, cents, whole, purpose, invoiced = row
        last = holds_until(terms(purpose or ""), dt.date.fromisoformat(invoiced), whole, cents)
        if last is not None:
            yield Kept(line, identifier, office, item, cents, last)
