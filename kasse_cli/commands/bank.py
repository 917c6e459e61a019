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
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.bank.bank_accounts import BankAccountDone
    from ledger.bank.bank_balance import BalanceStep

app = noun(N_("bank accounts: list, add, balance, change, close"))
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
AmountArgument = Annotated[
    int | None,
    typer.Argument(
        parser=parse_amount, metavar="AMOUNT", show_default=False,
        help=N_("what it held in all, as 1.234,56; where it owed, at the end as -- -1.234,56"),
    ),
]  # fmt: skip
EveningOption = Annotated[
    dt.date | None,
    typer.Option("--day", parser=parse_day, metavar="DATE", help=N_("the evening on which it held that")),
]
AgainstOption = Annotated[
    str,
    typer.Option(
        "--account", metavar="ACCOUNT", help=N_("the account of its office that stands against it, as capital")
    ),
]
WhyOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help=N_("why it held money when it joined the book"))
]
PaperOption = Annotated[str, typer.Option("--document", metavar="TEXT", help=N_("the paper that proves it"))]
ConfirmOption = Annotated[bool, typer.Option("--confirm", help=N_("post it, as another head than who asked"))]
DropOption = Annotated[bool, typer.Option("--drop", help=N_("take away what waits; nothing is posted"))]
BALANCES = (
    Column("iban", N_("IBAN")),
    Column("state", N_("State"), "word"),
    Column("balance_cents", N_("Balance"), "cents"),
    Column("day", N_("Day"), "day"),
    Column("office", N_("Office"), minor=2),
    Column("account", N_("Against")),
    Column("reason", N_("Reason"), minor=True),
    Column("document", N_("Document"), minor=True),
    Column("asked_by", N_("Asked by")),
    Column("entry", N_("Entry")),
    Column("posting_day", N_("Posted on"), "day", minor=2),
    Column("posted_cents", N_("Posted"), "cents", minor=2),
)
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
    transit. What it held before its first statement two heads enter with 'kasse bank balance'. What is printed on
    letters stays as it is.
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
    app,
    "balance",
    dry_run=True,
    lists=True,
    examples=(
        "kasse bank balance DE02120300000000202051 1.234,56 --day 2026-11-13 --account 3000 --reason … --document …",
        "kasse bank balance DE02120300000000202051",
        "kasse bank balance DE02120300000000202051 --confirm",
    ),
)
def balance(
    ctx: Context,
    iban: IbanArgument,
    amount: AmountArgument = None,
    day: EveningOption = None,
    account: AgainstOption = "",
    reason: WhyOption = "",
    document: PaperOption = "",
    confirm: ConfirmOption = False,
    drop: DropOption = False,
) -> None:
    """Enter what an account held before its first statement: one head asks with reason and paper, another posts.

    The first statement must begin with it. It is what the account held in all: what was entered wrongly before is
    corrected by the difference. Without an amount it shows what waits.
    """
    from kasse_cli.usage import MissingError, refuse_together
    from kasse_cli.wiring import open_book, trial
    from ledger.bank import bank_balance_store as service
    from ledger.bank.bank_balance import BalanceWish
    from sepa.identifiers import parse_iban

    refuse_together(ctx, {"AMOUNT": amount is not None, "--confirm": confirm, "--drop": drop})
    if amount is None and (day or account or reason or document):
        raise MissingError(parameter="AMOUNT", command=ctx.command_path)
    call, own = ctx.obj, parse_iban(iban)
    on = (day or call.today).isoformat()
    wish = None if amount is None else BalanceWish(own, amount, on, account, reason, document)
    with open_book(call) as store, trial(call, store):
        if wish is not None:
            done = service.ask_balance(store, wish)
        else:
            step = service.confirm_balance if confirm else service.drop_balance if drop else service.waiting_balance
            done = step(store, own)
    lines = [_what_next(done), *([say(N_("nothing was changed (--dry-run)"))] if call.dry_run else [])]
    render(ctx, Result({"dry_run": call.dry_run}, tables=[Table("balance", BALANCES, [done])], lines=lines))


def _what_next(done: BalanceStep) -> Line:
    if done.state == "posted":
        return say(N_("posted: {entry}; the first statement must begin with {sum_cents}"), entry=done.entry,
                   sum_cents=done.balance_cents)  # fmt: skip
    if done.state == "dropped":
        return say(N_("taken away; nothing was posted"))
    return say(N_("another head posts it: kasse bank balance {iban} --confirm"), iban=done.iban)


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

    It must hold nothing in the books, nothing may be under way on it, and nothing may send money there or ask for it
    there: card terminals, cash, payables, letterheads. What the bank still books there can be taken in. Letters that
    were printed but not posted are printed again.
    """
    from enforcement.letters_account_reader import texts_naming
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.bank_accounts_store import close_bank_account, reopen_bank_account
    from ledger.payments.collection_propose_store import collecting_account
    from sepa.identifiers import parse_iban

    call, account = ctx.obj, parse_iban(iban)
    with open_book(call) as store, trial(call, store):
        day = (since or call.today).isoformat()
        if back:
            done = reopen_bank_account(store, account)
        else:
            done = close_bank_account(store, account, day, naming=texts_naming)
        payee, _ = collecting_account(store)
    _show(ctx, call, done, say(N_("letters and collections name the bank account {iban}"), iban=payee.iban))


def _show(ctx: Context, call: Call, done: BankAccountDone, *more: Line) -> None:
    lines = list(more) if done.new else [say(N_("nothing new: the bank account is as asked for"))]
    if call.dry_run:
        lines = [say(N_("nothing was changed (--dry-run)"))]
    tables = [Table("accounts", ACCOUNTS, [done.line])]
    data = {"new": done.new, "dry_run": call.dry_run}
    render(ctx, Result(data, tables=tables, lines=lines, findings=list(done.findings)))
