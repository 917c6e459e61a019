"""Rows of payment runs (Zahlläufe) and the payments in them."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col


class PaymentRun(SQLModel, table=True):
    """A payment run: proposed, reviewed, released by another person, exported, executed by the bank."""

    __tablename__ = "payment_run"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_payment_run_account"),
        UniqueConstraint("message_id", name="uq_payment_run_message"),
        CheckConstraint(
            "state IN ('proposed', 'reviewed', 'released', 'exported', 'executed', 'discarded')",
            name="ck_payment_run_state",
        ),
        CheckConstraint(
            "released_by IS NULL OR released_by NOT IN (created_by, reviewed_by)",
            name="ck_payment_run_persons",
        ),
    )
    MUTABLE: ClassVar = (
        "state",
        "reviewed_by",
        "reviewed_at",
        "released_by",
        "released_at",
        "message_id",
        "created_stamp",
        "file_sha256",
        "exported_at",
    )

    office: str = col.text(primary_key=True)
    id: int = col.number(primary_key=True)
    state: str = col.text()
    iban: str = col.text()
    execution_day: str = col.day()
    count: int = col.number()
    total_cents: int = col.cents()
    list_hash: bytes = col.raw()
    debtor_name: str = col.text(sa_column_kwargs={"server_default": ""})
    single_booking: int = col.flag(sa_column_kwargs={"server_default": "0"})
    created_by: int = col.number()
    created_at: str = col.text()
    reviewed_by: int | None = col.number(nullable=True)
    reviewed_at: str | None = col.text(nullable=True)
    released_by: int | None = col.number(nullable=True)
    released_at: str | None = col.text(nullable=True)
    message_id: str | None = col.text(nullable=True)
    created_stamp: str | None = col.text(nullable=True)
    file_sha256: str | None = col.text(nullable=True)
    exported_at: str | None = col.text(nullable=True)


class Payment(SQLModel, table=True):
    """One payment of a run; its item is reserved while it is active (invariant 7)."""

    __tablename__ = "payment"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "run"], ["payment_run.office", "payment_run.id"], name="fk_payment_run"),
        ForeignKeyConstraint(["item_office", "item"], ["item.office", "item.id"], name="fk_payment_item"),
        UniqueConstraint("end_to_end_id", name="uq_payment_end_to_end_id"),
        CheckConstraint("cents > 0", name="ck_payment_cents"),
        CheckConstraint(
            "state IN ('proposed', 'released', 'exported', 'executed', 'returned', 'discarded')",
            name="ck_payment_state",
        ),
        CheckConstraint(
            "active = (CASE WHEN state IN ('proposed', 'released', 'exported') THEN 1 ELSE 0 END)",
            name="ck_payment_active",
        ),
        Index("ix_payment_twin", "creditor_iban", "cents"),
        Index(
            "uq_payment_active_item",
            "item_office",
            "item",
            unique=True,
            sqlite_where=sql("active = 1"),
            postgresql_where=sql("active = 1"),
        ),
    )
    MUTABLE: ClassVar = ("state", "active", "bank_office", "bank_entry")

    office: str = col.text(primary_key=True)
    run: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    item_office: str = col.text()
    item: int = col.number()
    cents: int = col.cents()
    end_to_end_id: str = col.text()
    creditor_name: str = col.text()
    creditor_iban: str = col.text()
    remittance: str = col.text()
    state: str = col.text()
    active: int = col.flag()
    bank_office: str | None = col.text(nullable=True)
    bank_entry: int | None = col.number(nullable=True)
