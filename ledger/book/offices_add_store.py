"""Offices that join a book later: a chain of their own, a chart, and the Verrechnung with every other office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.book.chain import genesis
from ledger.book.chart import BANK, VERRECHNUNG, ChartRow, verrechnung_account, verrechnung_name
from ledger.book.chart_rules import RefusedChartError, check_chart
from ledger.book.creation import ACCOUNT_COLUMNS, check_code
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, office_codes, setting
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError


class OfficeExistsError(KasseError):
    """A code that another office has."""

    code = "office.exists"
    template = N_("there is an office {office} already: {name}")
    hint = N_("take another code; codes stand in every number and never change")


class OfficeNameError(KasseError):
    """An office without a name."""

    code = "office.name"
    template = N_("the office {office} has no name")
    hint = N_("give the name as letters show it")


@dataclass(frozen=True, slots=True)
class OfficeAdded:
    """What was made for a new office; `new` is false where it was there as asked for."""

    code: str
    name: str
    new: bool
    accounts: int = 0
    pairs: int = 0


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """An office in a list, with the entries it has so far and what others owe it over the Verrechnung."""

    code: str
    name: str
    kasse: bool
    accounts: int
    entries: int
    between_cents: int


_COPIED = """SELECT number, name, kind, role FROM account WHERE office = :like AND closed_on IS NULL
             AND (role IS NULL OR role NOT IN (:bank, :between)) ORDER BY number"""
_LIST = """
    SELECT o.code, o.name, o.is_kasse, (SELECT count(*) FROM account a WHERE a.office = o.code), h.position,
        coalesce((SELECT sum(m.debit_cents - m.credit_cents) FROM month_balance m
            JOIN account a ON a.office = m.office AND a.number = m.account
            WHERE m.office = o.code AND a.role = :role), 0)
    FROM office o JOIN head h ON h.office = o.code ORDER BY o.code"""


def list_offices(store: Store) -> list[OfficeLine]:
    """Return the offices of the book by code."""
    return [
        OfficeLine(code, name, bool(kasse), accounts, entries, int(cents))
        for code, name, kasse, accounts, entries, cents in store.rows(_LIST, role=VERRECHNUNG)
    ]


def add_office(
    store: Store, code: str, name: str, *, day: str, like: str | None = None, rows: Sequence[ChartRow] = ()
) -> OfficeAdded:
    """Add an office from a day on with the chart of `rows`, else with that of the office `like`, else the Kasse's.

    Every other office gets the Verrechnung account with it, and it theirs; the same once more is nothing new. Needs
    the role admin in all offices. Raises `InvalidOfficeError`, `OfficeNameError`, `OfficeExistsError`,
    `RefusedChartError`, `UnknownOfficeError`, `NotAllowedError`.
    """
    check_code(code)
    check_office(store, like)
    if not name.strip():
        raise OfficeNameError(office=code)
    if findings := check_chart(rows, whole=True) if rows else []:
        raise RefusedChartError(count=len(findings), findings=tuple(findings))
    others = office_codes(store)
    with store.unit(others):
        for office in (*others, code):
            require(store, office, "admin")
        old = store.value("SELECT name FROM office WHERE code = :code", code=code)
        if old == name:
            return OfficeAdded(code, name, new=False)
        if old is not None:
            raise OfficeExistsError(office=code, name=old)
        return _make(store, code, name, day, list(_chart(store, rows, like)))


def _chart(store: Store, rows: Sequence[ChartRow], like: str | None) -> Iterator[Row]:
    if rows:
        yield from ((row.number, row.name, row.kind, row.role) for row in rows)
    else:
        yield from store.rows(_COPIED, like=like or kasse_office(store), bank=BANK, between=VERRECHNUNG)


def _make(store: Store, code: str, name: str, day: str, chart: Sequence[Row]) -> OfficeAdded:
    others = store.all("SELECT code, name FROM office ORDER BY code")
    start = genesis(setting(store, "book_id"), code)
    store.insert_one("office", code=code, name=name, is_kasse=0, genesis=start)
    store.insert_one("head", office=code, position=0, hash=start, event_position=0, event_hash=start)
    store.locked = tuple(sorted((*store.locked, code)))  # its head is ours until the unit ends
    accounts = [(code, *row, day) for row in chart]
    for other, other_name in others:
        accounts.append((code, verrechnung_account(other), verrechnung_name(other_name), "asset", VERRECHNUNG, day))
        accounts.append((other, verrechnung_account(code), verrechnung_name(name), "asset", VERRECHNUNG, day))
    store.insert("account", ACCOUNT_COLUMNS, accounts)
    for other, _ in others:
        number = verrechnung_account(code)
        known: dict[str, Fact] = {"name": name, "role": VERRECHNUNG, "day": day}
        record(store, other, "account.added", f"account:{number}", known | seal(store, ("account", other, number)))
    own = [("account", code, number) for office, number, *_ in accounts if office == code]
    facts: dict[str, Fact] = {"accounts": len(chart), "pairs": len(others), "day": day, "name": name}
    facts |= seal(store, ("office", code), *own)
    record(store, kasse_office(store), "office.add", f"office:{code}", facts)
    return OfficeAdded(code, name, new=True, accounts=len(chart), pairs=len(others))
