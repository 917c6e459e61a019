"""Files for the bank on disk: complete and noted in the book before they have their names, never over another file."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TypeVar

from kasse_cli.payment_files import FolderNameError, OtherFileError, WriteError
from kasse_cli.spreadsheets.replacing import replacing
from sepa.system_errors import why_refused

T = TypeVar("T")
Chunks = AbstractContextManager[Iterator[bytes]]


def write_file(out: Path, chunks: Chunks, note: Callable[[str], T]) -> T:
    """Write the chunks, note their SHA-256, then give the file its name; return what the note returns.

    What is killed on the way is done by running it again: the bytes are the same. `-` is standard output. Raises
    `OtherFileError`, `FolderNameError`, `FileWriteError`, `WriteError` and what `note` raises.
    """
    if str(out) == "-":
        return _to_stdout(chunks, note)
    if out.is_dir():
        raise FolderNameError(file=str(out))
    with replacing(out) as temporary:
        with temporary.open("wb") as file, chunks as parts:
            digest = _copied(parts, file)
        if out.exists() and _digest(out) != digest:
            raise OtherFileError(file=str(out))
        return note(digest)


def _to_stdout(chunks: Chunks, note: Callable[[str], T]) -> T:
    try:
        with tempfile.TemporaryFile() as file:
            with chunks as parts:
                digest = _copied(parts, file)
            noted = note(digest)
            file.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.flush()
    except OSError as error:
        raise WriteError(reason=why_refused(error)) from error
    return noted


def _copied(chunks: Iterable[bytes], file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
