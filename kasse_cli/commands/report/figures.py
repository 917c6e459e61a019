"""`kasse report forecast|kpi`: money in and out by week, and key figures of the Kasse."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.commands.report.movements import first_day
from kasse_cli.context import Context
from kasse_cli.i18n import _
from kasse_cli.output import Chart, Column, Result, Table, render, say
from kasse_cli.params import FromOption
from sepa.errors import N_

WEEKS = (
    Column("label", N_("Week")),
    Column("week", N_("Week"), shown=False),
    Column("first", N_("From"), "day"),
    Column("last", N_("Until"), "day"),
    Column("in_cents", N_("In"), "cents"),
    Column("out_cents", N_("Out"), "cents"),
    Column("expected_cents", N_("Expected balance"), "cents"),
)
FIGURES = (
    Column("name", N_("Key figure"), "word"),
    Column("count", N_("Number"), "count"),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("share_permille", N_("Share"), "permille"),
)
WeeksOption = Annotated[int, typer.Option("--weeks", min=1, max=104, metavar="NUMBER", help=N_("how many weeks"))]


def forecast(ctx: Context, weeks: WeeksOption = 8) -> None:
    """Show which money is to come in and to go out week by week, by due day, from the end of today or of --on.

    What is overdue stands in the first line: the city's own debts are counted on, overdue claims are not.
    """
    from kasse_cli.wiring import open_book
    from ledger.reports.forecast_store import forecast as compute

    with open_book(ctx.obj) as store:
        found = compute(store, ctx.obj.today.isoformat(), weeks)
    lines = [
        say(N_("on all bank accounts on {day}: {balance_cents}"), day=found.day, balance_cents=found.balance_cents),
        say(N_("payments under way: {sum_cents}"), sum_cents=found.under_way_cents),
        say(N_("collections under way: {sum_cents}"), sum_cents=found.collected_cents),
    ]
    rows = [
        {name: getattr(week, name) for name in week.__dataclass_fields__} | {"label": week.week or _(N_("overdue"))}
        for week in found.weeks
    ]
    data = {"day": found.day, "balance_cents": found.balance_cents, "under_way_cents": found.under_way_cents,
            "collected_cents": found.collected_cents}  # fmt: skip
    chart = Chart("label", ("in_cents", "out_cents"))
    table = Table("weeks", WEEKS, rows, title=N_("Forecast"), totals=("in_cents", "out_cents"), chart=chart)
    render(ctx, Result(data=data, tables=[table], lines=lines))


def kpi(ctx: Context, since: FromOption = None) -> None:
    """Show the key figures of the Kasse: what stands at the end of today or of --on, and what happened since --from.

    Without --from it is the month so far.
    """
    from kasse_cli.wiring import open_book
    from ledger.reports.figures_store import key_figures

    first, last = first_day(ctx.obj, since), ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store:
        figures = key_figures(store, first, last)
    rows = [
        {"name": one.name, "count": one.count, "sum_cents": one.sum_cents, "share_permille": one.share_permille}
        for one in figures
    ]  # fmt: skip
    line = say(N_("standing at the end of {last}; what happened counts from {first}"), first=first, last=last)
    data = {"first": first, "last": last}
    table = Table("figures", FIGURES, rows, title=N_("Key figures"), chart=Chart("name", ("sum_cents",)))
    render(ctx, Result(data=data, tables=[table], lines=[line]))
