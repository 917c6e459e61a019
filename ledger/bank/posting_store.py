"""Matching and posting what is staged, as one unit of work: whole or absent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ledger.bank.effects_store import apply_effects
from ledger.bank.executed_store import execute_runs
from ledger.bank.match_seals import MatchSeals
from ledger.bank.match_seals_store import note_matches
from ledger.bank.match_store import Scope
from ledger.bank.outcome import COUNTED, Outcome
from ledger.bank.overpaid_store import still_owing
from ledger.bank.posting_rows_store import Batch, Orders, Rest, computed
from ledger.book.store import Poster, Rows, insert_all, kasse_office, office_codes
from ledger.events.store import record
from ledger.items.item_seals import ItemSeals
from ledger.items.item_seals_store import note_items
from ledger.items.store import sealed_columns, take_off
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.counters import note_counted
from ledger.store.engines import Store

EVERYTHING = Scope()


def post_staged(store: Store, scope: Scope = EVERYTHING, *, orders: Orders = None) -> Outcome:
    """Match and post the staged entries of the scope, all in one unit of work, and return what became of them.

    `orders` are the settlement orders by profile (default: those that come with kasse). Raises `NotAllowedError`.
    """
    require(store, kasse_office(store), "clerk", "machine")
    with store.unit(office_codes(store)), without_collector(), computed(store, scope, orders) as batches:
        _make_tables(store)
        outcome = _written(store, scope, batches)
        for name in _TABLES:
            store.execute(f"DROP TABLE {name}")
    return outcome


def _make_tables(store: Store) -> None:
    for name, columns in _TABLES.items():
        store.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")


def _written(store: Store, scope: Scope, batches: Iterator[Batch | Rest]) -> Outcome:
    """Write batch after batch while the next one is computed, and then what is left to do."""
    outcome, seals, shares = Outcome(), ItemSeals(), MatchSeals()
    for one in batches:
        if isinstance(one, Rest):
            outcome = one.outcome
            store.behind.wait()
            _finish(store, one)
            note_items(store, seals.seals())
            note_matches(store, shares)
            _note_event(store, scope, outcome)
        else:
            written = [_sealed(rows, seals) for rows in one]
            found = {rows.table: rows.rows for rows in written}
            shares.take(found.get("bank_match", ()), found.get("match_posted", ()))
            store.behind.start(partial(_write, store, written))
    return outcome


def _sealed(rows: Rows, seals: ItemSeals) -> Rows:
    """Return rows as they are, items among them sealed."""
    if rows.table != "item":
        return rows
    items = list(rows.rows)
    for item in items:
        seals.take_row(item[0], sealed_columns(item))
    return rows._replace(rows=items)


def _finish(store: Store, rest: Rest) -> None:
    """Take off what was settled and still waits for it, and mark payments as executed."""
    note_counted(store, rest.counted)
    Poster(store, rest.chains).finish()
    take_off(store, rest.first)
    rest.outcome.findings += still_owing(store, rest.credits, store.today)
    touched = set(store.rows("SELECT DISTINCT office, run FROM match_paid"))
    store.execute(_MARK_PAID)
    execute_runs(store, rest.runs, touched)
    apply_effects(store, rest.effects)


def _write(store: Store, batch: Batch) -> None:
    """Write the rows of a batch and mark its bank entries as posted."""
    insert_all(store, batch)
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
