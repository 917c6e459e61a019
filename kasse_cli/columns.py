"""What a list shows: one description of a column for tables, JSON, CSV and Excel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "cents", "day", "count", "flag", "word", "object", "number", "details", "permille"]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture below a list in Excel: a group of bars, or a line, for each row; `values` are keys of columns.

    `labels` is the key of the column that names the rows; `stacked` bars stand on each other.
    """

    labels: str
    values: tuple[str, ...]
    kind: Literal["bars", "line"] = "bars"
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable key, the heading people see, and what its cells hold.

    `cents` are whole cents under a key ending in `_cents`, `day` is a date or ISO text, `flag` a truth value,
    `word` one of few fixed words, which people read translated, `object` the name of an object such as `letter:7`,
    `number` figures as text, with a point: 3.10, `details` what an event says, such as `signed: 2026-11-02`,
    `permille` a share in whole per mille, which people read as 98.5 %.
    `words` are texts for values whose own word means something else elsewhere.
    `shown=False` keeps a column to JSON and CSV for programs; a `minor` one is left out on a terminal too narrow for
    all, one of 2 before those of 1 (True). A `spare` one stays until each row would become a block of lines.
    """

    key: str
    label: str
    kind: Kind = "text"
    shown: bool = True
    minor: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    spare: bool = False

    def word(self, value: str) -> str:
        """Return the text, to be translated, that people read for a word."""
        return self.words.get(value, value)
