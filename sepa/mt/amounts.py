"""Amounts, days and balances as MT messages write them: decimal comma, two-digit years."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sepa.errors import N_, KasseError, Place, Severity
from sepa.money import InvalidAmountError
from sepa.noted_values import minor_units
from sepa.notes import Notes
from sepa.statement_errors import InvalidDateError
from sepa.statements import Balance, Charge, OtherAmount

_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?")
_POINT = re.compile(r"[0-9]{1,15}\.[0-9]{1,2}")
AMOUNT = r"[0-9][0-9.]*+(?:,[0-9]*+)?|,[0-9]++"
_BALANCE = re.compile(rf"\s*(R?[CD])\s*([0-9]{{6}})\s*([A-Z]{{3}})?\s*({AMOUNT})\s*(?:\n|\Z)")
_CODES = {"60F": "OPBD", "60M": "OPBD", "62F": "CLBD", "62M": "CLBD", "64": "CLAV", "65": "FWAV"}
BALANCE_TAGS = frozenset(_CODES)
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}
_OTHER = re.compile(rf"\s*+([A-Z]{{3}})?\s*+({AMOUNT})\s*+([A-Z]{{3}})?\s*+")


class MtFieldError(KasseError):
    """A field of an MT message that is not of its form."""

    code = "mt.field"
    template = N_("the field :{tag}: cannot be read: {text}")
    hint = N_("the file is broken; fetch it from the bank again")


class MissingDayError(KasseError):
    """A day that its month does not have, such as the 30 February of banks that count 30 days a month."""

    code = "mt.missing_day"
    template = N_("there is no day {text}; {day} was taken, the last of its month")
    hint = N_("nothing is to be done; some banks count every month with 30 days")
    severity: Severity = "info"


def field_error(tag: str, text: str, line: int, place: Place) -> MtFieldError:
    """Return the error for a field that is not of its form, with its place and its first line."""
    first = text.strip().partition("\n")[0][:80]
    return MtFieldError(place=Place(line=line, field=f":{tag}:", value=first).within(place), tag=tag, text=first)


def amount_cents(text: str, currency: str, notes: Notes, line: int) -> int:
    """Return an amount as minor units; one finer than the currency is rounded and noted.

    The decimal comma is SWIFT's; a decimal point, and points between thousands, are understood where they can mean
    nothing else. Raises `InvalidAmountError` with its place.
    """
    whole, _, fraction = text.partition(",")
    if len(fraction) == 2 and whole.isdigit() and len(whole) <= 15 and currency == "EUR":
        return int(whole + fraction)
    bare = text.lstrip("0")
    bare = bare if bare[:1].isdigit() else f"0{bare}"
    bare = _without_points(bare, text, notes, line) if "." in bare else bare
    return minor_units(bare.replace(",", "."), currency, notes, line)


def _without_points(bare: str, text: str, notes: Notes, line: int) -> str:
    """Return the amount without the points between thousands, or with its only point as the decimal one."""
    if _GROUPED.fullmatch(bare) and (bare.count(".") > 1 or "," in bare):
        return bare.replace(".", "")
    if _POINT.fullmatch(bare):
        return bare
    raise InvalidAmountError(place=Place(line=line, value=text).within(notes.place), text=text)


class _Day(NamedTuple):
    day: date | None
    clamped: bool


def read_day(text: str, notes: Notes, line: int) -> date | None:
    """Return the day of YYMMDD; 80 to 99 are years of the last century (SWIFT).

    A day that its month lacks becomes the last one of the month and is noted; what is no day at all is noted and None.
    """
    return _noted(_day(text), text, notes, line)


def _noted(found: _Day, text: str, notes: Notes, line: int) -> date | None:
    if found.day is None:
        notes.add(InvalidDateError(place=Place(value=text), text=text), line)
    elif found.clamped:
        notes.add(MissingDayError(place=Place(value=text), text=text, day=found.day), line)
    return found.day


@lru_cache(maxsize=1024)
def _day(text: str) -> _Day:
    year = int(text[:2])
    return _in_month(year + (1900 if year > 79 else 2000), int(text[2:4]), int(text[4:6]))


def _in_month(year: int, month: int, day: int) -> _Day:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return _Day(None, clamped=False)
    last = calendar.monthrange(year, month)[1]
    return _Day(date(year, month, min(day, last)), clamped=day > last)


class Days(NamedTuple):
    """Value day and booking day of an entry."""

    value_day: date | None
    booking_day: date | None


def days(value: str, entry: str, notes: Notes, line: int) -> Days:
    """Return the days of YYMMDD and MMDD, the second in the year that brings it next to the first.

    SWIFT: the entry date is given where it differs from the value date.
    """
    if (found := plain_days(value, entry)) is not None:
        return found
    value_day = read_day(value, notes, line)
    if not entry or value_day is None:
        return Days(value_day, value_day)
    return Days(value_day, _noted(_nearest(entry, value_day), entry, notes, line))


@lru_cache(maxsize=1024)
def plain_days(value: str, entry: str) -> Days | None:
    """Return the days of two texts, None where they need a finding; a statement has few, so that they are read once."""
    first = _day(value)
    if first.day is None or first.clamped:
        return None
    second = _nearest(entry, first.day) if entry else first
    return None if second.day is None or second.clamped else Days(first.day, second.day)


def _nearest(text: str, value_day: date) -> _Day:
    month, day = int(text[:2]), int(text[2:4])
    found = [_in_month(year, month, day) for year in (value_day.year - 1, value_day.year, value_day.year + 1)]
    if found[1].day is None:
        return found[1]
    return min(found, key=lambda one: (abs((one.day or value_day) - value_day), one.clamped))


def balance(tag: str, text: str, currency: str, notes: Notes, line: int) -> Balance:
    """Return a balance field (:60F: to :65:); those of a page have the codes of those of a statement.

    Raises `MtFieldError` and `InvalidAmountError` with their place.
    """
    match = _BALANCE.match(text)
    if match is None:
        raise field_error(tag, text, line, notes.place)
    mark, day, own_currency, amount = match.groups()
    unit = own_currency or currency
    cents = _SIGNS[mark] * amount_cents(amount, unit, notes, line)
    return Balance(_CODES[tag], cents, unit, None if day == "000000" else read_day(day, notes, line))


def other_amount(text: str, currency: str, notes: Notes, line: int) -> tuple[int, str] | None:
    """Return minor units and currency of an amount inside of a text, or None where it is none."""
    match = _OTHER.fullmatch(text)
    if match is None:
        return None
    before, amount, after = match.groups()
    unit = before or after or currency
    try:
        return amount_cents(amount, unit, notes, line), unit
    except KasseError:
        return None


def original(cents: int, unit: str) -> OtherAmount:
    """Return the amount of the first order, where the entry is over another one."""
    return OtherAmount("INSTD", cents, unit)


def fee(cents: int, unit: str) -> Charge:
    """Return a fee that the entry holds."""
    return Charge(-cents, unit)
