"""`kasse help WORD`: search the glossary and the commands."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.glossary import folded, glossary
from kasse_cli.i18n import _
from kasse_cli.lazy import NOUNS, Noun, present
from kasse_cli.output import Column, Result, Table, render
from sepa.errors import N_, KasseError

app = noun(N_("search words and commands"))
TERMS = (Column("term", N_("Term")), Column("meaning", N_("Meaning")), Column("source", N_("Source")))
COMMANDS = (Column("command", N_("Command")), Column("alias", N_("German")), Column("help", N_("Purpose")))
WordArgument = Annotated[str, typer.Argument(metavar="WORD", help=N_("a word or a part of it, English or German"))]


class WordNotFoundError(KasseError):
    """A word that neither the glossary nor any command has."""

    code = "help.not_found"
    template = N_("nothing found for {word}")
    hint = N_("try a part of the word; `kasse --help` lists all commands")


@command(app, "help", lists=True, book=False, examples=("kasse help kassenzeichen", "kasse help mahnung"))
def search(ctx: Context, word: WordArgument) -> None:
    """Search the glossary and the commands for a word."""
    terms = [term for term in glossary() if term.matches(word)]
    commands = [_row(known) for known in present(NOUNS) if _matches(known, word)]
    if not terms and not commands:
        raise WordNotFoundError(word=word)
    found = (
        Table("commands", COMMANDS, commands, title=N_("Commands")),
        Table("terms", TERMS, terms, title=N_("Words")),
    )
    render(ctx, Result(tables=[table for table in found if table.rows]))


def _row(known: Noun) -> dict[str, str]:
    return {"command": f"kasse {known.name}", "alias": known.alias, "help": _(known.help)}


def _matches(known: Noun, word: str) -> bool:
    return folded(word) in folded(f"{known.name} {known.alias} {known.help} {_(known.help)}")
