"""A book on a PostgreSQL server: office rows as locks, COPY for bulk, days and money as on SQLite."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from ledger.store.engines import WAIT_SECONDS, EngineName, Row
from ledger.store.failures import (
    BookAddressError,
    BookLockedError,
    BookReadOnlyError,
    BookUnavailableError,
    DiskFullError,
    RefusedByBookError,
)
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.store.engines import Store

GUARD_STATE, ACCESS_STATE = "KA001", "KA002"
FEW = 50
MANY_ROWS = 100
GROWN_ROWS = (100, 1_000, 10_000, 40_000, 160_000, 640_000, 2_560_000)
"""When a table is counted anew within one unit of work: its guards read it all with plans for a few rows."""
STREAMED = 5_000
"""Rows that a server sends at a time."""
_BULK = "-c jit=off -c work_mem=32MB -c temp_buffers=32MB -c random_page_cost=1.1"
"""Our statements are short or run once over many rows: compiling them costs a tenth, their temporary rows fit.

Disks are no longer four times slower at what lies apart: a server that thinks so reads all items for a bank day.
"""
_GROWN = """
    SELECT relname FROM pg_stat_user_tables
    WHERE n_mod_since_analyze >= %(many)s AND n_mod_since_analyze * 5 > n_live_tup ORDER BY relname"""
_KNOWN = "SELECT current_setting('lock_timeout'), reltuples FROM pg_class WHERE oid = %s::regclass"
_PARAMETER = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")


class DatabaseRightError(KasseError):
    """The rights in the database refuse what was tried."""

    code = "right.database"
    template = N_("the rights in the database refuse this: {reason}")
    hint = N_("'kasse db roles' shows which rights each login has and whether they are those of the book")


class PostgresMissingError(KasseError):
    """The driver is an extra that is not installed."""

    code = "book.postgres_missing"
    template = N_("the PostgreSQL driver is not installed")
    hint = N_("install it with: pip install 'kasse[postgres]'")


@lru_cache(maxsize=1024)
def to_pyformat(sql: str) -> str:
    """Return the SQL text with `:name` written as psycopg wants it.

    >>> to_pyformat("SELECT a::text FROM t WHERE a LIKE '5%' AND b = :b")
    "SELECT a::text FROM t WHERE a LIKE '5%%' AND b = %(b)s"
    """
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))


class PostgresEngine:
    """What is particular to PostgreSQL."""

    name: EngineName = "postgresql"

    def __init__(self) -> None:
        self.streams = 0
        self.wrote: WeakSet[Any] = WeakSet()
        self.loaded: WeakKeyDictionary[Any, Counter[str]] = WeakKeyDictionary()

    def query(self, sql: str) -> str:
        """Return the text in psycopg's parameter style."""
        return to_pyformat(sql)

    def failing(self, sql: str) -> str:
        """Return the UPDATE as it is: after a failure a transaction takes nothing more."""
        return sql

    def begin(self, connection: Any) -> None:
        """Start a transaction; locks are taken by `lock`."""
        self.wrote.add(connection)
        self.loaded[connection] = Counter()
        connection.execute("BEGIN")

    def begin_snapshot(self, connection: Any, *, scratch: bool) -> None:
        """Start a reading transaction that keeps seeing one moment; one that only reads makes no temporary tables."""
        connection.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ {'WRITE' if scratch else 'ONLY'}")

    def stream(self, connection: Any, sql: str, parameters: Mapping[str, Any]) -> Iterator[list[Row]]:
        """Yield the rows, some at a time, from a server-side cursor."""
        self.streams += 1
        with connection.cursor(name=f"kasse_stream_{self.streams}") as cursor:
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(STREAMED):
                yield rows

    def leave(self, connection: Any) -> None:
        """Count the rows of tables anew in which much was changed: the plans of the next command go by them.

        The server does so by itself, a minute later; until then it takes 55,000 new items for a dozen and compares
        each with each. Who would have to wait leaves it to the server.
        """
        import psycopg

        if connection not in self.wrote or connection.info.transaction_status:
            return
        with suppress(psycopg.Error):
            connection.execute("SET lock_timeout = '100ms'")
            connection.execute("SELECT pg_stat_force_next_flush()")
            for (table,) in connection.execute(_GROWN, {"many": MANY_ROWS}).fetchall():
                _count(connection, table)

    def lock(self, store: Store, offices: Sequence[str]) -> None:
        """Lock the head rows of the offices in the given order."""
        for office in offices:
            store.execute("SELECT 1 FROM head WHERE office = :office FOR UPDATE", office=office)

    def bulk(self, connection: Any, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Insert a few rows with one statement, many by COPY: guards run once for all of them."""
        stream = iter(rows)
        first = list(islice(stream, FEW + 1))
        names = ", ".join(columns)
        with connection.cursor() as cursor:
            if len(first) <= FEW:
                row = f"({', '.join(['%s'] * len(columns))})"
                if first:
                    values = list(chain.from_iterable(first))
                    cursor.execute(f"INSERT INTO {table} ({names}) VALUES {', '.join([row] * len(first))}", values)
                return len(first)
            count = _copied(cursor, table, names, chain(first, stream), binary=_has_bytes(first))
            self._loaded(connection, cursor, table, count)
            return count

    def _loaded(self, connection: Any, cursor: Any, table: str, count: int) -> None:
        """Count a table anew where one unit of work has doubled it at least; not where another one holds it.

        A tenth of the usual sample says how large it is; what is in it is counted by `leave`, as far as that much of
        a table is new. What is known of a larger one is better than that, and its plans are for many rows already.
        """
        import psycopg

        counts = self.loaded.setdefault(connection, Counter())
        before, counts[table] = counts[table], counts[table] + count
        grown = any(before < rows <= counts[table] for rows in GROWN_ROWS)
        if not grown or connection.info.transaction_status != psycopg.pq.TransactionStatus.INTRANS:
            return
        cursor.execute("SAVEPOINT counted")
        try:
            usual, known = cursor.execute(_KNOWN, (table,)).fetchone()
            if known < counts[table]:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                cursor.execute("SET LOCAL default_statistics_target = 10")
                _count(cursor, table)
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", (usual,))
            cursor.execute("RELEASE SAVEPOINT counted")
        except psycopg.Error:
            cursor.execute("ROLLBACK TO SAVEPOINT counted")

    def failure(self, error: Exception, book: str) -> KasseError | None:
        """Translate what PostgreSQL reports, by its SQLSTATE."""
        import psycopg

        if not isinstance(error, psycopg.Error):
            return None
        state = error.sqlstate or ""
        if state in {GUARD_STATE, ACCESS_STATE, "42501"}:
            refused = RefusedByBookError if state == GUARD_STATE else DatabaseRightError
            return refused(reason=error.diag.message_primary or "")
        if state in {"55P03", "57014", "40P01", "40001"}:
            return BookLockedError(book=_shown(book))
        if state in {"53100", "25006"}:
            return DiskFullError(book=_shown(book)) if state == "53100" else BookReadOnlyError()
        if state.startswith(("08", "57P", "53300")) or (not state and isinstance(error, psycopg.OperationalError)):
            return BookUnavailableError(book=_shown(book))
        return None


def _secured(cursor: Any, table: str) -> bool:
    """Return whether rights are enforced on the rows of a table, for this login."""
    return bool(cursor.execute("SELECT row_security_active(%s::regclass)", (table,)).fetchone()[0])


def _count(cursor: Any, table: str) -> None:
    """Have the server count a table anew: for its owner, or for who only works with it."""
    if _secured(cursor, table):
        cursor.execute("SELECT access_count(%s)", (table,))
    else:
        cursor.execute(f"ANALYZE {table}")


def _has_bytes(rows: Sequence[Row]) -> bool:
    """Return whether rows hold bytes: as text they would be written in twice their length, and read again."""
    return any(isinstance(value, bytes) for value in rows[0])


def _copied(cursor: Any, table: str, names: str, rows: Iterable[Row], *, binary: bool) -> int:
    """Insert rows by COPY and return how many; by way of a temporary table where row security refuses COPY."""
    secured = _secured(cursor, table)
    into = "bulk_load" if secured else table
    if secured:
        cursor.execute(f"CREATE TEMPORARY TABLE bulk_load AS SELECT {names} FROM {table} WITH NO DATA")
    types = _types(cursor, table, names) if binary else ()
    with cursor.copy(f"COPY {into} ({names}) FROM STDIN{' (FORMAT BINARY)' if types else ''}") as copy:
        if types:
            copy.set_types(types)
        for row in rows:
            copy.write_row(row)
    count = int(cursor.rowcount)
    if secured:
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM bulk_load")
        cursor.execute("DROP TABLE bulk_load")
    return count


def _types(cursor: Any, table: str, names: str) -> list[int]:
    cursor.execute(f"SELECT {names} FROM {table} LIMIT 0", prepare=False)  # each load has its own columns
    return [column.type_code for column in cursor.description]


ENGINE = PostgresEngine()


def connect(url: str, *, wait_seconds: float = WAIT_SECONDS) -> Any:
    """Open the database with the settings every connection needs.

    Raises `PostgresMissingError`, `BookAddressError` or `BookUnavailableError`.
    """
    try:
        import psycopg
        from psycopg.types.numeric import IntLoader
    except ImportError as error:
        raise PostgresMissingError from error
    try:
        connection = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=10,
            options=f"-c lock_timeout={int(wait_seconds * 1000)} {_BULK}",
        )
    except psycopg.ProgrammingError as error:  # before anything is asked of a server
        raise BookAddressError(book=_shown(url)) from error
    except psycopg.OperationalError as error:
        raise ENGINE.failure(error, url) or error from error
    connection.adapters.register_loader("numeric", IntLoader)  # sums of whole cents stay whole
    connection.execute("SET client_min_messages = warning")
    return connection


def _shown(url: str) -> str:
    """Return the address without a password."""
    scheme, _, rest = url.partition("://")
    credentials, at, place = rest.rpartition("@")
    return f"{scheme}://{credentials.split(':', 1)[0]}{at}{place}"


def schema_version(connection: Any) -> str | None:
    """Return the revision of the book's schema, or None where the database has none."""
    found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if found[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None
