"""Rows of bank intake: accounts, statements, entries, what was decided about each, suspense cases, rules."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class BankAccount(SQLModel, table=True):
    """An account of the Kasse at a bank; it belongs to one office and has its own account in the books.

    `statements` is the format in which the bank tells what it booked.
    """

    __tablename__ = "bank_account"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "account"], ["account.office", "account.number"], name="fk_bank_account_gl"),
        UniqueConstraint("office", "account", name="uq_bank_account_gl"),
        CheckConstraint("statements IN ('camt.053', 'MT940')", name="ck_bank_account_statements"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("name", "bic", "closed_on", "statements")

    iban: str = col.text(primary_key=True)
    office: str = col.text()
    account: str = col.text()
    name: str = col.text()
    bic: str | None = col.text(nullable=True)
    collects: int = col.flag()
    statements: str = col.text(sa_column_kwargs={"server_default": "camt.053"})
    opened_on: str = col.day()
    closed_on: str | None = col.day(nullable=True)


class Statement(SQLModel, table=True):
    """A statement as the bank sent it: (account, type, id, electronic number, page)."""

    __tablename__ = "statement"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_statement_account"),
        Index("ix_statement_identity", "iban", "message", "statement_id", "electronic_number", "page"),
        Index("ix_statement_closing_day", "iban", "closing_day"),
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("withdrawn_on",)

    id: int = col.number(primary_key=True)
    iban: str = col.text()
    message: str = col.text()
    statement_id: str = col.text()
    electronic_number: int | None = col.number(nullable=True)
    page: int | None = col.number(nullable=True)
    last_page: int = col.flag()
    file_sha256: str = col.text()
    opening_cents: int | None = col.cents(nullable=True)
    opening_day: str | None = col.day(nullable=True)
    closing_cents: int | None = col.cents(nullable=True)
    closing_day: str | None = col.day(nullable=True)
    entry_count: int = col.number()
    credit_cents: int = col.cents()
    debit_cents: int = col.cents()
    created: str | None = col.text(nullable=True)
    withdrawn_on: str | None = col.day(nullable=True)


class StatementPart(SQLModel, table=True):
    """A statement whose entries all lie in another one (an earlier issue, a piece of the day): it adds nothing."""

    __tablename__ = "statement_part"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_statement_part_statement"),
        ForeignKeyConstraint(["whole"], ["statement.id"], name="fk_statement_part_whole"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    statement: int = col.number(primary_key=True)
    whole: int = col.number()


class BankEntry(SQLModel, table=True):
    """A booked bank entry, once in the book whatever was imported: (account, day, fingerprint, occurrence).

    One whose statement was wrong is `withdrawn` and counts no more; its own number there lets the same booking come
    again.
    """

    __tablename__ = "bank_entry"
    __table_args__ = col.strict(
        UniqueConstraint("iban", "bank_day", "fingerprint", "occurrence", "withdrawn", name="uq_bank_entry"),
        ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_bank_entry_account"),
        CheckConstraint("state IN ('staged', 'posted', 'withdrawn')", name="ck_bank_entry_state"),
        CheckConstraint(
            "state = 'withdrawn' OR (state = 'posted') = (position IS NOT NULL)", name="ck_bank_entry_posted"
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn <> 0)", name="ck_bank_entry_withdrawn"),
        Index(
            "ix_bank_entry_staged",
            "iban",
            "bank_day",
            sqlite_where=sql("state = 'staged'"),
            postgresql_where=sql("state = 'staged'"),
        ),
    )
    ERASABLE: ClassVar = ("name", "counter_iban", "remittance", "end_to_end_id", "mandate_id", "salt")
    MUTABLE: ClassVar = ("detail_count", "withdrawn")  # an advice may bring the details of a Sammler later
    ONCE: ClassVar = ("position",)
    STEPS: ClassVar = {
        "state": {START: ("staged",), "staged": ("posted", "withdrawn"), "posted": ("withdrawn",)},
    }

    office: str = col.text(primary_key=True)
    id: int = col.number(primary_key=True)
    iban: str = col.text()
    bank_day: str = col.day()
    fingerprint: bytes = col.raw()
    occurrence: int = col.number()
    statement: int = col.number()
    amount_cents: int = col.cents()
    value_day: str = col.day()
    reversal: int = col.flag()
    gvc: str | None = col.text(nullable=True)
    code: str | None = col.text(nullable=True)
    servicer_reference: str | None = col.text(nullable=True)
    end_to_end_id: str | None = col.text(nullable=True)
    payment_information_id: str | None = col.text(nullable=True)
    message_id: str | None = col.text(nullable=True)
    mandate_id: str | None = col.text(nullable=True)
    creditor_reference: str | None = col.text(nullable=True)
    name: str | None = col.text(nullable=True)
    counter_iban: str | None = col.text(nullable=True)
    remittance: str | None = col.text(nullable=True)
    return_reason: str | None = col.text(nullable=True)
    detail_count: int = col.number()
    state: str = col.text()
    position: int | None = col.number(nullable=True)
    withdrawn: int = col.number(sa_column_kwargs={"server_default": "0"})
    salt: bytes | None = col.raw(nullable=True)
    said_hash: bytes | None = col.raw(nullable=True)


class BankDetail(SQLModel, table=True):
    """One transaction behind a collective bank entry (Sammler)."""

    __tablename__ = "bank_detail"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "entry"], ["bank_entry.office", "bank_entry.id"], name="fk_bank_detail"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("name", "counter_iban", "remittance", "end_to_end_id", "salt")
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    entry: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    amount_cents: int | None = col.cents(nullable=True)
    end_to_end_id: str | None = col.text(nullable=True)
    creditor_reference: str | None = col.text(nullable=True)
    name: str | None = col.text(nullable=True)
    counter_iban: str | None = col.text(nullable=True)
    remittance: str | None = col.text(nullable=True)
    return_reason: str | None = col.text(nullable=True)
    salt: bytes | None = col.raw(nullable=True)
    said_hash: bytes | None = col.raw(nullable=True)


class StatementEntry(SQLModel, table=True):
    """Which statements name a bank entry: several do when a statement is issued again."""

    __tablename__ = "statement_entry"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_statement_entry_statement"),
        Index("ix_statement_entry_entry", "office", "entry"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    statement: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    office: str = col.text()
    entry: int = col.number()


class BankMatch(SQLModel, table=True):
    """What became of a bank entry and why: the rule, the evidence, the target (invariant 9)."""

    __tablename__ = "bank_match"
    __table_args__ = col.strict(
        col.proven_key(["office", "entry"], ["bank_entry.office", "bank_entry.id"], name="fk_bank_match"),
        Index("ix_bank_match_item", "item_office", "item"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("evidence",)
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    entry: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    rule: str = col.text()
    evidence: str | None = col.text(nullable=True)
    item_office: str | None = col.text(nullable=True)
    item: int | None = col.number(nullable=True)
    cents: int = col.cents()


class SuspenseCase(SQLModel, table=True):
    """Why a bank entry is unclear and who works on it; the money is the item of the same number."""

    __tablename__ = "suspense_case"
    __table_args__ = col.strict(
        col.proven_key(["office", "item"], ["item.office", "item.id"], name="fk_suspense_case_item"),
        col.proven_key(["office", "entry"], ["bank_entry.office", "bank_entry.id"], name="fk_suspense_case_entry"),
        Index("ix_suspense_case_entry", "office", "entry"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("owner", "hold_until")

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    entry: int | None = col.number(nullable=True)
    reason: str = col.text()
    owner: int | None = col.number(nullable=True)
    hold_until: str | None = col.day(nullable=True)


class BankRule(SQLModel, table=True):
    """A rule of the Kasse: entries of this kind, or what a return cost (`serves`), go to that account of an office."""

    __tablename__ = "bank_rule"
    __table_args__ = col.strict(
        CheckConstraint("serves IN ('entry', 'return_fee')", name="ck_bank_rule_serves"),
        CheckConstraint("direction IN ('credit', 'debit', 'both')", name="ck_bank_rule_direction"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("name", "counter_iban", "pattern")
    MUTABLE: ClassVar = ("active", "rank")

    id: int = col.number(primary_key=True)
    rank: int = col.number()
    name: str = col.text()
    serves: str = col.text(sa_column_kwargs={"server_default": "entry"})
    gvc: str | None = col.text(nullable=True)
    direction: str = col.text()
    iban: str | None = col.text(nullable=True)
    counter_iban: str | None = col.text(nullable=True)
    pattern: str | None = col.text(nullable=True)
    min_cents: int | None = col.cents(nullable=True)
    max_cents: int | None = col.cents(nullable=True)
    role: str = col.text()
    office: str | None = col.text(nullable=True)
    account: str | None = col.text(nullable=True)
    active: int = col.flag()
    made_by: int | None = col.number(nullable=True)
    made_at: str | None = col.text(nullable=True)
