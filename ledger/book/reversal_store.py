"""`journal reverse`: taking an entry back, the whole transaction in one unit of work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.book.entry import OWN_KINDS, Posted, Posting
from ledger.book.journal import EntryNumber, UnknownEntryError
from ledger.book.reversal import (
    BoundItemError,
    Involved,
    MadeItem,
    MissingReasonError,
    OldClearing,
    RefundedItemError,
    Reversible,
    check_reversible,
    counter_clearings,
    mirror_day,
    mirrors,
)
from ledger.book.store import post
from ledger.events.store import record
from ledger.items.orders import order_number
from ledger.items.store import clear
from ledger.payments.refund_sql import BOUND_BY
from ledger.people.users import require
from ledger.store.engines import Store

Place = tuple[str, int]
"""Where an entry stands: its office and its position there."""


@dataclass(frozen=True, slots=True)
class ReversedEntry:
    """An entry and its mirror."""

    number: str
    reversal: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class ReopenedItem:
    """An item that the reversal touched, as it is now."""

    office: str
    item: int
    reference: str | None
    open_cents: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """What was reversed on which day; `entries` holds one pair for each office of the transaction."""

    day: str
    reason: str
    entries: tuple[ReversedEntry, ...]
    items: tuple[ReopenedItem, ...]


_ENTRY = """
    SELECT e.office, e.year, e.number, e.position, e.kind, e.posting_day, r.year, r.number, e.source
    FROM entry e
    LEFT JOIN entry r ON r.office = e.office AND r.reverses = e.position"""
_OF_NUMBER = (
    "SELECT office, position, transaction_id FROM entry WHERE office = :office AND year = :year AND number = :n"
)
_POSTINGS = """
    SELECT account, cents, item, dimensions FROM posting
    WHERE office = :office AND position = :position ORDER BY line"""
_CLEARINGS = """
    SELECT c.id, c.payment_day, CASE WHEN c.resets IS NOT NULL OR r.id IS NOT NULL THEN 1 ELSE 0 END
    FROM clearing c LEFT JOIN clearing r ON r.office = c.office AND r.resets = c.id
    WHERE c.office = :office AND c.position = :position ORDER BY c.id"""
_LINES = "SELECT item, cents FROM clearing_line WHERE office = :office AND clearing = :clearing ORDER BY line"
_ITEMS = """
    SELECT DISTINCT i.id, i.amount_cents, i.open_cents, x.run FROM posting p
    JOIN item i ON i.office = p.office AND i.id = p.item AND i.position = p.position
    LEFT JOIN payment x ON x.item_office = i.office AND x.item = i.id AND x.active = 1
    WHERE p.office = :office AND p.position = :position ORDER BY i.id"""
_BOUND = f"SELECT {BOUND_BY} FROM item i WHERE i.office = :office AND i.id = :item"
_NOW = "SELECT reference, open_cents FROM item WHERE office = :office AND id = :item"


def reverse(store: Store, number: EntryNumber, *, reason: str, day: str) -> Reversal:
    """Take an entry back by its mirror on that day, with the entries of its transaction and all their clearings.

    An entry made by hand in period 13 has its mirror there.

    Needs the role clerk in every office of the transaction. Raises `MissingReasonError`, `UnknownEntryError`,
    `NotAllowedError`, `ClosedPeriodError` and what `take_back` raises; the book is then unchanged.
    """
    if not reason.strip():
        raise MissingReasonError(number=str(number))
    places = places_of(store, number)
    offices = sorted({office for office, _ in places})
    with store.unit(offices):
        for office in offices:
            require(store, office, "clerk")
        involved, posted = take_back(store, places, reason=reason, day=day)
        result = Reversal(
            mirror_day(involved.entries[0], day),
            reason,
            _pairs(involved.entries, posted),
            tuple(_touched(store, involved)),
        )
        _note(store, number, result)
    return result


def take_back(
    store: Store, places: Sequence[Place], *, reason: str, day: str, own_kinds: frozenset[str] = OWN_KINDS
) -> tuple[Involved, list[Posted]]:
    """Mirror the entries at these places with all their clearings; inside a unit that holds their offices.

    Returns what was there and the mirrors in the same order. Raises what `check_reversible` and `check_unbound` raise.
    """
    involved = _involved(store, places)
    check_reversible(involved, day, own_kinds)
    for item in involved.items:
        check_unbound(store, item, involved.number(item.office, item.position))
    posted = post(store, mirrors(involved.entries, day, reason))
    where = {(e.number.office, e.position): p.position for e, p in zip(involved.entries, posted, strict=True)}
    clear(store, list(counter_clearings(involved, where, day)))
    return involved, posted


def check_unbound(store: Store, item: MadeItem, number: str) -> None:
    """Check that nothing is about to pay out what an entry made; raises `BoundItemError`, `RefundedItemError`."""
    order, refunds = store.one(_BOUND, office=item.office, item=item.id) or (None, 0)
    if order is not None:
        raise BoundItemError(item=item.id, number=number, order=order_number(item.office, order))
    if refunds:
        raise RefundedItemError(office=item.office, item=item.id, number=number)


def places_of(store: Store, number: EntryNumber) -> list[Place]:
    """Return office and position of the entry and of those linked to it, the one that leads first."""
    row = store.one(_OF_NUMBER, office=number.office, year=number.year, n=number.number)
    if row is None:
        raise UnknownEntryError(number=str(number))
    office, position, transaction = row
    if transaction is None:
        return [(office, position)]
    sql = "SELECT office, position FROM entry WHERE transaction_id = :transaction"
    linked = store.all(sql, transaction=transaction)
    return sorted(linked, key=lambda place: (f"{place[0]}-{place[1]}" != transaction, place))


def _involved(store: Store, places: Sequence[Place]) -> Involved:
    return Involved(
        tuple(_entry(store, *place) for place in places),
        tuple(clearing for place in places for clearing in _clearings(store, *place)),
        tuple(item for place in places for item in _items(store, *place)),
    )


def _entry(store: Store, office: str, position: int) -> Reversible:
    row = store.one(f"{_ENTRY} WHERE e.office = :office AND e.position = :position", office=office, position=position)
    assert row is not None, "the entry was found before it was locked"
    by = None if row[6] is None else EntryNumber(office, row[6], row[7])
    postings = tuple(Posting(*line) for line in store.rows(_POSTINGS, office=office, position=position))
    return Reversible(EntryNumber(office, row[1], row[2]), position, row[4], row[5], postings, by, row[8])


def _clearings(store: Store, office: str, position: int) -> Iterator[OldClearing]:
    for number, payment_day, entangled in store.all(_CLEARINGS, office=office, position=position):
        lines = tuple((item, cents) for item, cents in store.rows(_LINES, office=office, clearing=number))
        yield OldClearing(office, number, position, payment_day, lines, bool(entangled))


def _items(store: Store, office: str, position: int) -> Iterator[MadeItem]:
    for item, amount, left, run in store.rows(_ITEMS, office=office, position=position):
        yield MadeItem(office, item, position, amount, left, run)


def _pairs(entries: Sequence[Reversible], posted: Sequence[Posted]) -> tuple[ReversedEntry, ...]:
    return tuple(
        ReversedEntry(
            str(entry.number),
            str(EntryNumber(mirror.office, mirror.year, mirror.number)),
            sum(posting.cents for posting in entry.postings if posting.cents > 0),
        )
        for entry, mirror in zip(entries, posted, strict=True)
    )


def _touched(store: Store, involved: Involved) -> Iterator[ReopenedItem]:
    touched = {(old.office, item) for old in involved.clearings for item, _ in old.lines}
    for office, item in sorted(touched | {(item.office, item.id) for item in involved.items}):
        row = store.one(_NOW, office=office, item=item)
        assert row is not None, "an item is never deleted"
        yield ReopenedItem(office, item, row[0], row[1])


def _note(store: Store, number: EntryNumber, result: Reversal) -> None:
    facts = {"day": result.day, "entries": " ".join(f"{e.number}>{e.reversal}" for e in result.entries)}
    record(store, number.office, "journal.reverse", f"entry:{number}", facts, {"reason": result.reason})
