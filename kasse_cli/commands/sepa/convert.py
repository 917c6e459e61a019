"""`kasse sepa convert`: statements and payment files as CSV, Excel, JSON lines or an hledger journal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from kasse_cli.commands.sepa.families import NOTICES, Group
from kasse_cli.commands.sepa.gather import Gathered, gathered
from kasse_cli.commands.sepa.params import DetailsOption, FilesArgument, LimitsOption
from kasse_cli.commands.sepa.rows import tables
from kasse_cli.commands.sepa.taking import FileRead
from kasse_cli.context import Call, Context
from kasse_cli.output import Result, json_text, render, say
from sepa.conversion_hledger import BOOKED, Statement, journal
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
    template = N_("statements, payment files and the bank's answers have different columns")
    hint = N_("convert them one after the other, or to xlsx or jsonl")


class NotForJournalError(KasseError):
    """A file for a journal that reports no entries."""

    code = "convert.journal"
    template = N_("{file} is no statement, a journal has only what was booked")
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
    ctx: Context,
    files: FilesArgument,
    to: ToOption,
    out: OutOption = Path("-"),
    details: DetailsOption = False,
    no_limits: LimitsOption = False,
) -> None:
    """Convert bank files to CSV, Excel, JSON lines or, statements, to an hledger journal.

    CSV and Excel have a row for each entry, payment or status, JSON lines also the transactions behind an entry. In the
    journal each booked entry is a transaction between the bank account and income or expenses that are still to be
    assigned, and each closing balance is asserted, so that hledger finds what is missing.
    """
    call, pipe = ctx.obj, str(out) == "-"
    if pipe and (call.machine or to is Target.XLSX):
        raise StandardOutputError(what="--json" if call.machine else "xlsx")
    with gathered(call, files, unlimited=no_limits) as found:
        _refuse(found, to)
        _write(call, found, to, out, split=details)
        rows = sum(file.entries for file in found.files)
        lines = [] if pipe else [say(N_("written: {file}, rows: {rows}"), file=str(out), rows=rows)]
        findings = [*found.findings, *_not_booked(found, to)]
        render(ctx, Result(data={"file": str(out), "rows": rows}, lines=lines, findings=findings))


def _refuse(found: Gathered, to: Target) -> None:
    kinds = {file.group if file.group in {"statements", "payments"} else "notices" for file in found.files}
    strange = [file for file in found.files if file.group != "statements"]
    if to is Target.HLEDGER and strange:
        raise NotForJournalError(file=strange[0].path)
    if to in {Target.CSV, Target.CSV_EXCEL} and len(kinds) > 1:
        raise MixedKindsError


def _write(call: Call, found: Gathered, to: Target, out: Path, *, split: bool) -> None:
    from kasse_cli.exports import NoFolderError, write_excel
    from kasse_cli.spreadsheets.replacing import replacing

    if to is Target.XLSX:
        write_excel(out, tables(found, split=split), call.world.clock())
    elif str(out) == "-":
        sys.stdout.flush()
        _stream(found, to, sys.stdout.buffer, split=split)
        sys.stdout.buffer.flush()
    elif not out.absolute().parent.is_dir():
        raise NoFolderError(file=str(out))
    else:
        with replacing(out) as temporary, temporary.open("wb") as stream:
            _stream(found, to, stream, split=split)


def _stream(found: Gathered, to: Target, stream: IO[bytes], *, split: bool) -> None:
    from kasse_cli.exports import write_csv

    if to is Target.JSONL:
        _write_lines(found, stream)
    elif to is Target.HLEDGER:
        stream.writelines(part.encode() for part in journal(tuple(_statements(found))))
    else:
        write_csv(stream, tables(found, split=split), for_excel=to is Target.CSV_EXCEL)


def _write_lines(found: Gathered, stream: IO[bytes]) -> None:
    for kind, head, line in _lines(found):
        lead = json_text({"kind": kind} | head).removesuffix("}")
        stream.write(f"{lead}, {line.removeprefix('{')}\n".encode())


def _lines(found: Gathered) -> Iterator[tuple[str, dict[str, Any], str]]:
    for file in found.files:
        kind = _LINES[file.group]
        for section in file.sections:
            head = {"path": file.path} | _head(file, section.row)
            yield from ((kind, head, line) for line in found.spool.lines(section))
            if not section.stop - section.start and file.group in NOTICES:  # a whole batch, without its payments
                yield kind, head, json_text(section.row)
        if not file.sections:
            yield kind, {"path": file.path}, json_text(file.head)


def _head(file: FileRead, row: dict[str, Any]) -> dict[str, Any]:
    if file.group == "statements":
        return {"account": row["account"], "statement": row["id"]}
    if file.group == "payments":
        return {"batch": row["id"], "own_iban": row["iban"], "day": row["day"]}
    original = row.get("original_message_id") or file.head.get("original_message_id")
    return {"original_message_id": original, "batch": row.get("payment_information_id")}


def _statements(found: Gathered) -> Iterator[Statement]:
    for file in found.files:
        for section in file.sections:
            yield Statement(section.row, file.path, partial(found.spool.rows, section))


def _not_booked(found: Gathered, to: Target) -> list[KasseError]:
    if to is not Target.HLEDGER:
        return []
    rows = (row for one in _statements(found) for row in one.rows())
    count = sum(row["status"] not in BOOKED for row in rows)
    return [NotBookedError(count=count)] if count else []


_LINES: dict[Group, str] = {
    "statements": "entry",
    "payments": "payment",
    "reports": "status",
    "answers": "answer",
    "requests": "request",
}
