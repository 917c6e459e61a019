"""`kasse book backup|restore`: the whole book as one file, and back, onto either engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.book_erasures import NEXT, erased_again, read_list, told
from kasse_cli.context import Call, Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.progress import progress
from ledger.book.journal import grouped
from sepa.errors import N_

if TYPE_CHECKING:
    from kasse_cli.backups import Saved
    from ledger.book.verify_store import Verification
    from ledger.keeping.backups import Manifest
    from ledger.keeping.erasure_list_store import ErasedAgain
    from ledger.store.engines import Store

TargetArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("the file to write"))]
BackupArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("a file that 'kasse book backup' wrote"))]
ForceOption = Annotated[bool, typer.Option("--force", help=N_("replace a file that is there"))]
CheckOption = Annotated[
    bool, typer.Option("--check", help=N_("restore it into a file beside, verify that and remove it"))
]
ErasuresOption = Annotated[
    Path | None,
    typer.Option(
        "--erasures", metavar="FILE", help=N_("erase again what a list of 'kasse book erasures' names, after restoring")
    ),
]
AGAIN = ("decisions", "persons", "fields", "texts", "details")
TABLES = (Column("name", N_("Table")), Column("rows", N_("Rows"), "count"))


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app,
        "backup",
        dry_run=True,
        examples=("kasse book backup kasse-2026-11-20.backup", "kasse book backup tag.backup --check --force"),
    )(backup)
    command(
        app,
        "restore",
        dry_run=True,
        examples=(
            "kasse book restore kasse-2026-11-20.backup --book neu.db",
            "kasse book restore kasse-2026-11-20.backup --dry-run",
            "kasse book restore alt.backup --book neu.db --erasures loeschungen.list",
        ),
    )(restore)


def backup(ctx: Context, file: TargetArgument, force: ForceOption = False, check: CheckOption = False) -> None:
    """Save the whole book, as it is at one moment, in one file; others go on working meanwhile.

    The file is read again before it gets its name; one that has its name is whole. It holds everything, personal
    data too: keep it as safe as the book, encrypted where it leaves the house.
    """
    from kasse_cli.wiring import open_book
    from ledger.keeping.backup_service import check_saver

    call = ctx.obj
    with open_book(call) as store:
        check_saver(store)
        if call.dry_run:
            from kasse_cli.exports import check_target
            from ledger.keeping.layout_store import row_counts

            check_target(file, replace_it=force)
            counts = row_counts(store)
            result = _planned(file, counts)
        else:
            from kasse_cli.backups import save_book

            with progress(N_("rows written and compared"), quiet=call.quiet) as step:
                result = _saved(save_book(call, store, file, replace=force, check=check, step=step))
    render(ctx, result)


def _planned(file: Path, counts: dict[str, int]) -> Result:
    rows = [{"name": name, "rows": count} for name, count in sorted(counts.items()) if count]
    line = say(N_("would be saved in {file}: {count} rows"), file=str(file), count=sum(counts.values()))
    return Result({"file": str(file), "rows": sum(counts.values())}, [Table("tables", TABLES, rows)], [line])


def _saved(saved: Saved) -> Result:
    manifest = saved.manifest
    lines = [say(N_("saved in {file}: {count} rows, read again and whole"), file=saved.file, count=manifest.rows)]
    if saved.checked:
        lines.append(_verified(saved.checked))
    lines.append(say(N_("head of the book: {head}"), head=grouped(manifest.head)))
    data = {"file": saved.file, "size_bytes": saved.size_bytes, "sha256": saved.sha256, "checked": bool(saved.checked)}
    return Result(data | _about(manifest), lines=lines, findings=saved.checked.findings if saved.checked else ())


def _about(manifest: Manifest) -> dict[str, object]:
    return {
        "rows": manifest.rows, "head": manifest.head, "made_at": manifest.made_at, "engine": manifest.engine,
        "schema": manifest.schema, "name": manifest.name,
    }  # fmt: skip


def _verified(found: Verification) -> Line:
    return say(
        N_("restored and verified: {entries} entries, {postings} postings, {events} events, findings {count}"),
        entries=found.entries,
        postings=found.postings,
        events=found.events,
        count=len(found.findings),
    )


def restore(ctx: Context, file: BackupArgument, erasures: ErasuresOption = None) -> None:
    """Build a new book from a backup at the place of --book: a new file or an empty PostgreSQL database.

    A backup of either engine restores onto either. Every table is compared with the backup and the whole book is
    verified. With --erasures what was erased after the backup is erased again, by decisions that two people took
    then. With --dry-run that happens in a file beside the backup, which is removed again.
    """
    from kasse_cli.backups import restore_into, try_backup
    from kasse_cli.book_writer import new_place

    call, known = ctx.obj, read_list(erasures)
    again: list[ErasedAgain] = []

    def note(store: Store, made: Manifest) -> None:
        _note(call, store, made)
        if known is not None and erasures is not None:
            again.append(erased_again(store, known, erasures))

    with progress(N_("rows written and compared"), quiet=call.quiet) as step:
        if call.dry_run:
            manifest, found = try_backup(call, file, file.absolute().parent, step, note if known else None)
        else:
            with new_place(call) as store:
                store.user = 0
                manifest, found = restore_into(store, file, step, lambda made: note(store, made))
    render(ctx, _restored(call, manifest, found, again[0] if again else None))


def _note(call: Call, store: Store, manifest: Manifest) -> None:
    """Write down who restored the book; whoever does so may be nobody the book knows."""
    from ledger.book.store import setting
    from ledger.keeping.backup_service import note_restore
    from ledger.people.users import find_user

    declared = setting(store, "identity") == "declared"
    found = find_user(store, call.actor(declared=declared))
    store.user = found[0] if found else 0
    note_restore(store, manifest)


def _restored(call: Call, manifest: Manifest, found: Verification, again: ErasedAgain | None) -> Result:
    place = call.book.rpartition("@")[2]
    done = N_("the backup can be restored: {name}, {rows} rows of {at}; it was tried and removed again")
    if not call.dry_run:
        done = N_("restored to {place}: {name}, {rows} rows of {at}")
    lines = [
        say(done, place=place, name=manifest.name, rows=manifest.rows, at=manifest.made_at),
        *([told(again)] if again else []),
        _verified(found),
        say(N_("head of the book: {head}"), head=grouped(manifest.head)),
    ]
    if not again and not call.dry_run:
        lines.append(say(NEXT, at=manifest.made_at))
    erased: dict[str, object] = {"erased_again": {name: getattr(again, name) for name in AGAIN} if again else None}
    findings = (*found.findings, *(again.findings if again else ()))
    return Result({"book": place} | _about(manifest) | erased, lines=lines, findings=findings)
