"""Reviewing, releasing and discarding a run: who may, what they saw, and what it does to the books."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from ledger.book.store import office_codes, setting
from ledger.events.store import Fact, record
from ledger.payments.addresses import kept_address
from ledger.payments.discounts_reader import discounts
from ledger.payments.files import FilePlan, PaymentFile
from ledger.payments.files_store import files_hash, files_of, make_files, planned
from ledger.payments.gathering import Gathering, counted
from ledger.payments.left_out import DiscountTakenError
from ledger.payments.profiles_store import profile_of
from ledger.payments.release_duty_store import check_no_part
from ledger.payments.rights_reader import rights_of
from ledger.payments.run_posting_store import post_release
from ledger.payments.runs import (
    ROLES,
    STEPS,
    ItemChangedError,
    ItemsChangedError,
    LettersNotTakenError,
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
from ledger.payments.runs_reader import hash_of, lines, payments, run_named, seen_facts, sources
from ledger.payments.steps import check_day
from ledger.payments.transfers import Head
from ledger.payments.warnings import condensed, marked, weighed
from ledger.payments.warnings_reader import hindrances, warnings_of
from ledger.people.users import check_apart, require
from ledger.store.collector import without_collector
from ledger.store.engines import Store
from sepa.errors import KasseError, Place
from sepa.payments import Party
from sepa.text import is_legal

LISTED = 100  # changed items named one by one in a refusal
_OTHERS = """
    SELECT count(*) FROM payment WHERE office = :office AND run = :run AND (state <> 'proposed' OR active = 0)
      AND NOT (state = 'discarded' AND active = 0 AND :revision > 0)"""
_CHANGED = """
    SELECT p.item_office, p.item, p.cents, i.open_cents, p.end_to_end_id
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE p.office = :office AND p.run = :run AND p.state = 'proposed' AND i.open_cents <> p.item_cents
    ORDER BY p.line"""
_GIVEN_UP = """
    UPDATE payment SET state = 'discarded', active = 0
    WHERE office = :office AND run = :run AND state = 'proposed'"""
_REVIEWED = """
    UPDATE payment_run SET state = 'reviewed', reviewed_by = coalesce(reviewed_by, :user),
           reviewed_at = coalesce(reviewed_at, :now)
    WHERE office = :office AND id = :run"""
_RELEASED = """
    UPDATE payment_run SET state = 'released', released_by = :user, released_at = :now, message_id = :message,
           created_stamp = :now
    WHERE office = :office AND id = :run"""
_DISCARDED = "UPDATE payment_run SET state = 'discarded' WHERE office = :office AND id = :run"
_RUN_ENTRY = "SELECT office, year, number FROM entry WHERE kind = 'run' AND source = :source"
_PERSONS = """
    SELECT action, by, facts, at FROM event
    WHERE office = :office AND object = :object AND action IN ('payment.propose', 'payment.review', 'payment.change')"""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A run as its reviewer saw it: every payment, everything noticed; `new` is false where it was known before."""

    run: Run
    payments: tuple[Payment, ...]
    findings: tuple[KasseError, ...]
    new: bool = True
    files: tuple[FilePlan, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """A released run and the entries it posted, one for each office; none where it was released before."""

    run: Run
    entries: tuple[str, ...] = ()
    files: tuple[PaymentFile, ...] = ()


def findings_of(
    store: Store, run: Run, today: dt.date, step: Callable[[int], None] | None = None
) -> tuple[KasseError, ...]:
    """Return what is to be noticed about the payments of a run as seen on a day; inside `snapshot` or a unit."""
    day = dt.date.fromisoformat(run.execution_day)
    charset = profile_of(store, run.iban).charset
    debtor = Party(run.debtor_name, run.iban, address=kept_address(run.debtor_address))
    head = Head(run.office, run.number, debtor, day, run.instant, charset)
    gathering = Gathering(head)
    gathering.see(counted(sources(store, run), step), today)
    return tuple(
        weighed((*gathering.findings, *_discounts(store, run), *rights_of(store, run), *warnings_of(store, run)))
    )


def _discounts(store: Store, run: Run) -> Iterator[KasseError]:
    """Yield until when what is kept off may be kept off."""
    for kept in discounts(store, run):
        place = Place(payment=kept.end_to_end_id)
        yield DiscountTakenError(
            discount_cents=kept.cents, day=kept.last, item=kept.item, office=kept.office, place=place
        )


def review(store: Store, number: int, *, today: dt.date, step: Callable[[int], None] | None = None) -> Reviewed:
    """Note that the acting person has seen the list of a run, and return what there was to see.

    The run keeps the first reviewer's name; others who looked stand in the event log, and cannot release it either.
    `step` counts payments.
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
        with without_collector():
            found = findings_of(store, seen, today, step)
        listed = marked((one for one in payments(store, seen) if one.state != "discarded"), found)
        return Reviewed(seen, listed, condensed(found, number), not again, tuple(planned(store, seen)))


def release(
    store: Store,
    number: int,
    *,
    sum_cents: int | None,
    today: dt.date,
    step: Callable[[int], None] | None = None,
) -> Released:
    """Release a reviewed run: settle its items against money in transit and give the file its id.

    Whoever made or reviewed the run cannot release it; `sum_cents` is the control sum, to the cent. A second release
    changes nothing. Raises `UnknownRunError`, `RunStateError`, `NotAllowedError`, `OwnWorkError`,
    `OwnOrdersError`, `RunSumMissingError`, `RunSumError`, `RunChangedError`, `RunPostedError`, `ItemsChangedError`,
    `LettersNotTakenError`, `ExecutionDayOverError`, `ClosedPeriodError`.
    """
    office = run_named(store, number).office
    require(store, office, *ROLES["release"])
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        _check_person(store, run)
        _check_sum(run, sum_cents)
        if run.state in STEPS["export"][0]:
            return Released(run, files=tuple(files_of(store, number)))
        _checked(store, number, "release")
        check_day(run, today)
        _check_unposted(store, run)
        check_no_part(store, run)
        _check_items(store, run)
        _check_letters(store, run)
        message = message_id(setting(store, "book_id"), number)
        posted = post_release(store, run, today.isoformat(), message, step)
        make_files(store, run, message)
        store.execute(_RELEASED, user=store.user, now=store.now, message=message, office=office, run=number)
        _note(store, run, "release", message_id=message, files_hash=files_hash(store, office, number))
        entries = tuple(f"{one.office}-{one.year}-{one.number}" for one in posted)
        return Released(run_named(store, number), entries, tuple(files_of(store, number)))


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
        store.execute(_GIVEN_UP, office=run.office, run=number)
        store.execute(_DISCARDED, office=run.office, run=number)
        _note(store, run, "discard", details={"reason": reason} if reason else None)
        return run_named(store, number)


def _checked(store: Store, number: int, step: Step) -> Run:
    """Return the run where the step may be taken and its list is the one that was proposed."""
    run = run_named(store, number)
    check_step(run, step)
    if hash_of(store, run) != run.list_hash or store.value(
        _OTHERS, office=run.office, run=number, revision=run.revision
    ):
        raise RunChangedError(run=number)
    return run


def _check_person(store: Store, run: Run) -> None:
    """Check that the releasing person neither made, changed nor reviewed the run."""
    check_apart(store, run.office, f"payment run {run.number}", *[(by, at) for _, by, _, at in _persons(store, run)])


def _persons(store: Store, run: Run) -> list[tuple[str, int, str, str]]:
    return store.all(_PERSONS, office=run.office, object=f"run:{run.number}")


def _reviewers(store: Store, run: Run) -> set[int]:
    """Return who reviewed the list as it stands now; a change makes a new one."""
    return {
        by
        for action, by, facts, _ in _persons(store, run)
        if action == "payment.review" and json.loads(facts)["list_hash"] == run.list_hash
    }


def _check_unposted(store: Store, run: Run) -> None:
    """Check that the books do not hold the run: a state that was turned back would pay it again (invariant 7)."""
    found = store.one(_RUN_ENTRY, source=f"run:{run.number}")
    if found is not None:
        raise RunPostedError(run=run.number, entry="{}-{}-{}".format(*found))


def _check_sum(run: Run, given_cents: int | None) -> None:
    if given_cents is None:
        raise RunSumMissingError
    if given_cents != run.total_cents:
        raise RunSumError(given_cents=given_cents, run=run.number, count=run.count)


def _check_items(store: Store, run: Run) -> None:
    """Check that every item is still open with what the run pays: it may have been settled or cancelled since."""
    changed: list[KasseError] = list(hindrances(store, run))
    changed += [
        ItemChangedError(item=item, office=office, open_cents=left, paid_cents=cents, place=Place(payment=identifier))
        for office, item, cents, left, identifier in store.rows(_CHANGED, office=run.office, run=run.number)
    ]
    if changed:
        raise ItemsChangedError(run=run.number, count=len(changed), findings=tuple(changed[:LISTED]))


def _check_letters(store: Store, run: Run) -> None:
    """Check that the bank takes every letter of the file to be: its profile may have changed since the proposal."""
    charset = profile_of(store, run.iban).charset
    if charset == "dk":  # every payment was made in these letters or fewer
        return
    texts = chain(
        [run.debtor_name], (text for line in lines(store, run) for text in (line.creditor_name, line.remittance))
    )
    odd = sum(not is_legal(text, charset) for text in texts)
    if odd:
        raise LettersNotTakenError(count=odd, run=run.number, iban=run.iban)


def _note(store: Store, run: Run, step: Step, details: dict[str, Fact] | None = None, **facts: Fact) -> None:
    record(store, run.office, f"payment.{step}", f"run:{run.number}", seen_facts(run) | facts, details)
