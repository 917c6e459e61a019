"""Giving up files of collections: their claims are open again, their ids are never used again."""

from __future__ import annotations

import datetime as dt

from ledger.book.store import office_codes
from ledger.events.store import Fact, record
from ledger.payments.collection_outcomes_store import undo
from ledger.payments.collection_reader import collections, reports, run_named, seen_facts
from ledger.payments.collection_runs import ROLES, CollectionRun, VoidError, check_step
from ledger.payments.collection_voiding import (
    CollectionVoided,
    VoidAnsweredError,
    VoidCreditError,
    VoidStagedCreditError,
)
from ledger.payments.mandates import NoReasonError
from ledger.payments.unclear_reader import unclear_credit
from ledger.people.users import check_apart, require, same_person, user_name
from ledger.store.engines import Store

_RUN = "UPDATE collection_run SET state = 'voided' WHERE office = :office AND id = :run"
_BOOKED = """SELECT count(*) FROM collection WHERE office = :office AND run = :run
    AND (state NOT IN ('released', 'exported') OR credit_entry IS NOT NULL)"""
_ASKED = """SELECT by, at FROM event WHERE office = :office AND object = :object AND action = 'collection.ask_void'
    ORDER BY position DESC"""


def void(store: Store, number: int, reason: str = "", *, today: dt.date, cancelled: bool = False) -> CollectionVoided:
    """Give up a file that the bank never got: the first person asks, a second one with the right to release does it.

    `cancelled` says that the order was cancelled at the bank before it was collected. A second time changes nothing.
    Raises `UnknownRunError`, `RunStateError`, `VoidError`, `VoidAnsweredError`, `VoidCreditError`,
    `VoidStagedCreditError`, `NoReasonError`, `NotAllowedError`.
    """
    office = run_named(store, number).office
    require(store, office, *ROLES["void"])
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        by, at = store.one(_ASKED, office=office, object=f"collection_run:{number}") or (None, None)
        if run.state == "voided":
            name = user_name(store, int(by)) if by is not None else ""
            return CollectionVoided(run, name, done=True, new=False)
        _check(store, run, cancelled=cancelled)
        if by is None or same_person(store, (by, at)):
            return _ask(store, run, reason, new=by is None)
        require(store, office, *ROLES["release"])
        check_apart(store, office, f"collection run {number}", (by, at))
        return _do(store, run, user_name(store, int(by)), reason, today)


def _check(store: Store, run: CollectionRun, *, cancelled: bool) -> None:
    check_step(run, "void")
    booked = int(store.value(_BOOKED, office=run.office, run=run.number))
    if booked:
        raise VoidError(run=run.number, count=booked)
    found = reports(store, run)
    if found and not cancelled:
        raise VoidAnsweredError(run=run.number, status=found[-1].status, at=found[-1].read_at)
    _check_credits(store, run)


def _check_credits(store: Store, run: CollectionRun) -> None:
    """Check that no unclear credit of the account names the run: what was collected would be collected again."""
    found = unclear_credit(store, run)
    if found is None:
        return
    day = dt.date.fromisoformat(found.day)
    if found.case is None:
        raise VoidStagedCreditError(run=run.number, credit_cents=found.cents, day=day)
    raise VoidCreditError(run=run.number, credit_cents=found.cents, day=day, case=found.case)


def _ask(store: Store, run: CollectionRun, reason: str, *, new: bool) -> CollectionVoided:
    if new:
        if not reason.strip():
            raise NoReasonError
        facts: dict[str, Fact] = {**seen_facts(run), "message_id": run.message_id}
        record(store, run.office, "collection.ask_void", f"collection_run:{run.number}", facts, {"reason": reason})
    return CollectionVoided(run, user_name(store, store.user), done=False, new=new)


def _do(store: Store, run: CollectionRun, asked_by: str, reason: str, today: dt.date) -> CollectionVoided:
    store.execute(_RUN, office=run.office, run=run.number)
    outcomes = {one.line: ("voided", "") for one in collections(store, run)}
    posted = undo(store, (run.office, run.number), outcomes, (today.isoformat(), f"void {run.message_id}"))
    details: dict[str, Fact] | None = {"reason": reason} if reason.strip() else None
    record(store, run.office, "collection.void", f"collection_run:{run.number}", dict(seen_facts(run)), details)
    entries = tuple(f"{one.office}-{one.year}-{one.number}" for one in posted)
    done = run_named(store, run.number)
    return CollectionVoided(done, asked_by, True, True, run.count, run.total_cents, entries)
