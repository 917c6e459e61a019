"""`kasse cash deposit|withdraw|transfer|accept`: cash and cheques on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.cash.params import (
    AmountOrChequesError,
    AmountOrRefillError,
    DeskArgument,
    IbanOption,
    OtherArgument,
    RefillOption,
    SumArgument,
)
from kasse_cli.context import Context
from kasse_cli.output import Result, render, say
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.cash.transport_store import TransportDone

BagOption = Annotated[str | None, typer.Option("--bag", metavar="NUMBER", help=N_("the number of the Safebag"))]
ChequesOption = Annotated[bool, typer.Option("--cheques", help=N_("all cheques in the drawer, not cash"))]
IncomingArgument = Annotated[
    str | None, typer.Argument(metavar="NAME", help=N_("what is accepted, such as KASSE-T12, where several are coming"))
]


def deposit(
    ctx: Context,
    desk: DeskArgument,
    amount: SumArgument = None,
    iban: IbanOption = None,
    bag: BagOption = None,
    cheques: ChequesOption = False,
) -> None:
    """Bring cash or the cheques of a desk to the bank: under way until the bank statement shows it.

    Write the name that is printed here on the paying-in slip: 'kasse reconcile' clears it by that name, by the number
    of the bag, or by the amount where only one fits.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.transport_store import deposit as bring
    from ledger.cash.transport_store import deposit_cheques

    if cheques == (amount is not None):
        raise AmountOrChequesError(desk=desk)
    own = _iban(iban)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        if amount is None:
            done = deposit_cheques(store, desk, iban=own)
        else:
            done = bring(store, desk, amount, iban=own, bag=bag)
    _render(ctx, done)


def withdraw(
    ctx: Context, desk: DeskArgument, amount: SumArgument = None, iban: IbanOption = None, refill: RefillOption = False
) -> None:
    """Put cash from the bank into a desk or fund; the debit on the bank statement clears it."""
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.transport_store import withdraw as service

    if refill == (amount is not None):
        raise AmountOrRefillError(verb="withdraw", desk=desk)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, desk, amount, iban=_iban(iban))
    _render(ctx, done)


def transfer(
    ctx: Context, desk: DeskArgument, to: OtherArgument, amount: SumArgument = None, refill: RefillOption = False
) -> None:
    """Give cash of a desk to another desk or fund; it is under way until its holder accepts it."""
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.transport_store import transfer as service

    if refill == (amount is not None):
        raise AmountOrRefillError(verb="transfer", desk=desk)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, desk, to, amount)
    _render(ctx, done)


def accept(ctx: Context, desk: DeskArgument, name: IncomingArgument = None) -> None:
    """Put what another desk gave into the own desk or fund."""
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.transport_store import accept as service

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, desk, name)
    _render(ctx, done)


def _iban(text: str | None) -> str | None:
    from sepa.identifiers import parse_iban

    return None if text is None else str(parse_iban(text))


_NEXT = {
    "deposit": N_("next: write {reference} on the paying-in slip; 'kasse reconcile' clears it"),
    "cheques": N_("next: write {reference} on the paying-in slip; 'kasse reconcile' clears it"),
    "withdrawal": N_("next: 'kasse reconcile' clears it with the debit of the bank"),
    "transfer": N_("next: the holder of {other} accepts it: 'kasse cash accept {other}'"),
}


def _render(ctx: Context, done: TransportDone) -> None:
    one = done.transport
    there = one.state == "there"
    said = N_("{reference}: {sum_cents} accepted") if there else N_("{reference}: {sum_cents} under way")
    lines = [say(said, reference=one.reference, sum_cents=one.amount_cents)]
    if ctx.obj.dry_run:
        lines.insert(0, say(N_("nothing was changed; this would be written:")))
    lines.append(say(N_("in the desk now: {balance_cents}"), balance_cents=done.balance_cents))
    if not there:
        lines.append(say(_NEXT[one.kind], reference=one.reference, other=one.other or ""))
    data = {"transport": one, "balance_cents": done.balance_cents, "dry_run": ctx.obj.dry_run}
    render(ctx, Result(data, lines=lines, findings=done.findings))
