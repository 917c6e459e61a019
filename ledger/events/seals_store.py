"""Seals of master data: made when rows change, compared by `journal verify`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.events.seals import (
    GONE,
    SEALED,
    Sealed,
    columns_of,
    differing,
    digest,
    name_of,
    packed,
)
from ledger.events.store import Fact
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

STATES = (N_("added"), N_("changed"), N_("removed"))
"""What may have happened to a row."""


class MasterDataError(KasseError):
    """A row of master data is not what the event log tells of it."""

    code = "verify.master"
    template = N_("{table} {row}: {state} past the event log")
    hint = N_(
        "somebody wrote to the database by another way than kasse: keep this book as it is, compare it with the last "
        "backup, and inform the audit office"
    )


def seal(store: Store, *rows: tuple[object, ...]) -> dict[str, Fact]:
    """Return the fact that tells of these rows as they stand now, or that they are gone; for `record`.

    It says as well what they were before this unit of work. A row is given as its table and the values of its key.
    """
    seals = {}
    for table, *key in rows:
        name = name_of(str(table), key)
        was = store.told.get(name) or _standing(store.committed, str(table), key)
        store.told[name] = _standing(store, str(table), key)
        seals[name] = (was, store.told[name])
    return packed(seals)


def remember(store: Store, *rows: tuple[object, ...]) -> None:
    """Note what rows are before a unit of work changes them; for one that locks whole tables afterwards."""
    for table, *key in rows:
        store.told[name_of(str(table), key)] = _standing(store, str(table), key)


def _standing(store: Store, table: str, key: Sequence[object]) -> str:
    """Return the seal of a row as it stands."""
    shape = SEALED[table]
    where = " AND ".join(f"{name} = :{name}" for name in shape.key)
    sql = f"SELECT {', '.join(columns_of(shape))} FROM {table} WHERE {where}"
    row = store.one(sql, **dict(zip(shape.key, key, strict=True)))
    return GONE if row is None else digest(row[len(shape.key) :])


def seal_all(store: Store, *tables: str) -> dict[str, Fact]:
    """Return the fact that tells of every row of these tables, for a book that begins."""
    rows = (row for table in tables for row in _rows(store, table, SEALED[table]))
    return packed({name: (GONE, value) for name, value in rows})


def wrong_seals(store: Store, told: Iterable[str], shapes: Mapping[str, Sealed] = SEALED) -> Iterator[KasseError]:
    """Yield the rows of master data that somebody added, changed or removed past the event log.

    `told` are the facts of all events that tell of rows.
    """
    found = {name: value for table, shape in shapes.items() for name, value in _rows(store, table, shape)}
    for name, change in differing(found, told):
        table, _, row = name.partition("/")
        if table in shapes:
            yield MasterDataError(table=table, row=row, state=change)


def _rows(store: Store, table: str, shape: Sealed) -> Iterator[tuple[str, str]]:
    width = len(shape.key)
    for row in store.all(f"SELECT {', '.join(columns_of(shape))} FROM {table}"):
        yield name_of(table, row[:width]), digest(row[width:])
