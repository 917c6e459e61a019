"""The rows of a sheet as XML (ECMA-376 part 1, SpreadsheetML): every value as the kind of cell its column is for.

The workbook around them is made by the library, which needs ten times as long for a cell as this does.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TextIO

from kasse_cli.columns import Kind
from kasse_cli.spreadsheets.rows import Value
from kasse_cli.spreadsheets.scans import letters
from sepa.errors import N_, KasseError
from sepa.money import plain

if TYPE_CHECKING:
    from openpyxl import Workbook

Look = Literal["plain", "heading", "total", "wrapped"]
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "word": "@",
    "cents": "#,##0.00",
    "day": "dd.mm.yyyy",
    "count": "0",
    "flag": "General",
}
MAX_ROWS = 1_048_576
_WORDS = ("text", "word")
_GENERAL, _MOMENT, _CLOCK, _HOURS = "General", "dd.mm.yyyy hh:mm:ss", "hh:mm:ss", "[hh]:mm:ss"
_FORMATS = (*NUMBER_FORMATS.values(), _MOMENT, _CLOCK, _HOURS)
_LONGEST = 32_767  # characters in a cell
_FIRST_YEAR = 1901  # Excel counts days from 1900 on and believes in a 29 February of that year
_MOMENT_ZERO, _ONE_DAY = dt.datetime(1899, 12, 30), dt.timedelta(days=1)  # noqa: DTZ001 - sheets know no zones
_DAY_ZERO = _MOMENT_ZERO.toordinal()
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class TooManyRowsError(KasseError):
    """More rows than a sheet can have."""

    code = "sheet.rows"
    template = N_("an Excel sheet ends after {rows} rows")
    hint = N_("write the list with --csv, or choose fewer rows")


class Styles:
    """The numbers of all cell styles in a workbook; to be made before it is saved."""

    def __init__(self, book: Workbook) -> None:
        looks: tuple[Look, ...] = ("plain", "heading", "total", "wrapped")
        self._numbers = {(form, look): _style(book, form, look) for form in _FORMATS for look in looks}

    def number(self, number_format: str, look: Look = "plain") -> int:
        """Return the style's number in the workbook."""
        return self._numbers[number_format, look]


def _style(book: Workbook, number_format: str, look: Look) -> int:
    from openpyxl.cell import Cell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell = Cell(book.worksheets[0], row=1, column=1)
    cell.number_format = number_format
    if look in ("heading", "total"):
        cell.font = Font(name="Calibri", size=11, bold=True)
    if look in ("heading", "wrapped"):
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    if look == "heading":
        cell.fill = PatternFill("solid", fgColor="FFD9D9D9")
    if look == "total":
        cell.border = Border(top=Side("thin"))
    return int(cell.style_id)


class RowWriter:
    """Writes one row after the other; `count` is how many, the heading included."""

    def __init__(self, out: TextIO, styles: Styles, kinds: Sequence[Kind], *, look: Look = "plain") -> None:
        self._out = out
        self._styles = styles
        self._kinds = kinds
        self._letters = [letters(position) for position in range(1, len(kinds) + 1)]
        self._plan = self._planned(look)
        self.count = 0

    def heading(self, labels: Sequence[str]) -> None:
        """Write the names of the columns, bold on grey."""
        style = self._styles.number("@", "heading")
        number = self._next()
        cells = (_text(f"{letter}{number}", style, label) for letter, label in zip(self._letters, labels, strict=True))
        self._out.write(f'<row r="{number}">{"".join(cells)}</row>')

    def row(self, values: Sequence[Value]) -> None:
        """Write one row; a value of another kind than its column keeps its own kind."""
        number = self._next()
        cells = [
            self._cell(f"{letter}{number}", style, kind, value)
            for (letter, kind, style), value in zip(self._plan, values, strict=True)
            if value is not None and value != ""
        ]
        self._out.write(f'<row r="{number}">{"".join(cells)}</row>')

    def totals(self, values: Sequence[Value]) -> None:
        """Write a bold row under a line."""
        number = self._next()
        cells = [
            f'<c r="{letter}{number}" s="{style}"/>'
            if value is None
            else self._cell(f"{letter}{number}", style, kind, value)
            for (letter, kind, style), value in zip(self._planned("total"), values, strict=True)
        ]
        self._out.write(f'<row r="{number}">{"".join(cells)}</row>')

    def _planned(self, look: Look) -> list[tuple[str, Kind, int]]:
        named = zip(self._letters, self._kinds, strict=True)
        return [(letter, kind, self._styles.number(NUMBER_FORMATS[kind], look)) for letter, kind in named]

    def _next(self) -> int:
        if self.count == MAX_ROWS:
            raise TooManyRowsError(rows=MAX_ROWS)
        self.count += 1
        return self.count

    def _cell(self, where: str, style: int, kind: Kind, value: Value) -> str:
        if isinstance(value, bool):
            return f'<c r="{where}" s="{self._styles.number(_GENERAL)}" t="b"><v>{int(value)}</v></c>'
        if isinstance(value, str):
            return _text(where, style if kind in _WORDS else self._styles.number("@"), value)
        if isinstance(value, int):
            return _whole(where, style, kind, value)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return self._day(where, value)
        return self._other(where, value)

    def _day(self, where: str, day: dt.date) -> str:
        if day.year < _FIRST_YEAR:
            return _text(where, self._styles.number("@"), day.isoformat())
        return _number(where, self._styles.number(NUMBER_FORMATS["day"]), day.toordinal() - _DAY_ZERO)

    def _other(self, where: str, value: Value) -> str:
        if isinstance(value, dt.datetime):
            since = value.replace(tzinfo=None) - _MOMENT_ZERO
            return _number(where, self._styles.number(_MOMENT), since / _ONE_DAY)
        if isinstance(value, dt.time):
            since = dt.datetime.combine(_MOMENT_ZERO, value.replace(tzinfo=None)) - _MOMENT_ZERO
            return _number(where, self._styles.number(_CLOCK), since / _ONE_DAY)
        if isinstance(value, dt.timedelta):
            return _number(where, self._styles.number(_HOURS), value / _ONE_DAY)
        assert isinstance(value, float)
        return _number(where, self._styles.number(_GENERAL), value)


def printable(text: str) -> str:
    r"""Return the text as a cell can hold it: control characters replaced, its length cut visibly.

    >>> printable("a\x00b_x0041_")
    'a\ufffdb_x005F_x0041_'
    """
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    if text.isprintable() and "_x" not in text:
        return text
    return _ESCAPED.sub("_x005F_", _UNWRITABLE.sub("\ufffd", text)).replace("\r", "_x000D_")


def _text(where: str, style: int, text: str) -> str:
    """Return a cell whose text stays text, whatever it starts with."""
    space = "" if text == text.strip() else ' xml:space="preserve"'
    clean = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c r="{where}" s="{style}" t="inlineStr"><is><t{space}>{clean}</t></is></c>'


def _whole(where: str, style: int, kind: Kind, value: int) -> str:
    if kind in _WORDS:
        return _text(where, style, str(value))
    return _number(where, style, plain(value) if kind == "cents" else value)


def _number(where: str, style: int, value: float | str) -> str:
    return f'<c r="{where}" s="{style}"><v>{value}</v></c>'
