"""A file that is none of ours is named by its kind; nothing of what stands in it is repeated."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.errors import KasseError
from sepa.reading import identify
from sepa.strangers import LONGEST_NAME, kind_of, safe_name

KINDS = [
    (b"%PDF-1.7\n", "PDF"),
    (b"\x1f\x8b\x08\0", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "Microsoft Office"),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xff\xd8\xff\xe0", "JPEG"),
    (b"SQLite format 3\0", "SQLite"),
    (b"MZ\x90\0", "a program"),
    (b"-----BEGIN PRIVATE KEY-----", "a key or certificate"),
    (b" \r\n<!DOCTYPE HTML>", "HTML"),
    (b"0128AGK37040044", "DTAUS"),
    (b"HNHBK:1:3+000000000123", "FinTS"),
    (b"!Type:Bank\n", "QIF"),
    (b"OFXHEADER:100\n", "OFX"),
    (b"0000020112672505", "CODA"),
    (b"01,SENDER,RECEIVER,261120,0800,1,,,2/\n", "BAI2"),
    (b"Received: from mail", "an e-mail"),
    (b"{1:F01COBADEFFAXXX}", "a SWIFT message without fields"),
    (b'{"entries": []}', "JSON"),
    (b"[{}]", "JSON"),
    ("Buchungstag;Betrag;Währung\n".encode("cp1252"), "a table (CSV)"),
    ("\ufeffdate\tamount\tname\n".encode("utf-16-le"), "a table (CSV)"),
    (b"Sehr geehrte Damen und Herren, ", "a text"),
    (b"\x01\x02\x03abc", "binary data"),
    (b"\0\5\x16\7\0\2\0\0Mac OS X", "macOS"),
    (b"\0\0\0\1Bud1\0\0\x10\0", "macOS"),
]


@pytest.mark.parametrize(("head", "kind"), KINDS, ids=[f"{kind} {at}" for at, (_, kind) in enumerate(KINDS)])
def test_a_strange_file_is_named_by_its_kind(head, kind):
    assert kind_of(head) == kind
    with pytest.raises(KasseError) as refused:
        identify(io.BytesIO(head))
    assert (refused.value.code, refused.value.fields) == ("file.unknown", {"kind": kind})


WORDS = {kind for _, kind in KINDS} | {
    "bzip2",
    "7-Zip",
    "RAR",
    "xz",
    "RTF",
    "GIF",
    "TIFF",
    "DTAZV",
    "a calendar or a contact",
}


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_any_file_has_one_of_few_words(head):
    assert kind_of(head) in WORDS


@given(st.text(max_size=200))
def test_a_name_is_short_and_of_plain_signs(name):
    made = safe_name(name)
    assert made.isprintable()
    assert len(made) <= LONGEST_NAME + 1
    assert made.removesuffix("…").isascii()


def test_an_unknown_message_is_named_without_a_stranger_s_text():
    secret = "Geheim\u202e" + "x" * 500
    with pytest.raises(KasseError) as refused:
        identify(io.BytesIO(f"<A{'b' * 300} xmlns='urn:{secret}'><Erika>Musterfrau</Erika></A{'b' * 300}>".encode()))
    shown = str(refused.value)
    assert refused.value.code == "file.unknown_message"
    assert len(shown) < 250
    assert shown.isprintable()
    assert "Erika" not in shown


def test_a_line_that_never_ends_is_read_once():
    """A pattern that tries every pair of separators takes hours for this."""
    assert kind_of(b"a;b," * 500_000) == "a text"
    assert kind_of(b"a;b," * 500_000 + b"\n") == "a table (CSV)"
