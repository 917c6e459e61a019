"""`kasse reconcile`: import statements, match, post and report, in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.commands.statement import FILES, ArchiveOption, RejectOption
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Line, Result, Table, render, say
from sepa.errors import N_

if TYPE_CHECKING:
    from kasse_cli.intake import Intake
    from ledger.bank.posting_store import Outcome

app = noun(N_("import statements, match, post and report"))
FilesOrNone = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE", help=N_("files, folders or ZIP files; without any, what waits is posted")),
]
COUNTS = ("posted", "matched", "suspense", "advances", "executed", "fees", "surpluses", "late")


@command(
    app,
    "reconcile",
    lists=True,
    dry_run=True,
    examples=("kasse reconcile inbox/ --archive done/ --reject broken/", "kasse reconcile 2026-11-16.zip --json"),
)
def reconcile(
    ctx: Context, files: FilesOrNone = None, archive: ArchiveOption = None, reject: RejectOption = None
) -> None:
    """Import bank statements, match their entries with what is open, post all and report.

    A reference with a right check digit decides alone; money that is not certain waits in suspense. Every entry is
    posted once, whatever is delivered again. Afterwards, and without files, it posts what waits from before, as
    'kasse statement import' leaves it. A broken file is left out, or moved with --reject; the others are posted.
    """
    from kasse_cli.inbox import STDIN, deliveries
    from kasse_cli.intake import Folders
    from kasse_cli.reconciling import reconcile as run
    from kasse_cli.wiring import open_book

    call, given = ctx.obj, files or []
    incoming = deliveries(given, call.stdin() if STDIN in given else b"")
    with open_book(call) as store:
        intake, outcome = run(store, incoming, Folders(archive, reject), rehearse=call.dry_run)
    data = {**summary(intake, outcome), "dry_run": call.dry_run}
    tables = [Table("file_results", FILES, intake.files)] if given else []
    render(ctx, Result(data=data, tables=tables, lines=told(data), findings=[*intake.findings, *outcome.findings]))


def told(data: dict[str, Any]) -> list[Line]:
    """Return the counts as sentences, leaving out what did not happen."""
    if not data["posted"] and not data["broken"]:
        return [say(N_("nothing new: all entries are posted already"))]
    lines = [say(N_("posted: {posted} entries, in {credit_cents}, out {debit_cents}"), **_plain(data))]
    sentences = {
        "matched": N_("decided by a rule: {matched} (own payments {executed}, fees {fees})"),
        "suspense": N_("to clarify, received: {suspense}"),
        "advances": N_("to clarify, paid out: {advances}"),
        "surpluses": N_("paid too much: {surpluses}, kept as credits"),
        "late": N_("of closed days: {late}"),
        "duplicates": N_("known already: {duplicates}"),
        "pending": N_("not booked yet by the bank: {pending}"),
        "broken": N_("broken files: {broken}"),
        "dry_run": N_("only tried: nothing was changed, no file was moved"),
    }
    return lines + [say(text, **_plain(data)) for key, text in sentences.items() if data[key]]


def _plain(data: dict[str, Any]) -> dict[str, int]:
    return {key: value for key, value in data.items() if isinstance(value, int)}


def summary(intake: Intake, outcome: Outcome) -> dict[str, Any]:
    """Return the counts that scripts build on."""
    return {
        "files": len(intake.files),
        "broken": intake.broken,
        **{name: intake.total(name) for name in ("statements", "entries", "new", "duplicates", "pending")},
        **{name: getattr(outcome, name) for name in COUNTS},
        "credit_cents": outcome.credit_cents,
        "debit_cents": outcome.debit_cents,
        "reasons": dict(outcome.reasons),
    }
