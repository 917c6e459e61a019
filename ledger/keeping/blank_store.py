"""Blanking rows of personal data: which are chosen, how they go, what is noted of persons; inside an erasure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ledger.events.store import Fact
from ledger.keeping.erasing import ERASED_NAME
from ledger.keeping.erasure_list import Span, packed_rows, spans
from ledger.keeping.personal import Kind
from ledger.keeping.retention import retention
from ledger.keeping.retention_store import blanked_columns, filled
from ledger.people.party_seals_store import mark_fresh, seal_marked
from ledger.store.changes import Changes
from ledger.store.engines import Store

_NULLABLE_SQLITE = """
    SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND c."notnull" = 0"""
_NULLABLE_POSTGRES = """
    SELECT c.relname::text, a.attname::text FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"""
NAMED = "party_account"
"""The table whose keys are personal data: its rows go with their person, no list names them."""


def take_persons(store: Store, parties: Iterable[int]) -> None:
    """Note who is erased, and whoever was merged into them, in a table `erase_party`."""
    store.execute("DROP TABLE IF EXISTS erase_party")
    store.execute("CREATE TEMPORARY TABLE erase_party (party BIGINT)")
    store.insert("erase_party", ("party",), [(party,) for party in parties])
    store.execute(
        """INSERT INTO erase_party SELECT p.id FROM party p JOIN erase_party e ON e.party = p.merged_into
           WHERE p.id NOT IN (SELECT party FROM erase_party)"""
    )


def note_persons(store: Store, number: int) -> dict[str, Fact]:
    """Let those in `erase_party` stand as erased by that decision, and return the fact that binds their seals."""
    store.execute(
        "UPDATE party SET name = :name WHERE id IN (SELECT party FROM erase_party) AND name = ''", name=ERASED_NAME
    )
    store.execute(
        """INSERT INTO erased_party (party, erasure) SELECT e.party, CAST(:number AS BIGINT) FROM erase_party e
           WHERE e.party NOT IN (SELECT party FROM erased_party)""",
        number=number,
    )
    mark_fresh(store, "SELECT party FROM erase_party")
    store.execute("DROP TABLE erase_party")
    return seal_marked(store, erased=True)


def choose(store: Store, kind: Kind, changes: Changes, before: str | None, today: str) -> None:
    """Note the keys of the rows that go, before any of them does: some are found through others."""
    day = before or today
    keys = ", ".join(kind.key)
    scope, last = "person IN (SELECT party FROM erase_party)", ""
    if kind.retention and before:
        scope, last = f"({scope} OR origin <= CAST(:last AS TEXT))", retention().classes[kind.retention].last_day(day)
    store.execute(
        f"""INSERT INTO {_table(store, kind)} SELECT DISTINCT {keys} FROM ({kind.view()}) v
            WHERE needed = 0 AND {scope} AND ({keys}) IN ({_held(kind, changes)})""",
        on=day,
        last=last,
    )


def choose_keys(store: Store, kind: Kind, changes: Changes, keys: Sequence[tuple[object, ...]]) -> None:
    """Note these keys instead, of rows that are there and still hold something."""
    name, columns = _table(store, kind), ", ".join(kind.key)
    store.insert(name, kind.key, keys)
    store.execute(f"DELETE FROM {name} WHERE ({columns}) NOT IN ({_held(kind, changes)})")


def _table(store: Store, kind: Kind) -> str:
    """Make the table that takes the keys of a kind, and return its name."""
    name = f"erase_rows_{kind.table}"
    store.execute(f"DROP TABLE IF EXISTS {name}")
    store.execute(f"CREATE TEMPORARY TABLE {name} AS SELECT {', '.join(kind.key)} FROM {kind.table} WHERE 0 = 1")
    return name


def _held(kind: Kind, changes: Changes) -> str:
    return f"SELECT {', '.join(f't.{name}' for name in kind.key)} FROM {kind.table} t WHERE {filled(kind, changes)}"


def chosen_rows(store: Store, kinds: Iterable[Kind]) -> str:
    """Return all chosen keys as the text that the decision keeps, without those that are personal data."""
    rows: Mapping[str, list[Span]] = {
        kind.table: list(spans(store.rows(f"SELECT * FROM erase_rows_{kind.table} ORDER BY {', '.join(kind.key)}")))
        for kind in kinds
        if kind.table != NAMED
    }
    return packed_rows({table: found for table, found in rows.items() if found})


def blank(store: Store, kind: Kind, changes: Changes, nullable: set[tuple[str, str]]) -> int:
    """Blank the chosen rows of a kind, or take them away, and return how many."""
    keys, name = ", ".join(kind.key), f"erase_rows_{kind.table}"
    chosen = f"({keys}) IN (SELECT {keys} FROM {name})"
    columns = blanked_columns(kind, changes)
    if columns:
        sets = ", ".join(f"{column} = {'NULL' if (kind.table, column) in nullable else repr('')}" for column in columns)
        count = store.execute(f"UPDATE {kind.table} SET {sets} WHERE {chosen}")
    else:
        count = store.execute(f"DELETE FROM {kind.table} WHERE {chosen}")
    store.execute(f"DROP TABLE {name}")
    return max(count, 0)


def chosen_mandates(store: Store) -> list[int]:
    """Return the mandates whose words go, to be sealed anew."""
    return [number for (number,) in store.all("SELECT id FROM erase_rows_mandate ORDER BY id")]


def nullable_columns(store: Store) -> set[tuple[str, str]]:
    """Return table and name of the columns that may hold nothing."""
    sql = _NULLABLE_SQLITE if store.engine.name == "sqlite" else _NULLABLE_POSTGRES
    return {(table, column) for table, column in store.rows(sql)}
