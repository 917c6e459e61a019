"""Bank files written as CSV, Excel, JSON lines or an hledger journal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

from kasse_cli.commands.sepa.families import NOTICES, Group
from kasse_cli.commands.sepa.gather import Gathered, gathered
from kasse_cli.commands.sepa.params import StandardOutputError, Target
from kasse_cli.commands.sepa.rows import tables
from kasse_cli.commands.sepa.taking import FileRead
from kasse_cli.context import Call, Context
from kasse_cli.output import Result, json_text, render, say
from sepa.conversion_hledger import BOOKED, Statement, journal
from sepa.errors import N_, KasseError


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


class NotBookedError(KasseError):
    """Entries that a journal has only as comments."""

    code = "convert.not_booked"
    template = N_("{count} entries are not booked and stand in the journal as comments")
    hint = N_("convert the statement of the day they are booked")
    severity = "info"


def convert_files(ctx: Context, files: Iterable[Path], to: Target, out: Path, *, split: bool, unlimited: bool) -> None:
    """Convert the files and render where to; raises what reading and writing raise."""
    call, pipe = ctx.obj, str(out) == "-"
    if pipe and (call.machine or to is Target.XLSX):
        raise StandardOutputError(what="--json" if call.machine else "xlsx")
    with gathered(call, files, unlimited=unlimited) as found:
        _refuse(found, to)
        _write(call, found, to, out, split=split)
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
