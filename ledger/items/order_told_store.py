"""What `journal verify` asks of the steps of orders: who took them stands in a table, how many in the event log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from ledger.items.orders import order_number
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

Told = Counter[tuple[str, str, str, int, int, int]]
"""How many steps the events tell of: by office, step, moment, person, principal (0: nobody's deputy), exception."""
APART = "apart"
"""The fact that counts steps taken for somebody or by exception: `PRINCIPAL:EXCEPTION=COUNT …`."""
_STEPS: Mapping[str, str] = {
    "order.import": "created", "order.make": "created", "order.certify": "certified", "order.approve": "approved",
    "order.accept": "accepted", "order.object": "objected",
}  # fmt: skip
_FOUND = """
    SELECT office, step, at, by, coalesce(on_behalf, 0), exception, count(*) FROM order_step
    GROUP BY office, step, at, by, coalesce(on_behalf, 0), exception ORDER BY 1, 2, 3, 4, 5, 6"""
_PLACES = ("created", "certified", "approved", "accepted", "objected")
_PLACE = " ".join(f"WHEN '{step}' THEN {place}" for place, step in enumerate(_PLACES, 1))
# an order stands where its last step took it, after all steps before; it may be sent back at any time
_ASTRAY = f"""
    SELECT o.office, o.id, o.state FROM cash_order o LEFT JOIN (
        SELECT office, order_id, max(CASE step {_PLACE} END) AS place, count(*) AS steps FROM order_step
        GROUP BY office, order_id) s ON s.office = o.office AND s.order_id = o.id
    WHERE s.place IS NULL OR s.place <> CASE o.state {_PLACE} ELSE 0 END
        OR (s.place < {len(_PLACES)} AND s.steps <> s.place)
    ORDER BY o.office, o.id"""


class OrderStepsError(KasseError):
    """Steps of orders stand in the book that no event tells of, or an event tells of steps that are gone."""

    code = "verify.order_steps"
    template = N_(
        "orders of office {office}: user {user} took the step {step} at {at} with {count} orders, the event log tells "
        "of {told}"
    )
    hint = N_("keep this book as it is, compare it with the last backup and inform the audit office")


class OrderAstrayError(KasseError):
    """An order is in a state to which no steps took it."""

    code = "verify.order_state"
    template = N_("order {order} is {state}, but its steps did not take it there")
    hint = N_(
        "see 'kasse order show {order}'; pay nothing of it, keep this book as it is, compare it with the last backup "
        "and inform the audit office"
    )


def take_steps(told: Told, office: str, person: str, at: str, action: str, facts: str) -> None:
    """Take over how many steps of orders an event tells of, if any; `person` may name whom it was for as well."""
    step = _STEPS.get(action)
    if step is None:
        return
    said = json.loads(facts)
    left, by = 1 if action == "order.make" else int(said.get("count") or 0), int(person.partition("/")[0])
    for part in said.get(APART, "").split():
        whose, _, count = part.partition("=")
        principal, _, exception = whose.partition(":")
        told[office, step, at, by, int(principal), int(exception)] += int(count)
        left -= int(count)
    told[office, step, at, by, 0, 0] += left


def wrong_steps(store: Store, told: Told) -> Iterator[KasseError]:
    """Yield where steps of orders are others than the event log tells of, and orders in a state without their steps."""
    left = Counter(told)
    for office, step, at, user, principal, exception, count in store.all(_FOUND):
        known = left.pop((office, step, at, user, principal, exception), 0)
        if known != count:
            yield OrderStepsError(office=office, step=step, at=at, user=user, count=count, told=known)
    for (office, step, at, user, _, _), known in sorted((key, known) for key, known in left.items() if known):
        yield OrderStepsError(office=office, step=step, at=at, user=user, count=0, told=known)
    for office, number, state in store.rows(_ASTRAY):
        yield OrderAstrayError(order=order_number(office, number), office=office, state=state)
