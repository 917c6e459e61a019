"""Calendar: TARGET days beside an independent list, periods by the cases of the BGB."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.calendar import (
    LAENDER,
    CalendarYearError,
    Period,
    UnknownHolidayError,
    UnknownLandError,
    add_months,
    add_target_days,
    deadline,
    easter,
    extend,
    is_target_day,
    is_working_day,
    loose_days,
    next_target_day,
    next_working_day,
    part_of_month,
    period_end,
    previous_target_day,
    previous_working_day,
    public_holidays,
)

DAYS = st.dates(date(2002, 7, 1), date(2099, 12, 31))


@pytest.mark.parametrize("year", range(2002, 2100))
def test_target_closing_days_agree_with_an_independent_list(year: int) -> None:
    closed = set(holidays.financial_holidays("XECB", years=[year]))
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [d for d in days if is_target_day(d)] == [d for d in days if d.weekday() < 5 and d not in closed]


def test_target_is_not_computed_for_years_with_other_closing_days() -> None:
    with pytest.raises(CalendarYearError):
        is_target_day(date(2001, 12, 31))


EASTERS = {1961: (4, 2), 2000: (4, 23), 2008: (3, 23), 2011: (4, 24), 2026: (4, 5), 2027: (3, 28), 2038: (4, 25)}


@pytest.mark.parametrize(("year", "day"), EASTERS.items(), ids=map(str, EASTERS))
def test_easter_is_where_the_church_puts_it(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@given(DAYS)
def test_next_and_previous_target_day_enclose_no_open_day(day: date) -> None:
    after, before = next_target_day(day), previous_target_day(day)
    assert is_target_day(after)
    assert is_target_day(before)
    between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert not any(is_target_day(other) for other in between)
    assert (before == day == after) is is_target_day(day)


@given(DAYS.filter(is_target_day), st.integers(0, 30))
def test_target_days_added_can_be_taken_back(day: date, count: int) -> None:
    assert add_target_days(add_target_days(day, count), -count) == day


def test_one_target_day_after_a_weekend_day_is_the_first_open_day() -> None:
    assert add_target_days(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert add_target_days(date(2026, 11, 21), 0) == date(2026, 11, 21)


HOLIDAYS = {
    "Reformation day in Hamburg, since 2018": (date(2025, 10, 31), "HH", False),
    "Reformation day in Bavaria": (date(2025, 10, 31), "BY", True),
    "Corpus Christi in Bavaria": (date(2026, 6, 4), "BY", False),
    "Corpus Christi in Hamburg": (date(2026, 6, 4), "HH", True),
    "Women's day in Berlin 2027": (date(2027, 3, 8), "BE", False),
    "Easter Monday is closed everywhere": (date(2026, 4, 6), "TH", False),
    "Christmas Eve is a working day": (date(2026, 12, 24), "HH", True),
    "Saturday": (date(2026, 11, 21), "HH", False),
    "Assumption Day in Bavaria": (date(2028, 8, 15), "BY", True),
    "Assumption Day in a Catholic municipality, Art. 1 (1) no. 2 BayFTG": (
        date(2028, 8, 15),
        "BY+mariae_himmelfahrt",
        False,
    ),
    "Peace Festival of Augsburg, Art. 1 (2) BayFTG": (date(2028, 8, 8), "BY+friedensfest+mariae_himmelfahrt", False),
    "Corpus Christi in Thuringia": (date(2026, 6, 4), "TH", True),
    "Corpus Christi in the Eichsfeld, § 2 (2) ThürFGtG": (date(2026, 6, 4), "TH+fronleichnam", False),
    "500 years of Reformation, all Laender": (date(2017, 10, 31), "BY", False),
}


@pytest.mark.parametrize(("day", "land", "works"), HOLIDAYS.values(), ids=HOLIDAYS.keys())
def test_offices_work_by_the_holidays_of_their_land(day: date, land: str, works: bool) -> None:
    assert is_working_day(day, land) is works


@given(st.dates(date(1991, 2, 1), date(2099, 11, 30)), st.sampled_from(LAENDER))
def test_next_and_previous_working_day_enclose_none(day: date, land: str) -> None:
    after, before = next_working_day(day, land), previous_working_day(day, land)
    assert before <= day <= after
    assert is_working_day(after, land)
    assert is_working_day(before, land)
    between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert not any(is_working_day(other, land) for other in between)


def test_unknown_laender_and_years_are_refused() -> None:
    with pytest.raises(UnknownLandError):
        public_holidays("XX", 2026)
    with pytest.raises(CalendarYearError):
        public_holidays("HH", 1990)
    with pytest.raises(UnknownHolidayError):
        public_holidays("HH+fronleichnam", 2026)


@given(st.integers(1991, 2099))
def test_local_holidays_are_those_of_the_package(year: int) -> None:
    catholic = ("public", "catholic")
    for place, code, kinds in (
        ("BY+mariae_himmelfahrt", "BY", catholic), ("SN+fronleichnam", "SN", catholic), ("TH+fronleichnam", "TH", catholic),
        ("BY+friedensfest+mariae_himmelfahrt", "Augsburg", ("public",)),
    ):  # fmt: skip
        assert public_holidays(place, year) == set(
            holidays.country_holidays("DE", subdiv=code, categories=kinds, years=[year])
        )


ENDS = {
    "§ 187(1), 188(1) BGB: 14 days": (date(2026, 11, 2), Period(days=14), date(2026, 11, 16)),
    "§ 188(2) BGB: a week ends on the same weekday": (date(2026, 11, 4), Period(weeks=1), date(2026, 11, 11)),
    "§ 188(2) BGB: a month ends on the same number": (date(2026, 3, 15), Period(months=1), date(2026, 4, 15)),
    "§ 188(3) BGB: 31 January and a month": (date(2026, 1, 31), Period(months=1), date(2026, 2, 28)),
    "§ 188(3) BGB: in a leap year": (date(2028, 1, 31), Period(months=1), date(2028, 2, 29)),
    "§ 188(2) BGB: 28 February and a month": (date(2026, 2, 28), Period(months=1), date(2026, 3, 28)),
    "§ 188(2) BGB: three years": (date(2025, 12, 31), Period(years=3), date(2028, 12, 31)),
    "§ 188(3) BGB: leap day and a year": (date(2028, 2, 29), Period(years=1), date(2029, 2, 28)),
    "§ 189(1) BGB: half a month is 15 days": (date(2026, 2, 10), Period(half_months=1), date(2026, 2, 25)),
    "§ 189(2) BGB: the half month is counted last": (
        date(2026, 1, 31),
        Period(months=1, half_months=1),
        date(2026, 3, 15),
    ),
    "no length": (date(2026, 1, 31), Period(), date(2026, 1, 31)),
}


@pytest.mark.parametrize(("event", "period", "end"), ENDS.values(), ids=ENDS.keys())
def test_a_period_ends_as_the_bgb_says(event: date, period: Period, end: date) -> None:
    assert period_end(event, period) == end


STARTS = {
    "§ 187(2), 188(2) BGB: January": (date(2026, 1, 1), Period(months=1), date(2026, 1, 31)),
    "§ 187(2), 188(2) BGB: a week from Monday": (date(2026, 11, 2), Period(weeks=1), date(2026, 11, 8)),
    "§ 187(2) BGB: 18 years of life end the day before the birthday": (
        date(2008, 5, 17),
        Period(years=18),
        date(2026, 5, 16),
    ),
    "§ 188(3) BGB: a month from the 31st": (date(2026, 1, 31), Period(months=1), date(2026, 2, 28)),
    "a year from 1 January": (date(2026, 1, 1), Period(years=1), date(2026, 12, 31)),
    "ten days from the first": (date(2026, 1, 1), Period(days=10), date(2026, 1, 10)),
}


@pytest.mark.parametrize(("start", "period", "end"), STARTS.values(), ids=STARTS.keys())
def test_a_period_whose_first_day_counts_ends_a_day_earlier(start: date, period: Period, end: date) -> None:
    assert period_end(start, period, start_counts=True) == end


DEADLINES = {
    "§ 193 BGB: Saturday to Monday": (date(2026, 9, 3), Period(months=1), "HH", date(2026, 10, 5)),
    "§ 193 BGB: holiday of the Land": (date(2026, 9, 30), Period(months=1), "HH", date(2026, 10, 30)),
    "§ 193 BGB: Corpus Christi in Bavaria": (date(2026, 5, 4), Period(months=1), "BY", date(2026, 6, 5)),
    "§ 193 BGB: Corpus Christi is no holiday in Hamburg": (
        date(2026, 5, 4),
        Period(months=1),
        "HH",
        date(2026, 6, 4),
    ),
    "§ 193 BGB: Christmas 2026 on Friday": (date(2026, 11, 25), Period(months=1), "HH", date(2026, 12, 28)),
}


@pytest.mark.parametrize(("event", "period", "land", "last"), DEADLINES.values(), ids=DEADLINES.keys())
def test_a_deadline_falls_on_a_working_day(event: date, period: Period, land: str, last: date) -> None:
    assert deadline(event, period, land) == last


def test_an_extension_counts_from_the_old_end() -> None:
    """§ 190 BGB."""
    assert extend(period_end(date(2026, 1, 31), Period(months=1)), Period(months=1)) == date(2026, 3, 28)


def test_loose_months_and_parts_of_months() -> None:
    """§§ 191, 192 BGB."""
    assert loose_days(months=3, years=2) == 820
    assert part_of_month(2028, 2, "beginning") == date(2028, 2, 1)
    assert part_of_month(2028, 2, "middle") == date(2028, 2, 15)
    assert part_of_month(2028, 2, "end") == date(2028, 2, 29)


@given(DAYS, st.integers(-240, 240))
def test_months_are_added_to_the_same_number_or_the_last_day(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
