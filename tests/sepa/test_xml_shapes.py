"""Elements of known shape are taken out before the parser; the outcome must be that of the long way.

A file that declares ASCII goes the long way, so that the same bytes can be read both ways.
"""

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.errors import KasseError
from sepa.reading import read_statements
from sepa.statements import Closed, Entry
from tests.sepa.statement_files import camt, ntry, read, read_entry, tx

FORMS = [
    ntry("1.00", details=tx("1.00", "<RmtInf><Ustrd> a </Ustrd><Ustrd>b</Ustrd></RmtInf>")),
    ntry("2.00", inside="<AddtlNtryInf>x</AddtlNtryInf><Neu/>"),
    ntry("2.00", inside="<AddtlNtryInf> </AddtlNtryInf>"),
    ntry("3.00", "DBIT", details=tx("1.00") + "\n" + tx("2.00", "<Refs><EndToEndId>A&amp;B</EndToEndId></Refs>")),
    ntry("4.00", currency="JPY"),
    ntry("5.00", inside="<NtryRef><![CDATA[<a>]]></NtryRef>"),
    ntry("5.00", inside="<NtryRef>a<!-- b -->c</NtryRef>"),
    ntry("6.001"),
    ntry("7.00", inside="<NtryRef>1</NtryRef><NtryRef>2</NtryRef>"),
    ntry("8.00").replace("><", ">\n\t<"),
    ntry("9.00", inside="<NtryRef>a > b</NtryRef>"),
    f"<!-- {ntry('100.00')} -->" + ntry("1.00"),
]
DRESSES = {
    "as it is": lambda data: data,
    "prefixed": lambda data: (
        data.replace(b"Ntry>", b"n:Ntry>").replace(b"<n:Ntry>", b"<n:Ntry>").replace(b"</Ntry>", b"</n:Ntry>")
    ),
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "one line": lambda data: data.replace(b"\n", b" "),
}


def file_of(numbers) -> bytes:
    data = camt(*[FORMS[number] for number in numbers])
    return data.replace(b"<BkToCstmrStmt>", b'<BkToCstmrStmt xmlns:n="urn:n">')


def outcome(data: bytes):
    """Return the stream as it is, or the class and line of the refusal."""
    try:
        return [vars(e) if isinstance(e, Entry) else str(e) for e in read_statements(io.BytesIO(data))]
    except KasseError as refusal:
        return type(refusal), refusal.place.line


def long_way(data: bytes) -> bytes:
    return data.replace(b"UTF-8", b"ASCII", 1)


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
def test_both_ways_give_the_same(dress):
    data = dress(file_of(random.Random(1).choices(range(len(FORMS)), k=1000)))
    assert outcome(data) == outcome(long_way(data))
    assert len(outcome(data)) == 1002


def test_files_in_latin_1_take_the_short_way_too():
    forms = [ntry(inside=f"<AddtlNtryInf>Gebühr {number} §</AddtlNtryInf>") for number in range(300)]
    data = camt(*forms)
    old = data.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert outcome(old) == outcome(data)
    assert outcome(old)[300]["additional_information"] == "Gebühr 299 §"


def test_every_form_comes_out_as_if_it_were_alone():
    chosen = random.Random(2).choices(range(len(FORMS)), k=1000)
    single = [vars(read_entry(camt(form))) for form in FORMS]
    _, entries, _ = read(camt(*[FORMS[number] for number in chosen]))
    for number, entry in zip(chosen, entries, strict=True):
        assert vars(entry) | {"index": 0, "line": 3} == single[number]


def test_entries_know_their_lines_after_shorter_and_longer_ones():
    chosen = random.Random(3).choices(range(len(FORMS)), k=500)
    data = camt(*[FORMS[number] for number in chosen])
    lines = data.decode().split("\n")
    for entry in read(data)[1]:
        assert "<Ntry>" in lines[entry.line - 1]


def test_an_error_after_many_known_entries_has_its_line():
    good = [ntry()] * 300
    for broken in (ntry("1,5"), ntry().replace("</Ntry>", "</Ntri>"), "<a>&b;</a>", ntry("\x01")):
        data = camt(*good, broken, *good)
        assert outcome(data) == outcome(long_way(data))
        assert outcome(data)[1] in {303, 304}


def test_an_entry_that_is_not_utf_8_is_refused_like_any():
    data = camt(*[ntry(inside="<NtryRef>x</NtryRef>")] * 300).replace(b"<NtryRef>x", b"<NtryRef>\xfc", 200)
    kind, line = outcome(data)
    assert (kind.code, line) == ("xml.broken", 3)


def test_a_mark_of_our_own_in_the_file_does_no_harm():
    forged = "<Ntry>\ue0001</Ntry>"
    kind, line = outcome(camt(*[ntry()] * 300, forged))
    assert (kind.code, line) == ("statement.direction", 303)


def test_long_entries_among_short_ones_are_read_whole():
    long = ntry("3000.00", details=tx("1.00", "<RmtInf><Ustrd>text</Ustrd></RmtInf>") * 3000)
    _, entries, closed = read(camt(*[ntry()] * 200, long, *[ntry()] * 200, long))
    assert [len(entry.details) for entry in entries] == [*[0] * 200, 3000, *[0] * 200, 3000]
    assert closed.findings == ()


CHARACTERS = st.sampled_from([*list("<>/&;!-[]\"' \n09Aax"), "Ntry>", "<Ntry>", "]]>", "<!--", "-->", "<![CDATA["])
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), CHARACTERS), min_size=1, max_size=4)


@given(st.lists(st.integers(0, len(FORMS) - 1), min_size=90, max_size=120), CHANGES)
def test_mutated_files_come_out_the_same_both_ways(numbers, changes):
    text = file_of(numbers).decode()
    for where, length, piece in changes:
        at = 80 + int(where * (len(text) - 80))
        text = text[:at] + piece + text[at + length :]
    data = text.encode()
    short, long = outcome(data), outcome(long_way(data))
    assert short == long or (isinstance(short, tuple) and isinstance(long, tuple))
    if isinstance(short, list):
        assert any("Closed" in str(event) or Closed.__name__ in str(event) for event in short)
