"""Changing a collection run before its release: collections taken out, another day; the proposal stays on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from ledger.book.store import office_codes
from ledger.events.store import record
from ledger.payments.collection_changes import (
    Changed,
    ChangeReasonError,
    DayRefusedError,
    EmptyRunError,
    NothingToChangeError,
    NotInRunError,
    Redrawn,
    redraw,
    refused,
)
from ledger.payments.collection_claims_reader import claims_of, known
from ledger.payments.collection_lines import Line
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.collection_propose_store import COLLECTION_COLUMNS, ITEM_COLUMNS, collection_day
from ledger.payments.collection_reader import hashed, head_of, lines, parts, parts_by_line, run_named, seen_facts
from ledger.payments.collection_runs import ROLES, CollectionRun, check_step
from ledger.payments.collection_sieve import Sieve
from ledger.payments.collection_steps_store import check_day
from ledger.payments.mandate_reader import mandates
from ledger.payments.profiles_store import profile_of
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import KasseError

LISTED = 100  # collections named one by one in a refusal
_TAKE_OUT = """
    UPDATE collection SET state = 'discarded', active = 0
    WHERE office = :office AND run = :run AND line = :line AND state = 'proposed'"""
_FREE = "UPDATE collection_item SET active = 0 WHERE office = :office AND run = :run AND line = :line"
_BACK = "UPDATE collection_run SET state = 'proposed' WHERE office = :office AND id = :run AND state = 'reviewed'"
_LAST = "SELECT max(line), max(batch) FROM collection WHERE office = :office AND run = :run"
_COLUMNS = ("office", "run", "revision", "collection_day", "count", "total_cents", "list_hash")


def change(
    store: Store,
    number: int,
    *,
    reason: str,
    today: dt.date,
    time: dt.time | None = None,
    without: Collection[int] = (),
    day: dt.date | None = None,
) -> Changed:
    """Take collections out of a run that is not released, or give it another day; return the run as it is then.

    It must be reviewed again, and whoever changed it cannot release it; what is taken out is free again. `time` is the
    local time, for the bank's cut-off. Raises `UnknownRunError`, `RunStateError`, `ChangeReasonError`,
    `NothingToChangeError`, `NotInRunError`, `EmptyRunError`, `DayRefusedError`, `TooLateError`, `DayFarError`,
    `NotAllowedError`.
    """
    require(store, run_named(store, number).office, *ROLES["change"])
    if not reason.strip():
        raise ChangeReasonError(run=number)
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        check_step(run, "change")
        wanted, moved = _day(store, run, day, today, time)
        if not without and wanted == run.collection_day:
            raise NothingToChangeError(run=number)
        store.execute(_BACK, office=run.office, run=number)
        drawn = _take_out(store, run, without)
        if wanted != run.collection_day:
            _check_claims(store, run, dt.date.fromisoformat(wanted))
        _revise(store, run, wanted)
        changed = run_named(store, number)
        check_day(store, changed, today, time)
        _note(store, run, changed, without, drawn, reason)
        return Changed(changed, drawn, tuple(moved))


def _day(
    store: Store, run: CollectionRun, day: dt.date | None, today: dt.date, time: dt.time | None
) -> tuple[str, Sequence[KasseError]]:
    if day is None:
        return run.collection_day, ()
    rules = policy_of(store)
    wanted, moved = collection_day(day, today, time, rules, profile_of(store, run.iban))
    return wanted.isoformat(), moved


def _take_out(store: Store, run: CollectionRun, without: Collection[int]) -> tuple[Redrawn, ...]:
    """Take lines out, and draw those anew whose place under their mandate they leave."""
    before, items = lines(store, run), parts_by_line(store, run)
    for line in sorted(set(without)):
        _free(store, run, line)
    top = store.one(_LAST, office=run.office, run=run.number) or (0, 0)
    per_batch = profile_of(store, run.iban).payments_per_batch
    drawn = redraw(run, before, set(without), (int(top[0]), int(top[1])), per_batch)
    for old, _ in drawn:
        _free(store, run, old)
    key = run.office, run.number
    store.insert("collection", COLLECTION_COLUMNS, [(*key, *line, "proposed", 1) for _, line in drawn])
    taken = [part._replace(line=line.line) for old, line in drawn for part in items[old]]
    store.insert("collection_item", ITEM_COLUMNS, [(*key, *part, 1) for part in taken])
    return tuple(Redrawn(old, line.line, line.mandate_reference, line.sequence) for old, line in drawn)


def _free(store: Store, run: CollectionRun, line: int) -> None:
    where = {"office": run.office, "run": run.number, "line": line}
    if not store.execute(_TAKE_OUT, **where):
        raise NotInRunError(run=run.number, line=line)
    store.execute(_FREE, **where)


def _check_claims(store: Store, run: CollectionRun, day: dt.date) -> None:
    """Check that everything that is left in the run may be collected on its new day."""
    rules = policy_of(store)
    oldest = (day - dt.timedelta(days=rules.valid_days)).isoformat()
    found = list(_refused(store, run, lines(store, run), Sieve(day, known(store, rules, oldest))))
    if found:
        raise DayRefusedError(run=run.number, day=day, count=len(found), findings=tuple(found[:LISTED]))


def _refused(store: Store, run: CollectionRun, left: Sequence[Line], sieve: Sieve) -> Iterator[KasseError]:
    claims = claims_of(store, run.office, run.number, sieve.day.isoformat())
    by_number, items = {one.number: one for one in mandates(store)}, parts_by_line(store, run)
    for line in left:
        found = (
            refused(run, line, claims[part.item_office, part.item], by_number[line.mandate], sieve)
            for part in items[line.line]
        )
        first = next((why for why in found if why is not None), None)
        if first is not None:
            yield first


def _revise(store: Store, run: CollectionRun, day: str) -> None:
    """Write down the figures of the run as it is now."""
    left = lines(store, run)
    if not left:
        raise EmptyRunError(run=run.number)
    head = replace(head_of(run), day=dt.date.fromisoformat(day))
    total, digest = sum(line.cents for line in left), hashed(run.number, head, left, parts(store, run))
    row = (run.office, run.number, run.revision + 1, day, len(left), total, digest)
    store.insert("collection_run_change", _COLUMNS, [row])


def _note(
    store: Store,
    before: CollectionRun,
    after: CollectionRun,
    without: Collection[int],
    drawn: Sequence[Redrawn],
    reason: str,
) -> None:
    was = {f"was_{name}": value for name, value in seen_facts(before).items()}
    facts = seen_facts(after) | was | {
        "day": after.collection_day,
        "was_day": before.collection_day,
        "without": " ".join(map(str, sorted(set(without)))),
        "redrawn": " ".join(f"{one.line}-{one.new_line}" for one in drawn),
    }  # fmt: skip
    record(store, before.office, "collection.change", f"collection_run:{before.number}", facts, {"reason": reason})
