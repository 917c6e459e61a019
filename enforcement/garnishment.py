"""What of a net income can be taken, § 850c ZPO, and what other paragraphs change about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enforcement.law import Law, packaged_law
from enforcement.law.figures import Entry
from enforcement.law.tables import MOST_DEPENDANTS, PERIODS, GarnishmentTable, Limits
from sepa.errors import N_, KasseError


class NegativeNetError(KasseError):
    """A net income below zero."""

    code = "garnishment.net"
    template = N_("a net income cannot be negative: {net_cents}")
    hint = N_("give what is paid out before garnishment, at least 0.00")


class NegativeDependantsError(KasseError):
    """A number of dependants below zero."""

    code = "garnishment.dependants"
    template = N_("a number of dependants cannot be negative: {dependants}")
    hint = N_("give 0 to 5; 5 means five and more")


class PeriodUnknownError(KasseError):
    """A pay period for which the law has no table."""

    code = "garnishment.period"
    template = N_("no garnishment table for the period {period}")
    hint = N_("one of: {known}")


class StatedAmountError(KasseError):
    """An amount left to the debtor that cannot be one."""

    code = "garnishment.stated"
    template = N_("an amount left to the debtor cannot be negative: {amount_cents}")
    hint = N_("give the amount of the order, in the pay period of the net income")


@dataclass(frozen=True, slots=True)
class Garnishment:
    """A garnishable amount with every figure that leads to it, in cents.

    `bracket_cents` is the net rounded down to its bracket and not above the cap; `surplus_cents` is what of
    it exceeds the free amount, of which `tenths` tenths are taken; `above_cents` is taken whole.
    """

    net_cents: int
    dependants: int
    period: str
    valid_from: dt.date
    source: str
    free_cents: int
    cap_cents: int
    bracket_cents: int
    surplus_cents: int
    tenths: int
    share_cents: int
    above_cents: int

    @property
    def garnishable_cents(self) -> int:
        """Return what can be taken."""
        return self.share_cents + self.above_cents

    @property
    def kept_cents(self) -> int:
        """Return what the debtor keeps."""
        return self.net_cents - self.garnishable_cents


def garnishable_cents(net_cents: int, dependants: int, *, on: dt.date, period: str = "monthly") -> int:
    """Return what can be taken of a net income by the table in force that day, in cents, § 850c ZPO.

    `net_cents` is the net of § 850e no. 1 ZPO for one `period` (monthly, weekly, daily); `dependants` beyond
    five count as five. Every cell of the official tables since 1 July 2011 comes out as printed.

    >>> garnishable_cents(2_500_00, 1, on=dt.date(2026, 7, 1))
    15759

    Raises `NegativeNetError`, `NegativeDependantsError`, `PeriodUnknownError`, and `DayBeforeLawError` or
    `DayAfterLawError` for a day without a known table.
    """
    return garnishment(net_cents, dependants, on=on, period=period).garnishable_cents


def garnishment(
    net_cents: int, dependants: int, *, on: dt.date, period: str = "monthly", law: Law | None = None
) -> Garnishment:
    """Return the worked computation of § 850c ZPO for one net income; raises as `garnishable_cents`."""
    _check(net_cents, dependants, period)
    entry = (law or packaged_law()).garnishment.on(on)
    return _worked(net_cents, min(dependants, MOST_DEPENDANTS), period, entry)


def _check(net_cents: int, dependants: int, period: str) -> None:
    if net_cents < 0:
        raise NegativeNetError(net_cents=net_cents)
    if dependants < 0:
        raise NegativeDependantsError(dependants=dependants)
    if period not in PERIODS:
        raise PeriodUnknownError(period=period, known=", ".join(PERIODS))


def _worked(net: int, dependants: int, period: str, entry: Entry[GarnishmentTable]) -> Garnishment:
    limits = entry.value.limits[period]
    tenths = entry.value.tenths[dependants]
    free = limits.free_cents(dependants)
    bracket = min(net, limits.cap_cents) // limits.step_cents * limits.step_cents
    surplus = max(0, bracket - free)
    return Garnishment(
        net_cents=net,
        dependants=dependants,
        period=period,
        valid_from=entry.valid_from,
        source=entry.source,
        free_cents=free,
        cap_cents=limits.cap_cents,
        bracket_cents=bracket,
        surplus_cents=surplus,
        tenths=tenths,
        share_cents=_share_cents(bracket, dependants, tenths, limits),
        above_cents=max(0, net - limits.cap_cents),
    )


def _share_cents(bracket_cents: int, dependants: int, tenths: int, limits: Limits) -> int:
    """Return the tenths of the surplus, a half cent up, as the table prints them."""
    surplus = max(0, bracket_cents * 10 - limits.free_thousandths(dependants))
    return (surplus * tenths + 50) // 100 + limits.odd_cells.get((dependants, bracket_cents), 0)
