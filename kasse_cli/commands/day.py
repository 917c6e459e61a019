"""`kasse day`: days closed by one person and confirmed by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import _
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import DateOption
from kasse_cli.results import Line
from ledger.book.journal import grouped
from sepa.errors import N_, KasseError
from sepa.identifiers.iban import parse_iban

if TYPE_CHECKING:
    from ledger.book.closing_protocol import AccountLine, AgeLine
    from ledger.book.closing_service import DayClosing

app = noun(N_("close and confirm the day"))
CLOSING = (
    Column("protocol", N_("Protocol")),
    Column("day", N_("Day"), "day"),
    Column("first_day", N_("Closes from"), "day"),
    Column("closed_by", N_("Closed by")),
    Column("closed_at", N_("Closed at")),
    Column("confirmed_by", N_("Confirmed by")),
    Column("confirmed_at", N_("Confirmed at")),
    Column("head", N_("Head of the book")),
)
ACCOUNTS = (
    Column("iban", N_("IBAN")),
    Column("name", N_("Name")),
    Column("office", N_("Office"), shown=False),
    Column("account", N_("Account")),
    Column("opening_cents", N_("Opening"), "cents"),
    Column("in_cents", N_("In"), "cents"),
    Column("out_cents", N_("Out"), "cents"),
    Column("balance_cents", N_("Balance"), "cents"),
    Column("bank_cents", N_("Bank"), "cents"),
    Column("difference_cents", N_("Difference"), "cents", shown=False),
    Column("statement", N_("Statement")),
    Column("statement_day", N_("Statement of"), "day"),
    Column("reason_code", N_("Reason code"), shown=False),
    Column("reason", N_("Without a statement because")),
)
DAYS = (Column("day", N_("Day"), "day"), Column("entries", N_("Entries"), "count"))
OFFICES = (
    Column("office", N_("Office")),
    Column("year", N_("Year"), "count"),
    Column("entries", N_("Entries"), "count"),
    Column("first", N_("First"), "count"),
    Column("last", N_("Last"), "count"),
)
AGES = (
    Column("kind", N_("Kind"), "word"),
    Column("age", N_("Age in days")),
    Column("from_days", N_("From days"), "count", shown=False),
    Column("to_days", N_("To days"), "count", shown=False),
    Column("count", N_("Cases"), "count"),
    Column("open_cents", N_("Open"), "cents"),
)
TRANSIT = (
    Column("office", N_("Office")),
    Column("account", N_("Account")),
    Column("name", N_("Name")),
    Column("balance_cents", N_("Balance"), "cents"),
)
FLOATING = (
    Column("number", N_("Entry")),
    Column("account", N_("Account")),
    Column("bank_day", N_("Bank day"), "day"),
    Column("posting_day", N_("Posted"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
)
REASONS = {"no_banking_day": N_("no banking day")}


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
    dry_run=True,
    examples=(
        "kasse day close --date 2026-11-20 --dry-run",
        "kasse day close --date 2026-11-20 --xlsx protokoll.xlsx",
        "kasse day close --date 2026-11-20 --no-statement 'DE75512108001245126199=Bank liefert monatlich'",
    ),
)
def close(ctx: Context, day: DateOption, no_statement: NoStatementOption = None) -> None:
    """Close the day, and all open days before it, and print the protocol.

    Every bank account must agree with the bank's statement of that day to the cent, and nothing may wait to be
    posted. A closed day takes no posting and is never reopened; another person confirms it.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import close_day

    reasons = dict(parse_reason(text) for text in no_statement or ())
    call = ctx.obj
    with open_book(call) as store:
        done = close_day(
            store, day.isoformat(), today=call.today.isoformat(), reasons=reasons, dry_run=call.dry_run
        )  # fmt: skip
    _show(ctx, done, _closed(call, done))


def _closed(call: Call, done: DayClosing) -> list[Line]:
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


@command(app, "confirm", lists=True, examples=("kasse day confirm --date 2026-11-20",))
def confirm(ctx: Context, day: DateOption) -> None:
    """Put the second signature under the closing of the day, and print its protocol.

    Before that the entries are compared with the head that was written when the day was closed.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import confirm_day

    with open_book(ctx.obj) as store:
        done = confirm_day(store, day.isoformat())
    fields = {"number": done.protocol.label, "user": done.confirmed_by}
    text = N_("confirmed: protocol {number}") if done.fresh else N_("nothing new: confirmed already by {user}")
    _show(ctx, done, [say(text, **fields)])


@command(app, "show", lists=True, examples=("kasse day show --date 2026-11-20 --xlsx protokoll.xlsx",))
def show(ctx: Context, day: DateOption) -> None:
    """Show the protocol with which the day was closed."""
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import show_day

    with open_book(ctx.obj) as store:
        done = show_day(store, day.isoformat())
    _show(ctx, done, [])


@command(app, "list", lists=True, examples=("kasse day list",))
def list_closings(ctx: Context) -> None:
    """List the closings with both signatures."""
    from kasse_cli.wiring import open_book
    from ledger.book.closing_service import list_days

    people = ctx.obj.format not in {"json", "csv"}
    with open_book(ctx.obj) as store:
        rows = [_signed(done, people) for done in list_days(store)]
    waiting = sum(row["confirmed_by"] is None for row in rows)
    lines = [say(N_("closings: {count}, to be confirmed: {waiting}"), count=len(rows), waiting=waiting)]
    render(ctx, Result(tables=[Table("closings", CLOSING, rows)], lines=lines))


def _show(ctx: Context, done: DayClosing, lines: Sequence[Line]) -> None:
    protocol = done.protocol
    people = ctx.obj.format not in {"json", "csv"}
    tables = [
        Table("closing", CLOSING, [_signed(done, people)], title=N_("Closing of the day")),
        Table("accounts", ACCOUNTS, [_account(line, people) for line in protocol.accounts], title=N_("Bank accounts")),
        Table("days", DAYS, protocol.days, title=N_("Days closed")),
        Table("offices", OFFICES, protocol.offices, title=N_("Entries by office")),
        Table("ages", AGES, [_age(line) for line in protocol.ages], title=N_("Unclear money by age")),
        Table("transit", TRANSIT, protocol.transit, title=N_("Money in transit")),
        Table("floating", FLOATING, protocol.floating, title=N_("Posted after the bank's day")),
    ]
    filled = [table for table in tables if table.rows or not people]
    data = {"fresh": done.fresh, "dry_run": ctx.obj.dry_run}
    render(ctx, Result(data=data, tables=filled, lines=lines, findings=done.findings))


def _signed(done: DayClosing, people: bool) -> dict[str, object]:
    protocol = done.protocol
    head = grouped(protocol.head) if people else protocol.head  # people copy it from paper
    return {
        "protocol": protocol.label, "year": protocol.year, "number": protocol.number, "day": protocol.last_day,
        "first_day": protocol.first_day, "closed_by": done.closed_by, "closed_at": protocol.closed_at,
        "confirmed_by": done.confirmed_by, "confirmed_at": done.confirmed_at, "head": head,
    }  # fmt: skip


def _account(line: AccountLine, people: bool) -> Mapping[str, object]:
    row = {column.key: getattr(line, column.key) for column in ACCOUNTS}
    if people and not line.reason:
        row["reason"] = _(REASONS.get(line.reason_code, ""))
    return row


def _age(line: AgeLine) -> Mapping[str, object]:
    to_days = "" if line.to_days is None else line.to_days
    return {
        "kind": line.kind, "age": f"{line.from_days}–{to_days}", "from_days": line.from_days, "to_days": line.to_days,
        "count": line.count, "open_cents": line.open_cents,
    }  # fmt: skip
