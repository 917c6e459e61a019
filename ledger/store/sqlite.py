"""A book in one SQLite file: WAL, STRICT tables, foreign keys, writers in line by BEGIN IMMEDIATE."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.store.engines import WAIT_SECONDS, EngineName, Row
from ledger.store.failures import (
    BookLockedError,
    BookReadOnlyError,
    DamagedBookError,
    DiskFullError,
    RefusedByBookError,
)
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.store.engines import Store

OLDEST = (3, 38, 0)
TEMPORARY_KIB = 32 * 1024
PAGE_BYTES = 8192
"""Entries are wide rows: in pages of half the size a bank day takes a few percent longer."""
AT_ONCE = (400, 20)
"""Rows of one INSERT, and of those for the rest: more gain nothing, and a statement's parameters are limited."""
STREAMED = 500
"""Rows of a stream that are taken at once: more gain nothing."""
MANY_CHANGES, COUNTED_ROWS = 200, 1_000
"""After how many changed rows the figures of the planner are taken anew, and how many rows of an index they look at."""
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "davfs", "ceph"})
GUARD_PREFIX = "kasse: "
DAMAGED = ("malformed", "disk image", "unsupported file format", "invalid rootpage")
"""What SQLite says of a file whose pages do not fit together."""
READ_ONLY = ("readonly database", "unable to open database file")
"""What it says where it may not write its file, or make those it needs beside it."""

# Both stay as they are; without an adapter the driver searches for one in vain, for every value it binds.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), {}.get)  # type: ignore[arg-type]


class BookNotFoundError(KasseError):
    """There is no book where one was named."""

    code = "book.not_found"
    template = N_("there is no book at {book}")
    hint = N_("make one with 'kasse book create', or name yours with --book or KASSE_BOOK")


class NotABookError(KasseError):
    """The file is something else."""

    code = "book.not_a_book"
    template = N_("this file is not a book of kasse: {book}")
    hint = N_("name the right file with --book or KASSE_BOOK; if it was your book, keep it and restore the last backup "
              "with 'kasse book restore BACKUP --book NEW'")  # fmt: skip


class NetworkFileSystemError(KasseError):
    """SQLite cannot lock reliably on a network file system."""

    code = "book.network_file_system"
    template = N_("the book lies on a network file system ({kind}): {book}")
    hint = N_("put the book on a local disk, or use a PostgreSQL server for several machines")


class SqliteTooOldError(KasseError):
    """The SQLite of this Python lacks STRICT tables."""

    code = "book.sqlite_too_old"
    template = N_("SQLite {version} is too old for a book")
    hint = N_("use a Python with SQLite 3.38 or newer")


class SqliteEngine:
    """What is particular to SQLite."""

    name: EngineName = "sqlite"

    def query(self, sql: str) -> str:
        """Return the text as it is: SQLite knows `:name`."""
        return sql

    def failing(self, sql: str) -> str:
        """Return an UPDATE that stops where it fails, instead of undoing what it changed before."""
        return sql.replace("UPDATE ", "UPDATE OR FAIL ", 1)

    def begin(self, connection: sqlite3.Connection) -> None:
        """Take the write lock at once, so that two writers queue instead of failing half-way."""
        connection.execute("BEGIN IMMEDIATE")

    def begin_snapshot(self, connection: sqlite3.Connection, *, scratch: bool) -> None:  # noqa: ARG002 - always may
        """Start a reading transaction: in WAL it keeps seeing the moment of its first query."""
        connection.execute("BEGIN DEFERRED")

    def stream(self, connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any]) -> Iterator[list[Row]]:
        """Yield the rows, some at a time, as SQLite finds them."""
        cursor = connection.execute(sql, parameters)
        while rows := cursor.fetchmany(STREAMED):
            yield rows

    def bulk(self, connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Insert many rows with one statement: guards and indexes are then set up once for all of them."""
        head = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
        one, width = f"({', '.join('?' * len(columns))})", len(columns)
        statements = [(size, head + ", ".join([one] * size)) for size in AT_ONCE]
        count = 0
        for chunk in batched(rows, AT_ONCE[0]):
            start = 0
            for size, together in statements:
                while len(chunk) - start >= size:
                    values = list(chain.from_iterable(chunk[start : start + size]))
                    assert len(values) == width * size, "every row has every column"
                    connection.execute(together, values)
                    start += size
            connection.executemany(head + one, chunk[start:])
            count += len(chunk)
        return count

    def leave(self, connection: sqlite3.Connection) -> None:
        """Count the rows anew where this connection changed many: the plans of the next command go by them.

        Without these figures SQLite takes an office for one of many, and reads all of its rows where an index would
        find the few. Another who writes, or a full disk, is no reason to fail: the book is written already.
        """
        if connection.total_changes < MANY_CHANGES or connection.in_transaction:
            return
        with suppress(sqlite3.Error):
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute(f"PRAGMA analysis_limit = {COUNTED_ROWS}")
            connection.execute("ANALYZE main")

    def lock(self, store: Store, offices: Sequence[str]) -> None:
        """Do nothing: BEGIN IMMEDIATE holds the whole book."""

    def failure(self, error: Exception, book: str) -> KasseError | None:
        """Translate what SQLite reports."""
        text = str(error)
        if isinstance(error, sqlite3.IntegrityError) and text.startswith(GUARD_PREFIX):
            return RefusedByBookError(reason=text.removeprefix(GUARD_PREFIX))
        if isinstance(error, sqlite3.OperationalError) and (kept := _kept_from_writing(text, book)):
            return kept
        if isinstance(error, sqlite3.DatabaseError) and "not a database" in text:
            return NotABookError(book=book)
        if isinstance(error, sqlite3.DatabaseError) and any(word in text for word in DAMAGED):
            return DamagedBookError(book=book, reason=text)
        return None


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Yield the rows in lists of `size`, the last one shorter."""
    stream = iter(rows)
    while chunk := list(islice(stream, size)):
        yield chunk


def _kept_from_writing(text: str, book: str) -> KasseError | None:
    if "locked" in text:
        return BookLockedError(book=book)
    if "full" in text or "disk I/O error" in text:
        return DiskFullError(book=book)
    return BookReadOnlyError() if any(said in text for said in READ_ONLY) else None


ENGINE = SqliteEngine()


def connect(path: Path, *, create: bool = False, wait_seconds: float = WAIT_SECONDS) -> sqlite3.Connection:
    """Open the file with the settings every connection needs.

    Raises `BookNotFoundError`, `NotABookError`, `NetworkFileSystemError` or `SqliteTooOldError`.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        raise SqliteTooOldError(version=sqlite3.sqlite_version)
    if not create and not path.is_file():
        raise BookNotFoundError(book=str(path))
    kind = file_system(path.parent if create else path)
    if kind in NETWORK_FILE_SYSTEMS:
        raise NetworkFileSystemError(book=str(path), kind=kind)
    if create:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(  # one thread at a time: `Behind` sees to it
        path, timeout=wait_seconds, isolation_level=None, cached_statements=512, check_same_thread=False
    )
    try:
        _prepare(connection, fresh=create)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise ENGINE.failure(error, str(path)) or error from error
    return connection


def _prepare(connection: sqlite3.Connection, *, fresh: bool) -> None:
    if fresh:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = FILE")  # beyond its cache a long list goes to disk, not into memory
    connection.execute(f"PRAGMA temp.cache_size = -{TEMPORARY_KIB}")
    connection.execute("PRAGMA cache_size = -65536")


def file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the kind of file system a path lies on, or '' where the machine does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
        place = str(path.resolve())
    except OSError:
        return ""
    best, kind = "", ""
    for line in lines:
        fields = line.split()
        point = fields[1].replace("\\040", " ")
        below = place == point or place.startswith(point.rstrip("/") + "/")
        if below and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def schema_version(connection: sqlite3.Connection) -> str | None:
    """Return the revision of the book's schema, or None where the file has none; raises `DamagedBookError`."""
    try:
        found: Any = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
        ).fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if found else None
    except sqlite3.DatabaseError as error:  # nothing was read of the file before
        raise ENGINE.failure(error, _file_of(connection)) or error from error
    return str(row[0]) if row else None


def _file_of(connection: sqlite3.Connection) -> str:
    return str(next((row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main"), ""))
