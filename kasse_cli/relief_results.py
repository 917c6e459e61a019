"""How relief is shown: columns of its lists and the sentences about one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from kasse_cli.claim_words import CLAIM_KINDS, RELIEF_KINDS
from kasse_cli.output import Column, Line, say
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.relief_reader import Relief

RELIEFS = (
    Column("number", N_("Relief"), "count"),
    Column("kind", N_("Kind"), "word", words=RELIEF_KINDS),
    Column("state", N_("State"), "word"),
    Column("party", N_("Debtor")),
    Column("batch", N_("Proposed at once as"), "count", minor=3),
    Column("first_day", N_("From"), "day", minor=2),
    Column("last_day", N_("Until"), "day"),
    Column("watch_day", N_("Look again"), "day", minor=True),
    Column("sum_cents", N_("Sum"), "cents", minor=True),
    Column("interest_cents", N_("Interest"), "cents", minor=2),
    Column("open_cents", N_("Open"), "cents"),
    Column("reference", N_("Reference"), minor=True),
    Column("proposed_by", N_("Proposed by"), minor=2),
    Column("decided_by", N_("Decided by"), minor=2),
)
ITEMS = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("part", N_("Part"), "word"),
    Column("claim_kind", N_("Kind"), "word", words=CLAIM_KINDS, minor=True),
    Column("reference", N_("Reference"), shown=False),
    Column("cents", N_("Sum"), "cents"),
    Column("open_cents", N_("Open"), "cents"),
    Column("due", N_("Due"), "day"),
    Column("due_before", N_("Due before"), "day"),
    Column("level_before", N_("Level before"), "count", minor=2),
)
INSTALMENTS = (
    Column("line", N_("No."), "count"),
    Column("due", N_("Due"), "day"),
    Column("cents", N_("Share"), "cents"),
    Column("interest_cents", N_("Interest"), "cents"),
    Column("sum_cents", N_("Instalment"), "cents"),
    Column("missing_cents", N_("Missing"), "cents"),
)
PAID = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("party", N_("Paid by")),
    Column("cents", N_("Given back"), "cents"),
    Column("credit", N_("Credit"), "count"),
    Column("credit_open_cents", N_("Open"), "cents"),
)
FILING = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference"), shown=False),
    Column("claim_kind", N_("Kind"), "word", words=CLAIM_KINDS),
    Column("due", N_("Due"), "day", minor=True),
    Column("cents", N_("Sum"), "cents"),
    Column("rank", N_("Rank"), "word", minor=True),
    Column("norm", N_("Paragraph")),
    Column("status", N_("State"), "word", minor=True),
)
SMALL = (
    Column("party", N_("Debtor")),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference"), shown=False),
    Column("claim_kind", N_("Kind"), "word", words=CLAIM_KINDS, minor=True),
    Column("due", N_("Due"), "day"),
    Column("amount_cents", N_("Amount"), "cents", minor=True),
    Column("open_cents", N_("Open"), "cents"),
    Column("limit_cents", N_("Limit"), "cents"),
    Column("norm", N_("Paragraph"), minor=True),
)
LIMITS = (Column("name", N_("Name")), Column("kind", N_("Kind"), "word"), Column("max_cents", N_("Up to"), "cents"))
WORDS = (
    N_("stundung"), N_("ratenplan"), N_("aufschub"), N_("aussetzung"), N_("niederschlagung_befristet"),
    N_("niederschlagung_unbefristet"), N_("erlass"), N_("absetzung"), N_("tod"), N_("insolvenz"), N_("ordinary"),
    N_("subordinate"),
)  # fmt: skip


def summary(relief: Relief) -> list[Line]:
    """Return the sentences about a relief: what it is, who decided, how it ended."""
    row = relief.row
    head = N_("relief {relief} ({kind}) of {party}: {state}, {sum_cents}, from {first}")
    first = dt.date.fromisoformat(row.first_day)
    lines = [
        say(head, relief=row.number, kind=row.kind, party=row.party, state=row.state, sum_cents=row.sum_cents,
            first=first),
        say(N_("proposed by {by}: {reason}"), by=row.proposed_by, reason=row.reason),
    ]  # fmt: skip
    if row.interest_cents:
        lines.append(say(N_("interest {interest_cents}"), interest_cents=row.interest_cents))
    if row.reference:
        lines.append(say(N_("reference for all of it: {reference}"), reference=row.reference))
    if row.watch_day:
        lines.append(say(N_("looked at again on {day}"), day=dt.date.fromisoformat(row.watch_day)))
    if row.document:
        lines.append(say(N_("document: {document}"), document=row.document))
    if row.decided_by:
        lines.append(say(N_("decided by {by} at {at}"), by=row.decided_by, at=row.decided_at))
    if row.filed_on:
        filed_on = dt.date.fromisoformat(row.filed_on)
        lines.append(say(N_("filed on {day}: {filed_cents}"), day=filed_on, filed_cents=row.filed_cents or 0))
    if row.ended_on:
        ended = dt.date.fromisoformat(row.ended_on)
        lines.append(say(N_("ended on {day} by {by}: {reason}"), day=ended, by=row.ended_by, reason=row.ended_reason))
    return lines
