"""Lists we write: real amounts and dates, text that stays text, files that are whole or absent."""

import ast
import csv
import datetime as dt
import errno
import io
import os
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasse_cli import sheet_words
from kasse_cli.columns import Chart, Column
from kasse_cli.i18n import set_language
from kasse_cli.spreadsheets import (
    Sheet,
    TemplateColumn,
    cell_amount_cents,
    cell_count,
    cell_day,
    cell_reference,
    optional,
    read_table,
    write_csv,
    write_template,
    write_xlsx,
)
from kasse_cli.spreadsheets.excel import sheet_name
from kasse_cli.spreadsheets.replacing import FileWriteError, replacing
from sepa.money import MAX_CENTS
from tests.sources import nodes

COLUMNS = (
    Column("reference", "Kassenzeichen"),
    Column("name", "Name"),
    Column("amount_cents", "Betrag", "cents"),
    Column("due", "Fällig am", "day"),
    Column("level", "Mahnstufe", "count"),
)
NAMES = {column.key: (column.label,) for column in COLUMNS}
DAY = dt.date(2026, 11, 21)
ROWS = [
    ("0012345", "Erika Beispiel", 123456, DAY, 0),
    ("0098765", '=HYPERLINK("http://example.org")', -705, None, 2),
    ("1E5", "+49 40 1234", 0, dt.date(2027, 1, 31), None),
]


def page(path, name=None):
    book = openpyxl.load_workbook(path)
    return book[name] if name else book.worksheets[0]


def test_amounts_and_dates_are_real_and_text_is_text(tmp_path):
    path = tmp_path / "liste.xlsx"
    write_xlsx(path, [Sheet("Offene Posten", COLUMNS, ROWS)])
    sheet = page(path)
    assert [cell.value for cell in sheet[1]] == ["Kassenzeichen", "Name", "Betrag", "Fällig am", "Mahnstufe"]
    first = sheet[2]
    assert [cell.value for cell in first] == ["0012345", "Erika Beispiel", 1234.56, dt.datetime(2026, 11, 21), 0]
    assert [cell.data_type for cell in first] == ["s", "s", "n", "d", "n"]
    assert [cell.number_format for cell in first] == ["@", "@", "#,##0.00", "dd.mm.yyyy", "0"]
    assert sheet["D3"].value is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "#REF!", "=", "{=1}", "1E5", "TRUE", "21.11.2026"])
def test_no_text_becomes_anything_else(tmp_path, text):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [Sheet("A", COLUMNS[:1], [(text,)])])
    cell = page(path)["A2"]
    assert (cell.data_type, cell.value, cell.number_format) == ("s", text, "@")
    with zipfile.ZipFile(path) as archive:
        assert not re.search(rb"<f[ />]", archive.read("xl/worksheets/sheet1.xml"))


def test_the_heading_is_bold_frozen_filtered_and_printed_on_every_page(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [Sheet("A", COLUMNS, ROWS)], title="Kasse & Co", created=dt.datetime(2026, 11, 21, 12))
    sheet = page(path)
    assert all(cell.font.bold for cell in sheet[1])
    assert not any(cell.font.bold for cell in sheet[2])
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:E4", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.oddHeader.left.text == "Kasse && Co"
    assert sheet.parent.properties.title == "Kasse & Co"
    assert sheet.parent.properties.created == dt.datetime(2026, 11, 21, 12)
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["E"].width >= 8


def test_totals_are_sums_of_the_amounts_outside_the_filter(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [Sheet("A", COLUMNS, iter(ROWS), totals="Summe")])
    sheet = page(path)
    assert [cell.value for cell in sheet[5]] == ["Summe", None, 1227.51, None, None]
    assert all(cell.font.bold and cell.border.top.style == "thin" for cell in sheet[5])
    assert sheet.auto_filter.ref == "A1:E4"


def test_several_sheets_get_names_excel_takes(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [Sheet("Lauf 1/2", COLUMNS, []), Sheet("lauf 1-2", COLUMNS, []), Sheet("", COLUMNS, ROWS)])
    assert openpyxl.load_workbook(path).sheetnames == ["Lauf 1-2", "lauf 1-2 (2)", "-"]


@given(st.lists(st.text(max_size=40), max_size=6))
def test_names_of_sheets_are_short_different_and_without_forbidden_signs(wanted):
    names = []
    for name in wanted:
        names.append(sheet_name(name, names))
    assert len({name.lower() for name in names}) == len(wanted)
    assert all(1 <= len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_a_value_of_another_kind_than_its_column_keeps_its_own(tmp_path):
    """A list of rows to mend shows what was read, not what should have been there."""
    path = tmp_path / "a.xlsx"
    mixed = [
        (12.5,),
        (DAY,),
        (True,),
        (dt.datetime(2026, 11, 21, 12, 30),),
        (dt.time(3, 5),),
        (dt.timedelta(hours=30),),
        (7,),
        (dt.date(1850, 1, 1),),
    ]
    write_xlsx(path, [Sheet("A", COLUMNS[:1], mixed), Sheet("B", COLUMNS[2:3], [("viel",)])])
    read = [row["reference"].value for row in read_table(path, NAMES)]
    assert read == [
        12.5,
        DAY,
        True,
        dt.datetime(2026, 11, 21, 12, 30),
        dt.time(3, 5),
        dt.timedelta(hours=30),
        "7",
        "1850-01-01",
    ]
    assert page(path, "B")["A2"].value == "viel"


def test_what_xml_cannot_hold_is_replaced_visibly(tmp_path):
    path = tmp_path / "a.xlsx"
    texts = ["a\x00b\x1fc", "\ud800", "x" * 40_000, "_x0041_", "a\r\nb", "\ufffe"]
    write_xlsx(path, [Sheet("A", COLUMNS[:1], [(text,) for text in texts])])
    read = [row["reference"].value for row in read_table(path, NAMES)]
    assert read == ["a\ufffdb\ufffdc", "\ufffd", "x" * 32_766 + "…", "_x0041_", "a\r\nb", "\ufffd"]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=20).filter(
    lambda text: not any(ord(sign) < 32 and sign not in "\t\n\r" for sign in text)
)
ITEMS = st.tuples(
    TEXTS,
    TEXTS,
    st.none() | st.integers(-MAX_CENTS, MAX_CENTS),
    st.none() | st.dates(dt.date(1901, 1, 1), dt.date(2199, 12, 31)),
    st.none() | st.integers(-(10**14), 10**14),
)


def comparable(row):
    texts = [text.strip() or None for text in row[:2]]
    return [*texts, *row[2:]]


def meaning(row):
    text, amount = optional(cell_reference), optional(cell_amount_cents)
    return [
        text(row["reference"]),
        text(row["name"]),
        amount(row["amount_cents"]),
        optional(cell_day)(row["due"]),
        optional(cell_count)(row["level"]),
    ]


def same(read, rows):
    """Compare what was read with the rows that show anything; scientific numbers are refused as references."""
    return read == [comparable(row) for row in rows if any(part not in (None, "") for part in comparable(row))]


def no_numbers(rows):
    return all(
        not text.strip().replace(",", "").replace(".", "").replace("+", "").upper().replace("E", "").isdecimal()
        for row in rows
        for text in row[:2]
    )


@given(st.lists(ITEMS, max_size=8).filter(no_numbers))
def test_a_workbook_read_again_means_what_was_written(tmp_path, rows):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [Sheet("A", COLUMNS, rows)])
    table = read_table(path, NAMES)
    assert same([meaning(row) for row in table], rows)
    assert table.findings == ()


@pytest.mark.parametrize("excel", [False, True])
@given(rows=st.lists(ITEMS, max_size=8).filter(no_numbers))
def test_csv_read_again_means_what_was_written(excel, rows):
    stream = io.BytesIO()
    write_csv(stream, COLUMNS, rows, excel=excel)
    table = read_table("-", NAMES, stdin=io.BytesIO(stream.getvalue()))
    assert same([meaning(row) for row in table], rows)


def test_csv_for_machines_is_plain(tmp_path):
    stream = io.BytesIO()
    write_csv(stream, COLUMNS, ROWS, excel=False)
    assert not stream.closed
    assert stream.getvalue().decode() == (
        "reference,name,amount_cents,due,level\n"
        "0012345,Erika Beispiel,1234.56,2026-11-21,0\n"
        '0098765,"=HYPERLINK(""http://example.org"")",-7.05,,2\n'
        "1E5,+49 40 1234,0.00,2027-01-31,\n"
    )


def test_csv_for_excel_is_german_and_guarded():
    stream = io.BytesIO()
    write_csv(stream, COLUMNS, ROWS, excel=True)
    assert stream.getvalue().decode() == (
        "\ufeffKassenzeichen;Name;Betrag;Fällig am;Mahnstufe\r\n"
        "0012345;Erika Beispiel;1234,56;21.11.2026;0\r\n"
        '0098765;"\'=HYPERLINK(""http://example.org"")";-7,05;;2\r\n'
        "1E5;'+49 40 1234;0,00;31.01.2027;\r\n"
    )


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_no_text_in_csv_for_excel_starts_like_a_formula(texts):
    stream = io.BytesIO()
    write_csv(stream, COLUMNS[:1], [(text,) for text in texts], excel=True)
    _, *rows = csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline=""), delimiter=";")
    assert len(rows) == len(texts)
    assert not any(row and row[0].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)


def test_flags_and_fixed_words_are_written_too(tmp_path):
    columns = (Column("open", "Offen", "flag"), Column("state", "Stand", "word"))
    rows = [(True, "new"), (False, "=1"), (None, None)]
    path, stream = tmp_path / "a.xlsx", io.BytesIO()
    write_xlsx(path, [Sheet("A", columns, rows)])
    write_csv(stream, columns, rows, excel=True)
    assert [[cell.value for cell in row] for row in page(path).iter_rows(max_row=3)][1:] == [
        [True, "new"],
        [False, "=1"],
    ]
    assert stream.getvalue().decode("utf-8-sig") == "Offen;Stand\r\ntrue;new\r\nfalse;'=1\r\n;\r\n"


# whole or absent


def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def rows():
        yield ROWS[0]
        raise RuntimeError("broken source")

    with pytest.raises(RuntimeError, match="broken source"):
        write_xlsx(path, [Sheet("A", COLUMNS, rows())])
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_refused_to_be_tried_again(tmp_path):
    with pytest.raises(FileWriteError) as caught:
        write_xlsx(tmp_path / "fehlt" / "a.xlsx", [Sheet("A", COLUMNS, ROWS)])
    assert caught.value.exit_code == 4


def test_a_full_disk_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(FileWriteError) as caught, replacing(tmp_path / "a.xlsx") as temporary:  # noqa: PT012
        temporary.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(caught.value) == f"the file cannot be written: {tmp_path / 'a.xlsx'} (the disk is full)"
    assert list(tmp_path.iterdir()) == []


# templates

FIELDS = (
    TemplateColumn(
        Column("kind", "Art"), "Forderung oder Auszahlung", needed=True, choices=("Forderung", "Auszahlung")
    ),
    TemplateColumn(Column("name", "Name"), "wer zahlt oder bekommt"),
    TemplateColumn(Column("amount", "Betrag", "cents"), "in Euro", needed=True),
    TemplateColumn(Column("due", "Fällig am", "day"), "Tag der Fälligkeit", needed=True),
)


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "muster.xlsx"
    set_language("en")
    write_template(
        path, "Anordnungen", FIELDS, [("Forderung", "Erika Beispiel", 123456, DAY), ("Auszahlung", None, 1, None)]
    )
    return path


def test_a_template_is_empty_and_its_columns_are_formatted(template):
    sheet = page(template)
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["Art", "Name", "Betrag", "Fällig am"]]
    assert [sheet.column_dimensions[letter].number_format for letter in "ABCD"] == ["@", "@", "#,##0.00", "dd.mm.yyyy"]
    assert sheet.freeze_panes == "A2"


def test_a_template_offers_the_choices(template):
    book = openpyxl.load_workbook(template)
    (rule,) = book.worksheets[0].data_validations.dataValidation
    assert (rule.type, rule.formula1, str(rule.sqref)) == ("list", "'Choices'!$A$1:$A$2", "A2:A1048576")
    assert [cell.value for cell in book["Choices"]["A"]] == ["Forderung", "Auszahlung"]
    assert book["Choices"].sheet_state == "hidden"


def test_a_template_explains_itself_on_its_second_sheet(template):
    sheet = page(template, "Explanation")
    heading, kind, name, amount, due = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert heading == ["Column", "Needed", "Meaning", "Allowed values", "Example 1", "Example 2"]
    assert kind == ["Art", "yes", "Forderung oder Auszahlung", "Forderung, Auszahlung", "Forderung", "Auszahlung"]
    assert name[1] is None
    assert (amount[4], due[4], due[5]) == ("1,234.56", "2026-11-21", None)


def test_a_template_filled_in_is_read_without_a_finding(template):
    book = openpyxl.load_workbook(template)
    book.worksheets[0].append(["Forderung", "Erika Beispiel", 12.5, DAY])
    book.save(template)
    names = {entry.column.key: (entry.column.label,) for entry in FIELDS}
    table = read_table(template, names, required=("kind", "amount", "due"))
    (row,) = table
    assert (cell_amount_cents(row["amount"]), cell_day(row["due"])) == (1250, DAY)
    assert table.findings == ()


def test_an_empty_template_has_no_rows(template):
    assert list(read_table(template, {entry.column.key: () for entry in FIELDS} | {"kind": ("Art",)})) == []


def test_a_report_names_itself_above_the_heading_and_sums_what_is_asked(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [Sheet("A", COLUMNS, ROWS, "Summe", ("amount_cents", "level"), "A · Musterstadt · 21.11.2026")])
    sheet = page(path)
    assert (sheet["A1"].value, sheet["A1"].font.bold, sheet["B1"].value) == ("A · Musterstadt · 21.11.2026", True, None)
    assert [cell.value for cell in sheet[2]] == [column.label for column in COLUMNS]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A3", "A2:E5", "$1:$2")
    assert [cell.value for cell in sheet[6]] == ["Summe", None, 1227.51, None, 2]
    assert [cell.number_format for cell in sheet[6]] == ["@", "@", "#,##0.00", "dd.mm.yyyy", "0"]


@pytest.mark.parametrize(("kind", "stacked"), [("bars", False), ("bars", True), ("line", False)])
def test_a_chart_draws_the_rows_and_not_their_sum(tmp_path, kind, stacked):
    path = tmp_path / "a.xlsx"
    chart = Chart("name", ("amount_cents", "level"), kind, stacked)
    write_xlsx(path, [Sheet("A", COLUMNS, ROWS, "Summe", (), "Titel", chart)])
    (drawn,) = page(path)._charts
    assert type(drawn).__name__ == ("LineChart" if kind == "line" else "BarChart")
    assert [series.val.numRef.f for series in drawn.series] == ["'A'!$C$3:$C$5", "'A'!$E$3:$E$5"]
    assert {series.cat.numRef.f for series in drawn.series} == {"'A'!$B$3:$B$5"}
    assert (drawn.grouping == "stacked") is stacked
    assert (drawn.anchor._from.col, drawn.anchor._from.row) == (0, len(ROWS) + 5)


@pytest.mark.parametrize("rows", [0, 121])
def test_nothing_is_drawn_of_no_rows_or_of_too_many(tmp_path, rows):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [Sheet("A", COLUMNS, ROWS[:1] * rows, chart=Chart("name", ("amount_cents",)))])
    assert page(path)._charts == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_others_may_not_read_what_is_written(tmp_path):
    before = os.umask(0o022)
    try:
        with replacing(tmp_path / "new.csv") as temporary:
            temporary.write_text("Erika Mustermann")
        assert (tmp_path / "new.csv").stat().st_mode & 0o777 == 0o640
        (tmp_path / "new.csv").chmod(0o604)
        with replacing(tmp_path / "new.csv") as temporary:
            temporary.write_text("Max")
        assert (tmp_path / "new.csv").stat().st_mode & 0o777 == 0o604, "who owns it said so"
    finally:
        os.umask(before)


def test_every_table_has_a_name_for_its_sheet_and_sums_only_columns_it_has():
    """Every `Table` without a title on the screen stands in the list of names of sheets."""
    nameless = set()
    for _, call in nodes("kasse_cli"):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Table" and call.args:
            titled = len(call.args) > 3 or any(one.arg == "title" for one in call.keywords)
            if not titled and isinstance(call.args[0], ast.Constant):
                nameless.add(call.args[0].value)
    assert nameless - sheet_words.NAMES.keys() == set()
    assert sheet_words.SUMS.keys() - sheet_words.NAMES.keys() == {"account", "clearings", "postings"}, (
        "those have titles"
    )
    assert sheet_words.summed("runs", [Column("sum_cents", "", "cents"), Column("currency", "")]) == ()
    assert sheet_words.summed("runs", [Column("sum_cents", "", "cents"), Column("count", "")]) == ("sum_cents",)


def test_a_list_that_kasse_wrote_is_read_again_below_its_caption(tmp_path):
    path = tmp_path / "liste.xlsx"
    write_xlsx(path, [Sheet("Liste", COLUMNS, [("1", "Erika", 100, None, 0)], caption="Liste · Stadt · 20.11.2026")])
    table = read_table(path, {"reference": ("Kassenzeichen",), "name": ("Name",)}, required=("reference",))
    (row,) = list(table)
    assert (row.place.row, str(row["reference"].value), row["name"].value) == (3, "1", "Erika")
