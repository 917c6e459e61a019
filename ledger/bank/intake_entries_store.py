"""The lines of a file as rows: new bank entries with their details, and for every line the entry it tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from ledger.bank.intake_bags import Key
from ledger.bank.intake_merge_store import Merged
from ledger.bank.intake_pages import Page
from ledger.bank.intake_rows import BANK_DAY, DETAIL_COLUMNS, ENTRY_COLUMNS, FINGERPRINT, VALUE_DAY
from ledger.bank.intake_spool_store import Line, Spool
from ledger.bank.said import DETAIL_WORDS, ENTRY_WORDS, SAID, with_said
from ledger.store.counters import take_ids
from ledger.store.engines import Row, Store

_ENTRY = ("office", "id", "iban", "statement", "occurrence", "state", *ENTRY_COLUMNS, *SAID)
_DETAIL = ("office", "entry", "line", *DETAIL_COLUMNS, *SAID)
_LINK = ("statement", "line", "office", "entry")
Told = tuple[int, int, bool]
"""What a line tells: the number of the entry, its occurrence, whether the line makes it."""


def write_entries(
    store: Store, pages: Sequence[Page], spool: Spool, merged: Merged, numbers: Mapping[int, int]
) -> dict[str, tuple[int, int]]:
    """Write what is new and link every line to its entry; return the first and last new entry of each office.

    `numbers` are the statements that the pages became, by their index.
    """
    kept = [page for page in pages if page.index in numbers]
    fresh = {page.index: _count_fresh(page, merged) for page in kept}
    first = _first_ids(store, kept, fresh)
    made = _made(kept, merged, first)
    for page in kept:
        tell = _teller(page, merged, first[page.index], made)
        for lines in spool.portions(page):
            _write(store, page, numbers[page.index], lines, tell)
    return _spans(kept, first, fresh)


def _spans(pages: Sequence[Page], first: Mapping[int, int], fresh: Mapping[int, int]) -> dict[str, tuple[int, int]]:
    """Return the first and last number of the new entries of each office; they are numbered without a gap."""
    spans: dict[str, tuple[int, int]] = {}
    for page in pages:
        if fresh[page.index]:
            start, last = first[page.index], first[page.index] + fresh[page.index] - 1
            spans[page.office] = spans.get(page.office, (start, last))[0], last
    return spans


def _count_fresh(page: Page, merged: Merged) -> int:
    places = merged.placed.get(page.index)
    return page.entries if places is None else sum(1 for place in places if place.fresh)


def _first_ids(store: Store, pages: Sequence[Page], fresh: Mapping[int, int]) -> dict[int, int]:
    """Return the first entry number of each page: numbers follow the order of the file."""
    wanted: Counter[str] = Counter()
    for page in pages:
        wanted[page.office] += fresh[page.index]
    following = {
        office: take_ids(store, office, "bank_entry", count) if count else 0 for office, count in sorted(wanted.items())
    }
    first: dict[int, int] = {}
    for page in pages:
        first[page.index] = following[page.office]
        following[page.office] += fresh[page.index]
    return first


def _made(pages: Sequence[Page], merged: Merged, first: Mapping[int, int]) -> dict[tuple[str, Key, int], int]:
    """Return the numbers of entries that pages which met others make, by IBAN, key and occurrence."""
    made = merged.known
    for page in pages:
        fresh = (place for place in merged.placed.get(page.index, ()) if place.fresh)
        for number, place in enumerate(fresh, first[page.index]):
            made[page.iban, place.key, place.occurrence] = number
    return made


def _teller(page: Page, merged: Merged, first: int, made: Mapping[tuple[str, Key, int], int]) -> Callable[[Line], Told]:
    """Return what says which entry a line tells; lines are asked in their order."""
    places = merged.placed.get(page.index)
    if places is not None:
        by_line = {place.line: place for place in places}

        def tell_place(line: Line) -> Told:
            place = by_line[line[0]]
            return made[page.iban, place.key, place.occurrence], place.occurrence, place.fresh

        return tell_place
    seen: dict[tuple[str, bytes], int] = {}

    def tell_new(line: Line) -> Told:
        number, row, _ = line
        key = row[BANK_DAY], row[FINGERPRINT]
        seen[key] = occurrence = seen.get(key, 0) + 1
        return first + number - 1, occurrence, True

    return tell_new


def _write(store: Store, page: Page, statement: int, lines: Sequence[Line], tell: Callable[[Line], Told]) -> None:
    told = [(line, *tell(line)) for line in lines]
    head = page.office, page.iban, statement
    entries = [_entry(head, line[1], entry, occurrence) for line, entry, occurrence, fresh in told if fresh]
    details = [row for line, entry, _, fresh in told if fresh for row in _details(page.office, entry, line[2])]
    store.insert("bank_entry", _ENTRY, with_said(entries, _ENTRY, ENTRY_WORDS, store.salt))
    store.insert("bank_detail", _DETAIL, with_said(details, _DETAIL, DETAIL_WORDS, store.salt))
    store.insert("statement_entry", _LINK, [(statement, line[0], page.office, entry) for line, entry, _, _ in told])


def _entry(head: tuple[str, str, int], row: Row, entry: int, occurrence: int) -> Row:
    office, iban, statement = head
    if row[VALUE_DAY] is None:
        row = (*row[:VALUE_DAY], row[BANK_DAY], *row[VALUE_DAY + 1 :])
    return (office, entry, iban, statement, occurrence, "staged", *row)


def _details(office: str, entry: int, rows: Sequence[Row]) -> Iterator[Row]:
    for line, row in enumerate(rows, 1):
        yield (office, entry, line, *row)
