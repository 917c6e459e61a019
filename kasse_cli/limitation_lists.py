"""How limitation is shown: lists of claims, chains of events in words, sums of what became time-barred."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kasse_cli.claim_words import PROFILE_WORDS
from kasse_cli.i18n import _
from kasse_cli.output import Column, Line, say
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.limitation import Limitation, Link
    from enforcement.limitation_rules import LimitationRule
    from enforcement.limitation_watch import Claim, Lawbook, Standing
    from ledger.store.engines import Store

KINDS = {
    "begin": N_("begin"),
    "end": N_("end"),
    "demand": N_("written demand"),
    "deferral": N_("deferral of payment"),
    "suspended_execution": N_("suspended execution"),
    "stay": N_("stay of enforcement"),
    "security": N_("security"),
    "measure": N_("measure of enforcement"),
    "insolvency_filing": N_("filing in insolvency"),
    "insolvency_bar": N_("bar of enforcement in insolvency"),
    "plan": N_("insolvency or debt settlement plan"),
    "inquiry": N_("inquiry after the address"),
    "acknowledgement": N_("acknowledgement"),
    "payment": N_("part payment"),
    "court_action": N_("court action"),
    "negotiation": N_("negotiation"),
    "force_majeure": N_("force majeure"),
    "estate": N_("claim against an estate"),
    "relief": N_("relief of payment"),
    "impossible": N_("enforcement legally impossible"),
    "title": N_("title"),
    "final": N_("unappealable decision"),
    "closed": N_("end of the proceedings"),
    "assessed": N_("effective assessment"),
    "known": N_("knowledge of claim and debtor"),
}
OUTCOMES = {
    "extinct": N_("the claim is extinct from {day} on"),
    "plea": N_("the debtor can plead limitation from {day} on"),
    "bar": N_("enforcement is barred from {day} on"),
}
WATCH = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference"), minor=True),
    Column("party", N_("Debtor")),
    Column("profile", N_("Law"), "word", words=PROFILE_WORDS, minor=True),
    Column("kind", N_("Kind"), minor=True),
    Column("due", N_("Due"), "day", minor=True),
    Column("open_cents", N_("Open"), "cents"),
    Column("side_cents", N_("Side claims"), "cents", minor=True),
    Column("part_cents", N_("Part amount"), "cents", shown=False),
    Column("end", N_("Ends"), "day"),
    Column("last_event", N_("Last event")),
    Column("last_day", N_("On"), "day"),
    Column("state", N_("State"), "word", shown=False),
    Column("interrupts", N_("Interrupted by"), shown=False),
    Column("suspends", N_("Stopped by"), shown=False),
)
OTHERS = (
    *(column for column in WATCH[:9] if column.key != "kind"),
    Column("state", N_("State"), "word"),
    *WATCH[11:13],
)
LAWS = (
    Column("profile", N_("Law"), "word", words=PROFILE_WORDS),
    Column("norm", N_("Paragraph")),
    Column("claims", N_("Claims"), "count", minor=True),
    Column("interrupts", N_("Interrupted by")),
    Column("suspends", N_("Stopped by")),
)
CHAIN = (
    Column("item", N_("Item")),
    Column("debtor", N_("Debtor"), minor=2),
    Column("part_cents", N_("Part amount"), "cents", minor=True),
    Column("event", N_("Event")),
    Column("day", N_("Day"), "day"),
    Column("until", N_("Until"), "day"),
    Column("end", N_("End of the period"), "day"),
    Column("norm", N_("Paragraph")),
)
EVENTS = (
    Column("item", N_("Item")),
    Column("number", N_("No."), "count"),
    Column("event", N_("Event")),
    Column("day", N_("Day"), "day"),
    Column("until", N_("Until"), "day"),
    Column("debtor", N_("Debtor"), minor=True),
    Column("amount_cents", N_("Part amount"), "cents", minor=True),
    Column("source", N_("Source"), "object", minor=2),
    Column("made_by", N_("By"), minor=2),
    Column("note", N_("Note"), minor=True),
    Column("withdrawn_reason", N_("Withdrawn"), minor=True),
    Column("withdrawn_by", N_("Withdrawn by"), shown=False),
    Column("withdrawn_at", N_("Withdrawn at"), shown=False),
    Column("made_at", N_("Noted at"), shown=False),
)
GROUPS: Mapping[str, Column] = {
    "office": Column("office", N_("Office")),
    "kind": Column("kind", N_("Kind")),
    "profile": Column("profile", N_("Law"), "word", words=PROFILE_WORDS),
    "year": Column("year", N_("Year")),
}
SUMS = (
    Column("why", N_("Because"), "word"),
    Column("count", N_("Claims"), "count"),
    Column("barred_cents", N_("Open at the end"), "cents"),
    Column("open_cents", N_("Open now"), "cents"),
)
BARRED = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference"), minor=True),
    Column("party", N_("Debtor")),
    Column("kind", N_("Kind"), minor=True),
    Column("profile", N_("Law"), "word", words=PROFILE_WORDS, minor=True),
    Column("due", N_("Due"), "day", minor=True),
    Column("end", N_("Ended"), "day"),
    Column("why", N_("Because"), "word"),
    Column("last_kind", N_("Last event"), "word", minor=True),
    Column("last_day", N_("On"), "day", minor=True),
    Column("barred_cents", N_("Open at the end"), "cents"),
    Column("open_cents", N_("Open now"), "cents"),
)
ENDS = (
    Column("item", N_("Item")),
    Column("number", N_("No."), "count"),
    Column("did", N_("Done"), "word"),
    Column("before", N_("Ended before"), "day"),
    Column("end", N_("Ends"), "day"),
    Column("state", N_("State"), "word", minor=True),
)
MEANINGS = {
    "no_event": N_("nothing happened since it fell due"),
    "no_effect": N_("what happened has no effect under its law"),
    "event_old": N_("the last event that counted is too long ago"),
    "plan_failed": N_("a plan failed, and nothing came after it"),
    "relief_over": N_("relief ended, and nothing came after it"),
    "not_posted": N_("dunned, but no demand is noted that left the house"),
    "too_late": N_("what happened came after the end"),
}
WORDS = (N_("noted"), N_("ended"), N_("same"), N_("withdrawn"))


def kind_word(kind: str | None) -> str | None:
    """Return the word of people for a kind of event."""
    return _(KINDS.get(kind, kind)) if kind else None


def kind_words(kinds: Iterable[str]) -> str:
    """Return the words of people for kinds of events in one text."""
    return ", ".join(_(KINDS.get(kind, kind)) for kind in kinds)


def watch_row(claim: Claim, found: Standing, book: Lawbook, day: dt.date) -> dict[str, Any]:
    """Return a claim of the watch list with its next end; what would interrupt it is that of its law."""
    from enforcement.limitation_watch import effects

    rule = book.rule(claim.profile)
    restart, suspend = ((), ()) if isinstance(rule, str) else effects(rule)
    end = found.ahead(day)
    return {
        "office": claim.office, "item": claim.item, "reference": claim.reference,
        "party": found.first_debtor if end != found.end else claim.party,
        "profile": claim.profile, "kind": claim.claim_kind, "due": claim.due, "open_cents": claim.open_cents,
        "side_cents": claim.side_cents, "part_cents": found.part_cents, "end": end, "state": found.state,
        "last_kind": found.last_kind, "last_event": kind_word(found.last_kind), "last_day": found.last_day,
        "interrupts": kind_words(restart), "suspends": kind_words(suspend),
    }  # fmt: skip


def law_row(profile: str, rule: LimitationRule, count: int) -> dict[str, Any]:
    """Return what interrupts and stops limitation under the law of claims on the list."""
    from enforcement.limitation_watch import effects

    restart, suspend = effects(rule)
    words = kind_words(restart) or _("nothing"), kind_words(suspend) or _("nothing")
    return {"profile": profile, "norm": rule.norm, "claims": count, "interrupts": words[0], "suspends": words[1]}


def chain_row(name: str, debtor: str | None, part: Limitation, link: Link) -> dict[str, Any]:
    """Return one link of a chain."""
    return {
        "item": name, "debtor": debtor, "part_cents": part.amount_cents, "kind": link.kind,
        "event": kind_word(link.kind), "day": link.day, "until": link.until, "end": link.end, "norm": link.norm,
    }  # fmt: skip


def chain_lines(part: Limitation, today: dt.date, *, parts: bool) -> Iterator[Line]:
    """Yield the chain in words, with what its end means."""
    if parts and part.amount_cents is not None:
        yield say(N_("of the part of {part_cents}:"), part_cents=part.amount_cents)
    for link in part.links:
        yield Line(link.template, link.fields() | {"kind": kind_word(link.kind) or ""})
    if part.end is None:
        yield say(N_("no end while the interruption goes on"))
        return
    yield say(OUTCOMES[part.outcome], day=part.end + dt.timedelta(days=1))
    if part.barred(today):
        yield say(N_("time-barred on {today}"), today=today)


def lawbook(store: Store, office: str | None) -> Lawbook:
    """Return the limitation law of the book; raises `NotAllowedError` for who may not look at it."""
    from enforcement.law_store import book_law
    from enforcement.limitation_watch import Lawbook
    from enforcement.limitation_watch_reader import check_reader
    from ledger.book.place_store import place_of

    check_reader(store, office)
    return Lawbook(place_of(store), book_law(store))
