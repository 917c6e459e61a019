"""Which periods are closed, and what period 13 may post."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.book.periods import MONEY_ROLES, ClosedUntil, MoneyInClosingError, check_closing_entry
from ledger.store.engines import Store

_UNTIL = "SELECT max(last_day) FROM closing WHERE kind = :kind"
_MONEY = f"""
    SELECT office, number FROM account WHERE office = :office AND number = :account
    AND role IN ({", ".join(f"'{role}'" for role in MONEY_ROLES)})"""


def closed_until(store: Store) -> ClosedUntil:
    """Return up to which day the book is closed, by any closing, by months and by years."""
    last = store.value("SELECT max(last_day) FROM closing") or ""
    return ClosedUntil(last, store.value(_UNTIL, kind="month") or "", store.value(_UNTIL, kind="year") or "")


def check_closing(store: Store, office: str, day: str, accounts: Iterable[str]) -> None:
    """Check that an office may post these accounts in period 13 of that day's year.

    Raises `MoneyInClosingError` and what `check_closing_entry` raises.
    """
    check_closing_entry(closed_until(store), day)
    for account in sorted(set(accounts)):
        if store.one(_MONEY, office=office, account=account):
            raise MoneyInClosingError(office=office, account=account)
