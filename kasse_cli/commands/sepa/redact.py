"""`kasse sepa redact`: bank files that may be shown to others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kasse_cli.commands.sepa.params import FilesArgument, LimitsOption
from kasse_cli.context import Context
from sepa.errors import N_

SeedOption = Annotated[
    str | None,
    typer.Option("--seed", metavar="TEXT", help=N_("the same text gives the same invented words; keep it to yourself")),
]
ScaleOption = Annotated[
    int, typer.Option("--scale", metavar="NUMBER", help=N_("multiply all amounts by this whole number"))
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="PATH", help=N_("the file or folder to write to; - is standard output"))
]


def redact(
    ctx: Context,
    files: FilesArgument,
    seed: SeedOption = None,
    scale: ScaleOption = 1,
    out: OutOption = Path("-"),
    no_limits: LimitsOption = False,
) -> None:
    """Replace names, accounts, texts and references by invented ones of the same form.

    Lengths, classes of characters, right check digits, days, codes and sums stay, so that a program reads the result
    as it reads the original. Days and amounts may still tell a person who knows them something: look before you send.
    """
    from kasse_cli.commands.sepa.redacting import Redaction, redact_files

    key = ctx.obj.random(16) if seed is None else seed.encode()
    redact_files(ctx, files, Redaction(key, scale), out, unlimited=no_limits)
