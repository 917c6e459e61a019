"""Lists in every format people send, with the places they see."""

import datetime as dt
import io
import os
import threading
import zipfile

import openpyxl
import pytest

from kasse_cli.spreadsheets import cell_amount_cents, cell_day, cell_reference, cell_text, read_sheet, read_table
from kasse_cli.spreadsheets.headings import (
    TITLE_ROWS,
    DuplicateColumnError,
    HeadingError,
    MissingColumnError,
    NoHeadingError,
    StrangeColumnError,
    TitleRowsError,
    UnknownColumnError,
    fold,
)
from kasse_cli.spreadsheets.scans import HiddenColumnsError, HiddenRowsError
from kasse_cli.spreadsheets.sources import (
    EmptySourceError,
    NotAListError,
    SourceMissingError,
    SourceUnreadableError,
    open_source,
)
from kasse_cli.spreadsheets.tables import NoNameOverValueError, OtherSheetError, TooManyFieldsError
from kasse_cli.spreadsheets.textfiles import CsvSyntaxError, MixedEncodingError, NotTextError, read_text
from kasse_cli.spreadsheets.workbooks import UnknownSheetError
from sepa.errors import KasseError

COLUMNS = {
    "name": ("Name", "Zahlungspflichtiger"),
    "amount": ("Betrag", "Betrag (EUR)"),
    "due": ("Fällig am", "Fälligkeit"),
    "reference": ("Kassenzeichen",),
    "street": ("Straße",),
}
DAY = dt.date(2026, 11, 21)
HEADING = ["Kassenzeichen", "Name", "Betrag", "Fällig am"]
ROWS = [["0012345", "Erika Beispiel", 1234.56, DAY], ["0098765", "Müller & Söhne", 7, DAY]]


def xlsx(path, *sheets, states=()):
    """Write sheets, each a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        page = book.create_sheet(f"Blatt{number + 1}")
        for row in rows:
            page.append(row)
        page.sheet_state = states[number] if states else "visible"
    book.save(path)
    return path


def ods_cell(value):
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, dt.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = value.replace("&", "&amp;")
    return f'<table:table-cell office:value-type="string" calcext:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods_row(row, attributes=""):
    return f"<table:table-row {attributes}>{''.join(map(ods_cell, row))}</table:table-row>"


def ods(path, body, *, styles="", manifest="", names=("Blatt1",), more=()):
    """Write a minimal OpenDocument spreadsheet; every name gets a sheet with that body."""
    spaces = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text", "style", "manifest", "calcext")
    )
    tables = "".join(
        f'<table:table table:name="{name}" table:style-name="ta-{name}">{body}</table:table>' for name in names
    )
    content = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content{spaces}>"
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest{spaces}>{manifest}</manifest:manifest>")
        for name in more:
            archive.writestr(name, "<x/>")
    return path


def csv_text(separator, number, day):
    rows = [HEADING, *([reference, name, number(amount), day] for reference, name, amount, _ in ROWS)]
    return "".join(separator.join(row) + "\r\n" for row in rows)


def german(amount):
    return f"{amount:.2f}".replace(".", ",")


GERMAN_CSV = csv_text(";", german, "21.11.2026")


def written(tmp_path, kind):
    path = tmp_path / f"liste.{kind.split()[0]}"
    texts = {
        "csv utf-8": GERMAN_CSV.encode(),
        "csv utf-8-bom": GERMAN_CSV.encode("utf-8-sig"),
        "csv cp1252": GERMAN_CSV.encode("cp1252"),
        "csv unix": GERMAN_CSV.replace("\r\n", "\n").encode(),
        "csv comma": csv_text(",", "{:.2f}".format, "2026-11-21").encode(),
        "txt tab": csv_text("\t", german, "21.11.2026").encode("cp1252"),
        "txt utf-16 of Excel": csv_text("\t", german, "21.11.2026").encode("utf-16"),
        "csv sep": ("sep=;\r\n" + GERMAN_CSV).encode("cp1252"),
        "xls which is text": csv_text("\t", german, "21.11.2026").encode("cp1252"),
    }
    if kind == "xlsx":
        return xlsx(path, [HEADING, *ROWS])
    if kind == "ods":
        return ods(path, "".join(map(ods_row, [HEADING, *ROWS])))
    path.write_bytes(texts[kind])
    return path


KINDS = (
    "xlsx",
    "ods",
    "csv utf-8",
    "csv utf-8-bom",
    "csv cp1252",
    "csv unix",
    "csv comma",
    "txt tab",
    "txt utf-16 of Excel",
    "csv sep",
    "xls which is text",
)


def meant(row):
    return [
        cell_reference(row["reference"]),
        cell_text(row["name"]),
        cell_amount_cents(row["amount"]),
        cell_day(row["due"]),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_list_means_the_same_in_every_format(tmp_path, kind):
    path = written(tmp_path, kind)
    table = read_table(path, COLUMNS, required=("name", "amount"))
    rows = list(table)
    assert [meant(row) for row in rows] == [
        ["0012345", "Erika Beispiel", 123456, DAY],
        ["0098765", "Müller & Söhne", 700, DAY],
    ]
    assert [row.number for row in rows] == [2, 3]
    assert table.findings == ()
    assert {finding for row in rows for finding in row.findings} == set()
    assert "amount" in table
    assert "street" not in table
    assert rows[0]["street"].empty


def test_stdin_is_read_whatever_it_holds(tmp_path):
    for kind in ("csv cp1252", "xlsx"):
        table = read_table("-", COLUMNS, stdin=io.BytesIO(written(tmp_path, kind).read_bytes()))
        (first, _) = table
        assert cell_amount_cents(first["amount"]) == 123456
        assert first.place.file == "-"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_with_a_name_is_read_like_stdin(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(GERMAN_CSV.encode(),))
    writer.start()
    assert len(list(read_table(pipe, COLUMNS))) == 2
    writer.join()


# places


def test_places_name_sheet_row_and_column_as_excel_shows_them(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx",
        [[], [None, "Hinweis", "betrag", None], [], [None, "x", "1.234"], [], [], [None, "y", 5], [], []],
    )
    table = read_table(path, COLUMNS)
    first, second = table
    place = first["amount"].place
    assert (place.file, place.sheet, place.row, place.column, place.value) == (
        str(path),
        "Blatt1",
        4,
        "betrag",
        "1.234",
    )
    assert second.number == 7
    assert table.heading.row == 2
    assert (table.rows, table.blank_rows) == (2, 3)  # rows 8 and 9 trail


def test_csv_rows_are_counted_as_excel_does_and_lines_as_an_editor_does(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('Name;Betrag\n\n"A\nB";1\n;;\nC;2\n', encoding="utf-8")
    table = read_table(path, COLUMNS)
    first, second = table
    assert (first.number, first.line) == (3, 3)
    assert (second.number, second.line) == (5, 6)
    assert table.blank_rows == 2
    assert cell_text(first["name"]) == "A\nB"


def test_merged_cells_are_read_at_their_upper_left_corner(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["Name", "Betrag", "Straße"], ["A", 1, None]])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("B2:C2")
    book.save(path)
    (row,) = read_table(path, COLUMNS)
    assert cell_amount_cents(row["amount"]) == 100
    assert row["street"].empty


def test_dates_counted_from_1904_are_the_same_days(tmp_path):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["Name", "Fälligkeit"])
    book.active.append(["A", DAY])
    book.save(tmp_path / "mac.xlsx")
    (row,) = read_table(tmp_path / "mac.xlsx", COLUMNS)
    assert cell_day(row["due"]) == DAY


def test_dates_written_as_iso_text_inside_the_file_are_days(tmp_path):
    book = openpyxl.Workbook()
    book.iso_dates = True
    book.active.append(["Name", "Fälligkeit"])
    book.active.append(["A", DAY])
    book.save(tmp_path / "iso.xlsx")
    (row,) = read_table(tmp_path / "iso.xlsx", COLUMNS)
    assert cell_day(row["due"]) == DAY


# headings


@pytest.mark.parametrize(
    "written_name",
    [
        "Fällig am",
        "FÄLLIG AM",
        "faellig_am",
        "Fa\u0308llig am",
        "fällig-am",
        " Fällig\nam ",
        "due",
        "Due:",
        "fälligkeit *",
    ],
)
def test_names_of_columns_are_understood_without_case_umlauts_and_signs(tmp_path, written_name):
    path = xlsx(tmp_path / "a.xlsx", [["Name", written_name], ["A", DAY]])
    (row,) = read_table(path, COLUMNS)
    assert cell_day(row["due"]) == DAY


def test_fold_keeps_different_names_apart():
    assert fold("Betrag") != fold("Betrag 2")


def test_an_unknown_column_is_a_warning_with_names_close_to_it(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["Name", "Betrg", "Farbe"], ["A", 1, "rot"]])
    near, far = read_table(path, COLUMNS).findings
    assert (type(near), near.severity, near.fields) == (
        UnknownColumnError,
        "warning",
        {"column": "Betrg", "near": "amount"},
    )
    assert (near.place.row, near.place.column) == (1, "Betrg")
    assert (type(far), far.code, far.fields) == (StrangeColumnError, near.code, {"column": "Farbe"})


@pytest.mark.parametrize(
    ("heading", "error", "fields"),
    [
        (["Name", "Betrag", "amount"], DuplicateColumnError, {"column": "amount", "names": "Betrag, amount"}),
        (["Name", "Betrag", "Farbe", "farbe"], DuplicateColumnError, {"column": "Farbe", "names": "Farbe, farbe"}),
        (["Name"], MissingColumnError, {"column": "amount", "names": "amount, Betrag, Betrag (EUR)"}),
        (["Liste 2026"], NoHeadingError, {"found": "Liste 2026", "expected": "name, amount"}),
    ],
    ids=["two names of one column", "unknown name twice", "needed column missing", "no heading"],
)
def test_a_heading_that_cannot_be_trusted_is_refused(tmp_path, heading, error, fields):
    path = xlsx(tmp_path / "a.xlsx", [heading, ["A", 1, 2, 3]])
    with pytest.raises(error) as caught:
        read_table(path, COLUMNS, required=("name", "amount"))
    assert caught.value.fields == fields
    assert caught.value.place.row == 1


def test_several_faults_of_a_heading_come_together(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["Straße", "strasse"], ["A", "B"]])
    with pytest.raises(HeadingError) as caught:
        read_table(path, COLUMNS, required=("name", "amount"))
    assert [type(finding) for finding in caught.value.findings] == [
        DuplicateColumnError,
        MissingColumnError,
        MissingColumnError,
    ]


TITLES = [
    ["Stadtwerke Musterstadt, Postfach 1, 20095 Hamburg"],
    [],
    ["Avis vom", None, "21.11.2026"],
    ["Betrag", "netto"],
]
"""As a payer writes them: an address with commas, an empty row, and a row that names a column by chance."""


@pytest.mark.parametrize("kind", ["xlsx", "csv ;", "csv ,"])
def test_rows_with_titles_above_the_heading_are_told_and_the_rows_keep_their_numbers(tmp_path, kind):
    rows = [*TITLES, ["Kassenzeichen", "Name", "Betrag"], ["0012345", "Erika", "7,00"], [], ["0098765", "Jan", "x"]]
    if kind == "xlsx":
        path = xlsx(tmp_path / "a.xlsx", rows, [["Rest der Liste"], ["Kassenzeichen", "Name", "Betrag"], ["1", "B", 2]])
    else:
        path, sign = tmp_path / "a.csv", kind[-1]
        quoted = [[f'"{cell or ""}"' if n > 3 else cell or "" for cell in row] for n, row in enumerate(rows)]
        path.write_text("\n".join(sign.join(row) for row in quoted), encoding="utf-8")
    table = read_table(path, COLUMNS, required=("reference", "amount"))
    first, second = table
    assert [cell_text(first[key]) for key in ("reference", "name", "amount")] == ["0012345", "Erika", "7,00"]
    assert (table.heading.row, first.number, second.number, table.blank_rows) == (5, 6, 8, 1)
    told, *others = table.findings
    assert (type(told), told.severity, told.fields["count"], told.place.row) == (TitleRowsError, "info", 3, 1)
    assert told.fields["text"].endswith("/ Avis vom 21.11.2026 / Betrag netto")
    assert [type(other) for other in others] == ([OtherSheetError] if kind == "xlsx" else [])
    with pytest.raises(KasseError) as caught:
        cell_amount_cents(second["amount"])
    assert (caught.value.place.row, caught.value.place.column) == (8, "Betrag")


def test_a_heading_under_titles_is_known_where_nothing_is_needed(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx", [["Liste der Stadtwerke"], ["Stand", "heute"], ["Name", "Betrag", "Farbe"], ["A", 1]]
    )
    table = read_table(path, COLUMNS)
    (row,) = table
    assert (table.heading.row, cell_text(row["name"])) == (3, "A")


def test_a_heading_under_titles_that_lacks_a_column_is_the_one_blamed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Liste, neu\nName,Kassenzeichen\nA,1\n", encoding="utf-8")
    with pytest.raises(MissingColumnError) as caught:
        read_table(path, COLUMNS, required=("reference", "amount"))
    assert (caught.value.fields["column"], caught.value.place.row) == ("amount", 2)


def test_a_heading_far_below_is_not_looked_for(tmp_path):
    rows = [["Notiz"]] * TITLE_ROWS
    list(
        read_table(xlsx(tmp_path / "a.xlsx", [*rows[1:], ["Name", "Betrag"], ["A", 1]]), COLUMNS, required=("amount",))
    )
    with pytest.raises(NoHeadingError):
        read_table(xlsx(tmp_path / "b.xlsx", [*rows, ["Name", "Betrag"], ["A", 1]]), COLUMNS, required=("amount",))


def test_a_note_beside_the_list_is_a_warning_not_lost(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["Name", None, "Betrag"], ["A", "bitte prüfen", 1, None, "eilt"], ["B", None, 2]])
    first, second = read_table(path, COLUMNS)
    assert [(type(note), note.fields["text"], note.place.column) for note in first.findings] == [
        (NoNameOverValueError, "bitte prüfen", "B"),
        (NoNameOverValueError, "eilt", "E"),
    ]
    assert second.findings == ()


def test_a_refused_list_is_closed(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "kasse_cli.spreadsheets.tables.open_source", lambda *given: opened.append(open_source(*given)) or opened[0]
    )
    with pytest.raises(NoHeadingError):
        read_table(written(tmp_path, "csv utf-8"), {"colour": ("Farbe",)})
    assert opened[0].stream.closed


def test_two_columns_that_share_a_name_are_a_defect(tmp_path):
    with pytest.raises(AssertionError, match="share a name"):
        read_table(written(tmp_path, "csv utf-8"), {"name": ("Name",), "payer": ("NAME",)})


# sheets


def test_the_first_visible_sheet_that_is_not_empty_is_read(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx", [["Name"], ["versteckt"]], [], [["Name"], ["A"]], states=("hidden", "visible", "visible")
    )
    (row,) = read_table(path, COLUMNS)
    assert row.place.sheet == "Blatt3"


def test_another_sheet_that_looks_like_the_list_is_a_warning(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx",
        [["Name", "Betrag"], ["A", 1]],
        [["Name", "Betrag"], ["B", 2]],
        [["Spalte", "Erklärung"], ["Name", "wer zahlt"]],
    )
    (finding,) = read_table(path, COLUMNS).findings
    assert (type(finding), finding.place.sheet) == (OtherSheetError, "Blatt2")
    assert read_table(path, COLUMNS, sheet="Blatt1").findings == ()


def test_a_sheet_is_chosen_by_its_name_without_case(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["Name"], ["A"]], [["Name"], ["B"]])
    (row,) = read_table(path, COLUMNS, sheet="blatt2")
    assert cell_text(row["name"]) == "B"


@pytest.mark.parametrize("kind", ["xlsx", "csv utf-8"])
def test_a_sheet_that_is_not_there_is_refused(tmp_path, kind):
    with pytest.raises(UnknownSheetError):
        read_table(written(tmp_path, kind), COLUMNS, sheet="Februar")


def test_hidden_rows_and_columns_are_read_and_reported(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["Name", "Betrag"], ["A", 1], ["B", 2], ["C", 3]])
    book = openpyxl.load_workbook(path)
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[9].hidden = True  # empty
    book.active.column_dimensions["B"].hidden = True
    book.active.column_dimensions["X"].hidden = True  # empty
    book.save(path)
    table = read_table(path, COLUMNS)
    assert {type(finding): finding.fields["count"] for finding in table.findings} == {
        HiddenRowsError: 1,
        HiddenColumnsError: 1,
    }
    assert len(list(table)) == 3


def test_hidden_rows_columns_and_sheets_of_opendocument_are_known(tmp_path):
    body = (
        '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="9"/>'
        + ods_row(["Name", "Betrag"])
        + ods_row(["A", 1], 'table:visibility="filter" table:number-rows-repeated="2"')
        + ods_row([None, None], 'table:visibility="collapse" table:number-rows-repeated="1048000"')
    )
    hide = '<style:style style:name="ta-Geheim" style:family="table"><style:table-properties table:display="false"/></style:style>'
    path = ods(tmp_path / "a.ods", body, styles=hide, names=("Geheim", "Liste"))
    table = read_table(path, COLUMNS)
    assert {type(finding): finding.fields["count"] for finding in table.findings} == {
        HiddenRowsError: 2,
        HiddenColumnsError: 1,
    }
    assert [(row.number, row.place.sheet) for row in table] == [(2, "Liste"), (3, "Liste")]


# broken text


@pytest.mark.parametrize(
    ("content", "error", "line"),
    [
        ("Name;Betrag\nMüller;1\n".encode() + "Köhler;2\n".encode("cp1252"), MixedEncodingError, 3),
        ("Name;Betrag\nMüller;1\n".encode("utf-8-sig") + b"K\xf6hler;2\n", MixedEncodingError, 3),
        ("Name;Betrag\nMü".encode() + b"\xf6;1\n", MixedEncodingError, 2),
        (b"Name;Betrag\n\x81\x8d;1\n", NotTextError, 2),
        (b"Name;Betrag\nA\0B;1\n", NotTextError, 2),
        (b"\xff\xfeN\0a\0m\0\x00\xd8", NotTextError, None),
        (b'Name;Betrag\nA;1\n"B;2\nC;3\n', CsvSyntaxError, 3),
        (b'Name;Betrag\n"A"B;1\n', CsvSyntaxError, 2),
    ],
    ids=[
        "two encodings",
        "BOM and cp1252",
        "two in one line",
        "no encoding",
        "NUL",
        "cut utf-16",
        "open quote",
        "text after quote",
    ],
)
def test_text_that_cannot_be_trusted_is_refused_with_its_line(tmp_path, content, error, line):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(error) as caught:
        list(read_table(path, COLUMNS))
    assert (caught.value.place.file, caught.value.place.line) == (str(path), line)


def test_a_line_with_more_fields_than_the_heading_is_an_error_of_that_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Name;Betrag\nA;B;1\nC;2;;\nD\n", encoding="utf-8")
    shifted, padded, short = read_table(path, COLUMNS)
    assert [(type(fault), fault.severity, fault.fields) for fault in shifted.findings] == [
        (TooManyFieldsError, "error", {"found": 3, "expected": 2})
    ]
    assert (padded.findings, short.findings) == ((), ())
    assert short["amount"].empty


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("Name, Vorname;Betrag", ["Name, Vorname", "Betrag"]),
        ('"Name; Vorname","Betrag","Straße"', ["Name; Vorname", "Betrag", "Straße"]),
        ("Name", ["Name"]),
    ],
)
def test_the_heading_decides_the_separator(tmp_path, head, values):
    path = tmp_path / "a.csv"
    path.write_text(f"\n{head}\n", encoding="utf-8")
    _, row = read_sheet(path).rows
    assert list(row.values) == values


# files


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptySourceError),
        (b"\n;;\n \n", EmptySourceError),
        (b"%PDF-1.7 ...", NotAListError),
        (b"\n <HTML><table>", NotAListError),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", NotAListError),
        (b"PK\x03\x04 cut", None),
    ],
    ids=["0 bytes", "no value", "PDF", "HTML named .xlsx", "XML", "zip cut"],
)
def test_a_file_of_another_kind_is_refused_whatever_its_name(tmp_path, content, error):
    from kasse_cli.spreadsheets.archive import DamagedFileError

    path = tmp_path / "liste.xlsx"
    path.write_bytes(content)
    with pytest.raises(error or DamagedFileError) as caught:
        read_table(path, COLUMNS)
    assert caught.value.place.file == str(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(SourceMissingError):
        read_table(tmp_path / "fehlt.xlsx", COLUMNS)
    with pytest.raises(SourceUnreadableError):
        read_table(tmp_path, COLUMNS)


def test_a_workbook_without_a_value_is_empty(tmp_path):
    with pytest.raises(EmptySourceError):
        read_table(xlsx(tmp_path / "a.xlsx", []), COLUMNS)


def test_an_abandoned_text_is_closed(tmp_path):
    source = open_source(written(tmp_path, "csv utf-8"))
    rows = read_text(source).rows
    next(rows)
    assert not source.stream.closed
    rows.close()
    assert source.stream.closed
