"""What the book says of itself, read quickly: the ends of the chains, not every entry ('kasse journal verify' does)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from hashlib import sha256

from ledger.bank.intake_reader import continuity
from ledger.payments.overdue_reader import overdue
from ledger.reports.health import AccountState, BookState
from ledger.store.engines import Store

_ACCOUNTS = "SELECT iban, collects FROM bank_account WHERE closed_on IS NULL OR closed_on > :today ORDER BY iban"
_UNCLEAR = """
    SELECT kind, count(*), sum(open_cents), min(opened_on) FROM item
    WHERE open_cents > 0 AND kind IN ('suspense', 'advance') GROUP BY kind"""
_NONE = (0, 0, None)
_UNCLOSED = """
    SELECT count(DISTINCT posting_day), min(posting_day) FROM entry
    WHERE posting_day > :closed AND posting_day < :today"""
_ENDS = """
    SELECT h.office, h.position, h.hash, e.hash, e.canonical,
           (SELECT max(position) FROM entry l WHERE l.office = h.office),
           h.event_position, h.event_hash, v.hash,
           (SELECT max(position) FROM event l WHERE l.office = h.office)
    FROM head h
    LEFT JOIN entry e ON e.office = h.office AND e.position = h.position
    LEFT JOIN event v ON v.office = h.office AND v.position = h.event_position
    ORDER BY h.office"""


def book_state(store: Store) -> BookState:
    """Return the state of the book as of `store.today`; changes nothing and needs no role."""
    with store.snapshot():
        chains = {chain.iban: chain for chain in continuity(store)}
        accounts = [
            AccountState(iban, chain.last_day, chain.complete_until, len(chain.gaps), bool(collects))
            if (chain := chains.get(iban))
            else AccountState(iban, None, None, 0, bool(collects))
            for iban, collects in store.all(_ACCOUNTS, today=store.today)
        ]
        unclear = {kind: (int(count), int(cents), first) for kind, count, cents, first in store.all(_UNCLEAR)}
        oldest = min((first for _, _, first in unclear.values()), default=None)
        (count, cents, _), (advances, paid_out, _) = (unclear.get(kind, _NONE) for kind in ("suspense", "advance"))
        closed = str(store.value("SELECT max(last_day) FROM closing") or "")
        days, first = store.one(_UNCLOSED, closed=closed, today=store.today) or (0, None)
        staged = store.value("SELECT count(*) FROM bank_entry WHERE state = 'staged' AND amount_cents <> 0")
        return BookState(
            tuple(accounts), count, cents, oldest, int(staged), int(days), first, tuple(_broken(store)), advances,
            paid_out, len(overdue(store, dt.date.fromisoformat(store.today))),
        )  # fmt: skip


def _broken(store: Store) -> Iterator[str]:
    """Yield the offices whose last entry or event is not the one that the head names, or does not give its hash."""
    for row in store.all(_ENDS):
        office, position, head, entry, canonical, last, event_position, event_head, event, event_last = row
        entries = not position or (bytes(head) == bytes(entry or b"") == sha256(bytes(canonical or b"")).digest())
        events = not event_position or bytes(event_head) == bytes(event or b"")
        if not (entries and events and position == (last or 0) and event_position == (event_last or 0)):
            yield office
