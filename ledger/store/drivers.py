"""What a store needs of an engine and its driver: the one place where SQLite and PostgreSQL differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ledger.store.engines import EngineName, Row, Store
    from sepa.errors import KasseError


class Connection(Protocol):
    """What the two drivers share and the store needs."""

    def cursor(self) -> Any:
        """Return a cursor."""

    def close(self) -> None:
        """Close the connection."""


class Engine(Protocol):
    """What differs between the engines, in one object each."""

    name: EngineName

    def query(self, sql: str) -> str:
        """Return the SQL text in the driver's parameter style."""

    def failing(self, sql: str) -> str:
        """Return an UPDATE whose failure ends the unit of work."""

    def begin(self, connection: Any) -> None:
        """Start a writing unit of work."""

    def begin_snapshot(self, connection: Any, *, scratch: bool) -> None:
        """Start a reading unit that sees one moment; with `scratch` it may make temporary tables."""

    def stream(self, connection: Any, sql: str, parameters: Mapping[str, Any]) -> Iterator[list[Row]]:
        """Yield rows, some at a time, without holding them all; inside a unit of work or a snapshot."""

    def bulk(self, connection: Any, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Insert many rows the fastest way the engine has and return how many."""

    def failure(self, error: Exception, book: str) -> KasseError | None:
        """Return the error a person gets for a driver's error, or None where it is a defect."""

    def lock(self, store: Store, offices: Sequence[str]) -> None:
        """Hold these offices, in this order, until the unit of work ends."""

    def leave(self, connection: Any) -> None:
        """Leave the database as the next command wants it."""
