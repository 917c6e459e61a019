"""The wording and the letterhead of letters: shown, exported, checked, taken."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.letter.shapes import CodeOption
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable

KindArgument = Annotated[str, typer.Argument(metavar="KIND", help=N_("the kind of letter, see 'template list'"))]
WordingFile = Annotated[Path, typer.Argument(metavar="FILE", help=N_("the text; - is standard input"))]
TargetArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help=N_("the folder to write to"))]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PART=TEXT", help=N_("a part of the letterhead; | begins a new line, nothing ends it")
    ),
]
LISTED = (
    Column("kind", N_("Kind")),
    Column("office", N_("Office")),
    Column("version", N_("Version"), "count"),
    Column("made_by", N_("By")),
    Column("made_at", N_("At"), minor=True),
    Column("sha256", N_("SHA-256"), minor=True),
)
PARTS = (Column("part", N_("Part")), Column("text", N_("Text")), Column("means", N_("What it is"), "word"))
PLACES = (Column("name", N_("Placeholder")), Column("means", N_("What it is"), "word"))
REMEDIES = (
    Column("name", N_("Remedy")),
    Column("title_de", N_("Title")),
    Column("norm", N_("Norm")),
    Column("laws", N_("Laws")),
    Column("open_points", N_("Open points")),
)
template = noun(N_("the wording of letters: list, show, export, check, import, placeholders"))


class HeadTextError(KasseError):
    """A part of a letterhead without its text."""

    code = "letter.head_text"
    template = N_("not a part of a letterhead: {text}")
    hint = N_("write it as PART=TEXT, for example --set telefon=040 123456")
    exit_code = 2


class WordingFileError(KasseError):
    """A wording that cannot be read as text."""

    code = "wording.file"
    template = N_("the file cannot be read as text: {file}")
    hint = N_("save it as plain text (UTF-8)")


@command(template, "list", lists=True, examples=("kasse letter template list",))
def list_templates(ctx: Context) -> None:
    """List all wordings: version 0 comes with kasse, the newest one of an office holds there."""
    from enforcement.letters_templates_store import templates
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        rows = templates(store)
    render(ctx, Result(tables=[Table("templates", LISTED, rows)]))


@command(
    template, "show", examples=("kasse letter template show mahnung", "kasse letter template show mahnung --office BAU")
)
def show(ctx: Context, kind: KindArgument, office: CodeOption = "") -> None:
    """Show the wording in force."""
    from enforcement.letters_templates_store import template_of
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        found = template_of(store, kind, office)
    if ctx.obj.format == "table":
        sys.stdout.write(found.text)
    render(ctx, Result({"template": found}))


@command(template, "export", examples=("kasse letter template export vorlagen",))
def export(ctx: Context, folder: TargetArgument, office: CodeOption = "") -> None:
    """Write all wordings in force to a folder, one text file each, to be edited there."""
    from enforcement.letters_templates_store import template_of
    from enforcement.letters_wording import known_wordings
    from kasse_cli.exports import NoFolderError
    from kasse_cli.spreadsheets.replacing import replacing
    from kasse_cli.wiring import open_book

    if not folder.absolute().parent.is_dir():
        raise NoFolderError(file=str(folder))
    with open_book(ctx.obj) as store:
        found = [template_of(store, kind, office) for kind in known_wordings()]
    folder.mkdir(exist_ok=True)
    for one in found:
        with replacing(folder / f"{one.kind}.txt") as temporary:
            temporary.write_bytes(one.text.encode())
    data = {"files": [f"{one.kind}.txt" for one in found]}
    render(
        ctx,
        Result(data, lines=[say(N_("wordings written to {folder}: {count}"), folder=str(folder), count=len(found))]),
    )


@command(template, "check", book=False, examples=("kasse letter template check mahnung vorlagen/mahnung.txt",))
def check(ctx: Context, kind: KindArgument, file: WordingFile) -> None:
    """Check a wording without taking it: each unknown placeholder with its line."""
    from enforcement.letters_text import read_wording
    from enforcement.letters_wording import known_wordings

    _, wrong = read_wording(kind, _text(ctx, file), known_wordings())
    lines = [] if wrong else [say(N_("the wording of {kind} is in order"), kind=kind)]
    render(ctx, Result({"kind": kind}, lines=lines, findings=_placed(wrong, file)))


@command(template, "import", examples=("kasse letter template import mahnung vorlagen/mahnung.txt --office BAU",))
def take(ctx: Context, kind: KindArgument, file: WordingFile, office: CodeOption = "") -> None:
    """Take a wording as the next version; it holds for letters printed from now on."""
    from enforcement.letters_templates_store import take_template
    from kasse_cli.wiring import open_book

    text = _text(ctx, file)
    with open_book(ctx.obj) as store:
        done = take_template(store, kind, text, office)
    if done.template is None:
        lines = [say(N_("the wording was not taken"))]
    elif done.fresh:
        lines = [
            say(N_("wording of {kind}: version {version} holds from now on"), kind=kind, version=done.template.version)
        ]
    else:
        lines = [say(N_("nothing new: this is the wording in force"))]
    version = done.template.version if done.template else None
    data = {"kind": kind, "office": office, "version": version, "fresh": done.fresh}
    render(ctx, Result(data, lines=lines, findings=_placed(done.wrong, file)))


@command(template, "placeholders", book=False, lists=True, examples=("kasse letter template placeholders",))
def placeholders(ctx: Context) -> None:
    """List what a wording may name: words in the text, and blocks that stand alone."""
    from enforcement.letters_text import BLOCKS, WORDS

    rows = [{"name": f"{{{name}}}", "means": means} for name, means in (*WORDS.items(), *BLOCKS.items())]
    render(ctx, Result(tables=[Table("placeholders", PLACES, rows)]))


def head(ctx: Context, set_: SetOption = None, office: CodeOption = "") -> None:
    """Show the letterhead and signature of the book or an office, or set parts of it.

    An office's own parts come before the book's. Letters printed before keep theirs.
    """
    from enforcement.letters_head_store import KEYS, letterhead, set_letterhead
    from kasse_cli.wiring import open_book

    given = dict(_part(text) for text in set_ or ())
    with open_book(ctx.obj) as store:
        found = set_letterhead(store, given, office) if given else letterhead(store, office)
    rows = [
        {"part": key, "text": found.get(key, "").replace("\n", " | "), "means": means} for key, means in KEYS.items()
    ]
    lines = [say(N_("parts set: {count}"), count=len(given))] if given else []
    render(ctx, Result({"office": office}, [Table("letterhead", PARTS, rows)], lines))


def list_remedies(ctx: Context) -> None:
    """List the remedies that administrative acts tell, by the law of the claim."""
    from enforcement.letters_remedies import remedies

    found = remedies().values()
    rows = [
        {"name": one.name, "title_de": one.title_de, "norm": one.norm, "laws": ", ".join(one.profiles),
         "open_points": "; ".join(one.open_points)}
        for one in found
    ]  # fmt: skip
    doubts = [doubt for one in found for doubt in one.doubts()]
    render(ctx, Result(tables=[Table("remedies", REMEDIES, rows)], findings=doubts))


def _part(text: str) -> tuple[str, str]:
    key, mark, value = text.partition("=")
    if not mark or not key.strip():
        raise HeadTextError(text=text)
    return key.strip(), "\n".join(line.strip() for line in value.split("|"))


def _text(ctx: Context, file: Path) -> str:
    """Return the text of a wording; raises `WordingFileError`."""
    try:
        data = ctx.obj.stdin() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise WordingFileError(file=str(file)) from None


def _placed(wrong: Iterable[KasseError], file: Path) -> list[KasseError]:
    """Return the errors with the file they are in."""
    found = list(wrong)
    for error in found:
        error.place = (error.place or Place()).within(Place(file=str(file)))
    return found
