"""Identifiers: counted per office, never random, never given twice."""

from __future__ import annotations

from ledger.store.engines import Store

BOOK = ""
"""The office under which things of the whole book are counted (parties, batches, statements)."""


def take_ids(store: Store, office: str, name: str, count: int = 1) -> int:
    """Reserve `count` identifiers and return the first; inside a unit of work that holds the office."""
    last = store.value(
        """INSERT INTO counter (office, name, last) VALUES (:office, :name, :count)
           ON CONFLICT (office, name) DO UPDATE SET last = counter.last + excluded.last RETURNING last""",
        office=office,
        name=name,
        count=count,
    )
    return int(last) - count + 1
