"""Lists of orders and open items as rows: every cell read, every fault with its place, in a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from kasse_cli.orders_columns import FINDING, PLAIN, REJECT_NAMES, ListColumn
from kasse_cli.spreadsheets import Row, Table, read_table
from kasse_cli.spreadsheets.rows import blank
from ledger.items.orders import COLUMN_OF, Checked, OrderRow, Rules
from sepa.errors import KasseError, Place

Check = Callable[[Rules, OrderRow, frozenset[str]], Checked]
SEEN_AT_MOST = 2000
"""How many different texts of one column are remembered."""
_FIELDS = OrderRow._fields
_ORDER_KEY = _FIELDS.index("order_key")


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


class _Seen(dict[Any, Any]):
    """What texts of a column were read as: offices, kinds, days and towns come again and again."""

    def keep(self, text: object, value: Any) -> Any:
        """Remember a value, as long as there is room, and return it."""
        if value is not None and len(self) < SEEN_AT_MOST:
            self[text] = value
        return value


def _read(row: Row, value: Any, column: ListColumn, plain: Callable[[str], Any] | None, seen: _Seen) -> Any:
    """Return what a cell says; a text by the plain reader of its column, if that can; raises what reading raises."""
    if value.__class__ is not str:
        return column.read(row[column.key])
    read = plain(value) if plain is not None else None
    return seen.keep(value, column.read(row[column.key]) if read is None else read)


class RowReader:
    """Reads the rows of one list by a check of the ledger, and tells where their findings are in the file."""

    def __init__(self, table: Table, columns: Sequence[ListColumn], rules: Rules, check: Check) -> None:
        self.table, self.rules, self.check = table, rules, check
        known = [column for column in columns if column.key in table]
        positions = table.heading.positions
        self._columns = [(c, positions[c.key], _FIELDS.index(c.target), PLAIN.get(c.read), _Seen()) for c in known]
        self._heading = {COLUMN_OF.get(column.target, column.target): column.key for column in known}
        self._heads: dict[str, int] = {}

    def rows(self) -> Iterator[Checked]:
        """Yield every row, checked; the place of each finding has row and column as the list shows them."""
        for row in self.table:
            yield self._checked(row)

    def _checked(self, row: Row) -> Checked:
        values: list[Any] = [None] * len(_FIELDS)
        findings: list[KasseError] = list(row.findings)
        unread: list[str] = []
        cells, width = row.values, len(row.values)
        for column, position, index, plain, seen in self._columns:
            value = cells[position] if position < width else None
            read = seen.get(value) if value.__class__ is str else None
            if read is None and not blank(value):
                try:
                    read = _read(row, value, column, plain, seen)
                except KasseError as error:
                    findings.append(error)
                    unread.append(COLUMN_OF.get(column.target, column.target))
            values[index] = read
        values[0], values[1] = row.number, self._head(values[_ORDER_KEY], row.number)
        checked = self.check(self.rules, OrderRow._make(values), frozenset(unread))
        if not findings and not checked.findings:
            return checked
        return Checked(checked.row, (*findings, *self.placed(checked.findings)))

    def _head(self, order_key: str | None, number: int) -> int:
        return number if order_key is None else self._heads.setdefault(order_key, number)

    def placed(self, findings: Iterable[KasseError]) -> Iterator[KasseError]:
        """Yield the findings with file, sheet and the column's name in the list."""
        for finding in findings:
            if finding.place.file is not None:
                yield finding
                continue
            place = replace(finding.place, column=self._name(finding.place.column)).within(self.table.place)
            yield type(finding)(place=place, findings=finding.findings, **finding.fields)

    def _name(self, column: str | None) -> str | None:
        key = self._heading.get(column or "", column)
        position = self.table.heading.positions.get(key or "")
        return key if position is None else self.table.heading.names[position]


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
