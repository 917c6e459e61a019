"""Rows of cash desks (Barkassen) and imprest funds (Handvorschüsse): who holds them, how they were counted."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class CashDesk(SQLModel, table=True):
    """A cash desk or an imprest fund: an account of its office that holds cash, in the hands of one person."""

    __tablename__ = "cash_desk"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "account"], ["account.office", "account.number"], name="fk_cash_desk_account"),
        UniqueConstraint("office", "account", name="uq_cash_desk_account"),
        CheckConstraint("kind IN ('desk', 'fund')", name="ck_cash_desk_kind"),
        CheckConstraint("(kind = 'fund') = (fixed_cents IS NOT NULL)", name="ck_cash_desk_fixed"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("name", "limit_cents", "single_cents", "fixed_cents", "settle_days")
    ONCE: ClassVar = ("closed_on", "closed_by")

    code: str = col.text(primary_key=True)
    office: str = col.text()
    kind: str = col.text()
    name: str = col.text()
    account: str = col.text()
    limit_cents: int | None = col.cents(nullable=True)
    single_cents: int | None = col.cents(nullable=True)
    fixed_cents: int | None = col.cents(nullable=True)
    settle_days: int | None = col.number(nullable=True)
    opened_on: str = col.day()
    opened_by: int = col.number()
    closed_on: str | None = col.day(nullable=True)
    closed_by: int | None = col.number(nullable=True)


class CashHolder(SQLModel, table=True):
    """Who holds a desk from a day on, until the next one does or nobody; `party` is where a shortage is claimed."""

    __tablename__ = "cash_holder"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["desk"], ["cash_desk.code"], name="fk_cash_holder_desk"),
        ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_cash_holder_user"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("until",)

    desk: str = col.text(primary_key=True)
    line: int = col.number(primary_key=True)
    user_id: int = col.number()
    party: int | None = col.number(nullable=True)
    since: str = col.day()
    until: str | None = col.day(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()


class CashTerminal(SQLModel, table=True):
    """A card terminal of a desk, and what its acquirer keeps: parts per million of the sum, cents for each payment."""

    __tablename__ = "cash_terminal"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["desk"], ["cash_desk.code"], name="fk_cash_terminal_desk"),
        ForeignKeyConstraint(["iban"], ["bank_account.iban"], name="fk_cash_terminal_account"),
        CheckConstraint("fee_ppm >= 0 AND fee_each_cents >= 0", name="ck_cash_terminal_fee"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("acquirer", "acquirer_iban", "iban", "fee_ppm", "fee_each_cents")
    ONCE: ClassVar = ("closed_on",)

    code: str = col.text(primary_key=True)
    desk: str = col.text()
    acquirer: str = col.text()
    acquirer_iban: str | None = col.text(nullable=True)
    iban: str = col.text()
    fee_ppm: int = col.number()
    fee_each_cents: int = col.cents()
    opened_on: str = col.day()
    closed_on: str | None = col.day(nullable=True)


class CashCount(SQLModel, table=True):
    """A count of a desk (Kassensturz): Soll and Ist at that moment, the entry of a difference, two signatures.

    `seen_position` is the last entry of the desk's office at that moment: what is posted later was not counted. A count
    that was mistyped is rejected by another person instead of confirmed: its difference is taken back, its row stays.
    """

    __tablename__ = "cash_count"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["desk"], ["cash_desk.code"], name="fk_cash_count_desk"),
        CheckConstraint("expected_cents >= 0 AND counted_cents >= 0", name="ck_cash_count_sums"),
        CheckConstraint("(position IS NULL) = (expected_cents = counted_cents)", name="ck_cash_count_difference"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> counted_by", name="ck_cash_count_two"),
        CheckConstraint(
            "rejected_by IS NULL OR confirmed_by IS NULL AND rejected_by <> counted_by", name="ck_cash_count_rejected"
        ),
        Index("ix_cash_count_day", "desk", "day"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("remark", "reason")
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("confirmed_by", "confirmed_at", "rejected_by", "rejected_at", "reason")

    desk: str = col.text(primary_key=True)
    number: int = col.number(primary_key=True)
    day: str = col.day()
    expected_cents: int = col.cents()
    counted_cents: int = col.cents()
    office: str | None = col.text(nullable=True)
    position: int | None = col.number(nullable=True)
    item: int | None = col.number(nullable=True)
    remark: str = col.text()
    counted_by: int = col.number()
    counted_at: str = col.text()
    seen_position: int = col.number()
    confirmed_by: int | None = col.number(nullable=True)
    confirmed_at: str | None = col.text(nullable=True)
    rejected_by: int | None = col.number(nullable=True)
    rejected_at: str | None = col.text(nullable=True)
    reason: str | None = col.text(nullable=True)


class CashCountPiece(SQLModel, table=True):
    """How many notes or coins of a value were counted."""

    __tablename__ = "cash_count_piece"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["desk", "number"], ["cash_count.desk", "cash_count.number"], name="fk_cash_count_piece"),
        CheckConstraint("pieces > 0 AND value_cents > 0", name="ck_cash_count_piece"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    desk: str = col.text(primary_key=True)
    number: int = col.number(primary_key=True)
    value_cents: int = col.cents(primary_key=True)
    pieces: int = col.number()


class CashRest(SQLModel, table=True):
    """A day on which a desk was not open: it is not counted, and takes and pays nothing."""

    __tablename__ = "cash_rest"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["desk"], ["cash_desk.code"], name="fk_cash_rest_desk"), clustered=True
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()

    desk: str = col.text(primary_key=True)
    day: str = col.day(primary_key=True)
    reason: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()


class CashSettlement(SQLModel, table=True):
    """What the holder of an imprest fund accounts for: listed, then certified by another person and posted."""

    __tablename__ = "cash_settlement"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["fund"], ["cash_desk.code"], name="fk_cash_settlement_fund"),
        CheckConstraint("state IN ('listed', 'certified', 'rejected')", name="ck_cash_settlement_state"),
        CheckConstraint("(state = 'certified') = (position IS NOT NULL)", name="ck_cash_settlement_posted"),
        CheckConstraint("(state = 'listed') = (decided_by IS NULL)", name="ck_cash_settlement_decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> listed_by", name="ck_cash_settlement_two"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("reason",)
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("position", "decided_by", "decided_at", "decided_on", "reason")
    STEPS: ClassVar = {"state": {START: ("listed",), "listed": ("certified", "rejected")}}

    fund: str = col.text(primary_key=True)
    number: int = col.number(primary_key=True)
    state: str = col.text()
    day: str = col.day()
    cents: int = col.cents()
    count: int = col.number()
    sha256: str | None = col.text(nullable=True)
    file_name: str | None = col.text(nullable=True)
    listed_by: int = col.number()
    listed_at: str = col.text()
    decided_by: int | None = col.number(nullable=True)
    decided_at: str | None = col.text(nullable=True)
    decided_on: str | None = col.day(nullable=True)
    reason: str | None = col.text(nullable=True)
    position: int | None = col.number(nullable=True)


class CashVoucher(SQLModel, table=True):
    """One voucher of a settlement: what was bought when, and the account and dimensions it is coded to."""

    __tablename__ = "cash_voucher"
    __table_args__ = col.strict(
        ForeignKeyConstraint(
            ["fund", "settlement"], ["cash_settlement.fund", "cash_settlement.number"], name="fk_cash_voucher"
        ),
        CheckConstraint("cents > 0", name="ck_cash_voucher_cents"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("document", "text")
    MUTABLE: ClassVar = ()

    fund: str = col.text(primary_key=True)
    settlement: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    day: str = col.day()
    document: str = col.text()
    text: str = col.text()
    cents: int = col.cents()
    account: str = col.text()
    dimensions: str | None = col.text(nullable=True)
