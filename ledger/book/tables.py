"""Rows of the books: settings, offices, accounts, entries with their chain, balances, closings."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import ROWS


class Setting(SQLModel, table=True):
    """One fact about the book itself: its name, id, Kasse, Land, how people are known."""

    __tablename__ = "setting"
    __table_args__ = col.strict(clustered=True)
    MUTABLE: ClassVar = ("value",)

    key: str = col.text(primary_key=True)
    value: str = col.text()


class Office(SQLModel, table=True):
    """A Buchungskreis; `genesis` is what its chain starts from."""

    __tablename__ = "office"
    __table_args__ = col.strict(clustered=True)
    MUTABLE: ClassVar = ("name",)

    code: str = col.text(primary_key=True)
    name: str = col.text()
    is_kasse: int = col.flag()
    genesis: bytes = col.raw()


class Account(SQLModel, table=True):
    """An account of an office's chart; `role` names what the books use it for."""

    __tablename__ = "account"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office"], ["office.code"], name="fk_account_office"), clustered=True
    )
    MUTABLE: ClassVar = ("name", "kind", "role", "closed_on")

    office: str = col.text(primary_key=True)
    number: str = col.text(primary_key=True)
    name: str = col.text()
    kind: str = col.text()
    role: str | None = col.text(nullable=True)
    opened_on: str = col.day()
    closed_on: str | None = col.day(nullable=True)


class Counter(SQLModel, table=True):
    """The last identifier given out, per office and kind of thing."""

    __tablename__ = "counter"
    __table_args__ = col.strict(clustered=True)
    MUTABLE: ClassVar = ("last",)

    office: str = col.text(primary_key=True)
    name: str = col.text(primary_key=True)
    last: int = col.number()


class Head(SQLModel, table=True):
    """The end of an office's chain: the row that posting locks, and what the next entry links to."""

    __tablename__ = "head"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office"], ["office.code"], name="fk_head_office"), clustered=True
    )
    MUTABLE: ClassVar = ("position", "hash", "event_position", "event_hash")

    office: str = col.text(primary_key=True)
    position: int = col.number()
    hash: bytes = col.raw()
    event_position: int = col.number()
    event_hash: bytes = col.raw()


class Entry(SQLModel, table=True):
    """A journal entry: written once, last, after its postings; never changed (invariants 1 and 2).

    Its guard checks the office, which a foreign key would check once more for every row.
    """

    __tablename__ = "entry"
    __table_args__ = col.strict(
        UniqueConstraint("office", "year", "number", name="uq_entry_number"),
        CheckConstraint("posting_count >= 2", name="ck_entry_postings"),
        Index("ix_entry_day", "office", "posting_day"),
        Index(
            "uq_entry_reverses",
            "office",
            "reverses",
            unique=True,
            sqlite_where=sql("reverses IS NOT NULL"),
            postgresql_where=sql("reverses IS NOT NULL"),
        ),
        Index(
            "uq_entry_run",
            "source",
            "office",
            unique=True,
            sqlite_where=sql("kind = 'run'"),
            postgresql_where=sql("kind = 'run'"),
        ),
        Index(
            "ix_entry_transaction",
            "transaction_id",
            sqlite_where=sql("transaction_id IS NOT NULL"),
            postgresql_where=sql("transaction_id IS NOT NULL"),
        ),
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    position: int = col.number(primary_key=True)
    year: int = col.number()
    number: int = col.number()
    kind: str = col.text()
    source: str | None = col.text(nullable=True)
    transaction_id: str | None = col.text(nullable=True)
    posting_day: str = col.day()
    bank_day: str | None = col.day(nullable=True)
    value_day: str | None = col.day(nullable=True)
    payment_day: str | None = col.day(nullable=True)
    recorded_at: str = col.text()
    recorded_by: int = col.number()
    reverses: int | None = col.number(nullable=True)
    posting_count: int = col.number()
    text_hash: bytes | None = col.raw(nullable=True)
    canonical: bytes = col.raw()
    hash: bytes = col.raw()


class Posting(SQLModel, table=True):
    """One line of an entry, debit positive; written before its entry, which seals it; its guard checks the account."""

    __tablename__ = "posting"
    __table_args__ = col.strict(
        col.proven_key(
            ["office", "position"],
            ["entry.office", "entry.position"],
            name="fk_posting_entry",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("cents <> 0", name="ck_posting_cents"),
        Index("ix_posting_account", "office", "account", "position"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    position: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    account: str = col.text()
    cents: int = col.cents()
    item: int | None = col.number(nullable=True)
    dimensions: str | None = col.text(nullable=True)


class EntryText(SQLModel, table=True):
    """What an entry says in words, outside the chain so that it can be erased; the chain holds its salted hash."""

    __tablename__ = "entry_text"
    __table_args__ = col.strict(clustered=True)
    ERASABLE: ClassVar = ROWS
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    position: int = col.number(primary_key=True)
    salt: bytes = col.raw()
    text: str = col.text()


class MonthBalance(SQLModel, table=True):
    """Debits and credits of an account in a month, kept in the transaction that posts, recomputed by verify."""

    __tablename__ = "month_balance"
    __table_args__ = col.strict(clustered=True)
    MUTABLE: ClassVar = ("debit_cents", "credit_cents")

    office: str = col.text(primary_key=True)
    account: str = col.text(primary_key=True)
    month: str = col.text(primary_key=True)
    debit_cents: int = col.cents()
    credit_cents: int = col.cents()


class Closing(SQLModel, table=True):
    """A closed day, month or year; days up to `last_day` take no posting any more (invariant 8)."""

    __tablename__ = "closing"
    __table_args__ = col.strict(
        UniqueConstraint("kind", "year", "number", name="uq_closing_number"),
        CheckConstraint("kind IN ('day', 'month', 'year')", name="ck_closing_kind"),
        Index("ix_closing_last_day", "last_day"),
    )
    MUTABLE: ClassVar = ()

    kind: str = col.text(primary_key=True)
    period: str = col.text(primary_key=True)
    year: int = col.number()
    number: int = col.number()
    last_day: str = col.day()
    closed_by: int = col.number()
    closed_at: str = col.text()
    book_head: bytes = col.raw()
    heads: str = col.text()
    protocol: str = col.text()


class ClosingConfirmation(SQLModel, table=True):
    """The second signature under a closing."""

    __tablename__ = "closing_confirmation"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["kind", "period"], ["closing.kind", "closing.period"], name="fk_confirmation_closing")
    )
    MUTABLE: ClassVar = ()

    kind: str = col.text(primary_key=True)
    period: str = col.text(primary_key=True)
    confirmed_by: int = col.number()
    confirmed_at: str = col.text()


class ClosingProposal(SQLModel, table=True):
    """The protocol of a year as its first signer saw it: proposed anew while it is open, closed by another."""

    __tablename__ = "closing_proposal"
    __table_args__ = col.strict(CheckConstraint("kind IN ('day', 'month', 'year')", name="ck_closing_proposal_kind"))
    MUTABLE: ClassVar = ()

    kind: str = col.text(primary_key=True)
    period: str = col.text(primary_key=True)
    serial: int = col.number(primary_key=True)
    proposed_by: int = col.number()
    proposed_at: str = col.text()
    protocol: str = col.text()


class SourceFile(SQLModel, table=True):
    """A file that was taken in, by its hash: the second import of the same bytes is nothing new."""

    __tablename__ = "source_file"
    __table_args__ = col.strict(clustered=True)
    MUTABLE: ClassVar = ()

    sha256: str = col.text(primary_key=True)
    purpose: str = col.text(primary_key=True)
    name: str = col.text()
    size_bytes: int = col.number()
    imported_by: int = col.number()
    imported_at: str = col.text()
    result: str = col.text()
