"""What happened to claims in law, as the limitation rules take it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from enforcement.limitation import LimitationEvent
from ledger.store.engines import Row, Store

Shared = Mapping[tuple[str, int], tuple[LimitationEvent, ...]]
Personal = Mapping[tuple[str, int], Sequence[tuple[int, LimitationEvent]]]
CONCERNED = """CASE WHEN EXISTS (SELECT 1 FROM item_debtor d WHERE d.office = e.office AND d.item = e.item)
    THEN coalesce(b.merged_into, e.debtor) END"""
"""Whom an event concerns alone: one of joint debtors; where a single person owes, all that happened concerns it."""
PERSON = "LEFT JOIN party b ON b.id = e.debtor"
_COLUMNS = "e.kind, e.day, e.until, e.ongoing, e.amount_cents"
_OF_ITEM = f"""
    SELECT {_COLUMNS} FROM claim_event e
    WHERE e.office = :office AND e.item = :item AND e.withdrawn_at IS NULL ORDER BY e.day, e.id"""
_OF_OVERDUE = f"""
    SELECT e.office, e.item, {CONCERNED}, {_COLUMNS} FROM claim_event e {PERSON}
    JOIN item i ON i.office = e.office AND i.id = e.item
    WHERE e.withdrawn_at IS NULL AND (i.open_cents > 0 AND i.due < :day
        OR EXISTS (SELECT 1 FROM settled_late z WHERE z.office = i.office AND z.item = i.id))
    ORDER BY e.office, e.item, e.day, e.id"""


def events_of(store: Store, office: str, item: int) -> tuple[LimitationEvent, ...]:
    """Return the legal events of one item in the order of their days; withdrawn ones are left out."""
    return tuple(event(row) for row in store.rows(_OF_ITEM, office=office, item=item))


def events_of_overdue(store: Store, day: str) -> tuple[Shared, Personal]:
    """Return the legal events of what is open and due before a day, or in the temporary table `settled_late`.

    Those for all debtors of a claim first, then those for one of them.
    """
    shared: defaultdict[tuple[str, int], list[LimitationEvent]] = defaultdict(list)
    personal: defaultdict[tuple[str, int], list[tuple[int, LimitationEvent]]] = defaultdict(list)
    for office, item, debtor, *row in store.rows(_OF_OVERDUE, day=day):
        if debtor is None:
            shared[office, item].append(event(row))
        else:
            personal[office, item].append((debtor, event(row)))
    return {key: tuple(events) for key, events in shared.items()}, personal


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
