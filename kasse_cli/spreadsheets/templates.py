"""Empty lists to fill in: columns preformatted, choices to pick from, and a second sheet that explains them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.columns import Column
from kasse_cli.i18n import _, day, money
from kasse_cli.spreadsheets.cellwriter import NUMBER_FORMATS, RowWriter
from kasse_cli.spreadsheets.excel import new_workbook, set_up, sheet_name
from kasse_cli.spreadsheets.rows import Value, shown
from kasse_cli.spreadsheets.scans import letters

if TYPE_CHECKING:
    from openpyxl import Workbook

_LAST_ROW = 1_048_576
_MEANING_WIDTH = 60


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of an empty list: what it is for, whether every row needs it, and the words it takes, if few.

    Where the list of words is `open`, a sheet asks about others, but takes them.
    """

    column: Column
    explanation: str
    needed: bool = False
    choices: Sequence[str] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class TemplateList:
    """An empty list: the name of its sheet, its columns, examples, and one sentence about it."""

    name: str
    columns: Sequence[TemplateColumn]
    examples: Sequence[Sequence[Value]] = ()
    about: str = ""


def write_template(
    path: Path, name: str, columns: Sequence[TemplateColumn], examples: Sequence[Sequence[Value]] = ()
) -> None:
    """Write an empty list whose text columns keep leading zeros, with its explanation on a second sheet.

    Example rows stand on that sheet, one beside the other, so that nobody imports them; cents as whole cents.
    Raises `FileWriteError`.
    """
    explanation, lists = _("Explanation"), _("Choices")
    with new_workbook(path, name) as book:
        _empty_list(book.create_sheet(sheet_name(name)), columns, lists)
        _explain(book.create_sheet(explanation), columns, examples)
        _list_choices(book, lists, columns)


def write_workbook_template(path: Path, title: str, lists: Sequence[TemplateList]) -> None:
    """Write several empty lists into one workbook, a sheet for each; one sheet says what they are for.

    The explanation and the choices of a list stand on sheets of their own behind all lists. Raises `FileWriteError`.
    """
    explanation, choices = _("Explanation"), _("Choices")
    with new_workbook(path, title) as book:
        for one in lists:
            _empty_list(book.create_sheet(sheet_name(one.name)), one.columns, f"{choices} {one.name}")
        _overview(book.create_sheet(_("Overview")), lists)
        for one in lists:
            _explain(book.create_sheet(sheet_name(f"{explanation} {one.name}")), one.columns, one.examples)
            _list_choices(book, f"{choices} {one.name}", one.columns)


def _overview(page: Any, lists: Sequence[TemplateList]) -> None:
    set_up(page, [24, 100])
    writer = RowWriter(page, ["text"] * 2, wrap=True)
    writer.heading([_("List"), _("Meaning")])
    for one in lists:
        writer.row([one.name, one.about])


def _empty_list(page: Any, columns: Sequence[TemplateColumn], lists: str) -> None:
    set_up(page, [max(len(entry.column.label) + 4, 12) for entry in columns])
    for position, entry in enumerate(columns, 1):
        page.column_dimensions[letters(position)].number_format = NUMBER_FORMATS[entry.column.kind]
        if entry.choices:
            page.data_validations.append(_choice(letters(position), entry, lists))
    RowWriter(page, []).heading([entry.column.label for entry in columns])


def _choice(column: str, entry: TemplateColumn, lists: str) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    source = f"'{lists}'!${column}$1:${column}${len(entry.choices)}"
    return DataValidation(
        type="list", formula1=source, allow_blank=True, showErrorMessage=True, sqref=f"{column}2:{column}{_LAST_ROW}",
        errorStyle="warning" if entry.open else "stop",
    )  # fmt: skip


def _explain(page: Any, columns: Sequence[TemplateColumn], examples: Sequence[Sequence[Value]]) -> None:
    labels = [_("Column"), _("Needed"), _("Meaning"), _("Allowed values")]
    labels += [f"{_('Example')} {number}" for number in range(1, len(examples) + 1)]
    set_up(page, [24, 10, _MEANING_WIDTH, 30, *[24] * len(examples)])
    writer = RowWriter(page, ["text"] * len(labels), wrap=True)
    writer.heading(labels)
    for position, entry in enumerate(columns):
        needed = _("yes") if entry.needed else ""
        given = [_example(row[position], entry.column) for row in examples]
        writer.row([entry.column.label, needed, entry.explanation, _allowed(entry), *given])


def _allowed(entry: TemplateColumn) -> str:
    return ", ".join([*entry.choices, *(["…"] if entry.open else [])])


def _example(value: Value, column: Column) -> str:
    if column.kind == "cents" and isinstance(value, int):
        return money(value, "")
    return day(value) if isinstance(value, dt.date) else shown(value)


def _list_choices(book: Workbook, name: str, columns: Sequence[TemplateColumn]) -> None:
    """Write the words to pick from to a hidden sheet, each list under the letter of its column."""
    longest = max((len(entry.choices) for entry in columns), default=0)
    if not longest:
        return
    page = book.create_sheet(name)
    page.sheet_state = "hidden"
    writer = RowWriter(page, ["text"] * len(columns))
    for place in range(longest):
        writer.row([entry.choices[place] if place < len(entry.choices) else None for entry in columns])
