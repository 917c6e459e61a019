"""Rows of keeping and erasing: decisions to erase, who was erased, whose data is restricted."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class Erasure(SQLModel, table=True):
    """A decision to erase personal data: of one person, or of all that was kept long enough before a day.

    Proposed by one person, decided by another. While it is `approved`, which is only inside the unit of work that
    erases, the guards let personal data be blanked. The counts say what is gone and why `verify` misses texts; `rows`
    names what went by the numbers of its keys, so that it can go again from an older backup.
    """

    __tablename__ = "erasure"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_erasure_party"),
        CheckConstraint("(party IS NULL) <> (before IS NULL)", name="ck_erasure_scope"),
        CheckConstraint("state IN ('proposed', 'approved', 'done', 'refused')", name="ck_erasure_state"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="ck_erasure_persons"),
        CheckConstraint("state IN ('proposed', 'refused') OR decided_by IS NOT NULL", name="ck_erasure_decided"),
        Index("ix_erasure_state", "state"),
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("decided_by", "decided_at", "persons", "fields", "texts", "details", "rows")
    STEPS: ClassVar = {
        "state": {START: ("proposed",), "proposed": ("approved", "refused"), "approved": ("done",)},
    }

    id: int = col.number(primary_key=True)
    state: str = col.text()
    party: int | None = col.number(nullable=True)
    before: str | None = col.day(nullable=True)
    reason: str = col.text()
    proposed_by: int = col.number()
    proposed_at: str = col.text()
    decided_by: int | None = col.number(nullable=True)
    decided_at: str | None = col.text(nullable=True)
    persons: int | None = col.number(nullable=True)
    fields: int | None = col.number(nullable=True)
    texts: int | None = col.number(nullable=True)
    details: int | None = col.number(nullable=True)
    rows: str | None = col.text(nullable=True)


class ErasedParty(SQLModel, table=True):
    """A party whose personal data is gone; its number stays in items and orders."""

    __tablename__ = "erased_party"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_erased_party_party"),
        ForeignKeyConstraint(["erasure"], ["erasure.id"], name="fk_erased_party_erasure"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    party: int = col.number(primary_key=True)
    erasure: int = col.number()


class PartyRestriction(SQLModel, table=True):
    """The processing of a person's data is restricted (Einschränkung, Art. 18 DSGVO) until the row says lifted."""

    __tablename__ = "party_restriction"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_party_restriction_party"),
        CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="ck_party_restriction_lifted"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("reason", "lifted_reason")
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("lifted_by", "lifted_at", "lifted_reason")

    party: int = col.number(primary_key=True)
    number: int = col.number(primary_key=True)
    reason: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
    lifted_by: int | None = col.number(nullable=True)
    lifted_at: str | None = col.text(nullable=True)
    lifted_reason: str | None = col.text(nullable=True)
