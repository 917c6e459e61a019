"""Reviewing, releasing and discarding a collection run: who may, what they saw, what it does to the books."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass

from ledger.book.store import office_codes, setting
from ledger.events.store import Fact, record
from ledger.payments.collection_claims_reader import came_back
from ledger.payments.collection_drafting import checked
from ledger.payments.collection_hindrances_reader import hindrances
from ledger.payments.collection_lines import Line, stored_amendment
from ledger.payments.collection_outcomes_store import Held, held, settle
from ledger.payments.collection_policy import payment_day
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.collection_propose_store import first_day
from ledger.payments.collection_reader import collections, hash_of, head_of, lines, run_named, seen_facts
from ledger.payments.collection_runs import (
    ROLES,
    STEPS,
    CollectionRun,
    CollectionView,
    ItemChangedError,
    ListChangedError,
    MandateChangedError,
    RunChangedError,
    RunSumError,
    Step,
    TooLateError,
    check_step,
    message_id,
)
from ledger.payments.collection_under_way_reader import ended_mandates
from ledger.payments.mandate_reader import mandates, untold
from ledger.payments.mandate_use_store import refresh, tell
from ledger.payments.mandates import Mandate, amendment, unusable
from ledger.payments.profiles_store import profile_of
from ledger.payments.runs import RunSumMissingError
from ledger.people.users import check_apart, require
from ledger.store.engines import Store
from sepa.errors import KasseError, Place
from sepa.identifiers import bic_key

LISTED = 100  # changed items named one by one in a refusal
_OTHERS = """SELECT count(*) FROM collection WHERE office = :office AND run = :run
    AND (state <> 'proposed' OR active = 0) AND NOT (state = 'discarded' AND active = 0 AND :revision > 0)"""
_ALL = """UPDATE collection SET state = :state, active = :active
    WHERE office = :office AND run = :run AND state = 'proposed'"""
_FREE = "UPDATE collection_item SET active = 0 WHERE office = :office AND run = :run"
_CHANGED = """
    SELECT p.item_office, p.item, p.cents, i.open_cents, c.end_to_end_id
    FROM collection_item p JOIN item i ON i.office = p.item_office AND i.id = p.item
    JOIN collection c ON c.office = p.office AND c.run = p.run AND c.line = p.line
    WHERE p.office = :office AND p.run = :run AND p.active = 1 AND i.open_cents <> p.cents ORDER BY p.line, p.part"""
_REVIEWED = """
    UPDATE collection_run SET state = 'reviewed', reviewed_by = coalesce(reviewed_by, :user),
           reviewed_at = coalesce(reviewed_at, :now)
    WHERE office = :office AND id = :run"""
_RELEASED = """
    UPDATE collection_run SET state = 'released', released_by = :user, released_at = :now, message_id = :message,
           created_stamp = :now
    WHERE office = :office AND id = :run"""
_RUN = "UPDATE collection_run SET state = :state WHERE office = :office AND id = :run"
_PERSONS = """
    SELECT action, by, facts, at FROM event WHERE office = :office AND object = :object
      AND action IN ('collection.propose', 'collection.review', 'collection.change')"""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A run as its reviewer saw it: every collection, everything noticed; `new` is false where it was known before."""

    run: CollectionRun
    collections: tuple[CollectionView, ...]
    findings: tuple[KasseError, ...]
    new: bool = True


@dataclass(frozen=True, slots=True)
class Released:
    """A run after a step that books, and the entries, one for each office; none where it was done before."""

    run: CollectionRun
    entries: tuple[str, ...] = ()


def findings_of(store: Store, run: CollectionRun, today: dt.date) -> tuple[KasseError, ...]:
    """Return what is to be noticed about the collections of a run as seen on a day."""
    found = lines(store, run)
    return (*checked(head_of(run), found, today), *hindrances(store, run), *ended_mandates(store, run))


def review(store: Store, number: int, *, today: dt.date) -> Reviewed:
    """Note that the acting person has seen the list of a run, and return what there was to see.

    The run keeps the first reviewer's name; others who looked stand in the event log, and cannot release it either.
    Raises `UnknownRunError`, `RunStateError`, `RunChangedError`,
    `NotAllowedError`.
    """
    require(store, run_named(store, number).office, *ROLES["review"])
    with store.unit(office_codes(store)):
        run = _checked(store, number, "review")
        fresh = store.user not in _reviewers(store, run)
        if run.state == "proposed":
            store.execute(_REVIEWED, user=store.user, now=store.now, office=run.office, run=number)
        if fresh:
            _note(store, run, "review")
        seen = run_named(store, number)
        return Reviewed(seen, collections(store, seen), findings_of(store, seen, today), new=fresh)


def release(
    store: Store, number: int, *, sum_cents: int | None, today: dt.date, time: dt.time | None = None
) -> Released:
    """Release a reviewed run: settle its claims against collections in transit and give the file its id.

    Whoever made, changed or reviewed the run cannot release it; `sum_cents` is the control sum, to the cent. A second
    release changes nothing. Raises `UnknownRunError`, `RunStateError`, `NotAllowedError`, `OwnWorkError`,
    `TooLateError`, `RunSumMissingError`, `RunSumError`, `RunChangedError`, `ListChangedError`, `ClosedPeriodError`.
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
        check_day(store, run, today, time)
        by_number = {one.number: one for one in mandates(store)}
        collected = lines(store, run)
        _check_unchanged(store, run, collected, by_number)
        message = message_id(setting(store, "book_id"), number)
        posted = _settle(store, run, (collected, by_number), (today.isoformat(), message))
        store.execute(_ALL, state="released", active=1, office=office, run=number)
        store.execute(_RELEASED, user=store.user, now=store.now, message=message, office=office, run=number)
        tell(store, number, collected)
        refresh(store, office, number)
        _note(store, run, "release", message_id=message)
        return Released(run_named(store, number), posted)


def discard(store: Store, number: int, *, reason: str = "") -> CollectionRun:
    """Give up a run that is not released; its items are free again. A second time changes nothing.

    Raises `UnknownRunError`, `RunStateError`, `NotAllowedError`.
    """
    require(store, run_named(store, number).office, *ROLES["discard"])
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        if run.state == "discarded":
            return run
        check_step(run, "discard")
        store.execute(_ALL, state="discarded", active=0, office=run.office, run=number)
        store.execute(_FREE, office=run.office, run=number)
        store.execute(_RUN, state="discarded", office=run.office, run=number)
        _note(store, run, "discard", details={"reason": reason} if reason else None)
        return run_named(store, number)


def check_day(store: Store, run: CollectionRun, today: dt.date, time: dt.time | None) -> None:
    """Check that the bank can still collect on the day of the run.

    Raises `TooLateError`.
    """
    rules, day = policy_of(store), dt.date.fromisoformat(run.collection_day)
    first = first_day(today, time, rules, profile_of(store, run.iban))
    if day < first:
        raise TooLateError(run=run.number, day=day, earliest=first)


def _checked(store: Store, number: int, step: Step) -> CollectionRun:
    """Return the run where the step may be taken and its list is the one that was proposed."""
    run = run_named(store, number)
    check_step(run, step)
    if hash_of(store, run) != run.list_hash or store.value(
        _OTHERS, office=run.office, run=number, revision=run.revision
    ):
        raise RunChangedError(run=number)
    return run


def _check_person(store: Store, run: CollectionRun) -> None:
    """Check that the releasing person neither made, changed nor reviewed the run."""
    check_apart(store, run.office, f"collection run {run.number}", *[(by, at) for _, by, _, at in _persons(store, run)])


def _persons(store: Store, run: CollectionRun) -> list[tuple[str, int, str, str]]:
    return store.all(_PERSONS, office=run.office, object=f"collection_run:{run.number}")


def _reviewers(store: Store, run: CollectionRun) -> set[int]:
    """Return who reviewed the list as it stands now; a change makes a new one."""
    return {
        by
        for action, by, facts, _ in _persons(store, run)
        if action == "collection.review" and json.loads(facts)["list_hash"] == run.list_hash
    }


def _check_sum(run: CollectionRun, given_cents: int | None) -> None:
    if given_cents is None:
        raise RunSumMissingError
    if given_cents != run.total_cents:
        raise RunSumError(given_cents=given_cents, run=run.number, count=run.count)


def _check_unchanged(store: Store, run: CollectionRun, collected: list[Line], by_number: dict[int, Mandate]) -> None:
    """Check that every item is still open with what is collected, and every mandate still what the file will say."""
    changed: list[KasseError] = list(hindrances(store, run))
    changed += [
        ItemChangedError(
            item=item, office=office, open_cents=left, collect_cents=cents, place=Place(payment=identifier)
        )
        for office, item, cents, left, identifier in store.rows(_CHANGED, office=run.office, run=run.number)
    ]
    told = untold(store)
    carried = defaultdict(set)
    for line in collected:
        carried[line.mandate].add(stored_amendment(line))
    for line in collected:
        mandate = by_number[line.mandate]
        was = amendment(told.get(line.mandate, ()))
        same = not differs(line, mandate, run.collection_day) and carried[line.mandate] - {None} == {was} - {None}
        if not same:
            place = Place(payment=line.end_to_end_id)
            changed.append(MandateChangedError(mandate=line.mandate, name=mandate.party_name, place=place))
    if changed:
        raise ListChangedError(run=run.number, count=len(changed), findings=tuple(changed[:LISTED]))


def differs(line: Line, mandate: Mandate, day: str) -> bool:
    """Return whether a mandate is not any more what a proposed collection says of it."""
    said = line.creditor_id, line.mandate_reference, line.signed, line.debtor_iban, bic_key(line.debtor_bic)
    now = mandate.creditor_id, mandate.reference, mandate.signed, mandate.iban, bic_key(mandate.bic)
    first_again = line.sequence == "FRST" and mandate.known_to_bank
    return said != now or first_again or unusable(mandate, day) is not None


def _settle(
    store: Store, run: CollectionRun, seen: tuple[list[Line], dict[int, Mandate]], posting: tuple[str, str]
) -> tuple[str, ...]:
    collected, by_number = seen
    valid = {line.line: by_number[line.mandate].valid_from for line in collected}
    again = came_back(store).keys()
    parts = held(store, run.office, run.number)
    days = {(part.line, part.part): _paid(part, valid[part.line], run, again) for part in parts}
    posted = settle(store, (run.office, run.number), parts, days, posting)
    return tuple(f"{one.office}-{one.year}-{one.number}" for one in posted)


def _paid(part: Held, valid_from: str, run: CollectionRun, again: Container[tuple[str, int]]) -> str:
    returned = (part.office, part.item) in again
    return payment_day(part.due, valid_from, run.collection_day, returned_before=returned)


def _note(store: Store, run: CollectionRun, step: Step, details: dict[str, Fact] | None = None, **facts: Fact) -> None:
    record(store, run.office, f"collection.{step}", f"collection_run:{run.number}", seen_facts(run) | facts, details)
