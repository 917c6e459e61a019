"""What `kasse sepa show` shows: rows for people and programs, fetched from the spool while they are written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kasse_cli.commands.sepa.gather import Gathered, gathered
from kasse_cli.commands.sepa.rows import files_json, tables
from kasse_cli.commands.sepa.summary import summary_line, summary_table
from kasse_cli.context import Call, Context
from kasse_cli.output import Result, render, say
from sepa.errors import N_


def show_files(ctx: Context, files: Iterable[Path], *, summary: bool, split: bool, unlimited: bool) -> None:
    """Read the files and render what they hold; raises where none could be read."""
    with gathered(ctx.obj, files, unlimited=unlimited, keep=not summary) as found:
        render(ctx, _summary(found) if summary else _whole(ctx.obj, found, split=split))


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
