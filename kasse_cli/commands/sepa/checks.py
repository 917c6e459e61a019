"""What `kasse sepa check` finds, as tables and findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from kasse_cli.commands.sepa.checking import Checked, Wishes, check_source
from kasse_cli.commands.sepa.gather import NO_LIMITS, Inputs, NothingReadError
from kasse_cli.commands.sepa.params import profile_named, schemas_in
from kasse_cli.context import Call, Context
from kasse_cli.messages import message
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError
from sepa.sources import DEFAULT

FILES = (
    Column("path", N_("File")),
    Column("format", N_("Format")),
    Column("errors", N_("Errors"), "count"),
    Column("warnings", N_("Warnings"), "count"),
    Column("schema", N_("By schema"), "flag"),
)
FINDINGS = (
    Column("severity", N_("Severity"), shown=False),
    Column("kind", N_("Kind"), "word"),
    Column("code", N_("Code"), shown=False),
    Column("file", N_("File")),
    Column("line", N_("Line"), "count"),
    Column("payment", N_("Payment")),
    Column("field", N_("Field")),
    Column("value", N_("Value")),
    Column("message", N_("Finding")),
)


_KINDS = {"error": N_("error"), "warning": N_("warning"), "info": N_("note")}


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """By what to check: a bank's profile, a folder of schemas, without limits."""

    profile: str | None
    xsd_dir: Path | None
    unlimited: bool = False


def check_files(ctx: Context, files: Iterable[Path], at: datetime, options: CheckOptions) -> None:
    """Check the files and render what was found; raises where none could be read."""
    call = ctx.obj
    schemas = schemas_in(call, options.xsd_dir)
    faults: list[KasseError] = []
    with Inputs(files, NO_LIMITS if options.unlimited else DEFAULT) as inputs:
        wishes = Wishes(at, profile_named(options.profile), schemas or (), inputs.details())
        checked = [*_checked(inputs, wishes, faults)]
    if not checked:
        raise faults[0] if len(faults) == 1 else NothingReadError(count=len(faults), findings=tuple(faults))
    render(ctx, _result(call, checked, faults, schema=schemas is not None))


def _checked(inputs: Inputs, wishes: Wishes, faults: list[KasseError]) -> Iterable[Checked]:
    for source in inputs.sources(faults):
        try:
            yield check_source(source, wishes)
        except KasseError as error:
            faults.append(error.at(source.place))


def _result(call: Call, checked: list[Checked], faults: list[KasseError], *, schema: bool) -> Result:
    findings = [*faults, *(finding for one in checked for finding in one.all())]
    rows = [
        {
            "path": one.path,
            "format": one.kind.name,
            "errors": one.count("error"),
            "warnings": one.count("warning"),
            "schema": schema,
        }
        for one in checked
    ]
    tables = [Table("files", FILES, rows)]
    if call.format in {"csv", "csv-excel"} or call.xlsx:
        tables = [Table("list", FINDINGS, [_row(finding) for finding in findings], N_("Findings"))]
    lines = [say(N_("files checked: {count}, findings: {findings}"), count=len(checked), findings=len(findings))]
    return Result(tables=tables, lines=lines, findings=findings)


def _row(finding: KasseError) -> dict[str, object]:
    fields = {"severity": finding.severity, "kind": _KINDS[finding.severity], "code": finding.code}
    fields["message"] = message(finding)
    return asdict(finding.place) | fields
