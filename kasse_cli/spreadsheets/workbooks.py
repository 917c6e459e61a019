"""Workbooks (.xlsx, .ods, .xls): scanned for what they hide, then read."""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import dropwhile, islice
from typing import IO, TYPE_CHECKING

from kasse_cli.spreadsheets.archive import DamagedFileError
from kasse_cli.spreadsheets.headings import TITLE_ROWS
from kasse_cli.spreadsheets.rows import RawRow, SourceSheet, Value, empty_row
from kasse_cli.spreadsheets.scans import Book, Scan, SheetInfo
from kasse_cli.spreadsheets.sources import EmptySourceError, NotAListError, Source
from sepa.errors import N_, NOWHERE, KasseError, Place

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


class UnknownSheetError(KasseError):
    """A sheet name that the workbook does not have."""

    code = "sheet.unknown"
    template = N_("there is no sheet {name}")
    hint = N_("the sheets are: {sheets}")


def read_workbook(source: Source, sheet: str | None = None) -> SourceSheet:
    """Return the rows of the named sheet, or of the first visible one that is not empty; closes the file.

    Raises what `open_xlsx`, `open_ods`, `open_xls` and `Scan.check` raise, `UnknownSheetError`, `EmptySourceError`.
    """
    with source.stream:
        try:
            return _read(source, _open(source), sheet)
        except KasseError as error:
            raise error.at(source.place) from None


def sheet_names(source: Source) -> list[str]:
    """Return the names of the visible sheets of a workbook; a text file has none. Closes the file.

    Raises what `open_xlsx`, `open_ods` and `open_xls` raise.
    """
    with source.stream:
        if source.format == "text":
            return []
        try:
            return [info.name for info in _open(source).sheets if info.visible]
        except KasseError as error:
            raise error.at(source.place) from None


def _read(source: Source, book: Book, name: str | None) -> SourceSheet:
    info, scan = _chosen(book, name)
    place = Place(file=source.name, sheet=info.name)
    findings = scan.check(place)
    workbook = _loaded(source.stream)
    others = [] if name else [other for other in book.sheets if other.visible and other != info]
    heads = tuple(_heads(book, workbook, others))
    return SourceSheet(place, _rows(_loaded_sheet(workbook, info), place), findings, heads)


def _open(source: Source) -> Book:
    from kasse_cli.spreadsheets.ods import open_ods
    from kasse_cli.spreadsheets.xls import open_xls
    from kasse_cli.spreadsheets.xlsx import open_xlsx

    if source.format == "cfb":
        return open_xls(source.stream)
    names = _names(source.stream)
    if "[Content_Types].xml" in names:
        return open_xlsx(source.stream)
    if "mimetype" in names:
        return open_ods(source.stream)
    raise NotAListError(format="ZIP")


def _names(stream: IO[bytes]) -> list[str]:
    try:
        return zipfile.ZipFile(stream).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise DamagedFileError(part="zip") from None


def _chosen(book: Book, name: str | None) -> tuple[SheetInfo, Scan]:
    if name is not None:
        for info in book.sheets:
            if info.name.lower() == name.lower():
                return info, book.scan(info)
        raise UnknownSheetError(name=name, sheets=", ".join(info.name for info in book.sheets))
    for info in book.sheets:
        if info.visible and (scan := book.scan(info)).height:
            return info, scan
    raise EmptySourceError


def _loaded(stream: IO[bytes]) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    stream.seek(0)
    with _reading("workbook"):
        return CalamineWorkbook.from_filelike(stream)


def _loaded_sheet(workbook: CalamineWorkbook, info: SheetInfo) -> CalamineSheet:
    with _reading(info.name):
        return workbook.get_sheet_by_name(info.name)


def _rows(sheet: CalamineSheet, place: Place) -> Generator[RawRow, None, None]:
    """Yield the rows from the first of the sheet on; the library starts rows at 1 but columns at the first used."""
    start = sheet.start
    left: list[Value] = [None] * (start[1] if start else 0)
    with _reading(sheet.name, place):
        for number, values in enumerate(sheet.iter_rows(), 1):
            yield RawRow(number, None, [*left, *values])


@contextmanager
def _reading(part: str, place: Place = NOWHERE) -> Iterator[None]:
    """Turn what the library raises into our error; its panics (a date of the year 300,000) are no `Exception`."""
    from python_calamine import CalamineError

    try:
        yield
    except CalamineError:
        raise DamagedFileError(part=part, place=place) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise DamagedFileError(part=part, place=place) from None


def _heads(book: Book, workbook: CalamineWorkbook, sheets: Iterable[SheetInfo]) -> Iterator[tuple[str, list[RawRow]]]:
    """Yield name and first rows of those sheets; one that cannot be read is none of ours."""
    for info in sheets:
        with suppress(KasseError):
            book.scan(info).check(NOWHERE)
            rows = _rows(_loaded_sheet(workbook, info), NOWHERE)
            heads = list(islice(dropwhile(empty_row, rows), TITLE_ROWS))
            if heads:
                yield info.name, heads
