"""What a cell may be in which column; every refusal names its place and a way out."""

import datetime as dt

import pytest

from kasse_cli.orders_columns import SCHEDULE
from kasse_cli.spreadsheets import (
    Cell,
    Row,
    cell_amount_cents,
    cell_choice,
    cell_count,
    cell_day,
    cell_flag,
    cell_iban,
    cell_reference,
    cell_text,
    optional,
    take,
)
from kasse_cli.spreadsheets.cells import (
    BlankCellError,
    DateCellError,
    DayRangeError,
    FlagCellError,
    InvalidChoiceError,
    InvalidCountError,
    InvalidDayCellError,
    InvalidFlagError,
    LostDigitsError,
    NumberCellError,
    NumberForDayError,
    TimeCellError,
)
from kasse_cli.spreadsheets.headings import Heading
from sepa.errors import Place
from sepa.money import AmountTooLargeError, FractionOfCentError, InvalidAmountError

DAY = dt.date(2026, 11, 21)
MIDNIGHT = dt.datetime(2026, 11, 21)
NOON = dt.datetime(2026, 11, 21, 12)


def cell(value):
    row = Row(Heading(1, ("Spalte",), {"key": 0}), Place(file="liste.xlsx", sheet="Blatt1"), 17, None, [value])
    return row["key"]


@pytest.mark.parametrize(
    ("read", "value", "meaning"),
    [
        (cell_text, "  Müller & Söhne\t", "Müller & Söhne"),
        (cell_text, 12.0, "12"),
        (cell_text, -3, "-3"),
        (cell_text, "=1+1", "=1+1"),
        (cell_reference, " 0012 345 ", "0012 345"),
        (cell_reference, "RF18 5390 0754 7034", "RF18 5390 0754 7034"),
        (cell_reference, "12E", "12E"),
        (cell_iban, "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        (cell_iban, "DE89\u00a03704\u00a00044", "DE8937040044"),
        (cell_amount_cents, "1.234,56", 123456),
        (cell_amount_cents, "1234.56 EUR", 123456),
        (cell_amount_cents, "−7,5", -750),
        (cell_amount_cents, 1234.56, 123456),
        (cell_amount_cents, 1 / 3 * 0.3, 10),
        (cell_amount_cents, 7, 700),
        (cell_day, "2026-11-21", DAY),
        (cell_day, "21.11.2026", DAY),
        (cell_day, "1.3.2026", dt.date(2026, 3, 1)),
        (cell_day, DAY, DAY),
        (cell_day, MIDNIGHT, DAY),
        (cell_day, "29.02.2028", dt.date(2028, 2, 29)),
        (cell_count, "12", 12),
        (cell_count, 12.0, 12),
        (cell_count, "-1", -1),
        (cell_flag, True, True),
        (cell_flag, False, False),
        (cell_flag, "JA", True),
        (cell_flag, "nein", False),
        (cell_flag, 1.0, True),
        (cell_flag, "x", True),
        (cell_choice({"Forderung": "receivable", "receivable": "receivable"}), "FORDERUNG", "receivable"),
        (optional(cell_day), " ", None),
        (optional(cell_day), None, None),
        (optional(cell_day), DAY, DAY),
    ],
)
def test_a_cell_means(read, value, meaning):
    assert read(cell(value)) == meaning
    assert type(read(cell(value))) is type(meaning)


@pytest.mark.parametrize(
    ("read", "value", "error"),
    [
        (cell_text, None, BlankCellError),
        (cell_text, " \t", BlankCellError),
        (cell_text, 1.5, NumberCellError),
        (cell_text, 1e15, NumberCellError),
        (cell_text, DAY, DateCellError),
        (cell_text, NOON, TimeCellError),
        (cell_text, dt.time(3, 5), TimeCellError),
        (cell_text, True, FlagCellError),
        (cell_reference, 12345.0, NumberCellError),
        (cell_reference, 12, NumberCellError),
        (cell_reference, DAY, DateCellError),
        (cell_reference, "1,23457E+12", LostDigitsError),
        (cell_reference, "1.2E+12", LostDigitsError),
        (cell_reference, "5E+11", LostDigitsError),
        (cell_iban, 12345.0, NumberCellError),
        (cell_iban, "", BlankCellError),
        (cell_amount_cents, "", BlankCellError),
        (cell_amount_cents, "1.234", InvalidAmountError),
        (cell_amount_cents, "zwölf", InvalidAmountError),
        (cell_amount_cents, 12.345, FractionOfCentError),
        (cell_amount_cents, 1e13, AmountTooLargeError),
        (cell_amount_cents, "99999999999999999", AmountTooLargeError),
        (cell_amount_cents, "99999999999999999999,00", AmountTooLargeError),
        (cell_amount_cents, DAY, DateCellError),
        (cell_amount_cents, True, FlagCellError),
        (cell_amount_cents, dt.timedelta(hours=30), TimeCellError),
        (cell_day, 46347.0, NumberForDayError),
        (cell_day, 46347, NumberForDayError),
        (cell_day, "46347", InvalidDayCellError),
        (cell_day, "21.11.26", InvalidDayCellError),
        (cell_day, "11/21/2026", InvalidDayCellError),
        (cell_day, "29.02.2026", InvalidDayCellError),
        (cell_day, "2026-13-01", InvalidDayCellError),
        (cell_day, "21.11.0206", DayRangeError),
        (cell_day, "31.12.9999", DayRangeError),
        (cell_day, dt.date(206, 1, 1), DayRangeError),
        (cell_day, "٢١.١١.٢٠٢٦", InvalidDayCellError),
        (cell_day, NOON, TimeCellError),
        (cell_day, True, FlagCellError),
        (cell_day, None, BlankCellError),
        (cell_count, "1,5", InvalidCountError),
        (cell_count, "drei", InvalidCountError),
        (cell_count, "٣", InvalidCountError),
        (cell_flag, "vielleicht", InvalidFlagError),
        (cell_flag, 2.0, InvalidFlagError),
        (cell_choice({"ja": "1"}), "jein", InvalidChoiceError),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place_and_a_way_out(read, value, error):
    with pytest.raises(error) as caught:
        read(cell(value))
    place = caught.value.place
    assert (place.file, place.sheet, place.row, place.column) == ("liste.xlsx", "Blatt1", 17, "Spalte")
    assert bool(place.value) is not isinstance(caught.value, BlankCellError)
    assert str(caught.value)
    assert caught.value.hint.format(**caught.value.fields)


def test_take_collects_what_the_reader_refuses():
    findings = []
    assert take(findings, cell_day, cell(DAY)) == DAY
    assert take(findings, cell_day, cell("x")) is None
    assert [type(finding) for finding in findings] == [InvalidDayCellError]


def test_a_column_the_list_lacks_is_an_empty_cell_with_its_key_as_place():
    missing = Cell(None, cell("x").row, "due")
    assert missing.empty
    with pytest.raises(BlankCellError) as caught:
        cell_day(missing)
    assert caught.value.place.column == "due"


def test_a_wrong_choice_is_told_the_words_of_the_template_in_the_readers_language(monkeypatch):
    (column,) = [one for one in SCHEDULE if one.key == "every"]
    assert column.read(cell("zweimonatlich")) == 2
    with pytest.raises(InvalidChoiceError) as caught:
        column.read(cell("täglich"))
    assert caught.value.fields["allowed"] == "monthly, every second month, quarterly, half-yearly, yearly"
    monkeypatch.setattr("kasse_cli.spreadsheets.cells.language", lambda: "de")
    with pytest.raises(InvalidChoiceError) as caught:
        column.read(cell("täglich"))
    assert caught.value.fields["allowed"] == "monatlich, zweimonatlich, vierteljährlich, halbjährlich, jährlich"
