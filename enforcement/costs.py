"""What enforcement costs: fees and expenses by the tables of AO, VKO Hamburg, GvKostG, GKG and OWiG."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from enforcement.law import Law, packaged_law
from enforcement.law.figures import Series, cents, distinct
from enforcement.law.schedules import Schedule
from sepa.errors import N_, Field, KasseError

FEE = N_("{title} about {base_cents}: {fee_cents} ({norm})")
FLAT = N_("{title}: {fee_cents} ({norm})")
ROUNDED = N_("costs are rounded up to {base_cents} ({norm})")


class CostCountError(KasseError):
    """An act counted less than once."""

    code = "cost.count"
    template = N_("{name} cannot be charged {count} times")
    hint = N_("give a count of at least 1")


class CostFactorError(KasseError):
    """No part of a fee, or less than none."""

    code = "cost.factor"
    template = N_("{name} cannot be charged {factor} times")
    hint = N_("give a factor above zero: 0,5 is half the fee, 2 twice")


class CostAmountError(KasseError):
    """An amount below zero on which a fee should be taken."""

    code = "cost.amount"
    template = N_("a fee cannot be taken on {amount_cents}")
    hint = N_("give the sum to be collected, at least 0.00")


@dataclass(frozen=True, slots=True)
class Act:
    """One act of enforcement: its line in the cost table, the amount it is about, how often, which part.

    `times` is 1/2 where half the fee is due (§ 6 (5) b VKO), 2 where it is doubled (Parkkralle, Arrest).
    """

    name: str
    amount_cents: int = 0
    count: int = 1
    times: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if self.count < 1:
            raise CostCountError(name=self.name, count=self.count)
        if self.times <= 0:
            raise CostFactorError(name=self.name, factor=f"{float(self.times):g}")
        if self.amount_cents < 0:
            raise CostAmountError(amount_cents=self.amount_cents)


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of a statement of costs, in cents; the title in German and English."""

    template: str
    name: str
    title_de: str
    title_en: str
    norm: str
    cents: int
    base_cents: int = 0

    def fields(self) -> dict[str, Field]:
        """Return what the template may name, the title left to the language of the reader."""
        return {"norm": self.norm, "fee_cents": self.cents, "base_cents": self.base_cents, "title": self.title_en}


@dataclass(frozen=True, slots=True)
class Costs:
    """A statement of costs, in cents, with what wants checking; the lines add up."""

    cents: int
    lines: tuple[CostLine, ...]
    findings: tuple[KasseError, ...]


def costs(acts: tuple[Act, ...], on: dt.date, *, round_up: str = "", law: Law | None = None) -> Costs:
    """Return what some acts of a day cost together, in cents.

    `round_up` names the figure to whose multiple the sum is rounded up (`hmbvwvg39.round_up` in Hamburg).
    Raises `FigureUnknownError` for an act no table has, and the errors of a day that is not known.

    >>> costs((Act("vko.pfaendung", 2_600_00),), dt.date(2026, 5, 4)).cents
    6600
    """
    book = law or packaged_law()
    worked = [_line(act, on, book) for act in acts]
    lines = [line for line, _ in worked]
    findings = tuple(finding for _, doubts in worked for finding in doubts)
    total = sum(line.cents for line in lines)
    if round_up:
        unit = book.figure(round_up)
        step = cents(unit.on(on).value)
        if rest := -total % step:
            lines.append(CostLine(ROUNDED, round_up, unit.title_de, unit.title_en, unit.norm, rest, step))
    return Costs(sum(line.cents for line in lines), tuple(lines), distinct(findings))


def _line(act: Act, on: dt.date, law: Law) -> tuple[CostLine, tuple[KasseError, ...]]:
    series = law.schedule(act.name)
    entry = series.on(on)
    fee = entry.value.fee_cents(act.amount_cents) * act.count * act.times
    flat = is_flat(entry.value)
    line = CostLine(
        template=FLAT if flat else FEE,
        name=act.name,
        title_de=series.title_de,
        title_en=series.title_en,
        norm=entry.norm,
        cents=int(fee),  # a half cent of half a fee stays with the debtor
        base_cents=0 if flat else act.amount_cents,
    )
    return line, series.doubt(entry)


def is_flat(schedule: Schedule) -> bool:
    """Return whether the fee is the same for every amount."""
    return not (schedule.percent or schedule.steps)


def cost_table(table: str, law: Law | None = None) -> tuple[Series[Schedule], ...]:
    """Return the lines of one cost table (`ao`, `vko`, `gvkostg`, …) by name."""
    schedules = (law or packaged_law()).schedules
    return tuple(schedules[name] for name in sorted(schedules) if name.split(".")[0] == table)
