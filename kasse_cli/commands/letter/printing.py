"""Printing letters: one PDF each, and for the print shop one file of all with its list."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.letter.shapes import FolderOption, LettersArgument, RunOption, numbers_of
from kasse_cli.context import Context
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.letters_prints import Prints

PostOnOption = Annotated[
    dt.date | None,
    typer.Option("--post-on", parser=parse_day, metavar="DATE", help=N_("when they will be posted; today without it")),
]
AnewOption = Annotated[bool, typer.Option("--anew", help=N_("compose letters again that are not posted yet"))]
FILES = (
    Column("letter", N_("Letter"), "count"),
    Column("kind", N_("Kind"), "word"),
    Column("way", N_("Way"), "word", shown=False),
    Column("file", N_("File")),
    Column("pages", N_("Pages"), "count"),
    Column("first_page", N_("From page"), "count", shown=False),
    Column("receiver", N_("Receiver"), minor=True),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("sha256", N_("SHA-256"), shown=False),
)


def print_(
    ctx: Context,
    letters: LettersArgument = None,
    run: RunOption = None,
    output: FolderOption = None,
    post_on: PostOnOption = None,
    anew: AnewOption = False,
) -> None:
    """Print released letters: composed once for their day of posting, the same file each time.

    With --out FOLDER a PDF for each letter; for a run also one file of all letters and the list for the print shop.
    Without it the text is shown. The term in the letter goes by --post-on; a later day needs --anew.
    """
    from enforcement.letters_print_store import note_files, print_letters
    from kasse_cli.letter_files import write_letters
    from kasse_cli.wiring import open_book

    call = ctx.obj
    with open_book(call) as store:
        numbers = numbers_of(store, letters, run)
        done = print_letters(store, numbers, planned_on=post_on or call.today, anew=anew)
        if output is None:
            _to_terminal(done, silent=call.format != "table")
            render(ctx, Result({"letters": [one.data() for one in done.letters]}, findings=done.findings))
            return
        files = write_letters(done.letters, output, run)
        note_files(store, done.letters, {one.letter: one.sha256 for one in files.letters})
    count, fresh = len(done.letters), sum(one.fresh for one in done.letters)
    lines = [say(N_("letters written: {count}, composed now: {fresh}"), count=count, fresh=fresh)]
    lines += [say(N_("written: {file}"), file=str(path)) for path in files.joined]
    if sent := sum(one.sent for one in done.letters):
        lines.append(say(N_("copies of letters that have left the house, as they were sent: {count}"), count=sent))
    if count > sent:
        lines.append(say(N_("next, once they are posted: kasse letter post {what}"), what=_what(letters, run)))
    joined = {"joined": [str(path) for path in files.joined]}
    render(ctx, Result(joined, [Table("letters", FILES, files.letters)], lines, done.findings))


def _what(letters: list[int] | None, run: int | None) -> str:
    return " ".join([*map(str, letters or ()), *([f"--run {run}"] if run else [])])


def _to_terminal(done: Prints, *, silent: bool) -> None:
    from kasse_cli.documents.letters_text import letter_text

    if not silent:
        sys.stdout.write("\f".join(letter_text(one.data()) for one in done.letters))


def files_in(folder: Path, numbers: list[int]) -> dict[int, tuple[str, str]]:
    """Return name and hash of the files of letters that lie in a folder, by letter."""
    from hashlib import sha256

    from kasse_cli.letter_files import file_name

    paths = {number: folder / file_name(number) for number in numbers}
    return {
        number: (str(path), sha256(path.read_bytes()).hexdigest()) for number, path in paths.items() if path.is_file()
    }
