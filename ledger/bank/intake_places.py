"""Which entry of the book each line of a statement is: the occurrence among equal bookings of a day."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.bank.intake_bags import Key
from ledger.bank.intake_sheets import Sheet
from ledger.bank.merge import Reading

Occurrences = Mapping[Key, Mapping[int, int]]
"""The bank entries that a statement tells: by key and occurrence the number of the entry."""
Lines = Sequence[tuple[int, Key]]
Block = defaultdict[Key, set[int]]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a statement and the entry it tells; `fresh` where it makes the entry."""

    sheet: int
    line: int
    key: Key
    occurrence: int
    fresh: bool


def places(
    sheets: Sequence[Sheet], reading: Reading, known: Mapping[int, Occurrences], lines: Mapping[int, Lines]
) -> Iterator[Place]:
    """Yield the place of every line of the new sheets, those that count first.

    `known` holds the entries that the lines of known sheets tell, `lines` the lines of new ones in order.
    Identical bookings are not told apart by anything, so it only matters how many there are.
    """
    last: Counter[Key] = Counter()
    blocks: defaultdict[int, Block] = defaultdict(lambda: defaultdict(set))
    taken: defaultdict[int, Block] = defaultdict(lambda: defaultdict(set))
    for sheet in sheets:
        home = reading.home[sheet.number]
        for key, occurrences in known.get(sheet.number, {}).items():
            last[key] = max(last[key], *occurrences)
            blocks[home][key].update(occurrences)
            if sheet.number not in reading.parts:
                taken[home][key].update(occurrences)
    fresh = [sheet for sheet in sheets if not sheet.known and sheet.number not in reading.repeats]
    for sheet in sorted(fresh, key=lambda one: (one.number in reading.parts, one.number)):
        home = reading.home[sheet.number]
        used = defaultdict(set) if sheet.number in reading.parts else taken[home]
        yield from _place(sheet.number, lines[sheet.number], blocks[home], used, last)


def _place(sheet: int, lines: Lines, block: Block, used: Block, last: Counter[Key]) -> Iterator[Place]:
    free: dict[Key, deque[int]] = {}
    for line, key in lines:
        if key not in free:
            free[key] = deque(sorted(block[key] - used[key]))
        fresh = not free[key]
        if fresh:
            last[key] += 1
            block[key].add(last[key])
        occurrence = last[key] if fresh else free[key].popleft()
        used[key].add(occurrence)
        yield Place(sheet, line, key, occurrence, fresh)
