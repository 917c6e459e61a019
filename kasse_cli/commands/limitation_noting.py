"""`kasse limitation note|withdraw`: events that interrupt or stop limitation, noted by hand."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.limitation_lists import ENDS
from kasse_cli.output import Result, Table, render, say
from kasse_cli.params import ReasonOption, parse_day
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from enforcement.limitation_watch_store import NotedEvent

ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help=N_("a reference or OFFICE/NUMBER"))]
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help=N_("the number of the event"))]
KindOption = Annotated[
    str, typer.Option("--kind", metavar="KIND", help=N_("what happened, a kind that the claim's law knows: measure, …"))
]
DayOption = Annotated[
    dt.date, typer.Option("--day", parser=parse_day, metavar="DATE", help=N_("the day, or the first of several"))
]
UntilOption = Annotated[
    dt.date | None, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("the last day of what lasted"))
]
OngoingOption = Annotated[bool, typer.Option("--ongoing", help=N_("it lasts and has no last day yet"))]
AmountOption = Annotated[
    int | None,
    typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("the part of the claim it concerns")),
]
DebtorOption = Annotated[
    str | None, typer.Option("--debtor", metavar="PARTY", help=N_("of several debtors the one whom it concerns"))
]


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app,
        "note",
        dry_run=True,
        examples=("kasse limitation note BAU/17 --kind measure --day 2026-11-02 --reason 'Pfändung, DR 12/26'",),
    )(note)
    command(app, "withdraw", examples=("kasse limitation withdraw BAU/17 3 --reason 'falsches Kassenzeichen'",))(
        withdraw
    )


def note(
    ctx: Context,
    item: ItemArgument,
    kind: KindOption,
    day: DayOption,
    reason: ReasonOption,
    until: UntilOption = None,
    ongoing: OngoingOption = False,
    amount: AmountOption = None,
    debtor: DebtorOption = None,
) -> None:
    """Note an event of a claim: a measure, security, acknowledgement, inquiry, or the day a decision became final.

    What is noted already is not noted again; what goes on (--ongoing) ends when it is noted again with --until. Where
    several owe the claim it counts for the one named with --debtor only. Side claims fall with their main claim.
    Letters and relief note their events themselves.
    """
    from enforcement.limitation_watch_notes import Note
    from enforcement.limitation_watch_store import note as service
    from kasse_cli.wiring import open_book
    from ledger.people.parties_reader import find_party

    with open_book(ctx.obj) as store, store.rehearsal() if ctx.obj.dry_run else nullcontext():
        whom = find_party(store, debtor) if debtor is not None else None
        done = service(store, item, Note(kind, day, until, ongoing, amount, whom), reason)
    lines = [say(N_("nothing was written"))] if ctx.obj.dry_run else []
    render(ctx, Result({"dry_run": ctx.obj.dry_run}, [Table("events", ENDS, [_row(one) for one in done])], lines))


def withdraw(ctx: Context, item: ItemArgument, number: NumberArgument, reason: ReasonOption) -> None:
    """Withdraw an event that was noted by hand; it stays in the book, without effect, with the reason."""
    from enforcement.limitation_watch_store import withdraw as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = service(store, item, number, reason)
    render(ctx, Result({}, [Table("events", ENDS, [_row(done)])]))


def _row(one: NotedEvent) -> dict[str, Any]:
    return {
        "item": f"{one.office}/{one.item}", "number": one.number, "did": one.did, "before": one.before.end,
        "end": one.after.end, "state": one.after.state,
    }  # fmt: skip
