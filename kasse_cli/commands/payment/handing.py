"""Handing a run to the bank: its files, the sheet that goes with them, and taking back what the bank never got."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.payment.shapes import (
    DiscardReason,
    FileOption,
    OutOption,
    RunArgument,
    SheetOption,
    SlipOption,
    head,
)
from kasse_cli.commands.payment.showing import NumberArgument
from kasse_cli.context import Context
from kasse_cli.output import Line, Result, render, say
from kasse_cli.progress import progress
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.files import PaymentFile
    from ledger.payments.voiding import Voided

CancelledOption = Annotated[
    bool, typer.Option("--cancelled", help=N_("the order was cancelled at the bank before it was executed"))
]


def export(ctx: Context, run: RunArgument, out: OutOption, file: FileOption = None, slip: SlipOption = None) -> None:
    """Write the pain.001.001.09 files of a released run; written again they have the same bytes.

    A run becomes several files where the bank checks the names of some payees only, or takes no more in one file; then
    FILE gets numbers: zahllauf-1.xml, zahllauf-2.xml.
    """
    from kasse_cli.payment_files import StdoutTakenError, write_files, write_stdout
    from kasse_cli.wiring import open_book
    from ledger.payments.copies_reader import file_findings

    stdout = str(out) == "-"
    if stdout and ctx.obj.format == "json":
        raise StdoutTakenError
    with open_book(ctx.obj) as store:
        if stdout:
            done, written = write_stdout(store, run, file)
        else:
            with progress(N_("payments written"), quiet=ctx.obj.quiet) as step:
                done, written = write_files(store, run, out, file, step)
        if slip is not None:
            _write_slip(ctx, store, run, slip)
        files_written, time = (one for one, _ in written), ctx.obj.world.clock().time()
        found = list(file_findings(store, done, files_written, ctx.obj.today, time))
    copies = {one.fields["file"] for one in found if one.code == "payment.copy"}
    lines = [*head(done), *(line for one, path in written for line in _written(one, path, copy=one.number in copies))]
    if slip is not None:
        lines.append(say(N_("written: {file}"), file=str(slip)))
    files = [{"number": one.number, "file": str(path), **_facts(one)} for one, path in written]
    first = files[0]
    data = {"run": done, "file": first["file"], "order_type": {"ebics": first["ebics"], "btf": first["btf"]}}
    render(ctx, Result(data | {"files": files}, lines=[] if stdout else lines, findings=found))


def _facts(file: PaymentFile) -> dict[str, str | int | bool | None]:
    return {
        "ebics": file.ebics, "btf": file.btf, "name_check": file.name_check, "message_id": file.message_id,
        "count": file.count, "total_cents": file.total_cents, "sha256": file.sha256,
    }  # fmt: skip


def _written(file: PaymentFile, path: Path, *, copy: bool) -> Iterator[Line]:
    yield say(N_("written: {file}"), file=str(path))
    yield say(N_("SHA-256: {hash}"), hash=file.sha256)
    if copy:
        return
    yield say(N_("hand it to the bank as {ebics} (EBICS 3.0: {btf})"), ebics=file.ebics, btf=file.btf)
    if file.name_check:
        yield say(N_("wait for the bank's report on the names and read it with 'kasse payment status FILE'"))


def slip(ctx: Context, run: RunArgument, out: SheetOption = Path("-")) -> None:
    """Write the Begleitzettel of a released run: count, sums, hashes and order types, on a sheet to sign."""
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        _write_slip(ctx, store, run, out)
    stdout = str(out) == "-"
    render(ctx, Result({"file": str(out)}, lines=[] if stdout else [say(N_("written: {file}"), file=str(out))]))


def _write_slip(ctx: Context, store: object, run: int, out: Path) -> None:
    import datetime as dt

    from kasse_cli.documents import save
    from ledger.payments.slip_reader import slip_of

    save(slip_of(store, run), out, dt.datetime.fromisoformat(ctx.obj.now))  # type: ignore[arg-type]


def void(
    ctx: Context,
    run: NumberArgument,
    file: FileOption = None,
    reason: DiscardReason = "",
    cancelled: CancelledOption = False,
) -> None:
    """Give up a file that the bank never got: one person asks, another with the right to release does the same.

    Also one payment, such as 17-3, whose recall the bank has accepted before it was executed. The items can be
    proposed again, under new ids; money in transit is taken back.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_run_or_payment
    from ledger.payments.void_store import void as service

    number, line = parse_run_or_payment(run)
    with open_book(ctx.obj) as store:
        done = service(store, number, reason=reason, file=file, line=line, cancelled=cancelled)
    render(ctx, Result({"voided": done}, lines=list(_voided(done, file, cancelled=cancelled))))


def _voided(done: Voided, file: int | None, *, cancelled: bool) -> Iterator[Line]:
    what = f"{done.run.number}/F{done.file}" if done.line is None else f"{done.run.number}-{done.line}"
    named = str(done.run.number) if done.line is None else what
    named += (f" --file {file}" if file is not None else "") + (" --cancelled" if cancelled else "")
    if not done.done:
        yield say(N_("asked: {what} is to be given up"), what=what)
        yield say(
            N_("next: another person who may release confirms it with the same command: 'kasse payment void {named}'"),
            named=named,
        )
    elif not done.new:
        yield say(N_("nothing new: it was given up already"))
    else:
        yield say(
            N_("given up: {what}, payments: {count}, together {sum_cents}"),
            what=what, count=done.count, sum_cents=done.cents,
        )  # fmt: skip
        yield say(N_("booked: {entries}"), entries=", ".join(done.entries))
        yield say(N_("next: 'kasse payment propose' proposes its items again"))
