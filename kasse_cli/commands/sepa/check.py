"""`kasse sepa check`: payment and statement files against the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from kasse_cli.commands.sepa.gather import NO_LIMITS, Inputs, NothingReadError
from kasse_cli.commands.sepa.params import (
    FilesArgument,
    LimitsOption,
    OnOption,
    ProfileOption,
    SchemaOption,
    profile_named,
    schemas_in,
)
from kasse_cli.context import Call, Context
from kasse_cli.messages import message
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError
from sepa.sources import DEFAULT

if TYPE_CHECKING:
    from kasse_cli.commands.sepa.checking import Checked, Wishes

FILES = (
    Column("path", N_("File")),
    Column("format", N_("Format")),
    Column("errors", N_("Errors"), "count"),
    Column("warnings", N_("Warnings"), "count"),
    Column("schema", N_("By schema"), "flag"),
)
FINDINGS = (
    Column("severity", N_("Kind"), "word"),
    Column("code", N_("Code"), shown=False),
    Column("file", N_("File")),
    Column("line", N_("Line"), "count"),
    Column("payment", N_("Payment")),
    Column("field", N_("Field")),
    Column("value", N_("Value")),
    Column("message", N_("Finding")),
)


def check(
    ctx: Context,
    files: FilesArgument,
    profile: ProfileOption = None,
    xsd_dir: SchemaOption = None,
    on: OnOption = None,
    no_limits: LimitsOption = False,
) -> None:
    """Check files against the rules of the German banks, with the place of everything found.

    Payment files, reversals and recalls of any version are checked as the banks take them now, statements for sums
    that do not agree, the bank's answers for what cannot be relied on. Errors must be corrected, warnings can stand;
    with either the exit code is 3.
    """
    from kasse_cli.commands.sepa.checking import Wishes

    call = ctx.obj
    schemas = schemas_in(call, xsd_dir)
    day = on or call.today
    at = call.world.clock().replace(year=day.year, month=day.month, day=day.day)
    faults: list[KasseError] = []
    with Inputs(files, NO_LIMITS if no_limits else DEFAULT) as inputs:
        wishes = Wishes(at, profile_named(profile), schemas or (), inputs.details())
        checked = [*_checked(inputs, wishes, faults)]
    if not checked:
        raise faults[0] if len(faults) == 1 else NothingReadError(count=len(faults), findings=tuple(faults))
    render(ctx, _result(call, checked, faults, schema=schemas is not None))


def _checked(inputs: Inputs, wishes: Wishes, faults: list[KasseError]) -> Iterable[Checked]:
    from kasse_cli.commands.sepa.checking import check_source

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
    fields = {"severity": finding.severity, "code": finding.code, "message": message(finding)}
    return asdict(finding.place) | fields
