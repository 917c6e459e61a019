"""Empty lists to fill in: columns preformatted, choices to pick from, and a second sheet that explains them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kasse_cli.columns import Column
from kasse_cli.i18n import _, day, money
from kasse_cli.spreadsheets.excel import Fill, new_book, save, set_up, sheet_name
from kasse_cli.spreadsheets.rows import Value, shown
from kasse_cli.spreadsheets.scans import letters
from kasse_cli.spreadsheets.sheetxml import MAX_ROWS, NUMBER_FORMATS, RowWriter, Styles

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

_MEANING_WIDTH = 60


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of an empty list: what it is for, whether every row needs it, and the words it takes, if few."""

    column: Column
    explanation: str
    needed: bool = False
    choices: Sequence[str] = ()


def write_template(
    path: Path, name: str, columns: Sequence[TemplateColumn], examples: Sequence[Sequence[Value]] = ()
) -> None:
    """Write an empty list whose text columns keep leading zeros, with its explanation on a second sheet.

    Example rows stand on that sheet, one beside the other, so that nobody imports them; cents as whole cents.
    Raises `FileWriteError`.
    """
    book, lists = new_book(name), _("Choices")
    page, explanation = book.create_sheet(sheet_name(name)), book.create_sheet(_("Explanation"))
    fills = {page.title: _empty_list(page, columns, lists), explanation.title: _explain(explanation, columns, examples)}
    if any(entry.choices for entry in columns):
        hidden = book.create_sheet(lists)
        hidden.sheet_state = "hidden"
        fills[hidden.title] = partial(_list_choices, columns)
    save(book, path, fills)


def _empty_list(page: Worksheet, columns: Sequence[TemplateColumn], lists: str) -> Fill:
    set_up(page, [max(len(entry.column.label) + 4, 12) for entry in columns])
    for position, entry in enumerate(columns, 1):
        page.column_dimensions[letters(position)].number_format = NUMBER_FORMATS[entry.column.kind]
        if entry.choices:
            page.add_data_validation(_choice(letters(position), entry, lists))

    def fill(out: TextIO, styles: Styles) -> str:
        RowWriter(out, styles, ["text"] * len(columns)).heading([entry.column.label for entry in columns])
        return ""

    return fill


def _choice(column: str, entry: TemplateColumn, lists: str) -> DataValidation:
    from openpyxl.worksheet.datavalidation import DataValidation

    source = f"'{lists}'!${column}$1:${column}${len(entry.choices)}"
    return DataValidation(
        type="list", formula1=source, allow_blank=True, showErrorMessage=True, sqref=f"{column}2:{column}{MAX_ROWS}"
    )


def _explain(page: Worksheet, columns: Sequence[TemplateColumn], examples: Sequence[Sequence[Value]]) -> Fill:
    labels = [_("Column"), _("Needed"), _("Meaning"), _("Allowed values")]
    labels += [f"{_('Example')} {number}" for number in range(1, len(examples) + 1)]
    set_up(page, [24, 10, _MEANING_WIDTH, 30, *[24] * len(examples)])

    def fill(out: TextIO, styles: Styles) -> str:
        writer = RowWriter(out, styles, ["text"] * len(labels), look="wrapped")
        writer.heading(labels)
        for position, entry in enumerate(columns):
            needed = _("yes") if entry.needed else ""
            given = [_example(row[position], entry.column) for row in examples]
            writer.row([entry.column.label, needed, entry.explanation, ", ".join(entry.choices), *given])
        return ""

    return fill


def _example(value: Value, column: Column) -> str:
    if column.kind == "cents" and isinstance(value, int):
        return money(value, "")
    return day(value) if isinstance(value, dt.date) else shown(value)


def _list_choices(columns: Sequence[TemplateColumn], out: TextIO, styles: Styles) -> str:
    """Write the words to pick from, each list under the letter of its column."""
    writer = RowWriter(out, styles, ["text"] * len(columns))
    for row in itertools.zip_longest(*(entry.choices for entry in columns)):
        writer.row(row)
    return ""
