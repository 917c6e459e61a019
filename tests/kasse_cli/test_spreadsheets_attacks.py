"""Files that lie: formulas, errors, bombs, macros, passwords, parts that two readers would read differently."""

import io
import struct
import zipfile
import zlib

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasse_cli.spreadsheets import archive as archives
from kasse_cli.spreadsheets import read_table
from kasse_cli.spreadsheets.archive import Archive, DamagedFileError, DoctypeError, TooLargeError
from kasse_cli.spreadsheets.scans import EncryptedFileError, ErrorCellError, FormulaError, MacroError, UsedRangeError
from kasse_cli.spreadsheets.sources import NotAListError
from kasse_cli.spreadsheets.xlsx import open_xlsx
from sepa.errors import KasseError

COLUMNS = {"name": ("Name",), "amount": ("Betrag",)}
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>Betrag</t></is></c></row>'
GOOD = ROW + '<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c><c r="B2"><v>1</v></c></row>'


def page(data, *, after="", head="<?xml version='1.0' encoding='UTF-8'?>", attributes=f'xmlns="{MAIN}"'):
    return f"{head}<worksheet {attributes}><sheetData>{data}</sheetData>{after}</worksheet>"


def parts(sheet, **changes):
    """Return the parts of a small .xlsx by name; a change replaces or adds one (its name with _ for / and .)."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book(("Liste", "rId1")),
        "xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/sheet1.xml")),
        SHEET: sheet,
    } | changes


def relations(*entries):
    return (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>' for key, kind, target in entries
        )
        + "</Relationships>"
    )


def book(*sheets, more=""):
    entries = "".join(
        f'<sheet name="{name}" sheetId="{place}" r:id="{key}"{more}/>' for place, (name, key) in enumerate(sheets, 1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:x="urn:x"><sheets>{entries}</sheets></workbook>'


def pack(path, content, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as target:
        for name, text in content.items():
            target.writestr(name, text)
    return path


def refused(path, error, columns=COLUMNS):
    with pytest.raises(error) as caught:
        list(read_table(path, columns))
    assert caught.value.place.file == str(path)
    return caught.value


def test_the_hand_made_workbook_is_read(tmp_path):
    (row,) = read_table(pack(tmp_path / "a.xlsx", parts(page(GOOD))), COLUMNS)
    assert row["amount"].value == 1


# formulas

EXTRA = f'xmlns="{MAIN}" xmlns:x="{MAIN}" xmlns:xm="urn:other"'
PREFIXED = f'xmlns:x="{MAIN}"'


@pytest.mark.parametrize(
    ("sheet", "cell"),
    [
        (page(GOOD.replace("<v>1", "<f>1+0</f><v>1")), "B2"),
        (page(GOOD.replace("<v>1", "<f/><v>1")), "B2"),
        (page(GOOD.replace("<v>1", '<f t="shared" si="0"/><v>1')), "B2"),
        (page(GOOD.replace("<v>1", '<f\nt="array" ref="B2">1</f><v>1')), "B2"),
        (page(GOOD.replace("<v>1", "<x:f>1</x:f><v>1"), attributes=EXTRA), "B2"),
        (
            page(
                GOOD.replace(' r="2"', "").replace(' r="A2"', "").replace(' r="B2"', "").replace("<v>1", "<f>1</f><v>1")
            ),
            "B2",
        ),
        (page(GOOD + '<row r="40000"><c r="XFD40000"><f>1</f><v>1</v></c></row>').replace("40000", "900"), "XFD900"),
        (
            page(GOOD.replace("<v>1", "<f>1+0</f><v>1"), head='<?xml version="1.0" encoding="UTF-16"?>').encode(
                "utf-16"
            ),
            "B2",
        ),
        (
            page(GOOD.replace("<v>1", "<f>1+0</f><v>1"), head="<?xml version='1.0' encoding='iso-8859-1'?>").encode(
                "latin-1"
            ),
            "B2",
        ),
    ],
    ids=[
        "plain",
        "empty",
        "shared",
        "array with line break",
        "with prefix",
        "without addresses",
        "far away",
        "UTF-16",
        "Latin-1",
    ],
)
def test_a_formula_is_refused_however_it_is_written(tmp_path, sheet, cell):
    error = refused(pack(tmp_path / "a.xlsx", parts(sheet)), FormulaError)
    assert error.fields == {"cell": cell, "count": 1}
    assert (error.place.sheet, error.place.row) == ("Liste", int("".join(filter(str.isdigit, cell))))


def test_many_formulas_are_findings_with_the_place_of_each(tmp_path):
    rows = "".join(f'<row r="{row}"><c r="C{row}"><f>1</f></c></row>' for row in range(3, 103))
    error = refused(pack(tmp_path / "a.xlsx", parts(page(GOOD + rows))), FormulaError)
    assert error.fields == {"cell": "C3", "count": 100}
    assert [(finding.place.row, finding.place.column) for finding in error.findings] == [
        (row, "C") for row in range(3, 23)
    ]


@pytest.mark.parametrize(
    "sheet",
    [
        page(GOOD, after="<extLst><ext><xm:f>Lists!A1</xm:f></ext></extLst>", attributes=EXTRA),
        page(
            GOOD,
            after="<conditionalFormatting sqref='A1'><cfRule><formula>1</formula></cfRule></conditionalFormatting>",
        ),
        page(GOOD.replace("<t>A<", "<t><![CDATA[<f>1</f>]]><")),
        page("<!-- <f>1</f> -->" + GOOD),
    ],
    ids=["extension", "conditional format", "CDATA", "comment"],
)
def test_what_only_looks_like_a_formula_is_none(tmp_path, sheet):
    assert len(list(read_table(pack(tmp_path / "a.xlsx", parts(sheet)), COLUMNS))) == 1


def test_a_formula_on_a_sheet_that_is_not_read_does_not_matter(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Name"])
    workbook.active.append(["A"])
    workbook.create_sheet("Summe")["A1"] = "=1+1"
    workbook.save(tmp_path / "a.xlsx")
    assert len(list(read_table(tmp_path / "a.xlsx", COLUMNS))) == 1


@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30), size=st.integers(1, 40)
)
def test_a_formula_is_found_wherever_the_pieces_of_the_file_are_cut(text, size):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    sheet = page(GOOD.replace("<t>A<", f"<t>{escaped}<").replace("<v>1", "<f>1</f><v>1"))
    buffer = io.BytesIO()
    pack(buffer, parts(sheet))
    before, archives._CHUNK_BYTES = archives._CHUNK_BYTES, size
    try:
        found = open_xlsx(buffer)
        assert found.scan(found.sheets[0]).formulas == [(2, 2)]
    finally:
        archives._CHUNK_BYTES = before


# error cells


@pytest.mark.parametrize("quote", ['"', "'"])
def test_an_error_cell_is_refused_not_read_as_empty(tmp_path, quote):
    bad = GOOD.replace('<c r="B2"><v>1</v>', f"<c r={quote}B2{quote} t={quote}e{quote}><v>#REF!</v>")
    error = refused(pack(tmp_path / "a.xlsx", parts(page(bad))), ErrorCellError)
    assert error.fields["cell"] == "B2"


# used range


def test_a_stray_cell_in_the_last_column_is_refused_before_memory_is_taken(tmp_path):
    stray = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row>'
    error = refused(pack(tmp_path / "a.xlsx", parts(page(GOOD + stray))), UsedRangeError)
    assert error.fields["cell"] == "XFD1048576"


def test_formatted_empty_cells_far_away_do_no_harm(tmp_path):
    styled = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert len(list(read_table(pack(tmp_path / "a.xlsx", parts(page(GOOD + styled))), COLUMNS))) == 1


# containers


def test_a_bomb_is_refused_by_its_promise(tmp_path):
    path = pack(tmp_path / "a.xlsx", parts(page(GOOD + " " * 11_000_000)))
    assert refused(path, TooLargeError).fields["part"] == SHEET


def test_a_promise_of_too_much_is_refused_before_anything_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1000)
    refused(pack(tmp_path / "a.xlsx", parts(page(GOOD))), TooLargeError)


def test_too_many_parts_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_PARTS", 4)
    refused(pack(tmp_path / "a.xlsx", parts(page(GOOD))), TooLargeError)


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml"])
def test_a_part_longer_than_promised_is_refused_even_with_a_matching_checksum(tmp_path, part):
    text = page(GOOD).encode()
    path = pack(tmp_path / "a.xlsx", parts(page(GOOD)) | {part: text + b" " * 5000})
    content = bytearray(path.read_bytes())
    # promise only the good text, with the checksum of that text, in both directories of the zip
    true, false = (struct.pack("<I", zlib.crc32(data)) for data in (text + b" " * 5000, text))
    assert content.count(true) == 2
    content = content.replace(true, false).replace(struct.pack("<I", len(text) + 5000), struct.pack("<I", len(text)))
    path.write_bytes(content)
    assert refused(path, DamagedFileError).fields["part"] == part


@pytest.mark.parametrize(
    "change",
    [
        {"xl/workbook.xml": book(("Liste", "rId1"), ("LISTE", "rId1"))},
        {"xl/workbook.xml": book(("Liste", "rId1"), more=' x:id="rId2"')},
        {
            "xl/_rels/workbook.xml.rels": relations(
                ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId1", "worksheet", "other.xml")
            )
        },
        {"_rels/.rels": relations(("rId1", "officeDocument", "elsewhere/workbook.xml"))},
        {"xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/sheet9.xml"))},
        {"XL/worksheets/SHEET1.xml": page(GOOD)},
        {SHEET: page(GOOD)[:-5]},
        {SHEET: page(GOOD.replace("<v>1", "<f>1</v>"))},
        {"xl/styles.xml": "<styleSheet>" * 3},
        {SHEET: page(GOOD.replace("B2", "B99999999999"))},
        {SHEET: page(GOOD.replace("B2", "ABCDEFG2"))},
        {SHEET: page(GOOD.replace('row r="2"', 'row r="zwei"').replace('"1"', "'1'").replace("<v>", "<v><!-- -->"))},
    ],
    ids=[
        "sheet name twice",
        "two relation ids",
        "relation twice",
        "other workbook",
        "part missing",
        "name in other case",
        "cut sheet",
        "crossed tags",
        "broken styles",
        "row beyond all",
        "column beyond all",
        "row in words",
    ],
)
def test_a_workbook_that_contradicts_itself_is_refused(tmp_path, change):
    refused(pack(tmp_path / "a.xlsx", parts(page(GOOD)) | change), DamagedFileError)


def test_a_date_beyond_all_calendars_is_refused(tmp_path):
    """The library panics on it."""
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    sheet = page(GOOD.replace('<c r="B2"><v>1', '<c r="B2" s="1"><v>-9e300'))
    more = relations(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml"))
    change = {"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": more}
    refused(pack(tmp_path / "a.xlsx", parts(sheet) | change), DamagedFileError)


def test_other_ways_to_pack_are_refused(tmp_path):
    refused(pack(tmp_path / "a.xlsx", parts(page(GOOD)), zipfile.ZIP_BZIP2), DamagedFileError)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml"])
def test_a_document_type_definition_is_refused(tmp_path, part):
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    refused(pack(tmp_path / "a.xlsx", parts(page(GOOD)) | {part: bomb}), DoctypeError)


MACROS = {
    "[Content_Types].xml": '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (MACROS, MacroError),
        ({"xl/vbaProject.bin": "x"}, MacroError),
        ({"xl/workbook.bin": "x"}, NotAListError),
    ],
    ids=["xlsm by type", "xlsm by part", "xlsb"],
)
def test_workbooks_with_macros_and_binary_ones_are_refused_under_any_name(tmp_path, change, error):
    refused(pack(tmp_path / "liste.xlsx", parts(page(GOOD)) | change), error)


@pytest.mark.parametrize("name", ["word/document.xml", "mimetype"])
def test_a_zip_that_is_no_spreadsheet_is_refused(tmp_path, name):
    refused(pack(tmp_path / "a.xlsx", {name: "application/vnd.oasis.opendocument.text"}), NotAListError)


# OpenDocument

CALC = "urn:oasis:names:tc:opendocument:xmlns"


def ods(path, body, *, manifest="", more=()):
    spaces = " ".join(f'xmlns:{name}="{CALC}:{name}:1.0"' for name in ("office", "table", "text", "calcext", "t"))
    content = f"<office:document-content {spaces}><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    return pack(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": f"<m>{manifest}</m>",
        }
        | dict.fromkeys(more, "x"),
    )


def text_cell(text, attributes=""):
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def table(*rows, name="Blatt1"):
    lines = "".join(
        row if row.startswith("<table:table-row") else f"<table:table-row>{row}</table:table-row>" for row in rows
    )
    return f'<table:table table:name="{name}">{lines}</table:table>'


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ('<table:table-cell office:value-type="float" office:value="1" table:formula="of:=1"/>', FormulaError),
        ('<table:table-cell office:value-type="float" office:value="1" t:formula="of:=1"/>', FormulaError),
        (
            '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>',
            ErrorCellError,
        ),
        (
            '<table:table-cell table:number-columns-repeated="16384" table:number-rows-repeated="9" office:value-type="float" office:value="1"/>',
            None,
        ),
        (
            '<table:table-cell table:number-columns-repeated="0" office:value-type="float" office:value="1"/>',
            DamagedFileError,
        ),
        (
            '<table:table-cell table:number-columns-repeated="viele" office:value-type="float" office:value="1"/>',
            DamagedFileError,
        ),
    ],
    ids=["formula", "formula under another prefix", "error", "wide", "repeated never", "repeated by a word"],
)
def test_opendocument_hides_nothing(tmp_path, cell, error):
    head = text_cell("Name")
    path = ods(tmp_path / "a.ods", table(head, "<table:table-cell/>" * 2 + cell))
    if error is None:
        assert len(list(read_table(path, COLUMNS))) == 1
    elif error is DamagedFileError:
        refused(path, error)
    else:
        assert refused(path, error).fields["cell"] == "C2"


def test_repeated_rows_count_for_places_and_for_the_limit(tmp_path):
    empty = '<table:table-row table:number-rows-repeated="4"><table:table-cell/></table:table-row>'
    formula = text_cell("x", 'table:formula="of:=1"')
    path = ods(tmp_path / "a.ods", table(text_cell("Name"), empty, formula))
    assert refused(path, FormulaError).fields["cell"] == "A6"
    wide = text_cell("x", 'table:number-columns-repeated="16000"')
    bomb = f'<table:table-row table:number-rows-repeated="1000000">{wide}</table:table-row>'
    assert (
        refused(ods(tmp_path / "b.ods", table(text_cell("Name"), bomb)), UsedRangeError).fields["cell"] == "WQJ1000001"
    )


def test_a_table_inside_a_cell_is_no_sheet(tmp_path):
    inner = table(text_cell("x", 'table:formula="of:=1"'), name="innen")
    path = ods(
        tmp_path / "a.ods", table(text_cell("Name"), text_cell("A") + f"<table:table-cell>{inner}</table:table-cell>")
    )
    with pytest.raises(FormulaError):
        read_table(path, COLUMNS)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"manifest": "<encryption-data/>"}, EncryptedFileError),
        ({"more": ["Basic/Standard/Module1.xml"]}, MacroError),
        ({"more": ["Scripts/python/a.py"]}, MacroError),
    ],
    ids=["password", "Basic", "Python"],
)
def test_opendocument_with_a_password_or_macros_is_refused(tmp_path, options, error):
    refused(ods(tmp_path / "a.ods", table(text_cell("Name"), text_cell("A")), **options), error)


def test_two_sheets_of_one_name_are_refused(tmp_path):
    sheet = table(text_cell("Name"), text_cell("A"))
    refused(ods(tmp_path / "a.ods", sheet + sheet), DamagedFileError)


# noise


@pytest.fixture(scope="module")
def good_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    xlsx = pack(folder / "a.xlsx", parts(page(GOOD))).read_bytes()
    calc = ods(folder / "a.ods", table(text_cell("Name"), text_cell("A"))).read_bytes()
    return xlsx, calc


@given(data=st.data())
def test_damaged_bytes_give_rows_or_a_refusal_with_a_place(data, good_files, tmp_path_factory):
    content = bytearray(data.draw(st.sampled_from(good_files)))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(content)))
    try:
        rows = list(read_table("-", COLUMNS, stdin=io.BytesIO(bytes(content[:cut]))))
    except KasseError as error:
        assert error.place.file == "-"  # noqa: PT017
    else:
        assert all(row.place.row for row in rows)


def test_a_container_of_the_library_survives_an_empty_zip():
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    assert Archive(buffer).names() == ()
