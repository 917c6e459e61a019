"""Charges for paying late or later: one door to every rule, and what joint debtors owe together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enforcement.charges_fees import dunning_fee, small_amount
from enforcement.charges_interest import interest
from enforcement.charges_monthly import interest_start, monthly
from enforcement.charges_surcharge import surcharge
from enforcement.charges_values import Charge, Claim, Line, Payment
from enforcement.law import Law, packaged_law
from enforcement.law.rules import ChargeRule
from sepa.errors import N_, KasseError

__all__ = [
    "Charge",
    "Claim",
    "JointCharge",
    "Line",
    "Payment",
    "accrue",
    "dunning_fee",
    "interest_start",
    "joint",
    "small_amount",
]


class JointRuleError(KasseError):
    """Charges of different rules put together as if they were of joint debtors."""

    code = "charge.joint"
    template = N_("joint debtors need charges of one rule, not {rules}")
    hint = N_("compute each debtor's charge by the same rule")


def accrue(
    rule: str | ChargeRule,
    claim: Claim,
    until: dt.date,
    *,
    land: str = "HH",
    law: Law | None = None,
    alone: bool = True,
) -> Charge:
    """Return the charge on a claim up to and including a day, with its working, in cents.

    `rule` is a name of `charges.toml` or a rule itself; `land` gives the holidays that move days; `alone`
    says that the arrear would be demanded by itself (§ 24 SGB IV). Raises `FigureUnknownError`, and
    `DayAfterLawError` or `DayBeforeLawError` where a figure is not known on a day it is needed.

    >>> accrue("saeumniszuschlag_ao", Claim(123456, dt.date(2026, 3, 10)), dt.date(2026, 4, 13)).cents
    2400
    """
    book = law or packaged_law()
    found = book.charge(rule) if isinstance(rule, str) else rule
    if found.method == "started_months":
        return surcharge(found, claim, until, land=land, law=book, alone=alone)
    method = monthly if found.method == "full_months" else interest
    return method(found, claim, until, land=land, law=book)


@dataclass(frozen=True, slots=True)
class JointCharge:
    """What each of several joint debtors owes, and the most that all of them pay together, in cents."""

    each: tuple[Charge, ...]
    together_cents: int
    norm: str


def joint(charges: tuple[Charge, ...], *, law: Law | None = None) -> JointCharge:
    """Return what joint debtors owe: each his own, together no more than one alone, § 240 (4) AO.

    Rules without such a cap add up. Raises `JointRuleError` where the charges are of different rules.
    """
    names = sorted({charge.rule for charge in charges})
    if len(names) != 1:
        raise JointRuleError(rules=", ".join(names))
    rule = (law or packaged_law()).charge(names[0])
    amounts = [charge.cents for charge in charges]
    return JointCharge(charges, max(amounts) if rule.capped_for_joint_debtors else sum(amounts), rule.norm)
