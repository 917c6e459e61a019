"""Rows beside the chain that an event binds: their first and last number, and one hash over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ledger.store.engines import Row

Wrong = tuple[str, Literal["added", "changed"]]
"""Which rows are not as bound (`7` or `7-9`), and what happened to them."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The rows of one step, and the hash over them that its event holds."""

    first: int
    last: int
    hash: str

    @property
    def text(self) -> str:
        """What the event says."""
        return f"{self.first}-{self.last}:{self.hash}"

    @property
    def rows(self) -> str:
        """The numbers of the rows, as people read them."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def bound(fact: str) -> Bound:
    """Return what an event says of rows.

    >>> bound("7-9:ab")
    Bound(first=7, last=9, hash='ab')
    """
    span, _, value = fact.partition(":")
    first, _, last = span.partition("-")
    return Bound(int(first), int(last), value)


def unbound(rows: Iterator[Row], told: Iterable[str], hash_of: Callable[[Iterable[Row]], str]) -> Iterator[Wrong]:
    """Yield the steps whose rows are not those that their event bound, and rows that no event bound.

    The rows begin with their number and come in its order; `told` are the facts of all events that bind rows.
    """
    ahead = Ahead(rows)
    for step in _steps(told):
        for row in ahead.until(step.first - 1):
            yield str(row[0]), "added"
        if hash_of(ahead.until(step.last)) != step.hash:
            yield step.rows, "changed"
    for row in ahead.until(None):
        yield str(row[0]), "added"


def _steps(told: Iterable[str]) -> Sequence[Bound]:
    return sorted(map(bound, set(told)), key=lambda step: step.first)


class Ahead:
    """Rows in the order of their numbers, taken up to one."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self.rows = rows
        self.row: Row | None = next(rows, None)

    def until(self, last: int | None) -> Iterator[Row]:
        """Yield the rows up to that number, or all that are left."""
        while self.row is not None and (last is None or self.row[0] <= last):
            row, self.row = self.row, next(self.rows, None)
            yield row
