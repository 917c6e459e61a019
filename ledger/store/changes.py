"""What may change in a written row, as data: every table declares it, the guards of both engines enforce it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

START = ""
"""The key of `STEPS` under which the states stand in which a row may begin."""
Steps = Mapping[str, Mapping[str, tuple[str, ...]]]
"""For each state column: from each state the states that may follow."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What may change in the rows of a table: `mutable` columns freely, `once` from NULL only, states by steps."""

    mutable: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    steps: Steps = field(default_factory=dict)

    def allows(self, column: str) -> bool:
        """Return whether the column may change at all."""
        return column in self.mutable or column in self.once or column in self.steps


def allowed_step(column: str, steps: Mapping[str, tuple[str, ...]]) -> str:
    """Return the SQL condition, for a trigger, that a state stays or takes an allowed step."""
    ways = [f"OLD.{column} = '{old}' AND NEW.{column} IN ({quoted(new)})" for old, new in steps.items() if old and new]
    return " OR ".join([f"OLD.{column} = NEW.{column}", *ways])


def quoted(states: Iterable[str]) -> str:
    """Return the states as a list of SQL texts.

    >>> quoted(("staged", "posted"))
    "'staged', 'posted'"
    """
    return ", ".join(f"'{state}'" for state in states)
