"""The fields of an MT file one by one, whatever the line ends, the encoding and the envelope around the messages."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from sepa.mt.din66003 import restored
from sepa.sources import EntryTooLargeError, Source

_LONGEST_LINE = 1 << 20
_END_OF_FILE = b"\x1a\0"  # of MS-DOS, and padding
_TAG = re.compile(r"^:([0-9]{2}[A-Z]?|NS|94[02]):", re.MULTILINE)
_TIME_BEFORE = re.compile(r"[T ][0-2][0-9]\n?\Z")
_TIME_AFTER = re.compile(r"[0-5][0-9]")
_SPLIT_CHARACTER = re.compile(rb"([\xc2-\xdf])\r?\n([\x80-\xbf])")
_UTF8_LIKE = re.compile(rb"[\xc2-\xf4]\r?\n?[\x80-\xbf]")
_ASCII = bytes(range(128))


class MtField(NamedTuple):
    """One field: its tag, its text with lines ended by a line feed, and the line where it begins.

    The tag is empty for what stands before the first field. An entry (:61:) with nothing but its one :86: comes with
    that text as `information`: so do nearly all.
    """

    tag: str
    text: str
    line: int
    information: str | None = None


def _by_byte(error: UnicodeError) -> tuple[str, int]:
    """Return the bytes that are no UTF-8 as the characters they are in Windows-1252, else in ISO 8859-1."""
    assert isinstance(error, UnicodeDecodeError)
    raw = error.object[error.start : error.end]
    try:
        return raw.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return raw.decode("latin-1"), error.end


codecs.register_error("kasse-cp1252", _by_byte)


def mt_fields(source: Source, *, din_66003: bool = False) -> Iterator[MtField]:
    """Yield each field of the file in order, in constant memory; the first one is what stands before all tags.

    Text is UTF-8, and Windows-1252 where it is not; or, as the caller knows, of the old 7-bit code. A line that only
    looks like a tag (a time of day that the bank broke at `:26:37`) belongs to the field before. Raises what
    `Source.read` raises.
    """
    start = 1
    for block in _blocks(source):
        block = restored(block) if din_66003 and block.isascii() else block  # noqa: PLW2901 - the same, readable
        line = start
        first, *entries = f"\n{block}".split("\n:61:")
        if first:
            yield from _fields(first[1:], line)
        line += first.count("\n")
        for entry in entries:
            text, mark, information = entry.partition("\n:86:")
            if mark and "\n:" not in information and "\n:" not in text:
                yield MtField("61", text, line, information)
            else:
                yield from _fields(f":61:{entry}", line)
            line += entry.count("\n") + 1
        start += block.count("\n")


def _fields(block: str, line: int) -> Iterator[MtField]:
    parts = _TAG.split(block)
    tag, text = "", parts[0]
    for new, after in zip(parts[1::2], parts[2::2], strict=True):
        if tag == "86" and _is_time(text, new, after):
            text += f":{new}:{after}"
            continue
        if tag or text:
            yield MtField(tag, text, line)
        line += text.count("\n")
        tag, text = new, after
    if tag or text:
        yield MtField(tag, text, line)


def _is_time(before: str, tag: str, after: str) -> bool:
    return bool(tag.isdigit() and tag < "60" and _TIME_BEFORE.search(before) and _TIME_AFTER.match(after))


def _blocks(source: Source) -> Iterator[str]:
    """Yield the text in pieces that begin with an entry or a message, so that no field is torn."""
    kept: list[str] = []
    for piece in _pieces(source):
        cut = _last_cut(piece)
        if cut < 0:
            kept.append(piece)
            continue
        yield "".join((*kept, piece[:cut]))
        source.since_progress = 0
        kept = [piece[cut:]]
    yield "".join(kept)


def _last_cut(piece: str) -> int:
    """Return where the last entry or message of a piece begins, or -1; a piece begins with a whole line."""
    entry, message = piece.rfind("\n:61:"), piece.rfind("\n:20:")
    if message > entry and not _TIME_BEFORE.search(piece, max(0, message - 3), message):
        return message + 1
    return entry + 1 if entry >= 0 else -1


def _pieces(source: Source) -> Iterator[str]:
    """Yield the text in pieces of whole lines."""
    rest = source.read().removeprefix(codecs.BOM_UTF8)
    while data := source.read():
        rest += data
        cut = rest.rfind(b"\n") + 1 or rest.rfind(b"\r", 0, -1) + 1
        if cut:
            yield _text(rest[:cut])
            rest = rest[cut:]
        elif len(rest) > _LONGEST_LINE:
            raise EntryTooLargeError(place=source.place, file=source.name, limit_bytes=_LONGEST_LINE)
    yield _text(rest.rstrip(_END_OF_FILE))


def _text(data: bytes) -> str:
    text = data.decode() if data.isascii() else _decoded(data)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _decoded(data: bytes) -> str:
    """Return the text; banks write one encoding or mix two, and break lines within a character."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    if _UTF8_LIKE.search(data.translate(None, _ASCII)) and _UTF8_LIKE.search(data):
        return _SPLIT_CHARACTER.sub(rb"\1\2", data).decode("utf-8", "kasse-cp1252")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("utf-8", "kasse-cp1252")
