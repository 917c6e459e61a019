"""§ 850c ZPO: every official cell at hand, both ends of each bracket, and what no table may break."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.garnishment import (
    NegativeDependantsError,
    NegativeNetError,
    PeriodUnknownError,
    garnishable_cents,
    garnishment,
)
from enforcement.law import packaged_law
from enforcement.law.figures import DayAfterLawError, DayBeforeLawError
from sepa.money import parse_amount
from tests.conftest import needs
from tests.paths import DATA

HERE = Path(__file__).parent / "data"
PERIODS = {"m": "monthly", "w": "weekly", "d": "daily"}
TABLE_DAYS = [entry.valid_from for entry in packaged_law().garnishment.entries]


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cents(text):
    return parse_amount(text)


@pytest.mark.parametrize("row", rows(HERE / "pfaendungstabelle.csv"), ids=lambda row: f"{row['source']}: {row['net']}")
def test_the_monthly_tables_since_2021_come_out_as_printed(row):
    day = dt.date.fromisoformat(row["valid_from"])
    for dependants in range(6):
        assert garnishable_cents(cents(row["net"]), dependants, on=day) == cents(row[str(dependants)])


def test_the_sampled_brackets_come_out_as_printed():
    path = DATA / "garnishment_vectors.csv"
    needs("corpora", path.exists(), f"no official values at {path}")
    assert len(rows(path)) > 10
    for row in rows(path):
        day, period = dt.date.fromisoformat(row["valid_from"]), PERIODS[row["period"]]
        found = garnishable_cents(cents(row["net"]), int(row["dependants"]), on=day, period=period)
        assert found == cents(row["garnishable"]), row


@pytest.mark.parametrize("year", [2015, 2019])
def test_the_daily_tables_printed_from_finer_limits_come_out_in_every_cell(year):
    path = DATA / f"garnishment_{year}_daily.csv"
    needs("corpora", path.exists(), f"no official table at {path}")
    for row in rows(path):
        for end in ("von", "bis"):
            for dependants in range(6):
                found = garnishable_cents(cents(row[end]), dependants, on=dt.date(year, 7, 1), period="daily")
                assert found == cents(row[f"p{dependants}"]), (row, dependants)


@pytest.mark.parametrize(
    ("source", "net", "dependants", "on", "period", "expected"),
    [
        ("BGBl. 2026 I Nr. 80, weekly", "505,00", 1, "2026-07-01", "weekly", "1,09"),
        ("BGBl. 2026 I Nr. 80, daily", "73,50", 0, "2026-07-01", "daily", "0,31"),
        ("daily 2019, first bracket", "54,50", 0, "2019-07-01", "daily", "0,17"),
        ("daily 2019, three dependants", "97,50", 3, "2019-07-01", "daily", "0,02"),
        ("daily 2019, at the cap", "166,30", 0, "2019-07-01", "daily", "78,22"),
        ("daily 2019, a cent above the cap", "166,31", 0, "2019-07-01", "daily", "78,23"),
        ("daily 2015, odd cell", "68,50", 1, "2015-07-01", "daily", "0,23"),
        ("daily 2015, end of the last odd cell", "70,49", 1, "2015-07-01", "daily", "0,98"),
        ("daily 2015, the cell after it", "70,50", 1, "2015-07-01", "daily", "1,24"),
        ("2026, net equals the free amount", "1587,40", 0, "2026-07-01", "monthly", "0,00"),
        ("2026, last cent of the free bracket", "1589,99", 0, "2026-07-01", "monthly", "0,00"),
        ("2026, first bracket", "1590,00", 0, "2026-07-01", "monthly", "1,82"),
        ("2026, the cap lies inside a bracket", "4866,30", 0, "2026-07-01", "monthly", "2290,82"),
        ("2026, all above the cap is taken", "4866,31", 0, "2026-07-01", "monthly", "2290,83"),
        ("2011, first table", "1030,00", 0, "2011-07-01", "monthly", "0,78"),
    ],
)
def test_a_cell_comes_out_as_printed(source, net, dependants, on, period, expected):
    day = dt.date.fromisoformat(on)
    assert garnishable_cents(cents(net), dependants, on=day, period=period) == cents(expected), source


def test_the_old_table_holds_to_the_last_day_of_june():
    june, july = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
    assert garnishable_cents(2_000_00, 0, on=june) == 311_50
    assert garnishable_cents(2_000_00, 0, on=july) == 288_82


def test_more_than_five_dependants_count_as_five():
    day = dt.date(2026, 7, 1)
    assert garnishable_cents(4_000_00, 9, on=day) == garnishable_cents(4_000_00, 5, on=day) == 48_39


@pytest.mark.parametrize(
    ("error", "net", "dependants", "on", "period"),
    [
        (NegativeNetError, -1, 0, dt.date(2026, 7, 1), "monthly"),
        (NegativeDependantsError, 100, -1, dt.date(2026, 7, 1), "monthly"),
        (PeriodUnknownError, 100, 0, dt.date(2026, 7, 1), "yearly"),
        (DayBeforeLawError, 100, 0, dt.date(2011, 6, 30), "monthly"),
        (DayAfterLawError, 100, 0, dt.date(2027, 7, 1), "monthly"),
    ],
)
def test_what_no_table_answers_is_refused(error, net, dependants, on, period):
    with pytest.raises(error):
        garnishable_cents(net, dependants, on=on, period=period)


def test_the_refusal_beyond_the_last_table_says_what_to_update():
    with pytest.raises(DayAfterLawError) as refused:
        garnishable_cents(100, 0, on=dt.date(2027, 7, 1))
    assert refused.value.fields["known_until"] == dt.date(2027, 6, 30)
    assert refused.value.fields["file"] == "enforcement/law/garnishment.toml"


def test_the_last_known_day_is_still_answered():
    assert garnishable_cents(2_000_00, 0, on=dt.date(2027, 6, 30)) == 288_82


def test_the_working_shows_free_amount_bracket_and_share():
    worked = garnishment(5_000_00, 2, on=dt.date(2026, 7, 1))
    assert worked.source == "BGBl. 2026 I Nr. 80"
    assert (worked.free_cents, worked.bracket_cents, worked.tenths) == (2_517_65, 4_860_00, 4)
    assert (worked.share_cents, worked.above_cents) == (936_94, 133_70)
    assert worked.garnishable_cents + worked.kept_cents == 5_000_00


NETS = st.integers(0, 10_000_00)
CASES = {
    "net": NETS,
    "dependants": st.integers(0, 7),
    "day": st.sampled_from(TABLE_DAYS),
    "period": st.sampled_from(list(PERIODS.values())),
}


@given(more=st.integers(1, 500_00), **CASES)
def test_garnishable_never_falls_when_net_rises(net, more, dependants, day, period):
    lower = garnishable_cents(net, dependants, on=day, period=period)
    assert lower <= garnishable_cents(net + more, dependants, on=day, period=period)


@given(**CASES)
def test_garnishable_never_exceeds_net_nor_touches_the_free_amount(net, dependants, day, period):
    worked = garnishment(net, dependants, on=day, period=period)
    assert 0 <= worked.garnishable_cents <= net
    assert worked.kept_cents >= min(net, worked.free_cents)


@given(**CASES)
def test_a_further_dependant_never_raises_what_is_taken(net, dependants, day, period):
    fewer = garnishable_cents(net, dependants, on=day, period=period)
    assert garnishable_cents(net, dependants + 1, on=day, period=period) <= fewer


@given(**CASES)
def test_within_a_bracket_nothing_changes(net, dependants, day, period):
    limits = packaged_law().garnishment.on(day).value.limits[period]
    start = net // limits.step_cents * limits.step_cents
    end = min(start + limits.step_cents - 1, limits.cap_cents)
    if start <= limits.cap_cents:
        assert garnishable_cents(start, dependants, on=day, period=period) == garnishable_cents(
            end, dependants, on=day, period=period
        )
