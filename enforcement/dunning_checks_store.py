"""Whether all money is in the books, so that nobody who has paid is dunned (invariant 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from enforcement.dunning import AccountBehindError, AccountEmptyError, IncompleteError, NotPostedError
from ledger.bank.intake_reader import continuity
from ledger.store.engines import Store
from sepa.calendar import previous_target_day
from sepa.errors import KasseError

_ACCOUNTS = """
    SELECT iban FROM bank_account
    WHERE collects = 1 AND opened_on <= :needed AND (closed_on IS NULL OR closed_on > :needed) ORDER BY iban"""
_STAGED = "SELECT iban, count(*), sum(amount_cents) FROM bank_entry WHERE state = 'staged' GROUP BY iban ORDER BY iban"
_CLOSED = "SELECT max(last_day) FROM closing WHERE kind = 'day'"


def check_complete(store: Store, day: dt.date) -> None:
    """Check that the statements of every collection account reach the last bank day before the day, all posted.

    Raises `IncompleteError` with a finding for each account that lacks something.
    """
    needed = previous_target_day(day - dt.timedelta(days=1)).isoformat()
    findings = [*_behind(store, needed), *_not_posted(store)]
    if findings:
        raise IncompleteError(day=dt.date.fromisoformat(needed), findings=tuple(findings))


def _behind(store: Store, needed: str) -> Iterator[KasseError]:
    """Yield the accounts that lack a statement; a closing of the day has said why where the bank sent none."""
    closed = store.value(_CLOSED) or ""
    known = {chain.iban: chain for chain in continuity(store)}
    for (iban,) in store.all(_ACCOUNTS, needed=needed):
        chain = known.get(iban)
        excused = closed >= needed and not (chain and chain.gaps)
        if excused or (chain and (chain.complete_until or "") >= needed):
            continue
        if chain is None or chain.complete_until is None:
            yield AccountEmptyError(iban=iban, needed=dt.date.fromisoformat(needed))
        else:
            until = dt.date.fromisoformat(chain.complete_until)
            yield AccountBehindError(iban=iban, until=until, needed=dt.date.fromisoformat(needed))


def _not_posted(store: Store) -> Iterator[KasseError]:
    for iban, count, cents in store.rows(_STAGED):
        yield NotPostedError(iban=iban, count=count, sum_cents=int(cents))
