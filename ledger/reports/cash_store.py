"""The cash position: what came in and went out of bank accounts and cash desks by day, beside bank and count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.book.closing_store import statements
from ledger.cash.desks import Desk
from ledger.cash.desks_reader import balance_on, desks
from ledger.reports.balances_store import BankBalance, bank_balances
from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class CashDay:
    """A bank account on a day on which something moved or a statement ended.

    `bank_cents` is the closing balance of the day's statement, None where there is none; `difference_cents` is what the
    books hold beyond it (late entries, what waits to be posted).
    """

    iban: str
    name: str
    day: str
    opening_cents: int
    in_cents: int
    out_cents: int
    closing_cents: int
    bank_cents: int | None
    difference_cents: int | None


@dataclass(frozen=True, slots=True)
class DeskDay:
    """A cash desk or imprest fund on a day on which something moved or was counted; the last day where nothing was.

    `counted_cents` is what the last signed count of the day found, None where nobody counted.
    """

    desk: str
    name: str
    kind: str
    day: str
    opening_cents: int
    in_cents: int
    out_cents: int
    closing_cents: int
    counted_cents: int | None


# SQLite joins what is CROSS JOINed in the order written: from the few days by their index, never from all postings
_MOVED = """
    SELECT b.iban, e.posting_day, sum(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END),
           sum(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END)
    FROM office o CROSS JOIN entry e CROSS JOIN posting p CROSS JOIN bank_account b
    WHERE e.office = o.code AND e.posting_day >= :first AND e.posting_day <= :last
      AND p.office = e.office AND p.position = e.position AND b.office = p.office AND b.account = p.account
      AND o.code IN (SELECT office FROM bank_account)
    GROUP BY b.iban, e.posting_day"""
_CASH_MOVED = """
    SELECT d.code, e.posting_day, sum(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END),
           sum(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END)
    FROM cash_desk d CROSS JOIN entry e CROSS JOIN posting p
    WHERE e.office = d.office AND e.posting_day >= :first AND e.posting_day <= :last
      AND p.office = e.office AND p.position = e.position AND p.account = d.account
    GROUP BY d.code, e.posting_day"""
_COUNTED = """
    SELECT desk, day, counted_cents FROM cash_count
    WHERE day >= :first AND day <= :last AND confirmed_by IS NOT NULL ORDER BY desk, number"""


def cash_position(store: Store, first: str, last: str) -> tuple[CashDay, ...]:
    """Return the days of every bank account between two days, both included, by IBAN and day."""
    with store.snapshot():
        before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
        opening = {own.iban: own.balance_cents for own in bank_balances(store, before)}
        moved = {(iban, day): (int(came), int(went)) for iban, day, came, went in _rows(store, _MOVED, first, last)}
        told = {key: balance.cents for key, balance in statements(store, first, last).items()}
        return tuple(
            line for own in bank_balances(store, last) for line in _days(own, opening.get(own.iban, 0), moved, told)
        )


def desk_position(store: Store, first: str, last: str) -> tuple[DeskDay, ...]:
    """Return the days of every cash desk and fund open between two days, both included, by code and day."""
    with store.snapshot():
        moved = {
            (desk, day): (int(came), int(went)) for desk, day, came, went in _rows(store, _CASH_MOVED, first, last)
        }
        counted = {(desk, day): int(cents) for desk, day, cents in store.rows(_COUNTED, first=first, last=last)}
        before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
        return tuple(
            line
            for desk in desks(store, last, every=True)
            if desk.opened_on <= last and (desk.closed_on is None or desk.closed_on > first)
            for line in _desk_days(desk, last, balance_on(store, desk, before), moved, counted)
        )


def _desk_days(
    desk: Desk,
    last: str,
    balance: int,
    moved: dict[tuple[str, str], tuple[int, int]],
    counted: dict[tuple[str, str], int],
) -> Iterator[DeskDay]:
    for day in sorted({day for code, day in (*moved, *counted) if code == desk.code}) or [last]:
        came, went = moved.get((desk.code, day), (0, 0))
        opening, balance = balance, balance + came - went
        count = counted.get((desk.code, day))
        yield DeskDay(desk.code, desk.name, desk.kind, day, opening, came, went, balance, count)


def _rows(store: Store, sql: str, first: str, last: str) -> Iterator[tuple[str, str, int, int]]:
    for row in store.rows(sql, first=first, last=last):
        yield row[0], row[1], row[2], row[3]


def _days(
    own: BankBalance, balance: int, moved: dict[tuple[str, str], tuple[int, int]], told: dict[tuple[str, str], int]
) -> Iterator[CashDay]:
    for day in sorted({day for iban, day in (*moved, *told) if iban == own.iban}):
        came, went = moved.get((own.iban, day), (0, 0))
        opening, balance = balance, balance + came - went
        bank = told.get((own.iban, day))
        difference = None if bank is None else balance - bank
        yield CashDay(own.iban, own.name, day, opening, came, went, balance, bank, difference)
