"""`kasse account`: the accounts of the books, opened, renamed and closed with dates."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import FileArgument, OfficeOption, parse_day
from ledger.book.chart import AccountKind
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.book.accounts import AccountChanges

app = noun(N_("accounts: list, add, rename, close, import, template"))
ACCOUNTS = (
    Column("office", N_("Office")),
    Column("number", N_("Account")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind"), "word"),
    Column("role", N_("Use"), "word", minor=True),
    Column("coded", N_("Default for"), minor=True),
    Column("opened_on", N_("Opened"), "day", minor=True),
    Column("closed_on", N_("Closed from"), "day", minor=True),
)
CHANGES = (
    Column("office", N_("Office")),
    Column("number", N_("Account")),
    Column("name", N_("Name")),
    Column("change", N_("What"), "word"),
    Column("role", N_("Use"), "word", minor=True),
    Column("before", N_("Before")),
)
NumberArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help=N_("the number of the account"))]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("what it is called"))]
KindOption = Annotated[AccountKind, typer.Option("--kind", help=N_("what it stands for in the balance"))]
RoleOption = Annotated[
    str | None, typer.Option("--role", metavar="ROLE", help=N_("what the books use it for, such as suspense"))
]
AllOption = Annotated[bool, typer.Option("--all", help=N_("closed accounts, too"))]
OneOfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help=N_("only this office; else every one"))
]
SinceOption = Annotated[
    dt.date | None, typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("from this day on; else today"))
]
PathArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("the file to write: .xlsx, or .toml"))]


@command(app, "list", lists=True, examples=("kasse account list --office KASSE", "kasse account list --role suspense"))
def list_(ctx: Context, office: OfficeOption = None, role: RoleOption = None, every: AllOption = False) -> None:
    """List the accounts as they are today or on --on, with what the books use them for."""
    from kasse_cli.wiring import open_book
    from ledger.book.accounts_store import list_accounts

    with open_book(ctx.obj) as store:
        rows = list_accounts(store, ctx.obj.today.isoformat(), office=office, role=role, every=every)
    line = say(N_("accounts: {count}"), count=len(rows))
    render(ctx, Result(tables=[Table("accounts", ACCOUNTS, rows)], lines=[line]))


@command(
    app,
    "add",
    lists=True,
    dry_run=True,
    examples=(
        "kasse account add 6110 Kopierpapier --kind expense",
        "kasse account add 4830 'Verwahrung Nachlass' --kind liability --role suspense --office KASSE",
    ),
)
def add(
    ctx: Context,
    number: NumberArgument,
    name: NameArgument,
    kind: KindOption,
    role: RoleOption = None,
    office: OneOfficeOption = None,
    since: SinceOption = None,
) -> None:
    """Open an account, in one office or in every one."""
    from kasse_cli.wiring import open_book, trial
    from ledger.book.accounts_store import add_account
    from ledger.book.chart import ChartRow

    row, day = ChartRow(number, name.strip(), kind, role), _day(ctx.obj, since)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = add_account(store, row, day=day, office=office)
    render(ctx, changed(done, dry_run=ctx.obj.dry_run))


@command(app, "rename", lists=True, dry_run=True, examples=("kasse account rename 6110 'Papier und Toner'",))
def rename(ctx: Context, number: NumberArgument, name: NameArgument, office: OneOfficeOption = None) -> None:
    """Give an account another name; its number and its entries stay, the event log keeps the old name."""
    from kasse_cli.wiring import open_book, trial
    from ledger.book.accounts_store import rename_account

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = rename_account(store, number, name.strip(), day=ctx.obj.today.isoformat(), office=office)
    render(ctx, changed(done, dry_run=ctx.obj.dry_run))


@command(app, "close", lists=True, dry_run=True, examples=("kasse account close 6110 --from 2027-01-01",))
def close(ctx: Context, number: NumberArgument, office: OneOfficeOption = None, since: SinceOption = None) -> None:
    """Close an account from a day on: nothing more is posted to it on that day or later.

    It must be cleared, with nothing open on it; accounts of income and expense may close with the year, from 1 January
    on. The last account of a use that the books need stays.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.book.accounts_close_store import close_account

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = close_account(store, number, day=_day(ctx.obj, since), office=office)
    render(ctx, changed(done, dry_run=ctx.obj.dry_run))


@command(
    app,
    "import",
    lists=True,
    dry_run=True,
    examples=("kasse account import kontenplan.xlsx --dry-run", "kasse account import kontenplan.toml --office BAU"),
)
def import_(ctx: Context, file: FileArgument, office: OneOfficeOption = None) -> None:
    """Take over a chart of accounts, whole or not at all, in one office or in every one.

    Accounts that are missing are opened from today or --on, names are taken over; accounts that are not in the list
    stay. Kind and use of an account that was posted on never change.
    """
    from kasse_cli.chart_lists import read_chart
    from kasse_cli.wiring import open_book, trial
    from ledger.book.accounts_store import import_chart

    rows = read_chart(ctx.obj, file)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = import_chart(store, rows, day=ctx.obj.today.isoformat(), office=office)
    render(ctx, changed(done, dry_run=ctx.obj.dry_run))


@command(
    app,
    "template",
    book=False,
    examples=("kasse account template kontenplan.xlsx", "kasse account template kontenplan.toml"),
)
def template(ctx: Context, file: PathArgument) -> None:
    """Write an empty list of accounts with explanations, or as .toml the default chart (VKR) to be changed."""
    from kasse_cli.chart_lists import chart_template

    chart_template(file)
    render(ctx, Result({"file": str(file)}, lines=[say(N_("written: {file}"), file=str(file))]))


def _day(call: Call, since: dt.date | None) -> str:
    return (since or call.today).isoformat()


def changed(done: AccountChanges, *, dry_run: bool) -> Result:
    """Return what became of accounts, for people and scripts."""
    data = {"day": done.day, "unchanged": done.unchanged, "others": done.others, "dry_run": dry_run}
    template = N_("accounts changed: {count}, as they were: {unchanged}") if done.changes else N_("nothing new")
    lines = [say(template, count=len(done.changes), unchanged=done.unchanged)]
    if done.others:
        lines.append(say(N_("not in the list, left as they are: {count}"), count=done.others))
    if dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    tables = [Table("changes", CHANGES, done.changes)] if done.changes else []
    return Result({**data, **({} if done.changes else {"changes": []})}, tables, lines)
