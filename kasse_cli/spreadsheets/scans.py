"""What a spreadsheet hides from whoever reads only its values: formulas, errors, hidden rows, stray cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sepa.errors import N_, KasseError, Place

MAX_CELLS = 20_000_000  # the reader holds the whole used rectangle in memory
_SHOWN = 20
Position = tuple[int, int]


class MacroError(KasseError):
    """A workbook that carries program code."""

    code = "sheet.macros"
    template = N_("the file holds macros")
    hint = N_("save it as .xlsx (Excel workbook without macros) and use that file")


class EncryptedFileError(KasseError):
    """A workbook protected with a password."""

    code = "sheet.encrypted"
    template = N_("the file is encrypted")
    hint = N_("open it with its password and save it without one")


class FormulaError(KasseError):
    """A formula, whose last shown result may be old, or never have been computed."""

    code = "sheet.formula"
    template = N_("formula in cell {cell} ({count} in this sheet)")
    hint = N_("select the list, copy it and paste it as values, then save")


class ErrorCellError(KasseError):
    """A cell that shows an error such as #REF!."""

    code = "sheet.error_cell"
    template = N_("error value in cell {cell} ({count} in this sheet)")
    hint = N_("mend the cell in Excel, or ask the sender")


class HiddenRowsError(KasseError):
    """Rows that a filter or a person has hidden, and that belong to the list all the same."""

    code = "sheet.hidden_rows"
    severity = "warning"
    template = N_("{count} hidden rows are read like the others")
    hint = N_("clear the filter and look at the whole list; delete what does not belong to it")


class HiddenColumnsError(KasseError):
    """Columns that nobody sees when looking at the list."""

    code = "sheet.hidden_columns"
    severity = "warning"
    template = N_("{count} hidden columns are read like the others")
    hint = N_("unhide them and look at the whole list; delete what does not belong to it")


class UsedRangeError(KasseError):
    """A used range far larger than its content, by a stray cell in the last row or column."""

    code = "sheet.used_range"
    template = N_("the used range reaches to cell {cell}")
    hint = N_("delete the empty rows below and the empty columns right of the list, then save")


@dataclass(slots=True)
class Scan:
    """The used range of one sheet (1-based, inclusive) and what is hidden in it."""

    height: int = 0
    width: int = 0
    formulas: list[Position] = field(default_factory=list)
    errors: list[Position] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: list[Position] = field(default_factory=list)

    def use(self, row: int, column: int) -> None:
        """Widen the used range to that cell."""
        self.height = max(self.height, row)
        self.width = max(self.width, column)

    def check(self, place: Place) -> tuple[KasseError, ...]:
        """Return warnings about what is hidden.

        Raises `UsedRangeError`, `FormulaError` or `ErrorCellError`, the latter two with a finding for each cell.
        """
        if self.height * self.width > MAX_CELLS:
            raise UsedRangeError(cell=address(self.height, self.width), place=place)
        _refuse(FormulaError, self.formulas, place)
        _refuse(ErrorCellError, self.errors, place)
        columns = sum(max(0, min(last, self.width) - first + 1) for first, last in self.hidden_columns)
        found = ((HiddenRowsError, self.hidden_rows), (HiddenColumnsError, columns))
        return tuple(error(count=count, place=place) for error, count in found if count)


def _refuse(error: type[KasseError], cells: list[Position], place: Place) -> None:
    if not cells:
        return
    single = tuple(
        error(cell=address(row, column), count=len(cells), place=Place(row=row, column=letters(column)).within(place))
        for row, column in cells[:_SHOWN]
    )
    first = single[0]
    raise error(place=first.place, findings=single if len(single) > 1 else (), **first.fields)


def letters(column: int) -> str:
    """Return the letters over a column, counted from 1.

    >>> letters(1), letters(28), letters(16384)
    ('A', 'AB', 'XFD')
    """
    text = ""
    while column > 0:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def column_number(text: str) -> int:
    """Return the number of the column with those letters, 0 for none.

    >>> column_number("AB"), column_number("XFD")
    (28, 16384)
    """
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """Return the cell's address as the name box shows it.

    >>> address(17, 4)
    'D17'
    """
    return f"{letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """One sheet of a workbook: its name, whether people see it, and its key inside the file."""

    name: str
    visible: bool
    key: str


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook in their order, and the function that scans one of them."""

    sheets: tuple[SheetInfo, ...]
    scan: Callable[[SheetInfo], Scan]
