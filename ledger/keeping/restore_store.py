"""Putting the rows of a backup into an empty schema, and proving that nothing is missing or different."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.keeping.backup_reader import BackupFile
from ledger.keeping.backups import Layout, Manifest, RestoreDiffersError, Step, TableDump
from ledger.keeping.layout_store import digest, layouts
from ledger.store.engines import Row, Store
from ledger.store.guards import remove_guards


def load(store: Store, backup: BackupFile, step: Step) -> None:
    """Write the rows of the backup into the tables of its schema; inside the unit of work that made them.

    The guards are taken away, because they watch how rows come to be one by one; whoever calls this puts them back.
    Then every table is read and hashed again. Raises `RestoreDiffersError`, `DamagedBackupError`.
    """
    remove_guards(store)
    if store.engine.name == "sqlite":
        store.execute("PRAGMA defer_foreign_keys = ON")
    known = {table.name: table for table in layouts(store)}
    _compare_tables(backup.manifest, known)
    for table in backup.manifest.tables:
        store.insert(table.name, table.columns, _counted(backup, table, step))
    for table in backup.manifest.tables:
        _compare_rows(store, known[table.name], table, step)


def _compare_tables(manifest: Manifest, known: dict[str, Layout]) -> None:
    """Check that the backup has exactly the tables and columns of its schema: their names become SQL."""
    saved = {table.name: (set(table.columns), set(table.raw)) for table in manifest.tables}
    here = {name: (set(table.columns), set(table.raw)) for name, table in known.items()}
    wrong = sorted(name for name in saved.keys() | here.keys() if saved.get(name) != here.get(name))
    if wrong or len(saved) != len(manifest.tables):
        raise RestoreDiffersError(part=", ".join(wrong[:5]))


def _counted(backup: BackupFile, table: TableDump, step: Step) -> Iterator[Row]:
    for number, row in enumerate(backup.rows(table), 1):
        if number % 1000 == 0:
            step(1000)
        yield row


def _compare_rows(store: Store, here: Layout, table: TableDump, step: Step) -> None:
    same_order = Layout(table.name, table.columns, table.raw, here.key)
    found = digest(store, same_order, step)
    if (found.rows, found.sha256) != (table.rows, table.sha256):
        raise RestoreDiffersError(part=table.name)
