"""Days on which banks and offices work, and when periods end.

TARGET days count for payments, the public holidays of a place for legal periods; neither follows from the other.
A place is a Land, or a Land with the holidays that only some of its municipalities have: `BY+mariae_himmelfahrt`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

from sepa.errors import N_, KasseError

LAENDER = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
FIRST_HOLIDAY_YEAR = 1991  # the holidays package knows no earlier ones for Germany
FIRST_TARGET_YEAR = 2002  # the closing days of today hold since then (ECB, 14 December 2000)

LOCAL_HOLIDAYS = {
    "fronleichnam": ("SN", "TH"),  # § 1 (2) SächsSFG, § 2 (2) ThürFGtG: where decreed
    "friedensfest": ("BY",),  # Art. 1 (2) BayFTG: in the city of Augsburg
    "mariae_himmelfahrt": ("BY",),  # Art. 1 (1) no. 2, (3) BayFTG: municipalities with mostly Catholic inhabitants
}
"""Public holidays of some municipalities only, with the Länder that have such."""

_DAY = timedelta(days=1)


def kasse_time(moment: str) -> datetime:
    """Return the time on the clocks of a Kasse, which is that of Germany, at a moment of the books, which is UTC.

    >>> f"{kasse_time('2026-11-21T17:00:09Z'):%H:%M}", f"{kasse_time('2026-07-01T22:30:00Z'):%d.%m. %H:%M}"
    ('18:00', '02.07. 00:30')
    """
    from zoneinfo import ZoneInfo  # only people ask for it

    return datetime.fromisoformat(moment).astimezone(ZoneInfo("Europe/Berlin"))


class UnknownLandError(KasseError):
    """A code that names no German Land."""

    code = "calendar.land"
    template = N_("no Land has the code {land}")
    hint = N_("use one of BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH")


class UnknownHolidayError(KasseError):
    """A local holiday that no municipality of the Land has."""

    code = "calendar.holiday"
    template = N_("no municipality of {land} has a holiday {holiday}")
    hint = N_("there are mariae_himmelfahrt and friedensfest in BY, fronleichnam in SN and TH; all others hold by law")


class CalendarYearError(KasseError):
    """A year for which the calendar has no data."""

    code = "calendar.year"
    template = N_("no calendar is known for {year}, the first year is {first}")
    hint = N_("check the date")


@cache
def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Gauss's rule in Butcher's form)."""
    century, rest = divmod(year, 100)
    epact = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


@cache
def _target_closings(year: int) -> frozenset[date]:
    sunday = easter(year)
    fixed = {date(year, *day) for day in ((1, 1), (5, 1), (12, 25), (12, 26))}
    return frozenset(fixed | {sunday - 2 * _DAY, sunday + _DAY})


def is_target_day(day: date) -> bool:
    """Tell whether TARGET is open: not Saturday, Sunday, 1 January, Good Friday, Easter Monday, 1 May, 25/26 December.

    >>> is_target_day(date(2026, 4, 3)), is_target_day(date(2026, 10, 31) - timedelta(days=1))
    (False, True)

    Raises `CalendarYearError` before 2002.
    """
    if day.year < FIRST_TARGET_YEAR:
        raise CalendarYearError(year=day.year, first=FIRST_TARGET_YEAR)
    return day.weekday() < 5 and day not in _target_closings(day.year)


def next_target_day(day: date) -> date:
    """Return the day itself if TARGET is open, else the next day on which it is."""
    while not is_target_day(day):
        day += _DAY
    return day


def previous_target_day(day: date) -> date:
    """Return the day itself if TARGET is open, else the last day before on which it was."""
    while not is_target_day(day):
        day -= _DAY
    return day


def add_target_days(day: date, count: int) -> date:
    """Return the TARGET day that many TARGET days after the day, or before it where the count is negative.

    >>> add_target_days(date(2026, 4, 2), 1)
    datetime.date(2026, 4, 7)
    """
    step = _DAY if count >= 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_target_day(day):
            day += step
    return day


def land_of(place: str) -> str:
    """Return the Land of a place.

    >>> land_of("BY+friedensfest+mariae_himmelfahrt")
    'BY'
    """
    return place.partition("+")[0]


def place_with(land: str, local: Iterable[str] = ()) -> str:
    """Return the place that a Land and its local holidays make, those in alphabetical order.

    Raises `UnknownLandError`, `UnknownHolidayError`.

    >>> place_with("BY", ["mariae_himmelfahrt"])
    'BY+mariae_himmelfahrt'
    """
    if land not in LAENDER:
        raise UnknownLandError(land=land)
    for name in local:
        if land not in LOCAL_HOLIDAYS.get(name, ()):
            raise UnknownHolidayError(land=land, holiday=name)
    return "+".join([land, *sorted(set(local))])


@cache
def public_holidays(place: str, year: int) -> frozenset[date]:
    """Return the public holidays of a place in a year. Raises as `named_holidays`."""
    return frozenset(named_holidays(place, year))


def named_holidays(place: str, year: int) -> dict[date, str]:
    """Return the public holidays of a place with their German names: those of its Land by `holidays`, and local ones.

    Raises `UnknownLandError`, `UnknownHolidayError` and `CalendarYearError` (before 1991).
    """
    land, *local = place.split("+")
    place_with(land, local)
    if year < FIRST_HOLIDAY_YEAR:
        raise CalendarYearError(year=year, first=FIRST_HOLIDAY_YEAR)
    from holidays import country_holidays

    known = {day: str(name) for day, name in country_holidays("DE", subdiv=land, years=[year], language="de").items()}
    found = known | dict(_local(name, year) for name in local)
    return dict(sorted(found.items()))


def _local(name: str, year: int) -> tuple[date, str]:
    """Return day and name of a local holiday; Corpus Christi is the sixtieth day after Easter."""
    fixed = {
        "friedensfest": (date(year, 8, 8), "Augsburger Hohes Friedensfest"),
        "mariae_himmelfahrt": (date(year, 8, 15), "Mariä Himmelfahrt"),
    }
    return fixed[name] if name in fixed else (easter(year) + 60 * _DAY, "Fronleichnam")


def is_working_day(day: date, place: str) -> bool:
    """Tell whether the day is neither Saturday, Sunday nor public holiday in the place (§ 193 BGB)."""
    return day.weekday() < 5 and day not in public_holidays(place, day.year)


def next_working_day(day: date, place: str) -> date:
    """Return the day itself if it is a working day in the place, else the next one (§ 193 BGB, § 108(3) AO)."""
    while not is_working_day(day, place):
        day += _DAY
    return day


def previous_working_day(day: date, place: str) -> date:
    """Return the day itself if it is a working day in the place, else the last one before."""
    while not is_working_day(day, place):
        day -= _DAY
    return day


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as the BGB names it; a half month is 15 days and is counted last (§ 189 BGB)."""

    days: int = 0
    weeks: int = 0
    months: int = 0
    years: int = 0
    half_months: int = 0


def add_months(day: date, months: int) -> date:
    """Return the day with the same number months later, or that month's last day (§ 188(2), (3) BGB).

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_end(start: date, period: Period, *, start_counts: bool = False) -> date:
    """Return the last day of a period (§§ 187, 188, 189 BGB).

    `start` is the day of the event, which does not count (§ 187(1)); with `start_counts` it is the first day of the
    period (§ 187(2), as for ages), and a period of months then ends on the day before the same number.

    >>> period_end(date(2026, 1, 31), Period(months=1))
    datetime.date(2026, 2, 28)
    >>> period_end(date(2026, 1, 1), Period(months=1), start_counts=True)
    datetime.date(2026, 1, 31)
    """
    event = start - _DAY if start_counts else start
    months = period.years * 12 + period.months
    end = _same_number(start, months, start_counts) if months else event
    return end + timedelta(days=period.days + 7 * period.weeks + 15 * period.half_months)


def _same_number(start: date, months: int, start_counts: bool) -> date:
    """Return the day with the start's number, or the day before it where the start counts (§ 188(2), (3) BGB)."""
    target = add_months(start, months)
    shortened = target.day != start.day
    return target if shortened or not start_counts else target - _DAY


def deadline(start: date, period: Period, place: str, *, start_counts: bool = False) -> date:
    """Return the last day on which an act is in time: the period's end, moved to a working day (§ 193 BGB).

    >>> deadline(date(2026, 9, 3), Period(months=1), "HH")
    datetime.date(2026, 10, 5)
    """
    return next_working_day(period_end(start, period, start_counts=start_counts), place)


def extend(old_end: date, period: Period) -> date:
    """Return the end of an extended period: the new one is counted from the end of the old one (§ 190 BGB)."""
    return period_end(old_end, period)


def loose_days(months: int = 0, years: int = 0) -> int:
    """Return the days of a time that need not run on end: a month has 30, a year 365 (§ 191 BGB)."""
    return 30 * months + 365 * years


def part_of_month(year: int, month: int, part: Literal["beginning", "middle", "end"]) -> date:
    """Return the first, the fifteenth or the last day of the month (§ 192 BGB)."""
    return date(year, month, {"beginning": 1, "middle": 15, "end": monthrange(year, month)[1]}[part])
