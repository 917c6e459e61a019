"""The event log: what was done or refused, by whom, when, on what; chained per office like the entries."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import ROWS


class Event(SQLModel, table=True):
    """One thing that happened; `facts` holds counts, sums and hashes, never personal data.

    `on_behalf` is the person in whose right a deputy acted.
    """

    __tablename__ = "event"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office"], ["office.code"], name="fk_event_office"),
        Index("ix_event_object", "object"),
        Index(
            "ix_event_behalf", "by", "at",
            sqlite_where=sql("on_behalf IS NOT NULL"), postgresql_where=sql("on_behalf IS NOT NULL"),
        ),
    )  # fmt: skip
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    position: int = col.number(primary_key=True)
    at: str = col.text()
    by: int = col.number()
    on_behalf: int | None = col.number(nullable=True)
    action: str = col.text()
    object: str | None = col.text(nullable=True)
    facts: str = col.text()
    details_hash: bytes | None = col.raw(nullable=True)
    hash: bytes = col.raw()


class EventDetails(SQLModel, table=True):
    """Words and personal data of an event, outside the chain so that they can be erased."""

    __tablename__ = "event_details"
    __table_args__ = col.strict(clustered=True)
    ERASABLE: ClassVar = ROWS
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    position: int = col.number(primary_key=True)
    salt: bytes = col.raw()
    details: str = col.text()
