"""Rows of mandates: what a debtor allowed us to collect, what was changed since, every reference ever used."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class Mandate(SQLModel, table=True):
    """A mandate as it stands; what it was before is in its amendments and in the event log.

    It covers everything that `party` owes, or only one office, some kinds of claims, one reference. `used_before` is
    the last use by a former system: then the debtor's bank knows the mandate. `uses` and `last_used` follow from it and
    from our collections. `salt` keeps the seals of a mandate from being guessed, and goes with its words.
    """

    __tablename__ = "mandate"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_mandate_party"),
        ForeignKeyConstraint(["office"], ["office.code"], name="fk_mandate_office"),
        CheckConstraint("scheme IN ('CORE', 'B2B')", name="ck_mandate_scheme"),
        CheckConstraint("usage IN ('recurrent', 'once')", name="ck_mandate_usage"),
        CheckConstraint("state IN ('active', 'suspended', 'revoked', 'ended')", name="ck_mandate_state"),
        CheckConstraint("scheme = 'B2B' OR confirmed_on IS NULL", name="ck_mandate_confirmed"),
        CheckConstraint("notice_days IS NULL OR notice_days BETWEEN 1 AND 60", name="ck_mandate_notice"),
        Index("ix_mandate_party", "party"),
        Index("ix_mandate_iban", "iban"),
    )
    MUTABLE: ClassVar = (
        "creditor_id",
        "reference",
        "party",
        "debtor_name",
        "iban",
        "bic",
        "document",
        "document_sha256",
        "office",
        "claim_kinds",
        "covers_reference",
        "notice_days",
        "final",
        "confirmed_on",
        "last_used",
        "uses",
        "state_reason",
        "resume_on",
        "salt",
    )
    STEPS: ClassVar = {
        "state": {
            START: ("active", "suspended", "ended"),
            "active": ("suspended", "revoked", "ended"),
            "suspended": ("active", "revoked", "ended"),
            "ended": ("active", "suspended", "revoked"),
        }
    }

    id: int = col.number(primary_key=True)
    creditor_id: str = col.text()
    reference: str = col.text()
    scheme: str = col.text()
    usage: str = col.text()
    party: int = col.number()
    debtor_name: str = col.text()
    iban: str = col.text()
    bic: str | None = col.text(nullable=True)
    signed: str = col.day()
    document: str | None = col.text(nullable=True)
    document_sha256: str | None = col.text(nullable=True)
    office: str | None = col.text(nullable=True)
    claim_kinds: str | None = col.text(nullable=True)
    covers_reference: str | None = col.text(nullable=True)
    notice_days: int | None = col.number(nullable=True)
    state: str = col.text()
    state_reason: str | None = col.text(nullable=True)
    resume_on: str | None = col.day(nullable=True)
    final: int = col.flag()
    confirmed_on: str | None = col.day(nullable=True)
    last_used: str | None = col.day(nullable=True)
    uses: int = col.number()
    used_before: str | None = col.day(nullable=True)
    valid_from: str = col.day()
    created_by: int = col.number()
    created_at: str = col.text()
    salt: bytes | None = col.raw(nullable=True)


class MandateReference(SQLModel, table=True):
    """A mandate reference that was ever used under a creditor identifier: never given to another mandate."""

    __tablename__ = "mandate_reference"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["mandate"], ["mandate.id"], name="fk_mandate_reference_mandate"),
        Index("ix_mandate_reference_mandate", "mandate"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    creditor_key: str = col.text(primary_key=True)
    key: str = col.text(primary_key=True)
    mandate: int = col.number()
    since: str = col.day()


class MandateAmendment(SQLModel, table=True):
    """One change that the debtor's bank must be told with the next collection; NULL `run`: not told yet."""

    __tablename__ = "mandate_amendment"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["mandate"], ["mandate.id"], name="fk_mandate_amendment_mandate"),
        CheckConstraint("field IN ('reference', 'iban', 'creditor_id', 'creditor_name')", name="ck_mandate_amendment"),
        CheckConstraint("(run IS NULL) = (line IS NULL)", name="ck_mandate_amendment_told"),
        Index(
            "ix_mandate_amendment_untold",
            "mandate",
            sqlite_where=sql("run IS NULL"),
            postgresql_where=sql("run IS NULL"),
        ),
        clustered=True,
    )
    ERASABLE: ClassVar = ("old", "new")
    MUTABLE: ClassVar = ("run", "line")

    mandate: int = col.number(primary_key=True)
    number: int = col.number(primary_key=True)
    field: str = col.text()
    old: str = col.text()
    new: str = col.text()
    at: str = col.text()
    by: int = col.number()
    run: int | None = col.number(nullable=True)
    line: int | None = col.number(nullable=True)
