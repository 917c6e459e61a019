"""`kasse demo`: a week of a small town, played with real commands."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Result, render, say
from sepa.errors import N_, KasseError

app = noun(N_("play a week of a small town"))
FolderOption = Annotated[Path, typer.Option("--folder", metavar="FOLDER", help=N_("where the demo puts its files"))]


class DemoFolderExistsError(KasseError):
    """The demo starts in a folder of its own."""

    code = "demo.folder_exists"
    template = N_("the folder of the demo exists already: {folder}")
    hint = N_("look at it, then remove it, or give another one with --folder")


@command(app, "demo", book=False, confirm=True, examples=("kasse demo", "kasse demo --lang de"))
def demo(ctx: Context, folder: FolderOption = Path("kasse-demo")) -> None:
    """Play a week of Musterstadt: orders, payments, bank statements, closings; all people are invented.

    Every line that begins with $ is a command as people type it on the day it names; the demo sets the clock for
    it. Typed later, a step that was done says so, and a payment run for a day that is over is refused. The demo may
    be played again: it asks before it removes what it made the last time.
    """
    from kasse_cli.demo.play import files_of, play
    from kasse_cli.demo.week import Week
    from kasse_cli.main import run

    if folder.exists():
        remove_old(ctx, folder)
    start = time.monotonic()
    play(Week(folder, run, lang=ctx.obj.lang))
    lines = [
        say(N_("The week is over after {seconds} seconds. The files:"), seconds=round(time.monotonic() - start)),
        *[say("  {path}", path=path) for path in files_of(folder)],
        say(N_("Look around: kasse journal list --book {book} --user clara"), book=str(folder / "kasse.db")),
    ]
    render(ctx, Result(lines=lines))


def remove_old(ctx: Context, folder: Path) -> None:
    """Remove an earlier demo; a folder that the demo did not make is never touched."""
    import shutil

    if not (folder / "kasse.db").is_file() or not (folder / "bank").is_dir():
        raise DemoFolderExistsError(folder=str(folder))
    ctx.obj.confirm(N_("The folder {folder} holds an earlier demo. Remove it?"), folder=str(folder))
    shutil.rmtree(folder)
