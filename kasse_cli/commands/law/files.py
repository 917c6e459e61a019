"""`kasse law take|drop|release|refuse|files`: the law files that a book keeps, above those that come with kasse."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Call, Context
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import ReasonOption
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from enforcement.law_changes import LawChanged

PathsArgument = Annotated[list[Path], typer.Argument(metavar="FOLDER", help=N_("folders with law files, or files"))]
NameArgument = Annotated[str, typer.Argument(metavar="FILE", help=N_("the name of a law file of the book"))]
ChangeArgument = Annotated[int, typer.Argument(metavar="CHANGE", help=N_("the number of the change that waits"))]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help=N_("write the files in force into this folder"))
]
AllOption = Annotated[bool, typer.Option("--all", help=N_("earlier and refused versions too"))]
STATES = {
    "held": N_("in force"), "earlier": N_("earlier"), "dropped": N_("taken away"), "refused": N_("refused"),
    "waits": N_("waits for release"), "drop_waits": N_("to be taken away"),
}  # fmt: skip
FILES = (
    Column("name", N_("File")),
    Column("version", N_("Version"), "count"),
    Column("state", N_("State"), "word", words=STATES),
    Column("change", N_("Change"), "count"),
    Column("made_by", N_("Proposed by")),
    Column("made_at", N_("Proposed at"), minor=True),
    Column("decided_by", N_("Decided by")),
    Column("decided_at", N_("Decided at"), minor=True),
    Column("reason", N_("Reason")),
    Column("sha256", N_("SHA-256"), shown=False),
)
CHANGES = (
    Column("kind", N_("Law"), "word", minor=True),
    Column("name", N_("Name")),
    Column("key", N_("Value")),
    Column("valid_from", N_("From"), "day"),
    Column("before", N_("Before")),
    Column("after", N_("After")),
)
KINDS = (
    N_("figures"), N_("schedules"), N_("charges"), N_("limitation"), N_("deadlines"), N_("garnishment"), N_("profile")
)  # fmt: skip
DONE = {
    "released": N_("law change {number} is in force: {files}"),
    "refused": N_("law change {number} is refused, the law stays as it is: {files}"),
    "proposed": N_("law change {number} waits: {files}"),
}
TRIED = {"released": N_("would be put in force: {files}"), "proposed": N_("would be proposed: {files}")}


class LawOutExistsError(KasseError):
    """A file that is there already, with another text."""

    code = "law.out_exists"
    template = N_("there is another file already: {file}")
    hint = N_("choose an empty folder with --out")


def take(ctx: Context, paths: PathsArgument) -> None:
    """Propose law files for the book: figures, fees, deadlines, profiles of your Land or town (docs/law.md).

    All are read and every name in them is looked up first; with one wrong file nothing is taken. What would become
    of the law is shown value by value. Another person puts it in force with 'kasse law release'; until then the law
    before it holds. From then on it holds, from the days that the files name, in dunning, letters, relief, limitation
    and the import of orders.
    """
    from enforcement.law.law_reader import law_texts
    from enforcement.law_change_store import propose_law
    from enforcement.law_changes import NoLawFileError
    from kasse_cli.wiring import open_book, trial

    texts = law_texts(paths)
    if not texts:
        raise NoLawFileError(paths=", ".join(map(str, paths)))
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = propose_law(store, texts)
    render(ctx, _changed(ctx.obj, done))


def drop(ctx: Context, name: NameArgument) -> None:
    """Propose to take a law file of the book away: what comes with kasse would hold again; its versions stay."""
    from enforcement.law_change_store import propose_drop
    from kasse_cli.wiring import open_book, trial

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = propose_drop(store, name)
    render(ctx, _changed(ctx.obj, done))


def release(ctx: Context, number: ChangeArgument) -> None:
    """Put a proposed change of the law in force, as another person than who proposed it.

    With --dry-run it shows what becomes of the law. What letters demanded stays; what is counted anew follows the
    new law from then on.
    """
    from enforcement.law_change_store import release_law
    from kasse_cli.wiring import open_book, trial

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = release_law(store, number)
    render(ctx, _changed(ctx.obj, done if ctx.obj.dry_run else replace(done, differences=())))


def refuse(ctx: Context, number: ChangeArgument, reason: ReasonOption) -> None:
    """Refuse a proposed change of the law, or take your own proposal back: the law stays as it is."""
    from enforcement.law_change_store import refuse_law
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = refuse_law(store, number, reason)
    render(ctx, _changed(ctx.obj, replace(done, differences=())))


def files(ctx: Context, every: AllOption = False, out: OutOption = None) -> None:
    """List the law files that the book keeps, with what waits for release and what it would change.

    With --out the files in force are written into a folder, to look at and for --law-dir.
    """
    from enforcement.law_change_store import law_warnings, waiting_law
    from enforcement.law_store import law_files
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        rows = [row for row in law_files(store) if every or row.state not in {"earlier", "refused"}]
        waits, warnings = waiting_law(store), law_warnings(store)
    lines = [say(N_("law files of the book: {count}"), count=sum(row.state == "held" for row in rows))]
    if out is not None:
        written = _write(out, {row.name: row.text for row in rows if row.state == "held"})
        lines.append(say(N_("written: {count} to {folder}"), count=written, folder=str(out)))
    tables = [Table("files", FILES, [replace(row, text="") for row in rows]), *_differences(waits)]
    findings = [*warnings, *(waits.wrong if waits else ())]
    render(ctx, Result(tables=tables, lines=[*lines, *_back(ctx.obj, waits)], findings=findings))


def _write(folder: Path, texts: dict[str, str]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise LawOutExistsError(file=str(path))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(texts)


def _changed(call: Call, done: LawChanged) -> Result:
    lines = []
    if done.state is not None:
        said = TRIED if call.dry_run else DONE
        lines.append(say(said[done.state], number=done.number or 0, files=", ".join((*done.files, *done.dropped))))
    if done.dropped:
        lines.append(say(N_("of these to be taken away: {files}"), files=", ".join(done.dropped)))
    if done.wrong:
        lines.append(say(N_("nothing is taken: put these right first")))
    if done.same:
        lines.append(say(N_("in force already: {count}"), count=done.same))
    if done.state == "proposed" and not call.dry_run:
        next_step = N_("the law stays as it is until another person says 'kasse law release {number}'")
        lines.append(say(next_step, number=done.number or 0))
    data = {"change": done.number, "state": done.state, "files": done.files, "dropped": done.dropped, "same": done.same}
    return Result(data, _differences(done), [*lines, *_back(call, done)], list(done.wrong))


def _differences(done: LawChanged | None) -> list[Table]:
    rows = [asdict(row) for row in done.differences] if done else []
    return [Table("changes", CHANGES, rows, title=N_("what becomes of the law"))] if rows else []


def _back(call: Call, done: LawChanged | None) -> list[Line]:
    """Say how much of the change is about days that are over."""
    from enforcement.law_differences import reaching_back

    count = len(reaching_back(list(done.differences), call.today)) if done else 0
    if not count:
        return []
    template = N_(
        "of these, rules that were there already and days before today: {count}. What letters demanded stays; what is "
        "counted anew follows the new law"
    )
    return [say(template, count=count)]
