"""True histories of an account, and the ways in which a bank may tell them: what intake must never get wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from hypothesis import strategies as st

from ledger.bank.intake_bags import Key
from ledger.bank.intake_sheets import Sheet

DAYS = ("2026-11-16", "2026-11-17", "2026-11-18")


@dataclass(frozen=True)
class Told:
    """One sheet of a statement as the bank sends it: which bookings of the history it tells."""

    id: str
    start: int
    end: int
    day: str = ""
    page: int = 1
    last: bool = True
    opening: bool = True
    closing: bool = True
    number: int | None = None
    created: int = 0


@dataclass(frozen=True)
class History:
    """All bookings of an account in order, and the files in which the bank tells them."""

    bookings: tuple[Key, ...]
    files: tuple[tuple[Told, ...], ...] = ()
    opening_cents: int = 100

    @property
    def balances(self) -> list[int]:
        return list(accumulate((cents for _, _, cents in self.bookings), initial=self.opening_cents))

    @property
    def truth(self) -> Counter[Key]:
        return Counter(self.bookings)

    def sheet(self, told: Told, number: int) -> Sheet:
        return Sheet(
            number=number,
            identity=(told.id, told.number),
            page=told.page,
            last=told.last,
            opening_cents=self.balances[told.start] if told.opening else None,
            closing_cents=self.balances[told.end] if told.closing else None,
            entries=Counter(self.bookings[told.start : told.end]),
            name=told.id,
            created=f"{told.created:05}",
        )


def booking(day: str, text: str, cents: int) -> Key:
    return day, text.encode(), cents


@st.composite
def histories(draw, *, ordinary: bool = False) -> History:
    """Draw a history of up to three days and everything a bank may do with it.

    Few texts and small amounts make equal bookings and equal balances common. Statements tell pieces of a day, days or
    several days, and some of it again: from the same booking on and longer, from an earlier one on, or something in
    the middle; each may come in pages. Statements lie apart or one inside the other: that a bank sends two that
    overlap in part only is not foreseen. In an ordinary history no balance comes twice, every issue has its own id, no
    issue begins and ends in the middle of another, and a file is one statement; equal bookings stay.
    """
    counts = draw(st.lists(st.integers(0, 4), min_size=1, max_size=len(DAYS)))
    days = [day for day, count in zip(DAYS, counts, strict=False) for _ in range(count)]
    bookings = _bookings(draw, days, ordinary=ordinary)
    history = History(bookings)
    told = [Told(f"S{index}", *ends, created=ends[1]) for index, ends in enumerate(_pieces(draw, counts))]
    paged = draw(st.booleans())
    together = draw(st.booleans()) or ordinary
    told += _again(draw, told, len(days), ("longer", "wider") if ordinary else ("same", "longer", "wider", "inner"))
    dated = [replace(one, day=_day(one, days, DAYS[len(counts) - 1])) for one in told]
    sheets = [list(_pages(draw, one)) if paged else [one] for one in dated]
    groups = sheets if together else [[sheet] for pages in sheets for sheet in pages]
    groups += [group for group in groups if draw(st.integers(0, 3)) == 0]
    return replace(history, files=tuple(_files(draw, draw(st.permutations(groups)), most=1 if ordinary else 3)))


def _bookings(draw, days: Sequence[str], *, ordinary: bool) -> tuple[Key, ...]:
    kinds = [(f"{power}", sign * 10**power) for power in range(4) for sign in (1, -1)]
    few = [(text, cents) for text in "ab" for cents in (1, 2, -1, -3)]
    drawn = [draw(st.sampled_from(kinds if ordinary else few)) for _ in days]
    if ordinary:
        drawn = [(text, dict(drawn)[text]) for text, _ in drawn]
    return tuple(booking(day, *one) for day, one in zip(days, drawn, strict=True))


def _pieces(draw, counts: Sequence[int]) -> list[tuple[int, int]]:
    """Cut the history: mostly where days end, in up to three pieces a day."""
    ends = list(accumulate(counts, initial=0))
    cuts = {end for end in ends if draw(st.integers(0, 3))} | {0, ends[-1]}
    for start, end in pairwise(ends):
        if end - start > 1:
            cuts |= draw(st.sets(st.integers(start, end), max_size=2))
    return list(pairwise(sorted(cuts))) or [(0, 0)]


def _again(draw, told: Sequence[Told], end: int, kinds: Sequence[str]) -> list[Told]:
    """Draw up to three issues that tell something again; none overlaps another statement in part only."""
    again: list[Told] = []
    for index in range(draw(st.integers(0, 3))):
        base, kind = draw(st.sampled_from([*told, *again])), draw(st.sampled_from(kinds))
        low, high = base.start, base.end
        if kind == "inner":
            low = draw(st.integers(low, high))
            high = draw(st.integers(low, high))
        else:
            low = draw(st.integers(0, low)) if kind == "wider" else low
            high = draw(st.integers(high, end))
        if not any(_cross((low, high), (one.start, one.end)) for one in (*told, *again)):
            name = base.id if kind == "same" else f"R{index}"
            again.append(Told(name, low, high, created=100 + high))
    return again


def _cross(one: tuple[int, int], other: tuple[int, int]) -> bool:
    (low, high), (start, end) = sorted((one, other))
    return low < start < high < end


def _day(told: Told, days: Sequence[str], last: str) -> str:
    """Return the day a statement is of: of its last booking, else of the next one."""
    if told.end > told.start:
        return days[told.end - 1]
    return days[told.start] if told.start < len(days) else last


def _pages(draw, told: Told) -> Iterator[Told]:
    if told.end - told.start < 2 or draw(st.integers(0, 4)):
        yield told
        return
    cut = draw(st.integers(told.start + 1, told.end - 1))
    inner = draw(st.booleans())
    yield replace(told, end=cut, last=False, closing=inner)
    yield replace(told, start=cut, page=2, opening=inner)


def _files(draw, groups: Sequence[Sequence[Told]], most: int) -> Iterator[tuple[Told, ...]]:
    rest = list(groups)
    while rest:
        size = draw(st.integers(1, most))
        yield tuple(sheet for group in rest[:size] for sheet in group)
        rest = rest[size:]
