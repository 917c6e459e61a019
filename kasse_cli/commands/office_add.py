"""`kasse office list|add`: the offices of the book, and one more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_

OFFICES = (
    Column("code", N_("Office")),
    Column("name", N_("Name")),
    Column("kasse", N_("Kasse"), "flag"),
    Column("accounts", N_("Accounts"), "count"),
    Column("entries", N_("Entries"), "count"),
    Column("between_cents", N_("Verrechnung"), "cents"),
)
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help=N_("1 to 8 capital letters or digits"))]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("the name of the office"))]
LikeOption = Annotated[
    str | None, typer.Option("--like", metavar="CODE", help=N_("with the accounts of this office; else the Kasse's"))
]
ChartOption = Annotated[
    Path | None, typer.Option("--chart", metavar="FILE", help=N_("with a chart of its own: .toml, .xlsx or .csv"))
]


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(app, "list", lists=True)(list_)
    command(
        app,
        "add",
        dry_run=True,
        examples=("kasse office add SCHULE Schulamt", "kasse office add KITA 'Kindertagesstätten' --like SCHULE"),
    )(add)


def list_(ctx: Context) -> None:
    """List the offices of the book."""
    from kasse_cli.wiring import open_book
    from ledger.book.offices_add_store import list_offices

    with open_book(ctx.obj) as store:
        rows = list_offices(store)
    render(ctx, Result(tables=[Table("offices", OFFICES, rows)]))


def add(
    ctx: Context, code: CodeArgument, name: NameArgument, like: LikeOption = None, chart: ChartOption = None
) -> None:
    """Add an office with its accounts, its chain of entries, and the Verrechnung with every other office.

    Its accounts are open from today or --on. Rights that hold in all offices hold in it; others are given with
    'kasse user add'.
    """
    from kasse_cli.chart_lists import read_chart
    from kasse_cli.wiring import open_book, trial
    from ledger.book.offices_add_store import add_office

    call, rows = ctx.obj, read_chart(ctx.obj, chart) if chart else []
    with open_book(call) as store, trial(call, store):
        done = add_office(
            store,
            code.upper(),
            name.strip(),
            day=call.today.isoformat(),
            like=like.upper() if like else None,
            rows=rows,
        )
    lines = [say(N_("nothing new: the office {office} is there"), office=done.code)]
    if done.new:
        template = N_("office {office} {name}: accounts {accounts}, Verrechnung with offices: {pairs}")
        lines = [say(template, office=done.code, name=done.name, accounts=done.accounts, pairs=done.pairs)]
        lines.append(say(N_("next: give people rights in it with 'kasse user add'")))
    if call.dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    render(ctx, Result({"office": done, "dry_run": call.dry_run}, lines=lines))
