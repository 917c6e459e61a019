"""Balances of accounts at the end of any day, from the month balances and what the month holds after the day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ledger.book.offices_store import check_office
from ledger.book.periods import CLOSING, balance_month
from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account with its debits and credits since the book began, or since a day.

    `opening_cents` is the balance before that day; both balances are debit positive.
    """

    office: str
    number: str
    name: str
    kind: str
    role: str | None
    debit_cents: int
    credit_cents: int
    balance_cents: int
    opening_cents: int = 0


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


# SQLite joins what is CROSS JOINed in the order written: from the few days by their index, never from all postings
_TURNOVER = """
    SELECT a.office, a.number, a.name, a.kind, a.role, coalesce(sum(t.debit), 0), coalesce(sum(t.credit), 0)
    FROM account a LEFT JOIN (
        SELECT office, account, debit_cents AS debit, credit_cents AS credit FROM month_balance WHERE month <= :month
        UNION ALL
        SELECT p.office, p.account, :sign * sum(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END),
               :sign * sum(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END)
        FROM office o CROSS JOIN entry e CROSS JOIN posting p
        WHERE e.office = o.code AND e.posting_day >= :first AND e.posting_day <= :last AND e.kind <> 'closing'
          AND p.office = e.office AND p.position = e.position
        GROUP BY p.office, p.account) t ON t.office = a.office AND t.account = a.number
    {where} GROUP BY a.office, a.number, a.name, a.kind, a.role ORDER BY a.office, a.number"""
_BY_DIMENSION = """
    SELECT a.office, a.number, a.name, a.kind, a.role, sum(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END),
           sum(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END)
    FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
    JOIN account a ON a.office = p.office AND a.number = p.account
    WHERE p.dimensions IS NOT NULL AND replace(';' || p.dimensions || ';', :part, '') <> ';' || p.dimensions || ';'
    AND e.posting_day <= :day AND NOT (e.posting_day = :day AND e.kind = 'closing')
    AND (CAST(:office AS TEXT) IS NULL OR p.office = :office)
    GROUP BY a.office, a.number, a.name, a.kind, a.role ORDER BY a.office, a.number"""
_HOW_MANY = """
    SELECT count(*) FROM office o CROSS JOIN entry e
    WHERE e.office = o.code AND e.posting_day >= :first AND e.posting_day <= :last"""
_BANK_ACCOUNTS = """
    SELECT b.iban, b.name, b.office, b.account,
        CASE WHEN b.opened_on <= :day
            OR EXISTS (SELECT 1 FROM statement s WHERE s.iban = b.iban AND s.closing_day <= :day)
            OR EXISTS (SELECT 1 FROM bank_entry e WHERE e.iban = b.iban AND e.bank_day <= :day) THEN 1 ELSE 0 END
    FROM bank_account b WHERE b.closed_on IS NULL OR b.closed_on > :day ORDER BY b.iban"""


def dimension_balance(store: Store, day: str, dimension: str, value: str, *, office: str | None = None) -> TrialBalance:
    """Return what postings with this value of a dimension left on the accounts at the end of the day.

    It reads every posting; the sum is not zero where other lines of an entry say something else. Raises
    `UnknownOfficeError`.
    """
    with store.snapshot():
        check_office(store, office)
        found = tuple(
            _balance(row) for row in store.rows(_BY_DIMENSION, day=day, office=office, part=f";{dimension}={value};")
        )
    return TrialBalance(day, found, sum(account.balance_cents for account in found))


def trial_balance(
    store: Store, day: str, *, office: str | None = None, every: bool = False, closing: bool = False
) -> TrialBalance:
    """Return the balances at the end of the day: of accounts that were ever posted on, or of `every` account.

    Period 13 lies between 31 December and 1 January: its entries count from the next year on, or with `closing` at
    the end of the 31st itself. All but a part of one month comes from the month balances. Raises `UnknownOfficeError`.
    """
    with store.snapshot():
        check_office(store, office)
        where = "" if office is None else "WHERE a.office = :office"
        wanted = {} if office is None else {"office": office}
        rows = store.rows(_TURNOVER.format(where=where), **_parts(store, day, closing=closing), **wanted)
        found = tuple(_balance(row) for row in rows)
    accounts = tuple(a for a in found if every or a.debit_cents or a.credit_cents)
    return TrialBalance(day, accounts, sum(account.balance_cents for account in accounts))


def turnover(
    store: Store, first: str, day: str, *, office: str | None = None, every: bool = False, closing: bool = False
) -> TrialBalance:
    """Return the balances at the end of the day with the debits and credits from the first day on, and those before.

    Period 13 of the year before belongs to what was there on 1 January. Raises `UnknownOfficeError`.
    """
    with store.snapshot():
        eve = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
        before = {
            (a.office, a.number): a for a in trial_balance(store, eve, office=office, every=True, closing=True).accounts
        }
        found = trial_balance(store, day, office=office, every=every, closing=closing)
    accounts = (_since(one, before.get((one.office, one.number))) for one in found.accounts)
    moved = tuple(a for a in accounts if every or a.debit_cents or a.credit_cents or a.opening_cents)
    return TrialBalance(day, moved, sum(account.balance_cents for account in moved))


def _since(now: AccountBalance, before: AccountBalance | None) -> AccountBalance:
    if before is None:
        return now
    return replace(
        now,
        debit_cents=now.debit_cents - before.debit_cents,
        credit_cents=now.credit_cents - before.credit_cents,
        opening_cents=before.balance_cents,
    )


def _parts(store: Store, day: str, *, closing: bool) -> dict[str, str | int]:
    """Return which month balances to take, and which days to add or to take off: those with fewer entries."""
    month, here = day[:7], date.fromisoformat(day)
    if closing and day[5:] == "12-31":
        return {"month": balance_month(CLOSING, day), "sign": 0, "first": day, "last": day}
    before = {"first": f"{month}-01", "last": day}
    after = {"first": (here + timedelta(days=1)).isoformat(), "last": f"{month}-31"}
    if store.value(_HOW_MANY, **after) <= store.value(_HOW_MANY, **before):
        return {"month": month, "sign": -1, **after}
    return {"month": _month_before(here), "sign": 1, **before}


def _month_before(day: date) -> str:
    """Return the month before the day's; before January that is period 13 of the last year."""
    last = (day.replace(day=1) - timedelta(days=1)).isoformat()
    return balance_month(CLOSING, last) if day.month == 1 else last[:7]


def _balance(row: tuple[str, str, str, str, str | None, int, int]) -> AccountBalance:
    office, number, name, kind, role, debit, credit = row
    return AccountBalance(office, number, name, kind, role, int(debit), int(credit), int(debit) - int(credit))


def bank_balances(store: Store, day: str) -> tuple[BankBalance, ...]:
    """Return what the books say each bank account open on that day holds at its end, by IBAN.

    An account that was entered later is open where a take-over put its balance before.
    """
    with store.snapshot():
        known = {(a.office, a.number): a.balance_cents for a in trial_balance(store, day).accounts}
        return tuple(
            BankBalance(iban, name, office, account, known.get((office, account), 0))
            for iban, name, office, account, opened in store.rows(_BANK_ACCOUNTS, day=day)
            if opened or (office, account) in known
        )
