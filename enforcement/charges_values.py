"""The values of every computation of charges: a claim, what was paid on it, and a charge with its working."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from enforcement.law.figures import distinct
from enforcement.law.rules import ChargeRule
from sepa.calendar import next_working_day
from sepa.errors import N_, Field, KasseError

TRANSFER, CASH, CHEQUE, DEBIT = "transfer", "cash", "cheque", "debit"
WAYS = (TRANSFER, CASH, CHEQUE, DEBIT)
CHEQUE_DAYS = 3  # § 224 (2) no. 1 AO: a cheque pays three days after it came in


class ClaimAmountError(KasseError):
    """A claim of less than nothing."""

    code = "charge.amount"
    template = N_("a claim cannot be negative: {amount_cents}")
    hint = N_("give the amount due, at least 0.00")


class PaymentAmountError(KasseError):
    """A payment that pays nothing or less."""

    code = "charge.payment"
    template = N_("a payment must be above zero: {amount_cents} on {day}")
    hint = N_("leave it out, or give what was paid as a positive amount")


class PaymentWayError(KasseError):
    """A way of paying the law does not tell apart."""

    code = "charge.way"
    template = N_("no way of paying is called {way}")
    hint = N_("one of: {known}")


@dataclass(frozen=True, slots=True)
class Payment:
    """Cents paid on a day: for a transfer the day of credit, for cash and cheques the day they came in.

    A `debit` is a SEPA direct debit under a mandate: it counts as paid on the due day, § 224 (2) no. 3 AO.
    """

    day: dt.date
    cents: int
    way: str = TRANSFER

    def __post_init__(self) -> None:
        if self.cents <= 0:
            raise PaymentAmountError(amount_cents=self.cents, day=self.day)
        if self.way not in WAYS:
            raise PaymentWayError(way=self.way, known=", ".join(WAYS))

    def counts_on(self, due: dt.date) -> dt.date:
        """Return the day the law takes for the day of payment, § 224 (2) AO."""
        if self.way == CHEQUE:
            return self.day + dt.timedelta(days=CHEQUE_DAYS)
        return min(self.day, due) if self.way == DEBIT else self.day


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim with its own due day and what was paid on it; `due` as set, before weekends move it.

    `bears_from` is the first day of interest where that is not the day after the due day: the day after a
    Mahnung came, after the action was brought, or that of § 233a AO.
    """

    amount_cents: int
    due: dt.date
    payments: tuple[Payment, ...] = ()
    bears_from: dt.date | None = None

    def __post_init__(self) -> None:
        if self.amount_cents < 0:
            raise ClaimAmountError(amount_cents=self.amount_cents)

    def moved_due(self, rule: ChargeRule, land: str) -> dt.date:
        """Return the last day that is not late: by § 193 BGB and § 108 (3) AO never a weekend or holiday."""
        if self.bears_from:
            return self.bears_from - dt.timedelta(days=1)
        return next_working_day(self.due, land) if rule.due_shifts else self.due

    def open_cents(self, end_of: dt.date, due: dt.date) -> int:
        """Return what is still open at the end of that day, with the effective due day given."""
        paid = sum(payment.cents for payment in self.payments if payment.counts_on(due) <= end_of)
        return max(0, self.amount_cents - paid)

    def settled_on(self, due: dt.date) -> dt.date | None:
        """Return the day on which nothing was open any more, none where something still is."""
        days = [day for _, day in self.portions(due)]
        return None if not days or days[-1] is None else days[-1]

    def portions(self, due: dt.date) -> Iterator[tuple[int, dt.date | None]]:
        """Yield the parts of the claim in the order they were paid; the unpaid rest last, without a day."""
        left = self.amount_cents
        for payment in sorted(self.payments, key=lambda paid: paid.counts_on(due)):
            if part := min(left, payment.cents):
                yield part, payment.counts_on(due)
            left -= part
        if left:
            yield left, None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the working: from `start` to `end` (both inclusive) `count` units at a rate on a base.

    `template` is the sentence with the names of these fields; `rate_percent` is exact, per month, year or
    of the amount as the template says; the `cents` of all lines of a charge add up to the charge.
    """

    template: str
    norm: str
    cents: int
    start: dt.date | None = None
    end: dt.date | None = None
    base_cents: int = 0
    rate_percent: Decimal = Decimal(0)
    count: int = 0

    def fields(self) -> dict[str, Field]:
        """Return what the template may name."""
        return {
            "norm": self.norm,
            "charge_cents": self.cents,
            "start": self.start,
            "end": self.end,
            "base_cents": self.base_cents,
            "rate_percent": f"{self.rate_percent.normalize():f}",
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class Charge:
    """What is owed on top of a claim, in cents, with its working and what wants checking."""

    rule: str
    kind: str
    norm: str
    cents: int
    lines: tuple[Line, ...] = ()
    findings: tuple[KasseError, ...] = ()

    def __post_init__(self) -> None:
        assert self.cents >= 0
        assert sum(line.cents for line in self.lines) == self.cents
        object.__setattr__(self, "findings", distinct(self.findings))
