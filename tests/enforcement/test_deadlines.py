"""Deadlines: the fiction of notice across its change, weekends and holidays by Land, lengths people write."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.deadlines import PeriodLengthError, counted, deadline_of, notice_day, parse_length
from enforcement.law import packaged_law
from enforcement.law.figures import DayBeforeLawError, FigureUnknownError
from sepa.calendar import LAENDER, is_working_day


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("source", "posted", "notice"),
    [
        ("§ 122(2), § 108(3) AO: fourth day a Sunday", "2026-11-04", "2026-11-09"),
        ("§ 122(2), § 108(3) AO: fourth day Reformationstag", "2026-10-27", "2026-11-02"),
        ("§ 122(2), § 108(3) AO: fourth day 26 December", "2026-12-22", "2026-12-28"),
        ("PostModG: third day for what was posted in 2024", "2024-12-30", "2025-01-02"),
        ("PostModG: fourth day from 2025", "2025-01-02", "2025-01-06"),
    ],
)
def test_a_notice_by_post_counts_as_given(source, posted, notice):
    assert notice_day(day(posted)).end == day(notice), source


@pytest.mark.parametrize(
    ("received", "notice"), [("2026-11-05", "2026-11-09"), ("2026-11-09", "2026-11-09"), ("2026-11-12", "2026-11-12")]
)
def test_only_a_later_receipt_counts(received, notice):
    assert notice_day(day("2026-11-04"), received=day(received)).end == day(notice)


def test_the_same_letter_counts_otherwise_where_the_holiday_is_none():
    assert deadline_of("bekanntgabe_ao", day("2026-10-26"), land="HH").end == day("2026-10-30")
    assert deadline_of("schonfrist_ao", day("2026-10-28"), land="HH").end == day("2026-11-02")
    assert deadline_of("leistungsgebot_ao", day("2025-10-24"), land="HH").end == day("2025-11-03")
    assert deadline_of("leistungsgebot_ao", day("2025-10-24"), land="BY").end == day("2025-10-31")


def test_doubt_about_a_moved_notice_shows_only_where_it_moves():
    assert [finding.code for finding in deadline_of("bekanntgabe_vwvfg", day("2026-11-04")).findings] == [
        "law.open_point"
    ]
    assert deadline_of("bekanntgabe_vwvfg", day("2026-11-02")).findings == ()


@pytest.mark.parametrize(
    ("source", "rule", "start", "end"),
    [
        ("§ 67 OWiG", "einspruch_owig", "2026-11-04", "2026-11-18"),
        ("§ 95(1) OWiG", "beitreibung_owig", "2026-11-04", "2026-11-18"),
        ("§ 254(1) AO", "leistungsgebot_ao", "2026-11-04", "2026-11-11"),
        ("§ 3(3) VwVG", "mahnung_vwvg", "2026-11-07", "2026-11-16"),
        ("§ 5(2) JBeitrG", "zahlung_jbeitrg", "2026-11-04", "2026-11-18"),
        ("§ 840 ZPO", "drittschuldnererklaerung", "2026-12-11", "2026-12-28"),
        ("§ 284(6) AO", "vermoegensauskunft_termin", "2026-01-31", "2026-03-02"),
        ("§ 284(4) AO", "vermoegensauskunft_sperre", "2026-01-31", "2028-01-31"),
        ("§ 882e ZPO", "schuldnerverzeichnis_loeschung", "2026-01-31", "2029-01-31"),
        ("§ 10 VwZG", "zustellung_oeffentlich", "2026-11-01", "2026-11-15"),
        ("§ 14 BGebG", "faelligkeit_bgebg", "2026-11-02", "2026-11-12"),
        ("Kasse.Hamburg, ten days", "mahnlauf_hamburg", "2026-11-02", "2026-11-12"),
    ],
)
def test_a_deadline_of_the_law_ends(source, rule, start, end):
    found = deadline_of(rule, day(start))
    assert found.end == day(end), source
    assert found.earliest == day(end) + dt.timedelta(days=1)
    assert all(step.format(**found.fields()) for step in found.steps)


@pytest.mark.parametrize(
    ("source", "start", "length", "shifts", "end"),
    [
        ("§ 188(2) BGB", "2026-09-03", "1m", True, "2026-10-05"),
        ("§ 188(2) BGB, not moved", "2026-09-03", "1m", False, "2026-10-03"),
        ("§ 188(3) BGB", "2026-01-31", "1m", False, "2026-02-28"),
        ("§ 187(1) BGB", "2026-11-20", "1d", False, "2026-11-21"),
        ("§ 193 BGB", "2026-11-20", "1d", True, "2026-11-23"),
        ("§ 188(2) BGB, weeks", "2026-11-20", "2w", True, "2026-12-04"),
        ("§ 188(3) BGB, leap day", "2024-02-29", "1y", False, "2025-02-28"),
        ("working days over Christmas", "2026-12-23", "4wd", True, "2026-12-30"),
    ],
)
def test_any_length_is_counted(source, start, length, shifts, end):
    number, unit = parse_length(length)
    assert counted(day(start), number, unit, shifts=shifts).end == day(end), source


@pytest.mark.parametrize("text", ["", "2", "w", "-1d", "1.5m", "2 weeks"])
def test_a_length_nobody_can_read_is_refused(text):
    with pytest.raises(PeriodLengthError):
        parse_length(text)


@pytest.mark.parametrize(
    ("error", "rule", "start"),
    [(FigureUnknownError, "no_such_deadline", "2026-01-01"), (DayBeforeLawError, "bekanntgabe_ao", "2001-12-31")],
)
def test_what_is_not_known_is_refused(error, rule, start):
    with pytest.raises(error):
        deadline_of(rule, day(start))


@given(
    rule=st.sampled_from(sorted(packaged_law().deadlines)),
    start=st.dates(dt.date(2025, 1, 1), dt.date(2040, 12, 31)),
    land=st.sampled_from(LAENDER),
)
def test_a_deadline_ends_on_or_after_its_count_and_on_a_working_day_where_it_moves(rule, start, land):
    found = deadline_of(rule, start, land=land)
    assert start < found.unmoved <= found.end
    if packaged_law().deadline(rule).shifts:
        assert is_working_day(found.end, land)
