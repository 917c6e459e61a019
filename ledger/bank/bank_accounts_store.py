"""Bank accounts in the book: listed, added later, given another name, closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from ledger.bank.bank_accounts import (
    MOST,
    BankAccountClosedError,
    BankAccountDone,
    BankAccountExistsError,
    BankAccountLine,
    BankAccountsFullError,
    BankAheadError,
    BankBalanceError,
    BankBusyError,
    BankLaterError,
    LastBankAccountError,
    NewBankAccount,
    NothingToChangeError,
    check_name,
)
from ledger.bank.bank_accounts_use import BankUsedError, LastCollectingError
from ledger.bank.bank_accounts_use_store import Naming, rules_asking, uses
from ledger.bank.formats import UnknownBankAccountError
from ledger.book.chart import BANK, bank_account_number
from ledger.book.creation import ACCOUNT_COLUMNS
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, office_codes
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.identifiers import bic_key

ROLES = ("head",)
"""Who says which accounts the Kasse has: money that goes to one of them counts as never gone."""
_LIST = """
    SELECT b.iban, b.name, b.bic, b.office, b.account, b.collects, b.statements, b.opened_on, b.closed_on,
        coalesce((SELECT sum(m.debit_cents - m.credit_cents) FROM month_balance m
            WHERE m.office = b.office AND m.account = b.account), 0),
        (SELECT max(s.closing_day) FROM statement s
            WHERE s.iban = b.iban AND s.message = b.statements AND s.withdrawn_on IS NULL)
    FROM bank_account b WHERE b.iban = :iban OR :iban = '' ORDER BY b.office, b.account"""
_BUSY = """
    SELECT (SELECT count(*) FROM payment_run r WHERE r.iban = :iban
                AND r.state IN ('proposed', 'reviewed', 'released', 'exported')),
           (SELECT count(*) FROM collection_run r WHERE r.iban = :iban
                AND r.state IN ('proposed', 'reviewed', 'released', 'exported')),
           (SELECT count(*) FROM bank_entry e WHERE e.iban = :iban AND e.state = 'staged')"""
_LAST = """SELECT max(e.posting_day) FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
           WHERE p.office = :office AND p.account = :account AND e.posting_day >= :day"""


def list_bank_accounts(store: Store, iban: str = "") -> list[BankAccountLine]:
    """Return the bank accounts of the book, or one, by office and account; raises `UnknownBankAccountError`."""
    rows = [
        BankAccountLine(own, name, bic, office, account, bool(collects), form, opened, closed, int(cents), until)
        for own, name, bic, office, account, collects, form, opened, closed, cents, until in store.rows(
            _LIST, iban=iban
        )
    ]
    if iban and not rows:
        raise UnknownBankAccountError(account=iban)
    return rows


def add_bank_account(store: Store, new: NewBankAccount) -> BankAccountDone:
    """Add a bank account with the next number that its office's chart keeps for one; the same once more is nothing new.

    Needs the role head in the Kasse. Raises `BankAccountNameError`, `BankAccountExistsError`, `BankAccountsFullError`,
    `UnknownOfficeError`, `NotAllowedError`.
    """
    name, kasse = check_name(new.name), kasse_office(store)
    office = new.office or kasse
    check_office(store, office)
    with store.unit(office_codes(store)):
        require(store, kasse, *ROLES)
        for old in list_bank_accounts(store):
            if old.iban == new.iban:
                if (old.name, old.office, bic_key(old.bic)) != (name, office, bic_key(new.bic)):
                    raise BankAccountExistsError(iban=old.iban, name=old.name, office=old.office)
                return BankAccountDone(old, new=False)
        number, day = _free_number(store, office), new.day.isoformat()
        store.insert("account", ACCOUNT_COLUMNS, [(office, number, name, "asset", BANK, day)])
        store.insert_one(
            "bank_account", iban=new.iban, office=office, account=number, name=name, bic=new.bic,
            collects=int(new.collects), opened_on=day,
        )  # fmt: skip
        facts: dict[str, Fact] = {"office": office, "account": number, "day": day, "collects": int(new.collects)}
        _note(store, "add", new.iban, facts, ("account", office, number))
        return BankAccountDone(list_bank_accounts(store, new.iban)[0], new=True)


def change_bank_account(store: Store, iban: str, *, name: str | None = None, bic: str | None = None) -> BankAccountDone:
    """Give a bank account another name or BIC; its account in the books is called the same.

    Needs the role head in the Kasse. Raises `NothingToChangeError`, `BankAccountNameError`, `UnknownBankAccountError`,
    `NotAllowedError`.
    """
    if name is None and bic is None:
        raise NothingToChangeError
    kasse = kasse_office(store)
    with store.unit(office_codes(store)):
        require(store, kasse, *ROLES)
        (old,) = list_bank_accounts(store, iban)
        wanted = check_name(name) if name is not None else old.name, bic if bic is not None else old.bic
        if (old.name, bic_key(old.bic)) == (wanted[0], bic_key(wanted[1])):
            return BankAccountDone(old, new=False)
        sql = "UPDATE bank_account SET name = :name, bic = CAST(:bic AS TEXT) WHERE iban = :iban"
        store.execute(sql, name=wanted[0], bic=wanted[1], iban=iban)
        sql = "UPDATE account SET name = :name WHERE office = :office AND number = :account"
        store.execute(sql, name=wanted[0], office=old.office, account=old.account)
        facts: dict[str, Fact] = {"name": wanted[0], "before": old.name}
        _note(store, "change", iban, facts, ("account", old.office, old.account))
        return BankAccountDone(list_bank_accounts(store, iban)[0], new=True)


def close_bank_account(store: Store, iban: str, day: str, *, naming: Naming | None = None) -> BankAccountDone:
    """Close a bank account from a day on: nothing is paid from it, and nobody waits for its statements any more.

    Needs the role head in the Kasse. What the bank still books there can be taken in; rules that ask for it are told.
    `naming` yields what above this package names it. Raises `BankAheadError`, `BankBalanceError`, `BankBusyError`,
    `BankLaterError`, `LastBankAccountError`, `LastCollectingError`, `BankUsedError`, `BankAccountClosedError`,
    `UnknownBankAccountError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit(office_codes(store)):
        require(store, kasse, *ROLES)
        (old,) = list_bank_accounts(store, iban)
        if old.closed_on == day:
            return BankAccountDone(old, new=False)
        _check_close(store, old, day)
        _check_unused(store, old, naming)
        return replace(_close(store, iban, day, "close"), findings=rules_asking(store, iban))


def reopen_bank_account(store: Store, iban: str) -> BankAccountDone:
    """Take back that a bank account is closed.

    Needs the role head in the Kasse. Raises `UnknownBankAccountError`, `NotAllowedError`.
    """
    with store.unit(office_codes(store)):
        require(store, kasse_office(store), *ROLES)
        (old,) = list_bank_accounts(store, iban)
        return BankAccountDone(old, new=False) if old.closed_on is None else _close(store, iban, None, "reopen")


def _check_close(store: Store, old: BankAccountLine, day: str) -> None:
    if old.closed_on is not None:
        raise BankAccountClosedError(iban=old.iban, day=old.closed_on)
    if day > store.today:
        raise BankAheadError(iban=old.iban, day=dt.date.fromisoformat(day))
    busy = store.one(_BUSY, iban=old.iban)
    if busy and any(busy):
        raise BankBusyError(iban=old.iban, runs=busy[0], collections=busy[1], entries=busy[2])
    if old.balance_cents:
        raise BankBalanceError(iban=old.iban, balance_cents=old.balance_cents)
    if last := store.value(_LAST, office=old.office, account=old.account, day=day):
        raise BankLaterError(iban=old.iban, last=last)
    kasse = kasse_office(store)
    if old.office == kasse and not [
        one for one in list_bank_accounts(store)
        if one.office == kasse and one.iban != old.iban and one.closed_on is None
    ]:  # fmt: skip
        raise LastBankAccountError(iban=old.iban)


def _check_unused(store: Store, old: BankAccountLine, naming: Naming | None) -> None:
    """Check that nothing in the book sends money there or asks for it there any more."""
    others = [one for one in list_bank_accounts(store) if one.iban != old.iban and one.closed_on is None]
    if old.collects and not any(one.collects for one in others):
        raise LastCollectingError(iban=old.iban)
    found = (*uses(store, old.iban), *(naming(store, old.iban) if naming else ()))
    if found:
        raise BankUsedError(iban=old.iban, count=len(found), findings=found)


def _close(store: Store, iban: str, day: str | None, verb: str) -> BankAccountDone:
    sql = "UPDATE bank_account SET closed_on = CAST(:day AS TEXT) WHERE iban = :iban"
    store.execute(sql, day=day, iban=iban)
    _note(store, verb, iban, {"day": day} if day else {})
    return BankAccountDone(list_bank_accounts(store, iban)[0], new=True)


def _free_number(store: Store, office: str) -> str:
    """Return the first number behind those that bank accounts of the office had."""
    sql = "SELECT number FROM account WHERE office = :office"
    known = {number for (number,) in store.rows(sql, office=office)}
    free = [number for number in map(bank_account_number, range(MOST)) if number not in known]
    if not free:
        raise BankAccountsFullError(office=office, most=MOST)
    return free[0]


def _note(store: Store, verb: str, iban: str, facts: dict[str, Fact], *more: tuple[Any, ...]) -> None:
    sealed = seal(store, ("bank_account", iban), *more)
    record(store, kasse_office(store), f"bank_account.{verb}", f"bank_account:{iban}", facts | sealed)
