"""What a file is, and that no file, however broken, gives a traceback, a hang or silence."""

import contextlib
import io
import random
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.camt.amounts import DirectionError
from sepa.camt.entry import EntryAmountError
from sepa.camt.statement import NoStatementError, StrayEntryError
from sepa.containers import EmptyZipError, NestedZipError, ZipError, ZipLimitError, ZipMethodError
from sepa.errors import KasseError
from sepa.money import AmountTooLargeError, InvalidAmountError
from sepa.notes import MoreFindingsError
from sepa.reading import (
    ForeignNamespaceError,
    NotAStatementError,
    UnknownFileError,
    UnknownMessageError,
    UnknownVersionError,
    identify,
    read_files,
    read_statements,
)
from sepa.sources import EmptyFileError, EntryTooLargeError, FileTooLargeError, FileUnreadableError, Limits
from sepa.statement_errors import (
    AccountMissingError,
    DetailCountError,
    DetailSumError,
    InvalidDateError,
    SummaryError,
    UnfitAmountError,
)
from sepa.statements import Closed, Entry
from sepa.xml.parser import DoctypeError, XmlError, XmlLimitError
from tests.sepa.statement_files import DAY, OWN_IBAN, camt, ntry, read, read_entry, tx

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><Document><BkToCstmrStmt><Stmt><Id>&l9;</Id></Stmt></BkToCstmrStmt></Document>"
).encode()
XXE = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document><BkToCstmrStmt>&x;</BkToCstmrStmt></Document>'
MT940 = b":20:A\r\n:25:10010010/123\r\n:28C:1\r\n:60F:C261119EUR0,\r\n:62F:C261120EUR0,\r\n-"
PAIN = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{0}"><{1}/></Document>'


KINDS = {
    "camt.053": (camt(), "camt.053.001.08"),
    "in UTF-16": (DAY.read_text(encoding="utf-8").encode("utf-16"), "camt.053.001.08"),
    "without namespace": (b"<Document><BkToCstmrStmt/></Document>", "camt.053"),
    "in an envelope": (b"<Envelope><AppHdr/>" + camt().partition(b"?>\n")[2] + b"</Envelope>", "camt.053.001.08"),
    "pain.002": (PAIN.format("pain.002.001.10", "CstmrPmtStsRpt").encode(), "pain.002.001.10"),
    "German variant": (PAIN.format("pain.001.003.03", "CstmrCdtTrfInitn").encode(), "pain.001.003.03"),
    "Swiss variant": (PAIN.format("pain.001.001.03.ch.02", "CstmrCdtTrfInitn").encode(), "pain.001.001.03.ch.02"),
    "named by its root": (PAIN.format("pain.001.001.02", "pain.001.001.02").encode(), "pain.001.001.02"),
    "pain.008": (PAIN.format("pain.008.001.08", "CstmrDrctDbtInitn").encode(), "pain.008.001.08"),
    "camt.029": (PAIN.format("camt.029.001.06", "RsltnOfInvstgtn").encode(), "camt.029.001.06"),
    "MT940": (MT940, "MT940"),
    "MT940 in SWIFT blocks": (b"{1:F01AAAABB99BSMK3513951576}{2:O9400934081223BBBBAA33XXXX}{4:\n" + MT940, "MT940"),
    "MT942": (b":20:A\n:25:1\n:28C:1\n:34F:EUR0,\n:13D:2611201200+0100\n-", "MT942"),
    "zip": (b"PK\x05\x06" + b"\0" * 18, "zip"),
}


@pytest.mark.parametrize(("data", "name"), KINDS.values(), ids=KINDS)
def test_a_file_is_known_by_its_content(data, name):
    stream = io.BytesIO(data)
    assert identify(stream).name == name
    assert stream.tell() == 0


def refused(data: bytes, **limits) -> KasseError:
    stream = io.BytesIO(data)
    stream.name = "bank.xml"
    with pytest.raises(KasseError) as caught:
        list(read_statements(stream, **limits))
    assert caught.value.place.file.startswith("bank.xml")
    return caught.value


def rezipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "error", "line"),
    [
        pytest.param(b"", EmptyFileError, None, id="0 bytes"),
        pytest.param(b" \r\n\t", EmptyFileError, None, id="only blanks"),
        pytest.param(b"\xef\xbb\xbf", EmptyFileError, None, id="only a BOM"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", UnknownFileError, 1, id="PDF named .xml"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", UnknownFileError, 1, id="Excel 97"),
        pytest.param(b"Buchungstag;Betrag\n", UnknownFileError, 1, id="CSV"),
        pytest.param(b"0128AK37040044", UnknownFileError, 1, id="DTAUS"),
        pytest.param(b"<html><body>Login</body></html>", UnknownFileError, 1, id="login page"),
        pytest.param(b"<!DOCTYPE html><html></html>", UnknownFileError, 1, id="HTML 5"),
        pytest.param(b"<rss></rss>", UnknownMessageError, 1, id="unknown root"),
        pytest.param(camt(container="BkToCstmrStmtX"), UnknownMessageError, 2, id="unknown container"),
        pytest.param(camt(version="camt.053.001.99"), UnknownVersionError, 1, id="unknown version"),
        pytest.param(camt(version="camt.060.001.05"), ForeignNamespaceError, 2, id="namespace of another message"),
        pytest.param(camt(version="camt.052.001.08"), ForeignNamespaceError, 2, id="namespace of another report"),
        pytest.param(camt(version="statement"), ForeignNamespaceError, 2, id="namespace that names nothing"),
        pytest.param(camt(version="camt.053.002.08"), UnknownVersionError, 1, id="unknown variant"),
        pytest.param(PAIN.format("pain.001.001.09", "CstmrCdtTrfInitn").encode(), NotAStatementError, 1, id="pain.001"),
        pytest.param(b"<Document><BkToCstmrStmt/></Document>", NoStatementError, 1, id="no statement"),
        pytest.param(b"<Document><BkToCstmrStmt><Sta/></BkToCstmrStmt></Document>", NoStatementError, 1, id="no Stmt"),
        pytest.param(LAUGHS, DoctypeError, None, id="billion laughs"),
        pytest.param(XXE, DoctypeError, None, id="external entity"),
        pytest.param(LAUGHS.decode().encode("utf-16"), DoctypeError, None, id="billion laughs in UTF-16"),
        pytest.param(b"<!-- a --><?pi?>\n<!doctype x><x/>", DoctypeError, None, id="DOCTYPE after a comment"),
        pytest.param(
            LAUGHS.replace(b'"1.0"', b'"1.0" encoding="UTF-7"').replace(b"<!D", b"+ADwAIQ-D"),
            KasseError,
            None,
            id="DOCTYPE in UTF-7",
        ),
        pytest.param(camt()[:-20], XmlError, 3, id="truncated"),
        pytest.param(camt().replace(b"UTF-8", b"klingon"), XmlError, 1, id="unknown encoding"),
        pytest.param(camt().replace(b"<Id>S", b"<Id>\xff"), XmlError, 2, id="not UTF-8"),
        pytest.param(camt().replace(b"<Id>S", b"<Id>&nbsp;"), XmlError, 2, id="undefined entity"),
        pytest.param(camt() + camt(), XmlError, 3, id="two documents in one file"),
        pytest.param(b"<a>" * 300, UnknownMessageError, 1, id="not one message in 300 levels"),
        pytest.param(camt("<X>" * 300), XmlLimitError, 3, id="too deep"),
        pytest.param(camt(f"<X>{'x' * 11_000_000}</X>"), XmlLimitError, 3, id="too long a text"),
        pytest.param(camt(ntry("1,50")), InvalidAmountError, 3, id="amount with a comma"),
        pytest.param(camt(ntry("-5.00")), InvalidAmountError, 3, id="negative amount"),
        pytest.param(camt(ntry("١٢")), InvalidAmountError, 3, id="Arabic digits"),
        pytest.param(camt(ntry(), ntry("1e3")), InvalidAmountError, 4, id="amount in the second line"),
        pytest.param(camt(ntry("9" * 16 + ".00")), AmountTooLargeError, 3, id="an amount without end"),
        pytest.param(camt(ntry("")), EntryAmountError, 3, id="empty amount"),
        pytest.param(camt(ntry(mark="")), DirectionError, 3, id="no direction"),
        pytest.param(camt(ntry(mark="CREDIT")), DirectionError, 3, id="unknown direction"),
        pytest.param(camt(f"<X>{ntry()}</X>"), StrayEntryError, 3, id="entry elsewhere"),
        pytest.param(rezipped(), EmptyZipError, None, id="empty ZIP"),
        pytest.param(rezipped(a=rezipped(b=camt())), NestedZipError, None, id="ZIP in a ZIP"),
        pytest.param(rezipped(a=camt())[:-30], ZipError, None, id="truncated ZIP"),
        pytest.param(rezipped(a=camt(), b=b"%PDF"), UnknownFileError, 1, id="PDF in a ZIP"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(data, error, line):
    refusal = refused(data)
    assert isinstance(refusal, error)
    assert refusal.place.line == line or line is None


def test_broken_xml_is_told_in_words_of_ours():
    """What the parser says is English and stands behind; each way a file can break has words that are translated."""
    for data, words in ((camt()[:-20], "breaks off"), (camt() + camt(), "second document"),
                        (camt().replace(b"<Id>S", b"<Id>&nbsp;"), "entity")):  # fmt: skip
        refusal = refused(data)
        assert words in str(refusal.fields["reason"]), (data[-30:], str(refusal))
        assert refusal.fields["parser"]


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "no.xml", tmp_path):
        with pytest.raises(FileUnreadableError):
            list(read_statements(path))


def test_a_file_may_be_truncated_anywhere():
    """Every fiftieth byte: an error with file and line, never fewer entries in silence."""
    data = DAY.read_bytes().rstrip()
    whole = len(list(read_statements(io.BytesIO(data))))
    for length in range(0, len(data), 50):
        refusal = refused(data[:length])
        assert refusal.place.line or length == 0
    assert whole == 11


def test_limits_hold_and_can_be_raised():
    data = camt(*[ntry() for _ in range(1000)])
    assert isinstance(refused(data, limits=Limits(file_bytes=100_000)), FileTooLargeError)
    junk = camt("<X>" + "<Y>1234567890</Y>" * 20_000 + "</X>")
    assert isinstance(refused(junk, limits=Limits(entry_bytes=200_000)), EntryTooLargeError)
    assert read(data, limits=Limits(entry_bytes=150_000))[2].entries == 1000
    deep = camt("<X>" * 300 + "</X>" * 300)
    assert read(deep, limits=Limits(huge=True))[2].not_understood == (("Stmt/X", 1),)


def test_a_zip_bomb_is_stopped():
    bomb = rezipped(a=camt("<X>" + " " * 20_000_000 + "</X>"))
    assert isinstance(refused(bomb), ZipLimitError)
    assert isinstance(refused(rezipped(a=camt(), b=camt()), limits=Limits(members=1)), ZipLimitError)
    many = rezipped(a=camt(ntry()), b=camt(ntry()))
    assert isinstance(refused(many, limits=Limits(file_bytes=len(many) + 10)), FileTooLargeError)


def test_the_members_of_a_zip_follow_each_other():
    data = rezipped(**{"b.xml": camt(ntry("1.00")), "../../etc/a\x1b.xml": camt(ntry("2.00"))})
    events = list(read_statements(io.BytesIO(data)))
    assert [event.amount_cents for event in events if isinstance(event, Entry)] == [100, 200]
    assert [name for name, _ in read_files(io.BytesIO(data))] == ["-/b.xml", "-/../../etc/a?.xml"]


def test_a_pipe_can_hold_a_zip(tmp_path):
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise OSError

    assert len(list(read_statements(Pipe(rezipped(a=camt(ntry())))))) == 3


def test_read_files_gives_a_plain_file_as_it_is():
    for name, stream in read_files(DAY):
        assert name == str(DAY)
        assert len(list(read_statements(stream))) == 11


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_with_a_rare_compression_is_refused(method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a", camt())
    assert isinstance(refused(stream.getvalue()), ZipMethodError)


def test_a_locked_zip_is_refused():
    data = bytearray(rezipped(a=camt()))
    for header in re.finditer(rb"PK\x03\x04|PK\x01\x02", bytes(data)):
        data[header.start() + (6 if data[header.start() + 2] == 3 else 8)] |= 1
    assert isinstance(refused(bytes(data)), ZipError)


def test_an_amount_finer_than_its_currency_is_rounded_and_said():
    _, (entry, other), closed = read(camt(ntry("8.855"), ntry("8.850")))
    assert (entry.amount_cents, entry.amount_written) == (886, "8.855")
    assert (other.amount_cents, other.amount_written) == (885, "")
    (finding,) = closed.findings
    assert isinstance(finding, UnfitAmountError)
    assert (finding.place.line, finding.fields["amount"]) == (3, "8.855")


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("2700", "JPY", 2700),
        ("2700.00", "JPY", 2700),
        ("1.234", "KWD", 1234),
        ("8.85000", "EUR", 885),
        (".5", "EUR", 50),
    ],
)
def test_amounts_are_minor_units_of_their_currency(amount, currency, units):
    assert read_entry(camt(ntry(amount, currency=currency))).amount_cents == units


BATCH = "<Btch><NbOfTxs>{0}</NbOfTxs></Btch>"
FEE = '<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt></Rcrd></Chrgs>'


@pytest.mark.parametrize(
    ("entry", "finding"),
    [
        pytest.param(ntry("30.00", details=tx("10.00") + tx("20.00")), None, id="they add up"),
        pytest.param(ntry("30.00", details=tx("10.00") + tx("10.00")), DetailSumError, id="one cent or ten missing"),
        pytest.param(ntry("30.00", details=tx("29.00")), DetailSumError, id="a single one differs"),
        pytest.param(ntry("53.00", "DBIT", details=tx("50.00", FEE)), None, id="the fee makes up the difference"),
        pytest.param(ntry("47.00", details=tx("50.00", FEE)), None, id="the fee was kept back"),
        pytest.param(ntry("30.00", details=BATCH.format(2) + tx("30.00")), DetailCountError, id="one of two"),
        pytest.param(ntry("30.00", details=BATCH.format(2)), None, id="none at all"),
        pytest.param(ntry("30.00", details="<TxDtls/><TxDtls/>"), None, id="without amounts"),
        pytest.param(
            ntry("30.00", details=tx("40.00") + tx("10.00", "<CdtDbtInd>DBIT</CdtDbtInd>")), None, id="both directions"
        ),
    ],
)
def test_details_must_add_up(entry, finding):
    _, (made,), closed = read(camt(entry))
    assert made.details_agree is (finding is None)
    assert [type(found) for found in closed.findings] == ([] if finding is None else [finding])
    assert all(found.place.line == 3 for found in closed.findings)


def test_a_summary_that_does_not_fit_is_said():
    summary = "<TxsSummry><TtlNtries><NbOfNtries>{0}</NbOfNtries></TtlNtries><TtlCdtNtries><Sum>{1}</Sum></TtlCdtNtries></TxsSummry>"
    assert read(camt(ntry(), head=summary.format(1, "10")))[2].findings == ()
    findings = read(camt(ntry(), head=summary.format(2, "10.01")))[2].findings
    assert [type(found) for found in findings] == [SummaryError, SummaryError]


def test_a_page_is_not_compared_with_the_summary_of_all_pages():
    paged = "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
    summary = "<TxsSummry><TtlNtries><NbOfNtries>5</NbOfNtries></TtlNtries></TxsSummry>"
    assert read(camt(ntry(), head=paged + summary))[2].findings == ()


def test_a_date_that_does_not_exist_is_left_out_and_said():
    _, (entry,), closed = read(camt(ntry().replace("2026-11-20", "2026-02-30", 1)))
    assert (entry.booking_day, str(entry.value_day)) == (None, "2026-11-20")
    assert [type(found) for found in closed.findings] == [InvalidDateError]


def test_a_statement_without_account_is_said():
    data = camt(ntry()).replace(f"<IBAN>{OWN_IBAN}</IBAN>".encode(), b"")
    assert [type(found) for found in read(data)[2].findings] == [AccountMissingError]


def test_what_is_not_understood_is_counted():
    odd = ntry(inside="<Neu><Feld>1</Feld></Neu><NtryRef>1</NtryRef><NtryRef>2</NtryRef>")
    _, entries, closed = read(camt(odd, odd, head="<Extra/>"))
    assert entries[0].reference == "1"
    assert closed.not_understood == (("Ntry/Neu", 2), ("Ntry/NtryRef", 2), ("Stmt/Extra", 1))


def test_a_thousand_findings_are_listed_and_the_rest_counted():
    closed = read(camt(*[ntry("1.001") for _ in range(1500)]))[2]
    assert len(closed.findings) == 1001
    assert isinstance(closed.findings[-1], MoreFindingsError)
    assert closed.findings[-1].fields["count"] == 500


def test_shapes_give_what_the_walk_gives():
    """Many entries of a few forms go the short way after the first hundred, and must not come out different."""
    forms = [
        ntry("1.00", details=tx("1.00", "<RmtInf><Ustrd> a </Ustrd><Ustrd>b</Ustrd></RmtInf>")),
        ntry("2.00", inside="<AddtlNtryInf>x</AddtlNtryInf><Neu/>"),
        ntry("2.00", inside="<AddtlNtryInf> </AddtlNtryInf>"),
        ntry("3.00", "DBIT", details=tx("1.00") + tx("2.00", "<Refs><EndToEndId>A&amp;B</EndToEndId></Refs>")),
        ntry("4.00", currency="JPY"),
        ntry("5.00", inside="<NtryRef><![CDATA[<a>]]></NtryRef>"),
    ]
    chosen = random.Random(1).choices(range(len(forms)), k=1000)
    single = [read_entry(camt(form)) for form in forms]
    _, entries, closed = read(camt(*[forms[number] for number in chosen]))
    for number, entry in zip(chosen, entries, strict=True):
        assert vars(entry) | {"index": 0, "line": 3} == vars(single[number])
    assert closed.not_understood == (("Ntry/Neu", chosen.count(1)),)


@given(st.binary(max_size=400))
def test_random_bytes_give_a_refusal(data):
    with pytest.raises(KasseError):
        list(read_statements(io.BytesIO(data)))


SEEDS = [DAY.read_bytes(), camt(ntry(), ntry(details=tx())), LAUGHS, rezipped(a=camt(ntry())), MT940]


PIECES = st.sampled_from([b"<", b"&", b"\0", b"]]>", b"<!DOCTYPE a>", b"\xff", b":61:", b"9"])
CHANGES = st.tuples(st.integers(0, 10**6), st.sampled_from(["flip", "cut", "double"]), st.integers(0, 60), PIECES)


@given(st.sampled_from(SEEDS), st.data())
def test_mutated_files_give_a_refusal_or_a_whole_stream(seed, data):
    mutated = bytearray(seed)
    for anywhere, change, length, extra in data.draw(st.lists(CHANGES, min_size=1, max_size=8)):
        at = anywhere % (len(mutated) or 1)
        piece = {"flip": extra, "cut": b"", "double": bytes(mutated[at : at + length]) * 2}[change]
        mutated[at : at + (len(piece) if change == "flip" else length)] = piece
    with contextlib.suppress(KasseError):
        events = list(read_statements(io.BytesIO(bytes(mutated))))
        closed = [event for event in events if isinstance(event, Closed)]
        assert closed
        assert sum(one.entries for one in closed) == sum(isinstance(event, Entry) for event in events)
