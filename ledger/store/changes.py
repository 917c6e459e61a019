"""What may change in a written row, as data: every table declares it, the guards of both engines enforce it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

START = ""
"""The key of `STEPS` under which the states stand in which a row may begin."""
Reference = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Columns of a row, the table they refer to, and the columns of its key."""
ROWS = ("*",)
"""As `ERASABLE` of a table: not its columns but its rows are erased."""
ERASING = "EXISTS (SELECT 1 FROM erasure WHERE state = 'approved')"
"""The SQL condition that a decision to erase is being carried out: never true outside that unit of work."""
Steps = Mapping[str, Mapping[str, tuple[str, ...]]]
"""For each state column: from each state the states that may follow."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What may change in the rows of a table: `mutable` columns freely, `once` from NULL only, states by steps.

    `erasable` columns hold personal data: while a decision of two people to erase is carried out they may become NULL
    or ''; where it is `ROWS`, the rows themselves may go. `refers` are the foreign
    keys that a guard of PostgreSQL proves.
    """

    mutable: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    steps: Steps = field(default_factory=dict)
    erasable: tuple[str, ...] = ()
    refers: tuple[Reference, ...] = ()

    @property
    def rows_erasable(self) -> bool:
        """Return whether whole rows may be erased."""
        return self.erasable == ROWS

    def within(self, columns: tuple[str, ...]) -> Changes:
        """Return what may change in a table of an earlier version, which lacks columns."""
        return Changes(
            tuple(name for name in self.mutable if name in columns),
            tuple(name for name in self.once if name in columns),
            {name: steps for name, steps in self.steps.items() if name in columns},
            self.erasable if self.rows_erasable else tuple(name for name in self.erasable if name in columns),
            self.refers,
        )

    def allows(self, column: str) -> bool:
        """Return whether the column may change at all."""
        return column in self.mutable or column in self.once or column in self.steps


def allowed_step(column: str, steps: Mapping[str, tuple[str, ...]]) -> str:
    """Return the SQL condition, for a trigger, that a state stays or takes an allowed step."""
    ways = [f"OLD.{column} = '{old}' AND NEW.{column} IN ({quoted(new)})" for old, new in steps.items() if old and new]
    return " OR ".join([f"OLD.{column} = NEW.{column}", *ways])


def erased(column: str) -> str:
    """Return the SQL condition, for a trigger, that the column is being erased."""
    return f"(coalesce(NEW.{column}, '') = '' AND {ERASING})"


def quoted(states: Iterable[str]) -> str:
    """Return the states as a list of SQL texts.

    >>> quoted(("staged", "posted"))
    "'staged', 'posted'"
    """
    return ", ".join(f"'{state}'" for state in states)
