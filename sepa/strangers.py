"""What a file is that is none of ours, in a word: never by its content, which is nobody's business."""

from __future__ import annotations

import re

from sepa.errors import N_

_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\xfd7zXZ", "xz"),
    (b"\xd0\xcf\x11\xe0", "Microsoft Office"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"SQLite format 3", "SQLite"),
    (b"\0\5\x16\7", "macOS"),
    (b"\0\0\0\1Bud1", "macOS"),
    (b"MZ", N_("a program")),
    (b"\x7fELF", N_("a program")),
    (b"-----BEGIN ", N_("a key or certificate")),
)
_WORDS = (
    (re.compile(rb"<!doctype html|<html", re.IGNORECASE), "HTML"),
    (re.compile(rb"0128A[A-Z]{2}"), "DTAUS"),
    (re.compile(rb"0256[QT]"), "DTAZV"),
    (re.compile(rb"HNHBK:|HNVSK:"), "FinTS"),
    (re.compile(rb"!Type:|!Account"), "QIF"),
    (re.compile(rb"OFXHEADER|<\?OFX"), "OFX"),
    (re.compile(rb"0{5}[0-9]{9}05"), "CODA"),
    (re.compile(rb"01,[^\r\n]*,[0-9]{6},"), "BAI2"),
    (re.compile(rb"BEGIN:V"), N_("a calendar or a contact")),
    (re.compile(rb"(?:From|Received|Return-Path|MIME-Version|Subject)[ :]"), N_("an e-mail")),
    (re.compile(rb"\{\d:"), N_("a SWIFT message without fields")),
    (re.compile(rb"[\[{]\s*[\"{\[\]}0-9]"), "JSON"),
)
_OPEN_XML, _OPEN_DOCUMENT = "Microsoft Office", "OpenDocument"
_OFFICE_ENDINGS = {
    **dict.fromkeys(("docx", "docm", "dotx", "xlsx", "xlsm", "xlsb", "xltx", "pptx", "pptm", "ppsx"), _OPEN_XML),
    **dict.fromkeys(("odt", "ott", "ods", "ots", "odp", "odg"), _OPEN_DOCUMENT),
}
_OFFICE_FIRST = {
    _OPEN_XML: re.compile(
        rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/\.rels|(?:docProps|word|xl|ppt|customXml)/)", re.DOTALL
    ),
    _OPEN_DOCUMENT: re.compile(
        rb"PK\x03\x04.{4}\0\0.{16}\x08\0..mimetype.{0,64}?application/vnd\.oasis\.opendocument\.", re.DOTALL
    ),
}
"""How the first file within begins: its header, its name, and in an OpenDocument what it says, which is not packed."""
_FIRST_LINE = re.compile(rb"([^\r\n]*+)[\r\n]")
_SEPARATORS = re.compile(rb"[;\t,]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAFE = re.compile(r"[^\w.:/#-]", re.ASCII)
LONGEST_NAME = 60


def kind_of(head: bytes) -> str:
    r"""Return a word for a file that begins like this, to be translated: its format, or table, text, binary data.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"Name;IBAN;Amount\n"), kind_of(b"Dear all")
    ('PDF', 'a table (CSV)', 'a text')
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    for form, name in _WORDS:
        if form.match(text):
            return name
    if _CONTROL.search(text[:1000]):
        return N_("binary data")
    first = _FIRST_LINE.match(text)
    return N_("a table (CSV)") if first and len(_SEPARATORS.findall(first[1])) > 1 else N_("a text")


def office_kind(name: str, head: bytes) -> str:
    r"""Return whose Office file this is by its name and its first bytes, empty where it is none; nothing is unpacked.

    Such files are ZIPs. One that only bears the name, or only looks like one, is none: what is in it is not known.

    >>> office_kind("Deckblatt.docx", b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml")
    'Microsoft Office'
    >>> office_kind("Deckblatt.docx", b"PK\x03\x04" + bytes(26) + b"day.xml"), office_kind("a.zip", b"PK\x03\x04")
    ('', '')
    """
    kind = _OFFICE_ENDINGS.get(name.rpartition(".")[2].lower(), "")
    return kind if kind and _OFFICE_FIRST[kind].match(head) else ""


def safe_name(name: str) -> str:
    """Return a name out of a stranger's file as one may print it: short, and of plain signs."""
    bare = _SAFE.sub("_", name[: LONGEST_NAME + 1])
    return bare if len(bare) <= LONGEST_NAME else bare[:LONGEST_NAME] + "…"
