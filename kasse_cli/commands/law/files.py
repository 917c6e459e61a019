"""`kasse law take|files|drop`: the law files that a book keeps, above those that come with kasse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from enforcement.law_store import TakenLaw

PathsArgument = Annotated[list[Path], typer.Argument(metavar="FOLDER", help=N_("folders with law files, or files"))]
NameArgument = Annotated[str, typer.Argument(metavar="FILE", help=N_("the name of a law file of the book"))]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help=N_("write the files in force into this folder"))
]
AllOption = Annotated[bool, typer.Option("--all", help=N_("earlier versions too"))]
STATES = {"held": N_("in force"), "earlier": N_("earlier"), "dropped": N_("taken away")}
FILES = (
    Column("name", N_("File")),
    Column("version", N_("Version"), "count"),
    Column("state", N_("State"), "word", words=STATES),
    Column("made_by", N_("By")),
    Column("made_at", N_("At"), minor=True),
    Column("sha256", N_("SHA-256"), shown=False),
)


class LawOutExistsError(KasseError):
    """A file that is there already, with another text."""

    code = "law.out_exists"
    template = N_("there is another file already: {file}")
    hint = N_("choose an empty folder with --out")


def take(ctx: Context, paths: PathsArgument) -> None:
    """Keep law files in the book: figures, fees, deadlines, profiles of your Land or town (docs/law.md).

    All are read and every name in them is looked up first; with one wrong file nothing is taken. The same files
    again change nothing. What the files say holds from the days that they name, in dunning, letters, relief,
    limitation and the import of orders.
    """
    from enforcement.law.law_reader import law_texts
    from enforcement.law_store import take_law
    from kasse_cli.wiring import open_book, trial

    texts = law_texts(paths)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = take_law(store, texts)
    render(ctx, _taken(done))


def drop(ctx: Context, name: NameArgument) -> None:
    """Take a law file of the book away: what comes with kasse holds again; its versions stay to be seen."""
    from enforcement.law_store import drop_law
    from kasse_cli.wiring import open_book, trial

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = drop_law(store, name)
    render(ctx, _taken(done, N_("taken away: {name}")))


def files(ctx: Context, every: AllOption = False, out: OutOption = None) -> None:
    """List the law files that the book keeps, or write them into a folder, to look at and for --law-dir."""
    from enforcement.law_store import law_files
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        rows = [row for row in law_files(store) if every or row.state != "earlier"]
    lines = [say(N_("law files of the book: {count}"), count=sum(row.state == "held" for row in rows))]
    if out is not None:
        written = _write(out, {row.name: row.text for row in rows if row.state == "held"})
        lines.append(say(N_("written: {count} to {folder}"), count=written, folder=str(out)))
    render(ctx, Result(tables=[Table("files", FILES, [replace(row, text="") for row in rows])], lines=lines))


def _write(folder: Path, texts: dict[str, str]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise LawOutExistsError(file=str(path))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(texts)


def _taken(done: TakenLaw, template: str = N_("taken in: {name}")) -> Result:
    lines = [say(template, name=name) for name in done.taken]
    if done.same:
        lines.append(say(N_("known already: {count}"), count=done.same))
    if done.wrong:
        lines.append(say(N_("nothing is taken: put these right first")))
    return Result(data={"taken": done.taken, "same": done.same}, lines=lines, findings=list(done.wrong))
