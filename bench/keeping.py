"""Time a backup, its check and its restore against copying the same rows raw: `python -m bench.keeping [ENTRIES]`."""

from __future__ import annotations

import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kasse_cli.backups import restore_into
from ledger.book.store import post
from ledger.keeping.backup_reader import open_backup
from ledger.keeping.backup_writer import write_backup
from ledger.store.access import SCHEMA_VERSION, connect
from tests import books

NOW = "2026-11-20T08:00:00Z"


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print wall and CPU seconds of a step and the most memory so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:34} {time.perf_counter() - wall:6.1f} s  {time.process_time() - cpu:6.1f} s CPU  {most} MiB")


def main() -> None:
    """Build a book with so many entries, save it, read the file again, restore it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        books.make_sqlite_template(folder / "kasse.db")
        store = books.opened(str(folder / "kasse.db"))
        with timed(f"post {count} entries"), store.unit(["KASSE"]):
            lines = ("2800 1,00", "5100 -1,00")
            post(store, (books.entry(*lines, text=f"Zahlung {n} von Erika Musterfrau") for n in range(count)))
        with timed("floor: SQLite's own copy"):
            raw = sqlite3.connect(folder / "raw.db")
            store.connection.backup(raw)
            raw.close()
        with timed("backup"):
            manifest = write_backup(store, folder / "b.backup", SCHEMA_VERSION, lambda _: None)
        with timed("check of the file"), open_backup(folder / "b.backup") as backup:
            backup.check(lambda _: None)
        copy = connect(str(folder / "neu.db"), now=NOW, salt=os.urandom, create=True)
        with timed("restore, compare and verify"):
            restore_into(copy, folder / "b.backup", lambda _: None)
        copy.close()
        store.close()
        sizes = [(folder / file).stat().st_size >> 20 for file in ("kasse.db", "raw.db", "b.backup")]
        print(f"{manifest.rows} rows; book {sizes[0]} MiB, raw copy {sizes[1]} MiB, backup {sizes[2]} MiB")


if __name__ == "__main__":
    main()
