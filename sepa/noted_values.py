"""Amounts and days as bank files write them; what is odd about them is noted and the reading goes on."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from sepa.currencies import minor_digits
from sepa.errors import KasseError, Place
from sepa.money import FractionOfCentError, parse_decimal
from sepa.notes import Notes
from sepa.statement_errors import InvalidDateError, UnfitAmountError


def minor_units(text: str, currency: str, notes: Notes, line: int | None) -> int:
    """Return an amount as whole minor units; one that does not fit is rounded and noted.

    Raises `InvalidAmountError` with its place for a text that is no amount: it is never taken for zero.
    """
    try:
        return _parsed(text, currency)
    except FractionOfCentError:
        notes.add(UnfitAmountError(amount=text, currency=currency), line)
        return int(Decimal(text).scaleb(minor_digits(currency)).to_integral_value(ROUND_HALF_UP))
    except KasseError as error:
        raise error.at(Place(line=line, value=text)).at(notes.place) from None


@lru_cache(maxsize=256)  # the amount of a detail is nearly always the one of its entry
def _parsed(text: str, currency: str) -> int:
    digits = minor_digits(currency)
    bare = text[:-3] + text[-2:]
    if digits == 2 and text[-3:-2] == "." and len(bare) < 16 and bare.isascii() and bare.isdigit():
        return int(bare)  # nearly all, and four times faster
    return parse_decimal(text, digits)


def read_day(text: str, notes: Notes, line: int | None) -> date | None:
    """Return the day of an ISO date or date-time as written there, without any shift of time zone."""
    day = _day(text)
    if text and day is None:
        notes.add(InvalidDateError(place=Place(value=text), text=text), line)
    return day


@lru_cache(maxsize=1024)
def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
