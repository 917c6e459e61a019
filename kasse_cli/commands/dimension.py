"""`kasse dimension`: the lists that the coding of postings is checked against."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import FileArgument, parse_day
from ledger.book.dimensions import check_dimension
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.book.dimensions import DimensionsTaken

app = noun(N_("lists of Kostenstelle, Produkt, Haushaltsjahr: list, add, import, close"))
VALUES = (
    Column("dimension", N_("Dimension")),
    Column("value", N_("Value")),
    Column("name", N_("Name")),
    Column("office", N_("Office")),
    Column("opened_on", N_("Opened"), "day", minor=True),
    Column("closed_on", N_("Closed from"), "day", minor=True),
)
_KNOWN = N_("kostenstelle, produkt or haushaltsjahr")
DimensionArgument = Annotated[str, typer.Argument(parser=check_dimension, metavar="DIMENSION", help=_KNOWN)]
AnyDimensionArgument = Annotated[str | None, typer.Argument(parser=check_dimension, metavar="DIMENSION", help=_KNOWN)]
ValueArgument = Annotated[str, typer.Argument(metavar="VALUE", help=N_("what lists and postings say"))]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("what it is called"))]
OfficeOption = Annotated[
    str, typer.Option("--office", metavar="CODE", help=N_("only for postings of this office; else for all"))
]
SinceOption = Annotated[
    dt.date | None, typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("from this day on; else today"))
]
AllOption = Annotated[bool, typer.Option("--all", help=N_("closed values, too"))]
PathArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("the Excel file to write"))]


@command(app, "list", lists=True, examples=("kasse dimension list kostenstelle",))
def list_(ctx: Context, dimension: AnyDimensionArgument = None, every: AllOption = False) -> None:
    """List the values that postings may have; a dimension without a value is not checked."""
    from kasse_cli.wiring import open_book
    from ledger.book.dimensions_store import list_values

    with open_book(ctx.obj) as store:
        rows = list_values(store, ctx.obj.today.isoformat(), dimension=dimension, every=every)
    render(ctx, Result(tables=[Table("values", VALUES, rows)], lines=[say(N_("values: {count}"), count=len(rows))]))


@command(
    app,
    "add",
    dry_run=True,
    examples=("kasse dimension add kostenstelle 4711 Bauhof", "kasse dimension add haushaltsjahr 2027 'Haushalt 2027'"),
)
def add(
    ctx: Context,
    dimension: DimensionArgument,
    value: ValueArgument,
    name: NameArgument,
    office: OfficeOption = "",
    since: SinceOption = None,
) -> None:
    """Add a value, or give one another name.

    With its first value a dimension begins to be checked: from then on orders and entries need a value of the list
    wherever they name the dimension.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.book.dimensions import DimensionRow
    from ledger.book.dimensions_store import take_values

    row = DimensionRow(dimension, value.strip(), name.strip(), office.upper())
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = take_values(store, [row], day=(since or ctx.obj.today).isoformat())
    render(ctx, _taken(done, dry_run=ctx.obj.dry_run))


@command(app, "import", dry_run=True, examples=("kasse dimension import kostenstellen.xlsx --from 2027-01-01",))
def import_(ctx: Context, file: FileArgument, since: SinceOption = None) -> None:
    """Add the values of a list and take over their names, whole or not at all; others stay as they are."""
    from kasse_cli.dimension_lists import read_values
    from kasse_cli.wiring import open_book, trial
    from ledger.book.dimensions_store import take_values

    rows, findings = read_values(ctx.obj, file)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = take_values(store, rows, day=(since or ctx.obj.today).isoformat(), findings=findings)
    render(ctx, _taken(done, dry_run=ctx.obj.dry_run))


@command(app, "close", dry_run=True, examples=("kasse dimension close kostenstelle 4711 --from 2027-01-01",))
def close(
    ctx: Context,
    dimension: DimensionArgument,
    value: ValueArgument,
    office: OfficeOption = "",
    since: SinceOption = None,
) -> None:
    """Close a value from a day on; what was posted with it stays, and reports find it."""
    from kasse_cli.wiring import open_book, trial
    from ledger.book.dimensions_store import close_value

    day = (since or ctx.obj.today).isoformat()
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        new = close_value(store, dimension, value, day=day, office=office.upper())
    template = N_("{dimension} {value} is closed from {day} on") if new else N_("nothing new")
    lines = [say(template, dimension=dimension, value=value, day=day)]
    if ctx.obj.dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    data = {"dimension": dimension, "value": value, "day": day, "new": new, "dry_run": ctx.obj.dry_run}
    render(ctx, Result(data, lines=lines))


@command(app, "template", book=False, examples=("kasse dimension template werte.xlsx",))
def template(ctx: Context, file: PathArgument) -> None:
    """Write an empty list of values with explanations."""
    from kasse_cli.dimension_lists import dimension_template

    dimension_template(file)
    render(ctx, Result({"file": str(file)}, lines=[say(N_("written: {file}"), file=str(file))]))


def _taken(done: DimensionsTaken, *, dry_run: bool) -> Result:
    data = {"added": done.added, "renamed": done.renamed, "unchanged": done.unchanged, "dry_run": dry_run}
    template = N_("added: {added}, renamed: {renamed}, as before: {unchanged}")
    lines = [say(template, added=done.added, renamed=done.renamed, unchanged=done.unchanged)]
    if dry_run:
        lines.append(say(N_("a trial: nothing was changed")))
    return Result(data, lines=lines)
