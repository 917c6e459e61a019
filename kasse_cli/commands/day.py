"""`kasse day`: days closed by one person and confirmed by another."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.closing_columns import CLOSING
from kasse_cli.closing_pages import show_closing, signed
from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Result, Table, render, say
from kasse_cli.params import DateOption, ProtocolOption
from kasse_cli.results import Line
from sepa.errors import N_, KasseError
from sepa.identifiers.iban import parse_iban

if TYPE_CHECKING:
    from ledger.book.closing_service import Closing

app = noun(N_("close and confirm the day"))


class InvalidNoStatementError(KasseError):
    """A `--no-statement` that is not an IBAN with a reason."""

    code = "day.no_statement"
    template = N_("not an IBAN with a reason: {text}")
    hint = N_("write it as --no-statement 'DE…=why there is none', without names of persons")
    exit_code = 2


def parse_reason(text: str) -> tuple[str, str]:
    """Return IBAN and reason of `IBAN=TEXT`; raises `InvalidNoStatementError`, `InvalidIbanError`."""
    iban, _equals, reason = text.partition("=")
    if not reason.strip():
        raise InvalidNoStatementError(text=text)
    return str(parse_iban(iban)), reason.strip()


NoStatementOption = Annotated[
    list[str] | None,
    typer.Option("--no-statement", metavar="IBAN=TEXT", help=N_("why an account has no statement of that day")),
]


@command(
    app,
    "close",
    lists=True,
    leading="--date",
    dry_run=True,
    examples=(
        "kasse day close 2026-11-20 --dry-run",
        "kasse day close 2026-11-20 --xlsx protokoll.xlsx",
        "kasse day close 2026-11-20 --no-statement 'DE75512108001245126199=Bank liefert monatlich'",
    ),
)
def close(ctx: Context, day: DateOption, no_statement: NoStatementOption = None, text: ProtocolOption = None) -> None:
    """Close the day, and all open days before it, and print the protocol.

    Every bank account must agree with the bank's statement of that day to the cent, and nothing may wait to be
    posted. A closed day takes no posting and is never reopened; another person confirms it.
    """
    from kasse_cli.wiring import open_book, waiting_work
    from ledger.book.closing_service import close_day
    from ledger.payments.overdue_reader import overdue

    reasons = dict(parse_reason(text) for text in no_statement or ())
    call = ctx.obj
    with open_book(call) as store:
        done = close_day(
            store, day.isoformat(), today=call.today.isoformat(), reasons=reasons, dry_run=call.dry_run,
            waiting=waiting_work,
        )  # fmt: skip
        lost = overdue(store, day) if done.fresh else ()
    done = replace(done, findings=(*done.findings, *lost))
    show_closing(ctx, done, _closed(call, done), text)


def _closed(call: Call, done: Closing) -> list[Line]:
    last = done.protocol.last_day
    number, day = done.protocol.label, dt.date.fromisoformat(last)
    if not done.fresh:
        return [say(N_("nothing new: closed already with protocol {number}"), number=number)]
    if call.dry_run:
        return [say(N_("nothing was changed; {day} can be closed with protocol {number}"), day=day, number=number)]
    return [
        say(N_("closed up to {day}, protocol {number}"), day=day, number=number),
        say(N_("next: another person with the role head runs 'kasse day confirm --date {date}'"), date=last),
    ]


@command(app, "confirm", lists=True, leading="--date", examples=("kasse day confirm 2026-11-20",))
def confirm(ctx: Context, day: DateOption, text: ProtocolOption = None) -> None:
    """Put the second signature under the closing of the day, and print its protocol.

    Before that the entries are compared with the head that was written when the day was closed.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import confirm_day

    with open_book(ctx.obj) as store:
        done = confirm_day(store, day.isoformat())
    fields = {"number": done.protocol.label, "user": done.confirmed_by}
    said = N_("confirmed: protocol {number}") if done.fresh else N_("nothing new: confirmed already by {user}")
    show_closing(ctx, done, [say(said, **fields)], text)


@command(app, "show", lists=True, leading="--date", examples=("kasse day show 2026-11-20 --xlsx protokoll.xlsx",))
def show(ctx: Context, day: DateOption, text: ProtocolOption = None) -> None:
    """Show the protocol with which the day was closed."""
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import show_day

    with open_book(ctx.obj) as store:
        done = show_day(store, day.isoformat())
    show_closing(ctx, done, [], text)


@command(app, "list", lists=True, examples=("kasse day list",))
def list_closings(ctx: Context) -> None:
    """List the closings with both signatures."""
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import list_days

    people = ctx.obj.format not in {"json", "csv"}
    with open_book(ctx.obj) as store:
        rows = [signed(done, people=people) for done in list_days(store)]
    waiting = sum(row["confirmed_by"] is None for row in rows)
    lines = [say(N_("closings: {count}, to be confirmed: {waiting}"), count=len(rows), waiting=waiting)]
    render(ctx, Result(tables=[Table("closings", CLOSING, rows)], lines=lines))
