"""`kasse payment`: payment runs (Zahlläufe), from what is due to the file for the bank."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import OfficeOption, SumOption, parse_day
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.runs import Proposal, Run

app = noun(N_("payment runs: propose, review, release, export"))
RUNS = (
    Column("number", N_("Run"), "count"),
    Column("state", N_("State"), "word"),
    Column("execution_day", N_("Execution"), "day"),
    Column("count", N_("Payments"), "count"),
    Column("total_cents", N_("Sum"), "cents"),
    Column("created_by", N_("Proposed by")),
    Column("reviewed_by", N_("Reviewed by")),
    Column("released_by", N_("Released by")),
    Column("iban", N_("IBAN"), shown=False),
    Column("message_id", N_("Message id"), shown=False),
    Column("file_sha256", N_("SHA-256"), shown=False),
)
PAYMENTS = (
    Column("line", N_("No."), "count"),
    Column("creditor_name", N_("Payee")),
    Column("creditor_iban", N_("IBAN")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("remittance", N_("Text")),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("state", N_("State"), "word"),
    Column("end_to_end_id", N_("End-to-end id"), shown=False),
)
TO_REVIEW = tuple(column for column in PAYMENTS if column.key != "state")
SKIPPED = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("payee", N_("Payee")),
    Column("reference", N_("Reference")),
    Column("due", N_("Due"), "day"),
    Column("open_cents", N_("Open"), "cents"),
    Column("why", N_("Left out because"), "word"),
    Column("run", N_("Run"), "count"),
)
WORDS = (
    N_("proposed"), N_("reviewed"), N_("released"), N_("exported"), N_("executed"), N_("returned"), N_("discarded"),
    N_("no-iban"), N_("no-payee"), N_("reserved"), N_("locked"), N_("rule"),
)  # fmt: skip
RunArgument = Annotated[int, typer.Argument(metavar="RUN", help=N_("the number of the payment run"))]
DueOption = Annotated[
    dt.date | None,
    typer.Option("--due-until", parser=parse_day, metavar="DATE", help=N_("pay what is due until then")),
]
AccountOption = Annotated[str | None, typer.Option("--account", metavar="IBAN", help=N_("the account to pay from"))]
ExecutionOption = Annotated[
    dt.date | None,
    typer.Option("--execution-day", parser=parse_day, metavar="DATE", help=N_("when the bank shall pay")),
]
SingleOption = Annotated[bool, typer.Option("--single-booking", help=N_("ask the bank to book each payment alone"))]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="COUNT", help=N_("at most so many payments"))
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help=N_("the file to write; - is standard output"))
]
DiscardReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for the event log"))]
StateOption = Annotated[str | None, typer.Option("--state", metavar="STATE", help=N_("only runs in this state"))]


@command(
    app,
    "propose",
    lists=True,
    dry_run=True,
    examples=("kasse payment propose", "kasse payment propose --due-until 2026-11-30 --execution-day 2026-11-27"),
)
def propose(
    ctx: Context,
    due_until: DueOption = None,
    account: AccountOption = None,
    execution_day: ExecutionOption = None,
    office: OfficeOption = None,
    limit: LimitOption = None,
    single_booking: SingleOption = False,
) -> None:
    """Make a run of the open payables that are due.

    Due until the execution day, paid on the next TARGET day from the Kasse's first account unless said otherwise. What
    is left out is listed with the reason; what is in a run already is never proposed twice.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.propose_store import propose as service

    call = ctx.obj
    with open_book(call) as store:
        proposal = service(
            store, today=call.today, due_until=due_until, iban=account, execution_day=execution_day, office=office,
            limit=limit, single_booking=single_booking, trial=call.dry_run,
        )  # fmt: skip
    render(ctx, _proposal(proposal, dry_run=call.dry_run))


def _proposal(proposal: Proposal, *, dry_run: bool) -> Result:
    run = proposal.run
    data: dict[str, Any] = {"run": run, "left": proposal.left, "skipped": list(proposal.skipped)}
    lines = [*_head(run)] if run else [say(N_("nothing to pay"))]
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


def _head(run: Run) -> Iterator[Line]:
    yield say(N_("run {run}: payments: {count}, together {sum_cents}"), **_seen(run))
    yield say(
        N_("paid from {iban} by {name} on {day}"),
        iban=run.iban,
        name=run.debtor_name,
        day=dt.date.fromisoformat(run.execution_day),
    )


def _seen(run: Run) -> dict[str, Any]:
    return {"run": run.number, "count": run.count, "sum_cents": run.total_cents}


@command(app, "list", lists=True, examples=("kasse payment list --state exported",))
def list_runs(ctx: Context, state: StateOption = None) -> None:
    """List the payment runs of the book."""
    from kasse_cli.wiring import open_book
    from ledger.payments.runs_reader import runs

    with open_book(ctx.obj) as store:
        found = runs(store, state)
    render(ctx, Result(tables=[Table("runs", RUNS, found)], lines=[say(N_("runs: {count}"), count=len(found))]))


@command(app, "show", lists=True, examples=("kasse payment show 17 --xlsx zahllauf-17.xlsx",))
def show(ctx: Context, run: RunArgument) -> None:
    """Show a run, its payments, and who did what with it."""
    from kasse_cli.wiring import open_book
    from ledger.payments.runs_reader import payments, run_named

    with open_book(ctx.obj) as store:
        found = run_named(store, run)
        rows = payments(store, found)
    lines = [*_head(found), *_history(found)]
    render(ctx, Result({"run": found}, [Table("payments", PAYMENTS, rows)], lines))


def _history(run: Run) -> Iterator[Line]:
    steps = (
        (N_("proposed by {name} at {at}"), run.created_by, run.created_at),
        (N_("reviewed by {name} at {at}"), run.reviewed_by, run.reviewed_at),
        (N_("released by {name} at {at}"), run.released_by, run.released_at),
        (N_("exported at {at}, SHA-256 {name}"), run.file_sha256, run.exported_at),
    )
    yield from (say(template, name=name, at=at) for template, name, at in steps if at)
    if run.message_id:
        yield say(N_("message id: {name}"), name=run.message_id)


@command(app, "review", lists=True, examples=("kasse payment review 17",))
def review(ctx: Context, run: RunArgument) -> None:
    """Show the payments of a run with every warning, and note that you have seen them."""
    from kasse_cli.wiring import open_book
    from ledger.payments.steps_store import review as service

    with open_book(ctx.obj) as store:
        seen = service(store, run, today=ctx.obj.today)
    lines = [*_head(seen.run), say(N_("list hash: {hash}"), hash=seen.run.list_hash)]
    if not seen.new:
        lines.append(say(N_("nothing new: you have reviewed it before")))
    lines.append(say(N_("next: another person releases it with 'kasse payment release {run} --sum …'"), run=run))
    data = {"run": seen.run, "new": seen.new}
    render(ctx, Result(data, [Table("payments", TO_REVIEW, seen.payments)], lines, seen.findings))


@command(app, "release", examples=("kasse payment release 17 --sum 12.345,67",))
def release(ctx: Context, run: RunArgument, sum_cents: SumOption = None) -> None:
    """Release a reviewed run with its control sum; you must neither have made nor reviewed it.

    Its items are settled against money in transit. A second release changes nothing.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.steps_store import release as service

    with open_book(ctx.obj) as store:
        done = service(store, run, sum_cents=sum_cents, today=ctx.obj.today)
    lines = list(_head(done.run))
    if done.entries:
        lines.append(say(N_("booked: {entries}"), entries=", ".join(done.entries)))
        lines.append(say(N_("next: write the file with 'kasse payment export {run} --out FILE'"), run=run))
    else:
        lines.append(say(N_("nothing new: it is released already")))
    render(ctx, Result({"run": done.run, "entries": list(done.entries)}, lines=lines))


@command(app, "export", examples=("kasse payment export 17 --out zahllauf-17.xml",))
def export(ctx: Context, run: RunArgument, out: OutOption) -> None:
    """Write the pain.001.001.09 file of a released run; written again it has the same bytes."""
    from kasse_cli.payment_files import StdoutTakenError, write_file, write_stdout
    from kasse_cli.wiring import open_book

    stdout = str(out) == "-"
    if stdout and ctx.obj.format == "json":
        raise StdoutTakenError
    with open_book(ctx.obj) as store:
        done = write_stdout(store, run) if stdout else write_file(store, run, out)
    order = _order_type(done)
    lines = [
        *_head(done),
        say(N_("written: {file}"), file=str(out)),
        say(N_("SHA-256: {hash}"), hash=done.file_sha256),
        say(N_("hand it to the bank as {ebics} (EBICS 3.0: {btf})"), **order),
    ]
    render(ctx, Result({"run": done, "file": str(out), "order_type": order}, lines=[] if stdout else lines))


def _order_type(run: Run) -> dict[str, str]:
    """Return how the file is handed over; a single payment cannot opt out of the check of the payee's name."""
    from sepa.profiles import shipped_profile

    order = shipped_profile("standard").orders["transfer-vop" if run.count == 1 else "transfer"]
    return {"ebics": order.ebics, "btf": order.btf}


@command(app, "discard", examples=("kasse payment discard 17 --reason 'wrong account'",))
def discard(ctx: Context, run: RunArgument, reason: DiscardReason = "") -> None:
    """Give up a run that is not released; its items can be proposed again."""
    from kasse_cli.wiring import open_book
    from ledger.payments.steps_store import discard as service

    with open_book(ctx.obj) as store:
        done = service(store, run, reason=reason)
    render(ctx, Result({"run": done}, lines=[say(N_("discarded: run {run}"), run=run)]))
