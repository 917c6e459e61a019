"""All tables of a book: those of the ledger and those of enforcement, which stands above it.

Whoever builds a schema or compares its guards imports from here, so that every table is declared.
"""

from __future__ import annotations

import enforcement.dunning_tables
import enforcement.law_tables
import enforcement.letter_tables
import enforcement.relief_tables  # noqa: F401 - importing a table declares it
from ledger.store.schema import METADATA, create_fresh, permitted_changes, sqlalchemy_connection

__all__ = ["METADATA", "create_fresh", "permitted_changes", "sqlalchemy_connection"]
