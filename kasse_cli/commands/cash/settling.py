"""`kasse cash settle|certify|template`: accounting for an imprest fund."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.cash.params import DeskArgument, WhyOption
from kasse_cli.commands.cash.shapes import VOUCHERS
from kasse_cli.context import Context
from kasse_cli.output import Line, Result, Table, render, say
from kasse_cli.params import FileArgument
from sepa.errors import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.cash.settle_store import SettleDone
    from ledger.cash.settlements import Voucher

RejectOption = Annotated[bool, typer.Option("--reject", help=N_("give it back to the holder"))]


def settle(ctx: Context, fund: DeskArgument, file: FileArgument) -> None:
    """Account for what a fund was spent on, by a list of vouchers in Excel, LibreOffice or CSV; whole or not at all.

    Nothing is posted until another person certifies it. The same file a second time is nothing new.
    """
    from kasse_cli.voucher_lists import read_vouchers
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.settle_store import settle as service

    vouchers, source = read_vouchers(ctx.obj, file)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, fund, vouchers, file=source)
    one = done.settlement
    if not done.new:
        lines = [say(N_("nothing new: settlement {number} of {fund} has this list"), number=one.number, fund=one.fund)]
    else:
        lines = [_sum(N_("settlement {number} of {fund}: vouchers {count}, together {sum_cents}"), done)]
        lines.append(say(N_("next: another person certifies it: 'kasse cash certify {fund}'"), fund=one.fund))
    _render(ctx, done, vouchers, lines)


def certify(ctx: Context, fund: DeskArgument, reject: RejectOption = False, reason: WhyOption = "") -> None:
    """Certify the settlement of a fund and post its vouchers, or give it back with --reject and a reason.

    Needs the role certifier in the fund's office, and another person than its holder. `--dry-run` shows the vouchers.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.desks_reader import find_desk
    from ledger.cash.settle_store import certify as post
    from ledger.cash.settle_store import reject as give_back
    from ledger.cash.settle_store import vouchers_of

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = give_back(store, fund, reason) if reject else post(store, fund)
        one = done.settlement
        vouchers = vouchers_of(store, find_desk(store, one.fund, store.today), one.number)
    if reject:
        lines = [_sum(N_("rejected: settlement {number} of {fund}, {sum_cents}"), done)]
    else:
        lines = [_sum(N_("certified and posted: settlement {number} of {fund}, {sum_cents}"), done)]
        said = N_(
            "next: fill it up: 'kasse cash transfer DESK {fund} --refill', or 'kasse cash withdraw' from the bank"
        )
        lines.append(say(said, fund=one.fund))
    _render(ctx, done, vouchers, lines)


def template(ctx: Context, file: FileArgument) -> None:
    """Write an empty list of vouchers with explanations."""
    from kasse_cli.voucher_lists import voucher_template

    voucher_template(file)
    render(ctx, Result({"file": str(file)}, lines=[say(N_("written: {file}"), file=str(file))]))


def _sum(said: str, done: SettleDone) -> Line:
    one = done.settlement
    return say(said, number=one.number, fund=one.fund, count=one.count, sum_cents=one.amount_cents)


def _render(ctx: Context, done: SettleDone, vouchers: Sequence[Voucher], lines: Sequence[Line]) -> None:
    rows = [
        {
            "day": v.day, "document": v.document, "text": v.text, "amount_cents": v.cents, "account": v.account,
            "dimensions": "; ".join(f"{name}={value}" for name, value in v.dimensions.items()),
        }
        for v in vouchers
    ]  # fmt: skip
    trial = [say(N_("nothing was changed; this would be written:"))] if ctx.obj.dry_run else []
    said = [*trial, *lines, say(N_("in the fund now: {balance_cents}"), balance_cents=done.balance_cents)]
    data = {
        "settlement": done.settlement, "new": done.new, "balance_cents": done.balance_cents, "dry_run": ctx.obj.dry_run,
    }  # fmt: skip
    render(ctx, Result(data, [Table("vouchers", VOUCHERS, rows)], said, done.findings))
