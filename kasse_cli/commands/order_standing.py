"""`kasse order standing`: what standing orders (Daueranordnungen) make fall due, and changes of their schedule."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.order_changes import LinesOption, OrderArgument, ToOption, WhyOption, made_result, new_amounts
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import OfficeOption, parse_day
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.items.standing_store import StandingRun

standing = noun(N_("standing orders: run, change"))
UntilOption = Annotated[
    dt.date | None,
    typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("the last due day; else the day of --on")),
]
FromDayOption = Annotated[
    dt.date, typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("from the first due day on or after it"))
]
COLUMNS = (
    Column("order", N_("Order")),
    Column("item", N_("Item"), "count"),
    Column("kind", N_("Kind"), "word"),
    Column("due", N_("Due"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("reference", N_("Reference")),
    Column("purpose", N_("Purpose")),
)


@command(
    standing,
    "run",
    lists=True,
    dry_run=True,
    examples=("kasse order standing run --until 2026-12-31", "kasse order standing run --until 31.12.2026 --dry-run"),
)
def run(ctx: Context, until: UntilOption = None, office: OfficeOption = None) -> None:
    """Make the items of accepted standing orders that fall due up to a day, and post them.

    A second run makes nothing twice: each due day of an order is made once. Lists of orders with the column 'every'
    bring standing orders in, see 'kasse order template'.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.items.standing_store import run_standing

    last = (until or ctx.obj.today).isoformat()
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = run_standing(store, last, day=ctx.obj.today.isoformat(), office=office)
    render(ctx, _result(done, dry_run=ctx.obj.dry_run))


@command(
    standing,
    "change",
    dry_run=True,
    examples=('kasse order standing change ORDNUNG-17 --to 120,00 --from 2027-01-01 --reason "Pacht erhöht"',),
)
def change(
    ctx: Context,
    order: OrderArgument,
    reason: WhyOption,
    from_: FromDayOption,
    to: ToOption = None,
    lines: LinesOption = None,
) -> None:
    """Change the amount of a standing order from a day on, by a new order that replaces it.

    The old one ends the day before, when the Kasse accepts the new one. 'kasse order cancel' ends one for good.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.items.orders import parse_order_number
    from ledger.items.standing_store import change_schedule

    office, number = parse_order_number(order)
    wanted = new_amounts(to, lines)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        made = change_schedule(
            store, office, number, reason=reason, from_day=from_.isoformat(), to_cents=to, lines=wanted
        )
    render(ctx, made_result([made], dry_run=ctx.obj.dry_run))


def _result(done: StandingRun, *, dry_run: bool) -> Result:
    data = {
        "until": done.until,
        "count": len(done.items),
        "receivable_cents": done.receivable_cents,
        "payable_cents": done.payable_cents,
        "dry_run": dry_run,
    }
    if not done.items:
        lines = [say(N_("nothing new: nothing falls due up to {day}"), day=dt.date.fromisoformat(done.until))]
    else:
        lines = [
            say(
                N_("items made: {count}, receivables {receivable_cents}, payables {payable_cents}"),
                count=len(done.items),
                receivable_cents=done.receivable_cents,
                payable_cents=done.payable_cents,
            )
        ]
        if dry_run:
            lines.append(say(N_("a trial: nothing was changed")))
    return Result(data, [Table("items", COLUMNS, done.items)], lines)
