"""Collection runs as they stand in the book: heads, lists, hashes, and what stands behind each collection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.payments.collection_lines import Head, Line, Part, stored_amendment
from ledger.payments.collection_runs import CollectionRun, CollectionView, UnknownRunError
from ledger.payments.collection_voiding import Report
from ledger.payments.runs import list_hash
from ledger.store.engines import Store
from sepa.payments import Party

_RUNS = """
    SELECT r.id, r.office, r.state, r.scheme, r.iban, r.creditor_name, r.creditor_bic,
           coalesce(n.collection_day, r.collection_day), r.single_booking, r.charset, coalesce(n.count, r.count),
           coalesce(n.total_cents, r.total_cents), coalesce(n.list_hash, r.list_hash),
           coalesce(c.name, CAST(r.created_by AS TEXT)), r.created_at,
           coalesce(v.name, CAST(r.reviewed_by AS TEXT)), r.reviewed_at,
           coalesce(f.name, CAST(r.released_by AS TEXT)), r.released_at,
           r.message_id, r.created_stamp, r.file_sha256, r.exported_at, coalesce(x.name, CAST(r.exported_by AS TEXT)),
           coalesce(n.revision, 0)
    FROM collection_run r
    LEFT JOIN collection_run_change n ON n.office = r.office AND n.run = r.id AND n.revision = (
        SELECT max(l.revision) FROM collection_run_change l WHERE l.office = r.office AND l.run = r.id)
    LEFT JOIN app_user c ON c.id = r.created_by
    LEFT JOIN app_user v ON v.id = r.reviewed_by
    LEFT JOIN app_user f ON f.id = r.released_by
    LEFT JOIN app_user x ON x.id = r.exported_by
    WHERE (CAST(:run AS BIGINT) IS NULL OR r.id = :run) AND (CAST(:state AS TEXT) IS NULL OR r.state = :state)
    ORDER BY r.id"""
_LINES = f"""SELECT {", ".join(Line._fields)} FROM collection
    WHERE office = :office AND run = :run AND (state <> 'discarded' OR :all = 1) ORDER BY line"""
_PARTS = """
    SELECT p.line, p.part, p.item_office, p.item, p.cents FROM collection_item p
    JOIN collection c ON c.office = p.office AND c.run = p.run AND c.line = p.line
    WHERE p.office = :office AND p.run = :run AND (c.state <> 'discarded' OR :all = 1) ORDER BY p.line, p.part"""
_OUTCOMES = """SELECT line, state, return_reason, ended_on, fee_cents, asked FROM collection
    WHERE office = :office AND run = :run ORDER BY line"""
_REPORTS = """
    SELECT r.id, r.kind, r.status, r.reason, r.message_id, r.file_sha256, coalesce(u.name, CAST(r.read_by AS TEXT)),
           r.read_at
    FROM collection_report r LEFT JOIN app_user u ON u.id = r.read_by
    WHERE r.office = :office AND r.run = :run ORDER BY r.id"""
_BY_ID = "SELECT office, run, line FROM collection WHERE end_to_end_id = :identifier"


def runs(store: Store, state: str | None = None) -> tuple[CollectionRun, ...]:
    """Return all runs, or those in a state, by number."""
    return tuple(_run(row) for row in store.rows(_RUNS, run=None, state=state))


def run_named(store: Store, number: int) -> CollectionRun:
    """Return a run.

    Raises `UnknownRunError`.
    """
    row = store.one(_RUNS, run=number, state=None)
    if row is None:
        raise UnknownRunError(run=number)
    return _run(row)


def _run(row: tuple[Any, ...]) -> CollectionRun:
    values = list(row)
    values[8], values[12] = bool(row[8]), bytes(row[12]).hex()
    return CollectionRun(*values)


def head_of(run: CollectionRun) -> Head:
    """Return what all collections of a run share."""
    creditor = Party(run.creditor_name, run.iban, run.creditor_bic or "")
    return Head(
        run.office, creditor, date.fromisoformat(run.collection_day), run.scheme,
        "epc" if run.charset == "epc" else "dk", run.single_booking,
    )  # fmt: skip


def lines(store: Store, run: CollectionRun, *, discarded: bool = False) -> list[Line]:
    """Return the collections of a run in their order, on request with those that were taken out of it.

    A run has no more than a file takes.
    """
    return [Line(*row) for row in store.rows(_LINES, office=run.office, run=run.number, all=int(discarded))]


def parts(store: Store, run: CollectionRun, *, discarded: bool = False) -> list[Part]:
    """Return which items the collections of a run take, and how much of each."""
    return [Part(*row) for row in store.rows(_PARTS, office=run.office, run=run.number, all=int(discarded))]


def parts_by_line(store: Store, run: CollectionRun, *, discarded: bool = False) -> Mapping[int, list[Part]]:
    """Return the items of a run by the line of their collection."""
    found: defaultdict[int, list[Part]] = defaultdict(list)
    for part in parts(store, run, discarded=discarded):
        found[part.line].append(part)
    return found


def collections(store: Store, run: CollectionRun, *, discarded: bool = False) -> tuple[CollectionView, ...]:
    """Return the collections of a run in their order as people see them, on request with those taken out of it."""
    items = parts_by_line(store, run, discarded=discarded)
    outcomes = {row[0]: row[1:] for row in store.rows(_OUTCOMES, office=run.office, run=run.number)}
    return tuple(
        CollectionView(
            line.line, line.end_to_end_id, line.mandate, line.mandate_reference, line.sequence,
            stored_amendment(line) is not None, line.debtor_name, line.debtor_iban, line.cents, line.remittance,
            " ".join(f"{part.item_office}/{part.item}" for part in items[line.line]), *outcomes[line.line],
        )
        for line in lines(store, run, discarded=discarded)
    )  # fmt: skip


def reports(store: Store, run: CollectionRun) -> tuple[Report, ...]:
    """Return what the bank answered to the file of a run, in the order in which it was read."""
    return tuple(Report(*row) for row in store.rows(_REPORTS, office=run.office, run=run.number))


def hash_of(store: Store, run: CollectionRun) -> str:
    """Return the hash over the list as it stands now: what is compared with the one that was proposed."""
    return hashed(run.number, head_of(run), lines(store, run), parts(store, run)).hex()


def hashed(number: int, head: Head, all_lines: list[Line], all_parts: list[Part]) -> bytes:
    """Return the SHA-256 over a run as a person sees it: what is shared, every collection, every item."""
    shared = (
        number, head.creditor.iban, head.creditor.bic, head.day.isoformat(), head.creditor.name, head.scheme,
        head.charset, head.single_booking,
    )  # fmt: skip
    return list_hash(shared, [*all_lines, *all_parts])


def seen_facts(run: CollectionRun) -> dict[str, str | int | bool | None]:
    """Return what a step on a run leaves in the event log: count, sum and hash of the list."""
    return {"count": run.count, "sum_cents": run.total_cents, "list_hash": run.list_hash}


@dataclass(frozen=True, slots=True)
class CollectionKey:
    """Where a collection is in the book."""

    office: str
    run: int
    line: int


def find_collection(store: Store, identifier: str) -> CollectionKey | None:
    """Return the collection with that EndToEndId, None where there is none."""
    row = store.one(_BY_ID, identifier=identifier)
    return CollectionKey(*row) if row else None
