"""Reviewing, releasing and discarding a run: who may, what they saw, and what it does to the books."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from ledger.book.entry import Posted, Posting
from ledger.book.store import account_with_role, office_codes, post, setting
from ledger.book.transfer import across
from ledger.events.store import Fact, record
from ledger.items.store import NewClearing, clear, posting_for
from ledger.payments.runs import (
    ROLES,
    STEPS,
    ItemChangedError,
    ItemsChangedError,
    Payment,
    Run,
    RunChangedError,
    RunPostedError,
    RunSumError,
    RunSumMissingError,
    Step,
    check_step,
    message_id,
)
from ledger.payments.runs_reader import hash_of, paid_before, payables_of, payments, run_named, seen_facts
from ledger.payments.transfers import Gathering, Head
from ledger.people.users import OwnWorkError, require, user_name
from ledger.store.engines import Store
from sepa.errors import KasseError, Place
from sepa.payments import Party

LISTED = 100  # changed items named one by one in a refusal
_OTHERS = "SELECT count(*) FROM payment WHERE office = :office AND run = :run AND (state <> 'proposed' OR active = 0)"
_CHANGED = """
    SELECT p.item_office, p.item, p.cents, i.open_cents, p.end_to_end_id
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE p.office = :office AND p.run = :run AND i.open_cents <> p.cents ORDER BY p.line"""
_POSTINGS = """
    SELECT p.item_office, i.side, i.account, p.item, p.cents
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE p.office = :office AND p.run = :run ORDER BY p.item_office, p.line"""
_STATE = "UPDATE payment SET state = :state, active = :active WHERE office = :office AND run = :run"
_REVIEWED = """
    UPDATE payment_run SET state = 'reviewed', reviewed_by = :user, reviewed_at = :now
    WHERE office = :office AND id = :run"""
_RELEASED = """
    UPDATE payment_run SET state = 'released', released_by = :user, released_at = :now, message_id = :message,
           created_stamp = :now
    WHERE office = :office AND id = :run"""
_DISCARDED = "UPDATE payment_run SET state = 'discarded' WHERE office = :office AND id = :run"
_RUN_ENTRY = "SELECT office, year, number FROM entry WHERE kind = 'run' AND source = :source"
_REVIEWERS = "SELECT by FROM event WHERE office = :office AND object = :object AND action = 'payment.review'"
_CREATOR = "SELECT created_by FROM payment_run WHERE office = :office AND id = :run"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A run as its reviewer saw it: every payment, everything noticed; `new` is false where it was known before."""

    run: Run
    payments: tuple[Payment, ...]
    findings: tuple[KasseError, ...]
    new: bool = True


@dataclass(frozen=True, slots=True)
class Released:
    """A released run and the entries it posted, one for each office; none where it was released before."""

    run: Run
    entries: tuple[str, ...] = ()


def findings_of(store: Store, run: Run, today: dt.date) -> tuple[KasseError, ...]:
    """Return what is to be noticed about the payments of a run as seen on a day; inside `snapshot` or a unit."""
    day = dt.date.fromisoformat(run.execution_day)
    gathering = Gathering(Head(run.office, run.number, Party(run.debtor_name, run.iban), day))
    gathering.take(payables_of(store, run), today)
    return (*gathering.findings, *paid_before(store, run))


def review(store: Store, number: int, *, today: dt.date) -> Reviewed:
    """Note that the acting person has seen the list of a run, and return what there was to see.

    The run keeps the first reviewer's name; others who looked stand in the event log, and cannot release it either.
    Raises `UnknownRunError`, `RunStateError`, `RunChangedError`, `NotAllowedError`.
    """
    require(store, run_named(store, number).office, *ROLES["review"])
    with store.unit(office_codes(store)):
        run = _checked(store, number, "review")
        again = store.user in _reviewers(store, run)
        if run.state == "proposed":
            store.execute(_REVIEWED, user=store.user, now=store.now, office=run.office, run=number)
        if not again:
            _note(store, run, "review")
        seen = run_named(store, number)
        return Reviewed(seen, payments(store, seen), findings_of(store, seen, today), new=not again)


def release(store: Store, number: int, *, sum_cents: int | None, today: dt.date) -> Released:
    """Release a reviewed run: settle its items against money in transit and give the file its id.

    Whoever made or reviewed the run cannot release it; `sum_cents` is the control sum, to the cent. A second release
    changes nothing. Raises `UnknownRunError`, `RunStateError`, `NotAllowedError`, `OwnWorkError`,
    `RunSumMissingError`, `RunSumError`, `RunChangedError`, `RunPostedError`, `ItemsChangedError`, `ClosedPeriodError`.
    """
    office = run_named(store, number).office
    require(store, office, *ROLES["release"])
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        _check_person(store, run)
        _check_sum(run, sum_cents)
        if run.state in STEPS["export"][0]:
            return Released(run)
        _checked(store, number, "release")
        _check_unposted(store, run)
        _check_items(store, run)
        message = message_id(setting(store, "book_id"), number)
        posted = _post(store, run, today.isoformat(), message)
        store.execute(_STATE, state="released", active=1, office=office, run=number)
        store.execute(_RELEASED, user=store.user, now=store.now, message=message, office=office, run=number)
        _note(store, run, "release", message_id=message)
        entries = tuple(f"{one.office}-{one.year}-{one.number}" for one in posted)
        return Released(run_named(store, number), entries)


def discard(store: Store, number: int, *, reason: str = "") -> Run:
    """Give up a run that is not released; its items are free for another one. A second discard changes nothing.

    Raises `UnknownRunError`, `RunStateError`, `NotAllowedError`.
    """
    require(store, run_named(store, number).office, *ROLES["discard"])
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        if run.state == "discarded":
            return run
        check_step(run, "discard")
        store.execute(_STATE, state="discarded", active=0, office=run.office, run=number)
        store.execute(_DISCARDED, office=run.office, run=number)
        _note(store, run, "discard", details={"reason": reason} if reason else None)
        return run_named(store, number)


def _checked(store: Store, number: int, step: Step) -> Run:
    """Return the run where the step may be taken and its list is the one that was proposed."""
    run = run_named(store, number)
    check_step(run, step)
    if hash_of(store, run) != run.list_hash or store.value(_OTHERS, office=run.office, run=number):
        raise RunChangedError(run=number)
    return run


def _check_person(store: Store, run: Run) -> None:
    creator = store.value(_CREATOR, office=run.office, run=run.number)
    if store.user in {creator, *_reviewers(store, run)}:
        raise OwnWorkError(user=user_name(store, store.user), what=f"R{run.number}", office=run.office)


def _reviewers(store: Store, run: Run) -> set[int]:
    return {int(by) for (by,) in store.rows(_REVIEWERS, office=run.office, object=f"run:{run.number}")}


def _check_unposted(store: Store, run: Run) -> None:
    """Check that the books do not hold the run: a state that was turned back would pay it again (invariant 7)."""
    found = store.one(_RUN_ENTRY, source=f"run:{run.number}")
    if found is not None:
        raise RunPostedError(run=run.number, entry="{}-{}-{}".format(*found))


def _check_sum(run: Run, given_cents: int | None) -> None:
    if given_cents is None:
        raise RunSumMissingError
    if given_cents != run.total_cents:
        raise RunSumError(given_cents=given_cents, run=run.number, count=run.count, sum_cents=run.total_cents)


def _check_items(store: Store, run: Run) -> None:
    """Check that every item is still open with what the run pays: it may have been settled or cancelled since."""
    changed: list[KasseError] = [
        ItemChangedError(item=item, office=office, open_cents=left, cents=cents, place=Place(payment=identifier))
        for office, item, cents, left, identifier in store.rows(_CHANGED, office=run.office, run=run.number)
    ]
    if changed:
        raise ItemsChangedError(run=run.number, count=len(changed), findings=tuple(changed[:LISTED]))


def _post(store: Store, run: Run, day: str, message: str) -> list[Posted]:
    """Post the run: each office's payables against the Kasse's money in transit, one entry for each office."""
    postings: dict[str, list[Posting]] = defaultdict(list)
    settled: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for office, side, account, item, cents in store.stream(_POSTINGS, office=run.office, run=run.number):
        postings[office].append(posting_for(side, account, item, cents))
        settled[office].append((item, cents))
    transit = Posting(account_with_role(store, run.office, "transit_out"), -run.total_cents)
    postings[run.office].append(transit)
    source = f"run:{run.number}"
    drafts = across(run.office, postings, kind="run", posting_day=day, source=source, text=message, group=run.number)
    posted = post(store, drafts)
    places = {one.office: one.position for one in posted}
    clear(
        store,
        [
            NewClearing(office, "run", places[office], day, run.execution_day, tuple(lines))
            for office, lines in sorted(settled.items())
        ],
    )
    return posted


def _note(store: Store, run: Run, step: Step, details: dict[str, Fact] | None = None, **facts: Fact) -> None:
    record(store, run.office, f"payment.{step}", f"run:{run.number}", seen_facts(run) | facts, details)
