"""Rows of changes to collection runs before their release."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import SQLModel

from ledger.store import columns as col


class CollectionRunChange(SQLModel, table=True):
    """A collection run after a change: its figures from then on; the run's own row keeps what was proposed."""

    __tablename__ = "collection_run_change"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "run"], ["collection_run.office", "collection_run.id"], name="fk_collection_run_change"
        ),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    run: int = col.number(primary_key=True)
    revision: int = col.number(primary_key=True)
    collection_day: str = col.day()
    count: int = col.number()
    total_cents: int = col.cents()
    list_hash: bytes = col.raw()
