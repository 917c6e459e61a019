"""Taking back what the desk decided: a step, a case, a whole list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ledger.bank.suspense_credits_store import give_up_credits
from ledger.bank.suspense_decisions import Done, Sitting, Undo, UndoBatch, UndoEntry
from ledger.bank.suspense_moves_store import explain, note_event, open_case, shown, write_step
from ledger.bank.suspense_parts_store import taken_back
from ledger.bank.suspense_store import Case, find_case
from ledger.bank.suspense_undo import (
    HAND_KINDS,
    CollectedCaseError,
    CollectionCameBackError,
    ExecutedCaseError,
    NothingToUndoError,
    PaidOutError,
    PendingBatchError,
    PendingPayoutError,
    ReturnedCaseError,
    UndoneBatchError,
    UndoneEntryError,
    UnknownStepBatchError,
)
from ledger.bank.suspense_undo_match_store import undo_match
from ledger.bank.suspense_work_store import NoReasonError, NoWordsError
from ledger.book.journal import EntryNumber, parse_entry_number
from ledger.book.reversal import Involved, ReservedItemError, SettledItemError
from ledger.book.reversal_store import Place, places_of, take_back
from ledger.events.store import Fact, record
from ledger.items.orders import order_number
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import KasseError

_STANDING = """
    SELECT s.office, s.item, s.line, s.kind, s.position, s.cents, e.year, e.number FROM suspense_step s
    JOIN entry e ON e.office = s.office AND e.position = s.position
    WHERE {wanted} AND s.kind <> 'undone' AND NOT EXISTS (
        SELECT 1 FROM suspense_step u WHERE u.office = s.office AND u.item = s.item AND u.undoes = s.line)
    ORDER BY s.office, s.position DESC, s.item, s.line DESC"""
_OF_CASE = _STANDING.format(wanted="s.office = :office AND s.item = :item")
_OF_BATCH = _STANDING.format(wanted="s.batch = :batch")
_OF_ENTRY = _STANDING.format(wanted="s.office = :office AND s.position = :position")
_UNDONE = """
    SELECT s.item, e.office, e.year, e.number FROM suspense_step s
    JOIN suspense_step u ON u.office = s.office AND u.item = s.item AND u.undoes = s.line
    JOIN entry e ON e.office = u.office AND e.position = u.position
    WHERE s.office = :office AND s.position = :position ORDER BY s.item"""
_BATCH = "SELECT undone_by FROM suspense_batch WHERE id = :batch"
_MARK = "UPDATE suspense_batch SET undone_by = :user, undone_at = :now WHERE id = :batch AND undone_by IS NULL"
_ORDERS = """
    SELECT p.office, p.order_id FROM suspense_payout p
    JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
    WHERE p.batch = :batch AND o.state IN ('created', 'certified', 'approved') ORDER BY p.office, p.order_id"""
_CLOSED = "SELECT max(last_day) FROM closing"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that stands: whose case, which entry, how much."""

    office: str
    item: int
    line: int
    kind: str
    position: int
    cents: int
    entry: EntryNumber


def undo(store: Store, decision: Undo, sitting: Sitting) -> Done:
    """Take back all steps of a case, the last one first, or only the last; inside a unit.

    Items are open again with their old due day, a credit that a surplus made is taken back while it is open; where a
    claim was cancelled since, the credit that the money became settles it. Raises `NothingToUndoError`,
    `PendingPayoutError`, `PaidOutError`, `NoWordsError`, `SettledItemError`, `ReservedItemError`,
    `CreditUnderWayError` and what `open_case` raises.
    """
    case = open_case(store, decision.number, decision.office)
    steps = list(_steps(store, _OF_CASE, office=case.office, item=case.number))
    if case.bound_by is not None and not steps:
        raise PendingPayoutError(number=case.number, order=case.bound_by)
    if not steps:
        raise NothingToUndoError(number=case.number)
    done = [_back(store, step, decision.reason, sitting) for step in steps[: 1 if decision.last else None]]
    return replace(
        done[-1],
        entry=", ".join(one.entry for one in done if one.entry is not None),
        settled_cents=sum(one.settled_cents for one in done),
        items=tuple(i for one in done for i in one.items),
        parts=tuple(sorted({part for one in done for part in one.parts})),
    )


def undo_entry(store: Store, decision: UndoEntry, sitting: Sitting) -> Done:
    """Take back one entry: a step of the desk, else what was matched by itself; inside a unit.

    Raises `InvalidEntryNumberError`, `UnknownEntryError`, `UndoneEntryError`, `NotOfDeskError`, `NothingMatchedError`
    besides what `undo` raises.
    """
    places = places_of(store, parse_entry_number(decision.entry))
    steps = [step for office, at in places for step in _steps(store, _OF_ENTRY, office=office, position=at)]
    if steps:
        open_case(store, steps[0].item, steps[0].office)
        return _back(store, steps[0], decision.reason, sitting)
    for office, at in places:
        for item, *entry in store.rows(_UNDONE, office=office, position=at):
            raise UndoneEntryError(entry=decision.entry, by=str(EntryNumber(*entry)), number=item)
    if not decision.reason.strip():
        raise NoReasonError(entry=decision.entry)
    return undo_match(store, places, decision, replace(sitting, day=open_day(store, sitting.day)))


def undo_batch(store: Store, decision: UndoBatch, sitting: Sitting) -> list[Done]:
    """Take back every step that a list of decisions made and that still stands; inside a unit.

    Raises `UnknownStepBatchError`, `UndoneBatchError`, `PendingBatchError` besides what `undo` raises.
    """
    row = store.one(_BATCH, batch=decision.batch)
    if row is None:
        raise UnknownStepBatchError(batch=decision.batch)
    steps = list(_steps(store, _OF_BATCH, batch=decision.batch))
    if not steps:
        raise _nothing_stands(store, decision.batch)
    for office in sorted({step.office for step in steps}):
        require(store, office, "clerk")
    done = [_back(store, step, decision.reason, sitting) for step in steps]
    store.execute(_MARK, batch=decision.batch, user=store.user, now=store.now)
    facts = {"steps": len(done), "cents": -sum(one.settled_cents for one in done)}
    record(store, steps[0].office, "suspense.undo_batch", f"suspense_batch:{decision.batch}", facts)
    return done


def _nothing_stands(store: Store, batch: int) -> KasseError:
    """Return why there is nothing to take back of a list: its money did not move, or orders are to move it."""
    orders = [order_number(office, order) for office, order in store.rows(_ORDERS, batch=batch)]
    if orders:
        return PendingBatchError(batch=batch, orders=" ".join(orders))
    return UndoneBatchError(batch=batch)


def _steps(store: Store, sql: str, **wanted: str | int) -> Iterator[Step]:
    for row in store.all(sql, **wanted):
        yield Step(*(*row[:6], EntryNumber(row[0], row[6], row[7])))


def _back(store: Store, step: Step, reason: str, sitting: Sitting) -> Done:
    """Take back one step by the mirror of its entries, and say so beside the bank entry."""
    if not reason.strip():
        raise NoWordsError(number=step.item)
    if step.kind == "collected":
        raise CollectedCaseError(number=step.item, entry=str(step.entry))
    if step.kind == "executed":
        raise ExecutedCaseError(number=step.item, entry=str(step.entry))
    if step.kind == "returned":
        debit = find_case(store, step.office, step.item).kind == "advance"  # a payment comes back by a credit
        raise (CollectionCameBackError if debit else ReturnedCaseError)(number=step.item, entry=str(step.entry))
    places = places_of(store, step.entry)
    others = _others(store, step, places)
    day = open_day(store, sitting.day)
    try:
        involved, posted = take_back(store, places, reason=reason.strip(), day=day, own_kinds=HAND_KINDS)
    except (SettledItemError, ReservedItemError):
        if step.kind == "paid_out":
            raise PaidOutError(number=step.item, entry=str(step.entry)) from None
        raise
    case = find_case(store, step.office, step.item)
    lead = next(one for one, place in zip(posted, places, strict=True) if place == (step.office, step.position))
    line = write_step(store, case, "undone", lead.position, step.cents, sitting, undoes=step.line)
    mirrors = {place: one.position for one, place in zip(posted, places, strict=True)}
    for other in others:
        _back_other(store, other, case, mirrors[other.office, other.position], reason, sitting)
    parts = list(_parts(involved, (step.office, step.item))) or [(None, None, -step.cents)]
    shares = list(taken_back(store, case, (step.line, step.kind, step.position), parts))
    explain(store, case, "unassigned", shares, sitting, step=line)
    credit = give_up_credits(store, str(step.entry), parts, reason=reason.strip(), day=day)
    facts: dict[str, Fact] = {"cents": step.cents, "entry": str(step.entry), **credit}
    note_event(store, case, "undo", facts, {"reason": reason.strip()})
    items = tuple((office, item, cents) for office, item, cents in parts if office is not None and item is not None)
    return Done(
        "undo", case.office, case.number, shown(lead), -step.cents, 0, case.open_cents, items, batch=sitting.batch,
        bound_cents=case.bound_cents, parts=tuple(sorted({one.part for one in shares if one.part is not None})),
    )  # fmt: skip


def _others(store: Store, step: Step, places: Sequence[Place]) -> list[Step]:
    """Return the steps of other cases that the same entry made: money paid out that unclear money paid back."""
    steps = [one for office, at in places for one in _steps(store, _OF_ENTRY, office=office, position=at)]
    others = [one for one in steps if (one.office, one.item) != (step.office, step.item)]
    for other in others:
        open_case(store, other.item, other.office)
    return others


def _back_other(store: Store, step: Step, case: Case, position: int, reason: str, sitting: Sitting) -> None:
    """Say of another case of the same entry that its step is taken back."""
    other, alone = find_case(store, step.office, step.item), replace(sitting, batch=None)
    write_step(store, other, "undone", position, step.cents, alone, undoes=step.line)
    explain(store, other, "unassigned", [(case.office, case.number, -step.cents)], alone)
    note_event(store, other, "undo", {"cents": step.cents, "entry": str(step.entry)}, {"reason": reason.strip()})


def _parts(involved: Involved, case: Place) -> Iterator[tuple[str | None, int | None, int]]:
    """Yield what is open again, and the credits that are gone."""
    for old in involved.clearings:
        for item, cents in old.lines:
            if (old.office, item) != case:
                yield old.office, item, -cents
    for made in involved.items:
        yield made.office, made.id, -made.amount_cents


def open_day(store: Store, day: str) -> str:
    """Return the day, or the first open one where it is closed: what is taken back is never refused for its day."""
    closed = str(store.value(_CLOSED) or "")
    if day > closed:
        return day
    return (dt.date.fromisoformat(closed) + dt.timedelta(days=1)).isoformat()
