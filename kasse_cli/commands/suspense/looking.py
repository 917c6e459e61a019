"""`kasse suspense list|show|suggest`: what is unclear, what is known about it, what it may be for."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

from kasse_cli.commands.explaining import PARTS
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
from kasse_cli.context import Context
from kasse_cli.event_words import VERBS, who_text
from kasse_cli.evidence import evidence_text
from kasse_cli.i18n import _
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import OfficeOption
from kasse_cli.unclear_words import COUNTER, REASON_WORDS, payment_words, reason_sentence, under_way_words
from sepa.errors import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.bank.candidates import Candidate
    from ledger.bank.collection_back import Meant
    from ledger.bank.suspense_store import CaseDetails
    from ledger.bank.suspense_worklist import WorkCase
    from ledger.store.engines import Store

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
    render(
        ctx, Result(data={"day": day}, tables=[Table("cases", _columns(kinds, held=bool(held)), cases)], lines=lines)
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
    from kasse_cli.wiring import open_book
    from ledger.bank.candidates_store import candidates_of
    from ledger.bank.suspense_store import show_case

    with open_book(ctx.obj) as store, store.snapshot():
        details = show_case(store, case, office=office)
        found = candidates_of(store, details, limit=5) if details.open_cents else ()
        ours = _ours(store, details)
    steps = [asdict(step) | {"why": evidence_text(step.evidence)} for step in details.steps]
    tables = [Table("steps", STEPS, steps, title=N_("Decisions"))]
    if details.history:
        history = [
            asdict(one) | {"plain_facts": evidence_text(one.facts), "who": who_text(one.by, one.on_behalf)}
            for one in details.history
        ]
        tables.append(Table("history", HISTORY, history, title=N_("History")))
    if found:
        tables.append(Table("candidates", CANDIDATES, _candidates(found), title=N_("Candidates")))
    if details.parts:
        tables.append(Table("parts", PARTS, details.parts, title=N_("Parts of the collective entry")))
    kept = [field.name for field in fields(details) if field.name not in {"steps", "history", "parts"}]
    data = {"case": {name: getattr(details, name) for name in kept}}
    render(ctx, Result(data, tables, _words(details) + ours))


def suggest(ctx: Context, case: CaseArgument, office: CaseOfficeOption = None) -> None:
    """Propose what the money of a case may be for, the surest first, with all that speaks for it.

    A proposal never decides: assign it with 'kasse suspense assign CASE REFERENCE'.
    """
    from kasse_cli.wiring import open_book
    from ledger.bank.candidates_store import candidates_of
    from ledger.bank.suspense_store import show_case

    with open_book(ctx.obj) as store, store.snapshot():
        details = show_case(store, case, office=office)
        found = candidates_of(store, details)
        ours = _ours(store, details)
    lines = _words(details)[:4] if details.open_cents else _words(details)
    if found:
        first = found[0]
        together = " ".join(first.together) if first.together else first.target
        lines.append(say(N_("assign with 'kasse suspense assign {number} {target}'"), number=case, target=together))
    elif details.open_cents and not ours:
        lines.append(say(N_("nothing open fits: no reference, name, account or amount")))
    lines += ours
    data = {"office": details.office, "number": details.number, "open_cents": details.open_cents}
    render(ctx, Result(data, [Table("candidates", CANDIDATES, _candidates(found))], lines))


def _ours(store: Store, details: CaseDetails) -> list[Line]:
    """Say which run, payment or collection of ours the money may be, and how to take it as that."""
    from ledger.bank.collection_back_store import meant_return
    from ledger.bank.counter_cases_store import counter_cases
    from ledger.bank.meant_runs_store import meant_payments, meant_runs

    if not details.open_cents:
        return []
    runs = meant_runs(store, details)
    lines = [say(under_way_words(one), run=one.run, part=one.part, number=details.number) for one in runs]
    payments = meant_payments(store, details, runs)
    lines += [say(payment_words(one), run=one.run, line=one.line, number=details.number) for one in payments]
    lines += _written_off(store, details)
    lines += [_counter(one, details) for one in counter_cases(store, details)]
    back = meant_return(store, details.office, details.entry, details.kind)
    return lines if back is None else [*lines, _back(back, details)]


def _written_off(store: Store, details: CaseDetails) -> list[Line]:
    """Say which relief wrote off what the money names, and how it is opened again: it is owed all the same."""
    from enforcement.relief_written_off_reader import written_off
    from kasse_cli.claim_words import RELIEF_KINDS

    named = {word: None for step in details.steps for word in str(step.evidence.get("reference", "")).split()}
    template = N_(
        "{reference} was written off by relief {relief} ({kind}): end that with 'kasse relief end {relief} --reason …',"
        " then 'kasse suspense assign {number} {reference}'"
    )
    return [
        say(
            template, reference=one.reference, relief=one.relief, kind=_(RELIEF_KINDS.get(one.kind, one.kind)),
            number=details.number,
        )
        for one in written_off(store, named)
    ]  # fmt: skip


def _counter(other: tuple[str, int], details: CaseDetails) -> Line:
    """Say that another case is just as much the other way: what the bank cancelled of its own, and booked again."""
    return say(COUNTER, other=other[1], number=details.number, target=f"{other[0]}/{other[1]}")


def _back(meant: Meant, details: CaseDetails) -> Line:
    """Say what to do with money that names something of ours that came back: all of it, with a fee, or a part."""
    about: dict[str, str | int] = {"back": meant.name, "number": details.number, "whole_cents": meant.cents}
    if meant.what == "collection" and details.open_cents < meant.cents:
        template = N_(
            "less than collection {back} of {whole_cents}: a direct debit never comes back in part, ask the bank what "
            "this debit is"
        )
    elif meant.what == "collection":
        template = N_(
            "a collection that came back? 'kasse collection returned {back} --case {number}', a fee with --fee"
        )
    elif details.open_cents < meant.cents:
        template = N_(
            "a part of payment {back} of {whole_cents}: where the bank kept the rest, 'kasse payment returned {back} "
            "--case {number} --fee …'; where the payee gave a part back, its office orders it as a receivable"
        )
    else:
        template = N_("a payment that came back? 'kasse payment returned {back} --case {number}'")
    return say(template, **about)


def _candidates(found: Sequence[Candidate]) -> list[dict[str, object]]:
    return [
        {
            "target": one.target, "office": one.office, "item": one.item, "party": one.party, "due": one.due or None,
            "open_cents": one.open_cents, "score": one.score, "rule": one.rule, "evidence": list(one.evidence),
            "together": list(one.together), "why": ", ".join(_(word) for word in one.evidence),
        }
        for one in found
    ]  # fmt: skip


def _together(kind: str, cases: list[WorkCase]) -> Line:
    amounts = [case.amount_cents for case in cases if case.kind == kind]
    return say(N_("{kind}: {count}, together {open_cents}"), kind=_(kind), count=len(amounts), open_cents=sum(amounts))


def _words(details: CaseDetails) -> list[Line]:
    why = None if details.reason is None else reason_sentence(details.reason)
    lines = [
        say(
            N_("case {number} of office {office}: {amount_cents}, still open {open_cents}"),
            number=details.number,
            office=details.office,
            amount_cents=details.amount_cents,
            open_cents=details.open_cents,
        )
    ]
    said = (
        (N_("name: {value}"), details.name),
        (N_("cash counted on: {value}"), details.counted_on),
        (N_("who held the cash then: {value}"), details.holder),
        (N_("IBAN: {value}"), details.bank_account),
        (N_("remittance: {value}"), details.remittance),
        (N_("reference of the payer: {value}"), details.creditor_reference),
        (N_("EndToEndId: {value}"), details.end_to_end_id),
        (N_("return reason: {value}"), details.return_reason),
        (N_("account of the Kasse: {value}"), details.iban),
        (N_("bank day: {value}"), None if details.counted_on else details.bank_day),
        (N_("unclear because: {value}") if details.open_cents else N_("was unclear because: {value}"), why),
        (N_("reserved by: {value}"), details.owner),
        (N_("rests until: {value}"), details.hold_until),
        (N_("bound by the order: {value}"), details.bound_by),
    )
    lines += [say(template, value=value) for template, value in said if value]
    if not details.open_cents:
        lines.append(say(N_("nothing is left of it; see 'kasse suspense explain {number}'"), number=details.number))
    return lines
