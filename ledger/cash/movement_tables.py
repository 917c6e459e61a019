"""Rows of cash that moves: receipts with what they settled, cheques, days of card terminals, cash under way."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class CashReceipt(SQLModel, table=True):
    """A receipt (Quittung), numbered without a gap by desk and year; `cents` come in (positive) or go out.

    A receipt is never changed: what was wrong is taken back by a receipt of the kind `cancel`, perhaps of a later year.
    """

    __tablename__ = "cash_receipt"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["desk"], ["cash_desk.code"], name="fk_cash_receipt_desk"),
        ForeignKeyConstraint(["office", "position"], ["entry.office", "entry.position"], name="fk_cash_receipt_entry"),
        CheckConstraint("kind IN ('take', 'pay', 'cancel')", name="ck_cash_receipt_kind"),
        CheckConstraint("tender IN ('cash', 'card', 'cheque')", name="ck_cash_receipt_tender"),
        CheckConstraint("cents <> 0 AND (kind <> 'take' OR cents > 0) AND (kind <> 'pay' OR cents < 0)",
                        name="ck_cash_receipt_cents"),
        ForeignKeyConstraint(
            ["desk", "cancels_year", "cancels"], ["cash_receipt.desk", "cash_receipt.year", "cash_receipt.number"],
            name="fk_cash_receipt_cancels",
        ),
        CheckConstraint("(kind = 'cancel') = (cancels IS NOT NULL)", name="ck_cash_receipt_cancels"),
        CheckConstraint("(cancels IS NULL) = (cancels_year IS NULL)", name="ck_cash_receipt_cancels_year"),
        CheckConstraint("(tender = 'card') = (batch IS NOT NULL)", name="ck_cash_receipt_batch"),
        Index(
            "uq_cash_receipt_cancels", "desk", "cancels_year", "cancels", unique=True,
            sqlite_where=sql("cancels IS NOT NULL"), postgresql_where=sql("cancels IS NOT NULL"),
        ),
        Index(
            "ix_cash_receipt_batch", "batch",
            sqlite_where=sql("batch IS NOT NULL"), postgresql_where=sql("batch IS NOT NULL"),
        ),
        Index("ix_cash_receipt_entry", "office", "position"),
        clustered=True,
    )  # fmt: skip
    ERASABLE: ClassVar = ("person", "words")
    MUTABLE: ClassVar = ()

    desk: str = col.text(primary_key=True)
    year: int = col.number(primary_key=True)
    number: int = col.number(primary_key=True)
    kind: str = col.text()
    tender: str = col.text()
    cents: int = col.cents()
    day: str = col.day()
    payment_day: str = col.day()
    office: str = col.text()
    position: int = col.number()
    person: str = col.text()
    words: str = col.text()
    batch: int | None = col.number(nullable=True)
    cancels_year: int | None = col.number(nullable=True)
    cancels: int | None = col.number(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()


class CashReceiptLine(SQLModel, table=True):
    """What a receipt did with its money: an item settled or paid, a credit or an unclear case made."""

    __tablename__ = "cash_receipt_line"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["desk", "year", "number"], ["cash_receipt.desk", "cash_receipt.year", "cash_receipt.number"],
            name="fk_cash_receipt_line",
        ),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_cash_receipt_line_item"),
        CheckConstraint("kind IN ('settled', 'paid', 'credit', 'suspense')", name="ck_cash_receipt_line_kind"),
        CheckConstraint("cents > 0", name="ck_cash_receipt_line_cents"),
        Index("ix_cash_receipt_line_item", "office", "item"),
        clustered=True,
    )  # fmt: skip
    MUTABLE: ClassVar = ()

    desk: str = col.text(primary_key=True)
    year: int = col.number(primary_key=True)
    number: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    kind: str = col.text()
    office: str = col.text()
    item: int = col.number()
    cents: int = col.cents()
    clearing: int | None = col.number(nullable=True)


class CashCheque(SQLModel, table=True):
    """A cheque taken under reserve: in the drawer, handed to the bank, credited, or bounced."""

    __tablename__ = "cash_cheque"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["desk", "year", "number"], ["cash_receipt.desk", "cash_receipt.year", "cash_receipt.number"],
            name="fk_cash_cheque",
        ),
        ForeignKeyConstraint(["transport"], ["cash_transport.id"], name="fk_cash_cheque_transport"),
        CheckConstraint("state IN ('held', 'presented', 'credited', 'bounced', 'given_back')",
                        name="ck_cash_cheque_state"),
        Index("ix_cash_cheque_state", "state"),
        clustered=True,
    )  # fmt: skip
    ERASABLE: ClassVar = ("cheque",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("transport", "bank_office", "bank_entry", "fee_cents")
    STEPS: ClassVar = {
        "state": {
            START: ("held",), "held": ("presented", "given_back"), "presented": ("credited", "bounced"),
            "credited": ("bounced",),
        }
    }  # fmt: skip

    desk: str = col.text(primary_key=True)
    year: int = col.number(primary_key=True)
    number: int = col.number(primary_key=True)
    cheque: str = col.text()
    state: str = col.text()
    transport: int | None = col.number(nullable=True)
    bank_office: str | None = col.text(nullable=True)
    bank_entry: int | None = col.number(nullable=True)
    fee_cents: int | None = col.cents(nullable=True)


class CashBatch(SQLModel, table=True):
    """A day of a card terminal: what its receipts sum to is owed by the acquirer until one credit clears it."""

    __tablename__ = "cash_batch"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["terminal"], ["cash_terminal.code"], name="fk_cash_batch_terminal"),
        ForeignKeyConstraint(
            ["bank_office", "bank_entry"], ["bank_entry.office", "bank_entry.id"], name="fk_cash_batch_entry"
        ),
        Index("ix_cash_batch_terminal", "terminal", "day"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("bank_office", "bank_entry")

    id: int = col.number(primary_key=True)
    terminal: str = col.text()
    day: str = col.day()
    bank_office: str | None = col.text(nullable=True)
    bank_entry: int | None = col.number(nullable=True)


class CashTransport(SQLModel, table=True):
    """Cash or cheques under way between a desk and the bank or another desk, until it is there."""

    __tablename__ = "cash_transport"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["desk"], ["cash_desk.code"], name="fk_cash_transport_desk"),
        ForeignKeyConstraint(["other"], ["cash_desk.code"], name="fk_cash_transport_other"),
        ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_cash_transport_account"),
        CheckConstraint("kind IN ('deposit', 'withdrawal', 'cheques', 'transfer')", name="ck_cash_transport_kind"),
        CheckConstraint("(kind = 'transfer') = (iban IS NULL)", name="ck_cash_transport_bank"),
        CheckConstraint("(kind = 'transfer') = (other IS NOT NULL)", name="ck_cash_transport_other"),
        CheckConstraint("state IN ('under_way', 'there', 'taken_back')", name="ck_cash_transport_state"),
        CheckConstraint("cents > 0", name="ck_cash_transport_cents"),
        Index("ix_cash_transport_state", "state"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("bank_office", "bank_entry", "there_position", "there_by", "there_on")
    STEPS: ClassVar = {"state": {START: ("under_way",), "under_way": ("there", "taken_back")}}

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    desk: str = col.text()
    other: str | None = col.text(nullable=True)
    iban: str | None = col.text(nullable=True)
    reference: str = col.text()
    bag: str | None = col.text(nullable=True)
    cents: int = col.cents()
    day: str = col.day()
    state: str = col.text()
    office: str = col.text()
    position: int = col.number()
    made_by: int = col.number()
    made_at: str = col.text()
    bank_office: str | None = col.text(nullable=True)
    bank_entry: int | None = col.number(nullable=True)
    there_position: int | None = col.number(nullable=True)
    there_by: int | None = col.number(nullable=True)
    there_on: str | None = col.day(nullable=True)
