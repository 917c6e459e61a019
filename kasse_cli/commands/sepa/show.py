"""`kasse sepa show`: what statement and payment files hold."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.commands.sepa.gather import FileRead, Gathered, gathered
from kasse_cli.commands.sepa.params import FilesArgument, LimitsOption
from kasse_cli.commands.sepa.rows import SUMMARY, files_json, summary_row, tables
from kasse_cli.context import Call, Context
from kasse_cli.output import Line, Result, Table, render, say
from sepa.errors import N_

SummaryOption = Annotated[bool, typer.Option("--summary", help=N_("only how many and how much, a row for each file"))]


def show(ctx: Context, files: FilesArgument, summary: SummaryOption = False, no_limits: LimitsOption = False) -> None:
    """Show the entries of statements and the payments of payment files.

    Files are read as streams; each member of a ZIP counts as a file. A file that cannot be read to its end is a
    finding and left out whole. Credits are positive, and a reversal counts by its effect.
    """
    with gathered(ctx.obj, files, unlimited=no_limits, keep=not summary) as found:
        render(ctx, _summary(found) if summary else _whole(ctx.obj, found))


def _summary(found: Gathered) -> Result:
    rows = [summary_row(file) for file in found.files]
    lines = [say(N_("files: {count}"), count=len(rows))]
    return Result(tables=[Table("files", SUMMARY, rows)], lines=lines, findings=found.findings)


def _whole(call: Call, found: Gathered) -> Result:
    machine = call.format == "json" and not call.xlsx
    return Result(
        data={"files": files_json(found)},
        tables=[] if machine else tables(found),
        lines=[_line(file) for file in found.files],
        findings=found.findings,
    )


def _line(file: FileRead) -> Line:
    row = summary_row(file)
    common = {"file": file.path, "format": file.kind.name, "currency": row["currencies"]}
    if file.holds_payments:
        template = N_("{file}: {format}, batches: {batches}, payments: {payments}, together {sum_cents}")
        return say(template, batches=row["batches"], payments=row["payments"], sum_cents=row["sum_cents"], **common)
    template = N_(
        "{file}: {format}, statements: {statements}, entries: {entries}, in {credit_cents}, out {debit_cents}"
    )
    keys = ("statements", "entries", "credit_cents", "debit_cents")
    return say(template, **{key: row[key] for key in keys}, **common)
