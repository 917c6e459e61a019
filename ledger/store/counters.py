"""Identifiers: counted per office, never random, never given twice."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.store.engines import Store

BOOK = ""
"""The office under which things of the whole book are counted (parties, batches, statements)."""


def take_ids(store: Store, office: str, name: str, count: int = 1) -> int:
    """Reserve `count` identifiers and return the first; inside a unit of work that holds the office."""
    if store.counted is not None:
        return _count(store, store.counted, (office, name), count)
    last = store.value(
        """INSERT INTO counter (office, name, last) VALUES (:office, :name, :count)
           ON CONFLICT (office, name) DO UPDATE SET last = counter.last + excluded.last RETURNING last""",
        office=office,
        name=name,
        count=count,
    )
    return int(last) - count + 1


def _count(store: Store, counted: dict[tuple[str, str], int], key: tuple[str, str], count: int) -> int:
    """Reserve identifiers in a process that only computes: the one that writes notes them with `note_counted`."""
    if key not in counted:
        sql = "SELECT last FROM counter WHERE office = :office AND name = :name"
        counted[key] = int(store.value(sql, office=key[0], name=key[1]) or 0)
    counted[key] += count
    return counted[key] - count + 1


def note_counted(store: Store, counted: Mapping[tuple[str, str], int]) -> None:
    """Note the last identifiers that another process gave while this one held the offices."""
    for (office, name), last in sorted(counted.items()):
        store.execute(
            """INSERT INTO counter (office, name, last) VALUES (:office, :name, :last)
               ON CONFLICT (office, name) DO UPDATE SET last = excluded.last""",
            office=office,
            name=name,
            last=last,
        )
