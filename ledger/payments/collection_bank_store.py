"""What bank entries do to collections: credited, returned with a fee, given back; mandates follow the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ledger.book.store import kasse_office
from ledger.events.store import record
from ledger.payments.collection_outcomes_store import end, finish
from ledger.payments.collection_policy import mandate_move
from ledger.payments.mandate_reader import mandate_numbered
from ledger.payments.mandate_steps_store import move_to
from ledger.store.engines import Row, Store

_CHOSEN = "office = :office AND run = :run AND (:batch = 0 OR batch = :batch) AND (:line = 0 OR line = :line)"
_CREDIT = f"""
    UPDATE collection SET credit_office = :bank_office, credit_entry = :bank_entry
    WHERE {_CHOSEN} AND credit_entry IS NULL AND state IN ('released', 'exported', 'returned', 'reversed')"""
_COLLECTED = f"""
    UPDATE collection SET state = 'collected', active = 0 WHERE {_CHOSEN} AND state IN ('released', 'exported')"""
_FREE = """
    UPDATE collection_item SET active = 0 WHERE office = :office AND run = :run AND active = 1 AND line IN (
        SELECT c.line FROM collection c WHERE c.office = :office AND c.run = :run AND c.active = 0)"""
_RETURN = """
    UPDATE collection SET return_office = :bank_office, return_entry = :bank_entry, fee_cents = :fee
    WHERE office = :office AND run = :run AND line = :line"""
_DAY = "SELECT bank_day FROM bank_entry WHERE office = :office AND id = :entry"
_MANDATE = "SELECT mandate FROM collection WHERE office = :office AND run = :run AND line = :line"


def credit_collections(store: Store, rows: Sequence[Row]) -> None:
    """Mark collections as collected; rows are office, run, batch, line, cents and the bank entry (0: all of them)."""
    runs: defaultdict[tuple[str, int], int] = defaultdict(int)
    for office, run, batch, line, cents, bank_office, bank_entry in rows:
        chosen = {"office": office, "run": run, "batch": batch, "line": line}
        store.execute(_CREDIT, bank_office=bank_office, bank_entry=bank_entry, **chosen)
        store.execute(_COLLECTED, **chosen)
        runs[office, run] += cents
    for (office, run), cents in sorted(runs.items()):
        store.execute(_FREE, office=office, run=run)
        record(store, office, "collection.credit", f"collection_run:{run}", {"cents": cents})
        finish(store, office, run)


def return_collections(store: Store, rows: Sequence[Row]) -> None:
    """Mark collections as returned and let their mandates follow the reason; the books are posted already."""
    _gone(store, rows, "returned")


def reverse_collections(store: Store, rows: Sequence[Row]) -> None:
    """Mark collections that we gave back ourselves."""
    _gone(store, rows, "reversed")


def _gone(store: Store, rows: Sequence[Row], state: str) -> None:
    for office, run, line, reason, fee, bank_office, bank_entry in rows:
        key = {"office": office, "run": run, "line": line}
        day = str(store.value(_DAY, office=bank_office, entry=bank_entry))
        end(store, (office, run, line), state, day, reason)
        store.execute(_RETURN, bank_office=bank_office, bank_entry=bank_entry, fee=fee, **key)
        facts = {"line": line, "reason": reason, "fee_cents": fee, "bank_entry": bank_entry}
        record(store, office, f"collection.{state}", f"collection_run:{run}", facts)
        finish(store, office, run)
        mandate = int(store.value(_MANDATE, **key))
        follow(store, mandate, reason, f"L{run}-{line}")


def follow(store: Store, number: int, reason: str, what: str) -> None:
    """Suspend or revoke a mandate after a return, by its reason; inside a unit that holds the Kasse's office."""
    move, mandate = mandate_move(reason), mandate_numbered(store, number)
    words = f"{reason} {what}".strip()
    if move == "suspend" and mandate.state == "active":
        move_to(store, mandate, "suspend", words)
    elif move == "stop" and mandate.state in {"active", "suspended", "ended"}:
        move_to(store, mandate, "revoke", words)
    else:
        record(store, kasse_office(store), "mandate.returned", f"mandate:{number}", {"reason": reason, "of": what})
