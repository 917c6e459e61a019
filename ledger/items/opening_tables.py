"""Rows of take-overs: drafts with their signatures and sums, and what an old system knew that no order tells."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class OpeningRun(SQLModel, table=True):
    """A take-over: a draft outside the books until two people have signed it, then posted and final.

    `sha256` is the hash of the lists that were checked: only they can be signed. `parts` and `sums` are JSON: rows by
    list, cents by control sum.
    """

    __tablename__ = "opening_run"
    __table_args__ = col.strict(
        CheckConstraint("state IN ('draft', 'signed', 'final', 'replaced', 'discarded')", name="ck_opening_run_state"),
        CheckConstraint(
            "second_by IS NULL OR (second_by <> first_by AND second_by <> made_by)", name="ck_opening_run_persons"
        ),
        CheckConstraint("(state = 'final') = (second_by IS NOT NULL)", name="ck_opening_run_final"),
        Index("ix_opening_run_state", "state"),
    )
    ERASABLE: ClassVar = ("ended_reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = (
        "first_by", "first_at", "second_by", "second_at", "ended_by", "ended_at", "ended_reason",
    )  # fmt: skip
    STEPS: ClassVar = {
        "state": {
            START: ("draft",),
            "draft": ("signed", "replaced", "discarded"),
            "signed": ("final", "replaced", "discarded"),
        }
    }

    id: int = col.number(primary_key=True)
    state: str = col.text()
    as_of: str = col.day()
    name: str = col.text()
    sha256: str = col.text()
    size_bytes: int = col.number()
    items: int = col.number()
    balances: int = col.number()
    warnings: int = col.number()
    parts: str = col.text()
    sums: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
    first_by: int | None = col.number(nullable=True)
    first_at: str | None = col.text(nullable=True)
    second_by: int | None = col.number(nullable=True)
    second_at: str | None = col.text(nullable=True)
    ended_by: int | None = col.number(nullable=True)
    ended_at: str | None = col.text(nullable=True)
    ended_reason: str | None = col.text(nullable=True)


class OpeningSum(SQLModel, table=True):
    """What a take-over gives one account: its balance, debit positive, and the items that make it up, if any do."""

    __tablename__ = "opening_sum"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["run"], ["opening_run.id"], name="fk_opening_sum_run"), clustered=True
    )
    MUTABLE: ClassVar = ()

    run: int = col.number(primary_key=True)
    office: str = col.text(primary_key=True)
    account: str = col.text(primary_key=True)
    balance_cents: int = col.cents()
    items: int = col.number()
    items_cents: int = col.cents()


class ItemFacts(SQLModel, table=True):
    """What an item taken over brings along that the order tells of every other one."""

    __tablename__ = "item_facts"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_item_facts_item"), clustered=True
    )
    ERASABLE: ClassVar = ("debt_reason", "document")
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    notice_date: str | None = col.day(nullable=True)
    served_on: str | None = col.day(nullable=True)
    final_on: str | None = col.day(nullable=True)
    enforceable: int | None = col.flag(nullable=True)
    debt_reason: str | None = col.text(nullable=True)
    period_from: str | None = col.day(nullable=True)
    period_to: str | None = col.day(nullable=True)
    document: str | None = col.text(nullable=True)


class SuspenseOrigin(SQLModel, table=True):
    """What was said of unclear money taken over, or taken in cash for a number nobody knows: day, payer and words."""

    __tablename__ = "suspense_origin"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_suspense_origin_item"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("name", "counter_iban", "remittance")
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    bank_day: str = col.day()
    name: str | None = col.text(nullable=True)
    counter_iban: str | None = col.text(nullable=True)
    remittance: str | None = col.text(nullable=True)


class PartyFormer(SQLModel, table=True):
    """The number that a party had in the system it was taken over from; clerks go on asking for it."""

    __tablename__ = "party_former"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_party_former_party"),
        Index("ix_party_former_party", "party"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    key: str = col.text(primary_key=True)
    party: int = col.number()
