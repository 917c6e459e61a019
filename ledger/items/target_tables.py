"""Rows of references that stand for several items: what a payer quotes from a letter, a plan, a case, an account."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col


class ReferenceTarget(SQLModel, table=True):
    """A reference that names a claim, a letter, a plan, a case or a party's account; `number` is its own number."""

    __tablename__ = "reference_target"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office"], ["office.code"], name="fk_reference_target_office"),
        CheckConstraint("kind IN ('claim', 'letter', 'plan', 'case', 'party')", name="ck_reference_target_kind"),
        Index("ix_reference_target_thing", "kind", "office", "number"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("number",)  # a party may become part of another

    reference: str = col.text(primary_key=True)
    kind: str = col.text()
    office: str = col.text()
    number: int = col.number()
    made_at: str = col.text()


class ReferenceTargetItem(SQLModel, table=True):
    """An item that a target stands for; the account of a party names none, it stands for all that the party owes."""

    __tablename__ = "reference_target_item"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["reference"], ["reference_target.reference"], name="fk_reference_target_item_target"),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_reference_target_item_item"),
        Index("ix_reference_target_item_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    reference: str = col.text(primary_key=True)
    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
