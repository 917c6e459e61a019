"""Law files of an office as the book keeps them: in versions, never changed."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import SQLModel, UniqueConstraint

from ledger.store import columns as col


class LawFile(SQLModel, table=True):
    """A version of a law file; the newest one of its name is in force, an empty text takes the file away."""

    __tablename__ = "law_file"
    __table_args__ = col.strict(UniqueConstraint("name", "version", name="uq_law_file_version"), clustered=True)
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    name: str = col.text()
    version: int = col.number()
    text: str = col.text()
    sha256: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
