"""`kasse journal gaps`: are the numbers without gaps, which days have no entry, what was broken off."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.i18n import _
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import OfficeOption
from sepa.errors import N_

NUMBERS = (
    Column("office", N_("Office")),
    Column("year", N_("Year")),
    Column("entries", N_("Entries"), "count"),
    Column("first", N_("First"), "count"),
    Column("last", N_("Last"), "count"),
    Column("missing", N_("Missing"), "count"),
    Column("out_of_time", N_("Out of time"), "count"),
    Column("aborted", N_("Aborted"), "count"),
)
DAYS = (
    Column("first", N_("From"), "day"),
    Column("last", N_("To"), "day"),
    Column("days", N_("Working days"), "count"),
)
ABORTED = (
    Column("at", N_("At")),
    Column("user", N_("User")),
    Column("office", N_("Office")),
    Column("year", N_("Year")),
    Column("first", N_("First"), "count"),
    Column("last", N_("Last"), "count"),
    Column("why", N_("Reason")),
    Column("reason", N_("Code"), shown=False),
)
WHY = {
    "account": N_("the account was refused"), "cash": N_("cash was refused"), "closing": N_("a closing was refused"),
    "journal": N_("an entry was refused"), "order": N_("an order was refused"), "payment": N_("a payment was refused"),
    "store": N_("the database refused it"), "suspense": N_("a decision about unclear money was refused"),
    "user": N_("the person may not do it"), "KeyboardInterrupt": N_("somebody interrupted it"),
}  # fmt: skip
"""What broke a posting off, by the first word of the error's code or the name of a fault."""
YearOption = Annotated[
    int | None, typer.Option("--year", min=1900, max=2199, metavar="YEAR", help=N_("only this fiscal year"))
]


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    command(
        app, "gaps", lists=True, examples=("kasse journal gaps", "kasse journal gaps --year 2026 --xlsx luecken.xlsx")
    )(gaps)


def gaps(ctx: Context, office: OfficeOption = None, year: YearOption = None) -> None:
    """Report missing numbers, working days without an entry, and postings that were broken off.

    Numbers are given and kept in one step, so that a broken-off posting leaves no gap: the log says which numbers it
    had, and that the next posting took them. A missing number is a finding: an entry was taken out of the book.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.journal_gaps_store import gap_report

    with open_book(ctx.obj) as store:
        found = gap_report(store, office=office, year=year)
    tables = [Table("numbers", NUMBERS, found.numbers, title=N_("Numbers"))]
    if found.days or ctx.obj.format == "json":
        tables.append(Table("days", DAYS, found.days, title=N_("Working days without an entry")))
    if found.aborted or ctx.obj.format == "json":
        rows = [{**asdict(one), "why": _why(one.reason)} for one in found.aborted]
        tables.append(Table("aborted", ABORTED, rows, title=N_("Aborted postings")))
    missing, count = sum(one.missing for one in found.numbers), sum(one.entries for one in found.numbers)
    lines = [
        say(N_("entries: {count}, numbers missing: {missing}"), count=count, missing=missing),
        say(N_("working days without an entry: {count}"), count=sum(one.days for one in found.days)),
        say(N_("aborted postings: {count}"), count=len(found.aborted)),
    ]
    data = {"entries": count, "missing": missing}
    render(ctx, Result(data, tables, lines, found.findings))


def _why(code: str) -> str:
    """Return what broke a posting off, in words where there are some, with the code to look for in the log."""
    known = WHY.get(code) or WHY.get(code.partition(".")[0])
    return f"{_(known)} ({code})" if known else code
