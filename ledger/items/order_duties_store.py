"""May this person take this step: rights, deputies, limits, forbidden pairs, the exception of small offices."""

from __future__ import annotations

from ledger.book.store import kasse_office
from ledger.events.store import record
from ledger.items.order_decisions import NEXT_ROLE
from ledger.items.orders import order_number
from ledger.people.duties import Acting, Duty, NoExceptionError, NotAloneError, OverLimitError, duties
from ledger.people.duties_store import acting, approval_limit, others_with, stands_in
from ledger.people.users import OwnWorkError, user_name
from ledger.store.engines import Store

_TURNS = "SELECT DISTINCT office, state FROM chosen_order ORDER BY office, state"
_MARK = """UPDATE chosen_order SET on_behalf = CAST(:principal AS BIGINT)
           WHERE office = :office AND state = :state"""
# SQLite joins what is CROSS JOINed in the order written: from the few chosen orders, never from all steps
_OWN = """
    SELECT c.office, c.id FROM chosen_order c CROSS JOIN order_step s
    WHERE s.office = c.office AND s.order_id = c.id AND s.step IN ({steps})
    AND (s.by IN (:user, c.on_behalf) OR s.on_behalf IN (:user, c.on_behalf))
    ORDER BY c.office, c.id LIMIT 1"""
_TAKEN = """
    SELECT 1 FROM chosen_order c CROSS JOIN order_step s
    WHERE c.office = :office AND c.state = :state AND s.office = c.office AND s.order_id = c.id AND s.step IN ({steps})
    AND (s.by = :principal OR s.on_behalf = :principal) LIMIT 1"""
_EXCEPT = """
    UPDATE chosen_order SET exception = 1 WHERE EXISTS (
        SELECT 1 FROM order_step s WHERE s.office = chosen_order.office AND s.order_id = chosen_order.id
        AND s.step IN ({steps}) AND (s.by IN (:user, chosen_order.on_behalf)
        OR s.on_behalf IN (:user, chosen_order.on_behalf)))"""
WHOLE_CENTS = """(o.total_cents + CASE WHEN o.act = 'increase' THEN (
        SELECT coalesce(sum(CASE WHEN r.act IN ('reduction', 'cancellation') THEN -1 ELSE 1 END * r.total_cents), 0)
        FROM cash_order r WHERE r.office = o.office AND (r.id = o.changes OR r.changes = o.changes AND r.id <> o.id
            AND r.state = 'accepted' AND r.act IN ('increase', 'reduction', 'cancellation'))) ELSE 0 END)"""
"""What a limit is held against: what an order is about, and where it adds to another one, what both come to."""
_MARK_ABOVE = f"""{_MARK} AND EXISTS (
        SELECT 1 FROM cash_order o WHERE o.office = chosen_order.office AND o.id = chosen_order.id
        AND {WHOLE_CENTS} > :limit)"""
_LARGEST = f"""
    SELECT o.id, {WHOLE_CENTS} FROM chosen_order c JOIN cash_order o ON o.office = c.office AND o.id = c.id
    WHERE c.office = :office AND c.state = :state AND {WHOLE_CENTS} > :limit
    ORDER BY 2 DESC, o.id LIMIT 1"""


def check_person(store: Store, step: str, exception: str = "") -> None:
    """Check the rights for each office of `chosen_order`, and that nobody joins duties that must stay apart.

    Notes in `chosen_order` on whose behalf a deputy acts, and which orders are taken by exception. Raises
    `NotAllowedError`, `OverLimitError`, `OwnWorkError`, `NotAloneError`, `NoExceptionError`.
    """
    duty = duties()[step]
    if exception and not duty.small_office:
        raise NoExceptionError(step=step)
    kasse = kasse_office(store)
    for office, state in store.all(_TURNS):
        role = NEXT_ROLE[state]
        place = kasse if role == "cashier" else office
        person, others = acting(store, place, role), _absent(store, duty, place, office, state)
        if person.principal is not None:
            person = others[0]
            store.execute(_MARK, principal=person.principal, office=office, state=state)
        if step == "approved":
            _check_limit(store, person, others, office, state)
        if exception:
            _check_alone(store, office, role)
    _check_own(store, duty, exception)


def _absent(store: Store, duty: Duty, place: str, office: str, state: str) -> list[Acting]:
    """Return for whom the acting person may act, those first who took no forbidden step of the orders themselves."""
    found = stands_in(store, place, NEXT_ROLE[state])
    if len(found) < 2 or not duty.not_after:
        return found
    sql, where = _TAKEN.format(steps=_quoted(duty.not_after)), {"office": office, "state": state}
    return sorted(found, key=lambda one: store.value(sql, principal=one.principal, **where) is not None)


def _check_limit(store: Store, person: Acting, others: list[Acting], office: str, state: str) -> None:
    """Check the limit; what is above one's own is approved for an absent person whose limit suffices."""
    limit = approval_limit(store, person, office)
    if limit is None:
        return
    over = store.one(_LARGEST, office=office, state=state, limit=limit)
    if over is None:
        return
    for other in others:
        wider = approval_limit(store, other, office)
        if wider is None or over[1] <= wider:
            own = -1 if person.principal is not None else limit
            store.execute(_MARK_ABOVE, principal=other.principal, office=office, state=state, limit=own)
            return
    raise OverLimitError(
        user=user_name(store, person.principal or person.user),
        office=office,
        limit_cents=limit,
        order=order_number(office, over[0]),
        amount_cents=over[1],
    )


def _check_alone(store: Store, office: str, role: str) -> None:
    others = others_with(store, office, role)
    if others:
        raise NotAloneError(user=user_name(store, store.user), office=office, others=", ".join(others))


def _check_own(store: Store, duty: Duty, exception: str) -> None:
    forbidden = [name for name in duty.not_after if not (exception and name in duty.small_office)]
    if forbidden:
        own = store.one(_OWN.format(steps=_quoted(forbidden)), user=store.user)
        if own is not None:
            raise OwnWorkError(user=user_name(store, store.user), what=order_number(*own), office=own[0])
    if exception:
        store.execute(_EXCEPT.format(steps=_quoted(duty.small_office)), user=store.user)


def note_exception(store: Store, exception: str) -> None:
    """Write to the event log which orders were certified by exception, and why."""
    sql = "SELECT office, id FROM chosen_order WHERE exception = 1 ORDER BY office, id"
    for office, number in store.all(sql):
        record(store, office, "order.exception", f"order:{order_number(office, number)}", {}, {"reason": exception})


def _quoted(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
