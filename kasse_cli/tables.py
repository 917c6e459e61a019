"""Tables for reading: fitted to a terminal, tab-separated and uncut in a pipe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any, Literal, TextIO

from kasse_cli.columns import Column
from kasse_cli.i18n import _, day, moment, money, sentence, visible
from kasse_cli.results import Table, cell, shown_columns
from sepa.errors import N_

_RIGHT = {"cents", "count"}
_NARROW, _COMFORTABLE = 10, 14  # columns that a text wraps in: without a better choice, and where others may give way


def for_person(value: Any, column: Column) -> str:
    """Return the cell as a reader of this language expects it."""
    if value is None:
        return ""
    if column.kind == "cents":
        return money(value, "")
    if column.kind == "day":
        return _day(value) if value else ""
    if column.kind == "flag":
        return _("yes") if value else _("no")
    if column.kind == "word":
        return moment(_(column.word(str(value))))
    # the lines of a bank's text are no lines of the table
    return moment(visible(" ".join(part for part in str(value).split("\n") if part)))


def _day(value: dt.date | str) -> str:
    """Return a day as people read it; one that no calendar has stands as it is, so that the list can be read."""
    try:
        return day(value if isinstance(value, dt.date) else dt.date.fromisoformat(value[:10]))
    except ValueError:
        return visible(str(value))


def write_tables(tables: Sequence[Table], out: TextIO, environ: Mapping[str, str]) -> None:
    """Write the tables for reading: fitted on a terminal, tab-separated and uncut anywhere else."""
    for index, table in enumerate(tables):
        if index:
            out.write("\n")
        if out.isatty():
            out.write(fitted(table, get_terminal_size().columns, _colour(environ)))
        else:
            if len(tables) > 1 and table.title:
                out.write(f"{_(table.title)}\n")
            out.writelines("\t".join(row) + "\n" for row in _text_rows(table))


def _colour(environ: Mapping[str, str]) -> bool:
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _text_rows(table: Table) -> Iterator[list[str]]:
    columns = shown_columns(table)
    yield [_(column.label) for column in columns]
    for row in table.rows:
        yield [for_person(cell(row, column.key), column) for column in columns]


def fitted(table: Table, width: int, colour: bool) -> str:
    """Return the table within that many columns: long texts wrap, figures stand to the right, nothing is cut.

    Minor columns are left out first, empty ones before the others and the last one first, and named below; where even
    wrapped columns do not fit side by side, each row becomes a block of lines with everything.
    """
    columns, rows = shown_columns(table), list(_text_rows(table))
    title = f"{_(table.title)}\n" if table.title else ""
    if len(rows) == 1:
        return f"{title}{_('(nothing)')}\n"
    cells = [[row[i] for row in rows] for i in range(len(columns))]
    kept = list(range(len(columns)))
    for minor in sorted((i for i in reversed(kept) if columns[i].minor), key=lambda i: any(cells[i][1:])):
        if sum(_least(columns[i], cells[i], _COMFORTABLE) + 2 for i in kept) > width + 2:
            kept.remove(minor)
    if sum(_least(columns[i], cells[i]) + 2 for i in kept) > width + 2:
        return title + "\n".join(_block(rows[0], row) for row in rows[1:])
    grid = _grid([columns[i] for i in kept], [[row[i] for i in kept] for row in rows], width, colour)
    return title + grid + _left_out([rows[0][i] for i in range(len(columns)) if i not in kept], width)


def _left_out(labels: Sequence[str], width: int) -> str:
    if not labels:
        return ""
    note = sentence(N_("not shown for lack of width: {columns}"), {"columns": ", ".join(labels)})
    return "\n".join(wrap(f"({note})", width)) + "\n"


def _least(column: Column, texts: Iterable[str], wrapped: int = _NARROW) -> int:
    heading, *cells = texts
    longest = max(map(len, (heading, *cells)))
    return longest if column.kind != "text" else max(min(longest, wrapped), *map(len, heading.split()))


def _block(labels: Sequence[str], row: Sequence[str]) -> str:
    width = max(map(len, labels))
    return "".join(f"{label:<{width}}  {text}\n" for label, text in zip(labels, row, strict=True))


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return how wide each column may be: all of its longest cell where there is room, else the widest texts wrap."""
    cells = [[row[i] for row in rows] for i in range(len(columns))]
    least = [_least(column, texts) for column, texts in zip(columns, cells, strict=True)]
    widths = [min(max(map(len, texts)), max(width, low)) for texts, low in zip(cells, least, strict=True)]
    while sum(widths) + 2 * (len(widths) - 1) > width:
        wide = [i for i in range(len(widths)) if widths[i] > least[i]]
        if not wide:
            break
        widths[max(wide, key=lambda i: widths[i])] -= 1
    return widths


def _grid(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int, colour: bool) -> str:
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, (column, room) in enumerate(zip(columns, _widths(columns, rows, width), strict=True)):
        justify: Literal["left", "right"] = "right" if column.kind in _RIGHT else "left"
        fixed = column.kind != "text"
        grid.add_column(Text(rows[0][index]), justify=justify, overflow="fold", no_wrap=fixed, width=room)
    for row in rows[1:]:
        grid.add_row(*map(Text, row))
    console = Console(
        width=2
        * width,  # the columns have their widths: a console too narrow for the space behind the last would cut it
        color_system="standard" if colour else None,
        force_terminal=True,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(grid)
    return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())
