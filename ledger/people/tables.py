"""Who may act (users and their roles), and whom the Kasse deals with (parties)."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import ROWS


class User(SQLModel, table=True):
    """A person or job that acts; the chain knows only the number, so that a name can be erased."""

    __tablename__ = "app_user"
    __table_args__ = col.strict(UniqueConstraint("name", name="uq_app_user_name"))
    MUTABLE: ClassVar = ("name", "locked")

    id: int = col.number(primary_key=True)
    name: str = col.text()
    locked: int = col.flag()
    created_at: str = col.text()


class UserRole(SQLModel, table=True):
    """A right that a user holds in an office, or in all ('*')."""

    __tablename__ = "user_role"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_user_role_user"), clustered=True
    )
    MUTABLE: ClassVar = ()

    user_id: int = col.number(primary_key=True)
    office: str = col.text(primary_key=True)
    role: str = col.text(primary_key=True)


class Party(SQLModel, table=True):
    """A debtor or payee; `legal_name` is the account holder's, the keys are name and address as they are compared."""

    __tablename__ = "party"
    __table_args__ = col.strict(Index("ix_party_match_key", "match_key"))
    MUTABLE: ClassVar = (
        "name",
        "legal_name",
        "street",
        "house_number",
        "postcode",
        "town",
        "country",
        "birth_date",
        "vat_id",
        "merged_into",
        "match_key",
        "address_key",
    )

    id: int = col.number(primary_key=True)
    name: str = col.text()
    legal_name: str | None = col.text(nullable=True)
    street: str | None = col.text(nullable=True)
    house_number: str | None = col.text(nullable=True)
    postcode: str | None = col.text(nullable=True)
    town: str | None = col.text(nullable=True)
    country: str | None = col.text(nullable=True)
    birth_date: str | None = col.day(nullable=True)
    vat_id: str | None = col.text(nullable=True)
    merged_into: int | None = col.number(nullable=True)
    match_key: str = col.text()
    address_key: str = col.text(sa_column_kwargs={"server_default": ""})
    created_at: str = col.text()


class PartySeal(SQLModel, table=True):
    """A seal of a person: salted hashes of the row and of its accounts as they stood after a step; the last counts."""

    __tablename__ = "party_seal"
    __table_args__ = col.strict(
        col.proven_key(["party"], ["party.id"], name="fk_party_seal_party"), Index("ix_party_seal_party", "party", "id")
    )
    ERASABLE: ClassVar = ("salt",)
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    party: int = col.number()
    salt: bytes | None = col.raw(nullable=True)
    person: bytes = col.raw()
    accounts: bytes | None = col.raw(nullable=True)


class PartyAccount(SQLModel, table=True):
    """An IBAN a party uses; only kind `own` is evidence when money is matched."""

    __tablename__ = "party_account"
    __table_args__ = col.strict(
        col.proven_key(["party"], ["party.id"], name="fk_party_account_party"),
        CheckConstraint(
            "kind IN ('own', 'third_party', 'guardian', 'authority', 'payment_service')", name="ck_party_account_kind"
        ),
        Index("ix_party_account_iban", "iban"),
        clustered=True,
    )
    ERASABLE: ClassVar = ROWS
    MUTABLE: ClassVar = ("kind", "until", "bic")

    party: int = col.number(primary_key=True)
    iban: str = col.text(primary_key=True)
    kind: str = col.text()
    source: str = col.text()
    since: str = col.day()
    until: str | None = col.day(nullable=True)
    bic: str | None = col.text(nullable=True)
