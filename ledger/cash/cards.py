"""Card terminals: what the acquirer owes for a day, and whether its credit is that less its fee, to the cent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sepa.errors import N_, KasseError
from sepa.money import parse_amount

PPM = 1_000_000
STANDS = """NOT EXISTS (SELECT 1 FROM cash_receipt o WHERE o.desk = r.desk AND o.batch = r.batch AND (
        (o.cancels_year = r.year AND o.cancels = r.number) OR (r.cancels_year = o.year AND r.cancels = o.number)))"""
"""What the acquirer sees of the receipts `r` of a batch: not those that were taken back on their own day."""
_STATED = re.compile(
    r"(?:Entgelt|Geb(?:ü|ue)hr(?:en)?|Disagio|Service ?Charge|Fee)[^0-9,]{0,16}([0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}"
    r"|[0-9]+[.,][0-9]{2})(?![0-9])",
    re.IGNORECASE,
)


class UnknownTerminalError(KasseError):
    """There is no such terminal at the desk."""

    code = "cash.terminal_unknown"
    template = N_("cash desk {desk} has no card terminal {terminal}")
    hint = N_("see 'kasse cash show {desk}'; 'kasse cash terminal' adds one")


class TerminalExistsError(KasseError):
    """The terminal stands at another desk."""

    code = "cash.terminal_exists"
    template = N_("the card terminal {terminal} belongs to cash desk {desk}")
    hint = N_(
        "close it there with 'kasse cash terminal {terminal} --desk {desk} --end', and use the number of the new one"
    )


class FeeRateError(KasseError):
    """A rate that no acquirer has."""

    code = "cash.fee_rate"
    template = N_("not a rate of fees in per cent: {text}")
    hint = N_("write it as 0,25 for a quarter of a per cent, at most 10 with four digits behind the comma")
    exit_code = 2


class CardDay(NamedTuple):
    """A terminal day that its acquirer still owes; `single_fee_cents` is the fee rounded for each payment.

    `cents` is net of the refunds of that day, and below zero where they are more. A row of a match: `seq` and `line`
    say of which bank entry.
    """

    seq: int
    line: int
    office: str
    batch: int
    terminal: str
    day: str
    cents: int
    payments: int
    single_fee_cents: int
    fee_ppm: int
    fee_each_cents: int
    refunds: int = 0
    refund_cents: int = 0


@dataclass(frozen=True, slots=True)
class Cleared:
    """Terminal days that a credit clears, and the fee that the acquirer kept."""

    days: tuple[CardDay, ...]
    fee_cents: int


def rate_ppm(text: str) -> int:
    """Return a rate in per cent as parts per million.

    >>> rate_ppm("0,25"), rate_ppm("1.5 %")
    (2500, 15000)

    Raises `FeeRateError`.
    """
    bare = text.replace("%", "").replace(",", ".").strip()
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,4})?", bare) or Decimal(bare) > Decimal(10):
        raise FeeRateError(text=text)
    return int(Decimal(bare) * PPM / 100)


def stated_fee(text: str | None) -> int | None:
    """Return the fee in cents that a text names once, None where it names none or several.

    >>> stated_fee("TID 61234567 BRUTTO 120,00 ENTGELT 0,30"), stated_fee("Kartenumsatz")
    (30, None)
    """
    found = _STATED.findall(text or "")
    return parse_amount(found[0]) if len(found) == 1 else None


def fees_of(days: Sequence[CardDay]) -> set[int]:
    """Return what the terms of the terminal come to: the rate on each day's sum, or rounded for each payment.

    Terms differ on refunds: the rate of what was paid comes back or stays, and each refund costs as a payment or none.
    """
    ppm, paid = days[0].fee_ppm, [day.cents + day.refund_cents for day in days]
    single, back = sum(day.single_fee_cents for day in days), sum(_rate(day.refund_cents, ppm) for day in days)
    rates = {single, single - back}
    for sums in (paid, [day.cents for day in days]):
        rates |= {sum(_rate(cents, ppm) for cents in sums), _rate(sum(sums), ppm)}
    each = sum(day.payments * day.fee_each_cents for day in days)
    both = each + sum(day.refunds * day.fee_each_cents for day in days)
    return {rate + fixed for rate in rates for fixed in (each, both)}


def _rate(cents: int, ppm: int) -> int:
    """Return the rate on a sum in cents, half a cent rounded up; on a refund as on the payment."""
    fee = (abs(cents) * ppm + PPM // 2) // PPM
    return fee if cents >= 0 else -fee


def clearing_of(days: Sequence[CardDay], net_cents: int, text: str | None) -> list[Cleared]:
    """Return the ways in which a credit is the sum of terminal days less the fee: one day, or days in a row.

    The fee is what the text states, else what the terms of the terminal come to; gross less fee must be the credit to
    the cent. A credit of the whole sum is one too, as some acquirers charge their fees apart. A debit is days on which
    more was paid back than taken. Days that come to nothing go with those beside them.
    """
    stated, found = stated_fee(text), dict[tuple[int, ...], Cleared]()
    for some in _runs(days):
        gross = sum(day.cents for day in some)
        allowed = {0, stated} if stated is not None else {0, *fees_of(some)}
        if gross * net_cents > 0 and gross - net_cents in allowed:
            known = tuple(day.batch for day in some if day.cents)
            if known not in found or len(some) > len(found[known].days):
                found[known] = Cleared(tuple(some), gross - net_cents)
    return list(found.values())


def _runs(days: Sequence[CardDay]) -> Iterator[Sequence[CardDay]]:
    for terminal in sorted({day.terminal for day in days}):
        own = sorted((day for day in days if day.terminal == terminal), key=lambda day: (day.day, day.batch))
        for start in range(len(own)):
            for end in range(start + 1, min(len(own), start + 10) + 1):
                yield own[start:end]
