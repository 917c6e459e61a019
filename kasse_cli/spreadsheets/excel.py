"""Lists as Excel workbooks: real amounts and dates, text that never becomes a formula, written whole or not at all."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

from kasse_cli.columns import Column, Kind
from kasse_cli.spreadsheets.replacing import replacing
from kasse_cli.spreadsheets.rows import Value
from kasse_cli.spreadsheets.scans import letters
from kasse_cli.spreadsheets.sheetxml import RowWriter, Styles
from sepa.money import german

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Fill = Callable[[TextIO, Styles], str]
_SAMPLE_ROWS = 200
_WIDEST = 60
_DIMENSION = re.compile(rb"<dimension [^>]*/>")  # of the sheet while it is empty
_NO_ROWS = re.compile(rb"<sheetData ?/>|<sheetData></sheetData>")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list to write: its name, its columns, its rows in the order of the columns.

    Cells of `cents` columns are whole cents. `totals` is the word before the sums of the amounts; without it
    there is no such row, and a list that is to be read again must have none.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    totals: str = ""


def write_xlsx(path: Path, sheets: Sequence[Sheet], *, title: str = "", created: dt.datetime | None = None) -> None:
    """Write the lists to a workbook in constant memory; the file appears under its name only when it is complete.

    Each sheet has a frozen bold heading, filters, column widths, and prints on landscape pages with its heading.
    Raises `FileWriteError`.
    """
    assert sheets
    book = new_book(title or sheets[0].name, created)
    fills: dict[str, Fill] = {}
    for sheet in sheets:
        name = sheet_name(sheet.name, book.sheetnames)
        fills[name] = _prepared(book.create_sheet(name), sheet, title)
    save(book, path, fills)


def new_book(title: str, created: dt.datetime | None = None) -> Workbook:
    """Return a workbook without sheets."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = title, "kasse"
    book.calculation.fullCalcOnLoad = False  # there is nothing to compute, and Excel would offer to save it
    if created is not None:
        book.properties.created = book.properties.modified = created
    return book


def save(book: Workbook, path: Path, fills: Mapping[str, Fill]) -> None:
    """Save the workbook with the rows that `fills` writes into its empty sheets; raises `FileWriteError`.

    A fill returns what stands behind the rows in the sheet, such as the filter.
    """
    styles = Styles(book)
    frame = io.BytesIO()
    book.save(frame)
    by_part = {page.path[1:]: fills[page.title] for page in book.worksheets}
    with (
        replacing(path) as temporary,
        zipfile.ZipFile(frame) as source,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target,
    ):
        for name in source.namelist():
            with target.open(name, "w") as part:
                _fill(part, source.read(name), styles, by_part.get(name))


def _fill(part: IO[bytes], content: bytes, styles: Styles, fill: Fill | None) -> None:
    if fill is None:
        part.write(content)
        return
    before, after = _NO_ROWS.split(_DIMENSION.sub(b"", content))
    part.write(before + b"<sheetData>")
    text = io.TextIOWrapper(part, "utf-8", newline="")
    behind = fill(text, styles)
    text.write(f"</sheetData>{behind}")
    text.detach()
    part.write(after)


def sheet_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return a name Excel takes: up to 31 characters, none of them []:*?/ or a backslash, and not taken yet.

    >>> sheet_name("Zahllauf 2026/17"), sheet_name("Kasse", ["KASSE"])
    ('Zahllauf 2026-17', 'Kasse (2)')
    """
    base = _NOT_IN_NAMES.sub("-", name).strip("' ")[:31] or "-"
    used = {other.lower() for other in taken}
    numbered = (f"{base[: 28 - len(str(number))]} ({number})" for number in itertools.count(2))
    return next(found for found in (base, *itertools.islice(numbered, len(used))) if found.lower() not in used)


def _prepared(page: Worksheet, sheet: Sheet, title: str) -> Fill:
    rows = iter(sheet.rows)
    sample = list(itertools.islice(rows, _SAMPLE_ROWS))
    set_up(page, _widths(sheet, sample), title)

    def fill(out: TextIO, styles: Styles) -> str:
        writer = RowWriter(out, styles, [column.kind for column in sheet.columns])
        writer.heading([column.label for column in sheet.columns])
        sums = [0] * len(sheet.columns)
        for row in itertools.chain(sample, rows):
            writer.row(row)
            _add(sums, sheet.columns, row)
        filtered = f"A1:{letters(len(sheet.columns))}{writer.count}"
        if sheet.totals:
            writer.totals(_totals(sheet, sums))
        return f'<autoFilter ref="{filtered}"/>'

    return fill


def _add(sums: list[int], columns: Sequence[Column], row: Sequence[Value]) -> None:
    for position, column in enumerate(columns):
        value = row[position]
        if column.kind == "cents" and isinstance(value, int):
            sums[position] += value


def _totals(sheet: Sheet, sums: Sequence[int]) -> list[Value]:
    row: list[Value] = [
        total if column.kind == "cents" else None for total, column in zip(sums, sheet.columns, strict=True)
    ]
    word = next((place for place, column in enumerate(sheet.columns) if column.kind == "text"), None)
    if word is not None:
        row[word] = sheet.totals
    return row


def set_up(page: Any, widths: Sequence[int], title: str = "") -> None:
    """Freeze the first row of an empty sheet, set the widths of its columns and how it prints."""
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddHeader.left.text = title.replace("&", "&&") or None
    page.oddFooter.right.text = "&P / &N"
    for position, width in enumerate(widths, 1):
        page.column_dimensions[letters(position)].width = width


def _widths(sheet: Sheet, sample: Sequence[Sequence[Value]]) -> list[int]:
    lengths = [len(column.label) + 3 for column in sheet.columns]  # the filter's button covers three characters
    for row in sample:
        for position, column in enumerate(sheet.columns):
            lengths[position] = max(lengths[position], _length(row[position], column.kind))
    return [min(max(length + 1, 8), _WIDEST) for length in lengths]


def _length(value: Value, kind: Kind) -> int:
    if kind == "cents" and isinstance(value, int):
        return len(german(value)) + 2  # room for a larger amount further down
    return max(map(len, str(value).splitlines()), default=0) if value is not None else 0
