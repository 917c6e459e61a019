"""Interest by days: § 288, § 291 BGB with a moving base rate, § 19, § 21 GebG Hamburg with a frozen one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from enforcement.charges_values import Charge, Claim, Line
from enforcement.law import Law
from enforcement.law.rules import ChargeRule
from sepa.errors import N_, KasseError

ONE_DAY = dt.timedelta(days=1)
DAYS = N_("days: {count} ({start} to {end}), {rate_percent} % a year of {base_cents} ({norm})")
NO_DAYS = N_("no day bears interest: it would start on {start} ({norm})")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one rate, both ends inclusive, the rate in percent a year."""

    start: dt.date
    end: dt.date
    rate_percent: Decimal


def interest(rule: ChargeRule, claim: Claim, until: dt.date, *, land: str, law: Law) -> Charge:
    """Return the interest from the day after the due day up to and including a day.

    A payment bears interest to the end of its day. The total is rounded once, half a cent up; the lines
    show how it grows. Raises `DayAfterLawError` where a moving base rate is not known that far.
    """
    due = claim.moved_due(rule, land)
    first = due + ONE_DAY
    last = min(until, claim.settled_on(due) or until)
    if last < first or not claim.amount_cents:
        return Charge(rule.name, rule.kind, rule.norm, 0, (Line(NO_DAYS, rule.norm, 0, start=first),), rule.doubts())
    stretches, findings = rates(rule, first, last, law, claim.due)
    lines = tuple(_lines(rule, claim, due, stretches))
    return Charge(rule.name, rule.kind, rule.norm, sum(line.cents for line in lines), lines, findings)


def rates(
    rule: ChargeRule, first: dt.date, last: dt.date, law: Law, due: dt.date
) -> tuple[list[Stretch], tuple[KasseError, ...]]:
    """Return the rates that hold between two days, and the warnings that go with them.

    The margin is that of the first day, or of the due day where the rule says so; the base rate is that of the first
    day too where the rule freezes it.
    """
    margin = law.figure(rule.rate)
    own = margin.on(due if rule.rate_of_due else first)
    findings: tuple[KasseError, ...] = margin.doubt(own) + rule.doubts()
    if not rule.base_rate:
        return [Stretch(first, last, own.value)], findings
    base = law.figure(rule.base_rate)
    spans = [(first, last, base.on(first))] if rule.base_frozen else list(base.spans(first, last))
    for _, _, entry in spans:
        findings += base.doubt(entry)
    stretches = [Stretch(start, end, max(Decimal(0), entry.value + own.value)) for start, end, entry in spans]
    return stretches, findings


def year_fraction(start: dt.date, end: dt.date, day_count: str) -> Fraction:
    """Return the part of a year that the days from start to end (both inclusive) are.

    >>> year_fraction(dt.date(2026, 5, 5), dt.date(2026, 8, 12), "act/365")
    Fraction(20, 73)
    """
    if day_count == "act/act":
        return _by_years(start, end)
    if day_count == "30/360":
        return Fraction(_ordinal_30(end) - _ordinal_30(start - ONE_DAY), 360)
    return Fraction((end - start).days + 1, 360 if day_count == "act/360" else 365)


def _by_years(start: dt.date, end: dt.date) -> Fraction:
    total = Fraction(0)
    for year in range(start.year, end.year + 1):
        first, last = max(start, dt.date(year, 1, 1)), min(end, dt.date(year, 12, 31))
        total += Fraction((last - first).days + 1, dt.date(year, 12, 31).timetuple().tm_yday)
    return total


def _ordinal_30(day: dt.date) -> int:
    """Return a day's number in a calendar of months of 30 days; the last day of any month is its 30th."""
    last = (day + ONE_DAY).day == 1
    return day.year * 360 + day.month * 30 + (30 if last else day.day)


def _lines(rule: ChargeRule, claim: Claim, due: dt.date, stretches: list[Stretch]) -> Iterator[Line]:
    exact, shown = Fraction(0), 0
    for part in _by_balance(claim, due, stretches):
        base = claim.open_cents(part.start - ONE_DAY, due)
        if not base:
            return
        exact += base * Fraction(part.rate_percent) / 100 * year_fraction(part.start, part.end, rule.day_count)
        rounded = int(exact + Fraction(1, 2))
        yield Line(
            DAYS,
            rule.norm,
            rounded - shown,
            start=part.start,
            end=part.end,
            base_cents=base,
            rate_percent=part.rate_percent,
            count=(part.end - part.start).days + 1,
        )
        shown = rounded


def _by_balance(claim: Claim, due: dt.date, stretches: list[Stretch]) -> Iterator[Stretch]:
    """Cut the stretches after each day of payment."""
    days = sorted({payment.counts_on(due) for payment in claim.payments})
    for stretch in stretches:
        start = stretch.start
        for day in (*(day for day in days if start <= day < stretch.end), stretch.end):
            yield Stretch(start, day, stretch.rate_percent)
            start = day + ONE_DAY
