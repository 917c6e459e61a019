"""Which orders wait for the acting person: their right, their limit, nothing they had a part in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.book.store import kasse_office
from ledger.items.order_decisions import NEXT_ROLE
from ledger.items.order_duties_store import WHOLE_CENTS
from ledger.items.orders_reader import OrderSummary, list_orders
from ledger.people.duties import Acting, duties
from ledger.people.duties_store import acting, approval_limit, stands_in
from ledger.people.users import NotAllowedError
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_STEP = {"created": "certified", "certified": "approved", "approved": "accepted"}
_TURNS = "SELECT DISTINCT office, state FROM cash_order WHERE waiting = 1 ORDER BY office, state"
_OWN = """
    SELECT o.id FROM cash_order o JOIN order_step s ON s.office = o.office AND s.order_id = o.id
    WHERE o.office = :office AND o.state = :state AND o.waiting = 1 AND s.step IN ({steps})
    AND (s.by IN (:user, CAST(:principal AS BIGINT)) OR s.on_behalf IN (:user, CAST(:principal AS BIGINT)))"""

_ABOVE = f"""
    SELECT o.id FROM cash_order o
    WHERE o.office = :office AND o.state = :state AND o.waiting = 1 AND {WHOLE_CENTS} > :limit"""
_BACK = """
    SELECT count(*) FROM order_step b JOIN order_step c ON c.office = b.office AND c.order_id = b.order_id
    WHERE b.step = 'objected' AND b.at >= :since AND c.step = 'created' AND c.by = :user"""
BACK_DAYS = 30
_UNACCEPTED = """
    SELECT o.office, count(*), CAST(sum(o.total_cents) AS BIGINT), min(substr(s.at, 1, 10)) FROM cash_order o
    JOIN order_step s ON s.office = o.office AND s.order_id = o.id AND s.step = 'approved'
    WHERE o.waiting = 1 AND o.state = 'approved' AND substr(s.at, 1, 10) <= :last GROUP BY o.office ORDER BY o.office"""


class UnacceptedOrdersError(KasseError):
    """Orders that an office approved and the Kasse did not accept."""

    code = "order.unaccepted"
    template = N_("{office}: orders approved since {day} and not accepted: {count}, together {sum_cents}")
    hint = N_("accept them with 'kasse order accept', or send them back with 'kasse order object'")
    severity = "info"


def unaccepted(store: Store, last: str) -> Iterator[UnacceptedOrdersError]:
    """Yield the offices whose orders of a day or earlier wait for the Kasse, for the closing of that day."""
    for office, count, cents, day in store.all(_UNACCEPTED, last=last):
        yield UnacceptedOrdersError(office=office, count=count, sum_cents=int(cents), day=dt.date.fromisoformat(day))


def waiting_for_me(store: Store, *, office: str | None = None) -> list[OrderSummary]:
    """Return the orders whose next step the acting person may take, by office and number.

    Raises `UnknownOfficeError`.
    """
    found: list[OrderSummary] = []
    with store.snapshot():
        kasse = kasse_office(store)
        for code, state in store.all(_TURNS):
            if office is not None and code != office:
                continue
            role = NEXT_ROLE[state]
            place = kasse if role == "cashier" else code
            try:
                person = acting(store, place, role)
            except NotAllowedError:
                continue
            persons = dict.fromkeys([person, *stands_in(store, place, role)])
            found += {order.number: order for each in persons for order in _mine(store, code, state, each)}.values()
    return sorted(found, key=lambda order: (order.office, int(order.number.rpartition("-")[2])))


def sent_back(store: Store) -> int:
    """Return how many orders that the acting person made were objected to in the last 30 days."""
    since = (dt.date.fromisoformat(store.today) - dt.timedelta(days=BACK_DAYS)).isoformat()
    return int(store.value(_BACK, user=store.user, since=since))


def _mine(store: Store, office: str, state: str, person: Acting) -> list[OrderSummary]:
    step = _STEP[state]
    steps = ", ".join(f"'{name}'" for name in duties()[step].not_after)
    sql = _OWN.format(steps=steps)
    own = store.rows(sql, office=office, state=state, user=person.user, principal=person.principal)
    touched = {f"{office}-{number}" for (number,) in own}
    limit = approval_limit(store, person, office) if step == "approved" else None
    if limit is not None:
        above = store.rows(_ABOVE, office=office, state=state, limit=limit)
        touched |= {f"{office}-{number}" for (number,) in above}
    return [order for order in list_orders(store, state=state, office=office) if order.number not in touched]
