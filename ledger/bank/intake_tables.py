"""Rows of messages that are never posted: intraday reports, and advices with the details of a Sammler."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class BankNotice(SQLModel, table=True):
    """A line of a message that is never posted: of an intraday report, or of an advice that holds a Sammler's details.

    An advice (camt.054) waits until the entry it belongs to is in the book; then `office` and `entry` name it.
    """

    __tablename__ = "bank_notice"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_bank_notice_statement"),
        ForeignKeyConstraint(["office", "entry"], ["bank_entry.office", "bank_entry.id"], name="fk_bank_notice_entry"),
        CheckConstraint("kind IN ('intraday', 'details')", name="ck_bank_notice_kind"),
        Index(
            "ix_bank_notice_waiting",
            "iban",
            "bank_day",
            sqlite_where=sql("kind = 'details' AND entry IS NULL"),
            postgresql_where=sql("kind = 'details' AND entry IS NULL"),
        ),
        clustered=True,
    )
    ERASABLE: ClassVar = ("name", "counter_iban", "remittance", "end_to_end_id", "salt")
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("office", "entry")

    statement: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    kind: str = col.text()
    iban: str = col.text()
    status: str = col.text()
    bank_day: str | None = col.day(nullable=True)
    value_day: str | None = col.day(nullable=True)
    amount_cents: int = col.cents()
    gvc: str | None = col.text(nullable=True)
    servicer_reference: str | None = col.text(nullable=True)
    payment_information_id: str | None = col.text(nullable=True)
    message_id: str | None = col.text(nullable=True)
    notice_message_id: str | None = col.text(nullable=True)
    end_to_end_id: str | None = col.text(nullable=True)
    name: str | None = col.text(nullable=True)
    counter_iban: str | None = col.text(nullable=True)
    remittance: str | None = col.text(nullable=True)
    detail_count: int = col.number()
    office: str | None = col.text(nullable=True)
    entry: int | None = col.number(nullable=True)
    salt: bytes | None = col.raw(nullable=True)
    said_hash: bytes | None = col.raw(nullable=True)


class BankNoticeDetail(SQLModel, table=True):
    """One transaction that an advice (camt.054) tells: what becomes a `bank_detail` once its entry is there."""

    __tablename__ = "bank_notice_detail"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["statement", "line"], ["bank_notice.statement", "bank_notice.line"], name="fk_bank_notice"
        ),
        clustered=True,
    )
    ERASABLE: ClassVar = ("name", "counter_iban", "remittance", "end_to_end_id", "salt")
    MUTABLE: ClassVar = ()

    statement: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    number: int = col.number(primary_key=True)
    amount_cents: int | None = col.cents(nullable=True)
    end_to_end_id: str | None = col.text(nullable=True)
    creditor_reference: str | None = col.text(nullable=True)
    name: str | None = col.text(nullable=True)
    counter_iban: str | None = col.text(nullable=True)
    remittance: str | None = col.text(nullable=True)
    return_reason: str | None = col.text(nullable=True)
    salt: bytes | None = col.raw(nullable=True)
    said_hash: bytes | None = col.raw(nullable=True)


class StatementWithdrawal(SQLModel, table=True):
    """That a statement should never have been taken: asked for by one person, confirmed or dropped by another."""

    __tablename__ = "statement_withdrawal"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_statement_withdrawal"),
        CheckConstraint("state IN ('asked', 'done', 'dropped')", name="ck_statement_withdrawal_state"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("decided_by", "decided_at")
    STEPS: ClassVar = {"state": {START: ("asked",), "asked": ("done", "dropped")}}

    statement: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    reason: str = col.text()
    state: str = col.text()
    asked_by: int = col.number()
    asked_at: str = col.text()
    decided_by: int | None = col.number(nullable=True)
    decided_at: str | None = col.text(nullable=True)


class StatementSkip(SQLModel, table=True):
    """Numbers of statements that a person says the bank never gave; taken back by a person, or by their coming."""

    __tablename__ = "statement_skip"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_statement_skip_account"),
        CheckConstraint("state IN ('accepted', 'taken_back')", name="ck_statement_skip_state"),
        CheckConstraint("first_number > 0 AND first_number <= last_number", name="ck_statement_skip_numbers"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("ended_by", "ended_at")
    STEPS: ClassVar = {"state": {START: ("accepted",), "accepted": ("taken_back",)}}

    iban: str = col.text(primary_key=True)
    line: int = col.number(primary_key=True)
    message: str = col.text()
    year: int = col.number()
    first_number: int = col.number()
    last_number: int = col.number()
    reason: str = col.text()
    state: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
    ended_by: int | None = col.number(nullable=True)
    ended_at: str | None = col.text(nullable=True)
