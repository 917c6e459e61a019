"""Rows of collections (Lastschriften): announcements to debtors, runs, what is collected of which items."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class CollectionNotice(SQLModel, table=True):
    """A pre-notification (Vorabankündigung): one letter to the debtor of a mandate, with a plan of days and sums."""

    __tablename__ = "collection_notice"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["mandate"], ["mandate.id"], name="fk_collection_notice_mandate"),
        Index("ix_collection_notice_mandate", "mandate"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    mandate: int = col.number()
    iban: str = col.text()
    sent_on: str = col.day()
    count: int = col.number()
    total_cents: int = col.cents()
    created_by: int = col.number()
    created_at: str = col.text()


class CollectionNoticeLine(SQLModel, table=True):
    """One item of a pre-notification: how much will be collected on which day at the earliest."""

    __tablename__ = "collection_notice_line"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["notice"], ["collection_notice.id"], name="fk_collection_notice_line_notice"),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_collection_notice_line_item"),
        CheckConstraint("cents > 0", name="ck_collection_notice_line_cents"),
        Index("ix_collection_notice_line_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    notice: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    office: str = col.text()
    item: int = col.number()
    cents: int = col.cents()
    collection_day: str = col.day()


class CollectionRun(SQLModel, table=True):
    """A collection run: proposed, reviewed, released by another person, exported, credited by the bank."""

    __tablename__ = "collection_run"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_collection_run_account"),
        UniqueConstraint("message_id", name="uq_collection_run_message"),
        CheckConstraint("scheme IN ('CORE', 'B2B')", name="ck_collection_run_scheme"),
        CheckConstraint(
            "state IN ('proposed', 'reviewed', 'released', 'exported', 'executed', 'discarded', 'voided')",
            name="ck_collection_run_state",
        ),
        CheckConstraint(
            "released_by IS NULL OR released_by NOT IN (created_by, reviewed_by)", name="ck_collection_run_persons"
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
        "exported_by",
    )
    STEPS: ClassVar = {
        "state": {
            START: ("proposed",),
            "proposed": ("reviewed", "discarded"),
            "reviewed": ("proposed", "released", "discarded"),
            "released": ("exported", "executed", "voided"),
            "exported": ("executed", "voided"),
        }
    }

    office: str = col.text(primary_key=True)
    id: int = col.number(primary_key=True)
    state: str = col.text()
    scheme: str = col.text()
    iban: str = col.text()
    creditor_name: str = col.text()
    creditor_bic: str | None = col.text(nullable=True)
    collection_day: str = col.day()
    single_booking: int = col.flag()
    charset: str = col.text()
    count: int = col.number()
    total_cents: int = col.cents()
    list_hash: bytes = col.raw()
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
    exported_by: int | None = col.number(nullable=True)


class Collection(SQLModel, table=True):
    """One direct debit as the file has it, and what became of it.

    `batch` is the number of its batch (PmtInf) in the file. `was_…` is the amendment it carries. The bank entries name
    the credit that brought the money and the debit that took it back.
    """

    __tablename__ = "collection"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "run"], ["collection_run.office", "collection_run.id"], name="fk_collection"),
        ForeignKeyConstraint(["mandate"], ["mandate.id"], name="fk_collection_mandate"),
        UniqueConstraint("end_to_end_id", name="uq_collection_end_to_end_id"),
        CheckConstraint("cents > 0", name="ck_collection_cents"),
        CheckConstraint("fee_cents >= 0", name="ck_collection_fee"),
        CheckConstraint("sequence IN ('FRST', 'RCUR', 'FNAL', 'OOFF')", name="ck_collection_sequence"),
        CheckConstraint(
            "state IN ('proposed', 'released', 'exported', 'collected', 'rejected', 'recalled', 'returned', "
            "'reversed', 'discarded', 'voided')",
            name="ck_collection_state",
        ),
        CheckConstraint(
            "active = (CASE WHEN state IN ('proposed', 'released', 'exported') THEN 1 ELSE 0 END)",
            name="ck_collection_active",
        ),
        Index("ix_collection_mandate", "mandate"),
        Index("ix_collection_credit", "credit_office", "credit_entry"),
    )
    ERASABLE: ClassVar = (
        "debtor_name", "debtor_iban", "debtor_bic", "debtor_address", "ultimate_debtor", "remittance", "was_iban",
    )  # fmt: skip
    MUTABLE: ClassVar = ("active", "asked", "asked_at", "asked_message")
    ONCE: ClassVar = (
        "credit_office",
        "credit_entry",
        "return_office",
        "return_entry",
        "return_reason",
        "ended_on",
        "fee_cents",
    )
    STEPS: ClassVar = {
        "state": {
            START: ("proposed",),
            "proposed": ("released", "discarded"),
            "released": ("exported", "collected", "voided", "returned", "rejected"),
            "exported": ("collected", "rejected", "recalled", "returned", "reversed", "voided"),
            "collected": ("returned", "reversed"),
        }
    }

    office: str = col.text(primary_key=True)
    run: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    batch: int = col.number()
    end_to_end_id: str = col.text()
    mandate: int = col.number()
    creditor_id: str = col.text()
    mandate_reference: str = col.text()
    signed: str = col.day()
    sequence: str = col.text()
    was_reference: str = col.text()
    was_creditor_id: str = col.text()
    was_creditor_name: str = col.text()
    was_iban: str = col.text()
    other_account: int = col.flag()
    debtor_name: str = col.text()
    debtor_iban: str = col.text()
    debtor_bic: str = col.text()
    debtor_address: str = col.text()
    ultimate_debtor: str = col.text()
    cents: int = col.cents()
    remittance: str = col.text()
    state: str = col.text()
    active: int = col.flag()
    asked: str | None = col.text(nullable=True)
    asked_at: str | None = col.text(nullable=True)
    asked_message: str | None = col.text(nullable=True)
    credit_office: str | None = col.text(nullable=True)
    credit_entry: int | None = col.number(nullable=True)
    return_office: str | None = col.text(nullable=True)
    return_entry: int | None = col.number(nullable=True)
    return_reason: str | None = col.text(nullable=True)
    ended_on: str | None = col.day(nullable=True)
    fee_cents: int | None = col.cents(nullable=True)


class CollectionItem(SQLModel, table=True):
    """How much of an item a collection takes; the item is reserved while it is active (invariant 7).

    `clearing` settled it at the release: what comes back resets that clearing.
    """

    __tablename__ = "collection_item"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "run", "line"], ["collection.office", "collection.run", "collection.line"],
            name="fk_collection_item",
        ),
        ForeignKeyConstraint(["item_office", "item"], ["item.office", "item.id"], name="fk_collection_item_item"),
        CheckConstraint("cents > 0", name="ck_collection_item_cents"),
        Index("ix_collection_item_item", "item_office", "item"),
        Index(
            "uq_collection_item_active",
            "item_office",
            "item",
            unique=True,
            sqlite_where=sql("active = 1"),
            postgresql_where=sql("active = 1"),
        ),
        clustered=True,
    )  # fmt: skip
    MUTABLE: ClassVar = ("active",)
    ONCE: ClassVar = ("clearing",)

    office: str = col.text(primary_key=True)
    run: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    part: int = col.number(primary_key=True)
    item_office: str = col.text()
    item: int = col.number()
    cents: int = col.cents()
    active: int = col.flag()
    clearing: int | None = col.number(nullable=True)


class CollectionMessage(SQLModel, table=True):
    """A request to the bank about collections that were sent: a recall (camt.055) or a reversal (pain.007)."""

    __tablename__ = "collection_message"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "run"], ["collection_run.office", "collection_run.id"], name="fk_collection_message_run"
        ),
        UniqueConstraint("message_id", name="uq_collection_message_id"),
        CheckConstraint("kind IN ('recall', 'reversal')", name="ck_collection_message_kind"),
        CheckConstraint("released_by IS NULL OR released_by <> created_by", name="ck_collection_message_persons"),
    )
    ERASABLE: ClassVar = ("text",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("released_by", "released_at", "created_stamp", "file_sha256", "exported_at")

    office: str = col.text(primary_key=True)
    id: int = col.number(primary_key=True)
    run: int = col.number()
    kind: str = col.text()
    reason: str = col.text()
    text: str = col.text()
    message_id: str = col.text()
    count: int = col.number()
    total_cents: int = col.cents()
    created_by: int = col.number()
    created_at: str = col.text()
    released_by: int | None = col.number(nullable=True)
    released_at: str | None = col.text(nullable=True)
    created_stamp: str | None = col.text(nullable=True)
    file_sha256: str | None = col.text(nullable=True)
    exported_at: str | None = col.text(nullable=True)


class CollectionMessageLine(SQLModel, table=True):
    """One collection that a recall or reversal asks for."""

    __tablename__ = "collection_message_line"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "message"], ["collection_message.office", "collection_message.id"],
            name="fk_collection_message_line_message",
        ),
        ForeignKeyConstraint(
            ["office", "run", "line"], ["collection.office", "collection.run", "collection.line"],
            name="fk_collection_message_line",
        ),
        clustered=True,
    )  # fmt: skip
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    message: int = col.number(primary_key=True)
    run: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
