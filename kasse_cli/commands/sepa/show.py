"""`kasse sepa show`: what bank files hold."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.commands.sepa.params import DetailsOption, FilesArgument, LimitsOption
from kasse_cli.context import Context
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
    from kasse_cli.commands.sepa.showing import show_files

    show_files(ctx, files, summary=summary, split=details, unlimited=no_limits)
