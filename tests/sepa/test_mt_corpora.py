"""Every MT file of the corpora gives the numbers of an independent count; all bytes give values or an error."""

import csv
import io
import re
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sepa.currencies import minor_digits
from sepa.errors import KasseError
from sepa.mt import statement
from sepa.mt.forms import InformationReader
from sepa.mt.information import read_information
from sepa.reading import read_statements
from sepa.statements import Closed, Entry, Opened
from tests.conftest import needs
from tests.paths import CORPORA
from tests.sepa.mt_files import entry, mt, purpose, wrapped
from tests.sepa.statement_files import DATA, camt, ntry, read_entry

BROKEN = {"wolph_mt940/mt940_tests/betterplace/amount_formats.sta"}
NOT_COUNTED = (  # files that expected.tsv leaves out: the tests below add up their lines on their own
    "wolph_mt940/mt940_tests/ASNB/mt940_with_spaces_for_entry_date.txt",
    "wolph_mt940/mt940_tests/citi/mt940.txt",
    "wolph_mt940/mt940_tests/jejik/knab.sta",
)
LINE = re.compile(rb":61:[0-9]{6}(?:[0-9]{4}| {4})([CD])[A-Z]?([0-9]+,[0-9]*|[0-9]+)")


def added_up(path: str) -> tuple[int, int, str, str]:
    """Statements, entries, credits and debits of a file of simple lines, by nothing but its lines."""
    lines = (CORPORA / path).read_bytes().splitlines()
    found = [LINE.match(line) for line in lines if line.startswith(b":61:")]
    assert all(found), path
    sums = {b"C": Decimal(0), b"D": Decimal(0)}
    for match in found:
        sums[match[1]] += Decimal(match[2].decode().replace(",", "."))
    return sum(line.startswith(b":20:") for line in lines), len(found), str(sums[b"C"]), str(sums[b"D"])


def rows() -> dict[str, tuple[int, int, str, str]]:
    table = CORPORA / "expected.tsv"
    if not table.exists():
        return {}
    with table.open(encoding="utf-8") as lines:
        found = [row for row in csv.DictReader(lines, delimiter="\t") if row["kind"] == "MT94x"]
    counted = {
        row["path"]: (int(row["statements"]), int(row["entries"]), row["credits"], row["debits"]) for row in found
    }
    return counted | {path: added_up(path) for path in NOT_COUNTED}


def test_the_corpora_are_there():
    needs("corpora", bool(rows()), f"no files of other projects under {CORPORA}")
    assert len(rows()) == 36


@pytest.mark.parametrize("path", rows())
def test_a_file_of_others_gives_the_expected_numbers(path):
    statements, count, credit, debit = rows()[path]
    events = list(read_statements(CORPORA / path))
    entries = [event for event in events if isinstance(event, Entry)]
    amounts = [Decimal(one.amount_cents).scaleb(-minor_digits(one.currency)) for one in entries]
    assert sum(isinstance(event, Opened) for event in events) == statements
    assert len(entries) == count == sum(event.entries for event in events if isinstance(event, Closed))
    assert sum(amount for amount in amounts if amount > 0) == Decimal(credit)
    assert sum(-amount for amount in amounts if amount < 0) == Decimal(debit)
    lines = (CORPORA / path).read_bytes().splitlines()
    assert all(lines[(one.line or 0) - 1].startswith(b":61:") for one in entries)


@pytest.mark.parametrize("path", sorted(BROKEN))
def test_a_broken_file_of_others_is_an_error_with_its_place(path):
    if not (CORPORA / path).exists():
        pytest.skip(f"no files of other projects under {CORPORA}")
    with pytest.raises(KasseError) as refused:
        list(read_statements(CORPORA / path))
    assert refused.value.place.file == str(CORPORA / path)
    assert refused.value.place.line == 1


@cache
def seeds() -> tuple[bytes, ...]:
    found = [path.read_bytes() for path in CORPORA.glob("**/mt940_tests/**/*.*") if path.stat().st_size < 20_000]
    return (*found, (DATA / "mt940-day.sta").read_bytes())


def check(data: bytes) -> None:
    refused: KasseError | None = None
    events = []
    try:
        events = list(read_statements(io.BytesIO(data)))
    except KasseError as error:
        refused = error
    if refused is not None:
        assert refused.place.file == "-"
        assert str(refused)
        return
    ends = [event for event in events if isinstance(event, Closed)]
    assert len(ends) == sum(isinstance(event, Opened) for event in events) > 0
    assert sum(end.entries for end in ends) == sum(isinstance(event, Entry) for event in events)
    for end in ends:
        assert all(str(finding) for finding in end.findings)


PIECES = st.sampled_from(
    [b"\n", b"\r", b":", b":61:", b"\n:61:", b"\n:86:", b"\n:20:", b"\n:62F:", b"?20", b"?", b"EREF+", b"SVWZ+", b"-}{5:}",
     b"//", b",", b"C", b"RD", b"0", b"99999999999999999999", b"\xff", b"\xc3", b"\x00", b"/REMI/", b":NS:", b" "]
)  # fmt: skip


@given(st.data())
def test_any_change_of_a_file_gives_values_or_an_error(data):
    raw = bytearray(data.draw(st.sampled_from(seeds())))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        cut = data.draw(st.integers(0, 12))
        raw[at : at + cut] = data.draw(PIECES | st.binary(max_size=8))
    check(bytes(raw))


@given(st.lists(PIECES | st.binary(max_size=20)))
@example([b":61:" * 3])
def test_any_bytes_after_a_head_give_values_or_an_error(pieces):
    check(mt(closing="") + b"".join(pieces))


WORDS = st.text(st.sampled_from("ABCdefäöüß0123456789 /-.,()'&"), min_size=1, max_size=30).map(str.strip).filter(bool)
IDS = st.text(st.sampled_from("ABC0123456789-/."), min_size=1, max_size=35)


@given(
    cents=st.integers(1, 10**11),
    credit=st.booleans(),
    name=WORDS,
    end_to_end=IDS,
    text=st.text(st.sampled_from("ABC def 0123456789 /-.,äß"), min_size=1, max_size=120).map(str.strip).filter(bool),
    mandate=st.none() | IDS,
    width=st.sampled_from([30, 65, 500]),
)
def test_the_same_payment_reads_the_same_from_camt_and_mt940(cents, credit, name, end_to_end, text, mandate, width):
    amount = f"{cents // 100}.{cents % 100:02d}"
    mark, role, agent = ("CRDT", "Dbtr", "DbtrAgt") if credit else ("DBIT", "Cdtr", "CdtrAgt")
    xml = {one: one.replace("&", "&amp;") for one in (name, end_to_end, text)}
    references = f"<EndToEndId>{end_to_end}</EndToEndId>" + (f"<MndtId>{mandate}</MndtId>" if mandate else "")
    inside = (
        f'<TxDtls><Refs>{references}</Refs><Amt Ccy="EUR">{amount}</Amt><RltdPties><{role}><Pty><Nm>{xml[name]}</Nm></Pty></{role}>'
        f"<{role}Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></{role}Acct></RltdPties><RltdAgts><{agent}><FinInstnId>"
        f"<BICFI>COBADEFFXXX</BICFI></FinInstnId></{agent}></RltdAgts><RmtInf><Ustrd>{xml[text]}</Ustrd></RmtInf></TxDtls>"
    )
    code = "<BkTxCd><Prtry><Cd>NTRF+166+9310+000</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
    one = read_entry(camt(ntry(amount, mark, code + "<AddtlNtryInf>TEXT</AddtlNtryInf>", details=inside)))
    words = f"EREF+{end_to_end}" + (f"MREF+{mandate}" if mandate else "") + f"SVWZ+{text}"
    names = f"?32{name[:27]}" + (f"?33{name[27:]}" if name[27:] else "")
    information = f"166?00TEXT?109310{purpose(words)}?30COBADEFFXXX?31DE89370400440532013000{names}?34000"
    line = f"2611201120{mark[0]}R{amount.replace('.', ',')}NTRFNONREF"
    other = read_entry(mt(*entry(wrapped(information, width), line=line)))
    for field in ("amount_cents", "gvc", "primanota", "proprietary_code", "booking_day", "value_day", "status"):
        assert getattr(one, field) == getattr(other, field)
    for field in ("name", "iban", "bic", "end_to_end_id", "mandate_id", "text", "amount_cents"):
        assert getattr(one.first, field) == getattr(other.first, field), field


PARTS = st.lists(
    st.tuples(
        st.sampled_from(["00", "10", "20", "21", "22", "29", "30", "31", "32", "33", "34", "38", "60", "61", "77"]),
        st.sampled_from(["", "EREF+", "SVWZ+", "MREF+", "ABWA+", "IBAN+", "BIC+", "EREF: ", "X+", "?20", " "]),
        st.sampled_from(["", "A", " b ", "DE89370400440532013000", "COBADEFFXXX", "1+1", "SVWZ+c", "MREF+m"]),
    ),
    max_size=8,
)


@given(st.lists(PARTS, min_size=1, max_size=4), st.booleans())
def test_a_form_met_again_reads_as_it_did_first(texts, ordered):
    reader, odd = InformationReader(), []
    for parts in texts * 2:
        text = "166" + "".join(f"?{number}{key}{value}" for number, key, value in (sorted(parts) if ordered else parts))
        first: list[str] = []
        expected = read_information(text, first.append)
        assert reader.read(text, odd.append) == expected
        assert reader.read(text.replace("A", "Ab"), odd.append) == read_information(text.replace("A", "Ab"), odd.append)


def both_ways(data: bytes):
    """What a file gives with and without the way for the plainest entries."""
    quick = list(read_statements(io.BytesIO(data)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statement, "quick_entry", lambda *_: None)
        return quick, list(read_statements(io.BytesIO(data)))


@pytest.mark.parametrize("path", sorted(rows()))
def test_the_quick_way_gives_what_the_long_one_gives(path):
    quick, long = both_ways((CORPORA / path).read_bytes())
    assert [repr(one) for one in quick] == [repr(one) for one in long]


MARKS = st.sampled_from(["CR", "DR", "C", "D", "RC", "RD", "CX", "c"])
REFERENCES = st.sampled_from(
    ["NONREF", "", "KREF+", "R-1//B-1", "R/1//B-1", "//B-1", " R ", "R//B//C", "DE89370400440532013000"]
)
WORDINGS = st.lists(
    st.tuples(st.sampled_from(["EREF+", "MREF+", "KREF+", "CRED+", "SVWZ+", "ABWA+", "OAMT+", ""]), WORDS), max_size=5
)


@given(
    st.lists(st.tuples(MARKS, st.integers(0, 10**9), REFERENCES, WORDINGS, st.booleans()), min_size=3, max_size=8),
    st.sampled_from(["166", "109", "191", "005"]),
)
def test_any_entries_read_the_same_both_ways(drawn, gvc):
    fields: list[str] = []
    for mark, cents, reference, wording, wide in drawn:
        purposes = "".join(f"?{20 + at}{key}{text}" for at, (key, text) in enumerate(wording))
        bank = "?30COBADEFFXXX?31DE89370400440532013000" if wide else "?3037040044?31532013000"
        line = f"2611201120{mark}{cents // 100},{cents % 100:02d}NTRF{reference}"
        fields += entry(f"{gvc}?00TEXT?109310{purposes}{bank}?32Name?34901", line=line) * 2
    quick, long = both_ways(mt(*fields))
    assert [repr(one) for one in quick] == [repr(one) for one in long]


def test_a_form_is_learnt_and_then_used():
    reader = InformationReader()
    one, other = "166?00T?20EREF+1?21SVWZ+a?22b?32N", "166?00U?20EREF+2?21SVWZ+c?22d?32M"
    assert reader.read(one, pytest.fail) == read_information(one, pytest.fail)
    assert [form.pattern.fullmatch(other) is not None for forms in reader._forms.values() for form in forms] == [True]
    assert reader.read(other, pytest.fail).words == {"EREF": "2"}
    assert reader.read(other, pytest.fail).remittance == ("c d",)
