"""What `kasse item explain` and `kasse suspense explain` have in common: why an item stands as it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.claim_words import CLAIM_KINDS
from kasse_cli.context import Context
from kasse_cli.event_words import action_text, who_text
from kasse_cli.evidence import evidence_text
from kasse_cli.i18n import _
from kasse_cli.object_words import object_text
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import OfficeOption
from kasse_cli.unclear_words import reason_sentence
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.bank.explaining import Decision, Explained, Movement, Note, Origin

MOVEMENTS = (
    Column("item", N_("Item"), shown=False),
    Column("payment_day", N_("Paid on"), "day"),
    Column("day", N_("Posted on"), "day", minor=2),
    Column("entry", N_("Entry")),
    Column("what", N_("What"), "word"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("left_cents", N_("Left"), "cents", minor=True),
    Column("rule", N_("Rule"), "word"),
    Column("why", N_("Evidence")),
    Column("by", N_("By"), minor=True),
    Column("person", N_("Decided by a person"), "flag", minor=2),
    Column("undone", N_("Undone"), "flag", minor=True),
    Column("payer", N_("Payer"), minor=2),
    Column("remittance", N_("Remittance"), minor=2),
    Column("bank_entry", N_("Bank entry"), shown=False),
    Column("bank_day", N_("Bank day"), "day", shown=False),
    Column("at", N_("Recorded at"), shown=False),
)
DECISIONS = (
    Column("line", N_("Step"), "count"),
    Column("rule", N_("Rule"), "word"),
    Column("why", N_("Evidence")),
    Column("target", N_("Item")),
    Column("reference", N_("Reference"), minor=True),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("person", N_("Decided by a person"), "flag", minor=2),
    Column("by", N_("By")),
)
NOTES = (
    Column("at", N_("At")),
    Column("by", N_("User"), shown=False),
    Column("who", N_("By")),
    Column("what", N_("What")),
    Column("plain_facts", N_("Facts"), minor=True),
    Column("plain_words", N_("Remark")),
)
PARTS = (
    Column("line", N_("Part"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("name", N_("Name")),
    Column("bank_account", N_("IBAN"), "word", minor=True),
    Column("remittance", N_("Remittance")),
    Column("state", N_("State"), "word"),
)
STATEMENT_PARTS = (Column("entry", N_("Line"), "count"), *PARTS)
CaseArgument = Annotated[int, typer.Argument(metavar="CASE", help=N_("the number of the case"))]


def explain(ctx: Context, case: CaseArgument, office: OfficeOption = None) -> None:
    """Explain what was decided about the money of a case: by which rule, on what evidence, by whom, what was undone."""
    from kasse_cli.wiring import open_book
    from ledger.bank.explain_store import explain_case

    with open_book(ctx.obj) as store, store.snapshot():
        found = explain_case(store, case, office=office)
    render(ctx, explained([found]))


def explained(items: Sequence[Explained]) -> Result:
    """Return why the items stand as they do."""
    rows = [_with_why(move) | {"item": f"{one.office}/{one.item}"} for one in items for move in one.movements]
    tables = [Table("movements", MOVEMENTS, rows, title=N_("What settled it, and what opened it again"))]
    decisions = [_with_why(decision) for one in items for decision in one.decisions]
    if decisions:
        tables.insert(0, Table("decisions", DECISIONS, decisions, title=N_("Where the money of the bank entry went")))
    notes = [_in_words(note) for one in items for note in one.notes]
    if notes:
        tables.append(Table("notes", NOTES, notes, title=N_("What else was done")))
    of_entry = [part for one in items for part in one.parts]
    if of_entry:
        tables.append(Table("parts", PARTS, of_entry, title=N_("Parts of the collective entry")))
    parts = ("movements", "decisions", "notes", "parts")
    data = [{name: value for name, value in asdict(one).items() if name not in parts} for one in items]
    return Result(data={"items": data}, tables=tables, lines=[line for one in items for line in _words(one)])


def _source(origin: Origin) -> str:
    """Return where the entry comes from in words: `bank entry KASSE/14`."""
    return object_text(origin.source) if origin.source else _(origin.kind)


def _with_why(one: Movement | Decision) -> dict[str, Any]:
    return asdict(one) | {"why": evidence_text(one.evidence)}


def _in_words(note: Note) -> dict[str, Any]:
    told = {
        "what": action_text(note.what),
        "plain_facts": evidence_text(note.facts),
        "who": who_text(note.by, note.on_behalf),
    }
    return asdict(note) | told | {"action": note.what, "plain_words": evidence_text(note.words)}


def _words(one: Explained) -> list[Line]:
    number = f"{one.office}/{one.item}"
    lines = [
        say(
            N_("{kind} {number}: {amount_cents}, still open {open_cents}"),
            kind=_(one.kind),
            number=number,
            amount_cents=one.amount_cents,
            open_cents=one.open_cents,
        )
    ]
    if one.main_item is not None and one.kind == "receivable":
        what = _(CLAIM_KINDS.get(one.claim_kind or "", one.claim_kind or "–"))
        lines.append(say(N_("{kind} on {main}"), kind=what, main=f"{one.office}/{one.main_item}"))
    if one.reference or one.party:
        lines.append(
            say(N_("for {party}, reference {reference}"), party=one.party or "–", reference=one.reference or "–")
        )
    if one.reason:
        lines.append(say(N_("to be clarified because: {why}"), why=reason_sentence(one.reason)))
    origin = one.origin
    template = N_("made by entry {entry} of {day} ({source}), recorded by {by}")
    lines.append(say(template, entry=origin.entry, day=origin.day, source=_source(origin), by=origin.by))
    lines += [say(N_("order {step} by {by}"), step=_(step.step), by=step.by) for step in origin.steps]
    return lines
