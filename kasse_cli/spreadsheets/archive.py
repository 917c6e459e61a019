"""The zip container of .xlsx and .ods, read without trusting a word it says about itself."""

from __future__ import annotations

import copy
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import IO
from xml.parsers import expat

from sepa.errors import N_, KasseError

MAX_PARTS = 5_000
MAX_UNPACKED_BYTES = 1024**3
MAX_RATIO = 250  # what Excel writes packs 10 to 60 times
_SMALL_BYTES = 10 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)

Attributes = dict[str, str]
OnStart = Callable[[str, Attributes], None]
OnEnd = Callable[[str], None]


class DamagedFileError(KasseError):
    """A file that breaks off, contradicts itself or is not what it claims to be."""

    code = "sheet.damaged"
    template = N_("the file is damaged: {part}")
    hint = N_("open it in Excel or LibreOffice and save it again as .xlsx")


class TooLargeError(KasseError):
    """A container that unpacks to more than a list can be."""

    code = "sheet.too_large"
    template = N_("the file unpacks to more than a list can hold: {part}")
    hint = N_("split the list, or ask the sender what this file is")


class DoctypeError(KasseError):
    """A part with a document type definition, which no spreadsheet program writes."""

    code = "sheet.doctype"
    template = N_("the file holds a document type definition: {part}")
    hint = N_("do not use it, and ask the sender how it was made")


class Archive:
    """The parts of a zip file by name; every part read is checked against its promised size and checksum.

    Raises `DamagedFileError` or `TooLargeError`, when made and when read.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(stream)
        except _BROKEN:
            raise DamagedFileError(part="zip") from None
        self._parts = {info.filename: info for info in self._zip.infolist()}
        _check_sizes(self._zip.infolist())

    def names(self) -> tuple[str, ...]:
        """Return the names of all parts."""
        return tuple(self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of one part in pieces."""
        info = self._parts.get(name)
        if info is None:
            raise DamagedFileError(part=name)
        longer = copy.copy(info)
        longer.file_size += 1  # so that a part longer than promised shows itself
        try:
            with self._zip.open(longer) as part:
                yield from iter(lambda: part.read(_CHUNK_BYTES), b"")
                honest = part.tell() == info.file_size
        except _BROKEN:
            raise DamagedFileError(part=name) from None
        if not honest:
            raise DamagedFileError(part=name)

    def check(self, names: Iterable[str]) -> None:
        """Read those parts to their end, so that another reader meets no surprise in them."""
        for name in names:
            for _ in self.chunks(name):
                pass

    def walk(self, name: str, start: OnStart, end: OnEnd | None = None) -> None:
        """Call back for every element of an XML part with its local name and its attributes as written.

        Raises `DoctypeError` besides.
        """
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, attributes: start(local(tag), attributes)
        if end is not None:
            parser.EndElementHandler = lambda tag: end(local(tag))
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError):  # the latter for an unknown encoding
            raise DamagedFileError(part=name) from None


def local(name: str) -> str:
    """Return the name without its namespace prefix.

    >>> local("table:formula")
    'formula'
    """
    return name.rpartition(":")[2]


def _refuse_doctype(name: str, *_: object) -> None:
    raise DoctypeError(part=name)


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    doubled = [name for name, count in Counter(part.filename.lower() for part in parts).items() if count > 1]
    strange = [part.filename for part in parts if part.compress_type not in _METHODS or part.flag_bits & 1]
    if doubled or strange:
        raise DamagedFileError(part=(doubled + strange)[0])
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise TooLargeError(part="zip")
    for part in parts:
        if part.file_size > max(_SMALL_BYTES, MAX_RATIO * part.compress_size):
            raise TooLargeError(part=part.filename)
