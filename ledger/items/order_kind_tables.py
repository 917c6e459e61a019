"""Rows that kinds of orders add: joint debtors, schedules, expected money, invoices."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from ledger.store import columns as col


class OrderDebtor(SQLModel, table=True):
    """A joint debtor (Gesamtschuldner) of an order besides its first one."""

    __tablename__ = "order_debtor"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_order_debtor_order"
        ),
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_order_debtor_party"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    party: int = col.number(primary_key=True)


class StandingOrder(SQLModel, table=True):
    """The schedule of a standing order (Daueranordnung); nothing falls due after `ended_on`."""

    __tablename__ = "standing_order"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_standing_order_order"
        ),
        CheckConstraint("months IN (1, 2, 3, 6, 12)", name="ck_standing_order_months"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("ended_on",)

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    months: int = col.number()
    first_due: str = col.day()
    last_due: str | None = col.day(nullable=True)
    ended_on: str | None = col.day(nullable=True)


class StandingItem(SQLModel, table=True):
    """An item that a standing order has made for one due day; there is never a second one."""

    __tablename__ = "standing_item"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "order_id"], ["standing_order.office", "standing_order.order_id"], name="fk_standing_item_order"
        ),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_standing_item_item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    due: str = col.day(primary_key=True)
    item: int = col.number()


class GeneralOrder(SQLModel, table=True):
    """What a general order expects: money under references of a scheme, in certain amounts, until it ends."""

    __tablename__ = "general_order"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_general_order_order"
        ),
        ForeignKeyConstraint(["scheme"], ["reference_scheme.code"], name="fk_general_order_scheme"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("ended_on",)

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    scheme: str = col.text()
    amounts: str = col.text()
    first_day: str = col.day()
    ended_on: str | None = col.day(nullable=True)


class OrderInvoice(SQLModel, table=True):
    """What an electronic invoice said that became a payable order; a seller's number comes in once."""

    __tablename__ = "order_invoice"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["office", "order_id"], ["cash_order.office", "cash_order.id"], name="fk_order_invoice_order"
        ),
        Index("ix_order_invoice_number", "seller", "number"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("seller", "seller_name", "stated_iban", "terms")
    MUTABLE: ClassVar = ()

    office: str = col.text(primary_key=True)
    order_id: int = col.number(primary_key=True)
    seller: str = col.text()
    seller_name: str = col.text()
    number: str = col.text()
    syntax: str = col.text()
    issued_on: str = col.day()
    leitweg: str | None = col.text(nullable=True)
    means: str | None = col.text(nullable=True)
    collected: int = col.flag()
    stated_iban: str | None = col.text(nullable=True)
    terms: str | None = col.text(nullable=True)
    sha256: str = col.text()


class LeitwegOffice(SQLModel, table=True):
    """Which office gets the invoices with a Leitweg-ID."""

    __tablename__ = "leitweg_office"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office"], ["office.code"], name="fk_leitweg_office_office"), clustered=True
    )
    MUTABLE: ClassVar = ("office",)

    leitweg: str = col.text(primary_key=True)
    office: str = col.text()
