"""`kasse year`: prepared by one person, who carries the result over, and closed for good by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.closing_columns import CLOSING
from kasse_cli.closing_pages import show_closing, signed
from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Result, Table, render, say
from kasse_cli.params import ExplainOption, ProtocolOption, parse_explanation
from kasse_cli.results import Line
from ledger.book.closing_periods import Period, parse_year
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.book.closing_service import Closing

app = noun(N_("prepare and close the year"))
YearOption = Annotated[Period, typer.Option("--year", parser=parse_year, metavar="YEAR", help=N_("the year, as 2026"))]


@command(
    app,
    "prepare",
    lists=True,
    leading="--year",
    dry_run=True,
    examples=(
        "kasse year prepare 2026 --dry-run",
        "kasse year prepare 2026 --text jahr.pdf --xlsx jahr.xlsx",
    ),
)
def prepare(ctx: Context, year: YearOption, explain: ExplainOption = None, text: ProtocolOption = None) -> None:
    """Carry income and expense to the result, and propose the closing of the year.

    It posts in period 13, which holds no money, and shows what goes on into the new year: balances, Kassenreste,
    unclear money case by case. It may be repeated until another person closes the year. What is still to be posted for
    the year comes before it: 'kasse journal post --closing YEAR'.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.book.closing_year_service import prepare_year

    call, reasons = ctx.obj, dict(map(parse_explanation, explain or ()))
    with open_book(call) as store, trial(call, store):
        done = prepare_year(store, year, today=call.today.isoformat(), reasons=reasons)
    show_closing(ctx, done, _prepared(call, done), text)


def _prepared(call: Call, done: Closing) -> list[Line]:
    year = done.protocol.period
    if done.confirmed_by is not None:
        return [say(N_("nothing new: closed already with protocol {number}"), number=done.protocol.label)]
    if not done.fresh:
        return [say(N_("nothing new: prepared already by {user}"), user=done.closed_by)]
    if call.dry_run:
        return [say(N_("nothing was changed; {year} can be prepared"), year=year)]
    return [
        say(N_("prepared: {year}"), year=year),
        say(N_("next: another person with the role head runs 'kasse year close --year {year}'"), year=year),
    ]


@command(
    app,
    "close",
    lists=True,
    leading="--year",
    dry_run=True,
    confirm=True,
    examples=("kasse year close 2026 --text jahr.pdf",),
)
def close(ctx: Context, year: YearOption, text: ProtocolOption = None) -> None:
    """Close a prepared year for good and print its protocol.

    Another person than the one who prepared it does this, and only while nothing has changed since. Then nothing is
    posted into the year any more, not even in period 13.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.closing_year_service import close_year

    call = ctx.obj
    if not call.dry_run:
        call.confirm(N_("close {year} for good?"), year=year.name)
    with open_book(call) as store:
        done = close_year(store, year, today=call.today.isoformat(), dry_run=call.dry_run)
    show_closing(ctx, done, _closed(call, done), text)


def _closed(call: Call, done: Closing) -> list[Line]:
    year, number = done.protocol.period, done.protocol.label
    if not done.fresh:
        return [say(N_("nothing new: closed already with protocol {number}"), number=number)]
    if call.dry_run:
        return [say(N_("nothing was changed; {year} can be closed with protocol {number}"), year=year, number=number)]
    return [say(N_("closed for good: {year}, protocol {number}"), year=year, number=number)]


@command(app, "show", lists=True, leading="--year", examples=("kasse year show 2026 --xlsx jahr.xlsx",))
def show(ctx: Context, year: YearOption, text: ProtocolOption = None) -> None:
    """Show the protocol with which the year was closed, or the one that is proposed."""
    from kasse_cli.wiring import open_book
    from ledger.book.closing_year_service import show_year

    with open_book(ctx.obj) as store:
        done = show_year(store, year)
    waiting = say(N_("proposed, not closed: another person runs 'kasse year close --year {year}'"), year=year.name)
    show_closing(ctx, done, [] if done.confirmed_by else [waiting], text)


@command(app, "list", lists=True, examples=("kasse year list",))
def list_closings(ctx: Context) -> None:
    """List the years that are closed, with both signatures."""
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import list_closings as read

    people = ctx.obj.format not in {"json", "csv"}
    with open_book(ctx.obj) as store:
        rows = [signed(done, people=people) for done in read(store, "year")]
    lines = [say(N_("years closed: {count}"), count=len(rows))]
    render(ctx, Result(tables=[Table("closings", CLOSING, rows)], lines=lines))
