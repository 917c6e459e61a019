"""The books: posting, verifying and the trial balance, beside the same rows written and added up raw.

`python -m bench.ledger_writes [ENTRIES]` (100,000 by default: 200,000 postings).
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.harness import measure, show
from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.book.verify_store import verify
from tests import books

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000


def drafts(count: int) -> Iterator[Draft]:
    for n in range(count):
        day = f"2026-{1 + n % 11:02d}-15"
        yield Draft("KASSE", "bank", day, (Posting("2800", 100 + n), Posting("5900", -100 - n)), f"bank_entry:{n}")


def filled(folder: str, count: int) -> str:
    path = Path(folder) / "kasse.db"
    books.make_sqlite_template(path)
    store = books.opened(str(path))
    with store.unit(["KASSE"]):
        post(store, drafts(count))
    store.close()
    return str(path)


def raw_rows(count: int) -> float:
    """The floor: the same number of rows by executemany, three indexes, no guard, no hash."""
    with tempfile.TemporaryDirectory() as folder:
        raw = sqlite3.connect(Path(folder) / "raw.db", isolation_level=None)
        raw.executescript(
            """PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536;
               CREATE TABLE entry (id INTEGER PRIMARY KEY, number TEXT UNIQUE, day TEXT, hash BLOB) STRICT;
               CREATE TABLE posting (id INTEGER PRIMARY KEY, entry INTEGER, account TEXT, cents INTEGER) STRICT;
               CREATE INDEX day ON entry (day); CREATE INDEX entry_of ON posting (entry);
               CREATE INDEX account ON posting (account, cents)"""
        )
        start = time.process_time()
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(
            "INSERT INTO entry VALUES (?, ?, '2026-01-15', ?)", ((n, str(n), b"x" * 32) for n in range(count))
        )
        raw.executemany("INSERT INTO posting VALUES (?, ?, '2800', ?)", ((n, n // 2, n) for n in range(2 * count)))
        raw.execute("COMMIT")
        return time.process_time() - start


def posting(count: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kasse.db"
        books.make_sqlite_template(path)
        store = books.opened(str(path))
        start = time.process_time()
        with store.unit(["KASSE"]):
            post(store, drafts(count))
        return time.process_time() - start


def verifying(path: str) -> float:
    store = books.opened(path)
    start = time.process_time()
    assert verify(store).findings == ()
    return time.process_time() - start


def added_up(path: str) -> float:
    """The floor of a trial balance: one SELECT over all postings."""
    raw = sqlite3.connect(path)
    start = time.process_time()
    raw.execute("SELECT office, account, sum(cents) FROM posting GROUP BY office, account").fetchall()
    return time.process_time() - start


def trial_balance(path: str) -> float:
    from ledger.reports.balances_store import trial_balance as report

    store = books.opened(path)
    start = time.process_time()
    report(store, "2026-11-30")
    return time.process_time() - start


def main() -> None:
    """Print what posting, verifying and reporting take."""
    show(
        f"post {ENTRIES:,} entries ({3 * ENTRIES:,} rows), all guards on",
        measure([("raw executemany (floor)", partial(raw_rows, ENTRIES)), ("kasse post", partial(posting, ENTRIES))]),
        "raw executemany (floor)",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = filled(folder, 5 * ENTRIES)
        show(
            f"trial balance over {10 * ENTRIES:,} postings; verify of {5 * ENTRIES:,} entries",
            measure(
                [
                    ("one SELECT over all postings (floor)", partial(added_up, path)),
                    ("kasse trial balance", partial(trial_balance, path)),
                    ("kasse verify", partial(verifying, path)),
                ]
            ),
            "one SELECT over all postings (floor)",
        )


if __name__ == "__main__":
    main()
