"""Säumniszuschlag: one percent for each started month, § 240 AO, § 16 BGebG, § 24 SGB IV."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from enforcement.charges_values import CASH, CHEQUE, Charge, Claim, Line
from enforcement.law import Law
from enforcement.law.figures import cents
from enforcement.law.rules import ChargeRule
from sepa.calendar import add_months, next_working_day
from sepa.errors import N_, KasseError
from sepa.money import DOWN, percent

ONE_DAY = dt.timedelta(days=1)
MONTHS = N_("started months: {count} ({start} to {end}), {rate_percent} % a month of {base_cents} ({norm})")
GRACE = N_("within the days of grace, which end on {end}: nothing is charged ({norm})")
NOT_DUE = N_("not in arrears before {start} ({norm})")
MONTH_END = "a month that ends on a weekend or holiday is not stretched to the next working day"
SMALL = N_("the arrear of {base_cents} is too small for a charge ({norm})")
PAID = N_("paid in time: nothing is charged ({norm})")


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures of a rule as they hold for one due day; looked up once for many claims of that day."""

    rule: ChargeRule
    due: dt.date
    grace_end: dt.date
    rate_percent: Decimal
    floor_cents: int
    over_cents: int
    alone_cents: int
    findings: tuple[KasseError, ...]


def terms(rule: ChargeRule, due: dt.date, land: str, law: Law) -> Terms:
    """Return the figures for a due day as set; weekends and holidays of the Land move it, § 108 (3) AO."""
    moved = next_working_day(due, land) if rule.due_shifts else due
    looked_up = {name: law.figure(name) for name in (rule.rate, rule.floor, rule.grace, rule.over, rule.alone) if name}
    entries = {name: figure.on(moved) for name, figure in looked_up.items()}
    doubts = tuple(doubt for name, figure in looked_up.items() for doubt in figure.doubt(entries[name]))
    values = {name: entry.value for name, entry in entries.items()}
    grace_end = moved + dt.timedelta(days=int(values.get(rule.grace, 0)))
    return Terms(
        rule=rule,
        due=moved,
        grace_end=next_working_day(grace_end, land) if rule.grace_shifts else grace_end,
        rate_percent=values[rule.rate],
        floor_cents=cents(values[rule.floor]) if rule.floor else 1,
        over_cents=cents(values.get(rule.over, Decimal(0))),
        alone_cents=cents(values.get(rule.alone, Decimal(0))),
        findings=doubts + rule.doubts(),
    )


def started_months(due: dt.date, until: dt.date) -> int:
    """Return the months begun after the due day up to and including a day, § 188 (2), (3) BGB.

    >>> started_months(dt.date(2026, 1, 31), dt.date(2026, 2, 28))
    1
    """
    months = (until.year - due.year) * 12 + until.month - due.month
    return max(0, months + (add_months(due, months) < until) if months >= 0 else 0)


def surcharge(rule: ChargeRule, claim: Claim, until: dt.date, *, land: str, law: Law, alone: bool = True) -> Charge:
    """Return the Säumniszuschlag on a claim up to and including a day.

    Each started month takes what was open when it began; the first leaves out what a transfer paid within
    the days of grace. `alone` says that an arrear below the small limit would be demanded by itself.
    """
    found = terms(rule, claim.due, land, law)
    if until <= found.due:
        return _nothing(found, Line(NOT_DUE, rule.norm, 0, start=found.due + ONE_DAY))
    arrear = claim.open_cents(found.due, found.due)
    if not arrear:
        return _nothing(found, Line(PAID, rule.norm, 0))
    if arrear <= found.over_cents or (alone and arrear < found.alone_cents):
        return _nothing(found, Line(SMALL, rule.norm, 0, base_cents=arrear))
    lines = _lines(found, claim, until, land)
    total = sum(line.cents for line in lines)
    return Charge(rule.name, rule.kind, rule.norm, total, lines, found.findings + _month_end(found, claim, until, land))


def _month_end(found: Terms, claim: Claim, until: dt.date, land: str) -> tuple[KasseError, ...]:
    """Return a word of caution where it matters whether weekends stretch a month: the sources do not say."""
    if not found.rule.due_shifts:
        return ()
    turned = replace(found, rule=replace(found.rule, month_end_shifts=not found.rule.month_end_shifts))
    ways = [sum(base for _, _, base in _months(each, claim, until, land)) for each in (found, turned)]
    return () if ways[0] == ways[1] else (replace(found.rule, open_points=(MONTH_END,)).doubts())


def _nothing(found: Terms, line: Line) -> Charge:
    return Charge(found.rule.name, found.rule.kind, found.rule.norm, 0, (line,), found.findings)


def _lines(found: Terms, claim: Claim, until: dt.date, land: str) -> tuple[Line, ...]:
    begun = _months(found, claim, until, land)
    months = [(start, end, _charged(found, base)) for start, end, base in begun]
    if not any(base for _, _, base in months):
        late_cents = max(base for _, _, base in begun)
        if until <= found.grace_end or not late_cents:
            return (Line(GRACE, found.rule.norm, 0, end=found.grace_end),)
        return (Line(SMALL, found.rule.norm, 0, base_cents=late_cents),)
    return tuple(_line(found, base, list(group)) for base, group in groupby(months, key=lambda month: month[2]) if base)


def _charged(found: Terms, base_cents: int) -> int:
    """Return what a month is charged on: nothing for an arrear that came down to a sum too small, § 16 BGebG."""
    return base_cents // found.floor_cents * found.floor_cents if base_cents > found.over_cents else 0


def _months(found: Terms, claim: Claim, until: dt.date, land: str) -> list[tuple[dt.date, dt.date, int]]:
    """Return first day, last day and open cents of each month begun by that day."""
    months: list[tuple[dt.date, dt.date, int]] = []
    start, number = found.due + ONE_DAY, 1
    while start <= until:
        base = claim.open_cents(start - ONE_DAY, found.due) if months else _first_base(found, claim, until)
        end = add_months(found.due, number)
        end = next_working_day(end, land) if found.rule.month_end_shifts else end
        months.append((start, end, base))
        start, number = end + ONE_DAY, number + 1
        if not claim.open_cents(end, found.due):
            break
    return months


def _first_base(found: Terms, claim: Claim, until: dt.date) -> int:
    """Return what the first month counts: grace favours transfers; cash and cheques have none, § 240 (3) AO."""
    last = min(until, found.grace_end)
    inside = [payment for payment in claim.payments if found.due < payment.counts_on(found.due) <= last]
    cash = [paid.cents for paid in inside if found.rule.grace_for_transfers and paid.way in (CASH, CHEQUE)]
    favoured_cents = sum(paid.cents for paid in inside) - sum(cash)
    arrear = max(0, claim.open_cents(found.due, found.due) - favoured_cents)
    return min(arrear, sum(cash)) if until <= found.grace_end else arrear


def _line(found: Terms, base_cents: int, months: list[tuple[dt.date, dt.date, int]]) -> Line:
    rate, count = found.rate_percent, len(months)
    return Line(
        MONTHS,
        found.rule.norm,
        percent(base_cents, rate * count, rounding=DOWN),
        start=months[0][0],
        end=months[-1][1],
        base_cents=base_cents,
        rate_percent=rate,
        count=count,
    )
