"""Lists of orders and open items as rows: every cell read, every fault with its place, in a stream."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, repeat
from typing import IO, Any

from kasse_cli.orders_columns import FINDING, PLAIN, REJECT_NAMES, ListColumn
from kasse_cli.spreadsheets import Row, Table, read_table
from kasse_cli.spreadsheets.rows import RawRow, blank
from kasse_cli.spreadsheets.tables import Found
from ledger.items.orders import COLUMN_OF, Checked, OrderRow, Rules
from sepa.errors import N_, KasseError, Place

Check = Callable[[Rules, OrderRow, frozenset[str]], Checked]
CHUNK = 500
SEEN_AT_MOST = 4000
"""How many different texts of one column are remembered."""
_NOTHING = (None, "")
_READ: frozenset[str] = frozenset()
_FIELDS = OrderRow._fields
_ORDER_KEY = _FIELDS.index("order_key")
_TOTAL = re.compile(
    r"\s*(?:(?:zwischen|gesamt|end)?summe|gesamt(?:betrag)?|insgesamt|(?:grand |sub)?total|sum)"
    r"\s*(?:\([^)]*\))?\s*:?\s*",
    re.IGNORECASE,
)
_CELLS_OF_TOTAL = 4
"""A word, a few sums: a row with more cells is one of the list, with its own faults."""


class TotalRowError(KasseError):
    """A row with the sum of others: to be left out by whoever made the list, never by kasse without a word."""

    code = "list.total_row"
    template = N_("this row looks like a total of the others: {text}")
    hint = N_("leave it out of the list; kasse adds the rows up itself and tells their sum")


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file to read as a list: its path, `-` for the stream, and the sheet if one is named."""

    path: str
    stdin: IO[bytes] | None = None
    sheet: str | None = None

    def open(self, columns: Sequence[ListColumn], needed: Sequence[str]) -> Table:
        """Return the list with its columns found, from its beginning; raises what `read_table` raises."""
        if self.stdin is not None:
            self.stdin.seek(0)
        names = {column.key: column.names for column in columns} | {FINDING: REJECT_NAMES}
        return read_table(self.path, names, required=needed, sheet=self.sheet, stdin=self.stdin)


class _Column:
    """One column of a list: where it stands, which field it fills, how its cells are read.

    What texts were read as is remembered: offices, kinds, days and towns come again and again.
    """

    def __init__(self, column: ListColumn, table: Table) -> None:
        self.read, self.key, self.plain = column.read, column.key, PLAIN.get(column.read)
        self.position = table.heading.positions[column.key]
        self.field = _FIELDS.index(column.target)
        self.name = COLUMN_OF.get(column.target, column.target)
        self.table = table
        self.seen: dict[Any, Any] = {}

    def values(self, chunk: Sequence[Found], faults: dict[int, _Faults]) -> list[Any]:
        """Return what the cells of many rows say; what cannot be read is noted for its row."""
        position = self.position
        cells = [raw.values[position] if position < len(raw.values) else None for raw, _ in chunk]
        read = list(map(self.seen.get, cells))
        for at, value in enumerate(read):
            if value is None and cells[at] not in _NOTHING:
                try:
                    read[at] = self._read(chunk[at][0], cells[at])
                except KasseError as error:
                    faults.setdefault(at, _Faults()).add(error, self.name)
        return read

    def _read(self, raw: RawRow, value: Any) -> Any:
        """Return what a cell says, a text by the plain reader of its column; raises what reading raises."""
        if blank(value):
            return None
        if value.__class__ is not str:
            return self.read(self.table.row(raw)[self.key])
        read = self.plain(value) if self.plain is not None else None
        if read is None:
            read = self.read(self.table.row(raw)[self.key])
        if read is not None and len(self.seen) < SEEN_AT_MOST:
            self.seen[value] = read
        return read


class _Faults:
    """What cannot be read in a row: the findings, and the fields that lack a value for that."""

    def __init__(self) -> None:
        self.findings: list[KasseError] = []
        self.unread: set[str] = set()

    def add(self, error: KasseError, field: str) -> None:
        """Note a cell."""
        self.findings.append(error)
        self.unread.add(field)


class RowReader:
    """Reads the rows of one list by a check of the ledger, and tells where their findings are in the file.

    Columns are read some hundred rows at a time, which costs half of reading row by row.
    """

    def __init__(self, table: Table, columns: Sequence[ListColumn], rules: Rules, check: Check) -> None:
        self.table, self.rules, self.check = table, rules, check
        self._known = columns
        known = [column for column in columns if column.key in table]
        self._columns = [_Column(column, table) for column in known]
        self._heading = {COLUMN_OF.get(column.target, column.target): column.key for column in known}
        self._heads: dict[str, int] = {}

    def rows(self) -> Iterator[Checked]:
        """Yield every row, checked; the place of each finding has row and column as the list shows them."""
        stream = self.table.found()
        while chunk := list(islice(stream, CHUNK)):
            yield from self._checked(chunk)

    def _checked(self, chunk: Sequence[Found]) -> Iterator[Checked]:
        faults: dict[int, _Faults] = {}
        fields: list[Iterable[Any]] = [repeat(None)] * len(_FIELDS)
        for column in self._columns:
            fields[column.field] = column.values(chunk, faults)
        fields[0] = numbers = [raw.number for raw, _ in chunk]
        fields[1] = map(self._head, fields[_ORDER_KEY], numbers)
        for at, row in enumerate(map(OrderRow._make, zip(*fields, strict=False))):
            found = chunk[at][1]
            if found or at in faults:
                yield self._faulty(row, chunk[at], faults.get(at) or _Faults())
                continue
            checked = self.check(self.rules, row, _READ)
            yield checked if not checked.findings else self._told(checked, chunk[at][0])

    def _faulty(self, row: OrderRow, place: Found, faults: _Faults) -> Checked:
        """Return a row with cells that cannot be read, or that are one too many."""
        raw, found = place
        checked = self.check(self.rules, row, frozenset(faults.unread))
        return self._told(checked, raw, (*found, *faults.findings))

    def _told(self, checked: Checked, raw: RawRow, unread: Sequence[KasseError] = ()) -> Checked:
        """Return a row with its findings in their places; of a total this one, in place of all that it lacks."""
        findings = (*unread, *self.placed(checked.findings))
        wrong = any(finding.severity == "error" for finding in findings)
        total = self._total(raw) if wrong else None
        return Checked(checked.row, (total,) if total else findings)

    def _total(self, raw: RawRow) -> KasseError | None:
        """Return the finding for a row that is none of the list but its total, as tables end with one."""
        filled = [cell for cell in raw.values if not blank(cell)]
        text = next((cell for cell in filled if isinstance(cell, str) and _TOTAL.fullmatch(cell)), None)
        if text is None or len(filled) > _CELLS_OF_TOTAL:
            return None
        return TotalRowError(text=text.strip(), place=Place(row=raw.number).within(self.table.place))

    def _head(self, order_key: str | None, number: int) -> int:
        return number if order_key is None else self._heads.setdefault(order_key, number)

    def placed(self, findings: Iterable[KasseError]) -> Iterator[KasseError]:
        """Yield the findings with file, sheet and the column's name in the list."""
        for finding in findings:
            if finding.place.file is not None:
                yield finding
                continue
            where = finding.place.column
            place = replace(finding.place, column=where and self._called(where)).within(self.table.place)
            fields = dict(finding.fields)
            if isinstance(column := fields.get("column"), str):
                fields = {**fields, "column": self._called(column)}
            yield type(finding)(place=place, findings=finding.findings, **fields)

    def _called(self, column: str) -> str:
        """Return a column as the list heads it, one that it lacks as a list in this language would."""
        key = self._heading.get(column, column)
        position = self.table.heading.positions.get(key)
        if position is not None:
            return self.table.heading.names[position]
        return next((one.heading for one in self._known if one.key == column), key)


def rejected_rows(table: Table, numbers: Sequence[int]) -> Iterator[Row]:
    """Yield the rows with these numbers."""
    wanted = set(numbers)
    return (row for row in table if row.number in wanted)


def faults(findings: Iterable[KasseError]) -> dict[int, list[KasseError]]:
    """Return the findings that are errors by their row."""
    found: dict[int, list[KasseError]] = {}
    for finding in findings:
        if finding.severity == "error" and finding.place.row is not None:
            found.setdefault(finding.place.row, []).append(finding)
    return found


def whole(place: Place) -> Place:
    """Return the place of the list as a whole."""
    return Place(file=place.file, sheet=place.sheet)
