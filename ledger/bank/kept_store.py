"""Bookings that stay when their statement is withdrawn, as payments hang on them, until another one tells them."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.bank.intake_bags import Key
from ledger.bank.withdrawing import KeptEntryError
from ledger.store.engines import Store

_KEPT = """
    SELECT DISTINCT e.iban, e.bank_day, e.fingerprint, e.amount_cents, e.occurrence, e.office, e.id,
           coalesce(e.end_to_end_id, ''), coalesce(e.payment_information_id, ''), coalesce(e.message_id, '')
    FROM statement s JOIN statement_entry l ON l.statement = s.id
    JOIN bank_entry e ON e.office = l.office AND e.id = l.entry
    WHERE s.withdrawn_on IS NOT NULL AND (s.iban = :iban OR :iban = '') AND e.state = 'posted' AND NOT EXISTS (
        SELECT 1 FROM statement_entry k JOIN statement o ON o.id = k.statement AND o.withdrawn_on IS NULL
        WHERE k.office = e.office AND k.entry = e.id)
    ORDER BY e.iban, e.bank_day, e.id"""
OWN_IDS = ("end_to_end_id", "payment_information_id", "message_id")
"""What we gave a payment and the bank hands back: it stays where the bank books anew, its own reference may not."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A booking that no statement tells any more; `ids` are those that we had given, '' where there is none."""

    iban: str
    key: Key
    occurrence: int
    office: str
    entry: int
    ids: tuple[str, ...]

    def is_told(self, iban: str, key: Key, occurrence: int) -> bool:
        """Whether a line tells this very booking."""
        return (self.iban, self.key, self.occurrence) == (iban, key, occurrence)

    def is_booked_anew(self, iban: str, key: Key, ids: tuple[str, ...]) -> bool:
        """Whether a line tells it in other words: the same account, day, amount and ids of ours."""
        same = (self.iban, self.key[0], self.key[2]) == (iban, key[0], key[2])
        return same and any(ids) and ids == self.ids


def kept_entries(store: Store, iban: str = "") -> list[Kept]:
    """Return the bookings of an account, or of all, that stay in the book although no statement tells them."""
    return [
        Kept(account, (day, bytes(mark), cents), occurrence, office, number, tuple(ids))
        for account, day, mark, cents, occurrence, office, number, *ids in store.rows(_KEPT, iban=iban)
    ]


def kept_findings(store: Store, iban: str = "") -> list[KeptEntryError]:
    """Return a finding for each booking that stays in the book although no statement tells it."""
    return [
        KeptEntryError(account=one.iban, entry=f"{one.office}/{one.entry}", day=one.key[0], amount_cents=one.key[2])
        for one in kept_entries(store, iban)
    ]
