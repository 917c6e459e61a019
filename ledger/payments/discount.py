"""Skonto: what may be kept off a payment that leaves in time, read from the terms that stand in its purpose.

XRechnung writes terms into BT-20, one a line: `#SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=357.93#`, with dots, the base
amount left out where it is the whole invoice (KoSIT, specification of XRechnung, BR-DE-18).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MARK = "#SKONTO#"
_TERM = re.compile(
    r"#SKONTO#TAGE=([0-9]{1,3})#PROZENT=([0-9]{1,2}\.[0-9]{2})#(?:BASISBETRAG=([0-9]{1,12}\.[0-9]{2})#)?"
)


@dataclass(frozen=True, slots=True)
class Term:
    """One term: so many days after the invoice, so many hundredths of a percent off, of that base if not of all."""

    days: int
    basis_points: int
    base_cents: int | None = None

    def last_day(self, invoice_day: dt.date) -> dt.date:
        """Return the last day on which the term holds."""
        return invoice_day + dt.timedelta(days=self.days)

    def cents(self, amount_cents: int) -> int:
        """Return what may be kept off, rounded half up to the cent, never more than the amount."""
        base = amount_cents if self.base_cents is None else self.base_cents
        off = Decimal(base) * self.basis_points / 10_000
        return min(int(off.quantize(Decimal(1), ROUND_HALF_UP)), amount_cents)


def terms(purpose: str) -> tuple[Term, ...]:
    """Return the terms of a purpose in their order.

    >>> terms("Rechnung 17 #SKONTO#TAGE=14#PROZENT=2.25#")
    (Term(days=14, basis_points=225, base_cents=None),)
    """
    return tuple(
        Term(int(days), int(percent.replace(".", "")), int(base.replace(".", "")) if base else None)
        for days, percent, base in _TERM.findall(purpose)
    )


def without_terms(purpose: str) -> str:
    """Return the purpose as the payee shall read it.

    >>> without_terms("Rechnung 17 #SKONTO#TAGE=14#PROZENT=2.25# Teil 2")
    'Rechnung 17 Teil 2'
    """
    return " ".join(_TERM.sub(" ", purpose).split()) if MARK in purpose else purpose


def misread(purpose: str) -> bool:
    """Tell whether a purpose speaks of Skonto in a form that is not that of XRechnung."""
    return MARK in _TERM.sub("", purpose)


def best(
    known: Iterable[Term], invoice_day: dt.date, paid_on: dt.date, amount_cents: int
) -> tuple[int, dt.date] | None:
    """Return the most that may be kept off on a day and the last day for it, None where no term holds any more."""
    held = [term for term in known if paid_on <= term.last_day(invoice_day) and term.cents(amount_cents) > 0]
    if not held:
        return None
    chosen = max(held, key=lambda term: term.cents(amount_cents))
    return chosen.cents(amount_cents), chosen.last_day(invoice_day)


def holds_until(known: Iterable[Term], invoice_day: dt.date, amount_cents: int, kept_cents: int) -> dt.date | None:
    """Return the last day on which so much may be kept off, None where no term ever allowed it.

    >>> holds_until(terms("#SKONTO#TAGE=14#PROZENT=2.00#"), dt.date(2026, 11, 12), 100_000, 2_000)
    datetime.date(2026, 11, 26)
    """
    days = [term.last_day(invoice_day) for term in known if term.cents(amount_cents) >= kept_cents]
    return max(days, default=None)
