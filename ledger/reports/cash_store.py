"""The cash position: what came in and went out of each bank account day by day, beside what the bank says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.book.closing_store import statements
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


# SQLite joins what is CROSS JOINed in the order written: from the few days by their index, never from all postings
_MOVED = """
    SELECT b.iban, e.posting_day, sum(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END),
           sum(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END)
    FROM office o CROSS JOIN entry e CROSS JOIN posting p CROSS JOIN bank_account b
    WHERE e.office = o.code AND e.posting_day >= :first AND e.posting_day <= :last
      AND p.office = e.office AND p.position = e.position AND b.office = p.office AND b.account = p.account
      AND o.code IN (SELECT office FROM bank_account)
    GROUP BY b.iban, e.posting_day"""


def cash_position(store: Store, first: str, last: str) -> tuple[CashDay, ...]:
    """Return the days of every bank account between two days, both included, by IBAN and day."""
    with store.snapshot():
        before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
        opening = {own.iban: own.balance_cents for own in bank_balances(store, before)}
        moved = {(iban, day): (int(came), int(went)) for iban, day, came, went in _rows(store, first, last)}
        told = {key: balance.cents for key, balance in statements(store, first, last).items()}
        return tuple(
            line for own in bank_balances(store, last) for line in _days(own, opening.get(own.iban, 0), moved, told)
        )


def _rows(store: Store, first: str, last: str) -> Iterator[tuple[str, str, int, int]]:
    for row in store.rows(_MOVED, first=first, last=last):
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
