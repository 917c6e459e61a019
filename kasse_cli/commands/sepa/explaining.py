"""What `kasse sepa explain` says of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from kasse_cli.commands.sepa.gather import NO_LIMITS, NothingReadError, read_into, sources
from kasse_cli.commands.sepa.spool import Spool
from kasse_cli.commands.sepa.summary import summary_row
from kasse_cli.commands.sepa.taking import FileRead
from kasse_cli.context import Context
from kasse_cli.i18n import _
from kasse_cli.output import Column, Line, Result, Table, render, say
from sepa.errors import N_, KasseError, Place
from sepa.explanation import CopyError, DetailsElsewhereError, UnbookedError, handover, meaning, odd, told
from sepa.reading import identify
from sepa.rules.balances import BOOKED
from sepa.sources import DEFAULT, Source

COLUMNS = (
    Column("path", N_("File")),
    Column("format", N_("Format")),
    Column("meaning", N_("Meaning")),
    Column("ebics", N_("Order type")),
    Column("btf", N_("BTF")),
    Column("variant", N_("Variant")),
    Column("holds", N_("Holds")),
)


def explain_files(ctx: Context, files: Iterable[Path], *, unlimited: bool) -> None:
    """Explain the files and render that; raises where none could be read."""
    faults: list[KasseError] = []
    rows: list[dict[str, Any]] = []
    for source in sources(files, NO_LIMITS if unlimited else DEFAULT, faults):
        try:
            rows.append(_explained(source, faults))
        except KasseError as error:
            faults.append(error.at(source.place))
    if not rows:
        raise faults[0] if len(faults) == 1 else NothingReadError(count=len(faults), findings=tuple(faults))
    people = ctx.obj.format not in {"json", "csv", "csv-excel"} and not ctx.obj.xlsx
    tables = [] if people else [Table("files", COLUMNS, rows)]
    lines = [line for row in rows for line in _lines(row)] if people else []
    render(ctx, Result(tables=tables, lines=lines, findings=faults))


def _lines(row: dict[str, Any]) -> Iterator[Line]:
    """Yield what is said of one file in sentences."""
    yield say(N_("{file}: {format}, {meaning}"), file=row["path"], format=row["format"], meaning=row["meaning"])
    if row["holds"]:
        yield say(N_("    {holds}"), holds=row["holds"])
    if row["ebics"]:
        yield say(N_("    EBICS order type {ebics}"), ebics=row["ebics"])
    if row["btf"]:
        yield say(N_("    EBICS 3.0 BTF {btf}"), btf=row["btf"])
    if row["variant"]:
        yield say(N_("    or, as agreed with the bank, {variant}"), variant=row["variant"])


def _explained(source: Source, findings: list[KasseError]) -> dict[str, Any]:
    kind = identify(source)
    file = _read(source, findings)
    vop = bool(file and file.head.get("vop"))
    original = str(file.head.get("original_message") or "") if file else ""
    ways = handover(kind, _batches(file), vop=vop, original=original)
    place = Place(file=source.name)
    findings += [finding.at(place) for finding in (*odd(kind, ways), *(_contents(file) if file else ()))]
    return {
        "path": source.name,
        "format": kind.name,
        "meaning": _(meaning(kind, vop=vop)),
        "ebics": ", ".join(way.ebics for way in ways if way.ebics),
        "btf": ", ".join(way.btf for way in ways if way.btf),
        "variant": ", ".join(way.variant for way in ways if way.variant),
        "holds": _holds(file),
        "counts": summary_row(file) if file else None,
    }


def _read(source: Source, findings: list[KasseError]) -> FileRead | None:
    """Return what the file holds; one that breaks off is explained as far as its head goes."""
    with closing(Spool()) as spool:
        try:
            return read_into(spool, source, keep=False)
        except KasseError as error:
            findings.append(error.at(source.place))
            return None


def _batches(file: FileRead | None) -> list[tuple[str, str]]:
    rows = [section.row for section in file.sections] if file and file.group == "payments" else []
    return [(row.get("service_level", ""), row.get("local_instrument", "")) for row in rows]


def _contents(file: FileRead) -> Iterator[KasseError]:
    yield from file.findings
    if file.group == "statements":
        yield from _booked(file)
    else:
        above = [str(row.get("status")) for row in (file.head, *(section.row for section in file.sections))]
        yield from told(file.statuses, above, file.head.get("vop"))


def _booked(file: FileRead) -> Iterator[KasseError]:
    unbooked = {status: count for status, count in file.statuses.items() if status not in BOOKED}
    if unbooked:
        yield UnbookedError(count=sum(unbooked.values()), statuses=", ".join(sorted(unbooked)))
    if file.elsewhere:
        yield DetailsElsewhereError(count=file.elsewhere)
    for section in file.sections:
        if section.row.get("duplicate"):
            yield CopyError(identifier=section.row["id"] or "–")


_HOLDS = {
    "statements": N_("statements: {statements}, entries: {entries}"),
    "payments": N_("batches: {batches}, payments: {payments}"),
    "reports": N_("payments listed: {payments}"),
    "answers": N_("answers: {payments}"),
    "requests": N_("batches: {batches}, payments: {payments}"),
}


def _holds(file: FileRead | None) -> str:
    return _(_HOLDS[file.group]).format(**summary_row(file)) if file else ""
