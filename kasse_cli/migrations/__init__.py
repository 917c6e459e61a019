"""The book's schema over time: one chain of Alembic revisions for both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.store.engines import Store

FOLDER = Path(__file__).parent
Migrate = Callable[[str], None]
"""Brings the schema to a revision."""


def create_schema(store: Store) -> None:
    """Build the newest schema with its guards in an empty database, whole or not at all."""
    upgrade(store)


def upgrade(store: Store, revision: str = "head") -> None:
    """Bring the schema to a revision in one unit of work; every revision ends with the guards installed."""
    with migrating(store) as migrate:
        migrate(revision)


@contextmanager
def migrating(store: Store) -> Iterator[Migrate]:
    """Run a unit of work in which the schema moves, perhaps several times, with other work between."""
    from kasse_cli.schema import sqlalchemy_connection

    with sqlalchemy_connection(store) as connection, store.unit(dated=False):
        yield _migrate(store, connection)


@contextmanager
def rehearsing(store: Store) -> Iterator[Migrate]:
    """Run a rehearsal in which the schema moves: everything in it is undone at the end."""
    from kasse_cli.schema import sqlalchemy_connection

    with sqlalchemy_connection(store) as connection, store.rehearsal():
        yield _migrate(store, connection)


def _migrate(store: Store, connection: Any) -> Migrate:
    from alembic import command

    connection.begin()  # else Alembic begins and commits after each revision, and our unit of work with it
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["store"] = store
    return lambda revision: command.upgrade(config, revision)


def revisions() -> tuple[str, ...]:
    """Return the revisions that this kasse knows, the oldest first."""
    from alembic.script import ScriptDirectory

    walked = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([script.revision for script in walked]))


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
