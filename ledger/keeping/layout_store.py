"""How the tables of a book look in its database, and the rows of one as a backup holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256

from ledger.keeping.backups import Layout, Step, TableDump, encoded, in_order
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

BESIDE = frozenset({"alembic_version"})
"""Tables that are not rows of the book: the migrations write them."""
_SQLITE = """
    SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid"""
_SQLITE_NEEDS = """
    SELECT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"""
_POSTGRES = """
    SELECT c.relname::text, a.attname::text, upper(t.typname::text),
        coalesce(array_position(k.conkey, a.attnum), 0)
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum"""
_POSTGRES_NEEDS = """
    SELECT c.relname::text, f.relname::text FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
    WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace"""


_HIDDEN = """
    SELECT min(c.relname)::text FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
    AND (row_security_active(c.oid) OR NOT has_table_privilege(c.oid, 'SELECT'))"""


class HiddenRowsError(KasseError):
    """The database does not show this login everything, so what it would save is not the book."""

    code = "backup.hidden_rows"
    template = N_("the database does not show you all rows of {table}")
    hint = N_("save the book as the login that owns its tables, or as an administrator of the server")


def check_sight(store: Store) -> None:
    """Check that no rule of the database hides rows of the book.

    Raises `HiddenRowsError`.
    """
    if store.engine.name == "postgresql" and (table := store.value(_HIDDEN)):
        raise HiddenRowsError(table=table)


def layouts(store: Store) -> list[Layout]:
    """Return the tables of the book as they stand, each after those that its rows refer to."""
    sqlite = store.engine.name == "sqlite"
    columns: dict[str, list[Row]] = defaultdict(list)
    for table, *column in store.rows(_SQLITE if sqlite else _POSTGRES):
        if table not in BESIDE:
            columns[table].append(tuple(column))
    needs: dict[str, set[str]] = defaultdict(set)
    for table, other in store.rows(_SQLITE_NEEDS if sqlite else _POSTGRES_NEEDS):
        needs[table].add(other)
    return in_order([_layout(name, rows) for name, rows in columns.items()], needs)


def _layout(name: str, rows: list[Row]) -> Layout:
    key = sorted((place, column) for column, _, place in rows if place)
    raw = tuple(column for column, kind, _ in rows if kind in {"BLOB", "BYTEA"})
    return Layout(name, tuple(column for column, _, _ in rows), raw, tuple(column for _, column in key))


def lines_of(store: Store, table: Layout) -> Iterator[tuple[bytes, int]]:
    """Yield the rows of a table as a backup holds them, in constant memory; inside a snapshot or a unit of work."""
    sql = f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(table.key)}"
    yield from encoded(store.stream(sql))


def digest(store: Store, table: Layout, step: Step) -> TableDump:
    """Return what a backup of the table would hold, without writing one."""
    value, count = sha256(), 0
    for text, rows in lines_of(store, table):
        value.update(text)
        count += rows
        step(rows)
    return TableDump(table.name, table.columns, table.raw, count, value.hexdigest())


def row_counts(store: Store) -> dict[str, int]:
    """Return how many rows each table has."""
    return {table.name: int(store.value(f"SELECT count(*) FROM {table.name}")) for table in layouts(store)}
