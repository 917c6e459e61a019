"""Rules as data: how a charge runs and how a deadline is counted; the numbers in them are names of figures."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.law.figures import RuleUnconfirmedError
from enforcement.law.sections import Section

METHODS = ("started_months", "full_months", "days")
DAY_COUNTS = ("act/365", "act/360", "act/act", "30/360")
MEANINGS = ("until", "after", "on")
UNITS = ("days", "working_days", "weeks", "months", "years")
LATE_KINDS = ("saeumniszuschlag", "saeumniszinsen", "verzugszinsen")
"""Kinds of claim that charges for paying late become: what the books hold of them is not demanded again."""
DEFERRAL_KINDS = ("stundungszinsen",)
"""Kinds of claim that interest on deferred payment becomes, which is booked ahead (`BOOKED_AHEAD`)."""
LUMP_KIND = "verzugspauschale"
"""The kind of claim that a lump sum for default becomes (§ 288 (5) BGB)."""


@dataclass(frozen=True, slots=True)
class ChargeRule:
    """How a charge for late or deferred payment runs; an empty name of a figure means: the law has none.

    `rate` is a percentage per month or year by method; `base_rate` is added to it, frozen at the start of
    the run or moving; `floor` rounds the claim down; `over` and `alone` are the arrears below which nothing
    is charged; `least` is the smallest result; `whole_euros` says which way the result loses its cents.
    `rate_of_due`: the rate is that of the due day, whatever holds when interest begins.
    """

    name: str
    title_de: str
    title_en: str
    kind: str
    method: str
    norm: str
    file: str
    rate: str
    base_rate: str = ""
    base_frozen: bool = False
    floor: str = ""
    grace: str = ""
    grace_shifts: bool = False
    grace_for_transfers: bool = False
    due_shifts: bool = True
    month_end_shifts: bool = False
    over: str = ""
    alone: str = ""
    least: str = ""
    whole_euros: str = ""
    day_count: str = "act/365"
    splits_rates: bool = False
    rate_of_due: bool = False
    capped_for_joint_debtors: bool = False
    stays_when_reduced: bool = False
    open_points: tuple[str, ...] = ()

    def doubts(self) -> tuple[RuleUnconfirmedError, ...]:
        """Return a warning for every point the sources leave open."""
        return tuple(
            RuleUnconfirmedError(rule=self.name, norm=self.norm, point=point, file=self.file)
            for point in self.open_points
        )


def charge_rule(section: Section) -> ChargeRule:
    """Return the rule a table of `charges.toml` describes."""
    rule = ChargeRule(
        name=section.name,
        title_de=section.text("title_de"),
        title_en=section.text("title_en"),
        kind=section.text("kind"),
        method=section.word("method", METHODS),
        norm=section.text("norm"),
        file=section.file,
        rate=section.text("rate"),
        base_rate=section.text("base_rate", ""),
        base_frozen=section.flag("base_frozen", default=False),
        floor=section.text("floor", ""),
        grace=section.text("grace", ""),
        grace_shifts=section.flag("grace_shifts", default=False),
        grace_for_transfers=section.flag("grace_for_transfers", default=False),
        due_shifts=section.flag("due_shifts", default=True),
        month_end_shifts=section.flag("month_end_shifts", default=False),
        over=section.text("over", ""),
        alone=section.text("alone", ""),
        least=section.text("least", ""),
        whole_euros=section.word("whole_euros", ("", "down", "up"), ""),
        day_count=section.word("day_count", DAY_COUNTS, "act/365"),
        splits_rates=section.flag("splits_rates", default=False),
        rate_of_due=section.flag("rate_of_due", default=False),
        capped_for_joint_debtors=section.flag("capped_for_joint_debtors", default=False),
        stays_when_reduced=section.flag("stays_when_reduced", default=False),
        open_points=section.texts("open_points"),
    )
    return section.finish(rule)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """How long a deadline of the law is, counted from which event, and whether its end moves.

    `length` names a figure; `unit` is one of `UNITS`. `means`: the end is the last day in time (until), the
    next step is open from the day after it (after), or the end is the day that counts (on).
    """

    name: str
    title_de: str
    title_en: str
    norm: str
    file: str
    counted_from: str
    length: str
    unit: str
    means: str
    shifts: bool = True
    open_points: tuple[str, ...] = ()

    def doubts(self) -> tuple[RuleUnconfirmedError, ...]:
        """Return a warning for every point the sources leave open."""
        return tuple(
            RuleUnconfirmedError(rule=self.name, norm=self.norm, point=point, file=self.file)
            for point in self.open_points
        )


def deadline_rule(section: Section) -> DeadlineRule:
    """Return the rule a table of `deadlines.toml` describes."""
    rule = DeadlineRule(
        name=section.name,
        title_de=section.text("title_de"),
        title_en=section.text("title_en"),
        norm=section.text("norm"),
        file=section.file,
        counted_from=section.text("from"),
        length=section.text("length"),
        unit=section.word("unit", UNITS),
        means=section.word("means", MEANINGS),
        shifts=section.flag("shifts", default=True),
        open_points=section.texts("open_points"),
    )
    return section.finish(rule)
