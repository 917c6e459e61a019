"""Rows of reference schemes, open items and their clearings (Ausgleiche)."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col


class ReferenceScheme(SQLModel, table=True):
    """How a Kassenzeichen is built and checked; schemes are data of the book."""

    __tablename__ = "reference_scheme"
    __table_args__ = col.strict(clustered=True)
    MUTABLE: ClassVar = ("active",)

    code: str = col.text(primary_key=True)
    pattern: str = col.text()
    length: int = col.number()
    method: str = col.text()
    prefix: str = col.text()
    issues: int = col.flag()
    active: int = col.flag()


class Item(SQLModel, table=True):
    """What is open on a control account: receivables, payables, credits, suspense, advances, transit.

    `side` is D for items whose control account carries a debit, C for a credit; both amounts are positive.
    """

    __tablename__ = "item"
    __table_args__ = col.strict(
        col.proven_key(["office", "account"], ["account.office", "account.number"], name="fk_item_account"),
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_item_party"),
        CheckConstraint(
            "kind IN ('receivable', 'payable', 'credit', 'suspense', 'advance', 'transit')",
            name="ck_item_kind",
        ),
        CheckConstraint("side IN ('D', 'C')", name="ck_item_side"),
        CheckConstraint("paid_by IS NULL OR paid_by = 'direct_debit'", name="ck_item_paid_by"),
        CheckConstraint("amount_cents > 0 AND open_cents BETWEEN 0 AND amount_cents", name="ck_item_open"),
        Index("ix_item_reference", "reference"),
        Index("ix_item_party", "party"),
        Index("ix_item_order", "office", "order_id"),
        Index(
            "ix_item_foreign",
            "reference",
            sqlite_where=sql("foreign_reference = 1"),
            postgresql_where=sql("foreign_reference = 1"),
        ),
        Index(
            "ix_item_paid_by",
            "open_cents",
            sqlite_where=sql("paid_by IS NOT NULL"),
            postgresql_where=sql("paid_by IS NOT NULL"),
        ),
        Index(
            "ix_item_main",
            "office",
            "main_item",
            sqlite_where=sql("main_item IS NOT NULL"),
            postgresql_where=sql("main_item IS NOT NULL"),
        ),
        Index(
            "ix_item_open",
            "office",
            "kind",
            "due",
            sqlite_where=sql("open_cents > 0"),
            postgresql_where=sql("open_cents > 0"),
        ),
    )
    ERASABLE: ClassVar = ("purpose", "bank_account")
    MUTABLE: ClassVar = ("open_cents", "due", "dunning_level", "dunned_on", "party")

    office: str = col.text(primary_key=True)
    id: int = col.number(primary_key=True)
    kind: str = col.text()
    side: str = col.text()
    account: str = col.text()
    party: int | None = col.number(nullable=True)
    reference: str | None = col.text(nullable=True)
    foreign_reference: int = col.flag()
    order_id: int | None = col.number(nullable=True)
    main_item: int | None = col.number(nullable=True)
    claim_kind: str | None = col.text(nullable=True)
    profile: str | None = col.text(nullable=True)
    purpose: str | None = col.text(nullable=True)
    bank_account: str | None = col.text(nullable=True)
    amount_cents: int = col.cents()
    open_cents: int = col.cents()
    due: str = col.day()
    original_due: str = col.day()
    opened_on: str = col.day()
    position: int = col.number()
    dunning_level: int = col.number()
    dunned_on: str | None = col.day(nullable=True)
    paid_by: str | None = col.text(nullable=True)


class Clearing(SQLModel, table=True):
    """A document that settles items in whole or part; undone by a reset, never deleted."""

    __tablename__ = "clearing"
    __table_args__ = col.strict(
        col.proven_key(["office", "position"], ["entry.office", "entry.position"], name="fk_clearing_entry"),
        Index(
            "uq_clearing_resets",
            "office",
            "resets",
            unique=True,
            sqlite_where=sql("resets IS NOT NULL"),
            postgresql_where=sql("resets IS NOT NULL"),
        ),
        Index("ix_clearing_position", "office", "position"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    id: int = col.number(primary_key=True)
    kind: str = col.text()
    position: int = col.number()
    posting_day: str = col.day()
    payment_day: str = col.day()
    resets: int | None = col.number(nullable=True)


class ClearingLine(SQLModel, table=True):
    """How much of an item a clearing settles; a reset writes the same with the sign turned."""

    __tablename__ = "clearing_line"
    __table_args__ = col.strict(
        col.proven_key(["office", "clearing"], ["clearing.office", "clearing.id"], name="fk_clearing_line_clearing"),
        col.proven_key(["office", "item"], ["item.office", "item.id"], name="fk_clearing_line_item"),
        CheckConstraint("cents <> 0", name="ck_clearing_line_cents"),
        Index("ix_clearing_line_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    clearing: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    item: int = col.number()
    cents: int = col.cents()
