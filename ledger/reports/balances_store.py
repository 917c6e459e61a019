"""Balances of accounts at the end of any day, from the month balances and what the month holds after the day."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.book.offices_store import check_office
from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account with the debits and credits since the book began; the balance is debit positive."""

    office: str
    number: str
    name: str
    kind: str
    role: str | None
    debit_cents: int
    credit_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The accounts of the book or of one office at the end of a day; `sum_cents` of a sound book is 0."""

    day: str
    accounts: tuple[AccountBalance, ...]
    sum_cents: int


@dataclass(frozen=True, slots=True)
class BankBalance:
    """What the books say an own bank account holds at the end of a day."""

    iban: str
    name: str
    office: str
    account: str
    balance_cents: int


_TURNOVER = """
    SELECT a.office, a.number, a.name, a.kind, a.role, coalesce(sum(t.debit), 0), coalesce(sum(t.credit), 0)
    FROM account a LEFT JOIN (
        SELECT office, account, debit_cents AS debit, credit_cents AS credit FROM month_balance WHERE month <= :month
        UNION ALL
        SELECT p.office, p.account, -sum(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END),
               sum(CASE WHEN p.cents < 0 THEN p.cents ELSE 0 END)
        FROM office o
        JOIN entry e ON e.office = o.code AND e.posting_day > :day AND e.posting_day <= :month_end
        JOIN posting p ON p.office = e.office AND p.position = e.position
        GROUP BY p.office, p.account) t ON t.office = a.office AND t.account = a.number
    {where} GROUP BY a.office, a.number, a.name, a.kind, a.role ORDER BY a.office, a.number"""
_BANK_ACCOUNTS = """
    SELECT iban, name, office, account FROM bank_account
    WHERE opened_on <= :day AND (closed_on IS NULL OR closed_on > :day) ORDER BY iban"""


def trial_balance(store: Store, day: str, *, office: str | None = None, every: bool = False) -> TrialBalance:
    """Return the balances at the end of the day: of accounts that were ever posted on, or of `every` account.

    Only postings of the rest of the day's month are read, all else comes from the month balances.
    Raises `UnknownOfficeError`.
    """
    with store.snapshot():
        check_office(store, office)
        where = "" if office is None else "WHERE a.office = :office"
        limits = {"month": day[:7], "day": day, "month_end": f"{day[:7]}-31"}
        wanted = {} if office is None else {"office": office}
        found = tuple(_balance(row) for row in store.rows(_TURNOVER.format(where=where), **limits, **wanted))
    accounts = tuple(a for a in found if every or a.debit_cents or a.credit_cents)
    return TrialBalance(day, accounts, sum(account.balance_cents for account in accounts))


def _balance(row: tuple[str, str, str, str, str | None, int, int]) -> AccountBalance:
    office, number, name, kind, role, debit, credit = row
    return AccountBalance(office, number, name, kind, role, int(debit), int(credit), int(debit) - int(credit))


def bank_balances(store: Store, day: str) -> tuple[BankBalance, ...]:
    """Return what the books say each bank account open on that day holds at its end, by IBAN."""
    with store.snapshot():
        known = {(a.office, a.number): a.balance_cents for a in trial_balance(store, day).accounts}
        return tuple(
            BankBalance(iban, name, office, account, known.get((office, account), 0))
            for iban, name, office, account in store.rows(_BANK_ACCOUNTS, day=day)
        )
