"""The law files: every value dated and sourced, official series complete, doubts and limits surfaced."""

import csv
import datetime as dt
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.charges import Claim, accrue
from enforcement.charges_bulk import Accruer
from enforcement.law import catalogue, packaged_law
from enforcement.law.figures import DayAfterLawError, DayBeforeLawError
from enforcement.law.notes import NOTES
from enforcement.limitation_rules import limitation_rules
from tests.conftest import needs
from tests.paths import DATA

LAW = packaged_law()
SERIES = [*LAW.figures.values(), *LAW.schedules.values(), LAW.garnishment]


def test_the_base_rates_are_those_of_the_bundesbank():
    path = DATA / "basiszins.csv"
    needs("corpora", path.exists(), f"no official values at {path}")
    with path.open(encoding="utf-8", newline="") as file:
        official = {row["valid_from"]: Decimal(row["rate_pct"]) for row in csv.DictReader(file)}
    found = {entry.valid_from.isoformat(): entry.value for entry in LAW.figure("basiszins").entries}
    assert found == official


@pytest.mark.parametrize(
    ("on", "rate"),
    [("2002-01-01", "2.57"), ("2003-01-01", "1.97"), ("2016-07-01", "-0.88"), ("2022-12-31", "-0.88"), ("2025-07-01", "1.27"), ("2026-12-31", "1.52")],
)  # fmt: skip
def test_a_base_rate_holds_on_its_days(on, rate):
    assert LAW.figure("basiszins").on(dt.date.fromisoformat(on)).value == Decimal(rate), "§ 247 BGB"


@pytest.mark.parametrize("series", SERIES, ids=lambda series: series.name)
def test_every_value_has_a_day_a_paragraph_and_a_source(series):
    assert series.title_de
    assert series.title_en
    assert all(entry.norm and entry.source for entry in series.entries)


def test_no_unconfirmed_value_is_without_a_reason():
    doubtful = [entry for series in SERIES for entry in series.entries if not entry.confirmed]
    words = ("general knowledge", "not read", "not seen", "undated", "not found", "later editions", "date")
    assert doubtful
    assert [entry.source for entry in doubtful if not any(word in entry.source for word in words)] == []


@pytest.mark.parametrize("name", sorted(LAW.charges))
def test_every_figure_a_charge_names_is_known(name):
    rule = LAW.charge(name)
    named = (rule.rate, rule.base_rate, rule.floor, rule.grace, rule.over, rule.alone, rule.least)
    assert all(LAW.figure(figure) for figure in named if figure)


@pytest.mark.parametrize("name", sorted(LAW.deadlines))
def test_every_length_a_deadline_names_is_a_whole_number(name):
    assert all(entry.value == int(entry.value) for entry in LAW.figure(LAW.deadline(name).length).entries)


@pytest.mark.parametrize("name", sorted(limitation_rules(LAW)))
def test_every_rule_that_takes_over_is_known(name):
    assert all(following in limitation_rules(LAW) for following in limitation_rules(LAW)[name].becomes.values())


@pytest.mark.parametrize(("name", "last"), [("basiszins", dt.date(2026, 12, 31)), ("zpo850c", dt.date(2027, 6, 30))])
def test_beyond_the_last_known_day_the_law_refuses(name, last):
    series = LAW.garnishment if name == "zpo850c" else LAW.figure(name)
    assert series.on(last)
    with pytest.raises(DayAfterLawError) as refused:
        series.on(last + dt.timedelta(days=1))
    assert refused.value.fields["known_until"] == last
    assert str(refused.value.fields["file"]).startswith("enforcement/law/")


def test_before_the_first_known_day_the_law_refuses():
    with pytest.raises(DayBeforeLawError):
        LAW.figure("basiszins").on(dt.date(2001, 12, 31))


def test_spans_cover_every_day_once():
    spans = list(LAW.figure("basiszins").spans(dt.date(2022, 12, 1), dt.date(2024, 1, 1)))
    assert [(start.isoformat(), end.isoformat()) for start, end, _ in spans] == [
        ("2022-12-01", "2022-12-31"),
        ("2023-01-01", "2023-06-30"),
        ("2023-07-01", "2023-12-31"),
        ("2024-01-01", "2024-01-01"),
    ]


@given(
    rule=st.sampled_from(sorted(LAW.charges)),
    amount=st.integers(0, 100_000_00),
    due=st.dates(dt.date(2014, 8, 1), dt.date(2026, 12, 31)),
    until=st.dates(dt.date(2014, 8, 1), dt.date(2026, 12, 31)),
)
def test_the_bulk_charge_agrees_with_the_worked_one(rule, amount, due, until):
    bulk = Accruer(rule, until)
    assert bulk.cents(amount, due) == bulk.cents(amount, due) == accrue(rule, Claim(amount, due), until).cents


def notes(found):
    """Yield every open point and source of parsed law data."""
    if isinstance(found, list):
        for part in found:
            yield from notes(part)
    elif isinstance(found, dict):
        for key, part in found.items():
            if key == "open_points":
                yield from part
            elif key == "source" and isinstance(part, str):
                yield part
            else:
                yield from notes(part)


ENGLISH = re.compile(r"\b(text|copy|copies|read|value|day|of|not|the|page|edition|former)\b")


def test_every_note_of_the_packaged_law_can_be_translated():
    folder = Path(catalogue.__file__).parent
    found = {note for file in folder.glob("*.toml") for note in notes(tomllib.loads(file.read_text("utf-8")))}
    missing = {note for note in found - set(NOTES) if ENGLISH.search(note)}
    assert missing == set()
    assert set(NOTES) <= found, "and no other"
