"""Making a book: whole or not at all, in a file or on a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.migrations import create_schema
from ledger.book.chart import Chart, load_chart
from ledger.book.creation import BookPlan, fill_book
from ledger.store.access import BookExistsError, connect, is_server
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kasse_cli.context import Call
    from ledger.store.engines import Store


class NoFolderError(KasseError):
    """The folder in which the book should be made is not there."""

    code = "book.no_folder"
    template = N_("there is no folder {folder}")
    hint = N_("make the folder first, or name another one with --book")


class DatabaseNotEmptyError(BookExistsError):
    """The database holds tables already, perhaps a book."""

    code = "book.exists"
    template = N_("the database is not empty, it has a table {table}: {book}")
    hint = N_("make an empty database for the book; an existing one is never overwritten")


def create_book(call: Call, plan: Callable[[Store], BookPlan], chart: Chart | None = None) -> BookPlan:
    """Make the book of this call and return its plan, which may ask the server who is acting; VKR is the usual chart.

    Raises `BookExistsError`, `NoFolderError` and what the store raises; then nothing is left behind.
    """
    with new_place(call) as store:
        made = plan(store)
        create_schema(store)
        fill_book(store, made, chart or load_chart())
    return made


def session_user(store: Store) -> str:
    """Return the role that a person used to log in to the server."""
    return str(store.value("SELECT session_user::text"))


def new_place(call: Call) -> AbstractContextManager[Store]:
    """Return a store on a new file or an empty database, which has its place once all went well.

    Raises `BookExistsError`, `NoFolderError`, `DatabaseNotEmptyError`.
    """
    return _on_server(call) if is_server(call.book) else _in_file(call, Path(call.book))


@contextmanager
def _in_file(call: Call, path: Path) -> Iterator[Store]:
    """Give a store on a new file beside the path and put it in its place, without replacing any, at the end."""
    if path.exists():
        raise BookExistsError(book=str(path))
    if not path.absolute().parent.is_dir():
        raise NoFolderError(folder=str(path.absolute().parent))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    _remove(temporary)
    try:
        store = connect(str(temporary), now=call.now, salt=call.random, create=True)
        try:
            yield store
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            store.close()
        _move(temporary, path)
    finally:
        _remove(temporary)


def _move(temporary: Path, path: Path) -> None:
    """Give the file its name; a book that appeared there meanwhile stays."""
    try:
        if os.name == "nt":
            temporary.rename(path)  # refuses to replace
        else:
            os.link(temporary, path)
    except FileExistsError:
        raise BookExistsError(book=str(path)) from None
    except OSError:  # a file system without links
        if path.exists():
            raise BookExistsError(book=str(path)) from None
        temporary.rename(path)


def _remove(temporary: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        temporary.with_name(temporary.name + ending).unlink(missing_ok=True)


@contextmanager
def _on_server(call: Call) -> Iterator[Store]:
    """Give a store on an empty database and take away what was made in it if something fails."""
    store = connect(call.book, now=call.now, salt=call.random)
    try:
        tables = "SELECT min(tablename) FROM pg_tables WHERE schemaname = current_schema()"
        if table := store.value(tables):
            raise DatabaseNotEmptyError(table=table, book=call.book.rpartition("@")[2])
        try:
            yield store
        except BaseException:
            with suppress(Exception):
                _drop_all(store)
            raise
    finally:
        store.close()


def _drop_all(store: Store) -> None:
    from kasse_cli.schema import METADATA

    with store.unit():
        for table in [*METADATA.tables, "alembic_version"]:
            store.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
        functions = """SELECT p.oid::regprocedure::text FROM pg_proc p
                       WHERE p.proname LIKE 'guard%' AND p.pronamespace = current_schema()::regnamespace"""
        for (function,) in store.all(functions):
            store.execute(f"DROP FUNCTION {function}")
