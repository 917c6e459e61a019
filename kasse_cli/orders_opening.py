"""A folder with opening balances and open items: which files it holds, their rows, their hash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.orders_columns import BALANCE_COLUMNS, BALANCE_NEEDED, ITEM_COLUMNS, ITEM_NEEDED
from kasse_cli.orders_import import chosen_file, counted
from kasse_cli.orders_reader import ListFile, RowReader
from kasse_cli.progress import progress
from kasse_cli.spreadsheets import Row
from kasse_cli.spreadsheets.cells import BlankCellError
from ledger.book.creation import UnknownOfficeError
from ledger.items.opening import BalanceRow, check_item
from ledger.items.opening_store import Opening, OpeningWishes, RefusedOpeningError, import_opening
from ledger.items.order_import_store import Source
from ledger.items.orders import Checked, Rules
from ledger.items.staging_store import load_rules
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.store.engines import Store

ENDINGS = (".xlsx", ".ods", ".xls", ".csv")
BALANCES, ITEMS = ("balances", "salden"), ("items", "posten")


class ListMissingError(KasseError):
    """A folder without the list."""

    code = "opening.list_missing"
    template = N_("the folder {folder} holds no list {name}")
    hint = N_("put {name}.xlsx or {name}.csv into it; 'kasse opening template FOLDER' makes empty ones")


class TwoListsError(KasseError):
    """A folder with the same list twice."""

    code = "opening.list_twice"
    template = N_("the folder holds the list {name} twice: {files}")
    hint = N_("leave one of them in the folder")


@dataclass(frozen=True, slots=True)
class OpeningFolder:
    """The lists of a folder with their hash; there may be no items."""

    balances: ListFile
    items: ListFile | None
    source: Source


def opened_folder(call: Call, folder: Path) -> OpeningFolder:
    """Return the lists of the folder.

    Raises `ListMissingError`, `TwoListsError` and what the lists' reading raises.
    """
    balances = _find(folder, BALANCES)
    if balances is None:
        raise ListMissingError(folder=str(folder), name=BALANCES[0])
    items = _find(folder, ITEMS)
    balance_list, balance_source = chosen_file(call, balances)
    item_list, item_source = chosen_file(call, items) if items else (None, None)
    digests = f"{balance_source.sha256} {item_source.sha256 if item_source else ''}"
    size = balance_source.size_bytes + (item_source.size_bytes if item_source else 0)
    return OpeningFolder(balance_list, item_list, Source(folder.name, sha256(digests.encode()).hexdigest(), size))


def _find(folder: Path, names: tuple[str, ...]) -> Path | None:
    found = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.stem.lower() in names and path.suffix.lower() in ENDINGS
    ]
    if len(found) > 1:
        raise TwoListsError(name=names[0], files=", ".join(sorted(path.name for path in found)))
    return found[0] if found else None


def run_opening(call: Call, store: Store, folder: OpeningFolder, day: str, controls: Mapping[str, int]) -> Opening:
    """Take the folder over as of the day and return what became of it; findings have their place in the files."""
    rules = load_rules(store, day)
    findings: list[KasseError] = []
    balances = list(_balances(folder.balances, rules, findings))
    if findings:
        raise RefusedOpeningError(count=len(findings), findings=tuple(findings))
    if folder.items is None:
        wishes = OpeningWishes(day, controls, call.dry_run)
        return import_opening(store, folder.source, rules, balances, (), wishes)
    table = folder.items.open(ITEM_COLUMNS, ITEM_NEEDED)
    reader = RowReader(table, ITEM_COLUMNS, rules, check_item)
    wishes = OpeningWishes(day, controls, call.dry_run, placed=reader.placed)
    with progress(N_("rows read"), quiet=call.quiet) as step:
        rows: Iterator[Checked] = counted(reader.rows(), step)
        done = import_opening(store, folder.source, rules, balances, rows, wishes)
    return replace(done, findings=(*table.findings, *done.findings)) if done.new else done


def _balances(file: ListFile, rules: Rules, findings: list[KasseError]) -> Iterator[BalanceRow]:
    table = file.open(BALANCE_COLUMNS, BALANCE_NEEDED)
    for row in table:
        balance = _balance(row, rules, findings)
        if balance is not None:
            yield balance


def _balance(row: Row, rules: Rules, findings: list[KasseError]) -> BalanceRow | None:
    faults: list[KasseError] = [finding for finding in row.findings if finding.severity == "error"]
    values = {}
    for column in BALANCE_COLUMNS:
        try:
            if row[column.key].empty:
                raise BlankCellError(place=row[column.key].place)
            values[column.key] = column.read(row[column.key])
        except KasseError as error:
            faults.append(error)
    office = values.get("office")
    if office is not None and office not in rules.offices:
        faults.append(UnknownOfficeError(office=office, offices=", ".join(rules.offices), place=row["office"].place))
    findings += faults
    if faults:
        return None
    account = _account(values["account"], rules)
    return BalanceRow(values["office"], account, values["amount"], row["account"].place)


def _account(text: str, rules: Rules) -> str:
    """Return the number of the account, which may be given as the IBAN of a bank account."""
    return rules.banks.get("".join(text.split()).upper(), ("", text))[1]
