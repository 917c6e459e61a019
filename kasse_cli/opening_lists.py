"""The lists of a take-over as files: one workbook with a sheet for each, or a folder with a file for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.opening_columns import BALANCES, KINDS, ListKind
from kasse_cli.orders_columns import FIELDS
from kasse_cli.orders_import import chosen_file
from kasse_cli.orders_reader import ListFile
from kasse_cli.spreadsheets import Row, Table
from kasse_cli.spreadsheets.cells import BlankCellError
from kasse_cli.spreadsheets.sources import open_source
from kasse_cli.spreadsheets.workbooks import sheet_names
from ledger.items.order_import_store import Source
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Call

ENDINGS = (".xlsx", ".ods", ".xls", ".csv")


class ListMissingError(KasseError):
    """A folder or a workbook without the list."""

    code = "opening.list_missing"
    template = N_("{folder} holds no list {name}")
    hint = N_("add {name}.xlsx, {name}.csv or a sheet {name}; 'kasse opening template' makes empty ones")


class TwoListsError(KasseError):
    """The same list twice."""

    code = "opening.list_twice"
    template = N_("there are two lists {name}: {files}")
    hint = N_("keep one of them")


@dataclass(frozen=True, slots=True)
class OpeningLists:
    """The lists of a take-over that are there, with the hash of all of them."""

    files: dict[str, ListFile]
    source: Source

    def table(self, kind: ListKind) -> Table:
        """Return a list with its columns found; raises what reading it raises."""
        return self.files[kind.key].open(kind.columns, kind.needed)


def opened_lists(call: Call, path: Path) -> OpeningLists:
    """Return the lists of a folder or of a workbook.

    Raises `ListMissingError`, `TwoListsError` and what reading them raises.
    """
    found = _workbook(call, path) if path.is_file() else _folder(call, path)
    if BALANCES.key not in found.files:
        raise ListMissingError(folder=str(path), name=BALANCES.key)
    return found


def _workbook(call: Call, path: Path) -> OpeningLists:
    file, source = chosen_file(call, path)
    names = sheet_names(open_source(path))
    files = {}
    for kind in KINDS:
        sheets = [name for name in names if name.strip().lower() in kind.names]
        if len(sheets) > 1:
            raise TwoListsError(name=kind.key, files=", ".join(sheets))
        if sheets:
            files[kind.key] = replace(file, sheet=sheets[0])
    return OpeningLists(files, source)


def _folder(call: Call, folder: Path) -> OpeningLists:
    files, digests, size = {}, [], 0
    for kind in KINDS:
        path = _find(folder, kind)
        if path is not None:
            files[kind.key], source = chosen_file(call, path)
            digests.append(f"{kind.key}:{source.sha256}")
            size += source.size_bytes
    whole = sha256(" ".join(digests).encode()).hexdigest()
    return OpeningLists(files, Source(folder.name, whole, size))


def _find(folder: Path, kind: ListKind) -> Path | None:
    found = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.stem.lower() in kind.names and path.suffix.lower() in ENDINGS
    ]
    if len(found) > 1:
        raise TwoListsError(name=kind.key, files=", ".join(sorted(path.name for path in found)))
    return found[0] if found else None


class PartReader:
    """Reads the rows of one further list as the tuples of its shape, and tells where findings are in the file."""

    def __init__(self, table: Table, kind: ListKind, shape: type[Any]) -> None:
        self.table, self.shape = table, shape
        self._columns = [
            (column, column.key if column.key in shape._fields else FIELDS.get(column.key, f"{column.key}_cents"))
            for column in kind.columns
        ]
        self._needed = frozenset(kind.needed)
        self._heading = {field: column.key for column, field in self._columns}

    def rows(self) -> Iterator[tuple[Any, tuple[KasseError, ...]]]:
        """Yield every row with what is wrong with its cells."""
        for row in self.table:
            yield self._read(row)

    def _read(self, row: Row) -> tuple[Any, tuple[KasseError, ...]]:
        values: dict[str, Any] = {}
        findings: list[KasseError] = list(row.findings)
        for column, field in self._columns:
            cell = row[column.key]
            try:
                if not cell.empty:
                    values[field] = column.read(cell)
                elif column.key in self._needed:
                    raise BlankCellError(place=cell.place)
            except KasseError as error:
                findings.append(error if error.place.row is not None else error.at(cell.place))
        return self.shape(row.number, **values), tuple(findings)

    def placed(self, findings: Iterable[KasseError]) -> Iterator[KasseError]:
        """Yield the findings with file, sheet and the column's name in the list."""
        for finding in findings:
            if finding.place.file is not None:
                yield finding
                continue
            place = replace(finding.place, column=self._name(finding.place.column)).within(self.table.place)
            yield type(finding)(place=place, findings=finding.findings, **finding.fields)

    def _name(self, field: str | None) -> str | None:
        key = self._heading.get(field or "", field)
        position = self.table.heading.positions.get(key or "")
        return key if position is None else self.table.heading.names[position]
