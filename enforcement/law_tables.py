"""Law files of an office as the book keeps them: in versions, never changed, put in force by a second person."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel, UniqueConstraint

from ledger.store import columns as col
from ledger.store.changes import START


class LawChange(SQLModel, table=True):
    """A change of the law that the book keeps: proposed by one person, put in force or refused by another.

    One waits at a time, so that whoever releases it sees what becomes of the law.
    """

    __tablename__ = "law_change"
    __table_args__ = col.strict(
        CheckConstraint("state IN ('proposed', 'released', 'refused')", name="ck_law_change_state"),
        CheckConstraint("released_by IS NULL OR released_by <> proposed_by", name="ck_law_change_persons"),
        CheckConstraint("(state = 'released') = (released_by IS NOT NULL)", name="ck_law_change_released"),
        Index(
            "uq_law_change_waits", "state", unique=True,
            sqlite_where=sql("state = 'proposed'"), postgresql_where=sql("state = 'proposed'"),
        ),
    )  # fmt: skip
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("released_by", "released_at", "ended_by", "ended_at")
    STEPS: ClassVar = {"state": {START: ("proposed",), "proposed": ("released", "refused")}}

    id: int = col.number(primary_key=True)
    state: str = col.text()
    proposed_by: int = col.number()
    proposed_at: str = col.text()
    released_by: int | None = col.number(nullable=True)
    released_at: str | None = col.text(nullable=True)
    ended_by: int | None = col.number(nullable=True)
    ended_at: str | None = col.text(nullable=True)


class LawFile(SQLModel, table=True):
    """A version of a law file; the newest released one of its name is in force, an empty text takes the file away."""

    __tablename__ = "law_file"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["change"], ["law_change.id"], name="fk_law_file_change"),
        UniqueConstraint("name", "version", name="uq_law_file_version"),
        Index("ix_law_file_change", "change"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    change: int = col.number()
    name: str = col.text()
    version: int = col.number()
    text: str = col.text()
    sha256: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
