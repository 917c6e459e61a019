"""All tables of a book: those of the ledger and those of enforcement, which stands above it.

Whoever builds a schema imports from here, so that every table is declared. `python -m kasse_cli.schema` writes what the
tables declare where those who only compare read it (`ledger/store/declared_reader.py`).
"""

from __future__ import annotations

from importlib.resources import as_file, files

import enforcement.dunning_tables
import enforcement.law_tables
import enforcement.letter_tables
import enforcement.relief_tables  # noqa: F401 - importing a table declares it
from ledger.store.declared_reader import NAME
from ledger.store.schema import METADATA, create_fresh, declared, permitted_changes, sqlalchemy_connection

__all__ = ["METADATA", "create_fresh", "declared", "permitted_changes", "sqlalchemy_connection"]


def main() -> None:
    """Write what all tables declare."""
    with as_file(files("ledger") / "store" / NAME) as path:
        path.write_text(declared(), encoding="utf-8")


if __name__ == "__main__":
    main()
