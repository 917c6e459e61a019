"""A debit of the bank that names no run: a person says which one it is."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.commands.payment.shapes import FileOption, RunArgument
from kasse_cli.context import Context
from kasse_cli.output import Result, render, say
from sepa.errors import N_

WithoutOption = Annotated[
    list[int] | None,
    typer.Option("--without", metavar="LINE", help=N_("the bank refused this payment; may be repeated")),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="CODE", help=N_("why the bank refused, such as AC04"))]
CaseOption = Annotated[int, typer.Option("--case", metavar="NUMBER", help=N_("the case that holds the debit"))]


def booked(
    ctx: Context,
    run: RunArgument,
    case: CaseOption,
    file: FileOption = None,
    without: WithoutOption = None,
    reason: ReasonOption = "",
) -> None:
    """Take an unclear debit as what the bank paid for a run, or for one file of it.

    For debits that name neither run nor payments. The sum must be what is left; its payments are executed by it. What
    the bank refused without a report is named with --without: those items are open again and locked.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.booked_desk_store import book_run

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = book_run(
            store, run, case, day=ctx.obj.today.isoformat(), file=file or 0, without=without or (), reason=reason
        )
    lines = [
        say(
            N_("case {number} is the debit of run {run}: payments: {count}, together {sum_cents}; booked: {entry}"),
            number=case, run=run, count=done.payments, sum_cents=done.cents, entry=done.entry,
        )
    ]  # fmt: skip
    if done.refused:
        lines.append(
            say(
                N_("refused by the bank: {count}, together {sum_cents}; their items are open again and locked"),
                count=len(done.refused), sum_cents=done.refused_cents,
            )
        )  # fmt: skip
    if ctx.obj.dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    render(ctx, Result({"booked": done, "dry_run": ctx.obj.dry_run}, lines=lines))
