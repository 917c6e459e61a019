"""Bringing a book to the schema of this version: on a copy first, and the books the same before and after."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from enforcement.proofs import PROOFS
from kasse_cli.book_writer import session_user
from kasse_cli.migrations import migrating, rehearsing, revisions
from kasse_cli.schema import permitted_changes
from ledger.book.store import kasse_office, setting
from ledger.book.verify_store import Verification, verify
from ledger.keeping.upgrade_store import Figures, compare, copy_rows, enter_trial, figures, note_upgrade
from ledger.people.users import require, user_id
from ledger.store.access import NewerBookError, connect, version_of
from ledger.store.guards import install_guards, remove_guards
from ledger.store.sqlite import NotABookError

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which schema to which, whether that was new, and what verifying found afterwards."""

    found: str
    known: str
    new: bool
    figures: Figures
    verified: Verification | None


@contextmanager
def open_any(call: Call) -> Iterator[tuple[Store, str]]:
    """Yield a store on the book of any schema that this version knows, and its schema; only an admin may.

    Raises `NotABookError`, `NewerBookError`, `NotAllowedError`.
    """
    store = connect(call.book, now=call.now, salt=call.random, wait_seconds=int(call.settings["wait_seconds"]))
    try:
        found = version_of(store)
        if found is None:
            raise NotABookError(book=call.book.rpartition("@")[2])
        if found not in revisions():
            raise NewerBookError(found=found, known=revisions()[-1])
        store.user = _actor(call, store)
        require(store, kasse_office(store), "admin")
        yield store, found
    finally:
        store.close()


def _actor(call: Call, store: Store) -> int:
    declared = setting(store, "identity") == "declared"
    if store.engine.name == "postgresql" and not declared:
        call.actor(declared=False)
        return user_id(store, session_user(store))
    return user_id(store, call.actor(declared=declared))


def try_upgrade(call: Call, store: Store, found: str) -> Upgraded:
    """Upgrade a copy of the book, verify it and take it away again; the book itself is not touched.

    Raises `UpgradeDiffersError`.
    """
    if store.engine.name == "postgresql":
        return _try_on_server(store, found)
    return _try_on_copy(call, store, found)


def upgrade_book(store: Store, found: str) -> Upgraded:
    """Upgrade the book in one unit of work, then verify it.

    Raises `UpgradeDiffersError`; then nothing was changed.
    """
    known = revisions()[-1]
    with migrating(store) as migrate:
        before = figures(store)
        if found != known:
            migrate("head")
            compare(before, figures(store))
    if found == known:
        return Upgraded(found, known, new=False, figures=before, verified=None)
    note_upgrade(store, found, known)
    return Upgraded(found, known, new=True, figures=before, verified=verify(store, proofs=PROOFS))


def _try_on_copy(call: Call, store: Store, found: str) -> Upgraded:
    """Upgrade a file beside the book; whoever writes meanwhile is not kept waiting."""
    path = Path(call.book)
    copy = path.with_name(f".{path.name}.upgrade.part")
    _remove(copy)
    try:
        twin = connect(str(copy), now=call.now, salt=call.random, create=True)
        try:
            assert isinstance(store.connection, sqlite3.Connection)
            with twin.translated():
                store.connection.backup(twin.connection)
            return upgrade_book(twin, found)
        finally:
            twin.close()
    finally:
        _remove(copy)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _try_on_server(store: Store, found: str) -> Upgraded:
    """Upgrade a copy in a schema beside the book's, in a transaction that is rolled back: nothing can be left."""
    known = revisions()[-1]
    with rehearsing(store) as migrate:
        tables = enter_trial(store)
        migrate(found)
        remove_guards(store)
        copy_rows(store, tables)
        before = figures(store)
        install_guards(store, permitted_changes())
        if found != known:
            migrate("head")
        compare(before, figures(store))
        verified = verify(store, proofs=PROOFS)
        return Upgraded(found, known, new=found != known, figures=before, verified=verified)
