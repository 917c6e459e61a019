"""Rows of orders (Anordnungen), open items and their clearings (Ausgleiche)."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


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


class OrderBatch(SQLModel, table=True):
    """Orders that came in together: what was seen is a count, a sum and the hash of the list."""

    __tablename__ = "order_batch"
    __table_args__ = col.strict(clustered=True)
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    source: str = col.text()
    count: int = col.number()
    total_cents: int = col.cents()
    list_hash: bytes = col.raw()
    created_by: int = col.number()
    created_at: str = col.text()


class CashOrder(SQLModel, table=True):
    """An order to take or to pay money, unchanged once made; only its state moves on."""

    __tablename__ = "cash_order"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office"], ["office.code"], name="fk_cash_order_office"),
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_cash_order_party"),
        ForeignKeyConstraint(["batch"], ["order_batch.id"], name="fk_cash_order_batch"),
        CheckConstraint("kind IN ('receivable', 'payable')", name="ck_cash_order_kind"),
        CheckConstraint("total_cents > 0", name="ck_cash_order_total"),
        CheckConstraint("paid_by IS NULL OR paid_by = 'direct_debit'", name="ck_cash_order_paid_by"),
        CheckConstraint(
            "state IN ('created', 'certified', 'approved', 'accepted', 'objected')",
            name="ck_cash_order_state",
        ),
        Index("ix_cash_order_batch", "batch"),
        Index("ix_cash_order_state", "state", "office"),
        Index("ix_cash_order_reference", "reference"),
        Index("ix_cash_order_party", "party"),
        Index(
            "ix_cash_order_bank_account",
            "bank_account",
            sqlite_where=sql("bank_account IS NOT NULL"),
            postgresql_where=sql("bank_account IS NOT NULL"),
        ),
    )
    MUTABLE: ClassVar = ()
    STEPS: ClassVar = {
        "state": {
            START: ("created",),
            "created": ("certified", "objected"),
            "certified": ("approved", "objected"),
            "approved": ("accepted", "objected"),
        }
    }

    office: str = col.text(primary_key=True)
    id: int = col.number(primary_key=True)
    batch: int = col.number()
    kind: str = col.text()
    state: str = col.text()
    party: int = col.number()
    total_cents: int = col.cents()
    due: str = col.day()
    purpose: str = col.text()
    reference: str | None = col.text(nullable=True)
    foreign_reference: int = col.flag()
    bank_account: str | None = col.text(nullable=True)
    profile: str | None = col.text(nullable=True)
    claim_kind: str | None = col.text(nullable=True)
    notice_date: str | None = col.day(nullable=True)
    served_on: str | None = col.day(nullable=True)
    final_on: str | None = col.day(nullable=True)
    enforceable: int | None = col.flag(nullable=True)
    debt_reason: str | None = col.text(nullable=True)
    period_from: str | None = col.day(nullable=True)
    period_to: str | None = col.day(nullable=True)
    joint_group: str | None = col.text(nullable=True)
    main_reference: str | None = col.text(nullable=True)
    document: str | None = col.text(nullable=True)
    order_key: str | None = col.text(nullable=True)
    paid_by: str | None = col.text(nullable=True)


class CashOrderLine(SQLModel, table=True):
    """One line of an order's coding (Kontierung)."""

    __tablename__ = "cash_order_line"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_cash_order_line_order"
        ),
        ForeignKeyConstraint(
            ["office", "gl_account"], ["account.office", "account.number"], name="fk_cash_order_line_account"
        ),
        CheckConstraint("amount_cents > 0", name="ck_cash_order_line_amount"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    gl_account: str = col.text()
    amount_cents: int = col.cents()
    cost_object: str | None = col.text(nullable=True)
    purpose: str | None = col.text(nullable=True)


class OrderStep(SQLModel, table=True):
    """Who did what with an order; no one acts twice on one order (invariant 6)."""

    __tablename__ = "order_step"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_order_step_order"
        ),
        CheckConstraint(
            "step IN ('created', 'certified', 'approved', 'accepted', 'objected')", name="ck_order_step_step"
        ),
        Index(
            "uq_order_step_person",
            "office",
            "order_id",
            "by",
            unique=True,
            sqlite_where=sql("exception = 0"),
            postgresql_where=sql("exception = 0"),
        ),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    step: str = col.text(primary_key=True)
    by: int = col.number()
    at: str = col.text()
    exception: int = col.flag()
    seen_count: int = col.number()
    seen_cents: int = col.cents()
    seen_hash: bytes = col.raw()
    reason: str | None = col.text(nullable=True)


class Item(SQLModel, table=True):
    """What is open on a control account: receivables, payables, credits, suspense, advances, transit.

    `side` is D for items whose control account carries a debit, C for a credit; both amounts are positive.
    """

    __tablename__ = "item"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "account"], ["account.office", "account.number"], name="fk_item_account"),
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
        ForeignKeyConstraint(["office", "position"], ["entry.office", "entry.position"], name="fk_clearing_entry"),
        Index(
            "uq_clearing_resets",
            "office",
            "resets",
            unique=True,
            sqlite_where=sql("resets IS NOT NULL"),
            postgresql_where=sql("resets IS NOT NULL"),
        ),
        Index("ix_clearing_position", "office", "position"),
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
        ForeignKeyConstraint(
            ["office", "clearing"], ["clearing.office", "clearing.id"], name="fk_clearing_line_clearing"
        ),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_clearing_line_item"),
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
