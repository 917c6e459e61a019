"""Rows of what banks answered to our files, of recalls, and of decisions on names that do not match."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from ledger.store import columns as col


class PaymentReport(SQLModel, table=True):
    """A bank's answer that was read once: status report, check of payees' names (VoP), answer to a recall."""

    __tablename__ = "payment_report"
    __table_args__ = col.strict(
        UniqueConstraint("file_sha256", "part", name="uq_payment_report_file"),
        CheckConstraint("kind IN ('status', 'vop', 'recall')", name="ck_payment_report_kind"),
        Index("ix_payment_report_run", "office", "run", "file"),
    )
    ERASABLE: ClassVar = ("information",)
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    file_sha256: str = col.text()
    part: int = col.number()
    message_id: str = col.text()
    original_message_id: str = col.text()
    status: str = col.text()
    reason: str | None = col.text(nullable=True)
    information: str | None = col.text(nullable=True)
    office: str = col.text()
    run: int = col.number()
    file: int = col.number()
    count: int = col.number()
    created: str = col.text()
    read_by: int = col.number()
    read_at: str = col.text()


class PaymentAnswer(SQLModel, table=True):
    """What a report says of one payment."""

    __tablename__ = "payment_answer"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["report"], ["payment_report.id"], name="fk_payment_answer_report"),
        ForeignKeyConstraint(
            ["office", "run", "line"], ["payment.office", "payment.run", "payment.line"], name="fk_payment_answer"
        ),
        Index("ix_payment_answer_payment", "office", "run", "line"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("information", "found_name")
    MUTABLE: ClassVar = ()

    report: int = col.number(primary_key=True)
    seq: int = col.number(primary_key=True)
    office: str = col.text()
    run: int = col.number()
    line: int = col.number()
    status: str = col.text()
    reason: str | None = col.text(nullable=True)
    information: str | None = col.text(nullable=True)
    found_name: str | None = col.text(nullable=True)


class CollectionReport(SQLModel, table=True):
    """A bank's answer to a file of collections that was read once: status report or answer to a recall."""

    __tablename__ = "collection_report"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "run"], ["collection_run.office", "collection_run.id"], name="fk_collection_report_run"
        ),
        UniqueConstraint("file_sha256", name="uq_collection_report_file"),
        CheckConstraint("kind IN ('status', 'recall')", name="ck_collection_report_kind"),
        Index("ix_collection_report_run", "office", "run"),
    )
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    file_sha256: str = col.text()
    message_id: str = col.text()
    status: str = col.text()
    reason: str | None = col.text(nullable=True)
    office: str = col.text()
    run: int = col.number()
    read_by: int = col.number()
    read_at: str = col.text()


class VopDecision(SQLModel, table=True):
    """What is done about a payee whose name does not match: accepted by two people or a rule, or corrected."""

    __tablename__ = "vop_decision"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "run", "line"], ["payment.office", "payment.run", "payment.line"], name="fk_vop_decision"
        ),
        CheckConstraint("decision IN ('accept', 'correct', 'refuse')", name="ck_vop_decision"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> made_by", name="ck_vop_decision_persons"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("reason", "name", "iban")
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("confirmed_by", "confirmed_at")

    office: str = col.text(primary_key=True)
    run: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    seq: int = col.number(primary_key=True)
    decision: str = col.text()
    status: str = col.text()
    reason: str = col.text()
    name: str | None = col.text(nullable=True)
    iban: str | None = col.text(nullable=True)
    rule: int | None = col.number(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()
    confirmed_by: int | None = col.number(nullable=True)
    confirmed_at: str | None = col.text(nullable=True)


class VopRule(SQLModel, table=True):
    """A rule for accounts that no bank can check, such as the collective accounts of payment cards."""

    __tablename__ = "vop_rule"
    __table_args__ = col.strict(
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> made_by", name="ck_vop_rule_persons"), clustered=True
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("confirmed_by", "confirmed_at", "ended_on", "ended_by")

    id: int = col.number(primary_key=True)
    iban_prefix: str = col.text()
    reason: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
    confirmed_by: int | None = col.number(nullable=True)
    confirmed_at: str | None = col.text(nullable=True)
    ended_on: str | None = col.day(nullable=True)
    ended_by: int | None = col.number(nullable=True)


class PaymentRecall(SQLModel, table=True):
    """A recall (camt.055) of a file or of one payment; it is a question until the bank answers."""

    __tablename__ = "payment_recall"
    __table_args__ = col.strict(
        UniqueConstraint("message_id", name="uq_payment_recall_message"),
        CheckConstraint("state IN ('asked', 'pending', 'accepted', 'refused')", name="ck_payment_recall_state"),
        Index("ix_payment_recall_run", "office", "run", "line"),
    )
    ERASABLE: ClassVar = ("information",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("sha256", "answered_at", "answer_reason")
    STEPS: ClassVar = {
        "state": {
            "": ("asked",),
            "asked": ("pending", "accepted", "refused"),
            "pending": ("accepted", "refused"),
        }
    }

    id: int = col.number(primary_key=True)
    office: str = col.text()
    run: int = col.number()
    file: int = col.number()
    line: int | None = col.number(nullable=True)
    state: str = col.text()
    reason: str = col.text()
    information: str = col.text()
    message_id: str = col.text()
    created_stamp: str = col.text()
    asked_by: int = col.number()
    sha256: str | None = col.text(nullable=True)
    answered_at: str | None = col.text(nullable=True)
    answer_reason: str | None = col.text(nullable=True)
