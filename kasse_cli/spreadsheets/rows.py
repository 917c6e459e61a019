"""The rows of one sheet as they were found: values with their types, and the number a person sees beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sepa.errors import KasseError, Place

Value = str | int | float | bool | dt.date | dt.time | dt.timedelta | None


CAPTION = " · "
"""What stands between the parts of the row above the heading, in workbooks that kasse writes."""


class RawRow(NamedTuple):
    """One row: its number as Excel shows it, its line in a text file, and its values from column A on."""

    number: int
    line: int | None
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """A sheet to read: its place, its rows (blank ones included) as a stream, and what was noticed."""

    place: Place
    rows: Generator[RawRow, None, None]
    findings: tuple[KasseError, ...] = ()
    others: tuple[tuple[str, list[RawRow]], ...] = ()  # names and first rows of the visible sheets that were not read
    text: bool = False  # from CSV: every value is text, and a surplus value means a broken line


def blank(value: Value) -> bool:
    """Return whether a person sees nothing in that cell."""
    return value is None or (isinstance(value, str) and not value.strip())


def empty_row(row: RawRow) -> bool:
    """Return whether all cells of the row are blank."""
    return all(blank(value) for value in row.values)


def shown(value: Value) -> str:
    """Return a value as messages quote it.

    >>> shown(12.0), shown(True), shown(dt.date(2026, 11, 21)), shown(None)
    ('12', 'TRUE', '2026-11-21', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)
