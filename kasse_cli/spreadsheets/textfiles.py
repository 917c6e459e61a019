"""CSV and other separated text: its encoding, its separator and its records."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Sequence
from itertools import islice
from operator import itemgetter
from typing import IO

from kasse_cli.spreadsheets.headings import TITLE_ROWS, Wanted
from kasse_cli.spreadsheets.rows import RawRow, SourceSheet
from kasse_cli.spreadsheets.sources import Source
from sepa.errors import N_, KasseError, Place

GUARDED = re.compile(r"'+[=+\-@\t\r]")  # what our own CSV for Excel puts before a text that could be a formula
_SEPARATORS = ";\t,"
_QUOTED = re.compile(r'"[^"]*(?:"|$)')
_DECLARED = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_UTF8_AS_CP1252 = re.compile(rb"[\xc2\xc3][\x80-\xbf]")


class NotTextError(KasseError):
    """Bytes that are neither UTF-8 nor Windows-1252."""

    code = "sheet.not_text"
    template = N_("the file is neither a spreadsheet nor text in UTF-8 or Windows-1252")
    hint = N_("open it in Excel or LibreOffice and save it as .xlsx or as CSV UTF-8")


class MixedEncodingError(KasseError):
    """Text that is UTF-8 in one place and Windows-1252 in another."""

    code = "sheet.mixed_encoding"
    template = N_("the file mixes UTF-8 and Windows-1252: umlauts would be lost")
    hint = N_("save the list again as CSV UTF-8 from one program")


class CsvSyntaxError(KasseError):
    """A quotation mark that is never closed, or text after a closing one."""

    code = "sheet.csv_quotes"
    template = N_("the quotation marks do not match")
    hint = N_('close every quoted field, and double a quotation mark inside it: "5"" pipe"')


def read_text(source: Source, look: Wanted | None = None) -> SourceSheet:
    """Return the records of a separated text as rows; the rows own the file and close it at their end.

    The line that `look` knows as the heading says which separator it is, else the first. Raises `NotTextError` or
    `MixedEncodingError`; the rows raise `CsvSyntaxError`.
    """
    try:
        encoding = _encoding(source.stream)
    except KasseError as error:
        source.stream.close()
        raise error.at(source.place) from None
    return SourceSheet(source.place, _rows(source, encoding, look), text=True)


def _encoding(stream: IO[bytes]) -> str:
    head = stream.read(4)
    stream.seek(0)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _checked_utf16(stream)
    marked = head.startswith(b"\xef\xbb\xbf")
    foreign, utf8 = _foreign_lines(stream)
    if foreign and (marked or utf8):
        raise MixedEncodingError(place=Place(line=foreign))
    return "cp1252" if foreign else "utf-8-sig"


def _checked_utf16(stream: IO[bytes]) -> str:
    text = io.TextIOWrapper(stream, "utf-16")
    try:
        for _ in text:
            pass
    except UnicodeError:
        raise NotTextError from None
    finally:
        text.detach()
    stream.seek(0)
    return "utf-16"


def _foreign_lines(stream: IO[bytes]) -> tuple[int, bool]:
    """Return the first line that is not UTF-8 (0 for none) and whether another line must be UTF-8."""
    foreign, utf8 = 0, False
    for number, line in enumerate(stream, 1):
        if b"\0" in line:
            raise NotTextError(place=Place(line=number))
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            utf8 = True
        except UnicodeDecodeError:
            foreign = foreign or number
            utf8 = utf8 or _is_mixed(line, number)
    stream.seek(0)
    return foreign, utf8


def _is_mixed(line: bytes, number: int) -> bool:
    try:
        line.decode("cp1252")
    except UnicodeDecodeError:
        raise NotTextError(place=Place(line=number)) from None
    return _UTF8_AS_CP1252.search(line) is not None


def _rows(source: Source, encoding: str, look: Wanted | None) -> Generator[RawRow, None, None]:
    with io.TextIOWrapper(source.stream, encoding, newline="") as text:
        separator, skipped = _separator(text, look)
        reader = csv.reader(text, delimiter=separator, strict=True)
        number, line = 1 - skipped, 1
        try:
            for values in reader:
                if number > 0:
                    if "'" in "".join(values):
                        values = [value if value[:1] != "'" else _unguarded(value) for value in values]  # noqa: PLW2901
                    yield RawRow(number, line, values)
                number, line = number + 1, reader.line_num + 1
        except csv.Error:
            raise CsvSyntaxError(place=Place(file=source.name, line=line)) from None


def _separator(text: io.TextIOWrapper, look: Wanted | None) -> tuple[str, int]:
    """Return the separator of the heading, and how many lines stand before the first row."""
    first = text.readline()
    text.seek(0)
    lines = list(islice((line for line in text if line.strip("\r\n")), TITLE_ROWS))
    text.seek(0)
    if declared := _DECLARED.fullmatch(first):
        return declared[1], 1
    return (_of_heading(lines, look) if look else None) or _most_frequent(lines[0] if lines else ""), 0


def _of_heading(lines: Sequence[str], look: Wanted) -> str | None:
    """Return the separator by which one of the first lines is the heading, or by which it names most columns."""
    split = [(sign, _fields(line, sign)) for line in lines for sign in _SEPARATORS]
    for sign, values in split:
        if look.is_heading(values):
            return sign
    known, sign = max(((look.known(values), sign) for sign, values in split), key=itemgetter(0), default=(0, ""))
    return sign if known > 1 else None


def _fields(line: str, sign: str) -> list[str]:
    return next(csv.reader([line], delimiter=sign), [])


def _most_frequent(line: str) -> str:
    bare = _QUOTED.sub("", line)
    return max(_SEPARATORS, key=bare.count)


def _unguarded(value: str) -> str:
    return value[1:] if GUARDED.match(value) else value
