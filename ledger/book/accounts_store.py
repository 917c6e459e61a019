"""Accounts in the book: opened, renamed, closed, listed; a chart imported into offices that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger.book.accounts import (
    ADDED,
    CHANGED,
    RENAMED,
    AccountChange,
    AccountChanges,
    AccountClosedError,
    AccountExistsError,
    AccountLine,
    ProtectedAccountError,
)
from ledger.book.chart import BANK, ORDER_KINDS, VERRECHNUNG, ChartRow
from ledger.book.chart_rules import RefusedChartError, check_chart, check_name, check_row, missing_roles
from ledger.book.entry import UnknownAccountError
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, office_codes
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import KasseError

KEEPERS = ("head", "admin")
"""Roles that keep the chart of accounts (Kontierungsrichtlinie, § 71 (2) LHO)."""
_CODED = "SELECT key, value FROM setting WHERE key LIKE 'default_account:%' OR key LIKE 'profile_account:%'"
_LIST = """
    SELECT office, number, name, kind, role, opened_on, closed_on FROM account
    WHERE (CAST(:office AS TEXT) IS NULL OR office = :office) AND (CAST(:role AS TEXT) IS NULL OR role = :role)
    AND (:every = 1 OR closed_on IS NULL OR closed_on > :day) ORDER BY office, number"""


def list_accounts(
    store: Store, day: str, *, office: str | None = None, role: str | None = None, every: bool = False
) -> list[AccountLine]:
    """Return the accounts that are not closed on the day, or `every` one, by office and number.

    Raises `UnknownOfficeError`.
    """
    check_office(store, office)
    coded = coded_words(store)
    return [
        AccountLine(code, number, name, kind, use, ", ".join(coded.get((number, code), ())), opened, closed)
        for code, number, name, kind, use, opened, closed in store.rows(
            _LIST, office=office, role=role, every=int(every), day=day
        )
    ]


def coded_words(store: Store) -> dict[tuple[str, str], list[str]]:
    """Return for each account, by number and office, the orders that are coded to it where nothing is said."""
    offices, found = office_codes(store), dict[tuple[str, str], list[str]]()
    for key, number in store.all(_CODED):
        word, _, only = key.partition(":")[2].partition(":")
        for office in (only,) if only else offices:
            found.setdefault((number, office), []).append(word)
    return {key: sorted(words) for key, words in found.items()}


def import_chart(store: Store, rows: Sequence[ChartRow], *, day: str, office: str | None = None) -> AccountChanges:
    """Open the accounts of a list that an office, or every office, lacks; take over names and default coding.

    Whole or not at all; accounts that are not in the list stay as they are. Needs the role head or admin. Raises
    `RefusedChartError` with the findings, `UnknownOfficeError`, `NotAllowedError`.
    """
    check_office(store, office)
    with store.unit(office_codes(store)):
        offices = (office,) if office else office_codes(store)
        for code in offices:
            require(store, code, *KEEPERS)
        findings = check_chart(rows, whole=False)
        parts = [_merged(store, code, rows, day, findings) for code in offices]
        if findings:
            raise RefusedChartError(count=len(findings), findings=tuple(findings))
        changes = tuple(change for part in parts for change in part)
        _write(store, {row.number: row for row in rows}, changes, day)
        if office is None:
            _code(store, rows)
        given = {row.number for row in rows}
        others = sum(number not in given for code in offices for number in _charted(store, code))
    return AccountChanges(day, changes, len(offices) * len(rows) - len(changes), others)


def add_account(store: Store, row: ChartRow, *, day: str, office: str | None = None) -> AccountChanges:
    """Open an account from a day on, in an office or in every one; one that is there as asked for is nothing new.

    Needs the role head or admin. Raises `AccountExistsError`, what `check_row` finds, `UnknownOfficeError`,
    `NotAllowedError`.
    """
    check_office(store, office)
    for finding in check_row(row):
        raise finding
    with store.unit(office_codes(store)):
        offices = (office,) if office else office_codes(store)
        for code in offices:
            require(store, code, *KEEPERS)
        changes = tuple(change for code in offices for change in _added(store, code, row))
        _write(store, {row.number: row}, changes, day)
    return AccountChanges(day, changes, len(offices) - len(changes))


def rename_account(store: Store, number: str, name: str, *, day: str, office: str | None = None) -> AccountChanges:
    """Give an account another name, in an office or in every one that has it; numbers and entries stay.

    Needs the role head or admin. Raises `UnknownAccountError`, `AccountNameError`, `NotAllowedError`.
    """
    check_office(store, office)
    for finding in check_name(ChartRow(number, name, "")):
        raise finding
    with store.unit(office_codes(store)):
        holders = offices_with(store, number, office)
        for code in holders:
            require(store, code, *KEEPERS)
        known = {code: accounts_of(store, code)[number] for code in holders}
        changes = tuple(
            AccountChange(code, number, name, RENAMED, row.name, row.role)
            for code, row in known.items()
            if row.name != name
        )
        _write(store, {number: ChartRow(number, name, "")}, changes, day)
    return AccountChanges(day, changes, len(holders) - len(changes))


def offices_with(store: Store, number: str, office: str | None) -> list[str]:
    """Return the offices, or the one given, that have the account.

    Raises `UnknownAccountError`.
    """
    sql = """SELECT office FROM account WHERE number = :number
             AND (CAST(:office AS TEXT) IS NULL OR office = :office) ORDER BY office"""
    found = [code for (code,) in store.rows(sql, number=number, office=office)]
    if not found:
        raise UnknownAccountError(office=office or kasse_office(store), account=number)
    return found


def accounts_of(store: Store, office: str) -> dict[str, AccountLine]:
    """Return the accounts of an office by number, closed ones too."""
    rows = store.rows(_LIST, office=office, role=None, every=1, day="")
    return {
        number: AccountLine(code, number, name, kind, role, "", opened, closed)
        for code, number, name, kind, role, opened, closed in rows
    }


def _charted(store: Store, office: str) -> list[str]:
    """Return the numbers of an office that a chart can hold."""
    return [n for n, row in accounts_of(store, office).items() if row.role not in (BANK, VERRECHNUNG)]


def _merged(
    store: Store, office: str, rows: Sequence[ChartRow], day: str, findings: list[KasseError]
) -> list[AccountChange]:
    """Return what a list changes in an office; what it may not change is added to the findings."""
    known = accounts_of(store, office)
    changes = []
    for row in rows:
        old = known.get(row.number)
        if old is None:
            changes.append(AccountChange(office, row.number, row.name, ADDED, role=row.role))
            continue
        findings += _refused(store, old, row, day)
        if (old.kind, old.role) != (row.kind, row.role):
            before = f"{old.kind} {old.role or ''}".strip()
            changes.append(AccountChange(office, row.number, row.name, CHANGED, before, row.role))
        elif old.name != row.name:
            changes.append(AccountChange(office, row.number, row.name, RENAMED, old.name, row.role))
    after = {number: row.role for number, row in known.items() if row.closed_on is None}
    after |= {row.number: row.role for row in rows}
    findings += missing_roles({role for role in after.values() if role})
    return changes


def _refused(store: Store, old: AccountLine, row: ChartRow, day: str) -> Iterator[KasseError]:
    if old.closed_on is not None and old.closed_on <= day:
        yield AccountClosedError(number=old.number, office=old.office, day=old.closed_on, place=row.place)
    if (old.kind, old.role) != (row.kind, row.role) and _has_entries(store, old):
        yield ProtectedAccountError(
            number=old.number, office=old.office, kind=old.kind, role=old.role or "–", place=row.place
        )


def _has_entries(store: Store, account: AccountLine) -> bool:
    where = {"office": account.office, "number": account.number}
    posted = "SELECT 1 FROM month_balance WHERE office = :office AND account = :number"
    held = "SELECT 1 FROM item WHERE office = :office AND account = :number"
    return store.value(f"{posted} UNION ALL {held}", **where) is not None


def _added(store: Store, office: str, row: ChartRow) -> Iterator[AccountChange]:
    old = accounts_of(store, office).get(row.number)
    if old is None:
        yield AccountChange(office, row.number, row.name, ADDED, role=row.role)
    elif (old.name, old.kind, old.role, old.closed_on) != (row.name, row.kind, row.role, None):
        raise AccountExistsError(office=office, number=row.number, name=old.name)


def _write(store: Store, rows: Mapping[str, ChartRow], changes: Iterable[AccountChange], day: str) -> None:
    for change in changes:
        row = rows[change.number]
        where: dict[str, Any] = {"office": change.office, "number": change.number}
        if change.change == ADDED:
            store.insert_one("account", **where, name=row.name, kind=row.kind, role=row.role, opened_on=day)
        elif change.change == CHANGED:
            sql = "UPDATE account SET name = :name, kind = :kind, role = CAST(:role AS TEXT)"
            where |= {"name": row.name, "kind": row.kind, "role": row.role}
            store.execute(f"{sql} WHERE office = :office AND number = :number", **where)
        else:
            sql = "UPDATE account SET name = :name WHERE office = :office AND number = :number"
            store.execute(sql, **where, name=row.name)
        facts: dict[str, Fact] = {"name": change.name, "role": change.role, "before": change.before, "day": day}
        facts |= seal(store, ("account", change.office, change.number))
        record(store, change.office, f"account.{change.change}", f"account:{change.number}", facts)


def _code(store: Store, rows: Sequence[ChartRow]) -> None:
    """Take over which orders are coded to which account where nothing is said."""
    for row in rows:
        for word in row.coded:
            key = f"{'default' if word in ORDER_KINDS else 'profile'}_account:{word}"
            old = store.value("SELECT value FROM setting WHERE key = :key", key=key)
            if old == row.number:
                continue
            if old is None:
                store.insert_one("setting", key=key, value=row.number)
            else:
                store.execute("UPDATE setting SET value = :value WHERE key = :key", key=key, value=row.number)
            facts: dict[str, Fact] = {"word": word, "before": old, "account": row.number}
            facts |= seal(store, ("setting", key))
            record(store, kasse_office(store), "account.coded", f"account:{row.number}", facts)
