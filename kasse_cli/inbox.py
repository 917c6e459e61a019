"""Files as they come from a bank: single ones, folders and ZIPs, each a unit; archive and reject folders."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kasse_cli.inbox_names import ShortenedError, fitting
from kasse_cli.inbox_units import Unit, units_of
from kasse_cli.messages import finding_lines
from kasse_cli.spreadsheets.replacing import FileWriteError, replacing
from sepa.errors import N_, KasseError, Place
from sepa.sources import unreadable
from sepa.system_errors import why_refused

STDIN = Path("-")
UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".tmp")
"""What programs that fetch files add to the name of one that they still write."""
_RESERVED_SECONDS = 60
"""How long an empty file may wait for the one it was made for."""


class NothingToReadError(KasseError):
    """A path that does not exist, or is neither a file nor a folder."""

    code = "inbox.missing"
    template = N_("there is no file or folder {path}")
    hint = N_("check the path")


class NotMovedError(KasseError):
    """A file that was dealt with but could not be put away, because another program holds it or a disk is full."""

    code = "inbox.not_moved"
    template = N_("{file} was dealt with, but cannot be moved to {folder}: {reason}")
    hint = N_("it stays where it is; close it in other programs, the next run moves it and takes nothing twice")


class StillWrittenError(NotMovedError):
    """A file that changed while it was read."""

    code = "inbox.still_written"
    template = N_("{file} changed while it was read: somebody still writes it")
    hint = N_(
        "it stays where it is, and the next run reads it again and takes nothing twice; whoever fetches the files "
        "should give them their names when they are complete"
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file on disk as it was delivered, `seen` as it was when it was found; a ZIP brings several units."""

    path: Path
    name: str
    content: bytes | None = None
    seen: tuple[int, int] | None = None

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
        """Yield the units one after the other; each is to be used before the next one is asked for.

        Raises what is wrong with the whole file; a member of a ZIP says itself what is wrong with it.
        """
        with self.opened() as stream:
            yield from units_of(stream, self.name)


def deliveries(paths: Sequence[Path], stdin: bytes = b"") -> Iterator[Delivery]:
    """Yield the files behind the paths in the order of their names; hidden files and findings lists are left out.

    Raises `NothingToReadError`.
    """
    for path in paths:
        if path == STDIN:
            yield Delivery(path, "-", stdin)
        elif path.is_dir():
            names = sorted(entry.name for entry in path.iterdir() if entry.is_file() and is_bank_file(entry.name))
            yield from (_found(path / name) for name in names)
        elif path.exists():
            yield _found(path)
        else:
            raise NothingToReadError(path=str(path), place=Place(file=str(path)))


def _found(path: Path) -> Delivery:
    return Delivery(path, shown(path), seen=_look(path))


def shown(path: Path | str) -> str:
    r"""Return a path as people and the book can read it: a name that is no UTF-8 is read as older Windows wrote it.

    >>> shown("inbox/Gr\udcf6\udcdfe.xml")
    'inbox/Größe.xml'
    """
    return str(Path(*map(_readable, Path(path).parts)))


def _readable(part: str) -> str:
    with contextlib.suppress(UnicodeEncodeError):
        return part.encode("utf-8").decode("utf-8")
    return part.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _look(path: Path) -> tuple[int, int] | None:
    """Return size and time of a file; None where it went or nothing is known of it."""
    with contextlib.suppress(OSError):
        known = path.stat()
        return known.st_size, known.st_mtime_ns
    return None


def is_bank_file(name: str) -> bool:
    """Return whether a file may come from a bank: no hidden one, none that is still written, no findings of ours."""
    return not name.startswith((".", "~$")) and not name.lower().endswith(
        (".findings.txt", ".replaced.txt", *UNFINISHED)
    )


def put_away(delivery: Delivery, folder: Path | None, findings: Iterable[KasseError] = ()) -> list[KasseError]:
    """Move a delivered file into the folder and leave its findings beside it; nothing is ever overwritten.

    Return what is to be told of that: a name that is shortened. Raises `NotMovedError`, and `StillWrittenError` of one
    that changed since it was found; the file then stays where it was, and the next run finds it again.
    """
    if folder is None or delivery.content is not None:
        return []
    if delivery.seen is not None and (now := _look(delivery.path)) is not None and now != delivery.seen:
        raise StillWrittenError(file=delivery.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        name = fitting(delivery.path.name)
        target = _reserved(folder, name)
        lines = finding_lines(tuple(findings))
        try:
            if lines:
                _findings_file(target).write_text("\n".join(lines) + "\n", encoding="utf-8")
            _move(delivery.path, target)
        except OSError:
            target.unlink(missing_ok=True)
            _findings_file(target).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = why_refused(error)
        raise NotMovedError(file=delivery.name, folder=shown(folder), reason=reason) from error
    shortened = name != delivery.path.name
    return [ShortenedError(file=delivery.name, name=shown(target.name))] if shortened else []


def rejected_files(folder: Path | None) -> list[Delivery]:
    """Return the files that wait in a reject folder: those with their findings beside them, by name."""
    if folder is None or not folder.is_dir():
        return []
    there = {entry.name for entry in folder.iterdir() if entry.is_file()}
    names = sorted(name for name in there if is_bank_file(name) and _findings_file(Path(name)).name in there)
    return [Delivery(folder / name, shown(folder / name)) for name in names]


def forget_findings(delivery: Delivery) -> None:
    """Remove the findings beside a rejected file that was taken after all: it waits no more."""
    _findings_file(delivery.path).unlink(missing_ok=True)


def mark_replaced(delivery: Delivery, why: Iterable[KasseError]) -> None:
    """Keep a rejected file where it is, but say beside it that the bank replaced it: it waits no more.

    Its findings stand there behind the reasons. Raises `NotMovedError`; then it waits as before.
    """
    findings = _findings_file(delivery.path)
    try:
        text = "\n".join([*finding_lines(tuple(why)), findings.read_text("utf-8", errors="replace")])
        with replacing(_replaced_file(delivery.path)) as temporary:
            temporary.write_text(text, "utf-8")
        findings.unlink()
    except (OSError, FileWriteError) as error:
        reason = error.fields["reason"] if isinstance(error, FileWriteError) else why_refused(error)
        folder = shown(delivery.path.parent)
        raise NotMovedError(file=shown(findings.name), folder=folder, reason=reason) from error


def _replaced_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.replaced.txt")


def _findings_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.findings.txt")


def _reserved(folder: Path, name: str) -> Path:
    """Make an empty file of a name that nothing in the folder has yet: `a.xml`, else `a-2.xml` and so on."""
    for count in itertools.count(1):
        target = folder / (name if count == 1 else f"{Path(name).stem}-{count}{Path(name).suffix}")
        if _findings_file(target).exists() or _replaced_file(target).exists():
            continue
        with contextlib.suppress(FileExistsError):
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            return target
        if _left_behind(target):
            os.utime(target)
            return target
    raise AssertionError("counting ends with a return")


def _left_behind(target: Path) -> bool:
    """Whether the file was made by a run that was killed before it moved its own there; no file dealt with is empty."""
    known = target.stat()
    return not known.st_size and time.time() - known.st_mtime > _RESERVED_SECONDS


def _move(path: Path, target: Path) -> None:
    """Move a file over the empty one that was made for it."""
    try:
        path.replace(target)
    except OSError:  # another file system: copy whole, then remove
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with path.open("rb") as source, part.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        path.unlink()
