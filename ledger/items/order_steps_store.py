"""Certify, approve, accept, object: one decision over one order or fifty thousand, whole or absent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.items.order_acceptance_store import accept_orders
from ledger.items.order_decisions import (
    NEXT_ROLE,
    WAITING,
    Choice,
    ControlSumError,
    ControlSumMissingError,
    Decision,
    DoneSumError,
    NothingWaitsError,
    OfficePart,
    OrderStateError,
    ReasonMissingError,
    Step,
    UnknownBatchError,
    UnknownOrderError,
)
from ledger.items.order_duties_store import check_person, note_exception
from ledger.items.order_split_store import splits
from ledger.items.order_told_store import APART
from ledger.items.order_write_store import hash_of
from ledger.items.orders import order_number
from ledger.items.staging_store import drop, text_type
from ledger.store.engines import Store

_ACTIONS = {"certified": "certify", "approved": "approve", "accepted": "accept", "objected": "object"}
_MAKES = "o.kind <> 'transfer' AND o.act IN ('order', 'increase')"
_CHOSEN = f"""
    INSERT INTO chosen_order (office, id, state, makes, exception, place)
    SELECT o.office, o.id, o.state, CASE WHEN {_MAKES} THEN 1 ELSE 0 END, 0,
        row_number() OVER (PARTITION BY o.office ORDER BY CASE WHEN {_MAKES} THEN 0 ELSE 1 END, o.id)
    FROM cash_order o """
_BATCH = "WHERE o.batch = :batch AND o.state IN ({states}) AND (:office = '' OR o.office = :office)"
_NUMBERS = "JOIN named_order n ON n.office = o.office AND n.id = o.id"
_LIST = """
    SELECT o.office, o.id, o.kind, o.party, o.total_cents, o.due, o.reference, o.bank_account
    FROM chosen_order c JOIN cash_order o ON o.office = c.office AND o.id = c.id ORDER BY o.office, o.id"""
_SUMS = """
    SELECT c.office, count(*), sum(o.total_cents) FROM chosen_order c
    JOIN cash_order o ON o.office = c.office AND o.id = c.id GROUP BY c.office ORDER BY c.office"""
_STATES = "SELECT office, id, state FROM chosen_order"
_DONE_CHOSEN = """
    SELECT count(*) FROM chosen_order c JOIN order_step s ON s.office = c.office AND s.order_id = c.id
    WHERE s.step = :step"""
_DONE_BATCH = """
    SELECT count(*), sum(o.total_cents) FROM cash_order o JOIN order_step s ON s.office = o.office AND s.order_id = o.id
    WHERE o.batch = :batch AND (:office = '' OR o.office = :office) AND s.step = :step"""
_SEEN_BATCH = """
    SELECT DISTINCT s.seen_cents FROM cash_order o JOIN order_step s ON s.office = o.office AND s.order_id = o.id
    WHERE o.batch = :batch AND (:office = '' OR o.office = :office) AND s.step = :step"""
_BATCH_OFFICES = """
    SELECT office FROM cash_order WHERE batch = :batch UNION
    SELECT l.contra_office FROM cash_order o JOIN cash_order_line l ON l.office = o.office AND l.order_id = o.id
    WHERE o.batch = :batch AND o.kind = 'transfer'"""
_CONTRA_OFFICES = """SELECT DISTINCT contra_office FROM cash_order_line
    WHERE office = :office AND order_id = :id AND contra_office IS NOT NULL"""
_STEPS = """
    INSERT INTO order_step (office, order_id, step, by, on_behalf, at, exception, seen_count, seen_cents, seen_hash,
        reason)
    SELECT office, id, CAST(:step AS TEXT), :user, on_behalf, CAST(:now AS TEXT), exception, :count, :cents, :hash,
        CAST(:reason AS TEXT)
    FROM chosen_order ORDER BY office, id"""
_APART = """
    SELECT office, coalesce(on_behalf, 0), exception, count(*) FROM chosen_order
    WHERE on_behalf IS NOT NULL OR exception = 1 GROUP BY office, coalesce(on_behalf, 0), exception ORDER BY 1, 2, 3"""
_STATE = """
    UPDATE cash_order SET state = :step{turns} FROM chosen_order c
    WHERE c.office = cash_order.office AND c.id = cash_order.id"""


def decide(
    store: Store,
    step: Step,
    choice: Choice,
    *,
    day: str,
    sum_cents: int | None = None,
    reason: str = "",
    exception: str = "",
) -> Decision:
    """Take one step with the chosen orders as the acting person and return what was decided.

    Acceptance posts on `day` and makes the items, or undoes what an order made. `exception` is the reason why the
    maker certifies in an office where nobody else can. Raises `UnknownOrderError`, `UnknownBatchError`,
    `OrderStateError`, `NothingWaitsError`, `NotAllowedError` and its kinds, `ControlSumMissingError`,
    `ControlSumError`, `DoneSumError`, `ReasonMissingError`, `ClosedPeriodError`, the errors of `order_changes`.
    """
    if step == "objected" and not reason.strip():
        raise ReasonMissingError
    offices = _offices(store, choice)
    with store.unit([*offices, kasse_office(store)]):
        _choose(store, step, choice)
        if not _waiting(store, step, choice):
            done = _done(store, step, choice, sum_cents)
            drop(store, "chosen_order", "named_order")
            return done
        check_person(store, step, exception.strip())
        decision = _seen(store, step, choice, sum_cents)
        if step == "approved":
            decision = replace(decision, findings=splits(store))
        if step == "accepted":
            decision = replace(decision, offices=accept_orders(store, day, decision.offices))
        _write(store, decision, reason.strip() or None)
        _note(store, decision, choice, reason.strip())
        note_exception(store, exception.strip())
        drop(store, "chosen_order", "named_order")
    return decision


def waiting(store: Store, step: Step, choice: Choice) -> int:
    """Return how many orders of a batch wait for the step."""
    states = ", ".join(f"'{state}'" for state in WAITING[step])
    sql = f"SELECT count(*) FROM cash_order o {_BATCH.format(states=states)}"
    return int(store.value(sql, batch=choice.batch, office=choice.office or ""))


def _offices(store: Store, choice: Choice) -> list[str]:
    if choice.batch is None:
        named = {office for office, _ in choice.numbers if _exists(store, office)}
        return sorted({other for office, number in choice.numbers for other in _others(store, office, number)} | named)
    found = [office for (office,) in store.rows(_BATCH_OFFICES, batch=choice.batch)]
    if not found:
        raise UnknownBatchError(batch=choice.batch)
    return found


def _others(store: Store, office: str, number: int) -> list[str]:
    """Return the offices to which a transfer order goes."""
    return [code for (code,) in store.rows(_CONTRA_OFFICES, office=office, id=number)]


def _exists(store: Store, office: str) -> bool:
    return store.value("SELECT 1 FROM office WHERE code = :office", office=office) is not None


def _choose(store: Store, step: Step, choice: Choice) -> None:
    kind = text_type(store)
    drop(store, "chosen_order", "named_order")
    store.execute(
        f"""CREATE TEMPORARY TABLE chosen_order (office {kind}, id BIGINT, state {kind}, makes BIGINT, place BIGINT,
            on_behalf BIGINT, exception BIGINT, PRIMARY KEY (office, id))"""
    )
    store.execute(f"CREATE TEMPORARY TABLE named_order (office {kind}, id BIGINT, PRIMARY KEY (office, id))")
    if choice.batch is not None:
        states = ", ".join(f"'{state}'" for state in WAITING[step])
        store.execute(_CHOSEN + _BATCH.format(states=states), batch=choice.batch, office=choice.office or "")
        return
    store.insert("named_order", ("office", "id"), sorted(set(choice.numbers)))
    store.execute(_CHOSEN + _NUMBERS)


def _waiting(store: Store, step: Step, choice: Choice) -> bool:
    """Return whether the chosen orders wait for the step, false where it has been done with all of them before."""
    if choice.batch is None:
        return _numbers_wait(store, step, choice)
    if store.value("SELECT 1 FROM chosen_order LIMIT 1") is not None:
        return True
    if not _done_batch(store, step, choice)[0]:
        raise NothingWaitsError(batch=choice.batch, needed=" / ".join(WAITING[step]))
    return False


def _done_batch(store: Store, step: Step, choice: Choice) -> tuple[int, int]:
    """Return with how many orders of a batch the step was done, and their sum."""
    count, cents = store.one(_DONE_BATCH, batch=choice.batch, office=choice.office or "", step=step) or (0, 0)
    return int(count), int(cents or 0)


def _done(store: Store, step: Step, choice: Choice, given_cents: int | None) -> Decision:
    """Return that the step was done before; raises `ControlSumError` where another list was meant.

    Where orders of a batch were decided one after the other, the sum of each decision is right, too.
    """
    if choice.batch is None or given_cents is None:
        if given_cents is not None:
            _seen(store, step, choice, given_cents)
        return Decision(step, new=False)
    count, cents = _done_batch(store, step, choice)
    seen = store.all(_SEEN_BATCH, batch=choice.batch, office=choice.office or "", step=step)
    if given_cents not in {cents, *(int(one) for (one,) in seen)}:
        raise DoneSumError(given_cents=given_cents, batch=choice.batch, count=count, sum_cents=cents)
    return Decision(step, new=False)


def _numbers_wait(store: Store, step: Step, choice: Choice) -> bool:
    states = {(office, number): state for office, number, state in store.rows(_STATES)}
    for order in choice.numbers:
        if order not in states:
            raise UnknownOrderError(order=order_number(*order))
    if store.value(_DONE_CHOSEN, step=step) == len(states):
        return False
    for order, state in sorted(states.items()):
        if state not in WAITING[step]:
            raise OrderStateError(order=order_number(*order), state=state, needed=" / ".join(WAITING[step]))
    return True


def _seen(store: Store, step: Step, choice: Choice, given_cents: int | None) -> Decision:
    parts = tuple(OfficePart(office, count, int(cents)) for office, count, cents in store.all(_SUMS))
    count, total = sum(part.count for part in parts), sum(part.sum_cents for part in parts)
    if given_cents is None and choice.batch is not None:
        raise ControlSumMissingError
    if given_cents is not None and given_cents != total:
        raise ControlSumError(given_cents=given_cents, count=count)
    return Decision(step, True, count, total, hash_of(store.stream(_LIST)).hex(), parts)


def _write(store: Store, decision: Decision, reason: str | None) -> None:
    store.execute(
        _STEPS,
        step=decision.step,
        user=store.user,
        now=store.now,
        count=decision.count,
        cents=decision.sum_cents,
        hash=bytes.fromhex(decision.list_hash),
        reason=reason,
    )
    waits = decision.step in NEXT_ROLE
    store.execute(_STATE.format(turns="" if waits else ", waiting = 0"), step=decision.step)


def _note(store: Store, decision: Decision, choice: Choice, reason: str) -> None:
    action = f"order.{_ACTIONS[decision.step]}"
    apart: defaultdict[str, list[str]] = defaultdict(list)
    for office, principal, exception, count in store.all(_APART):
        apart[office].append(f"{principal}:{exception}={count}")
    for part in decision.offices:
        facts: dict[str, Fact] = {"count": part.count, "sum_cents": part.sum_cents, "list_hash": decision.list_hash}
        facts |= {APART: " ".join(apart[part.office])} if part.office in apart else {}
        record(store, part.office, action, choice.name, facts, {"reason": reason} if reason else None)
