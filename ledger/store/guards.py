"""Guards: triggers in the database itself, so that no SQL client can change what is written (invariants 1, 2, 8).

What each table allows is data: a column that is not named mutable never changes, one named `ONCE` is set once and
final from then on, one with `STEPS` moves only as they say, no row is ever deleted, and the chained tables take a new
row only where their chain ends. `install_guards` derives the triggers from the tables
that exist, so that every migration can end with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.store import guards_postgres, guards_sqlite
from ledger.store.changes import Changes
from ledger.store.engines import Store

DERIVED = frozenset({"month_balance", "counter", "head", "setting", "user_role", "alembic_version"})
"""Tables whose rows may also be deleted and re-made: they hold nothing that entries, events or files do not."""


@dataclass(frozen=True, slots=True)
class TableGuard:
    """What a table allows: its columns and keys, the columns that never change, whether rows may be deleted."""

    table: str
    columns: tuple[str, ...]
    keys: tuple[tuple[tuple[str, ...], str], ...]
    fixed: tuple[str, ...]
    deletable: bool
    changes: Changes

    @property
    def blanked(self) -> tuple[str, ...]:
        """Return the columns that change in no other way than being erased."""
        return tuple(name for name in self.columns if name in self.changes.erasable and not self.changes.allows(name))


def table_guards(store: Store, allowed: Mapping[str, Changes]) -> Iterator[TableGuard]:
    """Yield a guard for every table that exists, from its columns and what is declared to change."""
    shapes = guards_sqlite.shapes(store) if store.engine.name == "sqlite" else guards_postgres.shapes(store)
    for table, (columns, keys) in sorted(shapes.items()):
        if table in allowed:
            changes = allowed[table].within(columns)
            fixed = tuple(name for name in columns if not changes.allows(name) and name not in changes.erasable)
            yield TableGuard(table, columns, keys, fixed, table in DERIVED, changes)


def guard_statements(store: Store, allowed: Mapping[str, Changes]) -> dict[str, str]:
    """Return the text of every guard by its name: what `verify` compares the database with."""
    build = guards_sqlite.triggers if store.engine.name == "sqlite" else guards_postgres.triggers
    return dict(build(list(table_guards(store, allowed))))


def remove_guards(store: Store) -> None:
    """Remove the guards that stand, inside a unit of work that puts them back."""
    drop = guards_sqlite.drop if store.engine.name == "sqlite" else guards_postgres.drop
    for statement in drop(store):
        store.execute(statement)


def install_guards(store: Store, allowed: Mapping[str, Changes]) -> None:
    """Remove the guards that stand and install those of this version; inside a unit of work."""
    remove_guards(store)
    for statement in guard_statements(store, allowed).values():
        store.execute(statement)


def damaged_guards(store: Store, allowed: Mapping[str, Changes]) -> list[str]:
    """Return the names of guards that are missing, changed, disabled or unknown."""
    read = guards_sqlite.standing if store.engine.name == "sqlite" else guards_postgres.standing
    expected, found = guard_statements(store, allowed), read(store)
    if store.engine.name == "postgresql":
        expected = guards_postgres.definitions(expected)
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
