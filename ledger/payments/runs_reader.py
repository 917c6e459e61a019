"""Payment runs as they stand in the book: heads, lists, hashes, and the payments of a run in their order."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from ledger.payments.runs import Payment, Run, UnknownRunError, list_hash
from ledger.payments.transfers import Line, Payable
from ledger.store.engines import Store

_RUNS = """
    SELECT r.id, r.office, r.state, r.iban, coalesce(c.execution_day, r.execution_day), coalesce(c.count, r.count),
           coalesce(c.total_cents, r.total_cents), coalesce(c.list_hash, r.list_hash), r.debtor_name,
           r.single_booking, r.instant, coalesce(c.revision, 0), coalesce(m.name, CAST(r.created_by AS TEXT)),
           r.created_at, coalesce(v.name, CAST(r.reviewed_by AS TEXT)), r.reviewed_at,
           coalesce(f.name, CAST(r.released_by AS TEXT)), r.released_at,
           r.message_id, r.created_stamp, r.file_sha256, r.exported_at, r.debtor_address
    FROM payment_run r
    LEFT JOIN payment_run_change c ON c.office = r.office AND c.run = r.id AND c.revision = (
        SELECT max(n.revision) FROM payment_run_change n WHERE n.office = r.office AND n.run = r.id)
    LEFT JOIN app_user m ON m.id = r.created_by
    LEFT JOIN app_user v ON v.id = r.reviewed_by
    LEFT JOIN app_user f ON f.id = r.released_by
    WHERE (CAST(:run AS BIGINT) IS NULL OR r.id = :run) AND (CAST(:state AS TEXT) IS NULL OR r.state = :state)
    ORDER BY r.id"""
_PAYMENTS = """
    SELECT line, end_to_end_id, creditor_name, creditor_iban, cents, remittance, item_office, item, state, part,
           discount_cents, attachment, file, creditor_bic, purpose
    FROM payment WHERE office = :office AND run = :run ORDER BY line"""
_LINE = (
    "p.line, p.end_to_end_id, p.creditor_name, p.creditor_iban, p.cents, p.remittance, p.item_office, p.item, p.part, "
    "p.item_cents, p.discount_cents, p.attachment, p.purpose, p.refund, p.creditor_bic"
)
_LINES = f"""
    SELECT {_LINE} FROM payment p
    WHERE p.office = :office AND p.run = :run AND p.state <> 'discarded'
      AND (CAST(:file AS BIGINT) IS NULL OR p.file = :file)
    ORDER BY p.line"""
_SOURCES = f"""
    SELECT {_LINE}, i.due, CASE WHEN i.kind = 'payable' AND p.part = 0 THEN i.reference END,
           CASE WHEN i.kind = 'payable' AND p.part = 0 THEN i.purpose ELSE p.remittance END,
           CASE WHEN i.kind = 'payable' AND p.part = 0 THEN coalesce(n.legal_name, n.name) ELSE p.creditor_name END
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    LEFT JOIN party n ON n.id = i.party
    WHERE p.office = :office AND p.run = :run AND p.state <> 'discarded' ORDER BY p.line"""


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
    values[7], values[9], values[10] = bytes(row[7]).hex(), bool(row[9]), bool(row[10])
    return Run(*values)


def payments(store: Store, run: Run) -> tuple[Payment, ...]:
    """Return the payments of a run in their order."""
    return tuple(Payment(*row) for row in store.rows(_PAYMENTS, office=run.office, run=run.number))


def lines(store: Store, run: Run, file: int | None = None) -> Generator[Line, None, None]:
    """Yield the payments of a run, or of one of its files, as they were proposed; inside `snapshot` or a unit."""
    for row in store.stream(_LINES, office=run.office, run=run.number, file=file):
        yield Line(*row)


def sources(store: Store, run: Run) -> Iterator[tuple[Line, Payable]]:
    """Yield the payments of a run, each with the payable it comes from; inside `snapshot` or a unit."""
    for row in store.stream(_SOURCES, office=run.office, run=run.number):
        line = Line(*row[: len(Line._fields)])
        due, reference, purpose, name = row[len(Line._fields) :]
        yield (
            line,
            Payable(line.item_office, line.item, line.cents, due, reference, purpose, line.creditor_iban, name, None),
        )


def hash_of(store: Store, run: Run) -> str:
    """Return the hash over the list as it stands now: what is compared with the one that was proposed."""
    return list_hash(run.head(), lines(store, run)).hex()


def seen_facts(run: Run) -> dict[str, str | int | bool | None]:
    """Return what a step on a run leaves in the event log: count, sum and hash of the list."""
    return {"count": run.count, "sum_cents": run.total_cents, "list_hash": run.list_hash}
