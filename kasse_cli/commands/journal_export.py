"""`kasse journal export`: the books for others to check, as an hledger journal or as files for an audit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command
from kasse_cli.masking import masked
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.store.engines import Store

FILES = (
    Column("name", N_("File")),
    Column("rows", N_("Rows"), "count"),
    Column("size_bytes", N_("Bytes"), "count"),
    Column("sha256", N_("SHA-256"), shown=False),
)
HledgerOption = Annotated[
    Path | None, typer.Option("--hledger", metavar="FILE", help=N_("write an hledger journal; - is standard output"))
]
AuditOption = Annotated[
    Path | None, typer.Option("--audit", metavar="FOLDER", help=N_("write CSV files for an audit into a new folder"))
]
NoTextsOption = Annotated[
    bool, typer.Option("--without-texts", help=N_("leave out names, words of entries and other personal data"))
]
ClosingOption = Annotated[
    bool, typer.Option("--closing", help=N_("on 31 December: with the closing entries of period 13"))
]


class ExportFormError(KasseError):
    """No form of export, or two."""

    code = "export.form_needed"
    template = N_("say in which form the journal is to be written")
    hint = N_("give either --hledger FILE or --audit FOLDER")
    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    command(
        app,
        "export",
        lists=True,
        examples=(
            "kasse journal export --hledger kasse.journal",
            "kasse journal export --hledger - --without-texts",
            "kasse journal export --audit pruefung-2026",
        ),
    )(export)


def export(
    ctx: Context,
    hledger: HledgerOption = None,
    audit: AuditOption = None,
    without_texts: NoTextsOption = False,
    closing: ClosingOption = False,
) -> None:
    """Write the journal for others to check.

    --hledger writes an hledger journal up to today or --on, whose balances are those of the trial balance; each is
    asserted at the end; closing entries (period 13) count from 1 January on, with --closing already on 31 December.
    --audit writes the whole book as CSV files with a description of every column and the hash
    of every file: chains, balances and open items can be recomputed from them alone. It needs the role audit, head
    or admin and is noted in the event log.
    """
    from kasse_cli.wiring import open_book, table_rights
    from ledger.access.store import check_sees_all

    if (hledger is None) == (audit is None):
        raise ExportFormError
    with open_book(ctx.obj) as store:
        check_sees_all(store, table_rights())
        if audit is not None:
            result = _audit(store, audit, personal=not without_texts)
        else:
            assert hledger is not None
            result = _hledger(ctx.obj, store, hledger, texts=not without_texts, closing=closing)
    render(ctx, result)


def _hledger(call: Call, store: Store, path: Path, *, texts: bool, closing: bool) -> Result:
    from kasse_cli.exports import check_target
    from kasse_cli.spreadsheets.replacing import replacing
    from ledger.book.export_store import hledger_journal

    day = call.today.isoformat()
    if str(path) == "-":
        with store.snapshot():
            _write(sys.stdout.buffer, hledger_journal(store, day, texts=texts, closing=closing))
        return Result()
    check_target(path, replace_it=bool(call.options.get("force")))
    with store.snapshot(), replacing(path) as temporary, temporary.open("wb") as stream:
        _write(stream, hledger_journal(store, day, texts=texts, closing=closing))
    return Result({"file": str(path), "day": day}, lines=[say(N_("written: {file}"), file=str(path))])


def _write(stream: object, pieces: Iterable[str]) -> None:
    for piece in pieces:
        stream.write(masked(piece).encode())  # type: ignore[attr-defined]


def _audit(store: Store, folder: Path, *, personal: bool) -> Result:
    from kasse_cli.audit_writer import check_folder, write_audit
    from ledger.book.export_store import allow_audit, audit_files, audit_rows, book_facts, note_export

    check_folder(folder)
    allow_audit(store)
    with store.snapshot():
        files = audit_files(personal=personal)
        written = write_audit(folder, files, lambda file: audit_rows(store, file), book_facts(store))
    rows = sum(file.rows for file in written)
    note_export(store, "audit", {"files": len(written), "rows": rows, "personal": personal})
    lines = [
        say(N_("written: {folder}, files {count}, rows {rows}"), folder=str(folder), count=len(written), rows=rows),
        say(N_("what each column means: {file}"), file=str(folder / "description.txt")),
    ]
    return Result({"folder": str(folder), "personal": personal}, [Table("files", FILES, written)], lines)
