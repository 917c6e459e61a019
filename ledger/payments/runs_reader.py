"""Payment runs as they stand in the book: heads, lists, hashes, and the payments of a run in their order."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from ledger.payments.runs import PaidBeforeError, Payment, Run, UnknownRunError, list_hash
from ledger.payments.transfers import Line, Payable
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

_RUNS = """
    SELECT r.id, r.office, r.state, r.iban, r.execution_day, r.count, r.total_cents, r.list_hash, r.debtor_name,
           r.single_booking, coalesce(c.name, CAST(r.created_by AS TEXT)), r.created_at,
           coalesce(v.name, CAST(r.reviewed_by AS TEXT)), r.reviewed_at,
           coalesce(f.name, CAST(r.released_by AS TEXT)), r.released_at,
           r.message_id, r.created_stamp, r.file_sha256, r.exported_at
    FROM payment_run r
    LEFT JOIN app_user c ON c.id = r.created_by
    LEFT JOIN app_user v ON v.id = r.reviewed_by
    LEFT JOIN app_user f ON f.id = r.released_by
    WHERE (CAST(:run AS BIGINT) IS NULL OR r.id = :run) AND (CAST(:state AS TEXT) IS NULL OR r.state = :state)
    ORDER BY r.id"""
_PAYMENTS = """
    SELECT line, end_to_end_id, creditor_name, creditor_iban, cents, remittance, item_office, item, state
    FROM payment WHERE office = :office AND run = :run ORDER BY line"""
_LINES = _PAYMENTS.replace(", state", "")
_SOURCES = """
    SELECT i.office, i.id, p.cents, i.due, i.reference, i.purpose, p.creditor_iban, coalesce(n.legal_name, n.name), NULL
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    LEFT JOIN party n ON n.id = i.party
    WHERE p.office = :office AND p.run = :run ORDER BY p.line"""
_BEFORE = """
    SELECT p.end_to_end_id, max(q.run), p.creditor_iban, p.cents
    FROM payment p
    JOIN payment q ON q.creditor_iban = p.creditor_iban AND q.cents = p.cents AND q.remittance = p.remittance
    WHERE p.office = :office AND p.run = :run AND q.state <> 'discarded' AND q.run <> p.run
    GROUP BY p.line, p.end_to_end_id, p.creditor_iban, p.cents ORDER BY p.line"""


def runs(store: Store, state: str | None = None) -> tuple[Run, ...]:
    """Return all runs, or those in a state, by number."""
    return tuple(_run(row) for row in store.rows(_RUNS, run=None, state=state))


def run_named(store: Store, number: int) -> Run:
    """Return a run.

    Raises `UnknownRunError`.
    """
    row = store.one(_RUNS, run=number, state=None)
    if row is None:
        raise UnknownRunError(run=number)
    return _run(row)


def _run(row: tuple[Any, ...]) -> Run:
    values = list(row)
    values[7], values[9] = bytes(row[7]).hex(), bool(row[9])
    return Run(*values)


def payments(store: Store, run: Run) -> tuple[Payment, ...]:
    """Return the payments of a run in their order."""
    return tuple(Payment(*row) for row in store.rows(_PAYMENTS, office=run.office, run=run.number))


def lines(store: Store, run: Run) -> Generator[Line, None, None]:
    """Yield the payments of a run as they were proposed; inside `snapshot` or a unit."""
    for row in store.stream(_LINES, office=run.office, run=run.number):
        yield Line(*row)


def payables_of(store: Store, run: Run) -> Iterator[Payable]:
    """Yield the payables behind the payments of a run; inside `snapshot` or a unit."""
    return (Payable(*row) for row in store.stream(_SOURCES, office=run.office, run=run.number))


def paid_before(store: Store, run: Run) -> list[KasseError]:
    """Return a finding for each payment that another run has made to the same account, with amount and text."""
    return [
        PaidBeforeError(run=other, amount_cents=cents, iban=iban, place=Place(payment=identifier))
        for identifier, other, iban, cents in store.rows(_BEFORE, office=run.office, run=run.number)
    ]


def hash_of(store: Store, run: Run) -> str:
    """Return the hash over the list as it stands now: what is compared with the one that was proposed."""
    head = (run.number, run.iban, run.execution_day, run.debtor_name, run.single_booking)
    return list_hash(head, lines(store, run)).hex()


def seen_facts(run: Run) -> dict[str, str | int | bool | None]:
    """Return what a step on a run leaves in the event log: count, sum and hash of the list."""
    return {"count": run.count, "sum_cents": run.total_cents, "list_hash": run.list_hash}
