"""One bank file as it is read: a file on disk, or a member of a ZIP with what is wrong with it."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from kasse_cli.inbox_beside import kind_beside
from sepa.errors import KasseError
from sepa.reading import identify, read_files, read_statements
from sepa.sources import HEAD_BYTES, Source
from sepa.statements import StatementStream

_MEMORY = 8 << 20
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Unit:
    """One bank file: a file on disk or, `packed`, a member of a ZIP; `name` is what people and the book see.

    A member that cannot be unpacked has its `fault` and nothing else.
    """

    name: str
    sha256: str
    size: int
    stream: IO[bytes]
    packed: bool = False
    fault: KasseError | None = None

    def beside(self) -> str:
        """Return in a word what this is where it lies in a ZIP and is surely none of a bank, else nothing."""
        if not self.packed or self.fault is not None:
            return ""
        self.stream.seek(0)
        return kind_beside(self.name, self.stream.read(HEAD_BYTES))

    def source(self) -> Source:
        """Return it from its beginning, with this name as the place of findings; raises its fault."""
        if self.fault is not None:
            raise self.fault
        self.stream.seek(0)
        return Source(cast("BinaryIO", self.stream), self.name)

    def statements(self) -> StatementStream:
        """Return its statements as a stream; raises its fault, and what `sepa.reading` raises."""
        return read_statements(self.source())


def units_of(stream: BinaryIO, name: str) -> Iterator[Unit]:
    """Yield the file itself, or the members of a ZIP; each is to be used before the next one is asked for.

    Raises what is wrong with the whole file; a member says itself what is wrong with it.
    """
    kind = identify(Source(stream, name))
    stream.seek(0)
    if kind.name != "zip":
        yield Unit(name, _digest(stream), stream.tell(), stream)
        return
    for member, source in read_files(cast("BinaryIO", Source(stream, name))):
        with tempfile.SpooledTemporaryFile(_MEMORY) as copy:
            yield _unpacked(member, source, copy)


def _unpacked(name: str, source: Source, copy: IO[bytes]) -> Unit:
    """Copy a member of a ZIP and return it, or what is wrong with it where it cannot be read to its end."""
    try:
        while block := source.read(_BLOCK):
            copy.write(block)
            source.since_progress = 0  # no part of a statement is read here: only the whole is limited
    except KasseError as error:
        return Unit(name, "", 0, io.BytesIO(), packed=True, fault=error)
    copy.seek(0)
    return Unit(name, _digest(copy), copy.tell(), copy, packed=True)


def _digest(stream: IO[bytes]) -> str:
    """Return the SHA-256 of the rest of the stream, which is then at its end."""
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
