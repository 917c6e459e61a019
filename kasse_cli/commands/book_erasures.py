"""`kasse book erasures`: what was erased as a list without personal data, to go again from an older backup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Line, Result, render, say
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.keeping.erasure_list import ErasureList
    from ledger.keeping.erasure_list_store import ErasedAgain
    from ledger.store.engines import Store

TargetArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("the file to write"))]
ForceOption = Annotated[bool, typer.Option("--force", help=N_("replace a file that is there"))]


NEXT = N_(
    "next: whoever was erased after {at} stands in it again: restore with --erasures and the list that "
    "'kasse book erasures' wrote last"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    command(app, "erasures", examples=("kasse book erasures /backup/loeschungen.list --force",))(erasures)


def erasures(ctx: Context, file: TargetArgument, force: ForceOption = False) -> None:
    """Write down which rows were erased, by their numbers and without personal data, to keep beside the backups.

    With 'kasse book restore FILE --erasures LIST' they are erased again from a backup that was made before.
    """
    from kasse_cli.exports import check_target
    from kasse_cli.spreadsheets.replacing import replacing
    from kasse_cli.wiring import open_book
    from ledger.keeping.backup_service import check_saver
    from ledger.keeping.erasure_list import list_text
    from ledger.keeping.erasure_list_store import erasure_list

    check_target(file, replace_it=force)
    with open_book(ctx.obj) as store:
        check_saver(store)
        known = erasure_list(store)
    with replacing(file) as temporary:
        temporary.write_text(list_text(known), "utf-8", newline="\n")
    lines = [
        say(
            N_("written to {file}: decisions {decisions}, persons {persons}; without personal data"),
            file=str(file),
            decisions=len(known.decisions),
            persons=sum(len(one.persons) for one in known.decisions),
        ),
        say(N_("keep it beside the backups: 'kasse book restore FILE --erasures {file}' erases them again"),
            file=str(file)),
    ]  # fmt: skip
    data = {"file": str(file), "made_at": known.made_at, "decisions": [one.number for one in known.decisions]}
    render(ctx, Result(data, lines=lines))


def read_list(file: Path | None) -> ErasureList | None:
    """Return the list of a file, None where none was named.

    Raises `NotAnErasureListError`.
    """
    if file is None:
        return None
    from ledger.keeping.erasure_list import NotAnErasureListError, parse_list

    try:
        return parse_list(file.read_text("utf-8"), str(file))
    except UnicodeDecodeError:
        raise NotAnErasureListError(file=str(file)) from None


def erased_again(store: Store, known: ErasureList, file: Path) -> ErasedAgain:
    """Erase again in a restored book what the list names, in its files too."""
    from kasse_cli.wiring import personal_data
    from ledger.keeping.erase_store import purge
    from ledger.keeping.erasure_list_store import erase_again
    from ledger.store.declared_reader import permitted_changes

    where = personal_data()
    done = erase_again(store, where, permitted_changes(), known, str(file))
    if done.decisions:
        purge(store, where)
    return done


def told(done: ErasedAgain) -> Line:
    """Return what a restore says of what it erased again."""
    return say(
        N_("erased again: decisions {decisions}, persons {persons}, rows {fields}, words {words}"),
        decisions=done.decisions,
        persons=done.persons,
        fields=done.fields,
        words=done.texts + done.details,
    )
