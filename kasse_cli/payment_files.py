"""The files of a payment run on disk: complete and noted in the book before they have their names."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kasse_cli.spreadsheets.replacing import replacing
from ledger.payments.files_store import file_named, files_of
from ledger.payments.runs_reader import run_named
from ledger.payments.voiding import WhichFileError
from sepa.errors import N_, KasseError, TryAgainError
from sepa.system_errors import why_refused

if TYPE_CHECKING:
    from ledger.payments.files import PaymentFile
    from ledger.payments.recalls import Recall
    from ledger.payments.runs import Run
    from ledger.store.engines import Store

Written = list[tuple["PaymentFile", Path]]


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


def write_files(
    store: Store, number: int, out: Path, chosen: int | None = None, step: Callable[[int], None] | None = None
) -> tuple[Run, Written]:
    """Write the files of a run, or one of them, note each in the book, then give it its name; return run and names.

    What is killed on the way is done by running it again: the bytes are the same. Raises `OtherFileError`,
    `FileWriteError` and what `exportable` and `note_export` raise.
    """
    from ledger.payments.export_store import exportable

    run = exportable(store, number)
    if out.is_dir():
        raise FolderNameError(file=str(out))
    wanted = _wanted(store, number, chosen)
    many = len(files_of(store, number)) > 1
    names = [(file, numbered(out, file) if many and chosen is None else out) for file in wanted]
    for file, path in names:
        _write_one(store, run, file, path, step)
    known = {one.number: one for one in files_of(store, number)}
    return run_named(store, number), [(known[file], path) for file, path in names]


def numbered(out: Path, file: int) -> Path:
    """Return the name of one of several files.

    >>> numbered(Path("zahllauf.xml"), 2).name
    'zahllauf-2.xml'
    """
    return out.with_name(f"{out.stem}-{file}{out.suffix}")


def _wanted(store: Store, number: int, chosen: int | None) -> list[int]:
    """Return the numbers of the files to write; those that were given up are left out unless one is named."""
    if chosen is not None:
        return [file_named(store, number, chosen).number]
    files = files_of(store, number)
    alive = [one.number for one in files if one.state in {"released", "exported"}]
    return alive or [one.number for one in files]


def _write_one(store: Store, run: Run, file: int, out: Path, step: Callable[[int], None] | None) -> None:
    from ledger.payments.export_store import file_of, note_export

    with replacing(out) as temporary:
        with temporary.open("wb") as opened, file_of(store, run, file, step) as chunks:
            digest = _copy(chunks, opened)
        if out.exists() and _digest(out) != digest:
            raise OtherFileError(file=str(out))
        note_export(store, run.number, digest, file)


def write_stdout(store: Store, number: int, chosen: int | None = None) -> tuple[Run, Written]:
    """Write the only file of a run, or the one chosen, to standard output once it is complete and noted."""
    from ledger.payments.export_store import exportable, file_of, note_export

    run = exportable(store, number)
    wanted = _wanted(store, number, chosen)
    if len(wanted) > 1:
        raise WhichFileError(run=number, count=len(wanted))
    try:
        with tempfile.TemporaryFile() as file:
            with file_of(store, run, wanted[0]) as chunks:
                digest = _copy(chunks, file)
            noted = note_export(store, number, digest, wanted[0])
            file.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.flush()
    except OSError as error:
        raise WriteError(reason=why_refused(error)) from error
    return noted, [(file_named(store, number, wanted[0]), Path("-"))]


def write_recall(store: Store, recall: Recall, out: Path, bic: str = "") -> str:
    """Write the camt.055 file of a recall, note it in the book, and return its SHA-256; again it has the same bytes.

    Raises `OtherFileError`, `FolderNameError`, `RecallBicError`, `FileWriteError`.
    """
    from ledger.payments.recall_store import note_recall_file, recall_file

    if out.is_dir():
        raise FolderNameError(file=str(out))
    with replacing(out) as temporary:
        with temporary.open("wb") as opened:
            digest = _copy(recall_file(store, recall, bic), opened)
        if out.exists() and _digest(out) != digest:
            raise OtherFileError(file=str(out))
        note_recall_file(store, recall, digest)
    return digest


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
