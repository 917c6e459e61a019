"""`kasse db grant|roles|revoke`: let PostgreSQL itself enforce who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_

if TYPE_CHECKING:
    from kasse_cli.results import Line
    from ledger.access.store import Granted

LOGINS = (
    Column("name", N_("Login")),
    Column("login", N_("There"), "flag"),
    Column("unbound", N_("Administers"), "flag"),
    Column("roles", N_("Rights in the database")),
    Column("wanted", N_("Roles in the book")),
)


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    book = "--book postgresql://kasse-server/stadtkasse"
    examples = (f"kasse db grant --dry-run {book}", f"kasse db grant --yes {book}")
    command(app, "grant", dry_run=True, confirm=True, examples=examples)(grant)
    command(app, "roles", lists=True, examples=(f"kasse db roles {book}",))(roles)
    command(app, "revoke", dry_run=True, confirm=True)(revoke)


def grant(ctx: Context) -> None:
    """Let the database enforce who may do what, and bring its roles in line with the users of the book.

    Makes one owner of the tables whom nobody logs in as, a group for each role and a login for each user, with rights
    by table and column, row rules by office and signatures: with any SQL client a person can do only what the rules
    allow, and only in their own name. Logins get no password: the administrator of the server sets one, or lets the
    server trust the system. Give it again after 'kasse user' has changed anything, and after an upgrade.
    """
    from kasse_cli.wiring import open_book, table_rights, trial
    from ledger.access.store import check_server
    from ledger.access.store import grant as give

    call = ctx.obj
    with open_book(call) as store:
        check_server(store)
        if not call.dry_run:
            call.confirm(N_("Change the rights in the database? People then act by their login only."))
        with trial(call, store):
            done = give(store, table_rights())
    lines = [say(N_("nothing new: the database enforces the rights of the book"))]
    if done.new:
        lines = [say(N_("the database enforces these rights; its tables belong to {owner}"), owner=done.owner)]
        lines += [say(N_("new login {login}, without a password"), login=login) for login in done.logins]
    render(ctx, _result(done, lines, dry_run=call.dry_run))


def roles(ctx: Context) -> None:
    """List the logins of the users, their rights in the database and whether they are those of the book."""
    from kasse_cli.wiring import open_book, table_rights
    from ledger.access.store import roles as known

    with open_book(ctx.obj) as store:
        found = known(store, table_rights())
    lines = [say(N_("the tables belong to {owner}"), owner=found.owner)] if found.granted else []
    data = {"granted": found.granted, "owner": found.owner}
    render(ctx, Result(data, [Table("logins", LOGINS, found.logins)], lines, findings=list(found.findings)))


def revoke(ctx: Context) -> None:
    """Take the rules out of the database again: then only kasse itself enforces who may do what."""
    from kasse_cli.wiring import open_book, table_rights, trial
    from ledger.access.store import check_server
    from ledger.access.store import revoke as take

    call = ctx.obj
    with open_book(call) as store:
        check_server(store)
        if not call.dry_run:
            call.confirm(N_("Let the database no longer enforce who may do what?"))
        with trial(call, store):
            done = take(store, table_rights())
    template = N_("the database no longer enforces the rights of the book; logins are still there")
    lines = [say(template if done.new else N_("nothing new: the database does not enforce the rights of the book"))]
    render(ctx, _result(done, lines, dry_run=call.dry_run))


def _result(done: Granted, lines: list[Line], *, dry_run: bool) -> Result:
    if dry_run:
        lines.append(say(N_("a trial: nothing was changed; --json shows the statements")))
    data = {"new": done.new, "owner": done.owner, "logins": done.logins, "statements": done.statements,
            "dry_run": dry_run}  # fmt: skip
    return Result(data, lines=lines, findings=list(done.findings))
