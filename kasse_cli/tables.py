"""Tables as text: fitted to a terminal, tab-separated in a pipe, CSV for programs and for Excel."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shutil import get_terminal_size
from typing import Any, Literal, TextIO

from kasse_cli.i18n import _, day, money, visible
from kasse_cli.results import Column, Table, cell
from sepa.money import german, plain

_RIGHT = {"cents", "count"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def for_person(value: Any, column: Column) -> str:
    """Return the cell as a reader of this language expects it."""
    if value is None:
        return ""
    if column.kind == "cents":
        return money(value, "")
    if column.kind == "day":
        return day(value if isinstance(value, dt.date) else dt.date.fromisoformat(value[:10])) if value else ""
    if column.kind == "flag":
        return _("yes") if value else _("no")
    return visible(str(value))


def for_program(value: Any, column: Column) -> str:
    """Return the cell as programs read it: 1234.56, ISO dates, true and false."""
    if value is None:
        return ""
    if column.kind == "cents":
        return plain(value)
    if column.kind == "flag":
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def for_excel(value: Any, column: Column) -> str:
    """Return the cell as a German Excel reads CSV; text that it would run as a formula is quoted."""
    if value is None:
        return ""
    if column.kind == "cents":
        return german(value).replace(".", "")
    if column.kind in {"day", "flag", "count"}:
        return for_person(value, column)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_csv(tables: Sequence[Table], out: TextIO) -> None:
    """Write the tables as CSV for programs: UTF-8, comma, keys as headings."""
    writer = csv.writer(out, lineterminator="\n")
    for table in tables:
        writer.writerow([column.key.removesuffix("_cents") for column in table.columns])
        writer.writerows([for_program(cell(row, c.key), c) for c in table.columns] for row in table.rows)


def write_csv_excel(tables: Sequence[Table], out: TextIO) -> None:
    """Write the tables as CSV that a German Excel opens by a double click: BOM, semicolon, decimal comma."""
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for table in tables:
        writer.writerow([_(column.label) for column in _shown(table)])
        writer.writerows([for_excel(cell(row, c.key), c) for c in _shown(table)] for row in table.rows)


def write_tables(tables: Sequence[Table], out: TextIO, environ: Mapping[str, str]) -> None:
    """Write the tables for reading: fitted on a terminal, tab-separated and uncut anywhere else."""
    for table in tables:
        if out.isatty():
            out.write(fitted(table, get_terminal_size().columns, _colour(environ)))
        else:
            out.writelines("\t".join(row) + "\n" for row in _text_rows(table))


def _colour(environ: Mapping[str, str]) -> bool:
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _shown(table: Table) -> list[Column]:
    return [column for column in table.columns if column.shown]


def _text_rows(table: Table) -> Iterator[list[str]]:
    columns = _shown(table)
    yield [_(column.label) for column in columns]
    for row in table.rows:
        yield [for_person(cell(row, column.key), column) for column in columns]


def fitted(table: Table, width: int, colour: bool) -> str:
    """Return the table within that many columns: long texts wrap, figures stand to the right, nothing is cut.

    Where even wrapped columns do not fit side by side, each row becomes a block of lines.
    """
    columns, rows = _shown(table), list(_text_rows(table))
    title = f"{_(table.title)}\n" if table.title else ""
    if len(rows) == 1:
        return f"{title}{_('(nothing)')}\n"
    if sum(_least(column, [row[i] for row in rows]) + 2 for i, column in enumerate(columns)) > width:
        return title + "\n".join(_block(rows[0], row) for row in rows[1:])
    return title + _grid(columns, rows, width, colour)


def _least(column: Column, texts: Iterable[str]) -> int:
    longest = max(map(len, texts))
    return longest if column.kind != "text" else min(longest, 10)


def _block(labels: Sequence[str], row: Sequence[str]) -> str:
    width = max(map(len, labels))
    return "".join(f"{label:<{width}}  {text}\n" for label, text in zip(labels, row, strict=True))


def _grid(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int, colour: bool) -> str:
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, column in enumerate(columns):
        fixed = column.kind != "text"
        justify: Literal["left", "right"] = "right" if column.kind in _RIGHT else "left"
        least = _least(column, (row[index] for row in rows))
        grid.add_column(Text(rows[0][index]), justify=justify, overflow="fold", no_wrap=fixed, min_width=least)
    for row in rows[1:]:
        grid.add_row(*map(Text, row))
    console = Console(width=width, color_system="standard" if colour else None, force_terminal=True, highlight=False)
    with console.capture() as captured:
        console.print(grid)
    return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())
