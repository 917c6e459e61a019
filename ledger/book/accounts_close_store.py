"""Closing accounts: from a day on nothing is posted to them, and nothing that is open is lost sight of."""

from __future__ import annotations

from typing import Any

from ledger.book.accounts import (
    CLOSED,
    AccountBalanceError,
    AccountChange,
    AccountChanges,
    AccountClosedError,
    AccountCodedError,
    AccountItemsError,
    AccountLaterError,
    AccountLine,
    AccountOfBankError,
    AccountOrderedError,
    NeededAccountError,
)
from ledger.book.accounts_store import KEEPERS, accounts_of, coded_words, offices_with
from ledger.book.chart import BANK, ROLES, VERRECHNUNG
from ledger.book.offices_store import check_office
from ledger.book.store import office_codes
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.items.orders import order_number
from ledger.people.users import require
from ledger.store.engines import Store

YEARLY = ("income", "expense", "statistic")
"""Kinds of accounts whose balance the closing of the year clears: they may hold one when they close with it."""
_BALANCE = """SELECT coalesce(sum(debit_cents - credit_cents), 0) FROM month_balance
              WHERE office = :office AND account = :number"""
_LAST = """SELECT max(e.posting_day) FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
           WHERE p.office = :office AND p.account = :number AND e.posting_day >= :day"""
_OPEN = "SELECT count(*) FROM item WHERE office = :office AND account = :number AND open_cents > 0"

_ORDERED = """
    SELECT o.id FROM cash_order o JOIN cash_order_line l ON l.office = o.office AND l.order_id = o.id
    LEFT JOIN standing_order s ON s.office = o.office AND s.order_id = o.id
    LEFT JOIN general_order g ON g.office = o.office AND g.order_id = o.id
    WHERE o.office = :office AND l.gl_account = :number AND o.act IN ('standing', 'general') AND o.state <> 'objected'
    AND coalesce(s.ended_on, g.ended_on, :day) >= :day AND coalesce(s.last_due, :day) >= :day
    ORDER BY o.id LIMIT 1"""


def close_account(store: Store, number: str, *, day: str, office: str | None = None) -> AccountChanges:
    """Close an account from a day on, in an office or in every one that has it; it is never opened again.

    A balance account must be cleared, an income or expense account with a balance closes with the year. Needs the role
    head or admin. Raises `UnknownAccountError`, `AccountBalanceError`, `AccountItemsError`, `AccountLaterError`,
    `AccountCodedError`, `AccountOrderedError`, `AccountOfBankError`, `AccountClosedError`, `NeededAccountError`,
    `NotAllowedError`.
    """
    check_office(store, office)
    with store.unit(office_codes(store)):
        changes, holders = [], offices_with(store, number, office)
        for code in holders:
            require(store, code, *KEEPERS)
            account = accounts_of(store, code)[number]
            if account.closed_on == day:
                continue
            _check(store, account, day)
            sql = "UPDATE account SET closed_on = CAST(:day AS TEXT) WHERE office = :office AND number = :number"
            store.execute(sql, day=day, office=code, number=number)
            facts: dict[str, Fact] = {"day": day, "role": account.role}
            record(store, code, "account.closed", f"account:{number}", facts | seal(store, ("account", code, number)))
            changes.append(AccountChange(code, number, account.name, CLOSED, role=account.role))
    return AccountChanges(day, tuple(changes), len(holders) - len(changes))


def _check(store: Store, account: AccountLine, day: str) -> None:
    where: dict[str, Any] = {"office": account.office, "number": account.number}
    if account.closed_on is not None:
        raise AccountClosedError(**where, day=account.closed_on)
    if account.role in (BANK, VERRECHNUNG):
        raise AccountOfBankError(**where)
    for word in coded_words(store).get((account.number, account.office), ()):
        raise AccountCodedError(word=word, number=account.number)
    if order := store.value(_ORDERED, **where, day=day):
        raise AccountOrderedError(**where, order=order_number(account.office, int(order)), day=day)
    _check_role(store, account)
    if count := store.value(_OPEN, **where):
        raise AccountItemsError(**where, count=int(count))
    if last := store.value(_LAST, **where, day=day):
        raise AccountLaterError(**where, last=last)
    with_year = account.kind in YEARLY and day.endswith("-01-01")
    if not with_year and (cents := store.value(_BALANCE, **where)):
        raise AccountBalanceError(**where, day=day, balance_cents=int(cents))


def _check_role(store: Store, account: AccountLine) -> None:
    known = ROLES.get(account.role or "")
    if known is None or not known.needed:
        return
    others = [n for n, row in accounts_of(store, account.office).items() if _serves(row, account.role, account.number)]
    if not others:
        raise NeededAccountError(number=account.number, office=account.office, role=account.role or "")


def _serves(row: AccountLine, role: str | None, number: str) -> bool:
    return row.role == role and row.number != number and row.closed_on is None
