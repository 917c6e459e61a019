"""What the law of a claim says of relief: which legal event it is, what charges run meanwhile, which claims end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Protocol

from enforcement.charges import Claim, Payment, accrue
from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.law.rules import ChargeRule
from enforcement.limitation import LimitationEvent
from enforcement.lump_sums import lump_sum
from enforcement.profiles import Profile
from enforcement.relief import Kind, Owed
from sepa.errors import N_, KasseError

ONE_DAY = dt.timedelta(days=1)
PAUSES = ("deferral", "suspended_execution")
"""Events during which nothing is charged for paying late: what is deferred or suspended is not overdue."""
Span = tuple[dt.date, dt.date]
NO_END = dt.date(9999, 1, 1)
"""The last day of what goes on."""


class Claimed(Protocol):
    """Whatever has a kind of claim."""

    @property
    def claim_kind(self) -> str | None:
        """What kind of claim it is."""


def event_kind(kind: Kind, profile: Profile | None, law: Law) -> str | None:
    """Return the legal event that a relief is under the law of a claim, none where it is none.

    The first of the kind's events that the rule of limitation names; where it names none, the first.
    """
    if not kind.events:
        return None
    if profile is None or not profile.limitation:
        return kind.events[0]
    rule = profile.limitation_rule(law)
    return next((one for one in kind.events if one in rule.restart or one in rule.suspend), kind.events[0])


class JointDischargeError(KasseError):
    """A discharge that would end what others owe as well."""

    code = "relief.joint_discharge"
    template = N_("{item} is owed by others too: the discharge of one does not end what they owe (§ 301 (2) InsO)")
    hint = N_(
        "keep it with --keep {item}, and keep the discharged debtor from being asked for it with 'kasse party lock "
        "PARTY --kind dunning --reason …': the others are still asked"
    )


def is_penal(one: Claimed, profile: Profile | None) -> bool:
    """Return whether a claim is a penalty: not enforced into an estate, subordinate, and never discharged.

    § 101 OWiG, § 45 (1) sentence 2 AO, § 39 (1) no. 3, § 302 no. 2 InsO. The costs of a fine are none.
    """
    if profile is None:
        return False
    kind = one.claim_kind or ""
    if profile.insolvency == "subordinate":
        return profile.settlement.class_of(kind) != "cost"
    return kind in profile.relief.penal


def pauses(events: Iterable[LimitationEvent]) -> tuple[Span, ...]:
    """Return the spans of days, in order, in which a claim was deferred or its execution suspended; some go on."""
    found = (one for one in events if one.kind in PAUSES and (one.until or one.ongoing))
    return tuple(sorted((one.day, one.until or NO_END) for one in found))


def late_charge(
    rule: str, claim: Claim, until: dt.date, spans: Sequence[Span], *, land: str, law: Law
) -> tuple[int, tuple[KasseError, ...]]:
    """Return what paying late costs until a day, where it does not count in some spans, and the warnings.

    After each span default begins anew on the next day; the last day of a span is no due day that a weekend moves.
    """
    cents, due, anew = 0, claim.due, claim.bears_from
    findings: tuple[KasseError, ...] = ()
    for first, last in (*spans, (until + ONE_DAY, until)):
        end = min(until, first - ONE_DAY)
        if due < first and end > due:
            charge = accrue(rule, Claim(claim.amount_cents, due, claim.payments, anew), end, land=land, law=law)
            cents += charge.cents
            findings = distinct(findings + charge.findings)
        if last > due:
            due, anew = last, last + ONE_DAY
    return cents, findings


def owed_at_first(
    rule: ChargeRule, amount_cents: int, payments: Sequence[Payment], reductions: Sequence[Payment]
) -> tuple[int, tuple[Payment, ...]]:
    """Return what was owed from the first and what was paid of it, where orders took something off.

    What was never owed bears nothing (§§ 286, 288 BGB, § 19 GebG HH); only a surcharge that arose before stays
    (§ 240 (1) sentence 4 AO): there it counts like a payment of the day.
    """
    if rule.stays_when_reduced:
        return amount_cents, tuple(sorted((*payments, *reductions), key=lambda one: one.day))
    return amount_cents - sum(one.cents for one in reductions), tuple(payments)


def late_until(
    one: Owed,
    profile: Profile | None,
    until: dt.date,
    *,
    payments: Sequence[Payment] = (),
    reductions: Sequence[Payment] = (),
    spans: Sequence[Span] = (),
    land: str,
    law: Law,
) -> tuple[int, tuple[KasseError, ...]]:
    """Return what a main claim owes for paying late until a day and was not demanded of yet; side claims nothing.

    Where it was deferred before, it was late before that too: what was demanded of it counts from its first due day.
    """
    if profile is None or not profile.late_charge or one.main_item is not None or not profile.bears(one.claim_kind):
        return 0, ()
    claim = _owed_from(one, law.charge(profile.late_charge), payments, reductions, spans)
    cents, findings = late_charge(profile.late_charge, claim, until, spans, land=land, law=law)
    return max(0, cents - one.demanded_cents), findings


def lump_until(
    one: Owed,
    profile: Profile,
    until: dt.date,
    demanded_cents: int,
    *,
    payments: Sequence[Payment] = (),
    reductions: Sequence[Payment] = (),
    spans: Sequence[Span] = (),
    land: str,
    law: Law,
) -> tuple[int, tuple[KasseError, ...]]:
    """Return the lump sum for default that a main claim bears until a day, less what was demanded; side claims nothing.

    § 288 (5) BGB.
    """
    if profile.lump is None or one.main_item is not None or not profile.bears_lump(one.claim_kind):
        return 0, ()
    rule = law.charge(profile.late_charge)
    claim = _owed_from(one, rule, payments, reductions, spans)
    made = lump_sum(
        profile.lump, rule, claim, until, demanded_cents=demanded_cents, spans=spans, land=land, law=law
    )  # fmt: skip
    return made.cents, made.findings


def _owed_from(
    one: Owed, rule: ChargeRule, payments: Sequence[Payment], reductions: Sequence[Payment], spans: Sequence[Span]
) -> Claim:
    """Return a claim as it was owed from its first due day."""
    amount_cents, paid = owed_at_first(rule, one.amount_cents, payments, reductions)
    due = one.original_due if spans and one.original_due else one.due
    return Claim(amount_cents, dt.date.fromisoformat(due), paid)
