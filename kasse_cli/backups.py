"""Backups as files: complete before they have their name, read again after they were written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.exports import TargetExistsError, check_target
from ledger.book.verify_store import Verification
from ledger.keeping.backup_reader import open_backup
from ledger.keeping.backup_service import note_backup, prove
from ledger.keeping.backup_writer import write_backup
from ledger.keeping.backups import Manifest, Step
from ledger.keeping.restore_store import load
from ledger.store.access import SCHEMA_VERSION, NewerBookError, connect
from ledger.store.locking import one_at_a_time

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class Saved:
    """A backup that was written, read again and named; `checked` where it was restored and verified too."""

    file: str
    size_bytes: int
    sha256: str
    manifest: Manifest
    checked: Verification | None


def save_book(
    call: Call,
    store: Store,
    target: Path,
    *,
    replace: bool,
    check: bool,
    step: Step,
    schema: str = SCHEMA_VERSION,
) -> Saved:
    """Write a backup of the open book, read it again, and only then give it its name.

    One backup of a book is made at a time. `check` restores it into a file beside and verifies that.
    Raises `NoFolderError`, `TargetExistsError`, `DamagedBackupError`.
    """
    check_target(target, replace_it=replace)
    part = target.with_name(f".{target.name}.part")
    with one_at_a_time(store, "backup"), _removed(part):
        manifest = write_backup(store, part, schema, step)
        with open_backup(part) as backup:
            backup.check(step)
        checked = try_backup(call, part, target.absolute().parent, step)[1] if check else None
        with part.open("rb") as written:
            os.fsync(written.fileno())
            sha256 = file_digest(written, "sha256").hexdigest()
        size = part.stat().st_size
        _name(part, target, replace=replace)
        note_backup(store, manifest, sha256)
    return Saved(str(target), size, sha256, manifest, checked)


def _name(part: Path, target: Path, *, replace: bool) -> None:
    """Give the file its name and make that last; a file that appeared there meanwhile stays unless it is replaced."""
    if target.exists() and not replace:
        raise TargetExistsError(file=str(target))
    part.replace(target)
    if os.name != "nt":
        folder = os.open(target.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _removed(part: Path) -> Iterator[None]:
    """Leave no part of a file behind, nor what a killed run left of it."""
    try:
        _remove(part)
        yield
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + ending).unlink(missing_ok=True)


def try_backup(
    call: Call, file: Path, folder: Path, step: Step, note: Callable[[Store, Manifest], None] | None = None
) -> tuple[Manifest, Verification]:
    """Restore a backup into a hidden file in the folder and verify that; it is removed in any case.

    `note` is called with the copy when it is there.
    """
    copy = folder / f".{file.name}.check"
    with _removed(copy):
        store = connect(str(copy), now=call.now, salt=call.random, create=True)
        try:
            return restore_into(store, file, step, lambda made: note(store, made) if note else None)
        finally:
            store.close()


def restore_into(
    store: Store, file: Path, step: Step, note: Callable[[Manifest], None] = lambda _: None
) -> tuple[Manifest, Verification]:
    """Build the book of a backup in an empty database, in one unit of work, bring it to this version and verify it.

    `note` is called when it is there. Raises `DamagedBackupError`, `NewerBookError`, `RestoreDiffersError`.
    """
    from enforcement.proofs import PROOFS
    from kasse_cli.migrations import migrating, revisions
    from kasse_cli.schema import permitted_changes
    from ledger.store.guards import install_guards

    with open_backup(file) as backup:
        backup.check(step)
        manifest = backup.manifest
        if manifest.schema not in revisions():
            raise NewerBookError(found=manifest.schema, known=SCHEMA_VERSION)
        with migrating(store) as migrate:
            migrate(manifest.schema)
            load(store, backup, step)
            migrate("head")
            install_guards(store, permitted_changes())
    note(manifest)
    return manifest, prove(store, manifest, PROOFS)
