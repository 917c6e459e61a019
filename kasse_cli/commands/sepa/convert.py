"""`kasse sepa convert`: bank files as CSV, Excel, JSON lines or an hledger journal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kasse_cli.commands.sepa.params import DetailsOption, FilesArgument, LimitsOption, Target
from kasse_cli.context import Context
from sepa.errors import N_

ToOption = Annotated[Target, typer.Option("--to", help=N_("csv, csv-excel, xlsx, jsonl or hledger"))]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help=N_("the file to write; - is standard output"))
]


def convert(
    ctx: Context,
    files: FilesArgument,
    to: ToOption,
    out: OutOption = Path("-"),
    details: DetailsOption = False,
    no_limits: LimitsOption = False,
) -> None:
    """Convert bank files to CSV, Excel, JSON lines or, statements, to an hledger journal.

    CSV and Excel have a row for each entry, payment or status, JSON lines also the transactions behind an entry. In the
    journal each booked entry is a transaction between the bank account and income or expenses that are still to be
    assigned, and each closing balance is asserted, so that hledger finds what is missing.
    """
    from kasse_cli.commands.sepa.converting import convert_files

    convert_files(ctx, files, to, out, split=details, unlimited=no_limits)
