"""How the limitation of claims of a book stands: its end, what holds it, why it ended, and what could be noted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.limitation import (
    BECOMES,
    INTERRUPTED,
    RESTARTED,
    STOPPED,
    SUSPENDED,
    TOO_LATE,
    Limitation,
    LimitationEvent,
    LimitationFactError,
    LimitationFacts,
    limitation_by_part,
)
from enforcement.limitation_rules import LimitationRule
from enforcement.profiles import profile_for
from sepa.errors import N_, KasseError

DEFAULT_LAND = "HH"
"""Whose holidays move the end in a book without a Land."""
HISTORIES = 20_000
"""How many histories of claims are remembered, half as many by days: more grow with the claims and gain little."""
STATES = (
    N_("runs"), N_("stands_still"), N_("no_law"), N_("law_unknown"), N_("creditor_law"), N_("final_missing"),
    N_("closed_missing"), N_("assessed_missing"), N_("known_missing"), N_("arisen_missing"),
)  # fmt: skip
"""How a claim stands: its period runs, stands still, or has no end that is known, and why."""
WHYS = (
    N_("no_event"), N_("no_effect"), N_("event_old"), N_("plan_failed"), N_("relief_over"), N_("too_late"),
    N_("not_posted"),
)  # fmt: skip
"""Why a claim became time-barred.

no_event: nothing happened since it fell due. no_effect: what happened, a Mahnung or else, has no effect under its law.
event_old: the last event that counted is too long ago. plan_failed: that was a relief which failed. relief_over: that
was a relief which ended otherwise. too_late: something happened, but after the end. not_posted: it was
dunned, but the book knows no demand that left the house.
"""
NOTED_FACTS = ("assessed", "final", "known", "closed")
"""Days that a rule may count from and that can be noted by hand, where no order gives them."""
_EFFECTIVE = (RESTARTED, INTERRUPTED, SUSPENDED, STOPPED, BECOMES)
_RELIEF = ("deferral", "relief", "stay", "suspended_execution")


class Claim(NamedTuple):
    """A main claim with what is open of it and of its side claims, which fall with it; rows come by the 100,000."""

    office: str
    item: int
    reference: str | None
    party: str | None
    profile: str | None
    claim_kind: str | None
    due: str
    original_due: str
    amount_cents: int
    open_cents: int
    side_cents: int
    dunned_on: str | None
    assessed: str | None
    final: str | None


class Happened(NamedTuple):
    """What happened to a claim: events in the order of their days, those of failed relief, what settled it later.

    `debtors` are joint debtors towards whom different things happened: the name of each with the events that count.
    """

    events: tuple[LimitationEvent, ...] = ()
    failed: frozenset[tuple[str, dt.date]] = frozenset()
    cleared: tuple[tuple[str, int], ...] = ()
    debtors: tuple[tuple[str, tuple[LimitationEvent, ...]], ...] = ()

    def towards(self, debtor: str) -> Happened:
        """Return what happened towards one of joint debtors, § 425 BGB, § 44 (2) AO."""
        return Happened(dict(self.debtors)[debtor], self.failed, self.cleared)


NOTHING = Happened()
Days = tuple[str, str | None, str | None]
"""The due day of a claim, when it was assessed and when that became final, as texts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the limitation of a claim stands; `part_cents` where the end is that of a part of it only.

    `last_kind` and `last_day` are the last event that had an effect, `why` why it is time-barred after its end. Of
    joint debtors the end is that towards the last one; towards `first_debtor` the period is over with `first_end`.
    """

    state: str
    end: dt.date | None = None
    why: str = "no_event"
    last_kind: str | None = None
    last_day: dt.date | None = None
    part_cents: int | None = None
    rule: str = ""
    findings: tuple[KasseError, ...] = ()
    first_end: dt.date | None = None
    first_debtor: str | None = None

    def ahead(self, day: dt.date) -> dt.date | None:
        """Return the next end on or after a day: that towards the first of joint debtors, later that of the claim."""
        return self.first_end if self.first_end and self.first_end >= day else self.end


class Lawbook:
    """The limitation law of a Land for claims of a book: every rule is looked up, every history worked out once."""

    def __init__(self, land: str, law: Law) -> None:
        self.land = land
        self.law = law
        self.findings: tuple[KasseError, ...] = ()
        self._rules: dict[str, LimitationRule | str] = {}
        self._names: dict[str, str] = {}
        self._edges: dict[str, tuple[int, ...]] = {}
        self._last: tuple[KasseError, ...] = ()
        self._told = lru_cache(HISTORIES // 2)(self._split)
        self._standing = lru_cache(HISTORIES)(self._worked_out)

    def rule(self, name: str | None) -> LimitationRule | str:
        """Return the rule of a profile, or the state of a claim that has none."""
        if not name:
            return "no_law"
        if name not in self._rules:
            profile = profile_for(name, self.land, self.law)
            if profile is None:
                self._rules[name] = "law_unknown"
            else:
                self._rules[name] = profile.limitation_rule(self.law) if profile.limitation else "creditor_law"
            self._edges[name] = _edges(self._rules[name])
        return self._rules[name]

    def named(self, name: str | None) -> str:
        """Return the name of the profile that a name means in the Land; a name that means none stays as it is."""
        if not name:
            return ""
        if name not in self._names:
            profile = profile_for(name, self.land, self.law)
            self._names[name] = profile.name if profile else name
        return self._names[name]

    def standing(self, claim: Claim, happened: Happened = NOTHING) -> Standing:
        """Return how the limitation of a claim stands; of joint debtors it is over when it is towards all."""
        if not happened.debtors:
            return self._alone(claim, happened)
        each = [(name, self._alone(claim, happened.towards(name))) for name, _ in happened.debtors]
        first, soonest = min(each, key=_end)
        _, last = max(each, key=_end)
        return last if soonest.end == last.end else replace(last, first_end=soonest.end, first_debtor=first)

    def _alone(self, claim: Claim, happened: Happened) -> Standing:
        rule = self.rule(claim.profile)
        if isinstance(rule, str):
            return Standing(rule)
        happens = happened.events
        cents: int | None = claim.amount_cents
        if not any(event.amount_cents for event in happens):
            cents = _bucket(self._edges[str(claim.profile)], claim.amount_cents)
        days = claim.original_due, claim.assessed, claim.final
        found = self._told(str(claim.profile), days, cents, happens, happened.failed)
        if found.findings and found.findings is not self._last:
            self._last = found.findings
            self.findings = distinct((*self.findings, *found.findings))
        if found.why == "no_event" and claim.dunned_on:
            return replace(found, why="not_posted" if "demand" in rule.restart else "no_effect")
        return found

    def chain(self, claim: Claim, happened: Happened) -> tuple[Limitation, ...]:
        """Return the whole chain of a claim, for each part of it where events concern only some.

        Raises `LimitationFactError`; none for a claim without a rule.
        """
        rule = self.rule(claim.profile)
        if isinstance(rule, str):
            return ()
        days = claim.original_due, claim.assessed, claim.final
        facts, events = split_facts(days, claim.amount_cents, rule, happened.events)
        return limitation_by_part(rule, facts, events, land=self.land or DEFAULT_LAND, law=self.law)

    def _split(
        self,
        name: str,
        days: Days,
        cents: int | None,
        happened: tuple[LimitationEvent, ...],
        failed: frozenset[tuple[str, dt.date]],
    ) -> Standing:
        rule = self.rule(name)
        assert isinstance(rule, LimitationRule)
        facts, events = split_facts(days, cents, rule, happened)
        return self._standing(name, _alike(rule, facts, plain=not events), events, failed)

    def _worked_out(
        self,
        name: str,
        facts: LimitationFacts,
        events: tuple[LimitationEvent, ...],
        failed: frozenset[tuple[str, dt.date]],
    ) -> Standing:
        rule = self.rule(name)
        assert isinstance(rule, LimitationRule)
        try:
            parts = limitation_by_part(rule, facts, events, land=self.land or DEFAULT_LAND, law=self.law)
        except LimitationFactError:
            return Standing(f"{rule.counted_from}_missing", rule=rule.name)
        soonest = min(parts, key=lambda part: part.end or dt.date.max)
        last = next((link for link in reversed(soonest.links) if link.template in _EFFECTIVE), None)
        return Standing(
            "runs" if soonest.end else "stands_still",
            soonest.end,
            why_barred(soonest, failed),
            last.kind if last else None,
            last.day if last else None,
            soonest.amount_cents if len(parts) > 1 else None,
            soonest.rule,
            soonest.findings,
        )


def _end(named: tuple[str, Standing]) -> dt.date:
    return named[1].end or dt.date.max


def split_facts(
    days: Days, cents: int | None, rule: LimitationRule, events: Iterable[LimitationEvent]
) -> tuple[LimitationFacts, tuple[LimitationEvent, ...]]:
    """Return the days that the rule counts from, noted ones before those of the order, and the events that are left.

    Part payments are left out where the rule knows none.
    """
    given = {
        name: dt.date.fromisoformat(day) for name, day in zip(("due", "assessed", "final"), days, strict=True) if day
    }
    left = []
    for event in events:
        if event.kind in NOTED_FACTS:
            given[event.kind] = event.day
        elif event.kind != "payment" or "payment" in rule.restart:
            left.append(event)
    return LimitationFacts(**given, amount_cents=cents), tuple(left)


def _edges(rule: LimitationRule | str) -> tuple[int, ...]:
    """Return the amounts up to which a rule treats claims alike, none where it treats all alike."""
    if isinstance(rule, str):
        return ()
    edges = {tier.upto_cents for tier in rule.tiers if tier.upto_cents is not None}
    return tuple(sorted(edges | ({rule.effects_from_cents - 1} if rule.effects_from_cents else set())))


def _bucket(edges: tuple[int, ...], cents: int) -> int | None:
    """Return one amount for all that lie between the same edges."""
    if not edges:
        return None
    return next((edge for edge in edges if cents <= edge), edges[-1] + 1)


def _alike(rule: LimitationRule, facts: LimitationFacts, *, plain: bool) -> LimitationFacts:
    """Return the same facts for all claims that the rule treats alike: where years count, the years of their days."""
    if rule.begins != "year_end" or (rule.cap_years and not (plain and rule.cap_years > rule.years(None) + 1)):
        return facts
    days = ((name, getattr(facts, name)) for name in ("due", "assessed", "final", "known", "arisen", "closed"))
    return LimitationFacts(
        **{name: dt.date(day.year, 12, 31) for name, day in days if day}, amount_cents=facts.amount_cents
    )


def why_barred(found: Limitation, failed: frozenset[tuple[str, dt.date]] = frozenset()) -> str:
    """Return why the period came to its end, one of `WHYS`; `failed` are events of relief that failed."""
    links = [link for link in found.links if link.kind not in {"begin", "end"}]
    counted = [link for link in links if link.template in _EFFECTIVE]
    if counted:
        last = counted[-1]
        if (last.kind, last.day) in failed:
            return "plan_failed"
        return "relief_over" if last.kind in _RELIEF else "event_old"
    if any(link.template == TOO_LATE and link.kind != "payment" for link in links):
        return "too_late"
    paid_later = all(link.template == TOO_LATE for link in links)
    return "no_event" if paid_later else "no_effect"


def effects(rule: LimitationRule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds of event that start the period again, and those that only stop it."""
    return (*rule.restart, *rule.becomes), tuple(rule.suspend)
