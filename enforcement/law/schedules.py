"""Fee schedules: what a Mahnung, a Pfändung or another act costs, by the amount it is about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from enforcement.law.sections import Section
from sepa.money import DOWN, HALF_UP, UP

ROUNDINGS = {"down": DOWN, "up": UP, "half_up": HALF_UP}


@dataclass(frozen=True, slots=True)
class Step:
    """What each started part of the amount above a limit adds to the fee, in cents; no upper end: None."""

    over_cents: int
    upto_cents: int | None
    per_cents: int
    add_cents: int

    def fee_cents(self, base_cents: int) -> int:
        """Return what this step adds."""
        top = base_cents if self.upto_cents is None else min(base_cents, self.upto_cents)
        started = -(-max(0, top - self.over_cents) // self.per_cents)
        return started * self.add_cents


@dataclass(frozen=True, slots=True)
class Schedule:
    """A fee: a flat part, a percentage of what exceeds a covered amount, started steps, bounds, rounding.

    All amounts in cents; `base_unit_cents` rounds the amount down first, `unit_cents` rounds the fee last.
    """

    flat_cents: int = 0
    covered_cents: int = 0
    percent: Decimal = Decimal(0)
    steps: tuple[Step, ...] = ()
    min_cents: int = 0
    max_cents: int | None = None
    base_unit_cents: int = 1
    unit_cents: int = 1
    rounding: str = "half_up"

    def fee_cents(self, amount_cents: int, *, capped: bool = True) -> int:
        """Return the fee for an amount, without the upper bound where `capped` is false."""
        assert amount_cents >= 0
        base = self.base_cents(amount_cents)
        exact = Decimal(self.flat_cents) + self.percent * max(0, base - self.covered_cents) / 100
        exact = max(exact + sum(step.fee_cents(base) for step in self.steps), Decimal(self.min_cents))
        if capped and self.max_cents is not None:
            exact = min(exact, Decimal(self.max_cents))
        units = (exact / self.unit_cents).to_integral_value(rounding=ROUNDINGS[self.rounding])
        return int(units) * self.unit_cents

    def base_cents(self, amount_cents: int) -> int:
        """Return the amount the fee is taken from."""
        return amount_cents // self.base_unit_cents * self.base_unit_cents


def schedule(section: Section) -> Schedule:
    """Return the schedule one value of a series describes."""
    return Schedule(
        flat_cents=section.cents("flat", 0),
        covered_cents=section.cents("covered", 0),
        percent=section.number("percent", Decimal(0)),
        steps=tuple(_step(part) for part in section.sections("steps")),
        min_cents=section.cents("min", 0),
        max_cents=section.cents("max") if section.has("max") else None,
        base_unit_cents=section.cents("base_unit", 1),
        unit_cents=section.cents("unit", 1),
        rounding=section.word("rounding", tuple(ROUNDINGS), "half_up"),
    )


def _step(section: Section) -> Step:
    step = Step(
        over_cents=section.cents("over"),
        upto_cents=section.cents("upto") if section.has("upto") else None,
        per_cents=section.cents("per"),
        add_cents=section.cents("add"),
    )
    return section.finish(step)
