"""The life of letters: released, posted, served or returned, cancelled; addresses found out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from kasse_cli.commands.letter.shapes import (
    DayOption,
    LetterArgument,
    LettersArgument,
    RunOption,
    WhyOption,
    numbers_of,
)
from kasse_cli.context import Context
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_

ProofOption = Annotated[str, typer.Option("--proof", metavar="TEXT", help=N_("what proves it, such as the form (PZU)"))]
FilesOption = Annotated[
    Path | None,
    typer.Option("--files", metavar="FOLDER", help=N_("the files that were handed over, compared with the printed")),
]
TaskArgument = Annotated[int, typer.Argument(metavar="TASK", min=1, help=N_("the number of the address task"))]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("what was found out, and where"))]
InquiryOption = Annotated[
    dt.date | None,
    typer.Option("--inquiry", parser=parse_day, metavar="DATE", help=N_("the day of an official inquiry")),
]
POSTED = (
    Column("letter", N_("Letter"), "count"),
    Column("posted_on", N_("Mailed on"), "day"),
    Column("deemed_on", N_("Notice"), "day"),
    Column("term_end", N_("Term ends"), "day"),
    Column("demands", N_("Interrupts"), "count", minor=True),
)
NEW = {
    "made": N_("letter {letter} is made"),
    "released": N_("letter {letter} is released: kasse letter print {letter}"),
    "cancelled": N_("letter {letter} is cancelled, entries mirrored: {entries}"),
}


ReliefOption = Annotated[int, typer.Option("--relief", metavar="RELIEF", min=1, help=N_("the relief it tells"))]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="PARTY", help=N_("who gets it, if not the debtor (administrator)"))
]
ServiceOption = Annotated[bool, typer.Option("--service", help=N_("formal service with a proof, not by post"))]


RequestOption = Annotated[
    bool,
    typer.Option("--on-request", help=N_("file what is subordinate: only if the court asks for it (§ 174 (3) InsO)")),
]


def make(
    ctx: Context,
    relief: ReliefOption,
    to: ToOption = None,
    service: ServiceOption = False,
    on_request: RequestOption = False,
) -> None:
    """Make the letter that tells a relief: granted, refused, withdrawn, filed with the administrator.

    Its kind follows from the relief and its state; another person releases it. Filed is what ranks with the other
    creditors, with --on-request in a letter of its own what is subordinate.
    """
    from enforcement.letters_relief_store import letter_of_relief
    from kasse_cli.wiring import open_book
    from ledger.people.parties_reader import find_party

    with open_book(ctx.obj) as store:
        recipient = find_party(store, to) if to else None
        done = letter_of_relief(
            store, relief, day=ctx.obj.today.isoformat(), recipient=recipient, service=service, on_request=on_request
        )
    template = N_("letter {letter} ({kind}) is made; another person releases it: kasse letter release {letter}")
    if not done.fresh:
        template = N_("letter {letter} ({kind}) tells it already")
    render(ctx, Result({"letter": done}, lines=[say(template, letter=done.letter, kind=done.kind)]))


def release(ctx: Context, letter: LetterArgument) -> None:
    """Release a letter that another person made; those of a dunning run are released with the run."""
    from enforcement.letters_make_store import release_letter
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = release_letter(store, letter)
    render(ctx, Result({"letter": done}, lines=[say(NEW[done.state], letter=letter)]))


def cancel(ctx: Context, letter: LetterArgument, reason: WhyOption) -> None:
    """Cancel a letter that was not posted: its fees and charges are mirrored, levels are as before."""
    from enforcement.letters_make_store import cancel_letter
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        ctx.obj.confirm(N_("cancel letter {letter}?"), letter=letter)
        done = cancel_letter(store, letter, reason=reason)
    lines = [say(NEW[done.state], letter=letter, entries=done.entries)]
    data = {"letter": done.letter, "state": done.state, "reference": done.reference, "entries": done.entries}
    render(ctx, Result({"letter": data}, lines=lines, findings=done.findings))


def post(
    ctx: Context,
    letters: LettersArgument = None,
    run: RunOption = None,
    date: DayOption = None,
    files: FilesOption = None,
) -> None:
    """Note that printed letters were given to the post: from here the notice by law and the term run.

    Letters with formal service wait for their proof. --files compares what was handed over with what was printed.
    """
    from enforcement.letters_post_store import post_letters
    from kasse_cli.commands.letter.printing import files_in
    from kasse_cli.wiring import open_book

    call = ctx.obj
    day = date or call.today
    with open_book(call) as store:
        numbers = numbers_of(store, letters, run)
        done = post_letters(store, numbers, day=day, files=files_in(files, numbers) if files else None)
    lines = [say(N_("letters posted on {day}: {count}"), day=day, count=len(done.letters))]
    if done.already:
        lines.append(say(N_("posted before: {count}"), count=done.already))
    data = {"already": done.already}
    render(ctx, Result(data, [Table("posted", POSTED, done.letters)], lines, done.findings))


def serve(ctx: Context, letter: LetterArgument, proof: ProofOption, date: DayOption = None) -> None:
    """Note that a posted letter was received, and what proves it; a receipt later than the fiction moves the term."""
    from enforcement.letters_return_store import serve as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = service(store, letter, day=date or ctx.obj.today, proof=proof)
    lines = [
        say(N_("letter {letter} counts as given on {day}"), letter=letter, day=dt.date.fromisoformat(done.deemed_on))
    ]
    if done.term_end:
        lines.append(say(N_("its term runs until {day}"), day=dt.date.fromisoformat(done.term_end)))
    render(ctx, Result({"letter": done}, lines=lines, findings=done.findings))


def take_return(ctx: Context, letter: LetterArgument, reason: WhyOption, date: DayOption = None) -> None:
    """Note that a posted letter came back: its term stops, dunning is locked, somebody finds out the address."""
    from enforcement.letters_return_store import take_return as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = service(store, letter, day=date or ctx.obj.today, reason=reason)
    lines = [
        say(N_("letter {letter} came back, interruptions withdrawn: {count}"), letter=letter, count=done.withdrawn)
    ]
    if done.task:
        lines.append(say(N_("find out the address: task {task}, dunning is locked until then"), task=done.task))
    render(ctx, Result({"letter": done}, lines=lines, findings=done.findings))


def finish(ctx: Context, task: TaskArgument, note: NoteOption, inquiry: InquiryOption = None) -> None:
    """Close an address task: the lock that the returned letter set is lifted.

    With --inquiry the day of an official inquiry after the address is noted: it interrupts limitation where the law
    of a claim says so.
    """
    from enforcement.letters_return_store import finish_task
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = finish_task(store, task, note=note, inquiry=inquiry)
    lines = [say(N_("address task {task} is done"), task=task)]
    if not done.lifted:
        lines.append(say(N_("dunning stays locked: another letter came back, or a person set the lock")))
    if inquiry:
        lines.append(say(N_("inquiries noted for limitation: {count}"), count=done.inquiries))
    render(ctx, Result({"task": done}, lines=lines, findings=done.findings))
