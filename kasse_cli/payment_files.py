"""The file of a payment run on disk: complete and noted in the book before it has its name."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kasse_cli.spreadsheets.replacing import replacing
from sepa.errors import N_, KasseError, TryAgainError

if TYPE_CHECKING:
    from ledger.payments.runs import Run
    from ledger.store.engines import Store


class OtherFileError(KasseError):
    """Another file stands under the name that was given."""

    code = "payment.other_file"
    template = N_("there is another file already: {file}")
    hint = N_("give a new name; a payment file never replaces anything")


class FolderNameError(KasseError):
    """A folder where a file is meant."""

    code = "payment.folder"
    template = N_("this is a folder, not a file: {file}")
    hint = N_("give the name of the file with --out")


class StdoutTakenError(KasseError):
    """The file and JSON both on standard output."""

    code = "payment.stdout"
    template = N_("standard output cannot hold the file and JSON")
    hint = N_("write the file with --out FILE, or leave out --json")
    exit_code = 2


class WriteError(TryAgainError):
    """The file could not be written; the run is as it was."""

    code = "payment.write"
    template = N_("the payment file cannot be written: {reason}")
    hint = N_("free some space or name another folder, then try again: the file will be the same")


def write_file(store: Store, number: int, out: Path) -> Run:
    """Write the file of a run, note it in the book, then give it its name; return the run.

    What is killed on the way is done by running it again: the bytes are the same. Raises `OtherFileError`,
    `FileWriteError` and what `exportable` and `note_export` raise.
    """
    from ledger.payments.export_store import exportable, file_of, note_export

    run = exportable(store, number)
    if out.is_dir():
        raise FolderNameError(file=str(out))
    with replacing(out) as temporary:
        with temporary.open("wb") as file, file_of(store, run) as chunks:
            digest = _copy(chunks, file)
        if out.exists() and _digest(out) != digest:
            raise OtherFileError(file=str(out))
        return note_export(store, number, digest)


def write_stdout(store: Store, number: int) -> Run:
    """Write the file of a run to standard output once it is complete and noted; return the run."""
    from ledger.payments.export_store import exportable, file_of, note_export

    run = exportable(store, number)
    try:
        with tempfile.TemporaryFile() as file:
            with file_of(store, run) as chunks:
                digest = _copy(chunks, file)
            noted = note_export(store, number, digest)
            file.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.flush()
    except OSError as error:
        raise WriteError(reason=error.strerror or type(error).__name__) from error
    return noted


def _copy(chunks: Iterable[bytes], file: IO[bytes]) -> str:
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
