"""Rows beside the journal: the vouchers of entries made by hand, and the lists that dimensions are checked against."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col


class DimensionValue(SQLModel, table=True):
    """A value that a dimension of postings may have, in one office or, where `office` is blank, in all."""

    __tablename__ = "dimension_value"
    __table_args__ = col.strict(clustered=True)
    MUTABLE: ClassVar = ("name", "closed_on")

    dimension: str = col.text(primary_key=True)
    value: str = col.text(primary_key=True)
    office: str = col.text(primary_key=True)
    name: str = col.text()
    opened_on: str = col.day()
    closed_on: str | None = col.day(nullable=True)


class Voucher(SQLModel, table=True):
    """The paper behind an entry made by hand (Beleg); its entries have the source `manual:ID`, the first is here."""

    __tablename__ = "voucher"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "position"], ["entry.office", "entry.position"], name="fk_voucher_entry"),
        Index("ix_voucher_fingerprint", "fingerprint"),
    )
    ERASABLE: ClassVar = ("document",)
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    office: str = col.text()
    position: int = col.number()
    document: str = col.text()
    fingerprint: str = col.text()
    file_sha256: str | None = col.text(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()
