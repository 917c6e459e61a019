"""Looking at letters: the list, one letter with its text and its life, addresses to find out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.claim_words import LETTER_STATES
from kasse_cli.commands.letter.shapes import LIST, TASKS, KindOption, LetterArgument, RunOption
from kasse_cli.context import Context
from kasse_cli.event_words import action_text
from kasse_cli.evidence import evidence_text
from kasse_cli.output import Column, Line, Result, Streamed, Table, render, say
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.letters import LetterRow

StateOption = Annotated[
    str | None, typer.Option("--state", metavar="STATE", help=N_("made, released, posted, served, returned, cancelled"))
]
PartyOption = Annotated[str | None, typer.Option("--party", metavar="PARTY", help=N_("number or name of the debtor"))]
TextOption = Annotated[bool, typer.Option("--text", help=N_("its whole text"))]
DoneOption = Annotated[bool, typer.Option("--done", help=N_("those that are done, too"))]
EVENTS = (
    Column("at", N_("At")),
    Column("by", N_("By")),
    Column("action", N_("Action"), shown=False),
    Column("what", N_("What")),
    Column("words", N_("Details")),
)


def list_letters(
    ctx: Context, state: StateOption = None, party: PartyOption = None, kind: KindOption = None, run: RunOption = None
) -> None:
    """List letters: what they are, where they are in their life, until when their term runs."""
    from enforcement.letters_reader import letters
    from kasse_cli.wiring import open_book
    from ledger.people.parties_reader import find_party

    with open_book(ctx.obj) as store, store.snapshot():
        number = find_party(store, party) if party else None
        rows = Streamed(lambda: letters(store, state=state, kind=kind, party=number, run=run))
        render(ctx, Result(tables=[Table("letters", LIST, rows)]))


def show(ctx: Context, letter: LetterArgument, text: TextOption = False) -> None:
    """Show a letter: its sums and days, what happened to it, and with --text what it says."""
    from enforcement.letters_life_reader import last_print, life
    from enforcement.letters_reader import find_letter
    from kasse_cli.documents.letters_text import letter_text
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store, store.snapshot():
        row = find_letter(store, letter)
        events = life(store, letter)
        content, wrong = last_print(store, letter)
    lines = list(_about(row))
    if text and content is not None and ctx.obj.format == "table":
        sys.stdout.write(letter_text(content))
        render(ctx, Result())
        return
    if content is None and not wrong and row.state in {"released", "posted"}:
        lines.append(say(N_("not printed yet: kasse letter print {letter}"), letter=letter))
    elif text and content is None and not wrong:
        lines.append(say(N_("a letter has its text once it is printed, which is after its release")))
    told = [asdict(one) | {"what": action_text(one.action), "words": evidence_text(one.facts)} for one in events]
    render(ctx, Result({"letter": row, "content": content}, [Table("life", EVENTS, told)], lines, wrong))


def _about(row: LetterRow) -> Iterator[Line]:
    yield say(
        N_("letter {letter} to {party}: {kind}, {state}, {sum_cents}"), letter=row.letter, party=row.party,
        kind=row.kind, state=LETTER_STATES.get(row.state, row.state), sum_cents=row.sum_cents,
    )  # fmt: skip
    if row.posted_on and row.state == "returned":
        yield say(N_("posted on {posted}, came back on {returned}: it sets no term"), posted=row.posted_on,
                  returned=row.returned_on)  # fmt: skip
    elif row.posted_on and row.deemed_on and row.term_end:
        yield say(
            N_("posted on {posted}, counts as given on {deemed}, term until {term}"), posted=row.posted_on,
            deemed=row.deemed_on, term=row.term_end,
        )  # fmt: skip
    elif row.posted_on:
        yield say(N_("posted on {posted}; no term before it is proved to be received"), posted=row.posted_on)
    if row.reference:
        template = N_("its reference {reference} stands for all its claims: kasse item show {reference}")
        yield say(template, reference=row.reference)
    if row.pdf_sha256:
        yield say(N_("file: SHA-256 {sha256}"), sha256=row.pdf_sha256)


def list_tasks(ctx: Context, done: DoneOption = False) -> None:
    """List the addresses to find out: a letter came back, and nobody duns the debtor until it is done."""
    from enforcement.letters_reader import tasks
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        rows = tasks(store, done=done)
    lines = [] if rows else [say(N_("no address to find out"))]
    render(ctx, Result(tables=[Table("tasks", TASKS, rows)], lines=lines))
