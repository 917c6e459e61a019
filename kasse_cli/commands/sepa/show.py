"""`kasse sepa show`: what statement and payment files hold."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.commands.sepa.gather import Gathered, gathered
from kasse_cli.commands.sepa.params import DetailsOption, FilesArgument, LimitsOption
from kasse_cli.commands.sepa.rows import files_json, tables
from kasse_cli.commands.sepa.summary import summary_line, summary_table
from kasse_cli.context import Call, Context
from kasse_cli.output import Result, render, say
from sepa.errors import N_

SummaryOption = Annotated[bool, typer.Option("--summary", help=N_("only how many and how much, a row for each file"))]


def show(
    ctx: Context,
    files: FilesArgument,
    summary: SummaryOption = False,
    details: DetailsOption = False,
    no_limits: LimitsOption = False,
) -> None:
    """Show what bank files hold: entries, payments, statuses, answers, reversals and recalls.

    Files are read as streams; each member of a ZIP counts as a file. A file that cannot be read to its end is a
    finding and left out whole. Credits are positive, and a reversal counts by its effect. Where the single payments
    of a batch stand in a notification (camt.054) that is given as well, they are shown with the batch.
    """
    with gathered(ctx.obj, files, unlimited=no_limits, keep=not summary) as found:
        render(ctx, _summary(found) if summary else _whole(ctx.obj, found, split=details))


def _summary(found: Gathered) -> Result:
    lines = [say(N_("files: {count}"), count=len(found.files))]
    return Result(tables=[summary_table(found.files)], lines=lines, findings=found.findings)


def _whole(call: Call, found: Gathered, *, split: bool) -> Result:
    machine = call.format == "json" and not call.xlsx
    return Result(
        data={"files": files_json(found)},
        tables=[] if machine else tables(found, split=split),
        lines=[summary_line(file, merged=file.path in found.merged) for file in found.files],
        findings=found.findings,
    )
