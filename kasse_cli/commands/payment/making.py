"""Making a run and changing it before it is released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kasse_cli.commands.payment.shapes import (
    SKIPPED,
    AccountOption,
    DiscardReason,
    DueOption,
    ExecutionOption,
    InstantOption,
    LimitOption,
    LimitSumOption,
    NewDayOption,
    NoSetOffOption,
    RunArgument,
    SingleOption,
    WithoutOption,
    head,
)
from kasse_cli.context import Context
from kasse_cli.output import Result, Table, render, say
from kasse_cli.params import OfficeOption
from kasse_cli.progress import progress
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.runs import Proposal


def propose(
    ctx: Context,
    due_until: DueOption = None,
    account: AccountOption = None,
    execution_day: ExecutionOption = None,
    office: OfficeOption = None,
    limit: LimitOption = None,
    limit_sum: LimitSumOption = None,
    without_set_off: NoSetOffOption = False,
    instant: InstantOption = False,
    single_booking: SingleOption = False,
) -> None:
    """Make a run of the open payables and approved refunds that are due.

    Due until the execution day, paid on the next TARGET day from the Kasse's first account unless said otherwise.
    Discounts (Skonto) are taken where they hold. What is left out is listed with the reason; what is in a run already
    is never proposed twice.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.propose_store import propose as service

    call = ctx.obj
    with open_book(call) as store, progress(N_("payables looked at"), quiet=call.quiet) as step:
        proposal = service(
            store, today=call.today, due_until=due_until, iban=account, execution_day=execution_day, office=office,
            limit=limit, limit_cents=limit_sum, set_off=not without_set_off, instant=instant,
            single_booking=single_booking, trial=call.dry_run, step=step,
        )  # fmt: skip
    render(ctx, _proposal(proposal, dry_run=call.dry_run, later_too=due_until is not None))


def _proposal(proposal: Proposal, *, dry_run: bool, later_too: bool) -> Result:
    run = proposal.run
    data: dict[str, Any] = {"run": run, "left": proposal.left, "skipped": list(proposal.skipped)}
    lines = [*head(run)] if run else [say(N_("nothing to pay"))]
    if not (run or proposal.skipped or later_too):
        lines.append(say(N_("what falls due after the execution day is taken in with --due-until DATE")))
    if run and not dry_run:
        lines.append(say(N_("next: look at it with 'kasse payment review {run}'"), run=run.number))
    if proposal.left:
        lines.append(say(N_("left for the next run: {count}"), count=proposal.left))
    if proposal.skipped:
        lines.append(say(N_("left out: {count}"), count=len(proposal.skipped)))
    if dry_run:
        lines.append(say(N_("nothing was changed (--dry-run)")))
    tables = [Table("skipped", SKIPPED, proposal.skipped)] if proposal.skipped else []
    return Result(data, tables, lines, proposal.findings)


def change(
    ctx: Context,
    run: RunArgument,
    without: WithoutOption = None,
    day: NewDayOption = None,
    reason: DiscardReason = "",
) -> None:
    """Take payments out of a run, or give it another execution day, before it is released.

    What was proposed stays on record; the run is reviewed again, and whoever changed it cannot release it.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.payments.change_store import change as service

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, run, reason=reason, today=ctx.obj.today, without=without or (), day=day)
    next_step = say(N_("next: have it reviewed again with 'kasse payment review {run}'"), run=run)
    lines = [*head(done), say(N_("nothing was changed (--dry-run)")) if ctx.obj.dry_run else next_step]
    render(ctx, Result({"run": done, "dry_run": ctx.obj.dry_run}, lines=lines))


def discard(ctx: Context, run: RunArgument, reason: DiscardReason = "") -> None:
    """Give up a run that is not released; its items can be proposed again."""
    from kasse_cli.wiring import open_book
    from ledger.payments.steps_store import discard as service

    with open_book(ctx.obj) as store:
        done = service(store, run, reason=reason)
    render(ctx, Result({"run": done}, lines=[say(N_("discarded: run {run}"), run=run)]))
