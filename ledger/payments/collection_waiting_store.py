"""Claims for which a collection is under way or will be tried again: nobody is dunned for them meanwhile."""

from __future__ import annotations

import datetime as dt

from ledger.payments.collection_claims_reader import came_back
from ledger.payments.collection_policy import retry_day
from ledger.payments.collection_policy_store import policy_of
from ledger.store.engines import Store

_UNDER_WAY = "SELECT item_office, item FROM collection_item WHERE active = 1"
_USABLE = """
    SELECT DISTINCT p.item_office, p.item FROM collection_item p
    JOIN collection c ON c.office = p.office AND c.run = p.run AND c.line = p.line
    JOIN mandate m ON m.id = c.mandate WHERE c.state IN ('returned', 'rejected') AND m.state = 'active'"""
WAIT_DAYS = 7
"""How long after the day of a new try a claim still waits for its run."""


def under_collection(store: Store, day: dt.date) -> set[tuple[str, int]]:
    """Return the items, as (office, number), that a collection is to settle, or will be tried again for by the policy.

    Claims that a released run has settled are not open anyway. Inside `snapshot` or a unit.
    """
    found = {(office, item) for office, item in store.rows(_UNDER_WAY)}
    usable = {(office, item) for office, item in store.rows(_USABLE)}
    rules = policy_of(store).retries
    for key, back in came_back(store).items():
        again = retry_day(back.times, back.reason, back.ended_on, rules)
        if key in usable and again is not None and day <= again + dt.timedelta(days=WAIT_DAYS):
            found.add(key)
    return found
