"""The charge of one rule on very many claims: figures looked up once a due day, then whole-number arithmetic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from enforcement.charges_interest import ONE_DAY, Stretch, rates, year_fraction
from enforcement.charges_monthly import full_months, least_cents, month_rates
from enforcement.charges_surcharge import started_months, terms
from enforcement.charges_values import Claim
from enforcement.law import Law, packaged_law
from enforcement.law.figures import cents, distinct
from enforcement.law.rules import ChargeRule
from sepa.errors import KasseError
from sepa.money import DOWN, percent

ByAmount = Callable[[int], int]


class Accruer:
    """Computes what `accrue` would for claims without payments, up to one day, in Land and law given once.

    `findings` are the warnings met so far.
    """

    def __init__(self, rule: str | ChargeRule, until: dt.date, *, land: str = "HH", law: Law | None = None) -> None:
        self.law = law or packaged_law()
        self.rule = self.law.charge(rule) if isinstance(rule, str) else rule
        self.until = until
        self.land = land
        self.findings: tuple[KasseError, ...] = ()
        self._by_due: dict[dt.date, ByAmount] = {}
        self._tails: dict[tuple[tuple[dt.date, Decimal], ...], Fraction] = {}
        self._makers = {"started_months": self._surcharge, "full_months": self._monthly, "days": self._daily}

    def cents(self, amount_cents: int, due: dt.date) -> int:
        """Return the charge on one claim in cents; raises as `accrue`."""
        by_amount = self._by_due.get(due)
        if by_amount is None:
            by_amount = self._by_due[due] = self._makers[self.rule.method](due)
        return by_amount(amount_cents)

    def _note(self, findings: tuple[KasseError, ...]) -> None:
        self.findings = distinct(self.findings + findings)

    def _surcharge(self, due: dt.date) -> ByAmount:
        found = terms(self.rule, due, self.land, self.law)
        self._note(found.findings)
        months = started_months(found.due, self.until) if self.until > found.grace_end else 0
        share, floor = found.rate_percent * months, found.floor_cents
        least = max(found.over_cents + 1, found.alone_cents)
        return lambda amount: percent(amount // floor * floor, share, rounding=DOWN) if amount >= least else 0

    def _daily(self, due: dt.date) -> ByAmount:
        first = Claim(0, due).moved_due(self.rule, self.land) + ONE_DAY
        if self.until < first:
            return lambda _: 0
        stretches, findings = rates(self.rule, first, self.until, self.law, due)
        self._note(findings)
        part = self._parts(stretches[:1]) + self._later(stretches[1:])
        above, below = 2 * part.numerator, 2 * part.denominator
        return lambda amount: (amount * above + part.denominator) // below

    def _later(self, stretches: list[Stretch]) -> Fraction:
        """Return the part of the stretches after the first, which are the same for many due days."""
        key = tuple([(stretch.start, stretch.rate_percent) for stretch in stretches])
        found = self._tails.get(key)
        if found is None:
            found = self._tails[key] = self._parts(stretches)
        return found

    def _parts(self, stretches: list[Stretch]) -> Fraction:
        """Return the interest of one cent over the stretches."""
        days = self.rule.day_count
        parts = (Fraction(one.rate_percent) / 100 * year_fraction(one.start, one.end, days) for one in stretches)
        return sum(parts, Fraction(0))

    def _monthly(self, due: dt.date) -> ByAmount:
        first = Claim(0, due).moved_due(self.rule, self.land) + ONE_DAY
        months = full_months(first, self.until) if self.until >= first else 0
        if not months:
            return lambda _: 0
        floor = cents(self.law.figure(self.rule.floor).on(first - ONE_DAY).value)
        least = least_cents(self.rule, first, self.law)
        part = sum(month_rates(self.rule, first, months, self.law), Fraction(0))
        return lambda amount: _assessed(amount // floor * floor, part, self.rule.whole_euros, least)


def _assessed(base_cents: int, part: Fraction, way: str, least: int) -> int:
    """Return what `whole_euros` makes of the interest, in whole-number arithmetic, nothing below the least."""
    unit = 100 if way else 1
    sign = -1 if way == "up" else 1
    whole = sign * (sign * base_cents * part.numerator // (part.denominator * unit)) * unit
    return whole if whole >= least else 0
