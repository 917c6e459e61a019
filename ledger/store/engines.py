"""One way to talk to a book, on SQLite and on PostgreSQL: SQL text with `:name` parameters, rows as tuples.

The tables are declared with SQLModel; what runs is the driver alone (docs/adr/0002), so that a command on a book
starts without importing an ORM, and bulk goes by executemany or COPY.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from itertools import chain
from typing import Any, Literal

from ledger.store.behind import Behind
from ledger.store.drivers import Engine
from ledger.store.failures import FutureDayError
from sepa.errors import KasseError

Row = tuple[Any, ...]
EngineName = Literal["sqlite", "postgresql"]
WAIT_SECONDS = 30
AT_ONCE = 1_000
"""Rows that are taken from a driver at once."""
_READING = ("SELECT", "WITH", "SAVEPOINT", "RELEASE")
"""How statements begin that write nothing; none of ours writes behind a WITH."""


class Store:
    """An open book: queries, one unit of work at a time, who acts and when.

    `now` is the UTC time stamp of the command, `today` the day it counts as (that of `now` unless said otherwise),
    `clock_day` the day it is, `latest_day` the last day on which anything may count as written, `user` the number of
    the acting person (0 before any exists), `salt` returns fresh random bytes. All are given by the caller, none is
    invented here. `numbered` holds office, year, first and last number that the unit of work under way gave to entries;
    `on_abort` gets them where it is rolled back. `behind` is what is written on another thread. `principal` is in whose
    right a deputy acts, once a right was asked for that is not their own; it lasts as long as the same person acts.
    `told` are the seals that the unit of work, or the rehearsal, told of rows so far. `reopen` opens the book again.
    """

    def __init__(
        self,
        engine: Engine,
        connection: Any,
        book: str,
        *,
        now: str,
        salt: Callable[[int], bytes],
        user: int = 0,
    ) -> None:
        self.engine = engine
        self.connection = connection
        self.book = book
        self.now = now
        self.today = now[:10]
        self.latest_day = "9999-12-31"
        self.clock_day = "9999-12-31"
        self.salt = salt
        self.principal: int | None = None
        self._user = user
        self.locked: tuple[str, ...] = ()
        self.numbered: list[tuple[str, int, int, int]] = []
        self.behind = Behind()
        self.on_abort: Callable[[Sequence[tuple[str, int, int, int]], BaseException], None] | None = None
        self._depth = 0
        self._rehearsing = False
        self._tried = False
        self._written = False
        self.counted: dict[tuple[str, str], int] | None = None
        self.reopen: Callable[[], Store] | None = None
        self.told: dict[str, str] = {}
        self._committed: Store | None = None

    @property
    def user(self) -> int:
        """The number of the acting person; whoever comes next acts in their own right."""
        return self._user

    @user.setter
    def user(self, number: int) -> None:
        self._user, self.principal = number, None

    def rows(self, sql: str, /, **parameters: Any) -> Iterator[Row]:
        """Yield the rows of a query, streaming."""
        return chain.from_iterable(self._chunks(sql, parameters))

    def _chunks(self, sql: str, parameters: Mapping[str, Any]) -> Iterator[list[Row]]:
        """Yield the rows in lists: a generator asked for each row would double what a short row costs."""
        with self.translated():
            cursor = self.connection.cursor()
            cursor.execute(self.engine.query(sql), parameters)
            while chunk := cursor.fetchmany(AT_ONCE):
                yield chunk

    def stream(self, sql: str, /, **parameters: Any) -> Iterator[Row]:
        """Yield the rows of a large query in constant memory; only inside `unit` or `snapshot`."""
        return chain.from_iterable(self._streamed(sql, parameters))

    def _streamed(self, sql: str, parameters: Mapping[str, Any]) -> Iterator[list[Row]]:
        with self.translated():
            yield from self.engine.stream(self.connection, self.engine.query(sql), parameters)

    def all(self, sql: str, /, **parameters: Any) -> list[Row]:
        """Return all rows of a query."""
        return list(self.rows(sql, **parameters))

    def one(self, sql: str, /, **parameters: Any) -> Row | None:
        """Return the first row of a query or None; the query may be a statement that returns what it wrote."""
        self._written = self._written or not sql.lstrip().startswith(_READING)
        with self.translated():
            cursor = self.connection.cursor()
            cursor.execute(self.engine.query(sql), parameters)
            row: Row | None = cursor.fetchone()
            cursor.close()
            return row

    def value(self, sql: str, /, **parameters: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self.one(sql, **parameters)
        return row[0] if row else None

    def execute(self, sql: str, /, **parameters: Any) -> int:
        """Run a statement and return how many rows it touched."""
        self._written = self._written or not sql.lstrip().startswith(_READING)
        with self.translated():
            cursor = self.connection.cursor()
            cursor.execute(self.engine.query(sql), parameters)
            return int(cursor.rowcount)

    def update_or_fail(self, sql: str, /, **parameters: Any) -> int:
        """Run an UPDATE of many rows and return how many; what it raises must end the unit of work.

        SQLite then keeps no copy of each page it changes, and leaves the rows changed before the failure as they are.
        """
        return self.execute(self.engine.failing(sql), **parameters)

    def execute_many(self, sql: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement for each set of parameters."""
        if parameters:
            self._written = True
            with self.translated():
                self.connection.cursor().executemany(self.engine.query(sql), parameters)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Insert rows by executemany (SQLite) or COPY (PostgreSQL) and return how many."""
        self._written = True
        with self.translated():
            return self.engine.bulk(self.connection, table, columns, rows)

    def insert_one(self, table: str, **values: Any) -> None:
        """Insert one row given by its columns."""
        names = ", ".join(values)
        self.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(':' + name for name in values)})", **values)

    @contextmanager
    def unit(self, offices: Sequence[str] = (), *, dated: bool = True) -> Iterator[None]:
        """Run one unit of work, whole or absent, holding the locks of these offices from its start.

        Offices are locked in sorted order, so that two units can wait for each other but never block each other.
        A unit that is not `dated` writes nothing but when it was: notes of what was read or refused.
        Raises `FutureDayError`; a rehearsal may lie ahead.
        """
        assert self._depth == 0, "units of work do not nest"
        if self._rehearsing:
            with self._rehearsed(offices):
                yield
            return
        if dated and self.today > self.latest_day:
            raise FutureDayError(day=date.fromisoformat(self.today), latest=date.fromisoformat(self.latest_day))
        self._depth = 1
        try:
            with self.translated():
                self.engine.begin(self.connection)
                self._written = False
                try:
                    self.locked = tuple(sorted(set(offices)))
                    self.engine.lock(self, self.locked)
                    yield
                    self.behind.wait()
                except BaseException:
                    self.behind.settle()
                    self.connection.rollback()
                    raise
                self.connection.commit()
        except BaseException as error:
            self._depth = 0
            if self.numbered and self.on_abort is not None:
                taken, self.numbered = self.numbered, []
                self.on_abort(taken, error)
            raise
        finally:
            self._depth, self.locked, self.numbered, self.told = 0, (), [], {}

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Run units of work that see each other's changes and leave nothing behind: what a dry run does."""
        assert not self.in_unit, "a rehearsal holds units of work, not the other way round"
        with self.translated():
            self.engine.begin(self.connection)
            self._written = False
            self._rehearsing = self._tried = True
            try:
                yield
            finally:
                self._rehearsing, self.numbered, self.told = False, [], {}
                self.connection.rollback()

    @contextmanager
    def _rehearsed(self, offices: Sequence[str]) -> Iterator[None]:
        """Run one unit of a rehearsal, whole or absent."""
        self._depth = 1
        try:
            self.execute("SAVEPOINT rehearsed")
            self.locked = tuple(sorted(set(offices)))
            self.engine.lock(self, self.locked)
            try:
                yield
                self.behind.wait()
            except BaseException:
                self.behind.settle()
                self.execute("ROLLBACK TO SAVEPOINT rehearsed")
                raise
            self.execute("RELEASE SAVEPOINT rehearsed")
        finally:
            self._depth = 0
            self.locked = ()

    @contextmanager
    def snapshot(self, *, scratch: bool = False) -> Iterator[None]:
        """Read one moment of the book across several queries; inside a unit of work it changes nothing.

        With `scratch` temporary tables may be made, for what is asked of many rows at once.
        """
        if self._depth or self._rehearsing:
            yield
            return
        self._depth = 1
        try:
            with self.translated():
                self.engine.begin_snapshot(self.connection, scratch=scratch)
                try:
                    yield
                finally:
                    self.connection.rollback()
        finally:
            self._depth = 0

    @property
    def in_unit(self) -> bool:
        """Whether a unit of work is under way."""
        return self._depth > 0

    @property
    def as_committed(self) -> bool:
        """Whether nothing was written in this unit, or rehearsal, yet, so that another connection sees the same."""
        return self.in_unit and not self._written

    @property
    def committed(self) -> Store:
        """The book as it was before this unit of work, by a connection of its own that lasts as long as this one."""
        if self._committed is None:
            assert self.reopen is not None, "a store that nothing can open again"
            self._committed = self.reopen()
        return self._committed

    def close(self) -> None:
        """Close the connection; an unfinished unit of work is lost as if it had never begun."""
        if self._committed is not None:
            self._committed.connection.close()
        if not self._depth and not self._tried:
            self.engine.leave(self.connection)
        self.connection.close()

    def translated(self) -> AbstractContextManager[None]:
        """Turn the driver's errors inside into errors for people; what is written behind comes first."""
        self.behind.wait()
        return _translate(self.engine, self.book)


@contextmanager
def _translate(engine: Engine, book: str) -> Iterator[None]:
    try:
        yield
    except KasseError:
        raise
    except Exception as error:
        failure = engine.failure(error, book)
        if failure is None:
            raise
        raise failure from error
