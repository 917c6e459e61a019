"""The sheet of an account: every line on it between two days, with what it held before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.book.entry import UnknownAccountError
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.reports.balances_store import trial_balance
from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class SheetHead:
    """An account between two days, both included; the balances are debit positive."""

    office: str
    number: str
    name: str
    first: str
    last: str
    opening_cents: int
    debit_cents: int
    credit_cents: int
    closing_cents: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One posting on the account; `balance_cents` is what the account held after it."""

    day: str
    entry: str
    kind: str
    text: str | None
    item: int | None
    reference: str | None
    party: str | None
    debit_cents: int | None
    credit_cents: int | None
    balance_cents: int


_LINES = """
    SELECT e.posting_day, e.year, e.number, e.kind, t.text, p.item, i.reference, y.name, p.cents
    FROM posting p
    JOIN entry e ON e.office = p.office AND e.position = p.position
    LEFT JOIN entry_text t ON t.office = p.office AND t.position = p.position
    LEFT JOIN item i ON i.office = p.office AND i.id = p.item
    LEFT JOIN party y ON y.id = i.party
    WHERE p.office = :office AND p.account = :account AND e.posting_day >= :first AND e.posting_day <= :last
    AND NOT (e.kind = 'closing' AND e.posting_day = :last)
    ORDER BY e.posting_day, CASE e.kind WHEN 'closing' THEN 1 ELSE 0 END, p.position, p.line"""


def account_sheet(store: Store, number: str, first: str, last: str, *, office: str | None = None) -> SheetHead:
    """Return the account with its balances before `first` and after `last`; without an office that of the Kasse.

    Raises `UnknownOfficeError`, `UnknownAccountError`.
    """
    check_office(store, office)
    code = office or kasse_office(store)
    row = store.one("SELECT name FROM account WHERE office = :office AND number = :number", office=code, number=number)
    if row is None:
        raise UnknownAccountError(office=code, account=number)
    before = _balance(store, code, number, (date.fromisoformat(first) - timedelta(days=1)).isoformat(), closing=True)
    after = _balance(store, code, number, last)
    debit, credit = after[0] - before[0], after[1] - before[1]
    return SheetHead(code, number, row[0], first, last, before[0] - before[1], debit, credit, after[0] - after[1])


def _balance(store: Store, office: str, number: str, day: str, *, closing: bool = False) -> tuple[int, int]:
    accounts = trial_balance(store, day, office=office, closing=closing).accounts
    return next(((a.debit_cents, a.credit_cents) for a in accounts if a.number == number), (0, 0))


def sheet_lines(store: Store, head: SheetHead) -> Iterator[SheetLine]:
    """Yield the lines of the sheet by day in constant memory; inside `snapshot` or a unit."""
    balance = head.opening_cents
    where = {"office": head.office, "account": head.number, "first": head.first, "last": head.last}
    for day, year, number, kind, text, item, reference, party, cents in store.stream(_LINES, **where):
        balance += cents
        debit, credit = (cents, None) if cents > 0 else (None, -cents)
        name = f"{head.office}-{year}-{number}"
        yield SheetLine(day, name, kind, text, item, reference, party, debit, credit, balance)
