"""Rows of duties: how much somebody may approve, who stands in for whom, and merges of parties by two persons."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class ApprovalLimit(SQLModel, table=True):
    """Up to which amount a person may approve an order of an office, or of any ('*'); NULL is no limit."""

    __tablename__ = "approval_limit"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_approval_limit_user"), clustered=True
    )
    MUTABLE: ClassVar = ("max_cents",)

    user_id: int = col.number(primary_key=True)
    office: str = col.text(primary_key=True)
    max_cents: int | None = col.cents(nullable=True)


class Deputy(SQLModel, table=True):
    """Who acts for whom, in which role and office, from day to day, both included."""

    __tablename__ = "deputy"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["principal"], ["app_user.id"], name="fk_deputy_principal"),
        ForeignKeyConstraint(["deputy"], ["app_user.id"], name="fk_deputy_deputy"),
        CheckConstraint("principal <> deputy", name="ck_deputy_other"),
        Index("ix_deputy_deputy", "deputy", "since"),
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("ended_on", "ended_by")

    id: int = col.number(primary_key=True)
    principal: int = col.number()
    deputy: int = col.number()
    office: str = col.text()
    role: str = col.text()
    since: str = col.day()
    until: str = col.day()
    made_by: int = col.number()
    made_at: str = col.text()
    ended_on: str | None = col.day(nullable=True)
    ended_by: int | None = col.number(nullable=True)


class PartyMerge(SQLModel, table=True):
    """Two rows of parties that one person says are one, and another confirms; the trace of a merge."""

    __tablename__ = "party_merge"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["source"], ["party.id"], name="fk_party_merge_source"),
        ForeignKeyConstraint(["target"], ["party.id"], name="fk_party_merge_target"),
        CheckConstraint("source <> target", name="ck_party_merge_other"),
        CheckConstraint("state IN ('proposed', 'merged', 'refused')", name="ck_party_merge_state"),
        Index("ix_party_merge_source", "source"),
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("decided_by", "decided_at", "items")
    STEPS: ClassVar = {"state": {START: ("proposed",), "proposed": ("merged", "refused")}}

    id: int = col.number(primary_key=True)
    source: int = col.number()
    target: int = col.number()
    reason: str = col.text()
    state: str = col.text()
    proposed_by: int = col.number()
    proposed_at: str = col.text()
    decided_by: int | None = col.number(nullable=True)
    decided_at: str | None = col.text(nullable=True)
    items: int | None = col.number(nullable=True)
