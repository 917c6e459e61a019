"""`kasse cash count|confirm|protocol`: the Kassensturz and its two signatures."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.cash.params import DeskArgument, EmptyOrPiecesError, MaybeOutOption, OutOption, WhyOption
from kasse_cli.context import Context
from kasse_cli.output import Line, Result, render, say
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.cash.count_store import CountDone
    from ledger.store.engines import Store

PiecesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="PIECES", help=N_("how many of which note or coin: 3x50 12x0,20"))
]
EmptyOption = Annotated[bool, typer.Option("--empty", help=N_("nothing is in the desk"))]
RemarkOption = Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("what is to be said about the count"))]
RejectOption = Annotated[
    bool, typer.Option("--reject", help=N_("the count is wrong: take its difference back, with --reason"))
]
NumberOption = Annotated[
    int | None, typer.Option("--number", metavar="NUMBER", help=N_("this count of the desk, if not the last"))
]


def count(
    ctx: Context,
    desk: DeskArgument,
    pieces: PiecesArgument = None,
    empty: EmptyOption = False,
    note: RemarkOption = "",
    out: MaybeOutOption = None,
) -> None:
    """Count a desk by notes and coins and compare with the books.

    What is short becomes an advance (Vorschuss) against the holder, what is over unclear money; then the books have
    what was counted. The holder counts, or unannounced a head or the audit; another person confirms. A difference of
    more than 100 euros is booked with --yes only.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.count_store import count as service
    from ledger.cash.counting import parse_pieces

    if empty == bool(pieces):
        raise EmptyOrPiecesError(desk=desk)
    sure = bool(ctx.obj.options.get("yes")) or ctx.obj.dry_run
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, desk, parse_pieces(pieces or ()), remark=note.strip(), sure=sure)
        if out is not None and not ctx.obj.dry_run:
            _save(ctx, store, desk, None, out)
    lines = [_line(done)]
    if ctx.obj.dry_run:
        lines.insert(0, say(N_("nothing was changed; this would be written:")))
    else:
        lines.append(say(N_("next: another person confirms it: 'kasse cash confirm {desk}'"), desk=done.desk))
    data = {"count": done, "difference_cents": done.difference_cents, "dry_run": ctx.obj.dry_run}
    render(ctx, Result(data, lines=lines, findings=done.findings))


def confirm(ctx: Context, desk: DeskArgument, reject: RejectOption = False, reason: WhyOption = "") -> None:
    """Put the second signature under the last count of a desk, or reject it; another person than who counted.

    A rejected count (mistyped, a bag left out) stays to be seen, but its difference is taken back; that needs the
    role head or cashier, and somebody who does not hold the desk. Then count again.
    """
    from kasse_cli.wiring import open_book
    from ledger.cash.count_store import confirm as service
    from ledger.cash.reject_store import reject as take_back

    with open_book(ctx.obj) as store:
        done = take_back(store, desk, reason) if reject else service(store, desk)
    if reject:
        said = say(N_("rejected: count {number} of {desk}"), number=done.number, desk=done.desk)
        lines = [_line(done), said, say(N_("next: count it again: 'kasse cash count {desk}'"), desk=done.desk)]
    else:
        lines = [_line(done), say(N_("confirmed: count {number} of {desk}"), number=done.number, desk=done.desk)]
    render(ctx, Result({"count": done, "difference_cents": done.difference_cents}, lines=lines))


def protocol(ctx: Context, desk: DeskArgument, number: NumberOption = None, out: OutOption = Path("-")) -> None:
    """Write the protocol of a count with notes and coins, for two signatures on paper."""
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        _save(ctx, store, desk, number, out)
    stdout = str(out) == "-"
    render(ctx, Result({"file": str(out)}, lines=[] if stdout else [say(N_("written: {file}"), file=str(out))]))


def _line(done: CountDone) -> Line:
    return say(
        N_("{desk}: counted {counted_cents}, expected {expected_cents}, difference {difference_cents}"),
        desk=done.desk, counted_cents=done.counted_cents, expected_cents=done.expected_cents,
        difference_cents=done.difference_cents,
    )  # fmt: skip


def _save(ctx: Context, store: Store, desk: str, number: int | None, out: Path) -> None:
    from kasse_cli.documents import save
    from ledger.cash.sheets_reader import count_document

    save(count_document(store, desk, number), out, dt.datetime.fromisoformat(ctx.obj.now))
