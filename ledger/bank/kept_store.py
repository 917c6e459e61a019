"""Bookings that stay when their statement is withdrawn, as payments hang on them, until another one tells them."""

from __future__ import annotations

from ledger.bank.intake_bags import Key
from ledger.bank.withdrawing import KeptEntryError
from ledger.store.engines import Store

_KEPT = """
    SELECT DISTINCT e.iban, e.bank_day, e.fingerprint, e.amount_cents, e.occurrence, e.office, e.id
    FROM statement s JOIN statement_entry l ON l.statement = s.id
    JOIN bank_entry e ON e.office = l.office AND e.id = l.entry
    WHERE s.withdrawn_on IS NOT NULL AND (s.iban = :iban OR :iban = '') AND e.state = 'posted' AND NOT EXISTS (
        SELECT 1 FROM statement_entry k JOIN statement o ON o.id = k.statement AND o.withdrawn_on IS NULL
        WHERE k.office = e.office AND k.entry = e.id)
    ORDER BY e.iban, e.bank_day, e.id"""


def kept_entries(store: Store, iban: str) -> dict[tuple[str, Key, int], int]:
    """Return the numbers of the bookings that no statement tells any more, by IBAN, key and occurrence."""
    return {
        (account, (day, bytes(mark), cents), occurrence): number
        for account, day, mark, cents, occurrence, _, number in store.rows(_KEPT, iban=iban)
    }


def kept_findings(store: Store, iban: str = "") -> list[KeptEntryError]:
    """Return a finding for each booking that stays in the book although no statement tells it."""
    return [
        KeptEntryError(account=account, entry=f"{office}/{number}", day=day, amount_cents=cents)
        for account, day, _, cents, _, office, number in store.rows(_KEPT, iban=iban)
    ]
