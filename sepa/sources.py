"""A file to read as a stream that knows its name, its size so far and how much it may cost."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sepa.errors import N_, KasseError, Place
from sepa.system_errors import why_refused

HEAD_BYTES = 65_536  # what is looked at to tell what a file is
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost: bytes in all, bytes of one entry, files in a ZIP, how far one may unpack.

    `huge` lifts the parser's own limits on the depth of elements (256) and the length of a text (10 MB).
    """

    file_bytes: int = 4096 * MIB
    entry_bytes: int = 64 * MIB
    members: int = 10_000
    ratio: int = 250
    huge: bool = False


DEFAULT = Limits()


class FileUnreadableError(KasseError):
    """A file that the operating system does not hand over."""

    code = "file.unreadable"
    template = N_("the file cannot be read: {file}: {reason}")
    hint = N_("check the path and the permissions")


class EmptyFileError(KasseError):
    """A file without content."""

    code = "file.empty"
    template = N_("the file is empty")
    hint = N_("fetch it from the bank again")


class FileTooLargeError(KasseError):
    """A file larger than the limit."""

    code = "file.too_large"
    template = N_("the file is larger than {limit_bytes} bytes: {file}")
    hint = N_("raise the limit if the file is meant to be that large")


class EntryTooLargeError(KasseError):
    """An element larger than the limit, before its end was found."""

    code = "file.entry_too_large"
    template = N_("a single part of the file is larger than {limit_bytes} bytes: {file}")
    hint = N_("raise the limit if the file is meant to be like that")


class Source:
    """A binary stream with a name, a head to look at, and limits on what is read from it.

    Whoever has read a part whole sets `since_progress` to 0, so that the limit on one part starts again.
    """

    def __init__(self, stream: BinaryIO, name: str, limits: Limits = DEFAULT) -> None:
        self.name = name
        self.limits = limits
        self.skipped_lines = 0
        self.stream = stream
        self._ahead = b""
        self._total = 0
        self.since_progress = 0

    @property
    def place(self) -> Place:
        """Where findings in this file lie."""
        return Place(file=self.name)

    def head(self) -> bytes:
        """Return the first bytes without consuming them."""
        while len(self._ahead) < HEAD_BYTES and (chunk := self._take(HEAD_BYTES)):
            self._ahead += chunk
        return self._ahead

    def skip(self, count: int) -> None:
        """Drop that many bytes of the head and remember how many lines they held."""
        self.skipped_lines += self.head()[:count].count(b"\n")
        self._ahead = self._ahead[count:]

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raises `FileTooLargeError` and `EntryTooLargeError`."""
        wanted = size if size > 0 else HEAD_BYTES
        data, self._ahead = self._ahead[:wanted], self._ahead[wanted:]
        data = data or self._take(wanted)
        self.since_progress += len(data)
        if self.since_progress > self.limits.entry_bytes:
            raise EntryTooLargeError(place=self.place, file=self.name, limit_bytes=self.limits.entry_bytes)
        return data

    def seekable(self) -> bool:
        """Whether one can go back in the stream."""
        seekable = getattr(self.stream, "seekable", None)
        return bool(seekable and seekable())

    def give_back(self) -> None:
        """Put the stream back to where it was before its head was looked at; it must be seekable."""
        self.stream.seek(-self._total, io.SEEK_CUR)

    def _take(self, size: int) -> bytes:
        try:
            data = self.stream.read(size)
        except OSError as error:
            raise unreadable(self.name, error) from error
        self._total += len(data)
        if self._total > self.limits.file_bytes:
            raise FileTooLargeError(place=self.place, file=self.name, limit_bytes=self.limits.file_bytes)
        return data


def unreadable(name: str, error: OSError) -> FileUnreadableError:
    """Return the finding for a file that the operating system refuses."""
    return FileUnreadableError(place=Place(file=name), file=name, reason=why_refused(error))


@contextmanager
def opened(source: Path | BinaryIO | Source, limits: Limits = DEFAULT) -> Iterator[Source]:
    """Give a path or a stream as a `Source`; a path is opened and closed, a stream is left open."""
    if isinstance(source, Source):
        yield source
    elif isinstance(source, Path):
        with _open(source) as stream:
            yield Source(stream, str(source), limits)
    else:
        yield Source(source, stream_name(source), limits)


def _open(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(str(path), error) from error


def stream_name(stream: BinaryIO) -> str:
    """Return the name that a stream carries, or "-"."""
    name = getattr(stream, "name", "-")
    return name if isinstance(name, str) else "-"
