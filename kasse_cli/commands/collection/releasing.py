"""Steps of a collection run that bind: review, release, the file for the bank, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.commands.collection.shapes import TO_REVIEW, FileOutOption, ReasonOption, RunArgument, head_lines
from kasse_cli.commands.payment.handing import CancelledOption
from kasse_cli.commands.payment.shapes import SheetOption, SlipOption
from kasse_cli.context import Context
from kasse_cli.output import Line, Result, Table, render, say
from kasse_cli.params import SumOption
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.collection_voiding import CollectionVoided
    from ledger.store.engines import Store
    from sepa.profiles import OrderType


def review(ctx: Context, run: RunArgument) -> None:
    """Show the collections of a run with every warning, and note that you have seen them."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_steps_store import review as service

    with open_book(ctx.obj) as store:
        seen = service(store, run, today=ctx.obj.today)
    lines = [*head_lines(seen.run), say(N_("list hash: {hash}"), hash=seen.run.list_hash)]
    if not seen.new:
        lines.append(say(N_("nothing new: you have reviewed it before")))
    lines.append(say(N_("next: another person releases it with 'kasse collection release {run} --sum …'"), run=run))
    data = {"run": seen.run, "new": seen.new}
    render(ctx, Result(data, [Table("collections", TO_REVIEW, seen.collections)], lines, seen.findings))


def release(ctx: Context, run: RunArgument, sum_cents: SumOption = None) -> None:
    """Release a reviewed run with its control sum; you must neither have made nor reviewed it.

    Its claims are settled against collections in transit. A second release changes nothing.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_steps_store import release as service

    call = ctx.obj
    with open_book(call) as store:
        done = service(store, run, sum_cents=sum_cents, today=call.today, time=call.world.clock().time())
    lines = list(head_lines(done.run))
    if done.entries:
        lines.append(say(N_("booked: {entries}"), entries=", ".join(done.entries)))
        lines.append(say(N_("next: write the file with 'kasse collection export {run} --out FILE'"), run=run))
    else:
        lines.append(say(N_("nothing new: it is released already")))
    render(ctx, Result({"run": done.run, "entries": list(done.entries)}, lines=lines))


def export(ctx: Context, run: RunArgument, out: FileOutOption, slip: SlipOption = None) -> None:
    """Write the pain.008.001.08 file of a released run; written again it has the same bytes."""
    from kasse_cli.bank_files import write_file
    from kasse_cli.payment_files import StdoutTakenError
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_export_store import exportable, file_of, late, note_export
    from ledger.payments.collection_slip_reader import order_of

    call = ctx.obj
    stdout = str(out) == "-"
    if stdout and call.format == "json":
        raise StdoutTakenError
    with open_book(call) as store:
        found = exportable(store, run)
        findings = late(store, found, call.today, call.world.clock().time())
        done = write_file(out, file_of(store, found), lambda digest: note_export(store, run, digest))
        if slip is not None:
            _write_slip(ctx, store, run, slip)
        order = _order_type(order_of(store, done))
    lines = [
        *head_lines(done),
        say(N_("written: {file}"), file=str(out)),
        say(N_("SHA-256: {hash}"), hash=done.file_sha256),
        say(N_("hand it to the bank as {ebics} (EBICS 3.0: {btf})"), **order),
    ]
    if slip is not None:
        lines.append(say(N_("written: {file}"), file=str(slip)))
    data = {"run": done, "file": str(out), "order_type": order}
    render(ctx, Result(data, lines=[] if stdout else lines, findings=findings))


def slip(ctx: Context, run: RunArgument, out: SheetOption = Path("-")) -> None:
    """Write the Begleitzettel of a released run: count, sums, hash and order type, on a sheet to sign."""
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        _write_slip(ctx, store, run, out)
    stdout = str(out) == "-"
    render(ctx, Result({"file": str(out)}, lines=[] if stdout else [say(N_("written: {file}"), file=str(out))]))


def _write_slip(ctx: Context, store: Store, run: int, out: Path) -> None:
    from kasse_cli.documents import save
    from ledger.payments.collection_slip_reader import slip_of

    save(slip_of(store, run), out, dt.datetime.fromisoformat(ctx.obj.now))


def _order_type(order: OrderType) -> dict[str, str]:
    return {"ebics": order.ebics, "btf": order.btf}


def void(ctx: Context, run: RunArgument, reason: ReasonOption = "", cancelled: CancelledOption = False) -> None:
    """Give up a file that the bank never got: one person asks, another with the right to release does the same.

    Its claims are open again. What the bank has, is recalled or reversed instead.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_reader import run_named
    from ledger.payments.collection_void_store import void as service

    sure = N_("Are you sure that the bank never got run {run} of {day} over {sum_cents}?")
    if cancelled:
        sure = N_("Are you sure that run {run} of {day} over {sum_cents} was cancelled at the bank?")
    with open_book(ctx.obj) as store:
        found = run_named(store, run)
        day = dt.date.fromisoformat(found.collection_day)
        ctx.obj.confirm(sure, run=run, day=day, sum_cents=found.total_cents)
        done = service(store, run, reason, today=ctx.obj.today, cancelled=cancelled)
    lines = list(_voided(done, " --cancelled" if cancelled else ""))
    render(ctx, Result({"voided": done, "run": done.run, "entries": list(done.entries)}, lines=lines))


def _voided(done: CollectionVoided, more: str) -> Iterator[Line]:
    run = done.run.number
    if not done.done:
        yield say(N_("asked: collection run {run} is to be given up"), run=run)
        yield say(
            N_("next: another person who may release confirms it: 'kasse collection void {run}{more}'"),
            run=run, more=more,
        )  # fmt: skip
    elif not done.new:
        yield say(N_("nothing new: it was given up already"))
    else:
        yield say(N_("void: collection run {run}, its claims are open again"), run=run)
        yield say(N_("booked: {entries}"), entries=", ".join(done.entries))
