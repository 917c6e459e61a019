"""Rows of letters to debtors: what they say, what they cost, what became of them, and their wording."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class Letter(SQLModel, table=True):
    """A letter to a person: made, released by another one, posted, then served or returned.

    `recipient` is who gets it where that is not the debtor (an insolvency administrator). `content_sha256` and
    `pdf_sha256` are the hashes of what was posted: the print of that content. `way` is `post` (notice by fiction) or
    `service` (with proof). `deemed_on` is the day of notice, `term_end` the last day of the term it sets; a receipt
    later than the fiction moves both. `copy_of` is the first debtor's letter where this one goes to a joint debtor: it
    names the same charges and fees, which become items once.
    """

    __tablename__ = "letter"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_letter_party"),
        ForeignKeyConstraint(["recipient"], ["party.id"], name="fk_letter_recipient"),
        ForeignKeyConstraint(["copy_of"], ["letter.id"], name="fk_letter_copy"),
        ForeignKeyConstraint(["run"], ["dunning_run.id"], name="fk_letter_run", deferrable=True, initially="DEFERRED"),
        CheckConstraint(
            "state IN ('made', 'released', 'posted', 'served', 'returned', 'cancelled')", name="ck_letter_state"
        ),
        CheckConstraint("way IN ('post', 'service')", name="ck_letter_way"),
        CheckConstraint("released_by IS NULL OR released_by <> made_by", name="ck_letter_persons"),
        Index("ix_letter_party", "party"),
        Index(
            "ix_letter_copy",
            "copy_of",
            sqlite_where=sql("copy_of IS NOT NULL"),
            postgresql_where=sql("copy_of IS NOT NULL"),
        ),
        Index("ix_letter_state", "state", "kind"),
        Index("ix_letter_run", "run", sqlite_where=sql("run IS NOT NULL"), postgresql_where=sql("run IS NOT NULL")),
        Index(
            "uq_letter_reference",
            "reference",
            unique=True,
            sqlite_where=sql("reference IS NOT NULL"),
            postgresql_where=sql("reference IS NOT NULL"),
        ),
    )
    ERASABLE: ClassVar = ("proof", "returned_reason", "cancelled_reason")
    MUTABLE: ClassVar = ("deemed_on", "term_end")
    ONCE: ClassVar = (
        "reference", "released_by", "released_at", "content_sha256", "pdf_sha256", "posted_on", "posted_by",
        "served_on", "proof", "returned_on", "returned_reason", "cancelled_by", "cancelled_at", "cancelled_reason",
    )  # fmt: skip
    STEPS: ClassVar = {
        "state": {
            START: ("made",),
            "made": ("released", "cancelled"),
            "released": ("posted", "cancelled"),
            "posted": ("served", "returned"),
        }
    }

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    state: str = col.text()
    way: str = col.text()
    party: int = col.number()
    recipient: int | None = col.number(nullable=True)
    profile: str | None = col.text(nullable=True)
    level: int = col.number()
    day: str = col.day()
    run: int | None = col.number(nullable=True)
    relief: int | None = col.number(nullable=True)
    copy_of: int | None = col.number(nullable=True)
    reference: str | None = col.text(nullable=True)
    sum_cents: int = col.cents()
    fee_cents: int = col.cents()
    made_by: int = col.number()
    made_at: str = col.text()
    released_by: int | None = col.number(nullable=True)
    released_at: str | None = col.text(nullable=True)
    content_sha256: str | None = col.text(nullable=True)
    pdf_sha256: str | None = col.text(nullable=True)
    posted_on: str | None = col.day(nullable=True)
    posted_by: int | None = col.number(nullable=True)
    deemed_on: str | None = col.day(nullable=True)
    term_end: str | None = col.day(nullable=True)
    served_on: str | None = col.day(nullable=True)
    proof: str | None = col.text(nullable=True)
    returned_on: str | None = col.day(nullable=True)
    returned_reason: str | None = col.text(nullable=True)
    cancelled_by: int | None = col.number(nullable=True)
    cancelled_at: str | None = col.text(nullable=True)
    cancelled_reason: str | None = col.text(nullable=True)


class LetterItem(SQLModel, table=True):
    """An item that a letter names: what was open, the charges until its day, and the dunning level it brings.

    `charge_item` is the item that the charges became when the letter was released.
    """

    __tablename__ = "letter_item"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_letter_item_letter"),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_letter_item_item"),
        CheckConstraint("open_cents >= 0 AND charge_cents >= 0", name="ck_letter_item_cents"),
        Index("ix_letter_item_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("charge_item",)

    letter: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    office: str = col.text()
    item: int = col.number()
    open_cents: int = col.cents()
    charge_cents: int = col.cents()
    charge_kind: str | None = col.text(nullable=True)
    charge_item: int | None = col.number(nullable=True)
    limitation_end: str | None = col.day(nullable=True)
    level_before: int = col.number()
    level_after: int = col.number()
    dunned_before: str | None = col.day(nullable=True)


class LetterFee(SQLModel, table=True):
    """A fee that a letter costs the debtor, by which schedule; `fee_item` is the item it became at the release."""

    __tablename__ = "letter_fee"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_letter_fee_letter"),
        ForeignKeyConstraint(["office", "main_item"], ["item.office", "item.id"], name="fk_letter_fee_item"),
        CheckConstraint("cents > 0", name="ck_letter_fee_cents"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("fee_item",)

    letter: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    schedule: str = col.text()
    norm: str = col.text()
    cents: int = col.cents()
    office: str = col.text()
    main_item: int = col.number()
    fee_item: int | None = col.number(nullable=True)


class LetterPrint(SQLModel, table=True):
    """A letter as it was set for paper: its whole text as data, by which wording, for which day of posting.

    Printing again gives this one; only another planned day of posting makes the next number. `pdf_sha256` is the hash
    of its file, noted once the file was made.
    """

    __tablename__ = "letter_print"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_letter_print_letter"), clustered=True
    )
    ERASABLE: ClassVar = ("content",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("pdf_sha256",)

    letter: int = col.number(primary_key=True)
    number: int = col.number(primary_key=True)
    planned_on: str = col.day()
    template: str = col.text()
    template_sha256: str = col.text()
    content: str = col.text()
    content_sha256: str = col.text()
    term_end: str | None = col.day(nullable=True)
    pdf_sha256: str | None = col.text(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()


class AddressTask(SQLModel, table=True):
    """A person whose letter came back: somebody finds out the address, until then nobody duns."""

    __tablename__ = "address_task"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_address_task_party"),
        ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_address_task_letter"),
        CheckConstraint("done_on IS NULL OR done_on >= opened_on", name="ck_address_task_days"),
        Index("ix_address_task_party", "party"),
    )
    ERASABLE: ClassVar = ("reason", "done_note")
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("done_on", "done_by", "done_at", "done_note")

    id: int = col.number(primary_key=True)
    party: int = col.number()
    letter: int = col.number()
    opened_on: str = col.day()
    reason: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
    done_on: str | None = col.day(nullable=True)
    done_by: int | None = col.number(nullable=True)
    done_at: str | None = col.text(nullable=True)
    done_note: str | None = col.text(nullable=True)


class LetterTemplate(SQLModel, table=True):
    """The wording of a kind of letter as an office keeps it: text with placeholders, in versions, never changed."""

    __tablename__ = "letter_template"
    __table_args__ = col.strict(
        UniqueConstraint("kind", "office", "version", name="uq_letter_template_version"), clustered=True
    )
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    office: str = col.text()
    version: int = col.number()
    text: str = col.text()
    sha256: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
