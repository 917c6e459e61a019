"""`kasse user rights`: which role each command needs."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_

OFFICES = {"all": N_("all offices"), "rows": N_("the Kasse and each office whose rows are written")}
RIGHTS = (
    Column("command", N_("Command")),
    Column("roles", N_("One of these roles")),
    Column("admin_of", N_("An admin of"), "word", words=OFFICES),
)
RoleOption = Annotated[
    str | None,
    typer.Option("--role", metavar="ROLE", help=N_("only the commands that somebody with this role may give")),
]


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    examples = ("kasse user rights", "kasse user rights --role clerk")
    command(app, "rights", book=False, lists=True, examples=examples)(rights)


def rights(ctx: Context, role: RoleOption = None) -> None:
    """List the commands that need a role, and which.

    The role is needed in the office concerned or in the Kasse; where it says of which offices somebody must be
    admin, being it in the Kasse alone is not enough. Commands that are not listed only read, or need no book:
    everybody whom the book knows may give them.
    """
    from kasse_cli.rights import reach
    from kasse_cli.rights import rights as known
    from ledger.people.users import ROLES, UnknownRoleError

    if role is not None and role.lower() not in ROLES:
        raise UnknownRoleError(role=role, roles=", ".join(ROLES))
    rows = [
        {"command": f"kasse {name}", "roles": " / ".join(roles), "admin_of": reach(name)}
        for name, roles in known().items()
        if role is None or role.lower() in roles
    ]
    render(ctx, Result(tables=[Table("rights", RIGHTS, rows)], lines=[say(N_("commands: {count}"), count=len(rows))]))
