"""`kasse bank`: the accounts of the Kasse at banks, added, renamed and closed with dates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.bank.bank_accounts import BankAccountDone

app = noun(N_("bank accounts: list, add, change, close"))
ACCOUNTS = (
    Column("iban", N_("IBAN")),
    Column("name", N_("Name")),
    Column("bic", N_("BIC"), minor=True),
    Column("office", N_("Office"), minor=2),
    Column("account", N_("Account")),
    Column("balance_cents", N_("Balance"), "cents"),
    Column("until", N_("Statements until"), "day"),
    Column("statements", N_("Form"), minor=2),
    Column("collects", N_("Debtors pay here"), "flag", minor=2),
    Column("opened_on", N_("Opened"), "day", minor=2),
    Column("closed_on", N_("Closed from"), "day"),
)
IbanArgument = Annotated[str, typer.Argument(metavar="IBAN", help=N_("the bank account"))]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("what it is called"))]
OwnerOption = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help=N_("the office it belongs to; else the Kasse"))
]
BicOption = Annotated[str, typer.Option("--bic", metavar="BIC", help=N_("the BIC of the bank"))]
NewNameOption = Annotated[str | None, typer.Option("--name", metavar="TEXT", help=N_("what it is called from now on"))]
NoDebtorsOption = Annotated[
    bool,
    typer.Option(
        "--no-debtors",
        help=N_("debtors do not pay to it, as for wages: dunning does not wait for its statements"),
    ),
]
SinceOption = Annotated[
    dt.date | None, typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("from this day on; else today"))
]
BackOption = Annotated[bool, typer.Option("--back", help=N_("take it back: the account is open again"))]


@command(app, "list", lists=True, examples=("kasse bank list",))
def list_(ctx: Context) -> None:
    """List the bank accounts with what the books say they hold, and up to which day their statements were taken."""
    from kasse_cli.wiring import open_book
    from ledger.bank.bank_accounts_store import list_bank_accounts

    with open_book(ctx.obj) as store, store.snapshot():
        rows = list_bank_accounts(store)
    render(ctx, Result(tables=[Table("accounts", ACCOUNTS, rows)]))


@command(
    app,
    "add",
    dry_run=True,
    lists=True,
    examples=(
        "kasse bank add DE02120300000000202051 'Sparkasse, Gebühren'",
        "kasse bank add DE02500105170137075030 Gehaltskonto --no-debtors --from 2026-12-01",
    ),
)
def add(
    ctx: Context,
    iban: IbanArgument,
    name: NameArgument,
    office: OwnerOption = None,
    bic: BicOption = "",
    no_debtors: NoDebtorsOption = False,
    since: SinceOption = None,
) -> None:
    """Add a bank account: its statements can be taken in, and payment runs can pay from it.

    It gets the next number of its office's chart that is kept for bank accounts and begins with nothing: what it
    should hold comes by a transfer that its statements show; from another account of the Kasse that is money in
    transit. What is printed on letters stays as it is.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.bank_accounts import NewBankAccount
    from ledger.bank.bank_accounts_store import add_bank_account
    from sepa.identifiers import parse_bic, parse_iban

    call = ctx.obj
    new = NewBankAccount(
        parse_iban(iban), name, since or call.today, office.upper() if office else None,
        parse_bic(bic) if bic else None, collects=not no_debtors,
    )  # fmt: skip
    with open_book(call) as store, trial(call, store):
        done = add_bank_account(store, new)
    next_step = say(N_("next: take in its first statement with 'kasse statement import' or 'kasse reconcile'"))
    _show(ctx, call, done, next_step)


@command(
    app, "change", dry_run=True, lists=True, examples=("kasse bank change DE02120300000000202051 --name Hauptkonto",)
)
def change(ctx: Context, iban: IbanArgument, name: NewNameOption = None, bic: BicOption = "") -> None:
    """Give a bank account another name or BIC; its account in the books is called the same."""
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.bank_accounts_store import change_bank_account
    from sepa.identifiers import parse_bic, parse_iban

    call, account = ctx.obj, parse_iban(iban)
    with open_book(call) as store, trial(call, store):
        done = change_bank_account(store, account, name=name, bic=parse_bic(bic) if bic else None)
    _show(ctx, call, done, say(N_("changed: {name}, BIC {bic}"), name=done.line.name, bic=done.line.bic or "-"))


@command(
    app,
    "close",
    dry_run=True,
    lists=True,
    examples=("kasse bank close DE02120300000000202051", "kasse bank close DE02120300000000202051 --back"),
)
def close(ctx: Context, iban: IbanArgument, since: SinceOption = None, back: BackOption = False) -> None:
    """Close a bank account from a day on: nothing is paid from it, and nothing waits for its statements any more.

    It must hold nothing in the books, and nothing may be under way on it. What the bank still books there can be
    taken in.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.bank_accounts_store import close_bank_account, reopen_bank_account
    from sepa.identifiers import parse_iban

    call, account = ctx.obj, parse_iban(iban)
    with open_book(call) as store, trial(call, store):
        day = (since or call.today).isoformat()
        done = reopen_bank_account(store, account) if back else close_bank_account(store, account, day)
    _show(ctx, call, done)


def _show(ctx: Context, call: Call, done: BankAccountDone, *more: Line) -> None:
    lines = list(more) if done.new else [say(N_("nothing new: the bank account is as asked for"))]
    if call.dry_run:
        lines = [say(N_("nothing was changed (--dry-run)"))]
    tables = [Table("accounts", ACCOUNTS, [done.line])]
    render(ctx, Result({"new": done.new, "dry_run": call.dry_run}, tables=tables, lines=lines))
