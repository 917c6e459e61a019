"""Legal events of claims as a part of a take-over: what interrupted or suspended limitation in the years before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from enforcement.event_seals_store import event_seals, told_events
from enforcement.law_store import book_law
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_notes import NoRuleError, Note, check_note
from enforcement.opening_parts import EventRow, event_row
from ledger.book.place_store import place_of
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.items.items_reader import item_name
from ledger.items.opening_parts_store import PartKind, unknown_items
from ledger.store.counters import take_ids
from ledger.store.engines import Row, Store
from sepa.errors import KasseError, Place

SOURCE = "opening"
_COLUMNS = (
    "id", "office", "item", "kind", "day", "until", "ongoing", "amount_cents", "source", "note", "made_by", "made_at",
)  # fmt: skip
_CLAIMS = """
    SELECT i.office, i.id, s.event, s.day, s.until, coalesce(s.ongoing, 0), s.amount_cents, s.note, s.seq, i.profile,
           i.amount_cents
    FROM {table} s JOIN item i ON i.reference = s.reference AND i.office || '' = s.office AND i.order_id IS NULL
    WHERE i.kind = 'receivable' AND i.main_item IS NULL ORDER BY i.office, i.id, s.day, s.seq"""


def write_events(store: Store, table: str, day: str) -> Iterator[KasseError | int]:
    """Write the events at every main claim with the reference, as far as the law of the claim knows them."""
    yield from unknown_items(store, table, receivable=True)
    book = Lawbook(place_of(store), book_law(store))
    good: dict[str, list[Row]] = {}
    for row in store.all(_CLAIMS.format(table=table)):
        fault = _fault(book, row, day)
        if fault is not None:
            yield fault
        else:
            good.setdefault(row[0], []).append(row)
    seals: list[str] = []
    for office, rows in sorted(good.items()):
        first = take_ids(store, office, "claim_event", len(rows))
        sign = (store.user, store.now)
        lines = [(at, *row[:7], SOURCE, row[7] or "übernommen", *sign) for at, row in enumerate(rows, first)]
        seals += event_seals(_COLUMNS, lines)
        yield store.insert("claim_event", _COLUMNS, lines)
    if seals:
        count: dict[str, Fact] = {"events": sum(map(len, good.values()))}
        record(store, kasse_office(store), "opening.events", None, count | told_events(seals))


def _fault(book: Lawbook, row: Row, today: str) -> KasseError | None:
    """Return why the law of the claim does not bear the event."""
    office, item, kind, day, until, ongoing, cents, _, seq, profile, claim_cents = row
    place = Place(row=seq, column="event", value=kind)
    rule, name = book.rule(profile), item_name(office, item)
    if isinstance(rule, str):
        return NoRuleError(item=name, state=rule, place=place)
    end = dt.date.fromisoformat(until) if until else None
    try:
        check_note(Note(kind, dt.date.fromisoformat(day), end, bool(ongoing), cents), rule, name, claim_cents, today)
    except KasseError as error:
        return error.at(place)
    return None


EVENTS = PartKind("events", EventRow, event_row, write_events)
