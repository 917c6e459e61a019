"""What happened to claims in law, as the limitation rules take it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from enforcement.limitation import LimitationEvent
from ledger.store.engines import Row, Store

CANCELLED = """
    SELECT m.office AS office, m.id AS item FROM clearing c CROSS JOIN clearing_line l CROSS JOIN item m
    WHERE c.kind = 'reduction' AND l.office = c.office AND l.clearing = c.id
      AND m.office = l.office AND m.id = l.item AND m.open_cents = 0
    GROUP BY m.office, m.id, m.amount_cents HAVING sum(l.cents) = m.amount_cents"""
"""The claims that orders took off as a whole, found from the few reductions on."""
_COLUMNS = "e.kind, e.day, e.until, e.ongoing, e.amount_cents"
_OF_ITEM = f"""
    SELECT {_COLUMNS} FROM claim_event e
    WHERE e.office = :office AND e.item = :item AND e.withdrawn_at IS NULL ORDER BY e.day, e.id"""
_OF_OVERDUE = f"""
    SELECT e.office, e.item, {_COLUMNS} FROM claim_event e
    JOIN item i ON i.office = e.office AND i.id = e.item
    WHERE e.withdrawn_at IS NULL AND i.open_cents > 0 AND i.due < :day ORDER BY e.office, e.item, e.day, e.id"""


def events_of(store: Store, office: str, item: int) -> tuple[LimitationEvent, ...]:
    """Return the legal events of one item in the order of their days; withdrawn ones are left out."""
    return tuple(event(row) for row in store.rows(_OF_ITEM, office=office, item=item))


def events_of_overdue(store: Store, day: str) -> Mapping[tuple[str, int], tuple[LimitationEvent, ...]]:
    """Return the legal events of everything open and due before a day, by office and item."""
    found: defaultdict[tuple[str, int], list[LimitationEvent]] = defaultdict(list)
    for office, item, *row in store.rows(_OF_OVERDUE, day=day):
        found[office, item].append(event(row))
    return {key: tuple(events) for key, events in found.items()}


def event(row: Row | Iterable[object]) -> LimitationEvent:
    """Return a legal event of its row: kind, day, until, ongoing, amount."""
    kind, day, until, ongoing, cents = row
    return LimitationEvent(
        str(kind),
        dt.date.fromisoformat(str(day)),
        dt.date.fromisoformat(str(until)) if until else None,
        bool(ongoing) and until is None,
        int(str(cents)) if cents is not None else None,
    )
