"""Rows of what happened to a claim in law, and of relief with its instalments."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class ClaimEvent(SQLModel, table=True):
    """Something that matters in law to a claim: it interrupts or suspends limitation, stops charges, or proves service.

    `kind` is one of the event kinds of the limitation rules. `until` is the last day of what lasts, none while it goes
    on (`ongoing`) or for what is a single day. `debtor` is the one of joint debtors whom it concerns, none for all of
    them (§ 425 BGB, § 44 (2) AO). A mistake is withdrawn, never changed.
    """

    __tablename__ = "claim_event"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_claim_event_item"),
        ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_claim_event_letter"),
        ForeignKeyConstraint(["debtor"], ["party.id"], name="fk_claim_event_debtor"),
        CheckConstraint("until IS NULL OR until >= day", name="ck_claim_event_until"),
        CheckConstraint("amount_cents IS NULL OR amount_cents > 0", name="ck_claim_event_cents"),
        Index("ix_claim_event_letter", "letter"),
        clustered=True,
    )
    ERASABLE: ClassVar = ("source", "note", "withdrawn_reason")
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("until", "withdrawn_by", "withdrawn_at", "withdrawn_reason")

    office: str = col.text(primary_key=True)
    item: int = col.number(primary_key=True)
    id: int = col.number(primary_key=True)
    kind: str = col.text()
    day: str = col.day()
    until: str | None = col.day(nullable=True)
    ongoing: int = col.flag()
    amount_cents: int | None = col.cents(nullable=True)
    letter: int | None = col.number(nullable=True)
    relief: int | None = col.number(nullable=True)
    debtor: int | None = col.number(nullable=True)
    source: str = col.text()
    note: str | None = col.text(nullable=True)
    made_by: int = col.number()
    made_at: str = col.text()
    withdrawn_by: int | None = col.number(nullable=True)
    withdrawn_at: str | None = col.text(nullable=True)
    withdrawn_reason: str | None = col.text(nullable=True)


class Relief(SQLModel, table=True):
    """Relief of a debtor or the end of a claim: proposed by one person, decided by another with the right for the sum.

    Stundung, Ratenplan (Stundung in parts), Vollstreckungsaufschub, Aussetzung der Vollziehung, Niederschlagung
    (befristet, unbefristet), Erlass (§ 62 LHO, §§ 222, 227, 258, 261, 361 AO); death and insolvency of a debtor.
    `first_day` is the day of death, or of the opening of the proceedings. Small amounts that one decision writes off
    for many debtors share a `batch`. `reference` is given when a plan is granted, `filed_on` is the day on which the
    claims were filed with the insolvency administrator, `filed_cents` the sum filed then.
    """

    __tablename__ = "relief"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_relief_party"),
        CheckConstraint(
            "kind IN ('stundung', 'ratenplan', 'aufschub', 'aussetzung', 'niederschlagung_befristet',"
            " 'niederschlagung_unbefristet', 'absetzung', 'erlass', 'tod', 'insolvenz')",
            name="ck_relief_kind",
        ),
        CheckConstraint(
            "state IN ('proposed', 'granted', 'refused', 'withdrawn', 'ended', 'failed', 'lifted')",
            name="ck_relief_state",
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="ck_relief_persons"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="ck_relief_days"),
        CheckConstraint("kind <> 'niederschlagung_befristet' OR watch_day IS NOT NULL", name="ck_relief_watch"),
        Index("ix_relief_party", "party"),
        Index("ix_relief_state", "state", "kind"),
        Index(
            "ix_relief_batch", "batch", sqlite_where=sql("batch IS NOT NULL"), postgresql_where=sql("batch IS NOT NULL")
        ),
    )
    ERASABLE: ClassVar = ("reason", "document", "decided_reason", "ended_reason")
    MUTABLE: ClassVar = ("watch_day",)
    ONCE: ClassVar = (
        "reference", "decided_by", "decided_at", "decided_reason", "ended_by", "ended_on", "ended_at", "ended_reason",
        "filed_on", "filed_cents",
    )  # fmt: skip
    STEPS: ClassVar = {
        "state": {
            START: ("proposed",),
            "proposed": ("granted", "refused", "withdrawn"),
            "granted": ("ended", "failed", "lifted"),
        }
    }

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    state: str = col.text()
    party: int = col.number()
    batch: int | None = col.number(nullable=True)
    profile: str | None = col.text(nullable=True)
    first_day: str = col.day()
    last_day: str | None = col.day(nullable=True)
    watch_day: str | None = col.day(nullable=True)
    sum_cents: int = col.cents()
    charge: str | None = col.text(nullable=True)
    reason: str = col.text()
    document: str | None = col.text(nullable=True)
    reference: str | None = col.text(nullable=True)
    proposed_by: int = col.number()
    proposed_at: str = col.text()
    decided_by: int | None = col.number(nullable=True)
    decided_at: str | None = col.text(nullable=True)
    decided_reason: str | None = col.text(nullable=True)
    ended_by: int | None = col.number(nullable=True)
    ended_on: str | None = col.day(nullable=True)
    ended_at: str | None = col.text(nullable=True)
    ended_reason: str | None = col.text(nullable=True)
    filed_on: str | None = col.day(nullable=True)
    filed_cents: int | None = col.cents(nullable=True)


class ReliefItem(SQLModel, table=True):
    """An item that a relief concerns, with what the end of the relief brings back: old due day and dunning level.

    `part` says what the item is in the relief: a `claim` it is about, a `late` charge of the time before it, `interest`
    for its time, or the charge of a `default` on an instalment; `late` and `interest` are made when it is granted,
    `default` when it ends early. `position` is the entry that wrote it off.
    """

    __tablename__ = "relief_item"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["relief"], ["relief.id"], name="fk_relief_item_relief"),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_relief_item_item"),
        CheckConstraint("cents > 0", name="ck_relief_item_cents"),
        CheckConstraint("part IN ('claim', 'late', 'interest', 'default')", name="ck_relief_item_part"),
        Index("ix_relief_item_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("position",)

    relief: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    office: str = col.text()
    item: int = col.number()
    part: str = col.text()
    cents: int = col.cents()
    due_before: str = col.day()
    level_before: int = col.number()
    dunned_before: str | None = col.day(nullable=True)
    position: int | None = col.number(nullable=True)


class ReliefPaid(SQLModel, table=True):
    """What a relief takes back of a claim that is paid, and for whom; it becomes a credit when it is granted.

    `position` is the entry that made the credit.
    """

    __tablename__ = "relief_paid"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["relief"], ["relief.id"], name="fk_relief_paid_relief"),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_relief_paid_item"),
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_relief_paid_party"),
        CheckConstraint("cents > 0", name="ck_relief_paid_cents"),
        Index("ix_relief_paid_item", "office", "item"),
        Index("ix_relief_paid_party", "party"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("position",)

    relief: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    office: str = col.text()
    item: int = col.number()
    party: int = col.number()
    cents: int = col.cents()
    position: int | None = col.number(nullable=True)


class ReliefInstalment(SQLModel, table=True):
    """One instalment (Rate) of a plan: when it is due, its share of the claims and its interest."""

    __tablename__ = "relief_instalment"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["relief"], ["relief.id"], name="fk_relief_instalment_relief"),
        CheckConstraint("cents > 0 AND interest_cents >= 0", name="ck_relief_instalment_cents"),
        UniqueConstraint("relief", "due", name="uq_relief_instalment_due"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    relief: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    due: str = col.day()
    cents: int = col.cents()
    interest_cents: int = col.cents()


class ReliefLimit(SQLModel, table=True):
    """Up to which sum a person may grant a kind of relief, or any kind ('*'); NULL is no limit."""

    __tablename__ = "relief_limit"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_relief_limit_user"),
        CheckConstraint("max_cents IS NULL OR max_cents >= 0", name="ck_relief_limit_cents"),
        clustered=True,
    )
    MUTABLE: ClassVar = ("max_cents",)

    user_id: int = col.number(primary_key=True)
    kind: str = col.text(primary_key=True)
    max_cents: int | None = col.cents(nullable=True)
