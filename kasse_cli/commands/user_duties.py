"""`kasse user limit|limits|deputy|deputies|end-deputy`: how much somebody may approve, and who stands in for whom."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("the user"))]
AbsentArgument = Annotated[str, typer.Argument(metavar="ABSENT", help=N_("who is away"))]
DeputyArgument = Annotated[str, typer.Argument(metavar="DEPUTY", help=N_("who acts instead"))]
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("the number of the deputy in the list"))]
PlaceOption = Annotated[str, typer.Option("--office", metavar="CODE", help=N_("the office; '*' for all"))]
MaxOption = Annotated[
    int | None,
    typer.Option("--max", parser=parse_amount, metavar="AMOUNT", help=N_("the highest amount of one order")),
]
NoneOption = Annotated[bool, typer.Option("--none", help=N_("no limit any more"))]
RoleOption = Annotated[str, typer.Option("--role", metavar="ROLE", help=N_("the role; not admin, audit or machine"))]
SinceOption = Annotated[
    dt.date, typer.Option("--since", parser=parse_day, metavar="DATE", help=N_("the first day of absence"))
]
UntilOption = Annotated[
    dt.date, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("the last day of absence"))
]


class MaxOrNoneError(KasseError):
    """A limit without an amount, or with one and none at once."""

    code = "user.limit_which"
    template = N_("give either an amount or no limit")
    hint = N_("--max AMOUNT sets a limit, --none takes it away")
    exit_code = 2


LIMITS = (Column("name", N_("Name")), Column("office", N_("Office")), Column("max_cents", N_("Up to"), "cents"))
DEPUTIES = (
    Column("number", N_("No."), "count"),
    Column("principal", N_("Absent")),
    Column("deputy", N_("Deputy")),
    Column("office", N_("Office")),
    Column("role", N_("Role"), "word"),
    Column("since", N_("Since"), "day"),
    Column("until", N_("Until"), "day"),
    Column("ended_on", N_("Ended"), "day", minor=True),
)


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(app, "limit", examples=("kasse user limit bernd --office ORDNUNG --max 5000",))(limit)
    command(app, "limits", lists=True)(limits)
    example = "kasse user deputy bernd berta --office ORDNUNG --role approver --since 2026-12-21 --until 2027-01-03"
    command(app, "deputy", examples=(example,))(deputy)
    command(app, "deputies", lists=True)(deputies)
    command(app, "end-deputy", examples=("kasse user end-deputy 3",))(end_deputy)


def limit(
    ctx: Context, name: NameArgument, office: PlaceOption, max_: MaxOption = None, none: NoneOption = False
) -> None:
    """Set up to which amount a person may approve one order of an office."""
    from kasse_cli.wiring import open_book
    from ledger.people.duties_store import set_limit

    if (max_ is None) != none:
        raise MaxOrNoneError
    with open_book(ctx.obj) as store:
        done = set_limit(store, name, office.upper(), max_)
    if not done.new:
        line = say(N_("nothing new: {name} has this limit in {office}"), name=name, office=done.office)
    elif done.max_cents is None:
        line = say(N_("{name} may approve orders of {office} without a limit"), name=name, office=done.office)
    else:
        line = say(
            N_("{name} may approve orders of {office} up to {max_cents}"),
            name=name,
            office=done.office,
            max_cents=done.max_cents,
        )
    render(
        ctx, Result({"name": name, "office": done.office, "max_cents": done.max_cents, "new": done.new}, lines=[line])
    )


def limits(ctx: Context) -> None:
    """List who may approve up to which amount; who is not listed has no limit."""
    from kasse_cli.wiring import open_book
    from ledger.people.duties_store import list_limits

    with open_book(ctx.obj) as store:
        rows = list_limits(store)
    render(ctx, Result(tables=[Table("limits", LIMITS, rows)]))


def deputy(
    ctx: Context,
    absent: AbsentArgument,
    deputy: DeputyArgument,
    office: PlaceOption,
    role: RoleOption,
    since: SinceOption,
    until: UntilOption,
) -> None:
    """Let somebody act in the role of another for some days.

    What a deputy does counts for both: where two people must act, neither may take the second step. Duties that one
    person must not join are refused. The event log names both.
    """
    from kasse_cli.wiring import open_book
    from ledger.people.duties_store import name_deputy

    with open_book(ctx.obj) as store:
        done = name_deputy(
            store,
            absent,
            deputy,
            office=office.upper(),
            role=role.lower(),
            since=since.isoformat(),
            until=until.isoformat(),
        )
    line = say(
        N_("{deputy} stands in for {principal} as {role} in {office}, {since} to {until}"),
        deputy=done.deputy,
        principal=done.principal,
        role=done.role,
        office=done.office,
        since=since,
        until=until,
    )
    render(ctx, Result({"deputy": done}, lines=[line]))


def deputies(ctx: Context) -> None:
    """List who stood or stands in for whom."""
    from kasse_cli.wiring import open_book
    from ledger.people.duties_store import list_deputies

    with open_book(ctx.obj) as store:
        rows = list_deputies(store)
    render(ctx, Result(tables=[Table("deputies", DEPUTIES, rows)]))


def end_deputy(ctx: Context, number: NumberArgument) -> None:
    """End a deputy's time early, from the day of --on."""
    from kasse_cli.wiring import open_book
    from ledger.people.duties_store import end_deputy as service

    with open_book(ctx.obj) as store:
        done = service(store, number, ctx.obj.today.isoformat())
    line = say(N_("{deputy} no longer stands in for {principal} from {day} on"), deputy=done.deputy,
               principal=done.principal, day=ctx.obj.today)  # fmt: skip
    render(ctx, Result({"deputy": done}, lines=[line]))
