"""Bank entries that do not say which of our payments they are about: a person says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.commands.payment.shapes import FileOption, RunArgument
from kasse_cli.context import Context
from kasse_cli.output import Line, Result, render, say
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.bank.booked_desk import Booked
    from ledger.bank.returned_desk import CameBack

WithoutOption = Annotated[
    list[int] | None,
    typer.Option("--without", metavar="LINE", help=N_("the bank refused this payment; may be repeated")),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="CODE", help=N_("why the bank refused, such as AC04; with --undo in words"))
]
UndoOption = Annotated[bool, typer.Option("--undo", help=N_("it was not the debit of the run: take it back"))]
PaymentsArgument = Annotated[
    list[str], typer.Argument(metavar="PAYMENT", help=N_("the payments that came back, such as 17-3"))
]
CreditOption = Annotated[int, typer.Option("--case", metavar="NUMBER", help=N_("the case that holds the credit"))]
ReturnReasonOption = Annotated[
    str, typer.Option("--reason", metavar="CODE", help=N_("why it came back, if the bank entry has no code"))
]
FeeOption = Annotated[
    int | None, typer.Option("--fee", parser=parse_amount, metavar="AMOUNT", help=N_("what the bank kept for itself"))
]
CaseOption = Annotated[int, typer.Option("--case", metavar="NUMBER", help=N_("the case that holds the debit"))]


def booked(
    ctx: Context,
    run: RunArgument,
    case: CaseOption,
    file: FileOption = None,
    without: WithoutOption = None,
    reason: ReasonOption = "",
    undo: UndoOption = False,
) -> None:
    """Take an unclear debit as what the bank paid for a run, or for one file of it.

    The sum must be what is left; its payments are executed by it. What the bank refused without a report is named with
    --without: those items are open again and locked. Payments that were given up or refused count as executed after
    all where they make the sum; that, a debit that does not look like ours, and --undo take two people.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.booked_desk_store import book_run
    from ledger.bank.unbooked_desk_store import unbook_run

    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        if undo:
            done = unbook_run(store, run, case, day=day, reason=reason)
        else:
            done = book_run(store, run, case, day=day, file=file or 0, without=without or (), reason=reason)
    lines = list(_booked(done, undo=undo))
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


def _booked(done: Booked, *, undo: bool) -> Iterator[Line]:
    """Yield what became of the case, or who must say it too."""
    known = {"number": done.case, "run": done.run, "sum_cents": done.cents}
    if not done.done:
        said = _ASKED_UNDO if undo else _ASKED_AGAIN if done.again else _ASKED
        yield say(said, **known) if done.new else say(N_("nothing new: another person must confirm it"))
        yield say(N_("next: another person who may release confirms it with the same command"))
        return
    if undo:
        yield say(N_("case {number} is not the debit of run {run}; booked: {entry}"), entry=done.entry, **known)
        yield say(N_("payments under way again: {count}"), count=done.payments)
        return
    said = N_("case {number} is the debit of run {run}: payments: {count}, together {sum_cents}; booked: {entry}")
    yield say(said, count=done.payments, entry=done.entry, **known)
    if done.again:
        yield say(N_("executed after all, given up or refused before: {count}"), count=len(done.again))


_ASKED = N_("asked: case {number} over {sum_cents} is the debit of run {run}, though it does not look like it")
_ASKED_AGAIN = N_(
    "asked: case {number} over {sum_cents} is the debit of run {run}: what was given up or refused is paid after all"
)
_ASKED_UNDO = N_("asked: case {number} over {sum_cents} is not the debit of run {run}")


def _ask_return(done: CameBack) -> Iterator[Line]:
    """Yield who must say it too."""
    said = N_(
        "asked: case {number} is payment {payment}, come back; it has neither our id nor the payee's name or account"
    )
    if done.new:
        yield say(said, number=done.case, payment=", ".join(done.payments))
    else:
        yield say(N_("nothing new: another person must confirm it"))
    yield say(N_("next: another person who may release confirms it with the same command"))


def returned(
    ctx: Context,
    payments: PaymentsArgument,
    case: CreditOption,
    reason: ReturnReasonOption = "",
    fee: FeeOption = None,
) -> None:
    """Take an unclear credit as payments that came back: their items are open again and locked until somebody looked.

    A credit with neither our id nor the payee's name or account takes two people; the lock is lifted by somebody else.
    For returns without our end-to-end id; one credit may bring several back. The case must hold what was paid, less
    the fee that the bank kept.
    """
    from kasse_cli.commands.payment.vop import one_payment
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.returned_desk_store import take_return

    named = [one_payment(text) for text in payments]
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = take_return(store, named, case, day=ctx.obj.today.isoformat(), reason=reason, fee_cents=fee or 0)
    said = N_("case {number} is payment {payment}, come back: {item} is open again with {sum_cents}; booked: {entry}")
    if not done.done:
        lines = list(_ask_return(done))
        render(ctx, Result({"returned": done, "dry_run": ctx.obj.dry_run}, lines=lines))
        return
    then = N_(
        "next: another account with 'kasse payment redirect {item}', then another person lifts the lock: "
        "'kasse item unlock {item} --kind payment --reason …'"
    )
    known: dict[str, Any] = {"payment": ", ".join(done.payments), "item": ", ".join(done.items)}
    lines = [say(said, number=case, sum_cents=done.cents, entry=done.entry, **known)]
    lines += [say(then, item=item) for item in done.items]
    if done.fee_cents:
        lines.append(say(N_("fee of the bank: {fee_cents}"), fee_cents=done.fee_cents))
    if ctx.obj.dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    render(ctx, Result({"returned": done, "dry_run": ctx.obj.dry_run}, lines=lines))
