"""What the book holds of persons, and what the day asks to do with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ledger.keeping.erasing import KindRow, PersonRow, state_of
from ledger.keeping.personal import Kind, Personal
from ledger.keeping.retention import Class, retention
from ledger.store.changes import Changes
from ledger.store.engines import Store

_PERSONS = """
    SELECT g.root, p.name, g.until, g.last, g.needed,
        (SELECT count(*) FROM erased_party e WHERE e.party = g.root),
        (SELECT count(*) FROM party_restriction r WHERE r.party = g.root AND r.lifted_by IS NULL)
    FROM (SELECT coalesce(q.merged_into, q.id) AS root, max(k.until) AS until, max(k.last) AS last,
              max(k.needed) AS needed
          FROM keep_person k JOIN party q ON q.id = k.party GROUP BY coalesce(q.merged_into, q.id)) g
    JOIN party p ON p.id = g.root ORDER BY g.root"""


def blanked_columns(kind: Kind, changes: Changes) -> tuple[str, ...]:
    """Return the columns of a kind that are blanked; none where its rows go."""
    return kind.columns or (() if changes.rows_erasable else changes.erasable)


def filled(kind: Kind, changes: Changes, alias: str = "t.") -> str:
    """Return the SQL condition that a row still holds something to erase."""
    columns = blanked_columns(kind, changes)
    return "(" + (" OR ".join(f"coalesce({alias}{name}, '') <> ''" for name in columns) or "1 = 1") + ")"


def kind_rows(store: Store, where: Personal, allowed: Mapping[str, Changes], day: str) -> list[KindRow]:
    """Return for each kind with a period of its own what there is on the day and what may go."""
    return [_kind_row(store, kind, allowed[kind.table], day) for kind in where.all() if kind.retention]


def _kind_row(store: Store, kind: Kind, changes: Changes, day: str) -> KindRow:
    rule: Class = retention().classes[kind.retention]
    keys = ", ".join(kind.key)
    held = f"SELECT {', '.join(f't.{name}' for name in kind.key)} FROM {kind.table} t WHERE {filled(kind, changes)}"
    sql = f"""
        SELECT count(*), coalesce(sum(CASE WHEN needed = 0 AND origin <= CAST(:last AS TEXT) THEN 1 ELSE 0 END), 0),
            coalesce(sum(needed), 0), min(nullif(origin, '1900-01-01'))
        FROM (SELECT {keys}, max(origin) AS origin, max(needed) AS needed FROM ({kind.view()}) v
              WHERE ({keys}) IN ({held}) GROUP BY {keys}) x"""
    last, period = rule.last_day(day), rule.on(day)
    row = store.one(sql, on=day, last=last)
    assert row is not None
    count, erasable, needed, oldest = row
    name = kind.table
    return KindRow(
        name, kind.retention, period.years, period.norm, int(count), int(erasable), int(needed), oldest, last
    )


@contextmanager
def weighed(store: Store, where: Personal, day: str) -> Iterator[None]:
    """Keep for every person, in a table `keep_person`, until which year each kind of their data is kept."""
    store.execute("DROP TABLE IF EXISTS keep_person")
    store.execute(
        "CREATE TEMPORARY TABLE keep_person (party BIGINT, kind TEXT, until BIGINT, last TEXT, needed BIGINT, n BIGINT)"
    )
    for kind in where.all():
        years = retention().classes[kind.retention].on(day).years if kind.retention else -9999
        store.execute(
            f"""INSERT INTO keep_person SELECT person, CAST(:kind AS TEXT),
                max(CAST(substr(origin, 1, 4) AS BIGINT)) + CAST(:years AS BIGINT), max(origin),
                max(needed), sum(needed)
                FROM ({kind.view()}) v WHERE person IS NOT NULL GROUP BY person""",
            on=day,
            kind=kind.table,
            years=years,
        )
    yield
    store.execute("DROP TABLE keep_person")


def person_rows(store: Store, day: str) -> Iterator[PersonRow]:
    """Yield every person with what is to be done, inside `weighed`; who was merged counts with whom they became."""
    year, rest = int(day[:4]), retention().rest_years
    for party, name, until, last, needed, erased, restricted in store.all(_PERSONS):
        until_year, last_year = max(int(until), 0), int((last or day)[:4])
        state = state_of(
            needed=bool(needed),
            erased=bool(erased),
            until_year=until_year,
            last_year=last_year,
            year=year,
            rest_years=rest,
        )
        end = f"{until_year}-12-31" if until_year else None
        yield PersonRow(party, name, state, end, last, bool(restricted))
