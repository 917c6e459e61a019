"""What a bank account held when it joined the book: asked for by one head, posted by another as an opening entry."""

from __future__ import annotations

import json
from dataclasses import replace

from ledger.bank.bank_accounts import BankAccountLine
from ledger.bank.bank_accounts_store import ROLES, list_bank_accounts
from ledger.bank.bank_balance import (
    ASKED,
    DROPPED,
    POSTED,
    SOURCE,
    BalanceAccountError,
    BalanceAskedError,
    BalanceDayError,
    BalanceDiffersError,
    BalanceNotAskedError,
    BalanceNothingError,
    BalanceState,
    BalanceStep,
    BalanceTakenOverError,
    BalanceWish,
)
from ledger.bank.suspense_undo_store import open_day
from ledger.book.entry import Draft, Posting
from ledger.book.journal import EntryNumber
from ledger.book.manual_errors import KEPT
from ledger.book.store import kasse_office, office_codes, post
from ledger.events.store import Fact, record
from ledger.people.users import check_apart, require, user_name
from ledger.store.changes import quoted
from ledger.store.engines import Row, Store

_LAST = f"""
    SELECT e.action, e.facts, d.details, e.by, e.at FROM event e
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.office = :office AND e.object = :object
      AND e.action IN ({quoted((ASKED, POSTED, DROPPED))})
    ORDER BY e.position DESC LIMIT 1"""
_OPENED = """
    SELECT coalesce(sum(p.cents), 0), max(CASE WHEN e.source = :source THEN 0 ELSE 1 END)
    FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
    WHERE p.office = :office AND p.account = :account AND e.kind = 'opening'"""
_FIRST = """
    SELECT s.closing_day, s.opening_cents FROM statement s JOIN bank_account b ON b.iban = s.iban
    WHERE s.iban = :iban AND s.message = b.statements AND s.withdrawn_on IS NULL AND s.opening_cents IS NOT NULL
      AND s.closing_day = (SELECT min(f.closing_day) FROM statement f
          WHERE f.iban = s.iban AND f.message = s.message AND f.withdrawn_on IS NULL)
    ORDER BY coalesce(s.electronic_number, 0), coalesce(s.page, 0), s.id"""
_ACCOUNT = "SELECT role, opened_on, closed_on FROM account WHERE office = :office AND number = :account"


def ask_balance(store: Store, wish: BalanceWish) -> BalanceStep:
    """Ask that what an account held before its first statement is entered; another head confirms it.

    It is what the account held in all: what was entered before is corrected by the difference. Needs the role head in
    the Kasse. Raises `BalanceAskedError`, `BalanceNothingError`, `BalanceTakenOverError`, `BalanceDayError`,
    `BalanceDiffersError`, `BalanceAccountError`, `UnknownBankAccountError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *ROLES)
        (own,) = list_bank_accounts(store, wish.iban)
        if (known := _waiting(store, wish.iban)) is not None:
            asked, by, _ = known
            raise BalanceAskedError(iban=wish.iban, balance_cents=asked.cents, user=user_name(store, by))
        _checked(store, own, wish)
        facts: dict[str, Fact] = {"cents": wish.cents, "day": wish.day, "account": wish.account}
        _note(store, ASKED, wish, facts)
        return _step(store, own, wish, "asked", store.user)


def confirm_balance(store: Store, iban: str) -> BalanceStep:
    """Post a balance as another person than who asked for it, on its day or, where that is closed, the first open one.

    Needs the role head in the Kasse. Raises `BalanceNotAskedError`, `OwnWorkError` and what `ask_balance` raises.
    """
    kasse = kasse_office(store)
    with store.unit(office_codes(store)):
        require(store, kasse, *ROLES)
        (own,) = list_bank_accounts(store, iban)
        wish, by, at = _asked(store, iban)
        check_apart(store, kasse, f"bank balance {iban}", (by, at))
        cents = _checked(store, own, wish)
        day = open_day(store, wish.day)
        draft = Draft(
            own.office, "opening", day, (Posting(own.account, cents), Posting(wish.account, -cents)),
            source=f"{SOURCE}:{iban}", text=f"{wish.reason} ({wish.document})"[:140],
        )  # fmt: skip
        (posted,) = post(store, [draft], earlier=True)
        entry = str(EntryNumber(posted.office, posted.year, posted.number))
        _note(store, POSTED, wish, {"cents": wish.cents, "posted_cents": cents, "entry": entry})
        step = _step(store, own, wish, "posted", by)
        return replace(step, entry=entry, posting_day=day, posted_cents=cents)


def drop_balance(store: Store, iban: str) -> BalanceStep:
    """Take away a balance that waits; nothing was posted. Raises `BalanceNotAskedError`, `NotAllowedError`."""
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *ROLES)
        (own,) = list_bank_accounts(store, iban)
        wish, by, _ = _asked(store, iban)
        _note(store, DROPPED, wish, {"cents": wish.cents})
        return _step(store, own, wish, "dropped", by)


def waiting_balance(store: Store, iban: str) -> BalanceStep:
    """Return the balance that waits for another person; raises `BalanceNotAskedError`, `UnknownBankAccountError`."""
    (own,) = list_bank_accounts(store, iban)
    wish, by, _ = _asked(store, iban)
    return _step(store, own, wish, "asked", by)


def _asked(store: Store, iban: str) -> tuple[BalanceWish, int, str]:
    found = _waiting(store, iban)
    if found is None:
        raise BalanceNotAskedError(iban=iban)
    return found


def _waiting(store: Store, iban: str) -> tuple[BalanceWish, int, str] | None:
    """Return what waits for another person, who asked for it and when: the last word of the event log on it."""
    row: Row | None = store.one(_LAST, office=kasse_office(store), object=f"bank_account:{iban}")
    if row is None or row[0] != ASKED:
        return None
    facts, words = json.loads(row[1]), json.loads(row[2]) if row[2] else {"reason": "-", "document": "-"}
    wish = BalanceWish(iban, facts["cents"], facts["day"], facts["account"], words["reason"], words["document"])
    return wish, int(row[3]), str(row[4])


def _checked(store: Store, own: BankAccountLine, wish: BalanceWish) -> int:
    """Return what is still to be posted of a balance that may be entered."""
    opened, taken = store.all(_OPENED, office=own.office, account=own.account, source=f"{SOURCE}:{own.iban}")[0]
    if taken:
        raise BalanceTakenOverError(iban=own.iban)
    if int(opened) == wish.cents:
        raise BalanceNothingError(iban=own.iban, balance_cents=int(opened))
    _check_first(store, own, wish)
    row = store.one(_ACCOUNT, office=own.office, account=wish.account)
    if row is None or row[0] in KEPT or row[1] > wish.day or (row[2] is not None and row[2] <= wish.day):
        raise BalanceAccountError(office=own.office, account=wish.account)
    return wish.cents - int(opened)


def _check_first(store: Store, own: BankAccountLine, wish: BalanceWish) -> None:
    """Check day and balance against the first statement, where it is there."""
    found = store.all(_FIRST, iban=own.iban)
    last = min(store.today, found[0][0]) if found else store.today
    if wish.day > last or (found and wish.day == found[0][0]):
        raise BalanceDayError(iban=own.iban, day=wish.day, last=last)
    if found and wish.cents not in {cents for _, cents in found}:
        day, cents = found[0]
        raise BalanceDiffersError(iban=own.iban, day=day, opening_cents=cents, balance_cents=wish.cents)


def _step(store: Store, own: BankAccountLine, wish: BalanceWish, state: BalanceState, by: int) -> BalanceStep:
    return BalanceStep(
        own.iban, state, wish.cents, wish.day, own.office, wish.account, wish.reason, wish.document,
        user_name(store, by) or "",
    )  # fmt: skip


def _note(store: Store, action: str, wish: BalanceWish, facts: dict[str, Fact]) -> None:
    words: dict[str, Fact] = {"reason": wish.reason, "document": wish.document}
    record(store, kasse_office(store), action, f"bank_account:{wish.iban}", facts, words)
