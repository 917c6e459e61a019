"""What the commands on letters share: arguments, columns, words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.claim_words import LETTER_STATES
from kasse_cli.output import Column
from kasse_cli.params import parse_day
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.store.engines import Store

LettersArgument = Annotated[
    list[int] | None, typer.Argument(metavar="LETTER", min=1, help=N_("numbers of letters"), show_default=False)
]
LetterArgument = Annotated[int, typer.Argument(metavar="LETTER", min=1, help=N_("the number of the letter"))]
RunOption = Annotated[int | None, typer.Option("--run", metavar="RUN", min=1, help=N_("all letters of a dunning run"))]
KindOption = Annotated[str | None, typer.Option("--kind", metavar="KIND", help=N_("only letters of this kind"))]
DayOption = Annotated[
    dt.date | None, typer.Option("--date", parser=parse_day, metavar="DATE", help=N_("the day; today without it"))
]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for the debtor's file"))]
FolderOption = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FOLDER", help=N_("where the files go, or one file .pdf"))
]
CodeOption = Annotated[str, typer.Option("--office", metavar="CODE", help=N_("of this office; the whole book without"))]
LIST = (
    Column("letter", N_("Letter"), "count"),
    Column("kind", N_("Kind"), "word", minor=True),
    Column("state", N_("State"), "word", words=LETTER_STATES),
    Column("way", N_("Way"), "word", minor=2),
    Column("party_number", N_("Party"), "count", minor=2),
    Column("party", N_("Debtor")),
    Column("reference", N_("Reference"), minor=2),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("day", N_("Day"), "day", minor=2),
    Column("run", N_("Dunning run"), "count", minor=2),
    Column("planned_on", N_("Planned"), "day", minor=2),
    Column("posted_on", N_("Mailed on"), "day"),
    Column("deemed_on", N_("Notice"), "day", minor=2),
    Column("term_end", N_("Term ends"), "day", minor=True),
    Column("served_on", N_("Served"), "day", minor=True),
    Column("returned_on", N_("Returned"), "day", minor=True),
    Column("content_sha256", N_("Content SHA-256"), shown=False),
    Column("pdf_sha256", N_("PDF SHA-256"), shown=False),
)
TASKS = (
    Column("task", N_("Task"), "count"),
    Column("party_number", N_("Party"), "count"),
    Column("party", N_("Debtor")),
    Column("address", N_("Address so far")),
    Column("letter", N_("Letter"), "count"),
    Column("opened_on", N_("Since"), "day"),
    Column("reason", N_("Reason")),
    Column("done_on", N_("Done"), "day", minor=True),
    Column("done_note", N_("Note"), minor=True),
)


class NoLettersError(KasseError):
    """A step on letters without saying which."""

    code = "letter.which"
    template = N_("which letters?")
    hint = N_("give their numbers, or all of a dunning run with --run")
    exit_code = 2


def numbers_of(store: Store, letters: list[int] | None, run: int | None) -> list[int]:
    """Return the letters that were named, or those of a run; raises `NoLettersError`, `NothingToPrintError`."""
    from enforcement.letters_print_store import run_letters

    if not letters and run is None:
        raise NoLettersError
    return [*(letters or ()), *(run_letters(store, run) if run is not None else ())]
