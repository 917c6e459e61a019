"""Lists as Excel workbooks: real amounts and dates, text that never becomes a formula, written whole or not at all."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.columns import Chart, Column, Kind
from kasse_cli.spreadsheets.cellwriter import RowWriter
from kasse_cli.spreadsheets.charts import MOST_DRAWN, draw
from kasse_cli.spreadsheets.replacing import replacing
from kasse_cli.spreadsheets.rows import Value
from kasse_cli.spreadsheets.scans import letters
from sepa.errors import N_, KasseError
from sepa.money import german

if TYPE_CHECKING:
    from openpyxl import Workbook

_SAMPLE_ROWS = 200
_WIDEST = 60
_SUMMED = ("cents", "count")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list to write: its name, its columns, its rows in the order of the columns.

    Cells of `cents` columns are whole cents. `totals` is the word before the sums of the amounts, or of the columns
    with the keys in `summed`; without it there is no such row. `caption` is a row above the heading, `chart` a picture
    below the list. A list that is to be read again has none of them.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    totals: str = ""
    summed: Sequence[str] = ()
    caption: str = ""
    chart: Chart | None = None


def write_xlsx(path: Path, sheets: Sequence[Sheet], *, title: str = "", created: dt.datetime | None = None) -> None:
    """Write the lists to a workbook in constant memory; the file appears under its name only when it is complete.

    Each sheet has a frozen bold heading, filters, column widths, and prints on landscape pages with its heading.
    Raises `FileWriteError`.
    """
    assert sheets
    names: list[str] = []
    with new_workbook(path, title or sheets[0].name, created) as book:
        for sheet in sheets:
            names.append(sheet_name(sheet.name, names))
            _write(book, sheet, names[-1], title)


class ExcelNameError(KasseError):
    """A workbook under a name that says it is something else: other programs would take it for that."""

    code = "output.not_excel"
    template = N_("{file} is not the name of an Excel file")
    hint = N_("give a name that ends in .xlsx; CSV is printed: --csv > FILE")
    exit_code = 2


def check_name(path: Path) -> None:
    """Check that a workbook may have the name; raises `ExcelNameError`."""
    if path.suffix.lower() not in {".xlsx", ""}:
        raise ExcelNameError(file=str(path))


@contextmanager
def new_workbook(path: Path, title: str, created: dt.datetime | None = None) -> Iterator[Workbook]:
    """Give an empty write-only workbook and save it under the path once all went well.

    Raises `FileWriteError`, `ExcelNameError`.
    """
    from openpyxl import Workbook

    check_name(path)

    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title, "kasse"
    book.calculation.fullCalcOnLoad = False  # there is nothing to compute, and Excel would offer to save it
    if created is not None:
        book.properties.created = book.properties.modified = created
    with replacing(path) as temporary:
        try:
            yield book
            book.save(temporary)
        except BaseException:
            _abandon(book)
            raise


def _abandon(book: Any) -> None:
    """Close the sheets begun, or the library complains about them on stderr."""
    for page in book.worksheets:
        with suppress(Exception):
            page.close()


def sheet_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return a name Excel takes: up to 31 characters, none of them []:*?/ or a backslash, and not taken yet.

    >>> sheet_name("Zahllauf 2026/17"), sheet_name("Kasse", ["KASSE"])
    ('Zahllauf 2026-17', 'Kasse (2)')
    """
    base = _NOT_IN_NAMES.sub("-", name).strip("' ")[:31] or "-"
    used = {other.lower() for other in taken}
    numbered = (f"{base[: 28 - len(str(number))]} ({number})" for number in itertools.count(2))
    return next(found for found in (base, *itertools.islice(numbered, len(used))) if found.lower() not in used)


def _write(book: Workbook, sheet: Sheet, name: str, title: str) -> None:
    page = book.create_sheet(name)
    rows = iter(sheet.rows)
    sample = list(itertools.islice(rows, _SAMPLE_ROWS))
    top = 2 if sheet.caption else 1
    set_up(page, _widths(sheet, sample), title, top)
    writer = RowWriter(page, [column.kind for column in sheet.columns])
    if sheet.caption:
        writer.caption(sheet.caption)
    writer.heading([column.label for column in sheet.columns])
    sums = [0] * len(sheet.columns)
    for row in itertools.chain(sample, rows):
        writer.row(row)
        _add(sums, sheet.columns, row)
    page.auto_filter.ref = f"A{top}:{letters(len(sheet.columns))}{writer.count}"
    if sheet.chart is not None and 0 < writer.count - top <= MOST_DRAWN:
        draw(page, sheet.chart, sheet.columns, top, writer.count)
        page.page_setup.fitToHeight = 1  # no picture is cut in two by the end of a page
    if sheet.totals:
        writer.totals(_totals(sheet, sums))


def _add(sums: list[int], columns: Sequence[Column], row: Sequence[Value]) -> None:
    for position, column in enumerate(columns):
        value = row[position]
        if column.kind in _SUMMED and isinstance(value, int):
            sums[position] += value


def _totals(sheet: Sheet, sums: Sequence[int]) -> list[Value]:
    wanted = sheet.summed or [column.key for column in sheet.columns if column.kind == "cents"]
    row: list[Value] = [
        total if column.key in wanted else None for total, column in zip(sums, sheet.columns, strict=True)
    ]
    word = next((place for place, column in enumerate(sheet.columns) if column.kind == "text"), None)
    if word is not None:
        row[word] = sheet.totals
    return row


def set_up(page: Any, widths: Sequence[int], title: str = "", top: int = 1) -> None:
    """Freeze an empty sheet down to the row of its heading, set the widths of its columns and how it prints."""
    page.freeze_panes = f"A{top + 1}"
    page.print_title_rows = f"1:{top}"
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
    return [min(max(length + 2, 8), _WIDEST) for length in lengths]


def _length(value: Value, kind: Kind) -> int:
    if kind == "cents" and isinstance(value, int):
        return len(german(value)) + 2  # room for a larger amount further down
    return max(map(len, str(value).splitlines()), default=0) + 1 if value is not None else 0
