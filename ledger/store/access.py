"""Opening a book by its location: a file path or a postgresql:// address."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ledger.store import postgres, sqlite
from ledger.store.engines import WAIT_SECONDS, Store
from sepa.errors import N_, KasseError

SCHEMA_VERSION = "0001"
"""The revision of the migrations that this version of kasse writes and reads."""


class NewerBookError(KasseError):
    """The book was made or migrated by a newer kasse."""

    code = "book.newer"
    template = N_("the book has schema {found}, this kasse knows {known}")
    hint = N_("update kasse on this machine; nothing was changed")


class OlderBookError(KasseError):
    """The book waits for a migration."""

    code = "book.older"
    template = N_("the book has schema {found}, this kasse needs {known}")
    hint = N_("try it with 'kasse db upgrade --dry-run', then do it with 'kasse db upgrade --backup FILE'")


class BookExistsError(KasseError):
    """A new book would overwrite an old one."""

    code = "book.exists"
    template = N_("there is a book already: {book}")
    hint = N_("choose another place with --book; an existing book is never overwritten")


def is_server(location: str) -> bool:
    """Return whether the location names a PostgreSQL server."""
    return location.startswith(("postgresql://", "postgres://"))


def open_book(location: str, *, now: str, salt: Callable[[int], bytes], wait_seconds: float = WAIT_SECONDS) -> Store:
    """Return the open book.

    Raises `BookNotFoundError`, `NotABookError`, `NewerBookError`, `OlderBookError`, `NetworkFileSystemError`,
    `BookUnavailableError`.
    """
    store = connect(location, now=now, salt=salt, wait_seconds=wait_seconds)
    found = version_of(store)
    if found is None:
        store.close()
        raise sqlite.NotABookError(book=location)
    if found != SCHEMA_VERSION:
        store.close()
        kind = NewerBookError if found > SCHEMA_VERSION else OlderBookError
        raise kind(found=found, known=SCHEMA_VERSION)
    return store


def connect(
    location: str,
    *,
    now: str,
    salt: Callable[[int], bytes],
    create: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> Store:
    """Return a store on the location whatever its schema; `create` makes a new, empty file."""
    if is_server(location):
        connection = postgres.connect(location, wait_seconds=wait_seconds)
        store = Store(postgres.ENGINE, connection, location, now=now, salt=salt)
    else:
        path = Path(location)
        if create and path.exists():
            raise BookExistsError(book=location)
        connection = sqlite.connect(path, create=create, wait_seconds=wait_seconds)
        store = Store(sqlite.ENGINE, connection, location, now=now, salt=salt)
    store.reopen = lambda: connect(location, now=now, salt=salt, wait_seconds=wait_seconds)
    return store


def version_of(store: Store) -> str | None:
    """Return the schema revision of an open database, or None where it holds no book."""
    read = postgres.schema_version if store.engine.name == "postgresql" else sqlite.schema_version
    with store.translated():
        return read(store.connection)
