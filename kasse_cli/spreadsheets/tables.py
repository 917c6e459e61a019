"""A list with a heading: columns found by their names in any order, rows and cells with their places."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO

from kasse_cli.spreadsheets.headings import (
    Columns,
    Heading,
    TitleRowsError,
    Wanted,
    find_heading,
    heading_among,
    names_in,
    wanted,
)
from kasse_cli.spreadsheets.rows import CAPTION, RawRow, SourceSheet, Value, blank, empty_row, shown
from kasse_cli.spreadsheets.scans import letters
from kasse_cli.spreadsheets.sources import EmptySourceError, open_source
from kasse_cli.spreadsheets.textfiles import read_text
from kasse_cli.spreadsheets.workbooks import UnknownSheetError, read_workbook
from sepa.errors import N_, KasseError, Place


class NoNameOverValueError(KasseError):
    """A value under no column name, for example a note beside the list; it is not read."""

    code = "list.value_without_column"
    severity = "warning"
    template = N_("a value stands under no column name: {text}")
    hint = N_("give the column a name, or delete what does not belong to the list")


class TooManyFieldsError(KasseError):
    """A line of CSV with more fields than the heading: a separator inside an unquoted text has shifted them."""

    code = "list.too_many_fields"
    template = N_("the line has {found} fields, the heading only {expected}")
    hint = N_("quote the text that contains the separator")


class OtherSheetError(KasseError):
    """Another sheet of the workbook that looks like the same kind of list."""

    code = "list.other_sheet"
    severity = "warning"
    template = N_("the sheet {name} looks like such a list too and was not read")
    hint = N_("name the sheet with --sheet to read it")


Found = tuple[RawRow, tuple[KasseError, ...]]
"""A row as it was found, and what is wrong with it as a whole."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row under the column's stable key; a column the list lacks is an empty cell."""

    value: Value
    row: Row
    key: str

    @property
    def empty(self) -> bool:
        """Whether a person sees nothing in it."""
        return blank(self.value)

    @property
    def place(self) -> Place:
        """File, sheet, row, column by its name in the list, and value."""
        position = self.row.heading.positions.get(self.key)
        column = self.key if position is None else self.row.heading.names[position]
        return Place(column=column, value=None if self.empty else shown(self.value)).within(self.row.place)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty; `findings` of severity error mean that its values cannot be trusted."""

    heading: Heading
    sheet: Place
    number: int
    line: int | None
    values: Sequence[Value]
    findings: tuple[KasseError, ...] = ()

    @property
    def place(self) -> Place:
        """File, sheet, row and, in a text file, line."""
        return Place(row=self.number, line=self.line).within(self.sheet)

    def __getitem__(self, key: str) -> Cell:
        position = self.heading.positions.get(key, len(self.values))
        return Cell(self.values[position] if position < len(self.values) else None, self, key)


@dataclass(slots=True)
class Table:
    """A list being read: iterate it once for its rows, then ask for the counts.

    `findings` are warnings about the list as a whole; `blank_rows` counts empty rows between others.
    """

    heading: Heading
    place: Place
    findings: tuple[KasseError, ...]
    _rows: Iterator[RawRow] = field(repr=False)
    _text: bool = False
    rows: int = 0
    blank_rows: int = 0

    def __contains__(self, key: str) -> bool:
        return key in self.heading.positions

    def __iter__(self) -> Iterator[Row]:
        for raw, findings in self.found():
            yield self.row(raw, findings)

    def found(self) -> Iterator[Found]:
        """Yield the rows as they were found, each with what is wrong with it as a whole: for lists of many rows."""
        pending, heading = 0, self.heading
        for raw in self._rows:
            if empty_row(raw):
                pending += 1
                continue
            if pending:
                self.blank_rows, pending = self.blank_rows + pending, 0
            self.rows += 1
            if len(raw.values) <= len(heading.names) and not heading.unnamed:
                yield raw, ()
            else:
                yield raw, self._strays(raw)

    def row(self, raw: RawRow, findings: tuple[KasseError, ...] = ()) -> Row:
        """Return a row whose cells know their places."""
        return Row(self.heading, self.place, raw.number, raw.line, raw.values, findings)

    def _strays(self, raw: RawRow) -> tuple[KasseError, ...]:
        stray = _stray(self.heading, raw.values)
        if not stray:
            return ()
        row = self.row(raw)
        return _shifted(row) if self._text and stray[-1] >= len(self.heading.names) else _noted(row, stray)


def _stray(heading: Heading, values: Sequence[Value]) -> list[int]:
    beyond = range(len(heading.names), len(values))
    places = (*(place for place in heading.unnamed if place < len(values)), *beyond)
    return [place for place in places if not blank(values[place])]


def _shifted(row: Row) -> tuple[KasseError, ...]:
    return (TooManyFieldsError(found=len(row.values), expected=len(row.heading.names), place=row.place),)


def _noted(row: Row, stray: list[int]) -> tuple[KasseError, ...]:
    return tuple(
        NoNameOverValueError(text=shown(row.values[place]), place=Place(column=letters(place + 1)).within(row.place))
        for place in stray
    )


def read_sheet(
    path: Path | str, *, sheet: str | None = None, stdin: IO[bytes] | None = None, look: Wanted | None = None
) -> SourceSheet:
    """Return the rows of a list, whatever its format; `-` is stdin. `look` tells a text's heading from its titles.

    Raises a `KasseError` with the file as its place for everything that is no readable list.
    """
    source = open_source(path, stdin)
    if source.format != "text":
        return read_workbook(source, sheet)
    if sheet is not None:
        source.stream.close()
        raise UnknownSheetError(name=sheet, sheets="–", place=source.place)
    return read_text(source, look)


def read_table(
    path: Path | str,
    columns: Columns,
    *,
    required: Collection[str] = (),
    sheet: str | None = None,
    stdin: IO[bytes] | None = None,
) -> Table:
    """Return the list with its columns found; `columns` has the names understood for each key (the key too).

    Raises `NoHeadingError`, `MissingColumnError`, `DuplicateColumnError`, or `HeadingError` with several of them
    as findings, besides what `read_sheet` raises.
    """
    look = wanted(columns, required)
    source = read_sheet(path, sheet=sheet, stdin=stdin, look=look)
    try:
        return _table(source, columns, required, look)
    except KasseError:
        source.rows.close()
        raise


def _is_caption(first: RawRow) -> bool:
    """Return whether a first row only names the sheet, as our own workbooks do above the heading."""
    said = [value for value in first.values if value not in (None, "")]
    return len(said) == 1 and CAPTION in str(said[0])


def _table(source: SourceSheet, columns: Columns, required: Collection[str], look: Wanted) -> Table:
    at, read = heading_among(source.rows, look)
    if not read:
        raise EmptySourceError(place=source.place)
    first = read[at]
    heading, findings = find_heading(first, columns, required, Place(row=first.number).within(source.place))
    above = read[1:at] if not source.text and _is_caption(read[0]) else read[:at]
    titles = [row for row in above if not empty_row(row)]
    others = tuple(_other(name, source) for name, rows in source.others if _is_such_a_list(rows, look))
    known = (*source.findings, *_above(titles, source.place), *findings, *others)
    return Table(heading, source.place, known, chain(read[at + 1 :], source.rows), source.text)


def _above(titles: Sequence[RawRow], place: Place) -> Iterator[KasseError]:
    if titles:
        text = " / ".join(" ".join(filter(None, names_in(row.values))) for row in titles)
        yield TitleRowsError(count=len(titles), text=text, place=Place(row=titles[0].number).within(place))


def _is_such_a_list(rows: Sequence[RawRow], look: Wanted) -> bool:
    at, read = heading_among(rows, look)
    return 2 * look.known(read[at].values) > len([text for text in names_in(read[at].values) if text])


def _other(name: str, source: SourceSheet) -> KasseError:
    return OtherSheetError(name=name, place=Place(file=source.place.file, sheet=name))
