"""Rows of dunning: runs, and what each run left out."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class DunningRun(SQLModel, table=True):
    """A dunning run (Mahnlauf): proposed by one person, released by another, perhaps undone before it was posted."""

    __tablename__ = "dunning_run"
    __table_args__ = col.strict(
        CheckConstraint("state IN ('proposed', 'released', 'discarded', 'undone')", name="ck_dunning_run_state"),
        CheckConstraint("released_by IS NULL OR released_by <> made_by", name="ck_dunning_run_persons"),
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("released_by", "released_at", "ended_by", "ended_at")
    STEPS: ClassVar = {"state": {START: ("proposed",), "proposed": ("released", "discarded"), "released": ("undone",)}}

    id: int = col.number(primary_key=True)
    state: str = col.text()
    day: str = col.day()
    office: str | None = col.text(nullable=True)
    letters: int = col.number()
    items: int = col.number()
    skipped: int = col.number()
    sum_cents: int = col.cents()
    charge_cents: int = col.cents()
    fee_cents: int = col.cents()
    list_hash: bytes = col.raw()
    made_by: int = col.number()
    made_at: str = col.text()
    released_by: int | None = col.number(nullable=True)
    released_at: str | None = col.text(nullable=True)
    ended_by: int | None = col.number(nullable=True)
    ended_at: str | None = col.text(nullable=True)


class DunningSkip(SQLModel, table=True):
    """An overdue receivable that a run left out, and why."""

    __tablename__ = "dunning_skip"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["run"], ["dunning_run.id"], name="fk_dunning_skip_run", deferrable=True, initially="DEFERRED"
        ),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_dunning_skip_item"),
        Index("ix_dunning_skip_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    run: int = col.number(primary_key=True)
    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    why: str = col.text()
    until: str | None = col.day(nullable=True)
