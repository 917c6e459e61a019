"""What besides § 850c ZPO protects or exposes pay: §§ 850a, 850d, 850e, 850f and the protected account."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from enforcement.garnishment import Garnishment, StatedAmountError, garnishment
from enforcement.law import Law, packaged_law
from enforcement.law.figures import cents
from sepa.errors import N_, KasseError
from sepa.money import UP, percent

HALF_CHRISTMAS_FROM = dt.date(2022, 1, 1)
WHOLE = {
    "holiday": "§ 850a Nr. 2 ZPO",
    "jubilee": "§ 850a Nr. 2 ZPO",
    "expenses": "§ 850a Nr. 3 ZPO",
    "hardship": "§ 850a Nr. 3 ZPO",
    "birth": "§ 850a Nr. 5 ZPO",
    "education": "§ 850a Nr. 6 ZPO",
    "death": "§ 850a Nr. 7 ZPO",
    "blindness": "§ 850a Nr. 8 ZPO",
}
KINDS = ("overtime", "christmas", *WHOLE)
ORDERS = ("850d", "850f1", "850f2")


class PayPartError(KasseError):
    """A part of pay § 850a ZPO does not know."""

    code = "garnishment.part"
    template = N_("§ 850a ZPO knows no part of pay called {kind}")
    hint = N_("one of: {known}")


class OrderKindError(KasseError):
    """An order about pay that is none of those with a stated amount."""

    code = "garnishment.order"
    template = N_("no order with a stated amount is called {kind}")
    hint = N_("one of: {known}")


@dataclass(frozen=True, slots=True)
class ExemptPart:
    """What of one part of pay cannot be taken, in cents, and by which paragraph."""

    kind: str
    gross_cents: int
    exempt_cents: int
    norm: str
    findings: tuple[KasseError, ...] = ()


def exempt_part(kind: str, gross_cents: int, *, on: dt.date, law: Law | None = None) -> ExemptPart:
    """Return what of a part of pay is exempt, § 850a ZPO.

    `overtime` is the pay for the extra hours, of which half is free; `christmas` is free up to half of the
    base rounded up to ten euros; the others are free as far as usual, which is not judged here. Raises
    `PayPartError` for any other kind and `StatedAmountError` for a negative amount.
    """
    if gross_cents < 0:
        raise StatedAmountError(amount_cents=gross_cents)
    book = law or packaged_law()
    if kind in WHOLE:
        return ExemptPart(kind, gross_cents, gross_cents, WHOLE[kind])
    if kind == "overtime":
        share = book.figure("zpo850a.overtime").on(on)
        return ExemptPart(kind, gross_cents, percent(gross_cents, share.value, rounding=UP), share.norm)
    if kind == "christmas":
        return _christmas(gross_cents, on, book)
    raise PayPartError(kind=kind, known=", ".join(KINDS))


def _christmas(gross_cents: int, on: dt.date, law: Law) -> ExemptPart:
    if on >= HALF_CHRISTMAS_FROM:
        share = law.figure("zpo850a.christmas").on(on)
        limit = percent(_rounded_up(on, 1000, law), share.value, rounding=UP)
        return ExemptPart("christmas", gross_cents, min(gross_cents, limit), share.norm)
    series = law.figure("zpo850a.christmas_fixed")
    entry = series.on(on)
    return ExemptPart("christmas", gross_cents, min(gross_cents, cents(entry.value)), entry.norm, series.doubt(entry))


def _rounded_up(on: dt.date, unit_cents: int, law: Law) -> int:
    base = law.garnishment.on(on).value.limits["monthly"].base_cents
    return -(-base // unit_cents) * unit_cents


def pkonto_base_cents(*, on: dt.date, law: Law | None = None) -> int:
    """Return the monthly base amount of a protected account (P-Konto), in cents, § 899 (1) ZPO.

    >>> pkonto_base_cents(on=dt.date(2026, 7, 1))
    159000
    """
    book = law or packaged_law()
    unit: Decimal = book.figure("pkonto.round_up").on(on).value
    return _rounded_up(on, cents(unit), book)


@dataclass(frozen=True, slots=True)
class OrderedGarnishment:
    """What can be taken under an order with a stated amount, beside the table it departs from, in cents."""

    table: Garnishment
    order: str
    stated_cents: int
    garnishable_cents: int
    norm: str


def ordered_garnishment(
    net_cents: int,
    dependants: int,
    *,
    order: str,
    stated_cents: int,
    on: dt.date,
    period: str = "monthly",
    law: Law | None = None,
) -> OrderedGarnishment:
    """Return what can be taken where an order states an amount, in cents.

    `850d` (maintenance) and `850f2` (intentional tort): the stated amount is what the debtor keeps, but
    never more than the table leaves. `850f1`: the stated amount is left on top of the table. Raises
    `OrderKindError`, `StatedAmountError` and what `garnishable_cents` raises.
    """
    if order not in ORDERS:
        raise OrderKindError(kind=order, known=", ".join(ORDERS))
    if stated_cents < 0:
        raise StatedAmountError(amount_cents=stated_cents)
    table = garnishment(net_cents, dependants, on=on, period=period, law=law)
    if order == "850f1":
        taken, norm = max(0, table.garnishable_cents - stated_cents), "§ 850f Abs. 1 ZPO"
    else:
        taken = max(table.garnishable_cents, net_cents - stated_cents)
        norm = "§ 850d ZPO" if order == "850d" else "§ 850f Abs. 2 ZPO"
    return OrderedGarnishment(table, order, stated_cents, taken, norm)


def added_incomes(nets_cents: tuple[int, ...], in_kind_cents: int = 0) -> int:
    """Return the net of several incomes and payments in kind taken together, in cents, § 850e no. 2, 2a, 3 ZPO.

    They are added on request of the creditor and by order only.
    """
    if in_kind_cents < 0 or min(nets_cents, default=0) < 0:
        raise StatedAmountError(amount_cents=min(in_kind_cents, *nets_cents))
    return sum(nets_cents) + in_kind_cents
