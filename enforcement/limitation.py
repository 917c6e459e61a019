"""When a claim becomes time-barred: begin, interruption, suspension and end as a chain of events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from enforcement.law import Law, packaged_law
from enforcement.law.figures import RuleUnconfirmedError, distinct
from enforcement.limitation_clock import Clock
from enforcement.limitation_rules import FACTS, LimitationRule, limitation_rule
from sepa.calendar import FIRST_HOLIDAY_YEAR, next_working_day
from sepa.errors import N_, Field, KasseError

BEGIN = N_("the period of {years} years begins at the end of {day} ({norm})")
RESTARTED = N_("{kind} on {day}: the period begins again at the end of {until} ({norm})")
INTERRUPTED = N_("{kind} on {day}: the period does not run while this lasts ({norm})")
SUSPENDED = N_("{kind} from {day} to {until}: these days do not count ({norm})")
STOPPED = N_("{kind} since {day}: the clock stands still ({norm})")
NOT_BEFORE = N_("{kind} on {day}: the period does not end before {until} ({norm})")
NOT_WHILE = N_("{kind} since {day}: the period runs on, but does not end while this lasts ({norm})")
BECOMES = N_("{kind} on {day}: from now on {years} years ({norm})")
WITHOUT = N_("{kind} on {day} has no effect under this rule ({norm})")
TOO_SMALL = N_("{kind} on {day} has no effect on so small a claim ({norm})")
TOO_LATE = N_("{kind} on {day} came after the end ({norm})")
END = N_("the period ends with {day} ({norm})")


class LimitationFactError(KasseError):
    """A fact of the claim without which the rule cannot be applied."""

    code = "limitation.fact"
    template = N_("{rule} ({norm}) counts from a day that is missing: {fact}")
    hint = N_("give that day; facts: {known}")


class LimitationEventError(KasseError):
    """An event that ends before it begins."""

    code = "limitation.event"
    template = N_("{kind} ends on {until}, before it begins on {day}")
    hint = N_("check the two days")


@dataclass(frozen=True, slots=True)
class LimitationFacts:
    """The days of a claim that a rule may count from, and its amount in cents where the length hangs on it.

    `final` is when the decision became unappealable, `known` when the creditor knew, `closed` the end of
    the proceedings, `assessment_end` the end of the assessment period (§ 230 (2) AO).
    """

    due: dt.date | None = None
    assessed: dt.date | None = None
    final: dt.date | None = None
    known: dt.date | None = None
    arisen: dt.date | None = None
    closed: dt.date | None = None
    assessment_end: dt.date | None = None
    amount_cents: int | None = None

    def day(self, name: str) -> dt.date | None:
        """Return the day of that name; a claim that arose on no known day arose when it fell due."""
        value: dt.date | None = getattr(self, name)
        return self.due if name == "arisen" and value is None else value


@dataclass(frozen=True, slots=True)
class LimitationEvent:
    """Something that interrupts or suspends: on a day, until another, or still going on.

    `amount_cents` is the part of the claim it concerns; none means the whole.
    """

    kind: str
    day: dt.date
    until: dt.date | None = None
    ongoing: bool = False
    amount_cents: int | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.day:
            raise LimitationEventError(kind=self.kind, day=self.day, until=self.until)


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain and the end of the period after it; no end while the clock stands still."""

    template: str
    norm: str
    kind: str
    day: dt.date
    until: dt.date
    years: int
    end: dt.date | None

    def fields(self) -> dict[str, Field]:
        """Return what the template may name."""
        return {"norm": self.norm, "kind": self.kind, "day": self.day, "until": self.until, "years": self.years}


@dataclass(frozen=True, slots=True)
class Limitation:
    """The last day on which a claim, or the part of `amount_cents` of it, is not time-barred.

    `end` is none while an interruption goes on. `outcome`: extinct, plea or bar (of enforcement).
    """

    rule: str
    norm: str
    outcome: str
    begin: dt.date
    end: dt.date | None
    links: tuple[Link, ...]
    findings: tuple[KasseError, ...] = ()
    amount_cents: int | None = None

    def barred(self, on: dt.date) -> bool:
        """Return whether the claim is time-barred on a day."""
        return self.end is not None and on > self.end


def limitation(
    rule: str | LimitationRule,
    facts: LimitationFacts,
    events: Iterable[LimitationEvent] = (),
    *,
    land: str = "HH",
    law: Law | None = None,
) -> Limitation:
    """Return when a claim becomes time-barred, with the chain of events and the § of each.

    Every event is taken to concern the whole claim; see `limitation_by_part` for others. Raises
    `FigureUnknownError` for an unknown rule and `LimitationFactError` where a day it counts from is missing.

    >>> limitation("zahlungsverjaehrung_ao", LimitationFacts(due=dt.date(2021, 5, 10))).end
    datetime.date(2026, 12, 31)
    """
    book = law or packaged_law()
    found = limitation_rule(rule, book) if isinstance(rule, str) else rule
    years = found.years(facts.amount_cents)
    clock = Clock(_begin(found, facts), years, facts.assessment_end, _cap(found, facts))
    links = [Link(BEGIN, found.norm, "begin", clock.begin, clock.begin, years, clock.end)]
    begin, current = clock.begin, found
    for event in sorted(events, key=lambda happened: happened.day):
        current, clock, link = _step(current, clock, event, facts, (land, book))
        links.append(link)
    end, doubts = _moved(current, clock.end, land)
    if end is not None:
        links.append(Link(END, current.norm, "end", end, end, clock.years, end))
    return Limitation(
        current.name,
        current.norm,
        current.outcome,
        begin,
        end,
        tuple(links),
        distinct(found.doubts() + current.doubts() + doubts),
        facts.amount_cents,
    )


def limitation_by_part(
    rule: str | LimitationRule,
    facts: LimitationFacts,
    events: Iterable[LimitationEvent] = (),
    *,
    land: str = "HH",
    law: Law | None = None,
) -> tuple[Limitation, ...]:
    """Return the limitation of each part of a claim where events concern only some of it, § 231 (4) AO.

    Events of smaller amounts are taken to concern the same first part of the claim; the parts add up to
    the amount of the facts. Raises as `limitation`.
    """
    happened = tuple(events)
    total = facts.amount_cents
    if total is None:
        return (limitation(rule, facts, happened, land=land, law=law),)
    book = law or packaged_law()
    found = limitation_rule(rule, book) if isinstance(rule, str) else rule
    return tuple(
        replace(limitation(found, facts, touching, land=land, law=book), amount_cents=size)
        for size, touching in _parts(total, happened)
    )


def _parts(total_cents: int, events: tuple[LimitationEvent, ...]) -> Iterator[tuple[int, list[LimitationEvent]]]:
    edges = sorted({event.amount_cents for event in events if event.amount_cents} | {total_cents})
    below = 0
    for edge in (edge for edge in edges if edge <= total_cents):
        yield edge - below, [event for event in events if (event.amount_cents or total_cents) >= edge]
        below = edge


def _begin(rule: LimitationRule, facts: LimitationFacts) -> dt.date:
    first = facts.day(rule.counted_from)
    if first is None:
        raise LimitationFactError(rule=rule.name, norm=rule.norm, fact=rule.counted_from, known=", ".join(FACTS))
    days = [first, *(day for name in rule.not_before if (day := facts.day(name)) is not None)]
    return max(_start(day, rule.begins) for day in days)


def _start(day: dt.date, begins: str) -> dt.date:
    return dt.date(day.year, 12, 31) if begins == "year_end" else day


def _cap(rule: LimitationRule, facts: LimitationFacts) -> tuple[dt.date, int] | None:
    arisen = facts.day("arisen")
    return (arisen, rule.cap_years) if rule.cap_years and arisen else None


def _step(
    rule: LimitationRule,
    clock: Clock,
    event: LimitationEvent,
    facts: LimitationFacts,
    place: tuple[str, Law],
) -> tuple[LimitationRule, Clock, Link]:
    """Return the rule and the clock after an event, and the link it adds to the chain."""
    land, law = place
    until = event.until or event.day
    end, _ = _moved(rule, clock.end, land)
    if end is not None and event.day > end:
        return rule, clock, _link(TOO_LATE, rule, clock, event, until, rule.norm)
    if facts.amount_cents is not None and facts.amount_cents < rule.effects_from_cents:
        return rule, clock, _link(TOO_SMALL, rule, clock, event, until, rule.norm)
    if event.kind in rule.becomes:
        following = limitation_rule(rule.becomes[event.kind], law)
        later = clock.again(_start(event.day, following.begins), following.years(facts.amount_cents))
        return following, later, _link(BECOMES, following, later, event, until, following.norm)
    if event.kind in rule.restart:
        return rule, *_restart(rule, clock, event, until)
    if event.kind in rule.suspend:
        return rule, *_suspend(rule, clock, event, until)
    return rule, clock, _link(WITHOUT, rule, clock, event, until, rule.norm)


def _link(template: str, rule: LimitationRule, clock: Clock, event: LimitationEvent, until: dt.date, norm: str) -> Link:
    return Link(template, norm or rule.norm, event.kind, event.day, until, clock.years, clock.end)


def _restart(rule: LimitationRule, clock: Clock, event: LimitationEvent, until: dt.date) -> tuple[Clock, Link]:
    norm = rule.restart[event.kind]
    if event.ongoing:
        held = clock.held()
        return held, _link(INTERRUPTED, rule, held, event, until, norm)
    start = _start(until, rule.restarts)
    later = clock.again(max(start, clock.begin), clock.years)
    return later, _link(RESTARTED, rule, later, event, start, norm)


def _suspend(rule: LimitationRule, clock: Clock, event: LimitationEvent, until: dt.date) -> tuple[Clock, Link]:
    effect = rule.suspend[event.kind]
    if event.ongoing:
        held = clock.held()
        return held, _link(NOT_WHILE if effect.days_count else STOPPED, rule, held, event, until, effect.norm)
    later, last = clock.suspended(event.day, until, effect)
    return later, _link(NOT_BEFORE if effect.days_count else SUSPENDED, rule, later, event, last, effect.norm)


def _moved(
    rule: LimitationRule, end: dt.date | None, land: str
) -> tuple[dt.date | None, tuple[RuleUnconfirmedError, ...]]:
    """Return the end on a working day where the rule moves it, with a word of caution if that matters."""
    if end is None or not rule.end_shifts or end.year < FIRST_HOLIDAY_YEAR:
        return end, ()
    moved = next_working_day(end, land)
    if moved == end:
        return end, ()
    point = "an end on a weekend or holiday moves to the next working day"
    return moved, (RuleUnconfirmedError(rule=rule.name, norm=rule.norm, point=point, file=rule.file),)
