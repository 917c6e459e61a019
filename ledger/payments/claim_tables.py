"""Rows of rights of others in what we pay (garnishments, assignments) and of money that is paid back."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col


class Attachment(SQLModel, table=True):
    """Somebody's right to what we owe a party: a garnishment (§§ 829, 835 ZPO) or an assignment (§ 398 BGB).

    Without `sum_cents` it takes everything; what it was paid follows from the payments that name it.
    """

    __tablename__ = "attachment"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_attachment_party"),
        CheckConstraint("kind IN ('garnishment', 'assignment')", name="ck_attachment_kind"),
        CheckConstraint("sum_cents IS NULL OR sum_cents > 0", name="ck_attachment_sum"),
        CheckConstraint("pays = 0 OR creditor_iban IS NOT NULL", name="ck_attachment_pays"),
        CheckConstraint(
            "confirmed_by IS NULL OR (confirmed_by <> made_by AND pays = 1)", name="ck_attachment_confirmed"
        ),
        Index("ix_attachment_party", "party"),
    )
    ERASABLE: ClassVar = ("creditor", "creditor_iban", "text", "document", "end_reason")
    MUTABLE: ClassVar = ("party",)  # it may become part of another
    ONCE: ClassVar = (
        "declared_on", "declared_by", "ended_on", "ended_by", "end_reason", "confirmed_by", "confirmed_at",
    )  # fmt: skip

    id: int = col.number(primary_key=True)
    party: int = col.number()
    kind: str = col.text()
    creditor: str = col.text()
    creditor_iban: str | None = col.text(nullable=True)
    text: str = col.text()
    rank: int = col.number()
    served_on: str = col.day()
    sum_cents: int | None = col.cents(nullable=True)
    pays: int = col.flag()
    document: str | None = col.text(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()
    declared_on: str | None = col.day(nullable=True)
    declared_by: int | None = col.number(nullable=True)
    ended_on: str | None = col.day(nullable=True)
    ended_by: int | None = col.number(nullable=True)
    end_reason: str | None = col.text(nullable=True)
    confirmed_by: int | None = col.number(nullable=True)
    confirmed_at: str | None = col.text(nullable=True)


class Refund(SQLModel, table=True):
    """Money to be paid back from a credit or from suspense: asked for by one person, approved by another."""

    __tablename__ = "refund"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_refund_item"),
        CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="ck_refund_persons"),
        CheckConstraint("cents > 0", name="ck_refund_cents"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("name", "iban", "paying_iban", "purpose", "reason", "document")
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("approved_by", "approved_at", "ended_by", "ended_at")

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    id: int = col.number(primary_key=True)
    cents: int = col.cents()
    name: str = col.text()
    iban: str = col.text()
    paying_iban: str | None = col.text(nullable=True)
    purpose: str = col.text()
    reason: str = col.text()
    document: str | None = col.text(nullable=True)
    without_set_off: int = col.flag(sa_column_kwargs={"server_default": "0"})
    asked_by: int = col.number()
    asked_at: str = col.text()
    approved_by: int | None = col.number(nullable=True)
    approved_at: str | None = col.text(nullable=True)
    ended_by: int | None = col.number(nullable=True)
    ended_at: str | None = col.text(nullable=True)


class PayeeAccount(SQLModel, table=True):
    """Another account of its payee that a payable is paid to: asked for by one person, confirmed by another."""

    __tablename__ = "payee_account"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_payee_account_item"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> asked_by", name="ck_payee_account_persons"),
        CheckConstraint("confirmed_by IS NULL OR refused_by IS NULL", name="ck_payee_account_refused"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("iban", "reason")
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("confirmed_by", "confirmed_at", "refused_by", "refused_at")

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    id: int = col.number(primary_key=True)
    iban: str = col.text()
    reason: str = col.text()
    asked_by: int = col.number()
    asked_at: str = col.text()
    confirmed_by: int | None = col.number(nullable=True)
    confirmed_at: str | None = col.text(nullable=True)
    refused_by: int | None = col.number(nullable=True)
    refused_at: str | None = col.text(nullable=True)
