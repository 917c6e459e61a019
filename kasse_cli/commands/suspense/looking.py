"""`kasse suspense list|show|suggest`: what is unclear, what is known about it, what it may be for."""

from __future__ import annotations

import sys
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

from kasse_cli.commands.suspense.params import (
    AgeOption,
    CaseArgument,
    CaseOfficeOption,
    ExactOption,
    LeastOption,
    MostOption,
    OwnerListedOption,
    RestOption,
    TextOption,
    WhyListedOption,
)
from kasse_cli.commands.suspense.told import parts_table, said_lines, unsaid, words_of
from kasse_cli.context import Context
from kasse_cli.event_words import VERBS, who_text
from kasse_cli.evidence import evidence_text
from kasse_cli.i18n import _
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import OfficeOption
from kasse_cli.unclear_words import REASON_WORDS, brief
from sepa.errors import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.bank.candidates import Candidate
    from ledger.bank.suspense_worklist import WorkCase

CASES = (
    Column("number", N_("Case"), "count"),
    Column("office", N_("Office"), shown=False),
    Column("kind", N_("Kind"), "word", minor=2),
    Column("bank_day", N_("Bank day"), "day"),
    Column("age_days", N_("Days"), "count", spare=True),
    Column("amount_cents", N_("Open"), "cents"),
    Column("name", N_("Name")),
    Column("bank_account", N_("IBAN"), "word", minor=2),
    Column("remittance", N_("Remittance")),
    Column("reason", N_("Reason"), "word", words=REASON_WORDS, spare=True),
    Column("owner", N_("Owner"), minor=True),
    Column("hold_until", N_("Rests until"), "day", minor=True),
    Column("bound_cents", N_("Bound"), "cents", shown=False),
)
STEPS = (
    Column("rule", N_("Rule"), "word"),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("why", N_("Evidence")),
)
HISTORY = (
    Column("at", N_("When")),
    Column("by", N_("User"), shown=False),
    Column("who", N_("Who")),
    Column("what", N_("What"), "word", words={**VERBS, "again": N_("clarified later")}),
    Column("words", N_("Remark")),
    Column("plain_facts", N_("Facts"), minor=True),
)
CANDIDATES = (
    Column("target", N_("Reference")),
    Column("party", N_("Party")),
    Column("due", N_("Due"), "day"),
    Column("open_cents", N_("Open"), "cents"),
    Column("score", N_("Score"), "count"),
    Column("why", N_("Why")),
    Column("part", N_("Part"), "count", shown=False),
    Column("office", N_("Office"), shown=False),
    Column("item", N_("Item"), "count", shown=False),
)


def list_(
    ctx: Context,
    office: OfficeOption = None,
    reason: WhyListedOption = None,
    owner: OwnerListedOption = None,
    older_than: AgeOption = 0,
    least: LeastOption = None,
    most: MostOption = None,
    amount: ExactOption = None,
    text: TextOption = "",
    held: RestOption = None,
) -> None:
    """List unclear money, received and paid out, oldest first."""
    from kasse_cli.unclear_words import reason_code
    from kasse_cli.wiring import open_book
    from ledger.bank.suspense_store import list_cases
    from ledger.bank.suspense_worklist import Filter

    day = ctx.obj.today.isoformat()
    low, high = (amount, amount) if amount is not None else (least, most)
    with open_book(ctx.obj) as store, store.snapshot():
        unclear = list(list_cases(store, day, office=office))
    why = None if reason is None else reason_code(reason, (case.reason for case in unclear))
    wanted = Filter(why, owner, older_than, low, high, text, held)
    cases = [case for case in unclear if wanted.fits(case, day)]
    kinds = sorted({case.kind for case in cases})
    lines = [_together(kind, cases) for kind in kinds]
    if not cases and unclear:
        lines = [say(N_("no case fits the filter; unclear are {count}"), count=len(unclear))]
    lines = lines or [say(N_("nothing is unclear"))]
    resting = sum(case.hold_until is not None and case.hold_until > day for case in cases)
    if resting and not held:
        lines.append(
            say(N_("of these laid aside: {count}; until when, shows 'kasse suspense list --held'"), count=resting)
        )
    if ctx.obj.format == "table" and not ctx.obj.xlsx and sys.stdout.isatty():
        cases = [_short(case) for case in cases]
    render(
        ctx, Result(data={"day": day}, tables=[Table("cases", _columns(kinds, held=bool(held)), cases)], lines=lines)
    )


def _short(case: WorkCase) -> WorkCase:
    """Return a collective credit of many payers with the first of them: on a terminal a list must stay one."""
    return replace(
        case, name=brief(case.name), bank_account=brief(case.bank_account), remittance=brief(case.remittance)
    )


def _columns(kinds: Sequence[str], *, held: bool) -> tuple[Column, ...]:
    """Return the columns of a list: money in and out is told apart, and of what rests until when, however narrow."""
    needed = {"kind"} if len(kinds) > 1 else set()
    needed |= {"hold_until", "owner"} if held else set()
    spared = {"reason"} if held else set()
    return tuple(
        replace(one, minor=False) if one.key in needed else replace(one, minor=True) if one.key in spared else one
        for one in CASES
    )


def show(ctx: Context, case: CaseArgument, office: CaseOfficeOption = None) -> None:
    """Show one case: what the bank said, what was decided and why, and which open items it may be for."""
    from kasse_cli.unclear_hints import hints
    from kasse_cli.wiring import open_book
    from ledger.bank.candidates_store import candidates_of
    from ledger.bank.suspense_store import show_case

    with open_book(ctx.obj) as store, store.snapshot():
        details = show_case(store, case, office=office)
        found = candidates_of(store, details, limit=5) if details.open_cents else ()
        ours = hints(store, details)
    steps = [asdict(step) | {"why": evidence_text(step.evidence)} for step in details.steps]
    tables = [Table("steps", STEPS, steps, title=N_("Decisions"))]
    if details.history:
        history = [
            asdict(one) | {"plain_facts": evidence_text(one.facts), "who": who_text(one.by, one.on_behalf)}
            for one in details.history
        ]
        tables.append(Table("history", HISTORY, history, title=N_("History")))
    if found:
        tables.append(Table("candidates", _columns_of(found), _candidates(found), title=N_("Candidates")))
    tables += parts_table(details)
    kept = [field.name for field in fields(details) if field.name not in {"steps", "history", "parts"}]
    data = {"case": {name: getattr(details, name) for name in kept}}
    render(ctx, Result(data, tables, words_of(details) + ours))


def suggest(ctx: Context, case: CaseArgument, office: CaseOfficeOption = None) -> None:
    """Propose what the money of a case may be for, the surest first, with all that speaks for it.

    A proposal never decides: assign it with 'kasse suspense assign CASE REFERENCE'.
    """
    from kasse_cli.unclear_hints import hints
    from kasse_cli.wiring import open_book
    from ledger.bank.candidates_store import candidates_of
    from ledger.bank.suspense_store import show_case

    with open_book(ctx.obj) as store, store.snapshot():
        details = show_case(store, case, office=office)
        found = candidates_of(store, details)
        ours = hints(store, details)
    lines = words_of(details)
    if details.open_cents:
        lines = lines[: 1 + said_lines(details)] + unsaid(details)
    lines += ours  # what our own records say of it is told before what is likely
    if found:
        lines.append(_assign(found[0], case))
    elif details.open_cents and not ours:
        lines.append(say(N_("nothing open fits: no reference, name, account or amount")))
    data = {"office": details.office, "number": details.number, "open_cents": details.open_cents}
    render(
        ctx, Result(data, [Table("candidates", _columns_of(found), _candidates(found)), *parts_table(details)], lines)
    )


def _assign(candidate: Candidate, number: int) -> Line:
    """Say how a candidate is taken, with the part that speaks for it."""
    target = " ".join(candidate.together) or candidate.target
    if candidate.part is None:
        return say(N_("assign with 'kasse suspense assign {number} {target}'"), number=number, target=target)
    template = N_("assign with 'kasse suspense assign {number} {target} --part {part}'")
    return say(template, number=number, target=target, part=candidate.part)


def _columns_of(found: Sequence[Candidate]) -> tuple[Column, ...]:
    """Return the columns of candidates: which part speaks for one is shown where there are parts."""
    parted = any(one.part is not None for one in found)
    return tuple(replace(one, shown=True) if one.key == "part" and parted else one for one in CANDIDATES)


def _candidates(found: Sequence[Candidate]) -> list[dict[str, object]]:
    return [
        {
            "target": one.target, "office": one.office, "item": one.item, "party": one.party, "due": one.due or None,
            "open_cents": one.open_cents, "score": one.score, "rule": one.rule, "evidence": list(one.evidence),
            "together": list(one.together), "part": one.part, "why": ", ".join(_(word) for word in one.evidence),
        }
        for one in found
    ]  # fmt: skip


def _together(kind: str, cases: list[WorkCase]) -> Line:
    amounts = [case.amount_cents for case in cases if case.kind == kind]
    return say(N_("{kind}: {count}, together {open_cents}"), kind=_(kind), count=len(amounts), open_cents=sum(amounts))
