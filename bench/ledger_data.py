"""What the ledger is measured with: drafts, books on both engines, the same rows written raw, a journal for peers."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from sepa.money import plain
from tests import books

TEMPLATE, MONTHS = "kasse_bench", 11
RAW = """
    CREATE TABLE entry (id {id}, number TEXT UNIQUE, day TEXT, hash {bytes}){strict};
    CREATE TABLE posting (id {id}, entry {int}, account TEXT, cents {int}){strict};
    CREATE INDEX day ON entry (day); CREATE INDEX entry_of ON posting (entry);
    CREATE INDEX account ON posting (account, cents)"""
RAW_SQLITE = RAW.format(id="INTEGER PRIMARY KEY", int="INTEGER", bytes="BLOB", strict=" STRICT")
RAW_POSTGRES = RAW.format(id="BIGINT PRIMARY KEY", int="BIGINT", bytes="BYTEA", strict="")


@dataclass(frozen=True, slots=True)
class Engine:
    """Where books are made: `fresh` makes one and returns its address, `clock` is what its time is measured by."""

    name: str
    fresh: Callable[[str], str]
    raw: Callable[[int], float]
    clock: Callable[[], float]


def drafts(count: int) -> Iterator[Draft]:
    """Yield entries of two postings over eleven months."""
    for n in range(count):
        day = f"2026-{1 + n % MONTHS:02d}-15"
        yield Draft("KASSE", "bank", day, (Posting("2800", 100 + n), Posting("5900", -100 - n)), f"bank_entry:{n}")


def journal(path: Path, count: int) -> None:
    """Write the same entries as a plain text journal, as hledger, ledger and beancount's converters read it."""
    with path.open("w", encoding="utf-8") as file:
        for draft in drafts(count):
            lines = "".join(f"    {line.account}  {plain(line.cents)} EUR\n" for line in draft.postings)
            file.write(f"{draft.posting_day} {draft.source}\n{lines}\n")


def beancount(path: Path, count: int) -> None:
    """Write the same entries as beancount has them."""
    with path.open("w", encoding="utf-8") as file:
        file.write("2026-01-01 open Assets:A2800 EUR\n2026-01-01 open Income:A5900 EUR\n\n")
        for draft in drafts(count):
            names = ("Assets:A2800", "Income:A5900")
            lines = zip(names, draft.postings, strict=True)
            text = "".join(f"  {name}  {plain(line.cents)} EUR\n" for name, line in lines)
            file.write(f'{draft.posting_day} * "{draft.source}"\n{text}\n')


def filled(engine: Engine, name: str, count: int) -> str:
    """Return the address of a book with so many entries."""
    location = engine.fresh(name)
    store = books.opened(location)
    with store.unit(["KASSE"]):
        post(store, drafts(count))
    store.close()
    return location


def posting(engine: Engine, count: int) -> float:
    """Post the entries into a fresh book and return what it took."""
    store = books.opened(engine.fresh("posting"))
    start = engine.clock()
    with store.unit(["KASSE"]):
        post(store, drafts(count))
    seconds = engine.clock() - start
    store.close()
    return seconds


def sqlite_engine(folder: str) -> Engine:
    """Return the engine of files: measured in CPU seconds."""
    template = Path(folder) / "template.db"
    if not template.exists():
        books.make_sqlite_template(template)

    def fresh(name: str) -> str:
        path = Path(folder) / f"{name}.db"
        for old in path.parent.glob(f"{path.name}*"):
            old.unlink()
        path.write_bytes(template.read_bytes())
        return str(path)

    return Engine("SQLite", fresh, raw_rows, time.process_time)


def raw_rows(count: int) -> float:
    """Write the same number of rows by executemany, with three indexes, no guard and no hash; return CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        raw = sqlite3.connect(Path(folder) / "raw.db", isolation_level=None)
        raw.executescript(f"PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536; {RAW_SQLITE}")
        start = time.process_time()
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany("INSERT INTO entry VALUES (?, ?, '2026-01-15', ?)", raw_entries(count))
        raw.executemany("INSERT INTO posting VALUES (?, ?, '2800', ?)", ((n, n // 2, n) for n in range(2 * count)))
        raw.execute("COMMIT")
        return time.process_time() - start


def raw_entries(count: int) -> Iterator[tuple[int, str, bytes]]:
    """Yield rows as plain as rows can be."""
    return ((n, str(n), b"x" * 32) for n in range(count))


def postgres_engine(server: str) -> Engine:
    """Return the engine of a server: measured in wall seconds, because the work is another process's."""
    books.run_sql(server, f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
    books.make_postgres_template(server, TEMPLATE)

    def fresh(name: str) -> str:
        drop = f"DROP DATABASE IF EXISTS kasse_{name} WITH (FORCE)"
        books.run_sql(server, drop, f"CREATE DATABASE kasse_{name} TEMPLATE {TEMPLATE}")
        return books.database(server, f"kasse_{name}")

    return Engine("PostgreSQL", fresh, partial(_raw_copy, server), time.perf_counter)


def _raw_copy(server: str, count: int) -> float:
    """Write the same number of rows by COPY, with three indexes, no guard and no hash; return wall seconds."""
    import psycopg

    books.run_sql(server, "DROP DATABASE IF EXISTS kasse_raw WITH (FORCE)", "CREATE DATABASE kasse_raw")
    with psycopg.connect(books.database(server, "kasse_raw")) as connection:
        connection.execute(RAW_POSTGRES)
        connection.commit()
        start = time.perf_counter()
        with connection.cursor() as cursor:
            with cursor.copy("COPY entry FROM STDIN") as copy:
                for number, text, value in raw_entries(count):
                    copy.write_row((number, text, "2026-01-15", value))
            with cursor.copy("COPY posting FROM STDIN") as copy:
                for n in range(2 * count):
                    copy.write_row((n, n // 2, "2800", n))
        connection.commit()
        return time.perf_counter() - start
