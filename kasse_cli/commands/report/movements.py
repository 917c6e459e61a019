"""`kasse report account|ageing|cash`: the sheet of an account, the age of what is open, bank and cash by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer

from kasse_cli.claim_words import PROFILE_WORDS
from kasse_cli.context import Call, Context
from kasse_cli.output import Chart, Column, Result, Streamed, Table, render, say
from kasse_cli.params import FromOption, OfficeOption
from ledger.items.store import ItemKind
from ledger.reports.ageing_store import Group
from sepa.errors import N_

ENTRY_KINDS = {"charge": N_("side claim")}
SHEET = (
    Column("day", N_("Day"), "day"),
    Column("entry", N_("Entry")),
    Column("kind", N_("Kind"), "word", minor=2, words=ENTRY_KINDS),
    Column("text", N_("Text")),
    Column("item", N_("Item"), "count", shown=False),
    Column("reference", N_("Reference"), minor=True),
    Column("party", N_("Party"), minor=True),
    Column("debit_cents", N_("Debit"), "cents"),
    Column("credit_cents", N_("Credit"), "cents"),
    Column("balance_cents", N_("Balance"), "cents"),
)
AGES = (
    Column("group", N_("Group")),
    Column("kind", N_("Kind"), "word"),
    Column("count", N_("Items"), "count"),
    Column("not_due_cents", N_("Not due"), "cents"),
    Column("month_cents", N_("1–30 days"), "cents"),
    Column("quarter_cents", N_("31–90 days"), "cents"),
    Column("year_cents", N_("91–365 days"), "cents"),
    Column("three_years_cents", N_("1–3 years"), "cents"),
    Column("older_cents", N_("Older"), "cents"),
    Column("open_cents", N_("Open"), "cents"),
)
GROUP_WORDS: dict[str, Mapping[str, str]] = {"profile": PROFILE_WORDS, "kind": {}}
"""Groups whose names are words; a profile that an office made itself stays as it is."""
CASH = (
    Column("iban", N_("IBAN"), shown=False),
    Column("name", N_("Account")),
    Column("day", N_("Day"), "day"),
    Column("opening_cents", N_("Before"), "cents", minor=2),
    Column("in_cents", N_("In"), "cents"),
    Column("out_cents", N_("Out"), "cents"),
    Column("closing_cents", N_("Books"), "cents"),
    Column("bank_cents", N_("Bank"), "cents"),
    Column("difference_cents", N_("Difference"), "cents", minor=True),
)
DESKS = (
    Column("desk", N_("Desk")),
    Column("name", N_("Name"), minor=True),
    Column("kind", N_("Kind"), "word", minor=2),
    Column("day", N_("Day"), "day"),
    Column("opening_cents", N_("Before"), "cents", minor=2),
    Column("in_cents", N_("In"), "cents"),
    Column("out_cents", N_("Out"), "cents"),
    Column("closing_cents", N_("Books"), "cents"),
    Column("counted_cents", N_("Counted"), "cents"),
)
ByOption = Annotated[
    Group, typer.Option("--by", help=N_("what makes a group: office, kind of item, law profile, year, account"))
]
KindOption = Annotated[ItemKind | None, typer.Option("--kind", help=N_("only items of this kind"))]
NumberArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help=N_("the number of the account"))]
MONTH_DAYS = 31


def first_day(call: Call, given: dt.date | None) -> str:
    """Return the first day of a report: the one given, else the first of the month."""
    return (given or call.today.replace(day=1)).isoformat()


def account(ctx: Context, number: NumberArgument, office: OfficeOption = None, since: FromOption = None) -> None:
    """Show every line on an account from a day to today or --on, with the balance after each.

    Without --office it is an account of the Kasse, without --from it begins with the month.
    """
    from kasse_cli.wiring import open_book
    from ledger.reports.sheets_store import account_sheet, sheet_lines

    call = ctx.obj
    with open_book(call) as store, store.snapshot():
        head = account_sheet(store, number, first_day(call, since), call.today.isoformat(), office=office)
        lines = [
            say(N_("{account} {name}, before: {opening_cents}"), account=number, name=head.name,
                opening_cents=head.opening_cents),
            say(N_("debit {debit_cents}, credit {credit_cents}, after: {closing_cents}"), debit_cents=head.debit_cents,
                credit_cents=head.credit_cents, closing_cents=head.closing_cents),
        ]  # fmt: skip
        rows = Streamed(lambda: sheet_lines(store, head))
        table = Table("lines", SHEET, rows, number, totals=("debit_cents", "credit_cents"))
        render(ctx, Result(data={"account": head}, tables=[table], lines=lines))


def ageing(ctx: Context, by: ByOption = "office", office: OfficeOption = None, kind: KindOption = None) -> None:
    """Show how old what is open is, in sums by days past the due day, at the end of today or of --on."""
    from kasse_cli.wiring import open_book
    from ledger.reports.ageing_store import ageing as compute

    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store:
        groups = compute(store, day, by=by, office=office, kind=kind)
    kinds = list(dict.fromkeys(group.kind for group in groups))
    sums = {one: sum(group.open_cents for group in groups if group.kind == one) for one in kinds}
    lines = [say(N_("{kind}, together {open_cents}"), kind=one, open_cents=cents) for one, cents in sums.items()]
    totals = tuple(column.key for column in AGES[2:]) if len(kinds) == 1 else ()  # claims and debts have no sum
    chart = Chart("group", tuple(column.key for column in AGES[3:-1]), stacked=True)
    columns = (replace(AGES[0], kind="word", words=GROUP_WORDS[by]), *AGES[1:]) if by in GROUP_WORDS else AGES
    table = Table("groups", columns, groups, title=N_("Age of what is open"), totals=totals, chart=chart)
    lines = lines or [say(N_("nothing is open"))]
    render(ctx, Result(data={"day": day, "by": by}, tables=[table], lines=lines))


def cash(ctx: Context, since: FromOption = None) -> None:
    """Show what came in and went out of bank accounts and cash desks by day, beside what bank and counts say.

    A difference is money the bank booked that the books hold on another day, or not yet. A desk or imprest fund in
    which nothing moved has one line, with what is in it.
    """
    from kasse_cli.wiring import open_book
    from ledger.reports.balances_store import bank_balances
    from ledger.reports.cash_store import cash_position, desk_position

    first, last = first_day(ctx.obj, since), ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store, store.snapshot():
        days = cash_position(store, first, last)
        held = sum(own.balance_cents for own in bank_balances(store, last))
        desks = desk_position(store, first, last)
    cash_cents = sum({line.desk: line.closing_cents for line in desks}.values())  # the last line of each desk
    lines = [say(N_("on all accounts on {day}: {sum_cents}"), day=last, sum_cents=held)]
    totals = ("in_cents", "out_cents")
    tables = [Table("days", CASH, days, title=N_("Cash position"), totals=totals)]
    if desks:
        lines.append(say(N_("in cash desks and imprest funds on {day}: {cash_cents}"), day=last, cash_cents=cash_cents))
        tables.append(Table("desks", DESKS, desks, title=N_("Cash desks and imprest funds"), totals=totals))
    data = {"first": first, "last": last, "sum_cents": held, "cash_cents": cash_cents}
    render(ctx, Result(data=data, tables=tables, lines=lines))
