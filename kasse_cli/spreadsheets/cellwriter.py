"""One row after the other into a sheet: every value as the kind of cell its column is for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kasse_cli.columns import Kind
from kasse_cli.spreadsheets.rows import Value

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "word": "@",
    "cents": "#,##0.00",
    "day": "dd.mm.yyyy",
    "count": "0",
    "permille": "0.0 %",
    "flag": "General",
}
_WORDS = ("text", "word")
_FIGURES = ("cents", "count", "day", "permille")
_PARTS = {"cents": 100, "permille": 1000}
"""How many of the whole units of a column make one in Excel."""
_MOMENT = "dd.mm.yyyy hh:mm:ss"
_LONGEST = 32_767  # characters in a cell
_FIRST_YEAR = 1901  # Excel counts days from 1900 on and believes in a 29 February of that year
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def printable(text: str) -> str:
    r"""Return the text as an XML cell can hold it: control characters replaced, its length cut visibly.

    >>> printable("a\x00b_x0041_")
    'a\ufffdb_x005F_x0041_'
    """
    clean = _ESCAPED.sub("_x005F_", _UNWRITABLE.sub("\ufffd", text)).replace("\r", "_x000D_")
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"


class RowWriter:
    """Appends rows to a sheet; `count` is how many, the heading included.

    Each column has one cell that is filled again for every row: the sheet writes it at once and keeps nothing.
    """

    def __init__(self, page: WriteOnlyWorksheet, kinds: Sequence[Kind], *, wrap: bool = False) -> None:
        self._page = page
        self._kinds = kinds
        self._wrap = wrap
        self._cells = [self._made(NUMBER_FORMATS[kind]) for kind in kinds]
        self.count = 0

    def caption(self, text: str) -> None:
        """Append a row that says what the sheet is."""
        from openpyxl.styles import Font

        cell = _text(self._made("@"), text)
        cell.font = Font(bold=True, size=13)
        self._append([cell])

    def heading(self, labels: Sequence[str]) -> None:
        """Append the names of the columns, bold on grey, over figures to the right as these stand."""
        from openpyxl.styles import Alignment, PatternFill

        cells = [_text(self._bold("@"), label) for label in labels]
        kinds = [*self._kinds, *["text"] * len(cells)]
        for cell, kind in zip(cells, kinds, strict=False):
            cell.fill = PatternFill("solid", fgColor="FFD9D9D9")
            side = "right" if kind in _FIGURES else "left"
            over_text = int(side == "left" and not self._wrap)  # texts begin a little to the right
            cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True, indent=over_text)
        self._append(cells)

    def row(self, values: Sequence[Value]) -> None:
        """Append one row; a value of another kind than its column keeps its own kind."""
        filled = zip(self._cells, self._kinds, values, strict=True)
        self._append([self._filled(cell, kind, value) for cell, kind, value in filled])

    def totals(self, values: Sequence[Value]) -> None:
        """Append a bold row under a line."""
        from openpyxl.styles import Border, Side

        cells = [self._bold(NUMBER_FORMATS[kind]) for kind in self._kinds]
        for cell in cells:
            cell.border = Border(top=Side("thin"))
        filled = zip(cells, self._kinds, values, strict=True)
        self._append([self._filled(cell, kind, value) or cell for cell, kind, value in filled])

    def _append(self, cells: Sequence[Cell | None]) -> None:
        self._page.append(cells)
        self.count += 1

    def _made(self, number_format: str) -> Cell:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment

        cell: Cell = WriteOnlyCell(self._page)
        cell.number_format = number_format
        if self._wrap:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        elif number_format == "@":
            cell.alignment = Alignment(horizontal="left", indent=1)  # apart from figures to its left
        return cell

    def _bold(self, number_format: str) -> Cell:
        from openpyxl.styles import Font

        cell = self._made(number_format)
        cell.font = Font(bold=True)
        return cell

    def _filled(self, cell: Cell, kind: Kind, value: Value) -> Cell | None:
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return self._other("General", value)
        if kind in _WORDS and isinstance(value, str | int):
            return _text(cell, str(value))
        if kind in _PARTS and isinstance(value, int):
            cell.value = value / _PARTS[kind]
            return cell
        if (kind == "count" and isinstance(value, int)) or (kind == "day" and _is_day(value)):
            cell.value = value
            return cell
        return self._stranger(value)

    def _stranger(self, value: Value) -> Cell:
        if isinstance(value, str):
            return _text(self._made("@"), value)
        if isinstance(value, dt.date) and value.year < _FIRST_YEAR:
            return _text(self._made("@"), value.isoformat())
        if isinstance(value, dt.datetime):
            return self._other(_MOMENT, value.replace(tzinfo=None))
        if isinstance(value, dt.date):
            return self._other(NUMBER_FORMATS["day"], value)
        if isinstance(value, int | float):
            return self._other("General", value)
        return self._other("hh:mm:ss" if isinstance(value, dt.time) else "[hh]:mm:ss", value)

    def _other(self, number_format: str, value: Value) -> Cell:
        cell = self._made(number_format)
        cell.value = value
        return cell


def _is_day(value: Value) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime) and value.year >= _FIRST_YEAR


def _text(cell: Cell, text: str) -> Cell:
    """Fill the cell with text that stays text, whatever it starts with."""
    cell.value = printable(text)
    cell.data_type = "s"
    return cell
