"""Fees by schedule: what a Mahnung costs, and the amounts too small to be worth one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enforcement.charges_values import Charge, ClaimAmountError, Line
from enforcement.law import Law, packaged_law
from enforcement.law.figures import cents
from sepa.errors import N_, KasseError

FEE = N_("fee for a Mahnung about {base_cents}: {charge_cents} ({norm})")


def dunning_fee(
    schedule: str, amount_cents: int, on: dt.date, *, law: Law | None = None, capped: bool = True
) -> Charge:
    """Return the fee for one Mahnung about an amount, by a schedule of `schedules.toml`, in cents.

    `on` is the day the Mahnung is sent, when the fee arises (§ 10 (2) b VKO Hamburg). `capped` is false where
    the upper bound of the schedule does not hold. Raises `FigureUnknownError` and the errors of a day that
    is not known.

    >>> dunning_fee("vwvg.mahnung", 333_333, dt.date(2026, 5, 4)).cents
    1700
    """
    if amount_cents < 0:
        raise ClaimAmountError(amount_cents=amount_cents)
    series = (law or packaged_law()).schedule(schedule)
    entry = series.on(on)
    fee = entry.value.fee_cents(amount_cents, capped=capped)
    line = Line(FEE, entry.norm, fee, start=on, base_cents=entry.value.base_cents(amount_cents))
    return Charge(schedule, "mahngebuehr", entry.norm, fee, (line,), series.doubt(entry))


@dataclass(frozen=True, slots=True)
class SmallAmount:
    """Whether an amount stays below a limit of small amounts (Kleinbetrag), in cents."""

    amount_cents: int
    limit_cents: int
    norm: str
    findings: tuple[KasseError, ...]

    @property
    def below(self) -> bool:
        """Return whether the rule for small amounts takes hold."""
        return self.amount_cents < self.limit_cents


def small_amount(figure: str, amount_cents: int, on: dt.date, *, law: Law | None = None) -> SmallAmount:
    """Return whether an amount is below a limit such as `kleinbetrag.ao.dunning` on a day.

    >>> small_amount("kleinbetrag.ao.dunning", 9_99, dt.date(2025, 2, 1)).below
    True
    """
    series = (law or packaged_law()).figure(figure)
    entry = series.on(on)
    return SmallAmount(amount_cents, cents(entry.value), entry.norm, series.doubt(entry))
