"""The nouns: a static table, so that `kasse --help` lists commands whose modules it never imports."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import typer
from typer.main import get_command, get_group, get_install_completion_arguments

from kasse_cli import __version__
from kasse_cli.frame import HELP_NAMES, NounGroup
from kasse_cli.i18n import _, language
from kasse_cli.options import BOOK, LISTS, OUTPUT, Common, build
from sepa.errors import N_

COMMANDS = "kasse_cli.commands"


@dataclass(frozen=True, slots=True)
class Noun:
    """One word after `kasse`: its German alias, its help, its module; a verb itself where `single`."""

    name: str
    alias: str
    help: str
    single: bool = False
    module: str = ""

    @property
    def path(self) -> str:
        """The module that holds its `app`."""
        return self.module or f"{COMMANDS}.{self.name}"


NOUNS = (
    Noun("book", "buch", N_("the book: create, audit, backup, restore, retention, erase")),
    Noun("opening", "uebernahme", N_("take over everything from the system before")),
    Noun("order", "anordnung", N_("orders: import, certify, approve, accept")),
    Noun("office", "amt", N_("offices: list, add, feed")),
    Noun("account", "konto", N_("accounts: list, add, rename, close, import, template")),
    Noun("dimension", "merkmal", N_("lists of Kostenstelle, Produkt, Haushaltsjahr: list, add, import, close")),
    Noun("bank", "bankkonto", N_("bank accounts: list, add, balance, change, close")),
    Noun("statement", "auszug", N_("bank statements: import, list, show")),
    Noun("reconcile", "abgleich", N_("import statements, match, post and report"), single=True),
    Noun("suspense", "klaerung", N_("unclear money: list, assign, split, hold, refund, undo")),
    Noun("cash", "barkasse", N_("cash desks and imprest funds: take, pay, count, deposit, settle")),
    Noun("rule", "regel", N_("rules for bank entries: list, add, test, move, on, off")),
    Noun("journal", "journal", N_("entries: list, show, post, reverse, gaps, export, verify")),
    Noun("day", "tag", N_("close and confirm the day")),
    Noun("month", "monat", N_("close and confirm the month")),
    Noun("year", "jahr", N_("prepare and close the year")),
    Noun("dunning", "mahnung", N_("dunning letters: propose, show, release, undo")),
    Noun("letter", "brief", N_("letters: list, show, print, post, serve, return, tasks, template, head")),
    Noun("relief", "erleichterung", N_("deferral, instalments, stay, write-off, waiver, death, insolvency")),
    Noun("limitation", "verjaehrung", N_("limitation: watch, show, note, withdraw, report")),
    Noun("attachment", "drittschuldner", N_("garnishments and assignments against payees")),
    Noun("payment", "zahllauf", N_("payment runs, from what is due to what the bank did")),
    Noun("mandate", "mandat", N_("mandates of debtors: add, list, show, amend, suspend, revoke, import")),
    Noun("collection", "lastschrift", N_("collections by mandate: announce, propose, review, release, export")),
    Noun("report", "bericht", N_("trial balance, accounts, open items, suspense, cash, key figures")),
    Noun("item", "posten", N_("open items: list, show, explain, lock")),
    Noun("party", "person", N_("persons and their accounts")),
    Noun("scheme", "kassenzeichen", N_("how Kassenzeichen are built: list, add, test")),
    Noun("user", "benutzer", N_("users, their offices and roles")),
    Noun("db", "datenbank", N_("the database of the book: grant, roles, revoke, upgrade")),
    Noun("law", "recht", N_("the dated rules and rates of law")),
    Noun("iban", "iban", N_("check account numbers")),
    Noun("sepa", "sepa", N_("payment files: read, check, convert")),
    Noun("qr", "qr", N_("payment codes for letters"), single=True),
    Noun("config", "einstellung", N_("settings and where they come from")),
    Noun("health", "health", N_("is the book in order, for monitoring"), single=True),
    Noun("demo", "demo", N_("play a week of a small town"), single=True),
    Noun("help", "hilfe", N_("search words and commands"), single=True),
)


def present(nouns: tuple[Noun, ...]) -> list[Noun]:
    """Return the nouns whose module file is there, without importing any."""
    files = {path.stem for path in (Path(__file__).parent / "commands").iterdir()}
    return [noun for noun in nouns if noun.module or noun.name in files]


@cache
def load(noun: Noun) -> Any:
    """Import the noun's module and return its command or group under its English name.

    Built once in a process: a play of many command lines (the demo, the tests) would spend most of its time on it.
    """
    app = importlib.import_module(noun.path).app
    loaded = get_command(app) if noun.single else get_group(app)
    loaded.name = noun.name
    return loaded


class Root(NounGroup):
    """`kasse` itself: finds nouns by their English name or German alias and imports one module."""

    common: ClassVar[tuple[Common, ...]] = (*OUTPUT, *LISTS, *BOOK)
    nouns: tuple[Noun, ...] = ()

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the English names in the order of the table."""
        del ctx
        return [noun.name for noun in present(self.nouns)]

    def names(self, ctx: Any) -> list[str]:
        """Return names and aliases."""
        del ctx
        return sorted({word for noun in present(self.nouns) for word in (noun.name, noun.alias)})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the noun of that name or alias."""
        del ctx
        found = (noun for noun in present(self.nouns) if cmd_name in (noun.name, noun.alias))
        noun = next(found, None)
        return None if noun is None else load(noun)

    def rows(self, ctx: Any) -> list[tuple[str, str]]:
        """Return the nouns for the help page; in German the German name leads."""
        del ctx
        return [(_heading(noun), _(noun.help)) for noun in present(self.nouns)]


def _heading(noun: Noun) -> str:
    if language() != "de" or noun.alias == noun.name:
        return noun.name
    return f"{noun.alias} ({noun.name})"


def _version(given: bool) -> None:
    if given:
        typer.echo(f"kasse {__version__}")
        raise typer.Exit


@cache
def root(nouns: tuple[Noun, ...] = NOUNS) -> Root:
    """Return the whole command line over these nouns."""
    version = Common(
        "version",
        bool,
        typer.Option(False, "--version", is_eager=True, callback=_version, help=N_("print the version")),
    )
    made = Root(
        name="kasse",
        help=N_(
            "The cash office on the command line: payments, books, enforcement.\n\n"
            "`kasse COMMAND --help` shows more; --json, --lang and --book may stand anywhere."
        ),
        params=[*build([version]), *get_install_completion_arguments()],
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings=HELP_NAMES,
    )
    made.nouns = nouns
    return made
