"""Reading a backup: what it says of itself, whether it is whole, its rows."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import cast
from zipfile import BadZipFile, ZipFile

from ledger.keeping.backups import (
    MANIFEST,
    DamagedBackupError,
    Manifest,
    NotABackupError,
    Step,
    TableDump,
    decoded,
    member,
    parse_manifest,
)
from ledger.store.engines import Row

AT_ONCE = 1 << 20
LARGEST_MANIFEST = 16 << 20
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What reading a broken archive may raise."""


class BackupFile:
    """An open backup and its manifest."""

    def __init__(self, archive: ZipFile, name: str, manifest: Manifest) -> None:
        self.archive = archive
        self.name = name
        self.manifest = manifest

    def check(self, step: Step) -> None:
        """Read everything once and compare it with the manifest.

        Raises `DamagedBackupError`.
        """
        expected = {MANIFEST, *(member(table.name) for table in self.manifest.tables)}
        if set(self.archive.namelist()) != expected:
            raise DamagedBackupError(part=MANIFEST, file=self.name)
        for table in self.manifest.tables:
            self._check_table(table)
            step(table.rows)

    def _check_table(self, table: TableDump) -> None:
        value, lines = sha256(), 0
        with self._reading(table.name) as stream:
            while part := stream.read(AT_ONCE):
                value.update(part)
                lines += part.count(b"\n")
        if value.hexdigest() != table.sha256 or lines != table.rows:
            raise DamagedBackupError(part=table.name, file=self.name)

    def rows(self, table: TableDump) -> Iterator[Row]:
        """Yield the rows of a table."""
        with self._reading(table.name) as stream:
            yield from decoded(stream, table.columns, table.raw)

    @contextmanager
    def _reading(self, table: str) -> Iterator[BufferedReader]:
        try:
            with self.archive.open(member(table)) as stream:
                yield BufferedReader(cast("RawIOBase", stream), AT_ONCE)
        except (*_BROKEN, KeyError):
            raise DamagedBackupError(part=table, file=self.name) from None


@contextmanager
def open_backup(path: Path) -> Iterator[BackupFile]:
    """Open a backup for reading.

    Raises `NotABackupError`, `NewerBackupError`.
    """
    with path.open("rb") as file:
        try:
            archive = ZipFile(file)
            size = archive.getinfo(MANIFEST).file_size
            text = archive.read(MANIFEST) if size <= LARGEST_MANIFEST else b""
        except (*_BROKEN, KeyError):
            raise NotABackupError(file=str(path)) from None
        with archive:
            yield BackupFile(archive, str(path), parse_manifest(text, str(path)))
