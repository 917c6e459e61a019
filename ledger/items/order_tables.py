"""Rows of orders (Anordnungen): what is ordered, its coding, who did what with it, and what kinds of orders add."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


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
    """An order to take, pay or transfer money, unchanged once made; only its state moves on.

    `act` says what acceptance does; `changes` is the order that a change or cancellation refers to, `as_credit` lets
    what was paid already become a credit. `waiting` is 1 until the order is accepted or objected to: it leads to the
    few that wait among all that were ever made, and the steps between leave it alone.
    """

    __tablename__ = "cash_order"
    __table_args__ = col.strict(
        col.proven_key(["office"], ["office.code"], name="fk_cash_order_office"),
        col.proven_key(["party"], ["party.id"], name="fk_cash_order_party"),
        col.proven_key(["batch"], ["order_batch.id"], name="fk_cash_order_batch"),
        col.proven_key(["office", "changes"], ["cash_order.office", "cash_order.id"], name="fk_cash_order_changes"),
        CheckConstraint("kind IN ('receivable', 'payable', 'transfer')", name="ck_cash_order_kind"),
        CheckConstraint(
            "act IN ('order', 'increase', 'reduction', 'cancellation', 'standing', 'general')", name="ck_cash_order_act"
        ),
        CheckConstraint("total_cents > 0", name="ck_cash_order_total"),
        CheckConstraint("paid_by IS NULL OR paid_by = 'direct_debit'", name="ck_cash_order_paid_by"),
        CheckConstraint(
            "state IN ('created', 'certified', 'approved', 'accepted', 'objected')",
            name="ck_cash_order_state",
        ),
        Index("ix_cash_order_batch", "batch"),
        CheckConstraint(
            "waiting = (CASE WHEN state IN ('created', 'certified', 'approved') THEN 1 ELSE 0 END)",
            name="ck_cash_order_waiting",
        ),
        Index("ix_cash_order_waiting", "office", sqlite_where=sql("waiting = 1"), postgresql_where=sql("waiting = 1")),
        Index("ix_cash_order_reference", "reference"),
        Index("ix_cash_order_party", "party"),
        Index(
            "ix_cash_order_changes",
            "office",
            "changes",
            sqlite_where=sql("changes IS NOT NULL"),
            postgresql_where=sql("changes IS NOT NULL"),
        ),
        Index(
            "ix_cash_order_bank_account",
            "bank_account",
            sqlite_where=sql("bank_account IS NOT NULL"),
            postgresql_where=sql("bank_account IS NOT NULL"),
        ),
        updated=True,
    )
    ERASABLE: ClassVar = ("purpose", "bank_account", "document", "debt_reason", "purpose_code")
    MUTABLE: ClassVar = ("waiting",)
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
    act: str = col.text(sa_column_kwargs={"server_default": "order"})
    changes: int | None = col.number(nullable=True)
    as_credit: int = col.flag(sa_column_kwargs={"server_default": "0"})
    state: str = col.text()
    waiting: int = col.flag(sa_column_kwargs={"server_default": "1"})
    party: int | None = col.number(nullable=True)
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
    purpose_code: str | None = col.text(nullable=True)


class CashOrderLine(SQLModel, table=True):
    """One line of an order's coding (Kontierung); a transfer goes from the account to the contra account."""

    __tablename__ = "cash_order_line"
    __table_args__ = col.strict(
        col.proven_key(["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_cash_order_line_order"),
        col.proven_key(
            ["office", "gl_account"], ["account.office", "account.number"], name="fk_cash_order_line_account"
        ),
        col.proven_key(
            ["contra_office", "contra_account"], ["account.office", "account.number"], name="fk_cash_order_line_contra"
        ),
        CheckConstraint("amount_cents > 0", name="ck_cash_order_line_amount"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("purpose",)
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    gl_account: str = col.text()
    amount_cents: int = col.cents()
    cost_object: str | None = col.text(nullable=True)
    purpose: str | None = col.text(nullable=True)
    contra_office: str | None = col.text(nullable=True)
    contra_account: str | None = col.text(nullable=True)


class OrderStep(SQLModel, table=True):
    """Who did what with an order; no one acts twice on one order (invariant 6)."""

    __tablename__ = "order_step"
    __table_args__ = col.strict(
        col.proven_key(["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_order_step_order"),
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
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    step: str = col.text(primary_key=True)
    by: int = col.number()
    on_behalf: int | None = col.number(nullable=True)
    at: str = col.text()
    exception: int = col.flag()
    seen_count: int = col.number()
    seen_cents: int = col.cents()
    seen_hash: bytes = col.raw()
    reason: str | None = col.text(nullable=True)
