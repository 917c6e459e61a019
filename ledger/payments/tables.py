"""Rows of payment runs (Zahlläufe), the payments in them, and the files they become."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class PaymentRun(SQLModel, table=True):
    """A payment run: proposed, reviewed, released by another person, exported, executed by the bank.

    `debtor_address` is the payer's address as its files say it, '' where no payee is beyond the EEA.
    """

    __tablename__ = "payment_run"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_payment_run_account"),
        UniqueConstraint("message_id", name="uq_payment_run_message"),
        CheckConstraint(
            "state IN ('proposed', 'reviewed', 'released', 'exported', 'executed', 'discarded', 'voided', 'rejected')",
            name="ck_payment_run_state",
        ),
        CheckConstraint(
            "released_by IS NULL OR released_by NOT IN (created_by, reviewed_by)",
            name="ck_payment_run_persons",
        ),
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = (
        "reviewed_by",
        "reviewed_at",
        "released_by",
        "released_at",
        "message_id",
        "created_stamp",
        "file_sha256",
        "exported_at",
    )
    STEPS: ClassVar = {
        "state": {
            START: ("proposed",),
            "proposed": ("reviewed", "discarded"),
            "reviewed": ("proposed", "released", "discarded"),
            "released": ("exported", "executed", "voided", "rejected"),
            "exported": ("executed", "voided", "rejected"),
            "executed": ("exported", "released"),
            "voided": ("exported",),
            "rejected": ("exported",),
        }
    }

    office: str = col.text(primary_key=True)
    id: int = col.number(primary_key=True)
    state: str = col.text()
    iban: str = col.text()
    execution_day: str = col.day()
    count: int = col.number()
    total_cents: int = col.cents()
    list_hash: bytes = col.raw()
    debtor_name: str = col.text(sa_column_kwargs={"server_default": ""})
    debtor_address: str = col.text(sa_column_kwargs={"server_default": ""})
    single_booking: int = col.flag(sa_column_kwargs={"server_default": "0"})
    instant: int = col.flag(sa_column_kwargs={"server_default": "0"})
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
    """One payment of a run; its item is reserved while it is active (invariant 7).

    `part` is 0 for the payee and counts those who have a right to the payee's money; `item_cents` is what was open when
    the payment was proposed, `discount_cents` what is kept off (Skonto), `refund` the refund of the item that it pays.
    """

    __tablename__ = "payment"
    __table_args__ = col.strict(
        col.proven_key(["office", "run"], ["payment_run.office", "payment_run.id"], name="fk_payment_run"),
        col.proven_key(["item_office", "item"], ["item.office", "item.id"], name="fk_payment_item"),
        UniqueConstraint("end_to_end_id", name="uq_payment_end_to_end_id"),
        CheckConstraint("cents > 0 AND discount_cents >= 0", name="ck_payment_cents"),
        CheckConstraint(
            "state IN ('proposed', 'released', 'exported', 'executed', 'returned', 'discarded', 'voided', 'rejected')",
            name="ck_payment_state",
        ),
        CheckConstraint(
            "active = (CASE WHEN state IN ('proposed', 'released', 'exported') THEN 1 ELSE 0 END)",
            name="ck_payment_active",
        ),
        Index("ix_payment_twin", "creditor_iban", "cents"),
        Index("ix_payment_item", "item_office", "item"),
        Index(
            "ix_payment_attachment",
            "attachment",
            sqlite_where=sql("attachment IS NOT NULL"),
            postgresql_where=sql("attachment IS NOT NULL"),
        ),
        Index(
            "uq_payment_active_item",
            "item_office",
            "item",
            "part",
            unique=True,
            sqlite_where=sql("active = 1"),
            postgresql_where=sql("active = 1"),
        ),
        updated=True,
    )
    ERASABLE: ClassVar = ("creditor_name", "creditor_iban", "creditor_bic", "remittance", "purpose")
    MUTABLE: ClassVar = ("active", "bank_office", "bank_entry")
    ONCE: ClassVar = ("file",)
    STEPS: ClassVar = {
        "state": {
            START: ("proposed",),
            "proposed": ("released", "discarded"),
            "released": ("exported", "executed", "returned", "voided", "rejected"),
            "exported": ("executed", "returned", "voided", "rejected"),
            "executed": ("returned", "exported", "released"),
            "voided": ("exported",),
            "rejected": ("exported",),
        }
    }

    office: str = col.text(primary_key=True)
    run: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    item_office: str = col.text()
    item: int = col.number()
    cents: int = col.cents()
    end_to_end_id: str = col.text()
    creditor_name: str = col.text()
    creditor_iban: str = col.text()
    creditor_bic: str = col.text(sa_column_kwargs={"server_default": ""})
    remittance: str = col.text()
    part: int = col.number(sa_column_kwargs={"server_default": "0"})
    item_cents: int | None = col.cents(nullable=True)
    discount_cents: int = col.cents(sa_column_kwargs={"server_default": "0"})
    attachment: int | None = col.number(nullable=True)
    purpose: str = col.text(sa_column_kwargs={"server_default": ""})
    refund: int | None = col.number(nullable=True)
    file: int | None = col.number(nullable=True)
    state: str = col.text()
    active: int = col.flag()
    bank_office: str | None = col.text(nullable=True)
    bank_entry: int | None = col.number(nullable=True)


class PaymentRunChange(SQLModel, table=True):
    """A run after a change: its figures from then on; the run's own row keeps what was proposed."""

    __tablename__ = "payment_run_change"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "run"], ["payment_run.office", "payment_run.id"], name="fk_payment_run_change"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    run: int = col.number(primary_key=True)
    revision: int = col.number(primary_key=True)
    execution_day: str = col.day()
    count: int = col.number()
    total_cents: int = col.cents()
    list_hash: bytes = col.raw()


class PaymentFile(SQLModel, table=True):
    """A file of a released run: one batch, one order type; its bytes follow from what is stored."""

    __tablename__ = "payment_file"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "run"], ["payment_run.office", "payment_run.id"], name="fk_payment_file_run"),
        UniqueConstraint("message_id", name="uq_payment_file_message"),
        CheckConstraint("kind IN ('transfer', 'instant')", name="ck_payment_file_kind"),
        CheckConstraint("state IN ('released', 'exported', 'voided', 'rejected')", name="ck_payment_file_state"),
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("sha256", "exported_at")
    STEPS: ClassVar = {
        "state": {
            START: ("released",),
            "released": ("exported", "voided", "rejected"),
            "exported": ("voided", "rejected"),
            "voided": ("exported",),
            "rejected": ("exported",),
        }
    }

    office: str = col.text(primary_key=True)
    run: int = col.number(primary_key=True)
    number: int = col.number(primary_key=True)
    state: str = col.text()
    message_id: str = col.text()
    kind: str = col.text()
    name_check: int = col.flag()
    profile: str = col.text()
    charset: str = col.text()
    ebics: str = col.text()
    btf: str = col.text()
    count: int = col.number()
    total_cents: int = col.cents()
    created_stamp: str = col.text()
    sha256: str | None = col.text(nullable=True)
    exported_at: str | None = col.text(nullable=True)
