"""Fees for a Mahnung, costs of enforcement, small amounts: the tables of the sources."""

import datetime as dt
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.charges import dunning_fee, small_amount
from enforcement.charges_values import ClaimAmountError
from enforcement.costs import Act, CostAmountError, CostCountError, CostFactorError, cost_table, costs
from enforcement.law import packaged_law
from enforcement.law.figures import DayBeforeLawError, FigureUnknownError
from sepa.money import parse_amount

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("source", "schedule", "amount", "on", "expected"),
    [
        ("§ 19(2) VwVG, least", "vwvg.mahnung", "0,01", TODAY, "5,00"),
        ("§ 19(2) VwVG, 5.00005 up", "vwvg.mahnung", "1000,01", TODAY, "6,00"),
        ("§ 19(2) VwVG, 16.67 up", "vwvg.mahnung", "3333,33", TODAY, "17,00"),
        ("§ 19(2) VwVG, most", "vwvg.mahnung", "30100,00", TODAY, "150,00"),
        ("§ 9 VO VwVG NRW, flat", "nrw.mahnung", "50,00", TODAY, "6,00"),
        ("§ 9 VO VwVG NRW, down", "nrw.mahnung", "250,80", TODAY, "8,00"),
        ("§ 9 VO VwVG NRW, 52.50 capped", "nrw.mahnung", "4700,00", TODAY, "52,00"),
        ("§ 9 VO VwVG NRW, capped", "nrw.mahnung", "9000,00", TODAY, "52,00"),
        ("Nr. 1503 KV JVKostG", "jbeitrg.mahnung", "1,00", TODAY, "5,00"),
        ("§ 5 VKO to 2021", "vko.mahnung", "1,00", dt.date(2021, 12, 31), "3,00"),
        ("§ 5 VKO, HmbGVBl. 2021 S. 882", "vko.mahnung", "1,00", dt.date(2022, 1, 1), "3,10"),
    ],
    ids=lambda value: value if isinstance(value, str) and ("§" in value or "Nr" in value) else None,
)
def test_the_fee_for_a_mahnung(source, schedule, amount, on, expected):
    assert dunning_fee(schedule, parse_amount(amount), on).cents == parse_amount(expected), source


def test_without_surcharges_the_fee_in_nrw_has_no_upper_bound():
    assert dunning_fee("nrw.mahnung", 9_000_00, TODAY, capped=False).cents == 95_00


def test_an_amount_that_was_not_read_warns_with_its_source():
    (warning,) = dunning_fee("vko.mahnung", 100, TODAY).findings
    assert (warning.code, warning.severity) == ("law.unconfirmed", "warning")
    assert "vko.mahnung (§ 5 VKO HH)" in str(warning)
    assert dunning_fee("vko.mahnung", 100, dt.date(2022, 6, 1)).findings == ()


def test_a_mahnung_about_a_negative_amount_is_refused():
    with pytest.raises(ClaimAmountError):
        dunning_fee("vwvg.mahnung", -1, TODAY)


@pytest.mark.parametrize(
    ("source", "name", "amount", "on", "expected"),
    [
        ("Anlage VKO", "vko.pfaendung", "1000,00", TODAY, "46,00"),
        ("Anlage VKO", "vko.pfaendung", "1000,01", TODAY, "51,00"),
        ("Anlage VKO", "vko.pfaendung", "2600,00", TODAY, "66,00"),
        ("Anlage VKO", "vko.pfaendung", "5000,00", TODAY, "86,00"),
        ("Anlage VKO", "vko.pfaendung", "5000,01", TODAY, "91,00"),
        ("Anlage VKO", "vko.pfaendung", "12345,67", TODAY, "126,00"),
        ("HmbGVBl. 2014 S. 509", "vko.pfaendung", "5000,00", dt.date(2015, 1, 1), "78,00"),
        ("HmbGVBl. 2018 S. 412, old", "vko.pfaendung", "1500,00", dt.date(2018, 12, 31), "45,00"),
        ("HmbGVBl. 2018 S. 412, new", "vko.pfaendung", "5000,00", dt.date(2019, 1, 1), "85,00"),
        ("HmbGVBl. 2021 S. 882", "vko.wegnahme_person", "0,00", dt.date(2022, 1, 1), "26,90"),
        ("HmbGVBl. 2021 S. 882", "vko.wegnahme_sache", "0,00", dt.date(2022, 1, 1), "21,10"),
        ("HmbGVBl. 2022 S. 608", "vko.wegnahme_person", "0,00", TODAY, "27,70"),
        ("HmbGVBl. 2021 S. 882", "vko.zustellung", "0,00", dt.date(2021, 12, 31), "7,50"),
        ("HmbGVBl. 2021 S. 882", "vko.wegegeld", "0,00", dt.date(2022, 1, 1), "6,00"),
        ("§ 339 AO, 2013-02", "ao.pfaendung", "0,00", dt.date(2013, 2, 1), "20,00"),
        ("§ 339 AO, 2026-04", "ao.pfaendung", "0,00", TODAY, "28,60"),
        ("§ 341 AO, 2026-04", "ao.verwertung", "0,00", TODAY, "57,20"),
        ("KV GvKostG to 2025-05", "gvkostg.pfaendung", "0,00", dt.date(2025, 5, 31), "28,60"),
        ("KV GvKostG since 2025-06", "gvkostg.pfaendung", "0,00", dt.date(2025, 6, 1), "31,20"),
        ("KV GvKostG to 2025-05", "gvkostg.vermoegensauskunft", "0,00", dt.date(2025, 5, 31), "36,30"),
        ("KV GvKostG, 20 %", "gvkostg.auslagen", "31,20", TODAY, "6,24"),
        ("KV GvKostG, least", "gvkostg.auslagen", "12,00", TODAY, "3,00"),
        ("KV GvKostG, most", "gvkostg.auslagen", "62,40", TODAY, "10,00"),
        ("§ 107 OWiG, least", "owig.gebuehr", "100,00", TODAY, "25,00"),
        ("§ 107 OWiG, 5 %", "owig.gebuehr", "1000,00", TODAY, "50,00"),
        ("§ 107 OWiG, most", "owig.gebuehr", "200000,00", TODAY, "7500,00"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and " " not in value else None,
)
def test_a_cost_comes_from_its_table(source, name, amount, on, expected):
    assert costs((Act(name, parse_amount(amount)),), on).cents == parse_amount(expected), source


def test_half_and_double_fees_of_the_vko():
    half, double = (
        Act("vko.pfaendung", 1_000_01, times=Fraction(1, 2)),
        Act("vko.pfaendung", 1_000_01, times=Fraction(2)),
    )
    assert [costs((act,), TODAY).cents for act in (half, double)] == [25_50, 102_00]


def test_costs_of_several_acts_are_rounded_up_together_in_hamburg():
    # half of 51 is 25.50, and 2 copies at 0.15 make 25.80; one copy makes 25.65, rounded up 25.70
    acts = (Act("vko.pfaendung", 1_000_01, times=Fraction(1, 2)), Act("ao.kopie_weitere"))
    made = costs(acts, TODAY, round_up="hmbvwvg39.round_up")
    assert made.cents == 25_70
    assert [line.cents for line in made.lines] == [25_50, 15, 5]
    assert costs((*acts, acts[1]), TODAY, round_up="hmbvwvg39.round_up").cents == 25_80


@pytest.mark.parametrize(
    ("error", "make"),
    [
        (CostCountError, lambda: Act("ao.kopie", count=0)),
        (CostFactorError, lambda: Act("ao.pfaendung", times=Fraction(-1, 2))),
        (CostAmountError, lambda: Act("vko.pfaendung", -1)),
        (FigureUnknownError, lambda: costs((Act("vko.nothing"),), TODAY)),
        (DayBeforeLawError, lambda: costs((Act("vko.pfaendung", 1),), dt.date(2014, 12, 31))),
    ],
)
def test_what_no_table_has_is_refused(error, make):
    with pytest.raises(error):
        make()


def test_a_cost_table_lists_its_lines():
    names = [series.name for series in cost_table("gkg")]
    assert names == ["gkg.haftbefehl", "gkg.vermoegensauskunft", "gkg.vollstreckung", "gkg.zustellung"]


@pytest.mark.parametrize(
    ("figure", "cents", "on", "below"),
    [
        ("kleinbetrag.ao.dunning", 9_99, dt.date(2025, 1, 2), True),
        ("kleinbetrag.ao.dunning", 10_00, dt.date(2025, 1, 2), False),
        ("kleinbetrag.ao.dunning", 3_00, dt.date(2025, 1, 1), False),
        ("kleinbetrag.ao.dunning", 2_99, dt.date(2025, 1, 1), True),
        ("kleinbetrag.ao.charge", 4_99, TODAY, True),
        ("kleinbetrag.ao.charge", 5_00, TODAY, False),
        ("kleinbetrag.nrw.enforcement", 24_99, TODAY, True),
    ],
    ids=str,
)
def test_small_amounts(figure, cents, on, below):
    assert small_amount(figure, cents, on).below is below


@given(
    name=st.sampled_from(sorted(packaged_law().schedules)),
    amount=st.integers(0, 1_000_000_00),
    more=st.integers(0, 9_999),
)
def test_a_fee_never_falls_when_the_amount_rises(name, amount, more):
    schedule = packaged_law().schedule(name).on(TODAY).value
    assert 0 <= schedule.fee_cents(amount) <= schedule.fee_cents(amount + more)


REFUSED = {  # what the calculators would otherwise compute as if nothing had been said
    "law costs ao.pfaendung=-1": "cost.factor",
    "law costs ao.pfaendung=0": "cost.factor",
    "law charges --amount 100 --due 2026-05-04 --from 2026-06-01 --until 2026-08-12 --profile tax": "charge.first_day",
}


@pytest.mark.parametrize("line", REFUSED)
def test_the_calculators_refuse_what_they_cannot_count(line):
    done = subprocess.run(
        [sys.executable, "-m", "kasse_cli", *line.split(), "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert REFUSED[line] in done.stdout + done.stderr
