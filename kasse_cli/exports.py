"""Tables of a result as files: CSV for programs, CSV for Excel, and workbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from kasse_cli.columns import Column
from kasse_cli.i18n import _, day, moment
from kasse_cli.results import Table, cell, shown_columns
from kasse_cli.sheet_words import NAMES, summed
from kasse_cli.spreadsheets import csvfiles, excel
from kasse_cli.spreadsheets.rows import CAPTION
from kasse_cli.tables import for_person
from sepa.errors import N_, KasseError


class NothingToExportError(KasseError):
    """A result without a table, where an Excel file was asked for."""

    code = "output.no_table"
    template = N_("there is no table to write to {file}")
    hint = N_("leave out --xlsx")


class NoFolderError(KasseError):
    """A file to write in a folder that is not there."""

    code = "output.no_folder"
    template = N_("the folder for {file} does not exist")
    hint = N_("make the folder, or name another one")


class TargetExistsError(KasseError):
    """A file to write that is there already."""

    code = "output.exists"
    template = N_("there is a file {file} already")
    hint = N_("name another file, or replace this one with --force")


def write_csv(out: IO[bytes], tables: Sequence[Table], *, for_excel: bool) -> None:
    """Write the tables as CSV: for programs with keys, 1234.56 and every column, for Excel as people read them."""
    for table in tables:
        columns = shown_columns(table) if for_excel else list(table.columns)
        heads = [_labelled(column) if for_excel else _keyed(column) for column in columns]
        csvfiles.write_csv(out, heads, _rows(table, columns, words=for_excel), excel=for_excel)


def check_target(path: Path, *, replace_it: bool) -> None:
    """Check before the work begins that the file can be written.

    Raises `NoFolderError`, or `TargetExistsError` where it is there and is not to be replaced.
    """
    if not path.absolute().parent.is_dir():
        raise NoFolderError(file=str(path))
    if path.exists() and not replace_it:
        raise TargetExistsError(file=str(path))


def write_excel(
    path: Path, tables: Sequence[Table], created: dt.datetime, about: tuple[str, dt.date] | None = None
) -> None:
    """Write the tables to a workbook, one sheet each; raises `NothingToExportError`.

    `about` is the book, if there is one, and the day that the sheets name above their headings.
    """
    if not tables:
        raise NothingToExportError(file=str(path))
    sheets = [_sheet(table, about) for table in tables]
    excel.write_xlsx(path, sheets, created=created.astimezone(dt.UTC).replace(tzinfo=None))


def _sheet(table: Table, about: tuple[str, dt.date] | None) -> excel.Sheet:
    columns = shown_columns(table)
    heads = [_labelled(column) for column in columns]
    name = _(table.title or NAMES.get(table.key, table.key))
    totals = () if table.plain else tuple(table.totals) or summed(table.key, columns)
    return excel.Sheet(
        name, heads, _rows(table, columns, words=True), totals=_(N_("Total")) if totals else "", summed=totals,
        caption="" if table.plain else _caption(name, about), chart=table.chart,
    )  # fmt: skip


def _caption(name: str, about: tuple[str, dt.date] | None) -> str:
    """Return what stands above the heading of a report: the sheet, the book, the day."""
    if about is None:
        return ""
    return CAPTION.join(filter(None, (name, about[0], day(about[1]))))


def _labelled(column: Column) -> Column:
    return replace(column, label=_(column.label), kind=_kind(column))


def _keyed(column: Column) -> Column:
    """Return the column as CSV for programs heads it: amounts there are not in cents."""
    return replace(column, key=column.key.removesuffix("_cents"), kind=_kind(column))


def _kind(column: Column) -> Any:
    return "text" if column.kind in {"flag", "word", "object", "number", "details"} else column.kind


def _rows(table: Table, columns: Sequence[Column], *, words: bool) -> Iterator[list[Any]]:
    for row in table.rows:
        yield [_value(cell(row, column.key), column, words=words) for column in columns]


def _value(value: Any, column: Column, *, words: bool) -> Any:
    if value is None or value == "":
        return None
    if column.kind == "flag":
        return (_("yes") if value else _("no")) if words else str(bool(value)).lower()
    if column.kind in {"word", "object", "number", "details"} and words:
        return for_person(value, column)
    if column.kind == "day" and isinstance(value, str):
        return dt.date.fromisoformat(value[:10])
    if words and isinstance(value, str) and value.endswith("Z"):
        return moment(value)
    return value
