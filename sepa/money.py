"""Money is whole cents: parsed, printed and rounded here and nowhere else."""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from sepa.errors import N_, KasseError

DOWN, UP, HALF_UP = ROUND_DOWN, ROUND_UP, ROUND_HALF_UP
MAX_CENTS = 99_999_999_999_999  # what a signed 64-bit sum of many amounts can hold with room to spare

_WRITTEN = re.compile(r"([+-]?)(\d+|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+(?=,))(?:[.,](\d{1,2}))?", re.ASCII)
_SIMPLE = re.compile(r"(\d{1,12})[.,](\d\d)", re.ASCII)
"""How nearly all amounts of a list are written."""
_LONGEST = 80  # signs: no amount is written with more
_CURRENCY = re.compile(r"\s*(?:EUR|€)\s*", re.IGNORECASE)
_XML = re.compile(r"\+?(\d{1,15})(?:\.(\d{0,20}))?|\+?\.(\d{1,20})", re.ASCII)

_LONG_XML = re.compile(r"\+?\d{16,}(?:\.\d*)?", re.ASCII)


class InvalidAmountError(KasseError):
    """A text that is not an amount, or one that could mean two amounts."""

    code = "amount.invalid"
    template = N_("not an amount: {text}")
    hint = N_("write it as 1.234,56 or 1234.56; 1.234 is ambiguous")


class AmountTooLargeError(InvalidAmountError):
    """An amount that no sum in the book can hold."""

    code = "amount.too_large"
    template = N_("the amount is too large: {text}")
    hint = N_("the largest amount is 999.999.999.999,99; look whether a number stands where the amount belongs")


class FractionOfCentError(KasseError):
    """An amount finer than the currency's smallest unit."""

    code = "amount.fraction"
    template = N_("an amount with a fraction of a cent: {text}")
    hint = N_("ask the sender for whole cents")


def parse_amount(text: str) -> int:
    """Return the cents a person wrote.

    >>> parse_amount("1.234,56"), parse_amount("1234.56"), parse_amount("-7,5"), parse_amount("12 EUR")
    (123456, 123456, -750, 1200)

    Raises `InvalidAmountError` for anything else, `1.234` and `1,234` included: they could be thousands; beyond
    `MAX_CENTS` it is an `AmountTooLargeError`.
    """
    if simple := _SIMPLE.fullmatch(text):
        return int(simple[1] + simple[2])
    bare = text.replace("\u2212", "-").strip()
    match = _WRITTEN.fullmatch(_CURRENCY.sub("", bare)) if len(bare) <= _LONGEST else None
    if match is None:
        raise InvalidAmountError(text=text)
    sign, whole, fraction = match.groups()
    return _bounded(text, sign, whole.replace(".", ""), (fraction or "").ljust(2, "0"))


def _bounded(text: str, sign: str, whole: str, fraction: str) -> int:
    digits = whole + fraction
    if len(digits) > 17 or (cents := int(digits)) > MAX_CENTS:
        raise AmountTooLargeError(text=text)
    return -cents if sign == "-" else cents


def parse_decimal(text: str, digits: int = 2) -> int:
    """Return the minor units of an amount in XML form, for a currency with that many decimals.

    >>> parse_decimal("8.850"), parse_decimal("100", 0)
    (885, 100)

    Raises `InvalidAmountError`, `AmountTooLargeError`, or `FractionOfCentError` where the amount is finer than the
    currency.
    """
    match = _XML.fullmatch(text.strip())
    if match is None:
        raise (AmountTooLargeError if _LONG_XML.fullmatch(text.strip()) else InvalidAmountError)(text=text)
    whole, fraction, bare = match.groups()
    decimals = (fraction or bare or "").rstrip("0")
    if len(decimals) > digits:
        raise FractionOfCentError(text=text)
    return int((whole or "0") + decimals.ljust(digits, "0"))


def from_number(value: float) -> int:
    """Return the cents of a spreadsheet number.

    >>> from_number(0.1 + 0.2 - 0.2)
    10

    Raises `FractionOfCentError` where the number is not a whole number of cents as a sheet shows it.
    """
    exact = Decimal(repr(round(value, 6))) * 100
    if not exact.is_finite():
        raise InvalidAmountError(text=str(value))
    if abs(exact) > MAX_CENTS:
        raise AmountTooLargeError(text=str(value))
    if exact != exact.to_integral_value():
        raise FractionOfCentError(text=str(value))
    return int(exact)


def plain(cents: int) -> str:
    """Return the amount for machines: `1234.56`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def german(cents: int) -> str:
    """Return the amount as German readers write it: `1.234,56`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}".replace(",", ".") + f",{abs(cents) % 100:02d}"


def english(cents: int) -> str:
    """Return the amount as English readers write it: `1,234.56`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def percent(cents: int, rate_percent: str | Decimal, *, rounding: str) -> int:
    """Return that percentage of the amount in whole cents, rounded the named way.

    >>> percent(12345, "1", rounding=DOWN)
    123
    """
    exact = Decimal(cents) * Decimal(rate_percent) / 100
    return int(exact.to_integral_value(rounding=rounding))
