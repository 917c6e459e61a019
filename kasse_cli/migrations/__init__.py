"""The book's schema over time: one chain of Alembic revisions for both engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.store.engines import Store

FOLDER = Path(__file__).parent


def create_schema(store: Store) -> None:
    """Build the newest schema with its guards in an empty database, whole or not at all."""
    upgrade(store)


def upgrade(store: Store, revision: str = "head") -> None:
    """Bring the schema to a revision in one unit of work; every revision ends with the guards installed."""
    from alembic import command
    from alembic.config import Config

    from kasse_cli.schema import sqlalchemy_connection

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    with sqlalchemy_connection(store) as connection, store.unit():
        config.attributes["connection"] = connection
        config.attributes["store"] = store
        command.upgrade(config, revision)
