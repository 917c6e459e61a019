"""Files inside a ZIP, as EBICS delivers them, read as streams within limits."""

from __future__ import annotations

import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, BinaryIO, cast

from sepa.errors import N_, KasseError, Place
from sepa.sources import MIB, FileTooLargeError, Source
from sepa.strangers import office_kind

_SPOOLED = 16 * MIB
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_GRACE = MIB  # a small file may unpack far without harm
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, ValueError)


class ZipError(KasseError):
    """A ZIP that is damaged, locked, or packed in a way that is not read."""

    code = "zip.broken"
    template = N_("the ZIP file cannot be read: {reason}")
    hint = N_("fetch it from the bank again; it must not have a password")


class ZipMethodError(KasseError):
    """A file in a ZIP that is packed in a rare way."""

    code = "zip.method"
    template = N_("a file in the ZIP is packed by method {method}, which is not read")
    hint = N_("unpack it and give the files in it, or pack it again in the usual way")


class ZipLimitError(KasseError):
    """A ZIP with more files, or with files that unpack further, than the limit."""

    code = "zip.limit"
    template = N_("the ZIP file exceeds a limit: {reason}")
    hint = N_("raise the limit if the file is meant to be like that")


class NestedZipError(KasseError):
    """A ZIP inside a ZIP."""

    code = "zip.nested"
    template = N_("a ZIP file inside of a ZIP file is not opened")
    hint = N_("unpack the outer file and give the inner ones")


class EmptyZipError(KasseError):
    """A ZIP without any file."""

    code = "zip.empty"
    template = N_("the ZIP file holds no file")
    hint = N_("fetch it from the bank again")


def is_zip(head: bytes) -> bool:
    """Tell whether a file that begins like this is a ZIP, even an empty one."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def zip_members(file: Source) -> Iterator[Source]:
    """Yield each file of a ZIP as a `Source` named `archive/member`, without unpacking it to disk.

    What is wrong with one member is raised where that one is read, so that the others can be: `ZipError`,
    `ZipMethodError`, `ZipLimitError`, `NestedZipError` and `FileTooLargeError`. What is wrong with the ZIP is raised
    here: `ZipError`, `ZipLimitError` and `EmptyZipError`. An Office file is a ZIP too, but is read as what it is.
    """
    with _seekable(file) as stream:
        with _damage_named(file.place):
            archive = zipfile.ZipFile(stream)
        yield from _members(archive, _listed(archive, file), file)


def _listed(archive: zipfile.ZipFile, file: Source) -> list[zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if not infos:
        raise EmptyZipError(place=file.place)
    if len(infos) > file.limits.members:
        raise ZipLimitError(place=file.place, reason=f"{len(infos)} > {file.limits.members}")
    return infos


def _members(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], file: Source) -> Iterator[Source]:
    left = _Left(file.limits.file_bytes)
    for info in infos:
        name = f"{file.name}/{_printable(info.filename)}"
        with ExitStack() as stack:
            try:
                member = _member(stack, archive, info, Place(file=name), file, left)
            except KasseError as error:
                member = Source(cast("BinaryIO", _Unreadable(error)), name, file.limits)
            yield member


def _member(
    stack: ExitStack, archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: Place, file: Source, left: _Left
) -> Source:
    """Return a member that can be opened, and closed with the stack; raises what is wrong with how it begins."""
    if info.compress_type not in _METHODS:
        raise ZipMethodError(place=place, method=info.compress_type)
    with _damage_named(place):
        packed = stack.enter_context(archive.open(info))
    member = Source(cast("BinaryIO", _Member(packed, info, place, file, left)), str(place.file), file.limits)
    if is_zip(member.head()) and not office_kind(member.name, member.head()):
        raise NestedZipError(place=place)
    return member


class _Unreadable:
    """A member that cannot be opened, as a stream that says so to whoever reads it."""

    def __init__(self, error: KasseError) -> None:
        self._error = error

    def read(self, _size: int = -1) -> bytes:
        """Raise why there is nothing to read."""
        raise self._error


class _Left:
    """How many bytes all members together may still unpack to."""

    def __init__(self, count: int) -> None:
        self.count = count


class _Member:
    """One packed file as a stream that says where it is damaged and stops where it unpacks too far."""

    def __init__(self, packed: IO[bytes], info: zipfile.ZipInfo, place: Place, file: Source, left: _Left) -> None:
        self._packed = packed
        self._place = place
        self._most = info.compress_size * file.limits.ratio + _GRACE
        self._limits = file.limits
        self._left = left
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raises `ZipError`, `ZipLimitError` and `FileTooLargeError`."""
        with _damage_named(self._place):
            data = self._packed.read(size)
        self._read += len(data)
        self._left.count -= len(data)
        if self._read > self._most:
            raise ZipLimitError(place=self._place, reason=f"1 : {self._limits.ratio}")
        if self._left.count < 0:
            limit = self._limits.file_bytes
            raise FileTooLargeError(place=self._place, file=self._place.file, limit_bytes=limit)
        return data


@contextmanager
def _damage_named(place: Place) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise ZipError(place=place, reason=_printable(str(error))[:120] or type(error).__name__) from error


@contextmanager
def _seekable(file: Source) -> Iterator[IO[bytes]]:
    """Give the file itself if one can seek in it, else a copy, in memory or a temporary file."""
    if file.seekable():
        yield file.stream
        return
    with tempfile.SpooledTemporaryFile(_SPOOLED) as spool:
        shutil.copyfileobj(cast("BinaryIO", file), spool)
        yield spool


def _printable(name: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in name)
