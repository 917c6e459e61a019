"""Who may release a run: nobody who made, certified, approved or accepted an order that it pays (invariant 6)."""

from __future__ import annotations

from ledger.payments.runs import Run
from ledger.people.duties import release_duty
from ledger.people.users import NotAllowedError, user_name
from ledger.store.engines import Store
from sepa.errors import N_

_STEPS = ", ".join(f"'{step}'" for step in release_duty())
_OWN = f"""
    SELECT count(DISTINCT line), min(line) FROM (
        SELECT p.line FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
        JOIN order_step s ON s.office = i.office AND s.order_id = i.order_id
        WHERE p.office = :office AND p.run = :run AND p.state = 'proposed' AND s.step IN ({_STEPS})
          AND (s.by IN (:user, :principal) OR s.on_behalf IN (:user, :principal))
        UNION ALL
        SELECT p.line FROM payment p
        JOIN refund r ON r.office = p.item_office AND r.item = p.item AND r.id = p.refund
        WHERE p.office = :office AND p.run = :run AND p.state = 'proposed' AND r.asked_by IN (:user, :principal)
    ) own"""


class OwnOrdersError(NotAllowedError):
    """A release by somebody who had a part in what is paid."""

    code = "payment.own_orders"
    template = N_(
        "{user} has acted on the orders or refunds of {count} payments of run {run}, the first is {run}-{line}"
    )
    hint = N_(
        "another person with the right to release must do this step, or take these payments out with "
        "'kasse payment change {run} --without {line} --reason …'"
    )


def check_no_part(store: Store, run: Run) -> None:
    """Refuse the release to who took a step with an order of the run, or asked for a refund in it.

    Steps taken for somebody count for both persons. Raises `OwnOrdersError`.
    """
    principal = store.principal if store.principal is not None else store.user
    found = store.one(_OWN, office=run.office, run=run.number, user=store.user, principal=principal)
    count, line = found or (0, None)
    if count:
        raise OwnOrdersError(user=user_name(store, store.user), count=count, run=run.number, line=line)
