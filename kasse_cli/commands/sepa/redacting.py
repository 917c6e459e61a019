"""Bank files with invented words, written to a folder, a file or standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kasse_cli.commands.sepa.gather import NO_LIMITS, sources
from kasse_cli.commands.sepa.params import OutputExistsError, StandardOutputError
from kasse_cli.context import Call, Context
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError, Place
from sepa.reading import identify
from sepa.redact import Redactor
from sepa.sources import DEFAULT, Source

COLUMNS = (Column("path", N_("File")), Column("format", N_("Format")), Column("out", N_("Written to")))


@dataclass(frozen=True, slots=True)
class Redaction:
    """The seed of the invented words, and the factor of amounts."""

    key: bytes
    scale: int = 1


def redact_files(ctx: Context, files: Sequence[Path], redaction: Redaction, out: Path, *, unlimited: bool) -> None:
    """Write the files with invented words and render where to; raises what reading and writing raise."""
    call, pipe = ctx.obj, str(out) == "-"
    if pipe and (call.machine or len(files) > 1):
        raise StandardOutputError(what="--json" if call.machine else f"{files[0]}, {files[1]}")
    faults: list[KasseError] = []
    rows: list[dict[str, str]] = []
    for source in sources(files, NO_LIMITS if unlimited else DEFAULT, faults):
        kind = identify(source)
        target = _write(call, source, _redacted(source, Redactor(redaction.key, redaction.scale), kind.family), out)
        rows.append({"path": source.name, "format": kind.name, "out": str(target)})
    if faults:
        raise faults[0]
    if not pipe:
        lines = [say(N_("files written: {count}"), count=len(rows))]
        render(ctx, Result(tables=[Table("files", COLUMNS, rows)], lines=lines))


def _redacted(source: Source, redactor: Redactor, family: str) -> Iterator[bytes]:
    from sepa.redact_mt import redact_mt
    from sepa.redact_xml import redact_xml

    return redact_mt(source, redactor) if family.startswith("MT") else redact_xml(source, redactor)


def _write(call: Call, source: Source, pieces: Iterator[bytes], out: Path) -> Path:
    from kasse_cli.exports import NoFolderError
    from kasse_cli.spreadsheets.replacing import replacing

    del call
    if str(out) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return out
    target = out / _safe_name(source.name) if out.is_dir() else out
    if not target.absolute().parent.is_dir():
        raise NoFolderError(file=str(target))
    if target.exists():
        raise OutputExistsError(file=str(target), place=Place(file=source.name))
    with replacing(target) as temporary, temporary.open("wb") as stream:
        stream.writelines(pieces)
    return target


def _safe_name(name: str) -> str:
    """Return the last part of a name, which may come from a stranger's ZIP, as a name and nothing more."""
    last = PurePosixPath(name.replace("\\", "/")).name
    bare = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in last).strip(". ")
    return bare or "redacted"
