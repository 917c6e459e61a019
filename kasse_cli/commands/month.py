"""`kasse month`: months closed by one person and confirmed by another (§ 71 LHO)."""

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
from ledger.book.closing_periods import Period, parse_month
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.book.closing_service import Closing

app = noun(N_("close and confirm the month"))
MonthOption = Annotated[
    Period, typer.Option("--month", parser=parse_month, metavar="MONTH", help=N_("the month, as 2026-11 or 11.2026"))
]


@command(
    app,
    "close",
    lists=True,
    leading="--month",
    dry_run=True,
    examples=(
        "kasse month close 2026-11 --dry-run",
        "kasse month close 2026-11 --text monat.pdf --xlsx monat.xlsx",
        "kasse month close 2026-11 --explain 'KASSE:2890=Umbuchung vom 30.11., Gutschrift am 01.12.'",
    ),
)
def close(ctx: Context, month: MonthOption, explain: ExplainOption = None, text: ProtocolOption = None) -> None:
    """Close the month and print the protocol; another person confirms it.

    Every day of it must be closed and confirmed, numbers without gaps, control accounts equal to their items, money in
    transit explained. A closed month takes no posting and is never reopened.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import close_period

    call, reasons = ctx.obj, dict(map(parse_explanation, explain or ()))
    with open_book(call) as store:
        done = close_period(store, month, today=call.today.isoformat(), reasons=reasons, dry_run=call.dry_run)
    show_closing(ctx, done, _closed(call, done), text)


def _closed(call: Call, done: Closing) -> list[Line]:
    month, number = done.protocol.period, done.protocol.label
    if not done.fresh:
        return [say(N_("nothing new: closed already with protocol {number}"), number=number)]
    if call.dry_run:
        return [
            say(N_("nothing was changed; {month} can be closed with protocol {number}"), month=month, number=number)
        ]
    return [
        say(N_("closed: {month}, protocol {number}"), month=month, number=number),
        say(N_("next: another person with the role head runs 'kasse month confirm --month {month}'"), month=month),
    ]


@command(app, "confirm", lists=True, leading="--month", examples=("kasse month confirm 2026-11",))
def confirm(ctx: Context, month: MonthOption, text: ProtocolOption = None) -> None:
    """Put the second signature under the closing of the month, and print its protocol.

    Before that the entries are compared with the head that was written when the month was closed.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import confirm_period

    with open_book(ctx.obj) as store:
        done = confirm_period(store, month)
    said = N_("confirmed: protocol {number}") if done.fresh else N_("nothing new: confirmed already by {user}")
    show_closing(ctx, done, [say(said, number=done.protocol.label, user=done.confirmed_by)], text)


@command(app, "show", lists=True, leading="--month", examples=("kasse month show 2026-11 --xlsx monat.xlsx",))
def show(ctx: Context, month: MonthOption, text: ProtocolOption = None) -> None:
    """Show the protocol with which the month was closed."""
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import show_period

    with open_book(ctx.obj) as store:
        done = show_period(store, month)
    show_closing(ctx, done, [], text)


@command(app, "list", lists=True, examples=("kasse month list",))
def list_closings(ctx: Context) -> None:
    """List the months that are closed, with both signatures."""
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import list_closings as read

    people = ctx.obj.format not in {"json", "csv"}
    with open_book(ctx.obj) as store:
        rows = [signed(done, people=people) for done in read(store, "month")]
    waiting = sum(row["confirmed_by"] is None for row in rows)
    lines = [say(N_("closings: {count}, to be confirmed: {waiting}"), count=len(rows), waiting=waiting)]
    render(ctx, Result(tables=[Table("closings", CLOSING, rows)], lines=lines))
