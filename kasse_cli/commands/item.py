"""`kasse item`: open items, what they are and why they stand as they do."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import Annotated

import typer

from kasse_cli.commands import item_locks
from kasse_cli.commands.explaining import explained
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Line, Result, Streamed, Table, render, say
from kasse_cli.params import OfficeOption, parse_day
from ledger.items.store import ItemKind
from sepa.errors import N_

app = noun(N_("open items: list, show, explain, lock"))
ITEMS = (
    Column("office", N_("Office")),
    Column("number", N_("Item"), "count"),
    Column("kind", N_("Kind"), "word"),
    Column("reference", N_("Reference")),
    Column("party", N_("Party")),
    Column("party_number", N_("Party number"), "count", shown=False),
    Column("due", N_("Due"), "day"),
    Column("amount_cents", N_("Amount"), "cents", minor=True),
    Column("open_cents", N_("Open"), "cents"),
    Column("account", N_("Account"), shown=False),
    Column("purpose", N_("Purpose"), minor=2),
    Column("claim_kind", N_("Kind of claim"), shown=False),
    Column("main_item", N_("Main item"), "count", shown=False),
    Column("paid_by", N_("Paid by"), "word", shown=False),
)
PaidBy = (N_("direct_debit"),)
PAPERS = (
    Column("item", N_("Item")),
    Column("notice_date", N_("Notice of"), "day"),
    Column("served_on", N_("Served on"), "day"),
    Column("final_on", N_("Final on"), "day"),
    Column("enforceable", N_("Enforceable"), "flag", minor=True),
    Column("period_from", N_("From"), "day", minor=True),
    Column("period_to", N_("To"), "day", minor=True),
    Column("debt_reason", N_("Reason of the debt"), minor=True),
    Column("document", N_("Document"), minor=True),
)
JOINT = (
    Column("item", N_("Item")),
    Column("party", N_("Party")),
    Column("party_number", N_("Party number"), "count"),
    Column("since", N_("Since"), "day"),
    Column("released_on", N_("Released on"), "day"),
)
LOCKED = (Column("office", N_("Office")), Column("item", N_("Item"), "count"))
"""Which of several items a lock holds."""
LOCKS = (
    Column("kind", N_("Kind"), "word"),
    Column("since", N_("Since"), "day"),
    Column("until", N_("Until"), "day"),
    Column("lifted_on", N_("Lifted on"), "day"),
    Column("why", N_("Reason")),
    Column("made_by", N_("Made by")),
    Column("reason", N_("As written"), shown=False),
)
ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help=N_("a reference or OFFICE/NUMBER"))]
KindOption = Annotated[ItemKind | None, typer.Option("--kind", help=N_("only items of this kind"))]
PartyOption = Annotated[str | None, typer.Option("--party", metavar="NAME", help=N_("words of the name, in any order"))]
ReferenceOption = Annotated[
    str | None, typer.Option("--reference", metavar="REFERENCE", help=N_("only items with this reference"))
]
DueOption = Annotated[
    dt.date | None, typer.Option("--due-until", parser=parse_day, metavar="DATE", help=N_("only what is due by then"))
]
AllOption = Annotated[bool, typer.Option("--all", help=N_("settled items, too"))]


@command(
    app,
    "list",
    lists=True,
    examples=("kasse item list --party Mustermann", "kasse item list --kind payable --due-until 2026-12-31 --csv"),
)
def list_(
    ctx: Context,
    office: OfficeOption = None,
    kind: KindOption = None,
    party: PartyOption = None,
    reference: ReferenceOption = None,
    due_until: DueOption = None,
    every: AllOption = False,
) -> None:
    """List items as they are open now, by office and due day."""
    from kasse_cli.wiring import open_book
    from ledger.items.list_reader import ItemFilter, item_total, list_items

    due = due_until.isoformat() if due_until else None
    wanted = ItemFilter(office, kind, party, reference, due, every)
    with open_book(ctx.obj) as store, store.snapshot():
        count, owed, owing = item_total(store, wanted)
        line = say(
            N_("items: {count}; open to us {owed_cents}, by us {owing_cents}"),
            count=count,
            owed_cents=owed,
            owing_cents=owing,
        )
        data = {"count": count, "owed_cents": owed, "owing_cents": owing}
        table = Table("items", ITEMS, Streamed(lambda: list_items(store, wanted)))
        render(ctx, Result(data=data, tables=[table], lines=[line]))


@command(app, "show", lists=True, examples=("kasse item show 1000000000015", "kasse item show BAU/17"))
def show(ctx: Context, item: ItemArgument) -> None:
    """Show the items that a reference or number names, with who owes them too and their locks.

    A reference of a letter, plan, case or account shows all it stands for.
    """
    from kasse_cli.lock_words import lock_rows
    from kasse_cli.wiring import open_book
    from ledger.items.items_reader import joint_debtors_of, papers_of
    from ledger.items.list_reader import named_items, stands_for
    from ledger.items.locks_store import item_locks as locks_of

    with open_book(ctx.obj) as store, store.snapshot():
        target = stands_for(store, item)
        found = named_items(store, item, target)
        locks = [row for one in found for row in lock_rows(locks_of(store, one.office, one.number))]
        keys = [(one.office, one.number) for one in found]
        papers, joint = list(papers_of(store, keys)), list(joint_debtors_of(store, keys))
    lines: list[Line] = []
    if target:
        sort = N_("the reference stands for {kind} {office}/{number}")
        lines.append(say(sort, kind=target.kind, office=target.office, number=target.number))
    lines.append(
        say(
            N_("items: {count}, still open {open_cents}"), count=len(found), open_cents=sum(i.open_cents for i in found)
        )
    )
    tables = [Table("items", ITEMS, found)]
    if joint:
        tables.append(Table("joint", JOINT, joint, title=N_("Owed jointly by")))
    if papers:
        tables.append(Table("papers", PAPERS, papers, title=N_("Papers")))
    if locks:
        tables.append(Table("locks", (*LOCKED, *LOCKS) if len(found) > 1 else LOCKS, locks, title=N_("Locks")))
    data = {"target": {f.name: getattr(target, f.name) for f in fields(target)} if target else None}
    render(ctx, Result(data=data, tables=tables, lines=lines))


@command(app, "explain", lists=True, examples=("kasse item explain 1000000000015",))
def explain(ctx: Context, item: ItemArgument) -> None:
    """Explain why an item stands as it does: what made it, every payment with its rule and evidence, every undoing."""
    from kasse_cli.wiring import open_book
    from ledger.bank.explain_store import explain_items

    with open_book(ctx.obj) as store, store.snapshot():
        found = explain_items(store, item)
    render(ctx, explained(found))


item_locks.register(app)
