"""Bank files with invented words, written to a folder, a file or standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kasse_cli.commands.sepa.gather import NO_LIMITS, sources
from kasse_cli.commands.sepa.params import OutputExistsError, StandardOutputError
from kasse_cli.context import Context
from kasse_cli.exports import NoFolderError
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.spreadsheets.replacing import replacing
from sepa.errors import N_, KasseError, Place
from sepa.reading import identify
from sepa.redact import Redactor
from sepa.sources import DEFAULT, Limits, Source

COLUMNS = (Column("path", N_("File")), Column("format", N_("Format")), Column("out", N_("Written to")))


class SameTargetError(KasseError):
    """Two files that would be written under one name."""

    code = "redact.same_target"
    template = N_("{first} and {second} would both become {file}, nothing was written")
    hint = N_("rename one of them, or redact them one by one with --out into different folders")


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
    limits = NO_LIMITS if unlimited else DEFAULT
    rows = _piped(files, redaction, limits) if pipe else _written(files, redaction, limits, out)
    if not pipe:
        lines = [say(N_("files written: {count}"), count=len(rows))]
        render(ctx, Result(tables=[Table("files", COLUMNS, rows)], lines=lines))


def _piped(files: Sequence[Path], redaction: Redaction, limits: Limits) -> list[dict[str, str]]:
    """Write the files to standard output one after the other."""
    faults: list[KasseError] = []
    sys.stdout.flush()
    for source in sources(files, limits, faults):
        pieces = _redacted(source, Redactor(redaction.key, redaction.scale), identify(source).family)
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
    if faults:
        raise faults[0]
    return []


def _written(files: Sequence[Path], redaction: Redaction, limits: Limits, out: Path) -> list[dict[str, str]]:
    """Write all files and return a row for each; where one cannot be written, none appears."""
    faults: list[KasseError] = []
    rows: list[dict[str, str]] = []
    taken: dict[Path, str] = {}
    with ExitStack() as stack:
        for source in sources(files, limits, faults):
            kind, target = identify(source), _target(source, out)
            if first := taken.get(target):
                raise SameTargetError(first=first, second=source.name, file=str(target), place=Place(file=source.name))
            taken[target] = source.name
            temporary = stack.enter_context(replacing(target))
            with temporary.open("wb") as stream:
                stream.writelines(_redacted(source, Redactor(redaction.key, redaction.scale), kind.family))
            rows.append({"path": source.name, "format": kind.name, "out": str(target)})
        if faults:
            raise faults[0]
    return rows


def _redacted(source: Source, redactor: Redactor, family: str) -> Iterator[bytes]:
    from sepa.redact_mt import redact_mt
    from sepa.redact_xml import redact_xml

    return redact_mt(source, redactor) if family.startswith("MT") else redact_xml(source, redactor)


def _target(source: Source, out: Path) -> Path:
    """Return where a file goes; raises `NoFolderError` and `OutputExistsError`."""
    target = out / _safe_name(source.name) if out.is_dir() else out
    if not target.absolute().parent.is_dir():
        raise NoFolderError(file=str(target))
    if target.exists():
        raise OutputExistsError(file=str(target), place=Place(file=source.name))
    return target


def _safe_name(name: str) -> str:
    """Return the last part of a name, which may come from a stranger's ZIP, as a name and nothing more."""
    last = PurePosixPath(name.replace("\\", "/")).name
    bare = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in last).strip(". ")
    return bare or "redacted"
