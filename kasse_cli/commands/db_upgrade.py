"""`kasse db upgrade`: bring a book to the schema of this version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Result, render, say
from kasse_cli.progress import progress
from ledger.book.journal import grouped
from sepa.errors import N_

if TYPE_CHECKING:
    from kasse_cli.upgrades import Upgraded

BackupOption = Annotated[
    Path | None, typer.Option("--backup", metavar="FILE", help=N_("save the book in this file first"))
]


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    command(
        app,
        "upgrade",
        dry_run=True,
        examples=("kasse db upgrade --dry-run", "kasse db upgrade --backup vor-dem-update.backup"),
    )(upgrade)


def upgrade(ctx: Context, backup: BackupOption = None) -> None:
    """Bring the book to this version of kasse; a book that is there already stays as it is.

    It is done on a copy first: heads, counts and sums must be the same before and after, and the copy is verified.
    Only then the book itself is changed, whole or not at all. With --dry-run only the copy is.
    """
    from kasse_cli.upgrades import open_any, try_upgrade, upgrade_book

    call = ctx.obj
    with open_any(call) as (store, found):
        if backup and not call.dry_run:
            from kasse_cli.backups import save_book

            with progress(N_("rows"), quiet=call.quiet) as step:
                save_book(call, store, backup, replace=False, check=False, step=step, schema=found)
        done = try_upgrade(call, store, found)
        if done.new and not call.dry_run and not (done.verified and done.verified.findings):
            done = upgrade_book(store, found)
    render(ctx, _result(done, dry_run=call.dry_run))


def _result(done: Upgraded, *, dry_run: bool) -> Result:
    findings = done.verified.findings if done.verified else ()
    said = N_("upgraded from schema {found} to {known}; the books are the same")
    if not done.new:
        said = N_("nothing new: the book has schema {known}")
    elif findings:
        said = N_("not upgraded from schema {found} to {known}: verifying a copy found errors")
    elif dry_run:
        said = N_("a copy was upgraded from schema {found} to {known}; the books are the same")
    figures = done.figures
    lines = [
        say(said, found=done.found, known=done.known),
        say(
            N_("compared: {entries} entries, {postings} postings, {items} items with {open_cents} open"),
            entries=figures.entries,
            postings=figures.postings,
            items=figures.items,
            open_cents=figures.open_cents,
        ),
        say(N_("head of the book: {head}"), head=grouped(figures.head)),
    ]
    data = {"from": done.found, "to": done.known, "new": done.new, "dry_run": dry_run, "figures": figures}
    return Result(data, lines=lines, findings=findings)
