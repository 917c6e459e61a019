"""What paying an instalment late costs while its plan still stands: from its day to the day on which the plan fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import count, takewhile

from enforcement.charges import Claim, Payment, accrue
from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.law.rules import ChargeRule
from enforcement.relief_plan import Share
from sepa.calendar import add_months
from sepa.errors import KasseError


def default_charge(
    rule: ChargeRule, shares: Sequence[Share], payments: Sequence[Payment], until: dt.date, *, land: str, law: Law
) -> tuple[int, tuple[KasseError, ...]]:
    """Return what the missed shares of one claim cost until a day, in cents, and the warnings.

    Each share is due on the day of its instalment (§ 240 (1) AO, § 286 BGB); `payments` are those since the plan was
    granted and pay the shares one after the other. Of a charge by started months the month that runs counts only for
    what was paid in it: for the rest a month begins anew with the end of the plan, and nobody pays for one month twice.
    """
    cents, findings = 0, tuple[KasseError, ...]()
    left = list(payments)
    for share in sorted(shares, key=lambda one: one.due):
        paid, left = _taken(left, share.cents)
        claim = Claim(share.cents, share.due, tuple(paid))
        charge = accrue(rule, claim, until, land=land, law=law)
        cents += charge.cents - _begins_anew(rule, claim, until, land=land, law=law)
        findings = distinct(findings + charge.findings)
    return cents, findings


def latest(payments: Sequence[Payment], cents: int) -> list[Payment]:
    """Return the last payments that add up to so much: those that came since a plan was granted."""
    found, left = list[Payment](), cents
    for one in sorted(payments, key=lambda each: each.day, reverse=True):
        part = min(left, one.cents)
        if part > 0:
            found.append(Payment(one.day, part, one.way))
        left -= part
    return found[::-1]


def _taken(payments: Sequence[Payment], cents: int) -> tuple[list[Payment], list[Payment]]:
    """Return the payments that pay so much, and what is left of all."""
    taken, left = list[Payment](), list[Payment]()
    for one in payments:
        part = min(cents, one.cents)
        cents -= part
        if part:
            taken.append(Payment(one.day, part, one.way))
        if one.cents > part:
            left.append(Payment(one.day, one.cents - part, one.way))
    return taken, left


def _begins_anew(rule: ChargeRule, claim: Claim, until: dt.date, *, land: str, law: Law) -> int:
    """Return what the started month that is not over costs for what is still missing on a day."""
    missing = claim.amount_cents - sum(one.cents for one in claim.payments if one.day <= until)
    if rule.method != "started_months" or missing <= 0:
        return 0
    due, unpaid = claim.moved_due(rule, land), Claim(missing, claim.due)
    over = max(takewhile(lambda end: end <= until, (add_months(due, number) for number in count(1))), default=due)
    return accrue(rule, unpaid, until, land=land, law=law).cents - accrue(rule, unpaid, over, land=land, law=law).cents
