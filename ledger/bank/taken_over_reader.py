"""The balance with which a bank account was taken over, or joined the book: its first statement must begin with it."""

from __future__ import annotations

from ledger.bank.bank_balance import SOURCE
from ledger.bank.continuity_order import TakenOver
from ledger.store.engines import Store

_TAKEN_OVER = f"""
    SELECT b.iban, max(e.posting_day), sum(p.cents) FROM bank_account b
    JOIN posting p ON p.office = b.office AND p.account = b.account
    JOIN entry e ON e.office = p.office AND e.position = p.position AND e.kind = 'opening'
    WHERE (b.iban = :iban OR :iban = '') AND (e.source = '{SOURCE}:' || b.iban OR p.position = (
        SELECT min(q.position) FROM posting q WHERE q.office = b.office AND q.account = b.account))
    GROUP BY b.iban"""


def taken_over(store: Store, iban: str = "") -> dict[str, TakenOver]:
    """Return day and balance with which each account was taken over, or one of them, by IBAN; none where it was not."""
    return {found: TakenOver(day, int(cents)) for found, day, cents in store.all(_TAKEN_OVER, iban=iban)}
