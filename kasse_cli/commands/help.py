"""`kasse help WORD`: search the glossary and the commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.glossary import Term, glossary, has_words
from kasse_cli.i18n import _, language
from kasse_cli.lazy import NOUNS, Noun, load, present
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError

app = noun(N_("search words and commands"))
TERMS = (Column("term", N_("Term")), Column("meaning", N_("Meaning")), Column("source", N_("Source")))
COMMANDS = (Column("command", N_("Command")), Column("alias", N_("German")), Column("help", N_("Purpose")))
WordArgument = Annotated[
    str | None,
    typer.Argument(metavar="WORD", help=N_("words or parts of them, English or German; without any, all commands")),
]
MOST = 15
"""How many verbs are listed: whoever finds more asks for a second word."""


class WordNotFoundError(KasseError):
    """A word that neither the glossary nor any command has."""

    code = "help.not_found"
    template = N_("nothing found for {word}")
    hint = N_("try a part of the word; `kasse --help` lists all commands")


@command(
    app,
    "help",
    lists=True,
    book=False,
    examples=("kasse help", "kasse help mahnung", "kasse help 'Geld zurückzahlen'"),
)
def search(ctx: Context, word: WordArgument = None) -> None:
    """Search the glossary and the commands for words."""
    if word is None:
        lines = [say(N_("'kasse help WORD' searches words and commands, 'kasse COMMAND --help' explains a command"))]
        render(
            ctx,
            Result(
                tables=[Table("commands", COMMANDS, [_row(known) for known in present(NOUNS)], title=N_("Commands"))],
                lines=lines,
            ),
        )
        return
    terms = [_told(term) for term in glossary() if term.matches(word)]
    nouns = [_row(known) for known in present(NOUNS) if has_words(_about(known), word)]
    verbs = [row for known in present(NOUNS) for row in _verbs(known, word)]
    if not terms and not nouns and not verbs:
        raise WordNotFoundError(word=word)
    found = (
        Table("commands", COMMANDS, [*nouns, *verbs[:MOST]], title=N_("Commands")),
        Table("terms", TERMS, terms, title=N_("Words")),
    )
    more = len(verbs) - MOST
    lines = [say(N_("further commands: {count}; search for two words, or see 'kasse COMMAND --help'"), count=more)]
    render(ctx, Result(tables=[table for table in found if table.rows], lines=lines if more > 0 else []))


def _told(term: Term) -> dict[str, str]:
    meaning = term.german if language() == "de" and term.german else term.meaning
    return {"term": term.term.partition(" (")[0], "meaning": meaning, "source": term.source}


def _row(known: Noun) -> dict[str, str]:
    return {"command": f"kasse {known.name}", "alias": known.alias, "help": _(known.help)}


def _about(known: Noun) -> str:
    return f"{known.name} {known.alias} {known.help} {_(known.help)}"


def _verbs(known: Noun, word: str) -> Iterator[dict[str, str]]:
    """Yield the verbs of a noun of which the words tell, in English or as they are shown."""
    if known.single:
        return
    for name, verb in load(known).commands.items():
        english = (verb.help or "").partition("\n\n")[0]
        purpose = verb.get_short_help_str()
        if not verb.hidden and has_words(f"{name} {english} {purpose}", word):
            yield {"command": f"kasse {known.name} {name}", "alias": known.alias, "help": purpose}
