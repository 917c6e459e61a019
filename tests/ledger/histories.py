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
    day: str
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
    files: tuple[tuple[Told, ...], ...]
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

    Few texts and small amounts make equal bookings and equal balances common. In an ordinary history no balance
    comes twice, every issue has its own id, there are either pages or several issues, and each sheet comes in a file
    of its own; equal bookings stay. Statements lie apart or one inside the other: that a bank sends two that overlap
    in part only is not foreseen.
    """
    counts = draw(st.lists(st.integers(0, 4), min_size=1, max_size=len(DAYS)))
    days = [day for day, count in zip(DAYS, counts, strict=False) for _ in range(count)]
    kinds = [(f"{power}", sign * 10**power) for power in range(12) for sign in (1, -1)]
    few = [(text, cents) for text in "ab" for cents in (1, 2, -1, -3)]
    drawn = [draw(st.sampled_from(kinds[:8] if ordinary else few)) for _ in days]
    if ordinary:
        drawn = [(text, dict(drawn)[text]) for text, _ in drawn]
    bookings = tuple(booking(day, *one) for day, one in zip(days, drawn, strict=True))
    ends = list(accumulate(counts, initial=0))
    paged = draw(st.booleans())
    statements: list[Told] = []
    for (start, end), day in zip(pairwise(ends), DAYS, strict=False):
        issues = ("none", "none", "same id", "other id") if not ordinary else ("none", "none" if paged else "other id")
        statements += _one_day(draw, start, end, day, len(statements), issues)
    sheets = [sheet for told in statements for sheet in (_pages(draw, told) if paged else [told])]
    sheets += [sheet for sheet in sheets if draw(st.integers(0, 3)) == 0]
    return History(bookings, tuple(_files(draw, draw(st.permutations(sheets)), most=1 if ordinary else 3)))


def _one_day(draw, start: int, end: int, day: str, before: int, issues: Sequence[str]) -> Iterator[Told]:
    cuts = sorted(draw(st.sets(st.integers(start, end), max_size=2)) | {start, end})
    pieces = list(pairwise(cuts)) or [(start, end)]
    for index, (low, high) in enumerate(pieces):
        told = Told(f"S{before + index}", low, high, day, created=high)
        yield told
        longer = draw(st.sampled_from([cut for _, cut in pieces[index:]]))
        kind = draw(st.sampled_from(issues))
        if kind == "same id":
            yield replace(told, end=longer, created=100 + longer)
        elif kind == "other id":
            yield Told(f"R{before + index}", low, longer, day, created=100 + longer)


def _pages(draw, told: Told) -> Iterator[Told]:
    if told.end - told.start < 2 or draw(st.integers(0, 4)):
        yield told
        return
    cut = draw(st.integers(told.start + 1, told.end - 1))
    inner = draw(st.booleans())
    yield replace(told, end=cut, last=False, closing=inner)
    yield replace(told, start=cut, page=2, opening=inner)


def _files(draw, sheets: Sequence[Told], most: int) -> Iterator[tuple[Told, ...]]:
    rest = list(sheets)
    while rest:
        size = draw(st.integers(1, most))
        yield tuple(rest[:size])
        rest = rest[size:]
