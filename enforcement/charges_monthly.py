"""Interest by full months under the AO: Stundung, Aussetzung, Hinterziehung, refunds, § 233a."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from enforcement.charges_interest import year_fraction
from enforcement.charges_values import Charge, Claim, Line
from enforcement.law import Law
from enforcement.law.figures import Entry, cents
from enforcement.law.rules import ChargeRule
from sepa.calendar import Period, add_months, period_end
from sepa.errors import N_, KasseError

ONE_DAY = dt.timedelta(days=1)
MONTHS = N_("full months: {count} ({start} to {end}), {rate_percent} % a month of {base_cents} ({norm})")
DAYS_OF_30 = N_("days of interest: {count} ({start} to {end}), {rate_percent} % a month of {base_cents} ({norm})")
NO_MONTH = N_("no full month has run since {start} ({norm})")
WHOLE_EUROS = N_("rounded to whole euros in favour of the debtor ({norm})")
TOO_SMALL = N_("interest below {base_cents} is not assessed ({norm})")


@dataclass(frozen=True, slots=True)
class Run:
    """A part of the claim over some months at one rate a month; `months` is exact where days are counted."""

    template: str
    start: dt.date
    end: dt.date
    base_cents: int
    rate_percent: Decimal
    count: int
    months: Fraction

    @property
    def exact_cents(self) -> Fraction:
        """Return the interest before any rounding."""
        return self.base_cents * Fraction(self.rate_percent) * self.months / 100


def monthly(rule: ChargeRule, claim: Claim, until: dt.date, *, land: str, law: Law) -> Charge:
    """Return the interest from the day after the due day to a day, counted in full months, §§ 238, 239 AO.

    Each payment ends the run of its part; only the whole claim is rounded down, the last part bears that.
    The total loses its cents in favour of the debtor and is nothing below the smallest amount.
    """
    due = claim.moved_due(rule, land)
    first = due + ONE_DAY
    findings = _doubts(rule, first, min(until, claim.settled_on(due) or until), law)
    runs = [run for part in _parts(rule, claim, due, until, law) for run in _runs(rule, first, part, law)]
    if not runs:
        return Charge(rule.name, rule.kind, rule.norm, 0, (Line(NO_MONTH, rule.norm, 0, start=first),), findings)
    lines = [*_shown(rule, runs), *_final(rule, sum((run.exact_cents for run in runs), Fraction(0)), first, law)]
    return Charge(rule.name, rule.kind, rule.norm, sum(line.cents for line in lines), tuple(lines), findings)


def full_months(start: dt.date, end: dt.date) -> int:
    """Return the full months of a run whose first and last days these are, § 188 (2), (3) BGB.

    >>> full_months(dt.date(2026, 1, 16), dt.date(2026, 7, 15))
    6
    """
    months = max(0, (end.year - start.year) * 12 + end.month - start.month + 1)
    while months and month_end(start, months) > end:
        months -= 1
    return months


def month_end(start: dt.date, months: int) -> dt.date:
    """Return the last day of the months that begin with a day."""
    return period_end(start, Period(months=months), start_counts=True)


def interest_start(tax_year: int, law: Law, *, farming: bool = False) -> dt.date:
    """Return the first day of interest under § 233a AO for a tax that arose in a year."""
    wait = law.figure("ao233a.wait_farming" if farming else "ao233a.wait").on(dt.date(tax_year, 12, 31))
    return add_months(dt.date(tax_year + 1, 1, 1), int(wait.value))


def _parts(rule: ChargeRule, claim: Claim, due: dt.date, until: dt.date, law: Law) -> Iterator[tuple[int, dt.date]]:
    """Yield the cents and the last day of each part; the last part bears the rounding of the whole."""
    floor = cents(law.figure(rule.floor).on(due).value)
    parts = [(part, min(day or until, until)) for part, day in claim.portions(due)]
    cut = sum(part for part, _ in parts) % floor
    for part, day in reversed(parts):
        taken = min(cut, part)
        cut -= taken
        if part - taken:
            yield part - taken, day


def _runs(rule: ChargeRule, first: dt.date, part: tuple[int, dt.date], law: Law) -> Iterator[Run]:
    base, last = part
    months = full_months(first, last) if last >= first else 0
    if not months:
        return
    spans = _spans(rule, first, months, law)
    if len(spans) == 1:
        start, end, entry = spans[0]
        yield Run(MONTHS, start, end, base, entry.value, months, Fraction(months))
        return
    for start, end, entry in spans:
        days = int(year_fraction(start, end, "30/360") * 360)
        yield Run(DAYS_OF_30, start, end, base, entry.value, days, Fraction(days, 30))


def _spans(rule: ChargeRule, first: dt.date, months: int, law: Law) -> list[tuple[dt.date, dt.date, Entry[Decimal]]]:
    """Return the stretches of one rate; a rule that does not split its run keeps the first rate throughout."""
    end, series = month_end(first, months), law.figure(rule.rate)
    return list(series.spans(first, end)) if rule.splits_rates else [(first, end, series.on(first))]


def month_rates(rule: ChargeRule, first: dt.date, months: int, law: Law) -> Iterator[Fraction]:
    """Yield the share of the claim that each stretch of full months bears as interest."""
    for run in _runs(rule, first, (1, month_end(first, months)), law):
        yield run.exact_cents


def _shown(rule: ChargeRule, runs: list[Run]) -> Iterator[Line]:
    exact, shown = Fraction(0), 0
    for run in runs:
        exact += run.exact_cents
        yield Line(
            run.template,
            rule.norm,
            int(exact) - shown,
            start=run.start,
            end=run.end,
            base_cents=run.base_cents,
            rate_percent=run.rate_percent,
            count=run.count,
        )
        shown = int(exact)


def _final(rule: ChargeRule, exact: Fraction, first: dt.date, law: Law) -> Iterator[Line]:
    """Yield what turns the sum of the lines into whole euros, and into nothing where it is too small."""
    whole = whole_euros(exact, rule.whole_euros)
    if whole != int(exact):
        yield Line(WHOLE_EUROS, rule.norm, whole - int(exact))
    least = least_cents(rule, first, law)
    if 0 < whole < least:
        yield Line(TOO_SMALL, rule.norm, -whole, base_cents=least)


def least_cents(rule: ChargeRule, first: dt.date, law: Law) -> int:
    """Return the smallest interest that is assessed, § 239 (2) AO."""
    return cents(law.figure(rule.least).on(first).value) if rule.least else 0


def whole_euros(exact: Fraction, way: str) -> int:
    """Return cents that are whole euros, `down` or `up`; without a way only the fraction of a cent is lost."""
    unit = 100 if way else 1
    sign = -1 if way == "up" else 1
    return sign * (sign * exact.numerator // (exact.denominator * unit)) * unit


def _doubts(rule: ChargeRule, first: dt.date, until: dt.date, law: Law) -> tuple[KasseError, ...]:
    found: tuple[KasseError, ...] = rule.doubts()
    for name in (rule.rate, rule.floor, rule.least):
        if name:
            figure = law.figure(name)
            for _, _, entry in figure.spans(first, max(first, until)):
                found += figure.doubt(entry)
    return found
