"""`kasse user`: who may act, where, as what."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.commands.user_duties import register as register_duties
from kasse_cli.commands.user_rights import register as register_rights
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError

app = noun(N_("users, their offices and roles"))
register_duties(app)
register_rights(app)
COLUMNS = (
    Column("name", N_("Name")),
    Column("office", N_("Office")),
    Column("role", N_("Role"), "word"),
    Column("locked", N_("Locked"), "flag"),
)
NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help=N_("the account of the operating system or the database, or a name"))
]
OfficesOption = Annotated[
    list[str], typer.Option("--office", metavar="CODE", help=N_("the office of the role; '*' for all; repeatable"))
]
RolesOption = Annotated[
    list[str], typer.Option("--role", metavar="ROLE", help=N_("the role in that office; repeatable, in pairs"))
]

ExceptionOption = Annotated[
    str, typer.Option("--exception", metavar="REASON", help=N_("join roles that must stay apart, for this reason"))
]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for the event log"))]


class UnevenPairsError(KasseError):
    """Offices and roles that do not pair up."""

    code = "user.pairs"
    template = N_("{offices} offices and {roles} roles do not make pairs")
    hint = N_("give --office once, or once for each --role, in the same order")
    exit_code = 2


@command(
    app,
    "add",
    examples=(
        "kasse user add anna --office ORDNUNG --role certifier",
        "kasse user add clara --office '*' --role cashier --role clerk",
    ),
)
def add(
    ctx: Context, name: NameArgument, offices: OfficesOption, roles: RolesOption, exception: ExceptionOption = ""
) -> None:
    """Add a user, or give one more roles.

    Roles: certifier and approver (of an office); cashier, clerk, payments, releaser, head (of the Kasse);
    enforcement, audit, admin, machine. Roles that one person must not hold together are refused; --exception joins
    them where an office has nobody else, and the audit lists it.
    """
    from kasse_cli.wiring import open_book
    from ledger.people.users_store import grant

    pairs = _pairs(offices, roles)
    with open_book(ctx.obj) as store:
        done = grant(store, name, pairs, exception=exception)
    rights = [{"name": done.name, "office": office, "role": role} for office, role in done.grants]
    lines = [say(N_("{name}: {role} in {office}"), **right) for right in rights]
    lines = lines or [say(N_("nothing new: {name} has these roles"), name=done.name)]
    render(ctx, Result(data={"new": done.new, "rights": rights}, lines=lines))


@command(app, "revoke", examples=("kasse user revoke anna --office ORDNUNG --role certifier",))
def revoke(
    ctx: Context, name: NameArgument, offices: OfficesOption, roles: RolesOption, reason: WhyOption = ""
) -> None:
    """Take roles from a user; nobody changes their own, and an admin of all offices always remains."""
    from kasse_cli.wiring import open_book
    from ledger.people.users_end_store import revoke as end

    pairs = _pairs(offices, roles)
    with open_book(ctx.obj) as store:
        done = end(store, name, pairs, reason=reason)
    rights = [{"name": done.name, "office": office, "role": role} for office, role in done.grants]
    lines = [say(N_("{name}: no longer {role} in {office}"), **right) for right in rights]
    lines = lines or [say(N_("nothing new: {name} does not have these roles"), name=done.name)]
    render(ctx, Result(data={"new": done.new, "rights": rights}, lines=lines))


@command(app, "lock", examples=('kasse user lock anna --reason "zum 30.11. ausgeschieden"',))
def lock(ctx: Context, name: NameArgument, reason: WhyOption = "") -> None:
    """Keep a user from doing anything, at once and until unlocked; what was done stays."""
    from kasse_cli.wiring import open_book
    from ledger.people.users_end_store import lock as keep_out

    with open_book(ctx.obj) as store:
        done = keep_out(store, name, reason=reason)
    line = say(N_("{name} is locked") if done.new else N_("nothing new: {name} is locked"), name=done.name)
    render(ctx, Result(data={"name": done.name, "locked": True, "new": done.new}, lines=[line]))


@command(app, "unlock", examples=("kasse user unlock anna",))
def unlock(ctx: Context, name: NameArgument, reason: WhyOption = "") -> None:
    """Let a locked user act again, with the roles held before."""
    from kasse_cli.wiring import open_book
    from ledger.people.users_end_store import unlock as let_in

    with open_book(ctx.obj) as store:
        done = let_in(store, name, reason=reason)
    line = say(N_("{name} may act again") if done.new else N_("nothing new: {name} is not locked"), name=done.name)
    render(ctx, Result(data={"name": done.name, "locked": False, "new": done.new}, lines=[line]))


@command(app, "list", lists=True)
def list_(ctx: Context) -> None:
    """List the users with their offices and roles."""
    from kasse_cli.wiring import open_book
    from ledger.people.users_store import list_users

    with open_book(ctx.obj) as store:
        users = list_users(store)
    render(ctx, Result(tables=[Table("users", COLUMNS, users)]))


def _pairs(offices: list[str], roles: list[str]) -> list[tuple[str, str]]:
    if len(offices) == 1:
        offices = offices * len(roles)
    if len(offices) != len(roles):
        raise UnevenPairsError(offices=len(offices), roles=len(roles))
    return [(office.upper(), role.lower()) for office, role in zip(offices, roles, strict=True)]
