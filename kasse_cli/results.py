"""What commands hand to the renderer: data, tables, lines and findings as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kasse_cli.columns import Chart, Column
from sepa.errors import Field, KasseError


@dataclass(frozen=True, slots=True)
class Streamed:
    """Rows that are fetched anew whenever they are gone through, so that a long list is never held as a whole."""

    fetch: Callable[[], Iterable[object]]

    def __iter__(self) -> Iterator[object]:
        """Fetch the rows."""
        return iter(self.fetch())


@dataclass(frozen=True, slots=True)
class Written:
    """A value of `Result.data` that is JSON text already, in pieces, so that a long one is never held as a whole."""

    pieces: Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows (mappings or dataclasses) under columns; in JSON they are the list `data[key]`.

    In Excel the columns of `totals` are summed in a last row, and `chart` draws a picture below the list. A `plain`
    table is there for other programs (letters from a list): its heading is the first row, nothing follows its rows.
    """

    key: str
    columns: Sequence[Column]
    rows: Iterable[object]
    title: str = ""
    totals: Sequence[str] = ()
    chart: Chart | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a result: a template and its fields."""

    template: str
    fields: Mapping[str, Field] = field(default_factory=dict)


def say(template: str, **values: Field) -> Line:
    """Return a line of a result; write templates so that they need no plural: `imported: {count}`."""
    return Line(template, values)


@dataclass(frozen=True, slots=True)
class Result:
    """What a command found or did: data for scripts, tables and lines for people, findings for both.

    In Excel each sheet begins with a row that names it, the book and the day; lists that are read again pass over it.
    """

    data: Mapping[str, object] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    lines: Sequence[Line] = ()
    findings: Sequence[KasseError] = ()


def shown_columns(table: Table) -> list[Column]:
    """Return the columns that people see."""
    return [column for column in table.columns if column.shown]


def cell(row: object, key: str) -> Any:
    """Return the row's value of that key, whether it is a mapping or a dataclass."""
    if hasattr(row, "__dataclass_fields__"):  # asked first: an abstract class costs more, and lists are long
        return getattr(row, key)
    return row.get(key) if isinstance(row, Mapping) else getattr(row, key)
