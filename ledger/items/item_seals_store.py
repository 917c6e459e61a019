"""Seals of items that no order made: told when they are made, compared by `journal verify`."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice

from ledger.events.bound import Ahead, Bound
from ledger.events.store import Fact, record
from ledger.items.item_seals import (
    COURSE,
    FACT,
    MOVES,
    NO_WORDS,
    SPAN,
    STAYS,
    TOLD,
    WORDED,
    Hashes,
    ItemSeals,
    Seals,
    course_hash,
    spans,
)
from ledger.items.items_reader import item_name
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

MADE = "item.make"
"""The event of items that no other event tells of."""
MOVED = "moved"
"""The fact of a merge that names the items that no order made and that it gave to another person."""
REASONS = "reasons"
"""The fact of an event that tells why items are cases of unclear money, of no bank entry: `OFFICE/ITEM=REASON …`."""
MOST = 100
_PARTY = STAYS.index("party")
_ROWS = f"SELECT {', '.join(TOLD)} FROM item WHERE office = :office AND order_id IS NULL ORDER BY id"
_TAKEN = f"""SELECT {", ".join((*TOLD, *MOVES))} FROM item
    WHERE office = :office AND id BETWEEN :first AND :last ORDER BY id"""
_BOUND = """
    SELECT e.office, e.position, d.details FROM event e
    JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.facts LIKE '%_seal":%' AND (d.details LIKE '%"item_seal":%' OR d.details LIKE '%"match_seal":%'
        OR d.details LIKE '%"paper_seal":%')"""
_ERASED = {
    FACT: "SELECT office, id FROM erase_rows_item ORDER BY 1, 2",
    "paper_seal": """SELECT office, item FROM erase_rows_item_facts
        UNION SELECT office, item FROM erase_rows_suspense_origin ORDER BY 1, 2""",
    "match_seal": """SELECT b.office, b.position FROM erase_rows_bank_match m
        JOIN bank_entry b ON b.office = m.office AND b.id = m.entry WHERE b.position IS NOT NULL ORDER BY 1, 2""",
}
"""By the detail that holds hashes of words: the numbers of what is erased, as the hashes count it."""
_HINT = N_(
    "see 'kasse item list'; pay, collect and enforce nothing for them, keep this book as it is, compare it with the "
    "last backup, and inform the audit office"
)


class ItemSealError(KasseError):
    """Items that no order made are not what they were made as."""

    code = "verify.item_seal"
    template = N_("items {name}: {state} past the event log: person, reference, kind of claim, due day or main claim")
    hint = _HINT


class ItemWordsError(KasseError):
    """Items that no order made have another purpose or account than they were made with."""

    code = "verify.item_words"
    template = N_("items {name}: purpose or account changed past the event log")
    hint = _HINT


def note_items(store: Store, made: Seals, more: Mapping[str, Fact] | None = None) -> None:
    """Tell of items that were made, if any, in an event of the first of their offices; inside a unit of work."""
    if made.facts:
        office = str(made.facts[FACT]).partition(":")[0]
        record(store, office, MADE, None, {**made.facts, **(more or {})}, made.details)


def note_taken(store: Store, office: str, first: int, last: int, more: Mapping[str, Fact]) -> None:
    """Tell of items that were taken over, with their due days and dunning; inside a unit of work."""
    seals, course = ItemSeals(), list[str]()
    rows = store.all(_TAKEN, office=office, first=first, last=last)
    for row in rows:
        seals.take_row(office, row[: -len(MOVES)])
    for start in range(0, len(rows), SPAN):
        some = [(row[0], *row[-len(MOVES) :]) for row in rows[start : start + SPAN]]
        course.append(f"{office}:{Bound(some[0][0], some[-1][0], course_hash(some)).text}")
    note_items(store, seals.seals(), {COURSE: " ".join(course), **more})


def told_reasons(cases: Iterable[tuple[str, int, str]]) -> dict[str, Fact]:
    """Return the fact that tells why items are cases, given as office, item and reason."""
    told = " ".join(f"{item_name(office, item)}={reason}" for office, item, reason in cases)
    return {REASONS: told} if told else {}


def moved_items(store: Store, source: int) -> dict[str, Fact]:
    """Return the fact that names the items that no order made and that a person gives away when it is merged."""
    sql = "SELECT office, id FROM item WHERE party = :source AND order_id IS NULL ORDER BY office, id"
    names = " ".join(item_name(office, item) for office, item in store.all(sql, source=source))
    return {MOVED: names} if names else {}


def choose_words(store: Store) -> None:
    """Let hashes of words go with the words of any item or share that they are about, as chosen for an erasure."""
    chosen = {fact: _by_office(store.all(sql)) for fact, sql in _ERASED.items()}
    gone = [
        (office, position)
        for office, position, details in (store.all(_BOUND) if any(chosen.values()) else ())
        if any(
            _meets(numbers.get(of, ()), span)
            for fact, numbers in chosen.items()
            for of, span in spans(str(json.loads(details).get(fact, "")))
        )
    ]
    known = set(store.all("SELECT office, position FROM erase_rows_event_details")) if gone else set()
    store.insert("erase_rows_event_details", ("office", "position"), [key for key in gone if key not in known])


def _by_office(rows: Iterable[Row]) -> dict[str, list[int]]:
    return {office: [number for _, number in found] for office, found in groupby(rows, key=lambda row: str(row[0]))}


def _meets(numbers: Sequence[int], span: Bound) -> bool:
    """Return whether any of these numbers, which are in order, is bound."""
    place = bisect_left(numbers, span.first)
    return place < len(numbers) and numbers[place] <= span.last


class ToldItems:
    """What the events tell of items that no order made, and whose they were before merges."""

    def __init__(self) -> None:
        self.spans: dict[str, list[tuple[Bound, str | None]]] = defaultdict(list)
        self.owners: dict[tuple[str, int], int] = {}

    def take(self, facts: str, details: str | None) -> None:
        """Take over what an event tells, words included where they were not erased."""
        said = json.loads(facts)
        words: Mapping[tuple[str, int], str] = {}
        if WORDED in said and details is not None:
            words = {(office, span.first): span.hash for office, span in spans(json.loads(details)[FACT])}
        for office, span in spans(said[FACT]):
            erased = WORDED in said and details is None
            self.spans[office].append((span, None if erased else words.get((office, span.first), NO_WORDS)))

    def take_merge(self, source: str, facts: str) -> None:
        """Take over whose items were given to another person."""
        for name in str(json.loads(facts).get(MOVED, "")).split():
            office, _, item = name.rpartition("/")
            self.owners.setdefault((office, int(item)), int(source.rpartition(":")[2]))


def wrong_made(store: Store, told: ToldItems) -> Iterator[KasseError]:
    """Yield the items without an order that somebody added, changed or took away past the event log."""
    for (office,) in store.all("SELECT code FROM office ORDER BY code"):
        yield from islice(_wrong(store, office, told), MOST)


def _wrong(store: Store, office: str, told: ToldItems) -> Iterator[KasseError]:
    ahead = Ahead(_rows(store, office, told.owners))
    for span, words in sorted(told.spans.get(office, ()), key=lambda one: one[0].first):
        for row in ahead.until(span.first - 1):
            yield ItemSealError(name=item_name(office, row[0]), office=office, state="added")
        hashes = Hashes()
        for row in ahead.until(span.last):
            hashes.add(row)
        stays, said = hashes.told()
        name = item_name(office, span.first) + (f"-{span.last}" if span.last > span.first else "")
        if stays != span.hash:
            yield ItemSealError(name=name, office=office, state="changed")
        if words not in (None, said):
            yield ItemWordsError(name=name, office=office)
    for row in ahead.until(None):
        yield ItemSealError(name=item_name(office, row[0]), office=office, state="added")


def _rows(store: Store, office: str, owners: Mapping[tuple[str, int], int]) -> Iterator[Row]:
    """Yield the items of an office that no order made, as they were made: with the person from before merges."""
    rows = store.stream(_ROWS, office=office)
    if not owners:
        return rows
    return ((*row[:_PARTY], owners.get((office, row[0]), row[_PARTY]), *row[_PARTY + 1 :]) for row in rows)
