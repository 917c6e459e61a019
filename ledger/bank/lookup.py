"""What a lookup is: a temporary table of a match, and the statements that fill it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """One INSERT into the lookup's table; it runs where there are keys of its places and the probe finds a row.

    Without places it runs whenever the probe finds one.
    """

    sql: str
    places: frozenset[str]
    probe: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A temporary table and what fills it; `row` is the named tuple its rows become, beginning with seq and line.

    `whole` rows are of line 0 and belong to every part of a collective entry.
    """

    name: str
    columns: str
    row: Any
    order: str
    statements: tuple[Statement, ...]
    whole: bool = False

    @property
    def table(self) -> str:
        """The name of the temporary table."""
        return f"match_{self.name}"
