"""Rows of the clarification desk: decisions about the money of a case, lists of them, orders that pay it out."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col


class SuspenseBatch(SQLModel, table=True):
    """Decisions that came as one list; the same list a second time is nothing new until it was undone."""

    __tablename__ = "suspense_batch"
    __table_args__ = col.strict(Index("ix_suspense_batch_file", "sha256"), clustered=True)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("undone_by", "undone_at")

    id: int = col.number(primary_key=True)
    verb: str = col.text()
    source: str = col.text()
    sha256: str = col.text()
    count: int = col.number()
    cents: int = col.cents()
    made_by: int = col.number()
    made_at: str = col.text()
    undone_by: int | None = col.number(nullable=True)
    undone_at: str | None = col.text(nullable=True)


class SuspenseStep(SQLModel, table=True):
    """Money of a case that moved: by which entry, how much, and which earlier step it undoes."""

    __tablename__ = "suspense_step"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_suspense_step_item"),
        ForeignKeyConstraint(["office", "position"], ["entry.office", "entry.position"], name="fk_suspense_step_entry"),
        ForeignKeyConstraint(["batch"], ["suspense_batch.id"], name="fk_suspense_step_batch"),
        CheckConstraint(
            "kind IN ('assigned', 'forwarded', 'paid_out', 'collected', 'executed', 'returned', 'undone')",
            name="ck_suspense_step_kind",
        ),
        CheckConstraint("(undoes IS NULL) = (kind <> 'undone')", name="ck_suspense_step_undoes"),
        Index(
            "uq_suspense_step_undoes",
            "office",
            "item",
            "undoes",
            unique=True,
            sqlite_where=sql("undoes IS NOT NULL"),
            postgresql_where=sql("undoes IS NOT NULL"),
        ),
        Index(
            "ix_suspense_step_batch",
            "batch",
            sqlite_where=sql("batch IS NOT NULL"),
            postgresql_where=sql("batch IS NOT NULL"),
        ),
        Index("ix_suspense_step_position", "office", "position"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    kind: str = col.text()
    position: int = col.number()
    cents: int = col.cents()
    batch: int | None = col.number(nullable=True)
    undoes: int | None = col.number(nullable=True)
    by: int = col.number()
    at: str = col.text()


class SuspensePayout(SQLModel, table=True):
    """An order that pays the money of a case out; the money is bound until the order is accepted or objected."""

    __tablename__ = "suspense_payout"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_suspense_payout_order"
        ),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_suspense_payout_item"),
        CheckConstraint("kind IN ('refund', 'forward')", name="ck_suspense_payout_kind"),
        Index("ix_suspense_payout_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    item: int = col.number()
    kind: str = col.text()
    batch: int | None = col.number(nullable=True)
