"""Exporting a collection run: the same bytes whenever it is written, and the note that it was (invariant 7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from datetime import time as time_of_day

from ledger.book.store import office_codes
from ledger.events.store import record
from ledger.payments.collection_hindrances_reader import hindrances
from ledger.payments.collection_lines import message
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.collection_propose_store import first_day
from ledger.payments.collection_reader import hash_of, head_of, lines, run_named, seen_facts
from ledger.payments.collection_runs import (
    ROLES,
    CollectionRun,
    FileDiffersError,
    LateFileError,
    RunChangedError,
    check_step,
)
from ledger.payments.collection_steps_store import LISTED
from ledger.payments.collection_under_way_reader import ended_mandates
from ledger.payments.profiles_store import profile_of
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.pain008 import write

_RUN = """
    UPDATE collection_run SET state = :state, file_sha256 = :sha256, exported_at = :now, exported_by = :user
    WHERE office = :office AND id = :run"""
_COLLECTIONS = "UPDATE collection SET state = 'exported' WHERE office = :office AND run = :run AND state = 'released'"


class CollectionsHinderedError(KasseError):
    """A lock or the end of a mandate came between the release of a run and its file."""

    code = "collection.hindered"
    template = N_("{count} collections of run {run} must not leave any more; no file was written")
    hint = N_(
        "give the run up with 'kasse collection void {run} --reason …', as two people; what may be collected is in the "
        "next proposal"
    )


def exportable(store: Store, number: int) -> CollectionRun:
    """Return a run whose file may be written by the acting person.

    What the bank has not got yet must not leave past a lock, or a mandate that was ended since (§ 675j BGB). Raises
    `UnknownRunError`, `RunStateError`, `RunChangedError`, `CollectionsHinderedError`, `NotAllowedError`.
    """
    run = run_named(store, number)
    require(store, run.office, *ROLES["export"])
    check_step(run, "export")
    with store.snapshot():
        if hash_of(store, run) != run.list_hash:
            raise RunChangedError(run=number)
        found = [*hindrances(store, run), *ended_mandates(store, run)] if run.state == "released" else []
    if found:
        raise CollectionsHinderedError(count=len(found), run=number, findings=tuple(found[:LISTED]))
    return run


def late(store: Store, run: CollectionRun, today: date, time: time_of_day | None) -> list[KasseError]:
    """Return a finding where a file that is handed in now would miss its day; written it is all the same."""
    rules = policy_of(store)
    day, first = date.fromisoformat(run.collection_day), first_day(today, time, rules, profile_of(store, run.iban))
    again = run.file_sha256 is not None
    return [] if again or day >= first else [LateFileError(run=run.number, day=day, earliest=first)]


@contextmanager
def file_of(store: Store, run: CollectionRun) -> Iterator[Iterator[bytes]]:
    """Give the run's pain.008.001.08 file in chunks, from one moment of the book; what is stored decides it all."""
    assert run.message_id is not None, "a released run has its message id"
    assert run.created_stamp is not None, "and its time"
    created = datetime.fromisoformat(run.created_stamp)
    with store.snapshot():
        yield write(message(head_of(run), run.message_id, created, lines(store, run)))


def note_export(store: Store, number: int, sha256: str) -> CollectionRun:
    """Note that the run's file with this hash is complete and will lie under its name; a second time changes nothing.

    Raises `FileDiffersError` where an earlier export had other bytes.
    """
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        require(store, run.office, *ROLES["export"])
        check_step(run, "export")
        if run.file_sha256 is None:
            state = "exported" if run.state == "released" else run.state
            where = {"office": run.office, "run": number}
            store.execute(_RUN, state=state, sha256=sha256, now=store.now, user=store.user, **where)
            store.execute(_COLLECTIONS, **where)
            facts = seen_facts(run) | {"sha256": sha256}
            record(store, run.office, "collection.export", f"collection_run:{number}", facts)
        elif run.file_sha256 != sha256:
            raise FileDiffersError(run=number, found=sha256, stored=run.file_sha256)
        else:
            record(store, run.office, "collection.export_again", f"collection_run:{number}", {"sha256": sha256})
        return run_named(store, number)
