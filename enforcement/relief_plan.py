"""Instalment plans as rules: how a sum is cut, which claim each instalment pays, what interest it bears."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from enforcement.charges import Claim, Payment, accrue
from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.profiles import Profile
from enforcement.relief import Instalment, InstalmentDaysError, InstalmentSumError, ItemKey, Owed, Schedule
from ledger.items.settlement import Claim as Settled
from ledger.items.settlement import Order, in_order
from sepa.calendar import add_months
from sepa.errors import KasseError

MOST = 240
"""Instalments a plan has at most: twenty years of months."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a claim that one instalment pays."""

    key: ItemKey
    line: int
    due: dt.date
    cents: int


@dataclass(frozen=True, slots=True)
class PlannedInterest:
    """Interest of one claim that falls due with one instalment; `rule` names the charge it comes from."""

    key: ItemKey
    due: dt.date
    cents: int
    rule: str
    kind: str


def instalments(schedule: Schedule, total_cents: int, first_day: dt.date) -> tuple[Instalment, ...]:
    """Return the instalments of a sum, without interest: they add up to it to the cent.

    So many equal ones (the last takes the odd cents), or so much a month until it is paid, or those named one by
    one, monthly from the first due day on. Raises `InstalmentSumError`, `InstalmentDaysError`.
    """
    if schedule.each:
        made = tuple(Instalment(day, cents) for day, cents in sorted(schedule.each))
    else:
        start = schedule.first or add_months(first_day, 1)
        made = tuple(
            Instalment(add_months(start, place), cents) for place, cents in enumerate(_amounts(schedule, total_cents))
        )
    if sum(one.cents for one in made) != total_cents or any(one.cents <= 0 for one in made):
        raise InstalmentSumError(given_cents=sum(one.cents for one in made), sum_cents=total_cents)
    for before, after in pairwise((first_day - dt.timedelta(days=1), *(one.due for one in made))):
        if after <= before:
            raise InstalmentDaysError(day=after)
    return made


def _amounts(schedule: Schedule, total_cents: int) -> list[int]:
    if schedule.rate_cents:
        full, rest = divmod(total_cents, schedule.rate_cents)
        if schedule.rate_cents <= 0 or full > MOST:
            raise InstalmentSumError(given_cents=schedule.rate_cents, sum_cents=total_cents)
        return [schedule.rate_cents] * full + ([rest] if rest else [])
    count = min(schedule.count or 1, MOST)
    each = total_cents // count
    return [each] * (count - 1) + [total_cents - each * (count - 1)]


def shares(owed: Sequence[Owed], plan: Sequence[Instalment], orders: Mapping[str, Order]) -> list[Share]:
    """Return which claim each instalment pays: the claims in their settlement order, the instalments by their days."""
    claims = {one.key: one for one in owed}
    settled = (Settled(*one.key, one.cents, one.due, one.profile, one.claim_kind) for one in owed)
    left = [(claims[one.office, one.item].key, one.open_cents) for one in in_order(settled, orders)]
    found: list[Share] = []
    for line, instalment in enumerate(plan, 1):
        cents = instalment.cents
        while cents:
            key, open_cents = left[0]
            part = min(cents, open_cents)
            found.append(Share(key, line, instalment.due, part))
            cents -= part
            left[0] = (key, open_cents - part)
            if not left[0][1]:
                left.pop(0)
    return found


def deferred_claim(one: Owed, first_day: dt.date, paid: Sequence[Share] = ()) -> Claim:
    """Return a claim as deferral interest sees it: from its due day, or from the first day of the relief if later."""
    due = dt.date.fromisoformat(one.due)
    payments = tuple(Payment(share.due, share.cents) for share in paid)
    return Claim(one.cents, due, payments, bears_from=first_day if due < first_day else None)


def plan_interest(
    owed: Sequence[Owed],
    parts: Sequence[Share],
    first_day: dt.date,
    profiles: Mapping[ItemKey, Profile | None],
    *,
    land: str,
    law: Law,
) -> tuple[list[PlannedInterest], tuple[KasseError, ...]]:
    """Return the interest on each main claim by instalment, or all of it with the last, as its profile says.

    Only the sum of a claim is rounded (AEAO § 238 no. 2): what an instalment bears is what has grown since the one
    before. Side claims bear none (§ 233 AO, § 289 BGB). `profiles` are those of the claims.
    """
    found: list[PlannedInterest] = []
    findings: tuple[KasseError, ...] = ()
    for one in owed:
        profile = profiles[one.key]
        if profile is None or not _bears_interest(one, profile):
            continue
        own = [share for share in parts if share.key == one.key]
        claim, days = deferred_claim(one, first_day, own), [share.due for share in own]
        so_far = 0
        for day in days if profile.relief.interest == "instalments" else days[-1:]:
            charge = accrue(profile.deferral_charge, claim, day, land=land, law=law)
            findings = distinct(findings + charge.findings)
            if charge.cents > so_far:
                found.append(PlannedInterest(one.key, day, charge.cents - so_far, charge.rule, charge.kind))
                so_far = charge.cents
    return found, findings


def _bears_interest(one: Owed, profile: Profile) -> bool:
    return bool(profile.deferral_charge) and one.main_item is None and profile.bears(one.claim_kind)


def interest_until(
    owed: Sequence[Owed],
    parts: Sequence[Share],
    first_day: dt.date,
    profiles: Mapping[ItemKey, Profile | None],
    day: dt.date,
    *,
    land: str,
    law: Law,
) -> dict[ItemKey, int]:
    """Return the interest of each main claim until a day, by the plan as granted: for one that ends early."""
    found: dict[ItemKey, int] = {}
    for one in owed:
        profile = profiles[one.key]
        if profile is None or not _bears_interest(one, profile):
            continue
        own = [share for share in parts if share.key == one.key]
        until = min(day, own[-1].due) if own else day
        claim = deferred_claim(one, first_day, own)
        found[one.key] = accrue(profile.deferral_charge, claim, until, land=land, law=law).cents
    return found


def with_interest(plan: Sequence[Instalment], interest: Sequence[PlannedInterest]) -> tuple[Instalment, ...]:
    """Return the instalments with the interest that falls due with each."""
    return tuple(
        replace(one, interest_cents=sum(part.cents for part in interest if part.due == one.due)) for one in plan
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands on a day: what should be paid, what is, and the first instalment that is not.

    Money for the plan pays its instalments one after the other by their days, whatever claim it settles.
    """

    wanted_cents: int
    paid_cents: int
    unpaid: Instalment | None

    @property
    def behind_cents(self) -> int:
        """What is missing."""
        return max(0, self.wanted_cents - self.paid_cents)


def standing(plan: Sequence[Instalment], paid_cents: int, day: dt.date) -> Standing:
    """Return how a plan stands at the end of a day."""
    wanted = sum(one.sum_cents for one in plan if one.due <= day)
    return Standing(wanted, paid_cents, next((one for one, left in spread_paid(plan, paid_cents) if left), None))


def spread_paid(plan: Sequence[Instalment], paid_cents: int) -> Iterator[tuple[Instalment, int]]:
    """Yield every instalment with what is still missing of it."""
    left = paid_cents
    for one in sorted(plan, key=lambda each: each.due):
        part = min(left, one.sum_cents)
        left -= part
        yield one, one.sum_cents - part
