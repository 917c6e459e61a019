"""What looks wrong with orders: split below a limit, booked anew for another payee, limits raised for a moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from ledger.audit.checks import Check, Hit, Scope, days_between, plain_reference, within
from sepa.errors import N_, KasseError

SPLIT_DAYS, SHARE, REBOOKED_DAYS, RAISED_DAYS, ALIKE = 7, 4, 14, 14, 3
_ORDER = "'order:' || {o}.office || '-' || CAST({o}.id AS TEXT)"
_STEP = "(SELECT max(s.at) FROM order_step s WHERE s.office = {o}.office AND s.order_id = {o}.id AND s.step = '{step}')"
_USER = "(SELECT name FROM app_user WHERE id = {who})"


class SplitOrderError(KasseError):
    """Several orders for one payee within days, each below what a person may approve, together above it."""

    code = "audit.order_split"
    template = N_(
        "{user} approved {count} orders for {payee} within {days} days, each up to {limit_cents}, together "
        "{amount_cents}: {orders}"
    )
    hint = N_("see 'kasse order show {first_order}' and the others: is it one delivery, who should have approved it")
    severity = "warning"


_SPLIT = f"""
    SELECT o.office, {_ORDER.format(o="o")}, substr(s.at, 1, 10), o.total_cents, {_USER.format(who="s.by")}, o.id,
           coalesce(o.bank_account, CAST(coalesce(n.merged_into, n.id) AS TEXT), '') AS payee_key,
           coalesce(n.name, ''), l.max_cents, l.user_id
    FROM order_step s JOIN cash_order o ON o.office = s.office AND o.id = s.order_id
    JOIN approval_limit l ON l.user_id = coalesce(s.on_behalf, s.by) AND l.office = (
        CASE WHEN EXISTS (SELECT 1 FROM approval_limit m WHERE m.user_id = coalesce(s.on_behalf, s.by)
                          AND m.office = o.office) THEN o.office ELSE '*' END)
    LEFT JOIN party n ON n.id = o.party
    WHERE s.step = 'approved' AND {within("s.at", "o.office")} AND o.kind = 'payable' AND o.act = 'order'
      AND o.state <> 'objected' AND l.max_cents IS NOT NULL AND o.total_cents <= l.max_cents
      AND o.total_cents * {SHARE} >= l.max_cents
    ORDER BY l.user_id, o.office, payee_key, s.at, o.id"""


def _splits(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield each group of orders within a week that together pass the limit."""
    del scope
    for _, own in groupby(hits, key=lambda hit: (hit["limited"], hit["office"], hit["payee_key"])):
        waiting: list[Hit] = []
        for hit in own:
            if waiting and days_between(waiting[0]["day"], hit["day"]) > SPLIT_DAYS:
                if found := _passed(waiting):
                    yield found
                    waiting = []
                waiting = [one for one in waiting if days_between(one["day"], hit["day"]) <= SPLIT_DAYS]
            waiting.append(hit)
        if found := _passed(waiting):
            yield found


def _passed(orders: Sequence[Hit]) -> Hit | None:
    together = sum(int(one["amount_cents"] or 0) for one in orders)
    if not orders or len(orders) < 2 or together <= int(orders[-1]["limit_cents"] or 0):
        return None
    names = [f"{one['office']}-{one['id']}" for one in orders]
    days = days_between(orders[0]["day"], orders[-1]["day"]) + 1
    return orders[-1] | {
        "amount_cents": together, "count": len(orders), "days": days, "orders": ", ".join(names),
        "first_order": names[0],
    }  # fmt: skip


class RebookedError(KasseError):
    """An order was cancelled and ordered again for somebody else."""

    code = "audit.order_rebooked"
    template = N_(
        "order {cancelled} for {payee_before} was cancelled and ordered again as {order} for {payee}: {amount_cents}"
    )
    hint = N_("see 'kasse order show {cancelled}' and 'kasse order show {order}': why another payee")
    severity = "warning"


_REBOOKED = f"""
    SELECT n.office, {_ORDER.format(o="n")}, substr({_STEP.format(o="n", step="created")}, 1, 10), n.total_cents,
           (SELECT u.name FROM order_step s JOIN app_user u ON u.id = s.by
            WHERE s.office = n.office AND s.order_id = n.id AND s.step = 'created'),
           o.office || '-' || CAST(o.id AS TEXT), n.office || '-' || CAST(n.id AS TEXT), coalesce(po.name, ''),
           coalesce(pn.name, ''), substr({_STEP.format(o="c", step="created")}, 1, 10), o.id,
           coalesce(o.reference, o.document, ''), coalesce(n.reference, n.document, ''), o.purpose, n.purpose
    FROM cash_order c JOIN cash_order o ON o.office = c.office AND o.id = c.changes
    JOIN cash_order n ON n.office = o.office AND n.kind = 'payable' AND n.act = 'order'
      AND n.total_cents = o.total_cents AND n.id > o.id AND n.state <> 'objected'
    LEFT JOIN party po ON po.id = o.party LEFT JOIN party pn ON pn.id = n.party
    WHERE c.act = 'cancellation' AND c.kind = 'payable' AND c.state <> 'objected'
      AND coalesce(n.bank_account, '') <> coalesce(o.bank_account, '')
      AND coalesce(pn.match_key, '') <> coalesce(po.match_key, '')
      AND {within(_STEP.format(o="n", step="created"), "n.office")}
    ORDER BY c.office, c.id, n.id"""


def _anew(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield new orders near a cancellation that say the same; of many of one amount only those that name the same."""
    del scope
    for _, own in groupby(hits, key=lambda hit: (hit["office"], hit["cancelled_id"])):
        near = [hit for hit in own if abs(days_between(hit["cancelled_on"], hit["day"])) <= REBOOKED_DAYS]
        for hit in near:
            named = plain_reference(hit["reference_before"])
            same = bool(named) and named == plain_reference(hit["reference"])
            words = plain_reference(hit["purpose_before"]) == plain_reference(hit["purpose"])
            if same or (words and len(near) <= ALIKE):
                yield hit


class RaisedLimitError(KasseError):
    """A limit was raised, used, and lowered again within days."""

    code = "audit.limit_raised"
    template = N_(
        "the limit of {user} was raised on {raised} and lowered on {lowered}; in between {user} approved order "
        "{order} over {amount_cents}, above the limit before ({before_cents})"
    )
    hint = N_("see 'kasse order show {order}' and ask who wanted the limit raised: 'kasse user limit'")
    severity = "warning"


_RAISED = f"""
    SELECT o.office, {_ORDER.format(o="o")}, substr(s.at, 1, 10), o.total_cents, {_USER.format(who="s.by")},
           o.office || '-' || CAST(o.id AS TEXT), substr(e.at, 1, 10), substr(f.at, 1, 10), e.facts, f.facts
    FROM event e JOIN event f ON f.object = e.object AND f.action = 'user.limit' AND f.at > e.at
    JOIN order_step s ON s.step = 'approved' AND s.at >= e.at AND s.at <= f.at
      AND 'user:' || CAST(coalesce(s.on_behalf, s.by) AS TEXT) = e.object
    JOIN cash_order o ON o.office = s.office AND o.id = s.order_id
    WHERE e.action = 'user.limit' AND {within("s.at", "o.office")} ORDER BY o.office, o.id, e.at, f.at"""


def _raised(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    del scope
    seen = set()
    for hit in hits:
        up, down = json.loads(str(hit["up"])), json.loads(str(hit["down"]))
        before, amount = up.get("before_cents"), int(hit["amount_cents"] or 0)
        near = days_between(hit["raised"], hit["lowered"]) <= RAISED_DAYS
        fits = up["office"] == down["office"] and up["office"] in {hit["office"], "*"}
        lowered = down["max_cents"] is not None and down["max_cents"] < amount
        if near and fits and lowered and before is not None and before < amount and hit["order"] not in seen:
            seen.add(hit["order"])
            yield hit | {"before_cents": before}


class ExceededLimitError(KasseError):
    """An order was approved above the limit that the event log knows for that day."""

    code = "audit.limit_exceeded"
    template = N_(
        "{user} approved order {order} over {amount_cents}; the event log knows a limit of {limit_cents} then"
    )
    hint = N_("somebody raised the limit past kasse: see 'kasse order show {order}', and run 'kasse journal verify'")
    severity = "error"


_EXCEEDED = f"""
    SELECT o.office, {_ORDER.format(o="o")}, substr(s.at, 1, 10), o.total_cents, {_USER.format(who="s.by")},
           o.office || '-' || CAST(o.id AS TEXT), s.at, e.at, e.facts
    FROM event e JOIN order_step s ON s.step = 'approved'
      AND 'user:' || CAST(coalesce(s.on_behalf, s.by) AS TEXT) = e.object
    JOIN cash_order o ON o.office = s.office AND o.id = s.order_id
    WHERE e.action = 'user.limit' AND {within("s.at", "o.office")} ORDER BY o.office, o.id, e.position"""


def _exceeded(hits: Iterable[Hit], scope: Scope) -> Iterator[Hit]:
    """Yield orders above every limit of their moment: a change in the same second counts for neither side."""
    del scope
    for _, own in groupby(hits, key=lambda hit: (hit["office"], hit["order"])):
        told = [(hit, json.loads(str(hit["facts"]))) for hit in own]
        hit = told[0][0]
        limits = [_limit(told, until=until) for until in (lambda one, at: one < at, lambda one, at: one <= at)]
        known = [limit for limit in limits if limit is not None]
        if len(known) == len(limits) and int(hit["amount_cents"] or 0) > max(known):
            yield hit | {"limit_cents": max(known)}


def _limit(told: Sequence[tuple[Hit, dict[str, Any]]], *, until: Callable[[str, str], bool]) -> int | None:
    """Return the limit that events tell of: that of the order's office, else that of all offices; None is no limit."""
    for office in (told[0][0]["office"], "*"):
        own = [(hit, facts) for hit, facts in told if facts["office"] == office]
        before = [facts["max_cents"] for hit, facts in own if until(str(hit["set"]), str(hit["approved"]))]
        if before:
            return None if before[-1] is None else int(before[-1])
        if own and own[0][1].get("before_cents") is not None:
            return int(own[0][1]["before_cents"])
    return None


CHECKS = (
    Check(SplitOrderError, "id payee_key payee limit_cents limited", _SPLIT,
          N_("orders for one payee within 7 days, each a quarter of the limit or more, together above the limit of who"
             " approved them"), "§ 34 LHO; § 3 (2) VgV", _splits),
    Check(RebookedError,
          "cancelled order payee_before payee cancelled_on cancelled_id reference_before reference purpose_before"
          " purpose", _REBOOKED,
          N_("an order cancelled and ordered again within 14 days for another payee and account"), "§ 34 LHO", _anew),
    Check(ExceededLimitError, "order approved set facts", _EXCEEDED,
          N_("approved above the limit that the event log knows for that moment"), "VV § 34 LHO", _exceeded),
    Check(RaisedLimitError, "order raised lowered up down", _RAISED,
          N_("a limit raised, used for an order above the old one, and lowered again within 14 days"),
          "VV § 34 LHO", _raised),
)  # fmt: skip
