"""Orders for one payee that are each within what a person may approve, and together above it."""

from __future__ import annotations

import datetime as dt

from ledger.store.engines import Store
from sepa.errors import N_, KasseError

DAYS, SHARE, MOST = 7, 4, 20
"""Orders of so many days count together, if each is at least the fourth part of the limit; so many are named."""


class SplitBelowLimitError(KasseError):
    """An order split below a limit, or several that only look so."""

    code = "order.split"
    template = N_(
        "{count} orders of office {office} for {payee} within {days} days, each within the limit of {limit_cents}, "
        "together {amount_cents}"
    )
    hint = N_("is it one delivery? Then somebody with a higher limit approves it; 'kasse book audit' names it later")
    severity = "warning"


_ALIKE = f"""
    SELECT m.office, m.payee, m.max_cents, m.cents + CAST(coalesce(sum(o.total_cents), 0) AS BIGINT),
           m.orders + count(o.id)
    FROM (SELECT o.office, o.bank_account, l.user_id, l.max_cents, min(coalesce(n.name, '')) AS payee,
                 CAST(sum(o.total_cents) AS BIGINT) AS cents, count(*) AS orders
          FROM chosen_order c JOIN cash_order o ON o.office = c.office AND o.id = c.id
          JOIN approval_limit l ON l.user_id = coalesce(c.on_behalf, :user) AND l.office = (
              CASE WHEN EXISTS (SELECT 1 FROM approval_limit x WHERE x.user_id = l.user_id AND x.office = o.office)
                   THEN o.office ELSE '*' END)
          LEFT JOIN party n ON n.id = o.party
          WHERE o.kind = 'payable' AND o.act = 'order' AND o.bank_account IS NOT NULL
            AND o.total_cents * {SHARE} >= l.max_cents
          GROUP BY o.office, o.bank_account, l.user_id, l.max_cents) m
    LEFT JOIN cash_order o ON o.bank_account = m.bank_account AND o.office = m.office AND o.kind = 'payable'
      AND o.act = 'order' AND o.state IN ('approved', 'accepted') AND o.total_cents * {SHARE} >= m.max_cents
      AND EXISTS (SELECT 1 FROM order_step s WHERE s.office = o.office AND s.order_id = o.id AND s.step = 'approved'
                  AND s.at >= :since AND coalesce(s.on_behalf, s.by) = m.user_id)
    GROUP BY m.office, m.bank_account, m.user_id, m.max_cents, m.payee, m.cents, m.orders
    HAVING m.cents + coalesce(sum(o.total_cents), 0) > m.max_cents AND m.orders + count(o.id) > 1
    ORDER BY m.office, m.payee LIMIT {MOST}"""


def splits(store: Store) -> tuple[KasseError, ...]:
    """Return a warning for each payee whose chosen orders, with those approved just before, pass the limit.

    Inside the unit of work that approves the orders in `chosen_order`, before the step is written.
    """
    since = (dt.date.fromisoformat(store.now[:10]) - dt.timedelta(days=DAYS - 1)).isoformat()
    return tuple(
        SplitBelowLimitError(
            office=office, payee=payee, limit_cents=limit, amount_cents=int(cents), count=int(count), days=DAYS
        )
        for office, payee, limit, cents, count in store.all(_ALIKE, user=store.user, since=since)
    )
