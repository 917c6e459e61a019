"""`kasse sepa convert`: statements and payment files as CSV, Excel, JSON lines or an hledger journal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from kasse_cli.commands.sepa.gather import Gathered, gathered
from kasse_cli.commands.sepa.params import FilesArgument, LimitsOption
from kasse_cli.commands.sepa.rows import tables
from kasse_cli.context import Call, Context
from kasse_cli.output import Result, json_text, render, say
from sepa.conversion_hledger import BOOKED, heading, opening, transaction
from sepa.errors import N_, KasseError


class Target(StrEnum):
    """What a file can become."""

    CSV = "csv"
    CSV_EXCEL = "csv-excel"
    XLSX = "xlsx"
    JSONL = "jsonl"
    HLEDGER = "hledger"


class MixedKindsError(KasseError):
    """Statements and payment files in one list."""

    code = "convert.mixed"
    template = N_("statements and payment files have different columns")
    hint = N_("convert them one after the other, or to xlsx or jsonl")


class NotForJournalError(KasseError):
    """A payment file for a journal."""

    code = "convert.journal"
    template = N_("{file} orders payments, a journal has only what was booked")
    hint = N_("convert the bank's statement")


class StandardOutputError(KasseError):
    """Two things for standard output, or a workbook."""

    code = "convert.stdout"
    template = N_("{what} cannot go to standard output here")
    hint = N_("name a file with --out")
    exit_code = 2


class NotBookedError(KasseError):
    """Entries that a journal has only as comments."""

    code = "convert.not_booked"
    template = N_("{count} entries are not booked and stand in the journal as comments")
    hint = N_("convert the statement of the day they are booked")
    severity = "info"


ToOption = Annotated[Target, typer.Option("--to", help=N_("csv, csv-excel, xlsx, jsonl or hledger"))]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help=N_("the file to write; - is standard output"))
]


def convert(
    ctx: Context, files: FilesArgument, to: ToOption, out: OutOption = Path("-"), no_limits: LimitsOption = False
) -> None:
    """Convert statements and payment files to CSV, Excel, JSON lines or an hledger journal.

    CSV and Excel have a row for each entry, JSON lines also the transactions behind it. In the journal each booked
    entry is a transaction between the bank account and income or expenses that are still to be assigned.
    """
    call, pipe = ctx.obj, str(out) == "-"
    if pipe and (call.machine or to is Target.XLSX):
        raise StandardOutputError(what="--json" if call.machine else "xlsx")
    with gathered(call, files, unlimited=no_limits) as found:
        _refuse(found, to)
        _write(call, found, to, out)
        rows = sum(file.entries for file in found.files)
        lines = [] if pipe else [say(N_("written: {file}, rows: {rows}"), file=str(out), rows=rows)]
        findings = [*found.findings, *_not_booked(found, to)]
        render(ctx, Result(data={"file": str(out), "rows": rows}, lines=lines, findings=findings))


def _refuse(found: Gathered, to: Target) -> None:
    orders = [file for file in found.files if file.holds_payments]
    if to is Target.HLEDGER and orders:
        raise NotForJournalError(file=orders[0].path)
    if to in {Target.CSV, Target.CSV_EXCEL} and orders and len(orders) < len(found.files):
        raise MixedKindsError


def _write(call: Call, found: Gathered, to: Target, out: Path) -> None:
    from kasse_cli.exports import NoFolderError, write_excel
    from kasse_cli.spreadsheets.replacing import replacing

    if to is Target.XLSX:
        write_excel(out, tables(found), call.world.clock())
    elif str(out) == "-":
        sys.stdout.flush()
        _WRITERS[to](found, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    elif not out.absolute().parent.is_dir():
        raise NoFolderError(file=str(out))
    else:
        with replacing(out) as temporary, temporary.open("wb") as stream:
            _WRITERS[to](found, stream)


def _write_csv(found: Gathered, stream: IO[bytes]) -> None:
    from kasse_cli.exports import write_csv

    write_csv(stream, tables(found), for_excel=False)


def _write_csv_excel(found: Gathered, stream: IO[bytes]) -> None:
    from kasse_cli.exports import write_csv

    write_csv(stream, tables(found), for_excel=True)


def _write_lines(found: Gathered, stream: IO[bytes]) -> None:
    for kind, head, line in _lines(found):
        lead = json_text({"kind": kind} | head).removesuffix("}")
        stream.write(f"{lead}, {line.removeprefix('{')}\n".encode())


def _lines(found: Gathered) -> Iterator[tuple[str, dict[str, Any], str]]:
    for file in found.files:
        for section in file.sections:
            row = section.row
            if file.holds_payments:
                kind, head = "payment", {"path": file.path, "batch": row["id"], "own_iban": row["iban"]}
                head |= {"day": row["day"]}
            else:
                kind, head = "entry", {"path": file.path, "account": row["account"], "statement": row["id"]}
            yield from ((kind, head, line) for line in found.spool.lines(section))


def _write_journal(found: Gathered, stream: IO[bytes]) -> None:
    known: set[str | None] = set()
    for file in found.files:
        for section in file.sections:
            stream.write(heading(section.row, file.path).encode())
            if section.row["account"] not in known:
                stream.writelines(part.encode() for part in opening(section.row))
            known.add(section.row["account"])
            for row in found.spool.rows(section):
                stream.write(transaction(row, section.row["account"] or "").encode())


def _not_booked(found: Gathered, to: Target) -> list[KasseError]:
    if to is not Target.HLEDGER:
        return []
    rows = (row for file in found.files for section in file.sections for row in found.spool.rows(section))
    count = sum(row["status"] not in BOOKED for row in rows)
    return [NotBookedError(count=count)] if count else []


_WRITERS: dict[Target, Callable[[Gathered, IO[bytes]], None]] = {
    Target.CSV: _write_csv,
    Target.CSV_EXCEL: _write_csv_excel,
    Target.JSONL: _write_lines,
    Target.HLEDGER: _write_journal,
}
