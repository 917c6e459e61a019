"""Statements of an account as links, in the order in which their balances follow each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from sepa.errors import KasseError

_TRIED = 5000
Series = tuple[str, str]
"""Format and year: banks number each format of an account for itself, and anew each year."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Day and balance with which an account was taken over from the system before."""

    day: str
    cents: int


@dataclass(frozen=True, slots=True)
class StatementLink:
    """What continuity needs of one statement or page in the book; `part` where another, `whole`, holds its entries."""

    number: int
    iban: str
    statement_id: str
    electronic_number: int | None
    page: int
    last_page: bool
    opening_cents: int | None
    closing_cents: int | None
    closing_day: str
    sum_cents: int
    file: str = ""
    part: bool = False
    message: str = "camt.053"
    whole: int | None = None

    @property
    def series(self) -> Series:
        """The numbers among which its own stands."""
        return self.message, self.closing_day[:4]


@dataclass(frozen=True, slots=True)
class Link:
    """A whole statement as a link of the account's chain; `gap` is what its own pages lack."""

    numbers: tuple[int, ...]
    electronic_number: int | None
    name: str
    opening_cents: int | None
    closing_cents: int | None
    day: str
    file: str
    gap: KasseError | None = None
    message: str = "camt.053"

    @property
    def series(self) -> Series:
        """The numbers among which its own stands."""
        return self.message, self.day[:4]


def number_gaps(numbers: Mapping[Series, Sequence[int]]) -> Iterator[tuple[Series, int, int]]:
    """Yield the gaps in the numbers of an account: their series and the numbers at both ends, 0 for the beginning.

    The first numbers known may be any; those of a later year begin with 1, or go on.
    """
    before: dict[str, int] = {}
    for series, present in numbers.items():
        last = before.get(series[0])
        start = 0 if last is not None and present[0] != last + 1 else present[0] - 1
        yield from ((series, low, high) for low, high in pairwise([start, *present]) if high > low + 1)
        before[series[0]] = present[-1]


def in_order(links: Iterable[Link], taken: TakenOver | None = None) -> list[Link]:
    """Return the links of an account by day, those of one day as their balances follow each other.

    The first ones follow the balance with which the account was taken over, where it was.
    A link without bookings that fits nowhere on its day is left out: it was told in the middle of another one.
    """
    by_number = sorted(links, key=lambda one: (one.day, one.electronic_number or 0, one.numbers))
    days = [list(same_day) for _, same_day in groupby(by_number, key=lambda one: one.day)]
    ordered: list[Link] = []
    for same_day, next_day in pairwise([*days, []]):
        start = ordered[-1].closing_cents if ordered else taken.cents if taken else None
        ordered += _as_chain(same_day, start, {one.opening_cents for one in next_day})
    return ordered


def _as_chain(links: list[Link], start: int | None, goals: set[int | None]) -> list[Link]:
    """Return an order in which each link begins where the one before ends, or the given one where there is none.

    Where several do, one that begins at the start and ends at one of the goals, as the days around it say.
    """
    if len(links) == 1:
        return links
    moving = [link for link in links if link.opening_cents != link.closing_cents] or links
    wishes = ((start, goals), (start, None), (None, goals), (None, None))
    found = (_extend(those, at, to) for those in (links, moving) for at, to in wishes)
    return next((chain for chain in found if chain), None) or _in_pieces(moving, start, goals)


def _in_pieces(links: Sequence[Link], start: int | None, goals: set[int | None]) -> list[Link]:
    """Return the links of a day that are no chain, joined where they fit; what fits the days around it stands there."""
    pieces: list[list[Link]] = []
    for link in links:
        before = next((piece for piece in pieces if piece[-1].closing_cents == link.opening_cents), None)
        after = next((piece for piece in pieces if piece[0].opening_cents == link.closing_cents), None)
        joined = [*(before or ()), link, *(after if after is not None and after is not before else ())]
        pieces = [piece for piece in pieces if piece is not before and piece is not after] + [joined]
    pieces.sort(key=lambda piece: (piece[0].opening_cents != start, piece[-1].closing_cents in goals))
    return [link for piece in pieces for link in piece]


def _extend(links: list[Link], start: int | None, goals: set[int | None] | None) -> list[Link] | None:
    tries = 0

    def extend(chain: list[Link], rest: list[Link], at: int | None) -> list[Link] | None:
        nonlocal tries
        tries += 1
        if not rest or tries > _TRIED:
            return chain if not rest and (goals is None or at in goals) else None
        for index, link in enumerate(rest):
            if at is None or link.opening_cents == at:
                found = extend([*chain, link], rest[:index] + rest[index + 1 :], link.closing_cents)
                if found is not None:
                    return found
        return None

    return extend([], links, start)
