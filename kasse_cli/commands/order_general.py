"""`kasse order general`: money expected before any single order (allgemeine Anordnung)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from kasse_cli.commands.order_changes import CostOption, OfficeOption, PurposeOption, made_result
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_
from sepa.money import parse_amount

general = noun(N_("general orders: add, run"))
SchemeOption = Annotated[
    str, typer.Option("--scheme", metavar="CODE", help=N_("the scheme of the references payers will quote"))
]
AmountsOption = Annotated[
    list[str] | None,
    typer.Option("--amount", metavar="AMOUNT", help=N_("an amount that is accepted; repeatable")),
]
MaxOption = Annotated[
    int | None,
    typer.Option("--max", parser=parse_amount, metavar="AMOUNT", help=N_("any amount up to this is accepted")),
]
AccountOption = Annotated[str, typer.Option("--account", metavar="ACCOUNT", help=N_("the account it is coded to"))]
ProfileOption = Annotated[str | None, typer.Option("--profile", metavar="NAME", help=N_("the law that governs it"))]
ClaimOption = Annotated[str | None, typer.Option("--claim-kind", metavar="NAME", help=N_("the kind of claim"))]
FirstOption = Annotated[
    dt.date | None,
    typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("the first bank day; else the day of --on")),
]
LastOption = Annotated[
    dt.date | None, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("the last bank day"))
]
COLUMNS = (
    Column("number", N_("Case"), "count"),
    Column("order", N_("Order")),
    Column("reference", N_("Reference")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("name", N_("Name")),
    Column("why", N_("Left because of"), "word"),
    Column("entry", N_("Entry")),
)
WORDS = (N_("amount"), N_("known"))


@command(
    general,
    "add",
    dry_run=True,
    examples=(
        "kasse order general add --office ORDNUNG --scheme owi --amount 10 --amount 55 --account 5300 --purpose OWi",
    ),
)
def add(
    ctx: Context,
    office: OfficeOption,
    scheme: SchemeOption,
    account: AccountOption,
    purpose: PurposeOption,
    amounts: AmountsOption = None,
    max_: MaxOption = None,
    profile: ProfileOption = None,
    claim_kind: ClaimOption = None,
    cost_object: CostOption = None,
    from_: FirstOption = None,
    until: LastOption = None,
) -> None:
    """Order that money under references of a scheme is accepted, in certain amounts, before each single order.

    Certified, approved and accepted like any order; 'kasse order cancel' ends it.
    """
    from kasse_cli.wiring import law_profiles, open_book, trial
    from ledger.items.general_order_store import Expectation, make_general_order
    from ledger.items.staging_store import load_rules

    wanted = Expectation(
        office.upper(),
        scheme,
        account,
        purpose,
        (from_ or ctx.obj.today).isoformat(),
        tuple(parse_amount(text) for text in amounts or ()),
        max_ or 0,
        until.isoformat() if until else None,
        profile,
        claim_kind,
        cost_object,
    )
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        load_rules(store, wanted.first_day, law_profiles(store)).check_profile(profile)
        made = make_general_order(store, wanted)
    render(ctx, made_result([made], dry_run=ctx.obj.dry_run))


@command(general, "run", lists=True, dry_run=True, examples=("kasse order general run",))
def run(ctx: Context) -> None:
    """Accept the unclear money that general orders expect, in full; list what stays unclear and why.

    Money of another amount is returned with 'kasse suspense refund' or assigned by hand.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.general_orders_store import run_general_orders

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = run_general_orders(store, day=ctx.obj.today.isoformat())
    lines = [
        say(
            N_("accepted: {count}, together {sum_cents}; left unclear: {left}"),
            count=len(done.accepted),
            sum_cents=done.sum_cents,
            left=len(done.left),
        )
    ]
    data = {
        "count": len(done.accepted),
        "sum_cents": done.sum_cents,
        "left": len(done.left),
        "dry_run": ctx.obj.dry_run,
    }
    render(ctx, Result(data, [Table("cases", COLUMNS, [*done.accepted, *done.left])], lines))
