"""Rules of limitation (Verjährung) as data: how long, from what, and what stops or starts the clock again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.law import Law
from enforcement.law.catalogue import found
from enforcement.law.figures import RuleUnconfirmedError
from enforcement.law.sections import Section

FACTS = ("due", "assessed", "final", "known", "arisen", "closed")
BEGINS = ("year_end", "day")
OUTCOMES = ("extinct", "plea", "bar")


@dataclass(frozen=True, slots=True)
class Tier:
    """A length in years for claims up to an amount in cents; without one for all others."""

    years: int
    upto_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """What an event that stops the clock does beside its own days.

    `after_months` keeps it stopped that much longer; `floor_months` forbids an end sooner after it;
    `last_months` lets it count only in the last months of the period; with `days_count` the period runs on meanwhile
    and only may not end too soon (Ablaufhemmung).
    """

    norm: str
    after_months: int = 0
    floor_months: int = 0
    last_months: int = 0
    days_count: bool = False


@dataclass(frozen=True, slots=True)
class LimitationRule:
    """How one kind of claim becomes time-barred.

    `counted_from` and `not_before` name facts of the claim; `begins` and `restarts` say whether the period
    starts with the day or at the end of its year; `restart` maps a kind of event to its §, `becomes` to the
    rule that takes over; below `effects_from_cents` no event has any effect. `outcome`: the claim is
    extinct, the debtor has a plea, or enforcement is barred.
    """

    name: str
    title_de: str
    title_en: str
    norm: str
    source: str
    file: str
    tiers: tuple[Tier, ...]
    counted_from: str
    begins: str
    restarts: str
    not_before: tuple[str, ...]
    cap_years: int
    end_shifts: bool
    outcome: str
    effects_from_cents: int
    restart: Mapping[str, str]
    suspend: Mapping[str, Suspension]
    becomes: Mapping[str, str]
    open_points: tuple[str, ...]

    def years(self, amount_cents: int | None) -> int:
        """Return how many years run for a claim of that amount, the longest where it is not known."""
        if amount_cents is None:
            return self.tiers[-1].years
        for tier in self.tiers:  # asked for each of many claims
            if tier.upto_cents is None or amount_cents <= tier.upto_cents:
                return tier.years
        raise AssertionError(self.name)

    def doubts(self) -> tuple[RuleUnconfirmedError, ...]:
        """Return what the sources leave open."""
        return tuple(
            RuleUnconfirmedError(rule=self.name, norm=self.norm, point=point, file=self.file)
            for point in self.open_points
        )


def limitation_rules(law: Law) -> Mapping[str, LimitationRule]:
    """Return all rules by name."""
    return law.parsed("limitation", _rule)


def limitation_rule(name: str, law: Law) -> LimitationRule:
    """Return the rule of that name; raises `FigureUnknownError` where there is none."""
    return found(limitation_rules(law), name, "limitation")


def _rule(section: Section) -> LimitationRule:
    rule = LimitationRule(
        name=section.name,
        title_de=section.text("title_de"),
        title_en=section.text("title_en"),
        norm=section.text("norm"),
        source=section.text("source"),
        file=section.file,
        tiers=_tiers(section),
        counted_from=section.word("counted_from", FACTS),
        begins=section.word("begins", BEGINS),
        restarts=section.word("restarts", BEGINS, "day"),
        not_before=section.texts("not_before"),
        cap_years=section.count("cap_years", 0),
        end_shifts=section.flag("end_shifts", default=False),
        outcome=section.word("outcome", OUTCOMES),
        effects_from_cents=section.cents("effects_from", 0),
        restart=section.section("restart").words(),
        suspend=_suspensions(section.section("suspend")),
        becomes=section.section("becomes").words(),
        open_points=section.texts("open_points"),
    )
    section.touch("checked")
    return section.finish(rule)


def _tiers(section: Section) -> tuple[Tier, ...]:
    if section.has("years"):
        return (Tier(section.count("years")),)
    return tuple(
        Tier(part.count("years"), part.cents("upto") if part.has("upto") else None)
        for part in section.sections("tiers")
    )


def _suspensions(section: Section) -> dict[str, Suspension]:
    return {kind: _suspension(section.section(kind)) for kind in section.data}


def _suspension(section: Section) -> Suspension:
    suspension = Suspension(
        norm=section.text("norm"),
        after_months=section.count("after_months", 0),
        floor_months=section.count("floor_months", 0),
        last_months=section.count("last_months", 0),
        days_count=section.flag("days_count", default=False),
    )
    return section.finish(suspension)
