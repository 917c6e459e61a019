"""`kasse item set-off|refund`: what happens with a credit."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.commands.order_changes import made_result
from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_
from sepa.money import parse_amount

CreditArgument = Annotated[str, typer.Argument(metavar="CREDIT", help=N_("a credit or payable, as OFFICE/NUMBER"))]
AgainstOption = Annotated[
    list[str] | None,
    typer.Option("--against", metavar="ITEM", help=N_("a claim, by reference or OFFICE/NUMBER; else all that are due")),
]
AmountOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("how much of it, as 12,50"))
]
EarlyOption = Annotated[bool, typer.Option("--early", help=N_("claims that are not due yet, too; the party agrees"))]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why; it stands in the journal"))]
IbanOption = Annotated[str | None, typer.Option("--iban", metavar="IBAN", help=N_("which of the party's own accounts"))]
PARTS = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference")),
    Column("amount_cents", N_("Set off"), "cents"),
    Column("left_cents", N_("Left open"), "cents"),
)


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app,
        "set-off",
        lists=True,
        dry_run=True,
        examples=(
            'kasse item set-off ORDNUNG/17 --reason "Aufrechnungserklärung vom 18.11.2026"',
            'kasse item set-off ORDNUNG/17 --against 4711000000017 --amount 20 --reason "Aufrechnung"',
        ),
    )(set_off)
    command(app, "refund", dry_run=True, examples=('kasse item refund ORDNUNG/17 --reason "doppelt gezahlt"',))(refund)


def set_off(
    ctx: Context,
    credit: CreditArgument,
    reason: ReasonOption,
    against: AgainstOption = None,
    amount: AmountOption = None,
    early: EarlyOption = False,
) -> None:
    """Set a credit or payable off against what the same party owes (Aufrechnung).

    Spread in the settlement order of the claims' law; one document over all offices. The letter that declares it is
    written apart.
    """
    from kasse_cli.wiring import open_book, settlement_orders, trial
    from ledger.items.credits_store import set_off as service
    from ledger.items.items_reader import find_items

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        (key,) = find_items(store, credit)[:1]
        claims = [one for text in against or () for one in find_items(store, text)]
        day = ctx.obj.today.isoformat()
        orders = settlement_orders(store)
        done = service(store, key, claims, day=day, reason=reason, cents=amount, early=early, orders=orders)
    rows = [
        {"office": one.office, "item": one.item, "reference": one.reference, "amount_cents": one.cents,
         "left_cents": one.left_cents}
        for one in done.parts
    ]  # fmt: skip
    line = say(
        N_("set off: {sum_cents} of {credit}, left {left_cents}; entry {entry}"),
        sum_cents=done.sum_cents,
        credit=done.credit,
        left_cents=done.left_cents,
        entry=done.entry,
    )
    data = {"entry": done.entry, "credit": done.credit, "sum_cents": done.sum_cents, "left_cents": done.left_cents}
    lines = [line, say(N_("a trial: nothing was changed"))] if ctx.obj.dry_run else [line]
    render(ctx, Result(data | {"dry_run": ctx.obj.dry_run}, [Table("claims", PARTS, rows)], lines))


def refund(
    ctx: Context, credit: CreditArgument, reason: ReasonOption, iban: IbanOption = None, amount: AmountOption = None
) -> None:
    """Order that a credit is paid back to an account that is known to be the party's own."""
    from kasse_cli.wiring import open_book, trial
    from ledger.items.credits_store import refund_credit
    from ledger.items.items_reader import find_items

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        (key,) = find_items(store, credit)[:1]
        made = refund_credit(store, key, day=ctx.obj.today.isoformat(), reason=reason, iban=iban, cents=amount)
    render(ctx, made_result([made], dry_run=ctx.obj.dry_run))
