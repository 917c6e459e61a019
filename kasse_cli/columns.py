"""What a list shows: one description of a column for tables, JSON, CSV and Excel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "cents", "day", "count"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable key, the heading people see, and what its cells hold."""

    key: str
    label: str
    kind: Kind = "text"
