"""Where a list comes from: a file or stdin, recognised by its content and never by its name."""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from sepa.errors import N_, KasseError, Place

Format = Literal["zip", "cfb", "text"]
_IN_MEMORY_BYTES = 16 * 1024 * 1024
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SIGNATURES: tuple[tuple[bytes, Format], ...] = ((b"PK\x03\x04", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "cfb"))
_FOREIGN = (
    (b"%pdf", "PDF"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<table", "HTML"),
    (b"<?xml", "XML"),
    (b"{\\rtf", "RTF"),
    (b"\x89png", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "GZIP"),
)


class SourceMissingError(KasseError):
    """A file that does not exist."""

    code = "sheet.file_missing"
    template = N_("no such file: {file}")
    hint = N_("check the name and the folder")


class SourceUnreadableError(KasseError):
    """A folder, or a file this user may not read."""

    code = "sheet.file_unreadable"
    template = N_("the file cannot be opened: {file}")
    hint = N_("check that it is a file, that you may read it and that no other program has locked it")


class EmptySourceError(KasseError):
    """A file without a single byte, or without a single value."""

    code = "sheet.file_empty"
    template = N_("the file is empty")
    hint = N_("ask the sender to send it again")


class NotAListError(KasseError):
    """A file of another format, whatever its name says."""

    code = "sheet.not_a_list"
    template = N_("not a list but a {format} file")
    hint = N_("open it in Excel or LibreOffice and save it as .xlsx or as CSV UTF-8")


@dataclass(frozen=True, slots=True)
class Source:
    """An opened, seekable file, the name people know it by, and the format its first bytes tell."""

    name: str
    stream: IO[bytes]
    format: Format

    @property
    def place(self) -> Place:
        """The file as a place."""
        return Place(file=self.name)


def open_source(path: Path | str, stdin: IO[bytes] | None = None) -> Source:
    """Return the file, or stdin for `-`, opened and recognised; the caller closes its stream.

    Raises `SourceMissingError`, `SourceUnreadableError`, `EmptySourceError` or `NotAListError`.
    """
    name = str(path)
    stream = _spooled(stdin or sys.stdin.buffer) if name == "-" else _opened(name)
    try:
        return Source(name, stream, _format(stream))
    except KasseError as error:
        stream.close()
        raise error.at(Place(file=name)) from None


def _opened(name: str) -> IO[bytes]:
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - the caller closes it
    except FileNotFoundError:
        raise SourceMissingError(file=name, place=Place(file=name)) from None
    except OSError:
        raise SourceUnreadableError(file=name, place=Place(file=name)) from None
    if stream.seekable():
        return stream
    with stream:
        return _spooled(stream)


def _spooled(stream: IO[bytes]) -> IO[bytes]:
    spool = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(stream, spool)
    spool.seek(0)
    return cast("IO[bytes]", spool)


def _format(stream: IO[bytes]) -> Format:
    head = stream.read(512)
    stream.seek(0)
    if not head:
        raise EmptySourceError
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    start = _without_bom(head).lstrip().lower()
    for signature, foreign in _FOREIGN:
        if start.startswith(signature):
            raise NotAListError(format=foreign)
    return "text"


def _without_bom(head: bytes) -> bytes:
    for bom in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :]
    return head
