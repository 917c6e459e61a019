"""A take-over from its lists: balances, items and the further lists as parts, tried, drafted or signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from enforcement.opening_events_store import EVENTS as EVENT_PART
from enforcement.opening_plans_store import plans
from kasse_cli import opening_columns as lists_of
from kasse_cli.mandate_lists import given_mandates
from kasse_cli.opening_columns import BALANCE_COLUMNS
from kasse_cli.opening_lists import OpeningLists, PartReader
from kasse_cli.orders_import import counted
from kasse_cli.orders_reader import RowReader
from kasse_cli.progress import progress
from kasse_cli.spreadsheets import Row, Table
from kasse_cli.spreadsheets.cells import BlankCellError
from kasse_cli.wiring import law_profiles
from ledger.book.creation import UnknownOfficeError
from ledger.items.opening import BalanceRow, check_item
from ledger.items.opening_drafts import Drafted
from ledger.items.opening_drafts_store import draft_opening, sign_second
from ledger.items.opening_parts import Part
from ledger.items.opening_parts_store import ACCOUNTS, DEBTORS, LOCKS, PARTIES, PartKind
from ledger.items.opening_store import OpeningWishes, RefusedOpeningError
from ledger.items.order_import_store import Source
from ledger.items.orders import Checked, Rules
from ledger.items.staging_store import load_rules
from ledger.payments.opening_mandates_store import MandatePart
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.store.engines import Store

T = TypeVar("T")
Taking = Callable[["Store", Source, Rules, Sequence[BalanceRow], Iterable[Checked], OpeningWishes], T]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken over: the lists, the day, control sums by name, who signed first (0 before anyone did)."""

    lists: OpeningLists
    day: str
    controls: Mapping[str, int]
    first_by: int = 0


def run_draft(call: Call, store: Store, wanted: Wanted) -> Drafted:
    """Try the take-over and keep it as a draft, or only try it; findings have their place in the files."""
    return _run(call, store, wanted, draft_opening)


def run_second(call: Call, store: Store, wanted: Wanted) -> Drafted:
    """Sign the take-over a second time, and post it."""
    return _run(call, store, wanted, lambda *given: sign_second(*given)[0])


def _run(call: Call, store: Store, wanted: Wanted, taking: Taking[Drafted]) -> Drafted:
    """Read the lists and take them over by `taking`; what reading them noticed is among the findings."""
    rules = load_rules(store, wanted.day, law_profiles(store))
    findings: list[KasseError] = []
    balances = list(_balances(wanted.lists.table(lists_of.BALANCES), rules, findings))
    if findings:
        raise RefusedOpeningError(count=len(findings), findings=tuple(findings))
    tables: list[Table] = []
    parts = tuple(_parts(wanted, tables))
    wishes = OpeningWishes(wanted.day, wanted.controls, call.dry_run, parts=parts)
    source = wanted.lists.source
    if lists_of.ITEMS.key not in wanted.lists.files:
        done = taking(store, source, rules, balances, (), wishes)
    else:
        reader = RowReader(wanted.lists.table(lists_of.ITEMS), lists_of.ITEMS.columns, rules, check_item)
        tables.append(reader.table)
        with progress(N_("rows read"), quiet=call.quiet) as step:
            rows: Iterator[Checked] = counted(reader.rows(), step)
            done = taking(store, source, rules, balances, rows, replace(wishes, placed=reader.placed))
    noticed = [finding for table in tables for finding in table.findings]
    return replace(done, findings=(*noticed, *done.findings))


def _parts(wanted: Wanted, tables: list[Table]) -> Iterator[Part]:
    """Yield the further lists that are there, in the order in which they are written."""
    staged: tuple[tuple[lists_of.ListKind, PartKind], ...] = (
        (lists_of.PARTIES, PARTIES), (lists_of.ACCOUNTS, ACCOUNTS), (lists_of.DEBTORS, DEBTORS),
        (lists_of.LOCKS, LOCKS), (lists_of.EVENTS, EVENT_PART), (lists_of.PLANS, plans(wanted.first_by)),
    )  # fmt: skip
    for kind, part in staged:
        if kind.key in wanted.lists.files:
            reader = PartReader(wanted.lists.table(kind), kind, part.shape)
            tables.append(reader.table)
            yield part.part(reader.rows(), wanted.day, reader.placed)
    if lists_of.MANDATES.key in wanted.lists.files:
        table = wanted.lists.table(lists_of.MANDATES)
        tables.append(table)
        yield MandatePart(given_mandates(table))


def _balances(table: Table, rules: Rules, findings: list[KasseError]) -> Iterator[BalanceRow]:
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
