"""`kasse reconcile`: import statements, match, post and report, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.commands.statement import FILES, ArchiveOption, RejectOption
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.intake_lines import rejected_lines
from kasse_cli.output import Line, Result, Table, render, say
from sepa.errors import N_

if TYPE_CHECKING:
    from kasse_cli.intake import Intake
    from ledger.bank.again_store import Again
    from ledger.bank.outcome import Outcome

app = noun(N_("import statements, match, post and report"))
FilesOrNone = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE", readable=False, help=N_("files, folders or ZIP files; without any, what waits is posted")
    ),
]
COUNTS = (
    "posted", "matched", "suspense", "advances", "executed", "returned", "transfers", "fees", "surpluses", "late",
)  # fmt: skip

ExportOption = Annotated[
    Path | None,
    typer.Option(
        "--export", metavar="FILE", help=N_("write what was assigned since the last export there (.xlsx or .csv)")
    ),
]
MetricsOption = Annotated[
    Path | None, typer.Option("--metrics", metavar="FILE", help=N_("write figures there as Prometheus reads them"))
]
ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help=N_("write a report there, as text for a mail"))
]


@command(
    app,
    "reconcile",
    lists=True,
    dry_run=True,
    examples=(
        "kasse reconcile inbox/ --archive done/ --reject broken/",
        "kasse reconcile inbox/ --archive done/ --reject broken/ --export 2026-11-16.xlsx --report post.txt",
        "kasse reconcile 2026-11-16.zip --json",
    ),
)
def reconcile(
    ctx: Context,
    files: FilesOrNone = None,
    archive: ArchiveOption = None,
    reject: RejectOption = None,
    export: ExportOption = None,
    metrics: MetricsOption = None,
    report: ReportOption = None,
) -> None:
    """Import bank statements, match their entries with what is open, post all and report.

    A reference with a right check digit decides alone; money that is not certain waits in suspense. Every entry is
    posted once, whatever is delivered again. With files and without, it posts what waits from before too, as
    'kasse statement import' leaves it, in the order of the bank's days. A broken file is left out, or moved with
    --reject; the others are posted. A rejected one that only lacked another is tried again by itself once others came,
    one that the bank issued again waits no more, and the run names those that wait. The export is for the finance
    system that leads: one row for each share of a bank entry, which office, position and line name for ever.
    """
    from kasse_cli.inbox import STDIN, deliveries
    from kasse_cli.inbox_places import check_places, left_alone
    from kasse_cli.intake import Folders
    from kasse_cli.reconciling import Run, run_book

    call, given = ctx.obj, files or []
    outputs = {"--export": export, "--report": report, "--metrics": metrics}
    check_places(given, {"--archive": archive, "--reject": reject, **outputs})
    incoming = deliveries(given, call.stdin() if STDIN in given else b"")
    done: Run = run_book(call, incoming, Folders(archive, reject), export, report, metrics)
    data = {**summary(done.intake, done.outcome, done.again), "exported": done.exported, "dry_run": call.dry_run}
    findings = [
        *done.intake.findings,
        *done.outcome.findings,
        *left_alone(given, (archive, reject), call.world.clock().timestamp()),
    ]
    lines = told(data, given)
    if not call.dry_run and (report is not None or metrics is not None):
        done.write_beside(call, data, lines, findings, report, metrics)
    tables = [Table("file_results", FILES, done.intake.files)] if given or done.intake.files else []
    render(ctx, Result(data=data, tables=tables, lines=lines, findings=findings))


def told(data: dict[str, Any], looked: Sequence[Path]) -> list[Line]:
    """Return the counts as sentences, leaving out what did not happen; `looked` is where files were looked for."""
    lines, counted = [], data
    if data["posted"] or data["broken"]:
        lines.append(say(N_("posted: {posted} entries, in {credit_cents}, out {debit_cents}"), **_plain(data)))
    elif not data["resolved"]:
        lines.append(_nothing_new(data["files"], data["entries"], looked))
        counted = {**data, "duplicates": 0}  # that line has said it
    sentences = {
        "matched": N_("decided by itself: {matched} (own payments {executed}, by rules of the Kasse {fees})"),
        "returned": N_("came back: {returned}"),
        "transfers": N_("between own accounts: {transfers}"),
        "suspense": N_("to clarify, received: {suspense}"),
        "advances": N_("to clarify, paid out: {advances}"),
        "surpluses": N_("paid too much: {surpluses}, kept as credits"),
        "resolved": N_("clarified by what came later: {resolved}, together {resolved_cents}"),
        "late": N_("of closed days: {late}"),
        "duplicates": N_("known already: {duplicates}"),
        "pending": N_("not booked yet by the bank: {pending}"),
        "broken": N_("broken files: {broken}"),
        "exported": N_("rows exported: {exported}"),
        "dry_run": N_("only tried: nothing was changed, no file was moved or written"),
    }
    return lines + [say(text, **_plain(data)) for key, text in sentences.items() if counted[key]] + rejected_lines(data)


def _nothing_new(files: int, entries: int, looked: Sequence[Path]) -> Line:
    places = ", ".join(map(str, looked))
    if not looked:
        return say(N_("nothing new: no entry in the book waits to be posted"))
    if not files:
        return say(N_("nothing new: no file in {places}, and no entry waits to be posted"), places=places)
    if not entries:
        return say(
            N_("nothing to post: files in {places}: {files}, booked entries in them: none"), places=places, files=files
        )
    return say(
        N_("nothing new: files in {places}: {files}, entries in them, all known: {entries}"),
        places=places,
        files=files,
        entries=entries,
    )


def _plain(data: dict[str, Any]) -> dict[str, int]:
    return {key: value for key, value in data.items() if isinstance(value, int)}


def summary(intake: Intake, outcome: Outcome, again: Again) -> dict[str, Any]:
    """Return the counts that scripts build on."""
    return {
        "files": len(intake.files),
        "broken": intake.broken,
        **{name: intake.total(name) for name in ("statements", "entries", "new", "duplicates", "pending")},
        **{name: getattr(outcome, name) for name in COUNTS},
        "resolved": again.resolved,
        "resolved_cents": again.resolved_cents,
        "credit_cents": outcome.credit_cents,
        "debit_cents": outcome.debit_cents,
        "reasons": dict(outcome.reasons),
        "retaken": intake.retaken,
        "replaced": intake.replaced,
        "rejected": intake.rejected,
    }
