"""What a cell means in its column: amounts, days, texts, references; a wrong kind of cell is refused, not guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from kasse_cli.i18n import language
from kasse_cli.spreadsheets.tables import Cell
from sepa.errors import N_, KasseError
from sepa.money import from_number, parse_amount

T = TypeVar("T")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_MAX_COUNT = 10**15  # Excel keeps 15 digits
_YES = ("ja", "j", "yes", "y", "wahr", "true", "x", "1")
_NO = ("nein", "n", "no", "falsch", "false", "0")


class BlankCellError(KasseError):
    """A value that must be there and is not."""

    code = "cell.blank"
    template = N_("a value is missing")
    hint = N_("fill the cell in")


class NumberCellError(KasseError):
    """A number where a text belongs: leading zeros and digits beyond 15 are lost already."""

    code = "cell.number"
    template = N_("the cell is a number, but this column needs text: {text}")
    hint = N_("format the column as text and enter the value again: Excel drops leading zeros and digits beyond 15")


class LostDigitsError(KasseError):
    """A long number that a spreadsheet has already rounded to the form 1,23457E+12."""

    code = "cell.lost_digits"
    template = N_("the number was shortened by a spreadsheet program: {text}")
    hint = N_("export the list again with this column formatted as text")


class DateCellError(KasseError):
    """A date where none belongs; Excel makes dates out of 3-5 and 1.4 by itself."""

    code = "cell.date"
    template = N_("the cell is a date, but this column takes none: {day}")
    hint = N_("format the column as text or number and enter the value again: Excel turns 3-5 and 1.4 into dates")


class FlagCellError(KasseError):
    """TRUE or FALSE where neither belongs."""

    code = "cell.flag"
    template = N_("the cell is a truth value, but this column takes none: {text}")
    hint = N_("format the column as text and enter the value again")


class TimeCellError(KasseError):
    """A time of day, alone or behind a date."""

    code = "cell.time"
    template = N_("the cell holds a time of day: {text}")
    hint = N_("enter the date alone, as 21.11.2026")


class NumberForDayError(KasseError):
    """A number where a date belongs: it could be the day's serial number, or anything else."""

    code = "cell.number_for_day"
    template = N_("the cell is a number, but this column needs a date: {text}")
    hint = N_("format the column as date, or write 21.11.2026 as text")


class InvalidDayCellError(KasseError):
    """A text that is not a date."""

    code = "cell.day"
    template = N_("not a date: {text}")
    hint = N_("write it as 21.11.2026 or 2026-11-21")


class DayRangeError(KasseError):
    """A date of a year that no list is about: mistyped, or the end of time of another system."""

    code = "cell.day_range"
    template = N_("the date {text} is not between 1900 and 2199")
    hint = N_("look at the year; leave the cell empty where there is no date")


class InvalidCountError(KasseError):
    """A value that is not a whole number."""

    code = "cell.count"
    template = N_("not a whole number: {text}")
    hint = N_("write digits only")


class InvalidFlagError(KasseError):
    """A value that is neither yes nor no."""

    code = "cell.yes_no"
    template = N_("neither yes nor no: {text}")
    hint = N_("write yes or no, or leave the cell empty")


class InvalidChoiceError(KasseError):
    """A value outside the few that a column takes."""

    code = "cell.choice"
    template = N_("not allowed in this column: {text}")
    hint = N_("allowed: {allowed}")


def take(findings: list[KasseError], read: Callable[[Cell], T], cell: Cell) -> T | None:
    """Return what the reader makes of the cell, or None with its error among the findings."""
    try:
        return read(cell)
    except KasseError as error:
        findings.append(error)
        return None


def optional(read: Callable[[Cell], T]) -> Callable[[Cell], T | None]:
    """Return a reader that gives None for an empty cell."""
    return lambda cell: None if cell.empty else read(cell)


def cell_text(cell: Cell) -> str:
    """Return a text without outer space; a whole number is one too, as a house number may be.

    Raises `BlankCellError`, `NumberCellError` (fractions, more than 15 digits), `DateCellError`, `TimeCellError` or
    `FlagCellError`.
    """
    value = _plain(cell)
    if isinstance(value, str):
        return value
    if not value.is_integer() or abs(value) >= _MAX_COUNT:
        raise NumberCellError(text=str(value), place=cell.place)
    return str(int(value))


def cell_reference(cell: Cell) -> str:
    """Return a reference exactly as written, without outer space; only a text cell can hold one.

    Raises `NumberCellError` or `LostDigitsError` besides what `cell_text` raises.
    """
    value = _plain(cell)
    if not isinstance(value, str):
        raise NumberCellError(text=str(value), place=cell.place)
    if _SCIENTIFIC.fullmatch(value):
        raise LostDigitsError(text=value, place=cell.place)
    return value


def cell_iban(cell: Cell) -> str:
    """Return an account number in capitals without spaces, its check digits unchecked; raises like `cell_reference`."""
    return "".join(cell_reference(cell).split()).upper()


def cell_amount_cents(cell: Cell) -> int:
    """Return the cents of a number or a written amount.

    Raises `InvalidAmountError` or `FractionOfCentError` of `sepa.money` besides what `cell_text` raises.
    """
    value = _plain(cell)
    try:
        return parse_amount(value) if isinstance(value, str) else from_number(value)
    except KasseError as error:
        raise error.at(cell.place) from None


def cell_count(cell: Cell) -> int:
    """Return a whole number; raises `InvalidCountError` besides what `cell_text` raises."""
    text = cell_text(cell)
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise InvalidCountError(text=text, place=cell.place)
    return int(text)


def cell_day(cell: Cell) -> dt.date:
    """Return the day of a date cell, or of a text such as 21.11.2026 or 2026-11-21.

    Raises `BlankCellError`, `NumberForDayError`, `TimeCellError`, `FlagCellError`, `InvalidDayCellError`, or
    `DayRangeError` for years before 1900 and after 2199.
    """
    value = _midnight(cell)
    if not isinstance(value, dt.date):
        value = _plain(cell)
    if isinstance(value, float):
        raise NumberForDayError(text=cell.place.value, place=cell.place)
    day = _written_day(value) if isinstance(value, str) else value
    if day is None:
        raise InvalidDayCellError(text=cell.place.value, place=cell.place)
    if not 1900 <= day.year < 2200:
        raise DayRangeError(text=cell.place.value, place=cell.place)
    return day


def _written_day(text: str) -> dt.date | None:
    if match := _ISO_DAY.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _GERMAN_DAY.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def cell_flag(cell: Cell) -> bool:
    """Return whether the cell says yes: TRUE, 1, or a word such as ja or x; raises `InvalidFlagError` and others."""
    if isinstance(cell.value, bool):
        return cell.value
    text = cell_text(cell)
    if text.lower() not in _YES + _NO:
        raise InvalidFlagError(text=text, place=cell.place)
    return text.lower() in _YES


def cell_choice(choices: Mapping[str, str]) -> Callable[[Cell], str]:
    """Return a reader that maps the words of a column, compared without case, to what they mean.

    It raises `InvalidChoiceError` besides what `cell_text` raises.
    """
    known = {word.casefold(): meaning for word, meaning in choices.items()}

    def read(cell: Cell) -> str:
        text = cell_text(cell)
        if text.casefold() not in known:
            raise InvalidChoiceError(text=text, allowed=", ".join(choices), place=cell.place)
        return known[text.casefold()]

    return read


def told_in_words(read: Callable[[Cell], T], choices: tuple[tuple[str, str], ...]) -> Callable[[Cell], T]:
    """Return the reader so that it names the words of the template, in the reader's language, not all it takes."""

    def told(cell: Cell) -> T:
        try:
            return read(cell)
        except InvalidChoiceError as error:
            allowed = ", ".join(pair[language() == "de"] for pair in choices)
            raise InvalidChoiceError(text=error.fields["text"], allowed=allowed, place=cell.place) from None

    return told


def _plain(cell: Cell) -> str | float:
    """Return a text or number; every other kind of cell is refused."""
    value = _midnight(cell)
    if isinstance(value, bool):
        raise FlagCellError(text=cell.place.value, place=cell.place)
    if isinstance(value, dt.date):
        raise DateCellError(day=value, place=cell.place)
    if isinstance(value, str):
        return value.strip()
    return float(value)


def _midnight(cell: Cell) -> str | float | bool | dt.date:
    """Return the value; a moment at midnight is its date, any other time of day is refused."""
    value = cell.value
    if value is None or cell.empty:
        raise BlankCellError(place=cell.place)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, dt.datetime | dt.time | dt.timedelta):
        raise TimeCellError(text=str(value), place=cell.place)
    return value
