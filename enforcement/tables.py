"""Rows of enforcement: dunning runs, letters, what happened to a claim in law, relief with its instalments."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from ledger.store import columns as col
from ledger.store.changes import START


class DunningRun(SQLModel, table=True):
    """A dunning run (Mahnlauf): proposed by one person, released by another, perhaps undone before it was posted."""

    __tablename__ = "dunning_run"
    __table_args__ = col.strict(
        CheckConstraint("state IN ('proposed', 'released', 'discarded', 'undone')", name="ck_dunning_run_state"),
        CheckConstraint("released_by IS NULL OR released_by <> made_by", name="ck_dunning_run_persons"),
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("released_by", "released_at", "ended_by", "ended_at")
    STEPS: ClassVar = {"state": {START: ("proposed",), "proposed": ("released", "discarded"), "released": ("undone",)}}

    id: int = col.number(primary_key=True)
    state: str = col.text()
    day: str = col.day()
    due_until: str = col.day()
    letters: int = col.number()
    items: int = col.number()
    sum_cents: int = col.cents()
    charge_cents: int = col.cents()
    fee_cents: int = col.cents()
    list_hash: bytes = col.raw()
    made_by: int = col.number()
    made_at: str = col.text()
    released_by: int | None = col.number(nullable=True)
    released_at: str | None = col.text(nullable=True)
    ended_by: int | None = col.number(nullable=True)
    ended_at: str | None = col.text(nullable=True)


class Letter(SQLModel, table=True):
    """A letter to a person: made, released by another one, posted, then served or returned.

    `content` is the whole text as data (JSON of the document), `content_sha256` its hash, `pdf_sha256` that of the
    file that was posted. `way` is `post` (notice by fiction) or `service` (with proof). `term_end` is the last day of
    the term it sets.
    """

    __tablename__ = "letter"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_letter_party"),
        ForeignKeyConstraint(["run"], ["dunning_run.id"], name="fk_letter_run"),
        CheckConstraint(
            "state IN ('made', 'released', 'posted', 'served', 'returned', 'cancelled')", name="ck_letter_state"
        ),
        CheckConstraint("way IN ('post', 'service')", name="ck_letter_way"),
        CheckConstraint("released_by IS NULL OR released_by <> made_by", name="ck_letter_persons"),
        Index("ix_letter_party", "party"),
        Index("ix_letter_state", "state", "kind"),
        Index("ix_letter_run", "run", sqlite_where=sql("run IS NOT NULL"), postgresql_where=sql("run IS NOT NULL")),
        Index(
            "uq_letter_reference",
            "reference",
            unique=True,
            sqlite_where=sql("reference IS NOT NULL"),
            postgresql_where=sql("reference IS NOT NULL"),
        ),
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = (
        "released_by", "released_at", "pdf_sha256", "posted_on", "deemed_on", "term_end", "served_on", "proof",
        "returned_on", "returned_reason", "cancelled_by", "cancelled_at", "cancelled_reason",
    )  # fmt: skip
    STEPS: ClassVar = {
        "state": {
            START: ("made",),
            "made": ("released", "cancelled"),
            "released": ("posted", "cancelled"),
            "posted": ("served", "returned"),
        }
    }

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    state: str = col.text()
    way: str = col.text()
    party: int = col.number()
    profile: str | None = col.text(nullable=True)
    level: int = col.number()
    day: str = col.day()
    run: int | None = col.number(nullable=True)
    relief: int | None = col.number(nullable=True)
    reference: str | None = col.text(nullable=True)
    sum_cents: int = col.cents()
    template: str = col.text()
    template_sha256: str = col.text()
    content: str = col.text()
    content_sha256: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
    released_by: int | None = col.number(nullable=True)
    released_at: str | None = col.text(nullable=True)
    pdf_sha256: str | None = col.text(nullable=True)
    posted_on: str | None = col.day(nullable=True)
    deemed_on: str | None = col.day(nullable=True)
    term_end: str | None = col.day(nullable=True)
    served_on: str | None = col.day(nullable=True)
    proof: str | None = col.text(nullable=True)
    returned_on: str | None = col.day(nullable=True)
    returned_reason: str | None = col.text(nullable=True)
    cancelled_by: int | None = col.number(nullable=True)
    cancelled_at: str | None = col.text(nullable=True)
    cancelled_reason: str | None = col.text(nullable=True)


class LetterItem(SQLModel, table=True):
    """An item that a letter names: what was open, the charges until its day, and the dunning level it brings."""

    __tablename__ = "letter_item"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_letter_item_letter"),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_letter_item_item"),
        CheckConstraint("open_cents >= 0 AND charge_cents >= 0", name="ck_letter_item_cents"),
        Index("ix_letter_item_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()

    letter: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    office: str = col.text()
    item: int = col.number()
    open_cents: int = col.cents()
    charge_cents: int = col.cents()
    level_before: int = col.number()
    level_after: int = col.number()
    dunned_before: str | None = col.day(nullable=True)


class ClaimEvent(SQLModel, table=True):
    """Something that matters in law to a claim: it interrupts or suspends limitation, stops charges, or proves service.

    `kind` is one of the event kinds of the limitation rules. `until` is the last day of what lasts, none while it goes
    on (`ongoing`) or for what is a single day. A mistake is withdrawn, never changed.
    """

    __tablename__ = "claim_event"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_claim_event_item"),
        ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_claim_event_letter"),
        CheckConstraint("until IS NULL OR until >= day", name="ck_claim_event_until"),
        CheckConstraint("amount_cents IS NULL OR amount_cents > 0", name="ck_claim_event_cents"),
        Index("ix_claim_event_letter", "letter"),
        clustered=True,
    )
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
    """

    __tablename__ = "relief"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["party"], ["party.id"], name="fk_relief_party"),
        CheckConstraint(
            "kind IN ('stundung', 'ratenplan', 'aufschub', 'aussetzung', 'niederschlagung_befristet',"
            " 'niederschlagung_unbefristet', 'erlass', 'tod', 'insolvenz')",
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
    )
    MUTABLE: ClassVar = ("watch_day",)
    ONCE: ClassVar = ("decided_by", "decided_at", "decided_reason", "ended_by", "ended_on", "ended_at", "ended_reason")
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


class ReliefItem(SQLModel, table=True):
    """An item that a relief concerns, with what the end of the relief brings back: old due day and dunning level."""

    __tablename__ = "relief_item"
    __table_args__ = col.strict(
        ForeignKeyConstraint(["relief"], ["relief.id"], name="fk_relief_item_relief"),
        ForeignKeyConstraint(["office", "item"], ["item.office", "item.id"], name="fk_relief_item_item"),
        CheckConstraint("cents > 0", name="ck_relief_item_cents"),
        Index("ix_relief_item_item", "office", "item"),
        clustered=True,
    )
    MUTABLE: ClassVar = ()
    ONCE: ClassVar = ("position",)

    relief: int = col.number(primary_key=True)
    line: int = col.number(primary_key=True)
    office: str = col.text()
    item: int = col.number()
    cents: int = col.cents()
    due_before: str = col.day()
    level_before: int = col.number()
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


class LetterTemplate(SQLModel, table=True):
    """The wording of a kind of letter as an office keeps it: text with placeholders, in versions, never changed."""

    __tablename__ = "letter_template"
    __table_args__ = col.strict(
        UniqueConstraint("kind", "office", "version", name="uq_letter_template_version"), clustered=True
    )
    MUTABLE: ClassVar = ()

    id: int = col.number(primary_key=True)
    kind: str = col.text()
    office: str = col.text()
    version: int = col.number()
    text: str = col.text()
    sha256: str = col.text()
    made_by: int = col.number()
    made_at: str = col.text()
