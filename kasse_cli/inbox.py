"""Files as they come from a bank: single ones, folders and ZIPs, each a unit; archive and reject folders."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from kasse_cli.messages import finding_lines
from kasse_cli.spreadsheets.replacing import FileWriteError
from sepa.errors import N_, KasseError, Place
from sepa.reading import identify, read_files, read_statements
from sepa.sources import Source, unreadable
from sepa.statements import StatementStream

STDIN = Path("-")
_MEMORY = 8 << 20
_BLOCK = 1 << 20


class NothingToReadError(KasseError):
    """A path that does not exist, or is neither a file nor a folder."""

    code = "inbox.missing"
    template = N_("there is no file or folder {path}")
    hint = N_("check the path")


@dataclass(frozen=True, slots=True)
class Unit:
    """One bank file: a file on disk or a member of a ZIP; `name` is what people and the book see."""

    name: str
    sha256: str
    size: int
    stream: IO[bytes]

    def statements(self) -> StatementStream:
        """Return its statements as a stream; raises what `sepa.reading` raises, with this name as the place."""
        self.stream.seek(0)
        return read_statements(Source(cast("BinaryIO", self.stream), self.name))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file on disk as it was delivered; a ZIP brings several units."""

    path: Path
    name: str
    content: bytes | None = None

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Give the bytes of the file; raises `FileUnreadableError`."""
        if self.content is not None:
            yield io.BytesIO(self.content)
            return
        try:
            stream = self.path.open("rb")
        except OSError as error:
            raise unreadable(self.name, error) from error
        with stream:
            yield stream

    def units(self) -> Iterator[Unit]:
        """Yield the units one after the other; each is to be used before the next one is asked for."""
        with self.opened() as stream:
            kind = identify(Source(stream, self.name))
            stream.seek(0)
            if kind.name != "zip":
                yield Unit(self.name, _digest(stream), stream.tell(), stream)
                return
            for member, source in read_files(_named(stream, self.name)):
                with tempfile.SpooledTemporaryFile(_MEMORY) as copy:
                    while block := source.read(_BLOCK):
                        copy.write(block)
                    copy.seek(0)
                    yield Unit(member, _digest(copy), copy.tell(), copy)


def _named(stream: BinaryIO, name: str) -> BinaryIO:
    """Return the stream under the name that findings are to show."""
    return cast("BinaryIO", Source(stream, name))


def _digest(stream: IO[bytes]) -> str:
    """Return the SHA-256 of the rest of the stream, which is then at its end."""
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def deliveries(paths: Sequence[Path], stdin: bytes = b"") -> Iterator[Delivery]:
    """Yield the files behind the paths in the order of their names; hidden files and findings lists are left out.

    Raises `NothingToReadError`.
    """
    for path in paths:
        if path == STDIN:
            yield Delivery(path, "-", stdin)
        elif path.is_dir():
            names = sorted(entry.name for entry in path.iterdir() if entry.is_file() and _is_bank_file(entry.name))
            yield from (Delivery(path / name, str(path / name)) for name in names)
        elif path.exists():
            yield Delivery(path, str(path))
        else:
            raise NothingToReadError(path=str(path), place=Place(file=str(path)))


def _is_bank_file(name: str) -> bool:
    return not name.startswith((".", "~$")) and not name.endswith((".findings.txt", ".part"))


def put_away(delivery: Delivery, folder: Path | None, findings: Iterable[KasseError] = ()) -> None:
    """Move a delivered file into the folder and leave its findings beside it; nothing is ever overwritten.

    Raises `FileWriteError`; the file then stays where it was, and the next run finds it again.
    """
    if folder is None or delivery.content is not None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _free(folder, delivery.path.name)
        lines = finding_lines(tuple(findings))
        if lines:
            target.with_name(f"{target.name}.findings.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        _move(delivery.path, target)
    except OSError as error:
        raise FileWriteError(file=str(folder), reason=error.strerror or type(error).__name__) from error


def _free(folder: Path, name: str) -> Path:
    """Return a name in the folder that nothing has yet: `a.xml`, else `a-2.xml` and so on."""
    target, count = folder / name, 1
    while target.exists():
        count += 1
        target = folder / f"{Path(name).stem}-{count}{Path(name).suffix}"
    return target


def _move(path: Path, target: Path) -> None:
    try:
        path.rename(target)
    except OSError:  # another file system: copy whole, then remove
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        part.write_bytes(path.read_bytes())
        part.rename(target)
        path.unlink()
