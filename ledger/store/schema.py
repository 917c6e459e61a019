"""All tables together: what a new book is made of, and what may change in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, MetaData, StaticPool, Table, create_engine
from sqlmodel import SQLModel

import ledger.bank.intake_tables
import ledger.bank.suspense_tables
import ledger.bank.tables
import ledger.book.journal_tables
import ledger.book.tables
import ledger.cash.movement_tables
import ledger.cash.tables
import ledger.events.tables
import ledger.items.lock_tables
import ledger.items.opening_tables
import ledger.items.order_kind_tables
import ledger.items.order_tables
import ledger.items.tables
import ledger.items.target_tables
import ledger.keeping.tables
import ledger.payments.answer_tables
import ledger.payments.claim_tables
import ledger.payments.collection_change_tables
import ledger.payments.collection_tables
import ledger.payments.mandate_tables
import ledger.payments.tables
import ledger.people.duty_tables
import ledger.people.tables  # noqa: F401 - importing a table declares it
from ledger.store.access import SCHEMA_VERSION
from ledger.store.changes import Changes, Reference
from ledger.store.engines import Store
from ledger.store.guards import install_guards

METADATA: MetaData = SQLModel.metadata
_WITNESSED = frozenset({"event", "entry"})
"""Tables whose signatures need no event: events witness themselves, entries are chained."""


def permitted_changes() -> Mapping[str, Changes]:
    """Return for each table what may change after a row was written: `MUTABLE`, `ONCE`, `STEPS` and `ERASABLE`."""
    return {str(cls.__tablename__): _changes(cls) for cls in SQLModel.__subclasses__() if hasattr(cls, "MUTABLE")}


def _changes(cls: type[SQLModel]) -> Changes:
    mutable: tuple[str, ...] = getattr(cls, "MUTABLE", ())
    once, steps, erasable = getattr(cls, "ONCE", ()), getattr(cls, "STEPS", {}), getattr(cls, "ERASABLE", ())
    return Changes(mutable, once, steps, erasable, tuple(_proven(METADATA.tables[str(cls.__tablename__)])))


def _proven(table: Table) -> Iterator[Reference]:
    """Yield the foreign keys that PostgreSQL proves at once; one that waits for the end of a unit has its own guard."""
    for key in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
        if key.info.get("proven") and not key.deferrable:
            yield tuple(key.column_keys), key.referred_table.name, tuple(one.column.name for one in key.elements)


def declared() -> str:
    """Return what all tables declare as the text of `declared.json`, a line for each table."""
    changes = permitted_changes()
    lines = [
        f"{json.dumps(name)}: {json.dumps(_declared(table, changes.get(name)), ensure_ascii=False)}"
        for name, table in sorted(METADATA.tables.items())
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _declared(table: Table, changes: Changes | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if changes is not None:
        found = {name: getattr(changes, name) for name in ("mutable", "once", "steps", "erasable", "refers")}
    found["signed"] = tuple(_signed(table)) if table.name not in _WITNESSED else ()
    return {name: value for name, value in found.items() if value or name == "mutable"}


def _signed(table: Table) -> Iterator[tuple[str, str]]:
    """Yield the columns that name a person where the moment stands beside them."""
    for column in (one.name for one in table.columns):
        moment = f"{column.removesuffix('by')}at"
        if column.endswith("by") and moment in table.columns:
            yield column, moment


@contextmanager
def sqlalchemy_connection(store: Store) -> Iterator[Connection]:
    """Yield a SQLAlchemy connection over the store's own, for migrations and DDL.

    Enter it before the unit of work: SQLAlchemy rolls back once when it meets a connection.
    """
    url = "sqlite://" if store.engine.name == "sqlite" else "postgresql+psycopg://"
    engine = create_engine(url, creator=lambda: store.connection, poolclass=StaticPool)
    connection = engine.connect()
    try:
        yield connection
    finally:
        connection.detach()


def create_fresh(store: Store) -> None:
    """Create the present schema with its guards on an empty database, in one unit of work.

    Tests build their templates with it; books of people are built by the migrations, and a test compares the two.
    """
    with sqlalchemy_connection(store) as connection, store.unit():
        METADATA.create_all(connection)
        store.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        store.execute("INSERT INTO alembic_version VALUES (:version)", version=SCHEMA_VERSION)
        install_guards(store, permitted_changes())
