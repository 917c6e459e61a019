"""Matching and posting what is staged, as one unit of work: whole or absent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from ledger.bank.deciding_store import Decided, Orders, decided
from ledger.bank.effects_store import apply_effects
from ledger.bank.executed_store import execute_runs
from ledger.bank.match_seals import MatchSeals
from ledger.bank.match_seals_store import note_matches
from ledger.bank.match_store import Scope
from ledger.bank.outcome import COUNTED, Outcome
from ledger.bank.overpaid_store import still_owing
from ledger.bank.posting_rows_store import BankDays
from ledger.book.store import Rows, insert_all, kasse_office, office_codes
from ledger.events.store import record
from ledger.items.item_seals import ItemSeals
from ledger.items.item_seals_store import note_items
from ledger.items.store import sealed_columns, take_off
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.counters import counting
from ledger.store.engines import Store

EVERYTHING = Scope()


def post_staged(store: Store, scope: Scope = EVERYTHING, *, orders: Orders = None) -> Outcome:
    """Match and post the staged entries of the scope, all in one unit of work, and return what became of them.

    `orders` are the settlement orders by profile (default: those that come with kasse). Raises `NotAllowedError`.
    """
    require(store, kasse_office(store), "clerk", "machine")
    with store.unit(office_codes(store)), without_collector(), decided(store, scope, orders) as chunks:
        _make_tables(store)
        outcome = _posted(store, scope, chunks)
        for name in _TABLES:
            store.execute(f"DROP TABLE {name}")
    return outcome


def _make_tables(store: Store) -> None:
    for name, columns in _TABLES.items():
        store.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")


def _posted(store: Store, scope: Scope, chunks: Iterator[Decided | Outcome]) -> Outcome:
    """Post chunk after chunk, each written while the next one is posted, and then what is left to do."""
    days, outcome, seals, shares = BankDays(store), Outcome(), ItemSeals(), MatchSeals()
    rows: list[Rows] = []
    with counting(store):
        for one in chunks:
            if isinstance(one, Outcome):
                outcome = one
                continue
            numbers = days.numbers(one)
            store.behind.start(partial(_write, store, rows))
            rows = days.rows(one, numbers)
            _seal(rows, seals, shares)
        _write(store, rows)
    if not outcome.entries:
        return outcome
    outcome.late = len(days.late)
    outcome.findings += days.late
    _finish(store, days, outcome)
    note_items(store, seals.seals())
    note_matches(store, shares)
    _note_event(store, scope, outcome)
    return outcome


def _seal(rows: Sequence[Rows], seals: ItemSeals, shares: MatchSeals) -> None:
    """Hash the items that are made and the shares that were decided."""
    found = {one.table: one.rows for one in rows}
    for item in found["item"]:
        seals.take_row(item[0], sealed_columns(item))
    shares.take(found["bank_match"], found["match_posted"])


def _finish(store: Store, days: BankDays, outcome: Outcome) -> None:
    """Take off what was settled and still waits for it, and mark payments as executed."""
    days.poster.finish()
    take_off(store, days.first)
    outcome.findings += still_owing(store, days.credits, store.today)
    touched = set(store.rows("SELECT DISTINCT office, run FROM match_paid"))
    store.execute(_MARK_PAID)
    execute_runs(store, days.runs, touched)
    apply_effects(store, days.effects)


def _write(store: Store, rows: Sequence[Rows]) -> None:
    """Write the rows of a chunk and mark its bank entries as posted."""
    insert_all(store, rows)
    store.execute(_MARK_POSTED)
    store.execute("DELETE FROM match_posted")


_TABLES = {
    "match_posted": "office TEXT, id BIGINT, position BIGINT",
    "match_paid": "office TEXT, run BIGINT, number BIGINT, bank_office TEXT, bank_entry BIGINT",
}
_MARK_POSTED = """
    UPDATE bank_entry SET state = 'posted', position = m.position
    FROM match_posted m WHERE bank_entry.office = m.office AND bank_entry.id = m.id"""
_MARK_PAID = """
    UPDATE payment SET state = 'executed', active = 0, bank_office = m.bank_office, bank_entry = m.bank_entry
    FROM match_paid m WHERE payment.office = m.office AND payment.run = m.run AND payment.line = m.number"""


def _note_event(store: Store, scope: Scope, outcome: Outcome) -> None:
    """Record one event for the unit of work: what was posted, in counts and sums."""
    facts = {name: getattr(outcome, name) for name in COUNTED}
    facts |= {"credit_cents": outcome.credit_cents, "debit_cents": outcome.debit_cents}
    what = f"file:{scope.file_sha256}" if scope.file_sha256 else f"account:{scope.iban}" if scope.iban else None
    record(store, kasse_office(store), "bank.post", what, facts)
