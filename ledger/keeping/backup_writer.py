"""Writing a backup of one moment of the book, while others go on writing."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from ledger.book.chain import book_head
from ledger.book.store import heads, setting
from ledger.keeping.backups import FORMAT, MANIFEST, Layout, Manifest, Step, TableDump, manifest_text, member
from ledger.keeping.layout_store import check_sight, layouts, lines_of
from ledger.store.engines import Store

LEVEL = 1
"""How hard it compresses: what hashes and numbers leave to gain is not worth more time."""


def write_backup(store: Store, path: Path, schema: str, step: Step) -> Manifest:
    """Write every row of the book, as it is at one moment, to a new file and return its manifest.

    The file is complete when this returns; a file without a manifest is not a backup. Memory is constant.
    Raises `HiddenRowsError`.
    """
    with (
        store.snapshot(),
        open(path, "xb", opener=_private) as file,
        ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive,
    ):
        check_sight(store)
        tables = tuple(_write_table(store, archive, table, step) for table in layouts(store))
        manifest = _manifest(store, schema, tables)
        archive.writestr(MANIFEST, manifest_text(manifest))
    return manifest


def _private(path: str, flags: int) -> int:
    """Open a file that nobody else may read."""
    return os.open(path, flags, 0o600)


def _write_table(store: Store, archive: ZipFile, table: Layout, step: Step) -> TableDump:
    value, count = sha256(), 0
    with archive.open(member(table.name), "w", force_zip64=True) as out:
        for text, rows in lines_of(store, table):
            out.write(text)
            value.update(text)
            count += rows
            step(rows)
    return TableDump(table.name, table.columns, table.raw, count, value.hexdigest())


def _manifest(store: Store, schema: str, tables: tuple[TableDump, ...]) -> Manifest:
    known = list(heads(store))
    events = store.rows("SELECT office, event_position, event_hash FROM head ORDER BY office")
    return Manifest(
        FORMAT,
        schema,
        setting(store, "book_id"),
        setting(store, "name"),
        store.engine.name,
        store.now,
        book_head(known).hex(),
        tuple((office, position, value.hex()) for office, position, value in known),
        tuple((office, position, bytes(value).hex()) for office, position, value in events),
        tables,
    )
