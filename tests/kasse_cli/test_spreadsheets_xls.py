"""Excel 97 to 2003: the files are made here record by record ([MS-XLS], [MS-CFB])."""

import datetime as dt
import struct

import pytest

from kasse_cli.spreadsheets import cell_amount_cents, cell_day, cell_reference, read_table
from kasse_cli.spreadsheets.archive import DamagedFileError
from kasse_cli.spreadsheets.scans import (
    EncryptedFileError,
    ErrorCellError,
    FormulaError,
    HiddenColumnsError,
    HiddenRowsError,
    MacroError,
)
from kasse_cli.spreadsheets.sources import NotAListError

COLUMNS = {"name": ("Name",), "amount": ("Betrag",), "due": ("Fällig",), "reference": ("Kassenzeichen",)}
NO_SECTOR, END_OF_CHAIN = 0xFFFFFFFF, 0xFFFFFFFE
STREAM, STORAGE, ROOT = 2, 1, 5
DAY_FORMAT = 1  # index of the second XF record


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def begin(kind):
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))


def wide(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def workbook(cells, *, before=b"", state=0, extra=b""):
    """Build the stream of a workbook with the sheet Liste; a cell is (row, column, value), counted from 0."""
    texts = [value for _, _, value in cells if isinstance(value, str)]
    shared = record(0x00FC, struct.pack("<II", len(texts), len(texts)) + b"".join(map(wide, texts)))
    formats = b"".join(record(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, 14))
    name = b"Liste"
    length = 6 + 2 + len(name)
    head = begin(0x0005) + before + formats
    position = len(head) + 4 + length + len(shared) + len(record(0x000A))
    bound = record(0x0085, struct.pack("<IBBBB", position, state, 0, len(name), 0) + name)
    body = b"".join(cell(texts, *entry) for entry in cells)
    return head + bound + shared + record(0x000A) + begin(0x0010) + extra + body + record(0x000A)


def cell(texts, row, column, value):
    if isinstance(value, str):
        return record(0x00FD, struct.pack("<HHHI", row, column, 0, texts.index(value)))
    if isinstance(value, dt.date):
        serial = (value - dt.date(1899, 12, 30)).days
        return record(0x0203, struct.pack("<HHHd", row, column, DAY_FORMAT, serial))
    if isinstance(value, bytes):  # a record of its own
        return value
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def entry(name, kind, start=END_OF_CHAIN, size=0, child=NO_SECTOR, right=NO_SECTOR):
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    return head + struct.pack("<III", NO_SECTOR, right, child) + bytes(36) + struct.pack("<IQ", start, size)


def compound(stream, names=("Workbook",), *, mini=False):
    """Build a compound file of one stream, in the mini stream if asked, and further empty entries."""
    if not mini:
        stream = stream.ljust(4096, b"\0")
    width = 512
    body = stream.ljust(-(-len(stream) // width) * width, b"\0")
    count = len(body) // width
    table = [*range(1, count), END_OF_CHAIN, *(END_OF_CHAIN,) * 3]  # stream, directory, allocation table, mini table
    root = entry("Root Entry", ROOT, 0 if mini else END_OF_CHAIN, len(body) if mini else 0, child=1)
    others = [entry(name, STREAM, END_OF_CHAIN, 0) for name in names[1:]]
    directory = b"".join([root, entry(names[0], STREAM, 0, len(stream)), *others][:4]).ljust(width, b"\0")
    minis = [*range(1, len(body) // 64), END_OF_CHAIN] if mini else []
    header = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack(
            "<IIIIIIIIII",
            0,
            1,
            count,
            0,
            4096,
            count + 2 if mini else END_OF_CHAIN,
            int(mini),
            END_OF_CHAIN,
            0,
            count + 1,
        )
    )
    return (
        header.ljust(512, b"\xff")
        + body
        + directory
        + struct.pack(f"<{len(table)}I", *table).ljust(width, b"\xff")
        + struct.pack(f"<{len(minis)}I", *minis).ljust(width, b"\xff")
    )


LIST = [
    (1, 0, "Betrag"),
    (1, 1, "Kassenzeichen"),
    (1, 2, "Fällig"),
    (2, 0, 12.34),
    (2, 1, "0012345678901"),
    (2, 2, dt.date(2026, 11, 21)),
]


@pytest.mark.parametrize("mini", [False, True], ids=["sectors", "mini stream"])
def test_an_old_workbook_is_read_with_types_and_row_numbers(tmp_path, mini):
    path = tmp_path / "alt.xls"
    path.write_bytes(compound(workbook(LIST), mini=mini))
    table = read_table(path, COLUMNS)
    (row,) = table
    assert (row.number, row.place.sheet) == (3, "Liste")
    assert cell_amount_cents(row["amount"]) == 1234
    assert cell_reference(row["reference"]) == "0012345678901"
    assert cell_day(row["due"]) == dt.date(2026, 11, 21)
    assert table.findings == ()


FORMULA = record(0x0006, struct.pack("<HHHdHIH", 3, 0, 0, 5.0, 0, 0, 0))
REF_ERROR = record(0x0205, struct.pack("<HHHBB", 3, 1, 0, 0x17, 1))


@pytest.mark.parametrize(
    ("bad", "error", "cell"),
    [(FORMULA, FormulaError, "A4"), (REF_ERROR, ErrorCellError, "B4")],
    ids=["FORMULA record", "BOOLERR record with #REF!"],
)
def test_formulas_and_errors_in_old_workbooks_are_refused(tmp_path, bad, error, cell):
    path = tmp_path / "alt.xls"
    path.write_bytes(compound(workbook([*LIST, (0, 0, bad)])))
    with pytest.raises(error) as caught:
        read_table(path, COLUMNS)
    assert caught.value.fields["cell"] == cell
    assert (caught.value.place.sheet, caught.value.place.row) == ("Liste", 4)


def test_hidden_rows_and_columns_of_old_workbooks_are_findings(tmp_path):
    hidden_row = record(0x0208, struct.pack("<HHHHHHI", 2, 0, 3, 0, 0, 0, 0x20))
    shown_row = record(0x0208, struct.pack("<HHHHHHI", 1, 0, 3, 0, 0, 0, 0))
    hidden_columns = record(0x007D, struct.pack("<HHHHHH", 1, 255, 0, 0, 1, 0))
    path = tmp_path / "alt.xls"
    path.write_bytes(compound(workbook(LIST, extra=hidden_columns + hidden_row + shown_row)))
    found = {type(finding): finding.fields["count"] for finding in read_table(path, COLUMNS).findings}
    assert found == {HiddenRowsError: 1, HiddenColumnsError: 2}


PASSWORD = record(0x002F, bytes(6))
GOOD = workbook(LIST)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (compound(workbook(LIST, before=PASSWORD)), EncryptedFileError),
        (compound(b"", ("EncryptedPackage",)), EncryptedFileError),
        (compound(GOOD, ("Workbook", "_VBA_PROJECT_CUR")), MacroError),
        (compound(b"", ("WordDocument",)), NotAListError),
        (compound(GOOD, ("Workbook", "Book")), DamagedFileError),
        (compound(GOOD)[:700], DamagedFileError),
        (compound(GOOD)[:520], DamagedFileError),
        (compound(GOOD)[:8] + bytes(600), DamagedFileError),
        (compound(GOOD[: len(GOOD) - 40]), DamagedFileError),
    ],
    ids=["FILEPASS", "xlsx with password", "macros", "Word", "two books", "cut", "cut early", "zeros", "no EOF"],
)
def test_what_is_no_readable_old_workbook_is_refused(tmp_path, content, error):
    path = tmp_path / "alt.xls"
    path.write_bytes(content)
    with pytest.raises(error) as caught:
        list(read_table(path, COLUMNS))
    assert caught.value.place.file == str(path)


def test_a_chain_of_sectors_that_bites_its_tail_is_refused(tmp_path):
    content = bytearray(compound(workbook(LIST)))
    table = len(content) - 1024
    content[table : table + 4] = struct.pack("<I", 0)
    path = tmp_path / "alt.xls"
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedFileError):
        read_table(path, COLUMNS)
