"""Rows beside items: locks (Sperren), with reason and days, joint debtors and their seals."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col

KINDS = "kind IN ('dunning', 'payment', 'enforcement')"
LIFTED = ("lifted_by", "lifted_at", "lifted_on")


class ItemLock(SQLModel, table=True):
    """A lock on one item; both days count, `until` is NULL where it holds until lifted."""

    __tablename__ = "item_lock"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_item_lock_item"),
        CheckConstraint(KINDS, name="ck_item_lock_kind"),
        Index("ix_item_lock_kind", "kind", "since"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = LIFTED

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    id: int = col.number(primary_key=True)
    kind: str = col.text()
    reason: str = col.text()
    since: str = col.day()
    until: str | None = col.day(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()
    lifted_by: int | None = col.number(nullable=True)
    lifted_at: str | None = col.text(nullable=True)
    lifted_on: str | None = col.day(nullable=True)


class PartyLock(SQLModel, table=True):
    """A lock on everything of one party."""

    __tablename__ = "party_lock"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_party_lock_party"),
        CheckConstraint(KINDS, name="ck_party_lock_kind"),
        Index("ix_party_lock_kind", "kind", "since"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = LIFTED

    party: int = col.number(primary_key=True)
    id: int = col.number(primary_key=True)
    kind: str = col.text()
    reason: str = col.text()
    since: str = col.day()
    until: str | None = col.day(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()
    lifted_by: int | None = col.number(nullable=True)
    lifted_at: str | None = col.text(nullable=True)
    lifted_on: str | None = col.day(nullable=True)


class ItemDebtor(SQLModel, table=True):
    """A joint debtor (Gesamtschuldner) of an item besides its first one: whoever pays, it is paid for all."""

    __tablename__ = "item_debtor"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_item_debtor_item"),
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_item_debtor_party"),
        Index("ix_item_debtor_party", "party"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("party", "released_on")

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    party: int = col.number(primary_key=True)
    since: str = col.day()
    released_on: str | None = col.day(nullable=True)


class JointSeal(SQLModel, table=True):
    """A joint debtor of an item or an order as they stood after a step, or that they are gone; the last row counts."""

    __tablename__ = "joint_seal"
    __table_args__ = col.strict(
        col.proven_key(["party"], ["party.id"], name="fk_joint_seal_party"),
        CheckConstraint("kind IN ('item', 'order')", name="ck_joint_seal_kind"),
        Index("ix_joint_seal_row", "office", "number", "party", "kind", "id"),
    )
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    office: str = col.text()
    number: int = col.number()
    party: int = col.number()
    since: str | None = col.day(nullable=True)
    released_on: str | None = col.day(nullable=True)
    standing: int = col.flag()
