"""Tables for reading: fitted to a terminal, tab-separated and uncut in a pipe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any, Literal, TextIO

from kasse_cli.columns import Column
from kasse_cli.detail_words import details_text
from kasse_cli.i18n import _, day, decimal, moment, money, percent, role_text, sentence, visible
from kasse_cli.layout import Strip, chosen, gap, lines, strip, widths
from kasse_cli.object_words import object_text
from kasse_cli.results import Table, cell, shown_columns
from sepa.errors import N_

_RIGHT = {"cents", "count", "permille"}
_WRAPPED = {"text", "word", "object", "number", "details"}
_SEVERAL = 2  # amounts of a row that may as well stand one below the other


def for_person(value: Any, column: Column) -> str:
    """Return the cell as a reader of this language expects it."""
    if value is None:
        return ""
    if column.kind in {"cents", "permille"}:
        return money(value, "") if column.kind == "cents" else percent(value)
    if column.kind == "day":
        return _day(value) if value else ""
    if column.kind == "flag":
        return _("yes") if value else _("no")
    if column.kind in {"word", "object", "number", "details"}:
        return _in_words(str(value), column)
    # the lines of a bank's text are no lines of the table
    return moment(visible(" ".join(part for part in str(value).split("\n") if part)))


def _in_words(value: str, column: Column) -> str:
    if column.kind == "number":
        return decimal(value)
    if column.kind == "object":
        return object_text(value)
    if column.kind == "details":
        return details_text(value)
    if column.key == "role":
        return role_text(value)
    return moment(_(column.word(value)))


def _day(value: dt.date | str) -> str:
    """Return a day as people read it; one that no calendar has stands as it is, so that the list can be read."""
    try:
        return day(value if isinstance(value, dt.date) else dt.date.fromisoformat(value[:10]))
    except ValueError:
        return visible(str(value))


def write_tables(tables: Sequence[Table], out: TextIO, environ: Mapping[str, str], *, files: bool = False) -> None:
    """Write the tables for reading: fitted on a terminal, tab-separated and uncut anywhere else.

    What is left out for lack of width is named, and once for all how to see it; with `files` by CSV and Excel.
    """
    if out.isatty():
        width = get_terminal_size().columns
        laid = [_laid_out(table, width, _colour(environ)) for table in tables]
        last = max((i for i, (_text, hidden) in enumerate(laid) if hidden), default=None)
        notes = [
            _left_out(hidden, width, _WAYS[files] if i == last else _HIDDEN) for i, (_text, hidden) in enumerate(laid)
        ]
        out.write("\n".join(text + note for (text, _hidden), note in zip(laid, notes, strict=True)))
        return
    for index, table in enumerate(tables):
        out.write("\n" if index else "")
        if len(tables) > 1 and table.title:
            out.write(f"{_(table.title)}\n")
        out.writelines("\t".join(row) + "\n" for row in _text_rows(table))


_HIDDEN = N_("not shown for lack of width: {columns}")
_WAYS = {
    True: N_("not shown for lack of width: {columns}; all in a wider window, with --csv or --xlsx FILE"),
    False: N_("not shown for lack of width: {columns}; all in a wider window, or with --json"),
}


def _colour(environ: Mapping[str, str]) -> bool:
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _text_rows(table: Table) -> Iterator[list[str]]:
    columns = shown_columns(table)
    yield [_(column.label) for column in columns]
    for row in table.rows:
        yield [for_person(cell(row, column.key), column) for column in columns]


def fitted(table: Table, width: int, colour: bool) -> str:
    """Return the table within that many columns: texts wrap, figures stand to the right, nothing is cut."""
    text, hidden = _laid_out(table, width, colour)
    return text + _left_out(hidden, width, _HIDDEN)


def _laid_out(table: Table, width: int, colour: bool) -> tuple[str, list[str]]:
    """Return the table as text, and the headings of the columns that are left out of it.

    Minor columns are left out first. Where the others do not fit side by side, those that hold nothing but 0.00 go,
    then spare ones; then amounts stand one below the other; at last each row becomes a block of lines.
    """
    columns, (heads, *rows) = shown_columns(table), list(_text_rows(table))
    title = f"{_(table.title)}\n" if table.title else ""
    if not rows:
        return f"{title}{_('(nothing)')}\n", []
    strips = [strip(column, heads[i], [row[i] for row in rows]) for i, column in enumerate(columns)]
    shapes = ((strips, ""), _without_zeros(strips), *_without_spare(strips), (_amounts_below(strips), ""))
    for shape, note in shapes:
        places = chosen(shape, width)
        kept = [shape[i] for i in places]
        if kept and gap(kept, width):
            shown = [one.column for one in shape]
            spared = [one for one in strips if one.column.spare and one.column not in shown]
            left = [*(one for i, one in enumerate(shape) if i not in places), *spared]
            hidden = [one.heading for one in left if not one.empty]
            return f"{title}{_grid(kept, width, colour)}{note}", hidden
    return title + "\n".join(_block(heads, row) for row in rows), []


def _without_zeros(strips: Sequence[Strip]) -> tuple[list[Strip], str]:
    """Return the columns without those that have nothing but zero in every row, and the line that names these."""
    idle = [one for one in strips if one.column.kind == "cents" and not set(one.cells) - {"", money(0, "")}]
    named = ", ".join(one.heading for one in idle)
    note = f"({sentence(N_('nothing but zero: {columns}'), {'columns': named})})\n" if idle else ""
    return [one for one in strips if one not in idle], note


def _without_spare(strips: Sequence[Strip]) -> Iterator[tuple[list[Strip], str]]:
    """Yield the table without the first of its spare columns, then without one more, until none is left."""
    spare = [one for one in strips if one.column.spare]
    for count in range(1, len(spare) + 1):
        yield [one for one in strips if one not in spare[:count]], ""


def _amounts_below(strips: Sequence[Strip]) -> list[Strip]:
    """Return the table with the amounts of each row one below the other, each after its heading; zeros go."""
    sums = [one for one in strips if one.column.kind == "cents"]
    others = [one for one in strips if one.column.kind != "cents"]
    if len(sums) < _SEVERAL:
        return []
    places: list[tuple[int, str, str]] = []
    for row in range(len(strips[0].cells)):
        amounts = [(one.heading, one.cells[row]) for one in sums if one.cells[row] not in {"", money(0, "")}]
        places += [(row, *amount) for amount in amounts or [("", "")]]
    first = [i == 0 or places[i - 1][0] != place[0] for i, place in enumerate(places)]
    kept = [
        strip(
            one.column,
            one.heading,
            [one.cells[row] if new else "" for (row, *_rest), new in zip(places, first, strict=True)],
        )
        for one in others
    ]
    return [
        *kept,
        strip(Column("what", "", "word"), "", [what for _row, what, _text in places]),
        strip(Column("amount_cents", "", "cents"), _(N_("Amount")), [text for _row, _what, text in places]),
    ]


def _left_out(labels: Sequence[str], width: int, template: str) -> str:
    if not labels:
        return ""
    note = sentence(template, {"columns": ", ".join(labels)})
    return "\n".join(wrap(f"({note})", width)) + "\n"


def _block(labels: Sequence[str], row: Sequence[str]) -> str:
    width = max(map(len, labels))
    return "".join(f"{label:<{width}}  {text}".rstrip() + "\n" for label, text in zip(labels, row, strict=True))


def _grid(strips: Sequence[Strip], width: int, colour: bool) -> str:
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    rooms = widths(strips, width)
    heads = [lines(one.heading, room) for one, room in zip(strips, rooms, strict=True)]
    depth = max(map(len, heads))
    grid = Grid(box=None, pad_edge=False, padding=(0, gap(strips, width), 0, 0), header_style="bold")
    for one, room, head in zip(strips, rooms, heads, strict=True):
        justify: Literal["left", "right"] = "right" if one.column.kind in _RIGHT else "left"
        above = "\n" * (depth - len(head))  # headings stand on one line with the cells, not hang from above
        fixed = one.column.kind not in _WRAPPED
        grid.add_column(Text(above + "\n".join(head)), justify=justify, overflow="fold", no_wrap=fixed, width=room)
    for row in zip(*(one.cells for one in strips), strict=True):
        cells = (
            "\n".join(lines(text, room)) if one.column.kind in _WRAPPED else text
            for one, room, text in zip(strips, rooms, row, strict=True)
        )
        grid.add_row(*map(Text, cells))
    # the columns have their widths: a console too narrow for the space behind the last would cut it
    console = Console(
        width=2 * width,
        color_system="standard" if colour else None,
        force_terminal=True,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(grid)
    return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())
