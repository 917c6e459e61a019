"""What a list shows: one description of a column for tables, JSON, CSV and Excel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "cents", "day", "count", "flag", "word"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable key, the heading people see, and what its cells hold.

    `cents` are whole cents under a key ending in `_cents`, `day` is a date or ISO text, `flag` a truth value,
    `word` one of few fixed words, which people read translated.
    `shown=False` keeps a column to JSON and CSV for programs; a `minor` one is left out on a terminal too narrow for
    all.
    """

    key: str
    label: str
    kind: Kind = "text"
    shown: bool = True
    minor: bool = False
