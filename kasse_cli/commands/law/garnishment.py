"""`kasse law garnishment`: what can be taken of a net income, one or a list of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from enforcement.garnishment import Garnishment
from enforcement.law import Law
from kasse_cli.commands.law.params import LawOption, MissingOptionError, OnOption, day_of, law_of, pair
from kasse_cli.context import Context
from kasse_cli.i18n import _
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.results import Line
from sepa.errors import N_, Field, KasseError
from sepa.money import parse_amount

COLUMNS = (
    Column("label", N_("Name")),
    Column("net_cents", N_("Net"), "cents"),
    Column("dependants", N_("Dependants"), "count", minor=True),
    Column("period", N_("Period"), "word"),
    Column("on", N_("Day"), "day", minor=3),
    Column("garnishable_cents", N_("Garnishable"), "cents"),
    Column("kept_cents", N_("Kept"), "cents"),
    Column("valid_from", N_("Table of"), "day", minor=True),
    Column("source", N_("Source"), minor=3),
)
PARTS = (
    Column("kind", N_("Part of pay")),
    Column("gross_cents", N_("Gross"), "cents"),
    Column("exempt_cents", N_("Exempt"), "cents"),
    Column("norm", N_("Paragraph")),
)
NAMES = {
    "net": ("netto", "nettoeinkommen", "net income"),
    "dependants": ("unterhaltspflichten", "personen", "unterhaltsberechtigte"),
    "period": ("zeitraum", "turnus"),
    "on": ("stichtag", "datum", "date", "day"),
    "label": ("name", "bezeichnung", "aktenzeichen", "reference"),
}
PERIODS = {"monthly": "monthly", "weekly": "weekly", "daily": "daily"} | {
    "monatlich": "monthly",
    "wöchentlich": "weekly",
    "täglich": "daily",
}
PERIOD_WORDS = {"monthly": N_("monthly"), "weekly": N_("weekly"), "daily": N_("daily")}
STEPS = (
    N_("table of {valid_from} ({source}), {period}; dependants: {dependants}; free: {free_cents}"),
    N_("net rounded down to its bracket, at most {cap_cents}: {bracket_cents}; surplus {surplus_cents}"),
    N_("{tenths} tenths of the surplus: {share_cents}; above {cap_cents} everything: {above_cents}"),
)
NetOption = Annotated[
    int | None, typer.Option("--net", parser=parse_amount, metavar="AMOUNT", help=N_("the net of § 850e ZPO"))
]
DependantsOption = Annotated[
    int, typer.Option("--dependants", metavar="COUNT", help=N_("persons the debtor maintains; 5 means five and more"))
]
PeriodOption = Annotated[str, typer.Option("--period", metavar="PERIOD", help=N_("monthly, weekly or daily"))]
ListOption = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help=N_("a list with net, dependants, period, on; - is standard input")),
]
OrderOption = Annotated[
    str | None, typer.Option("--order", metavar="KIND=AMOUNT", help=N_("an order: 850d, 850f1 or 850f2 and its amount"))
]
PartOption = Annotated[
    list[str],
    typer.Option("--part", metavar="KIND=AMOUNT", help=N_("a part of pay, as overtime=300: what of it is exempt")),
]


def garnishment(
    ctx: Context,
    net: NetOption = None,
    dependants: DependantsOption = 0,
    period: PeriodOption = "monthly",
    on: OnOption = None,
    file: ListOption = None,
    order: OrderOption = None,
    part: PartOption = [],  # noqa: B006 - Typer makes a new list a run
    law_dir: LawOption = [],  # noqa: B006
) -> None:
    """Compute what of a net income can be taken, § 850c ZPO.

    Every table since July 2011 is known. With --file a whole list is computed, row by row.
    """
    law, day = law_of(law_dir), day_of(ctx, on)
    if file is not None:
        render(ctx, _listed(ctx, file, law, (dependants, period, day)))
        return
    if net is None:
        raise MissingOptionError(names="--net, --file")
    from enforcement.garnishment import garnishment as compute
    from enforcement.garnishment_protection import pkonto_base_cents

    worked = compute(net, dependants, on=day, period=period, law=law)
    base = pkonto_base_cents(on=day, law=law)
    protected = say(N_("base amount of a protected account that month: {base_cents} (§ 899 ZPO)"), base_cents=base)
    row = _row(worked, day, "")
    data, lines = row | {"pkonto_base_cents": base}, [*_sentences(worked), protected]
    result = Result(data, [Table("garnishments", COLUMNS, [row])], lines)
    result = _with_order(result, worked, order, (day, law)) if order else result
    if part and ctx.obj.format.startswith("csv"):
        result = replace(result, tables=())  # one list in a file: the parts that were asked for
    render(ctx, _with_parts(result, part, day, law))


def _row(worked: Garnishment, day: dt.date, label: str) -> dict[str, Any]:
    keys = ("net_cents", "dependants", "period", "valid_from", "source", "garnishable_cents", "kept_cents")
    more = ("free_cents", "cap_cents", "bracket_cents", "surplus_cents", "tenths", "share_cents", "above_cents")
    return {"label": label, "on": day} | {key: getattr(worked, key) for key in keys + more}


def _sentences(worked: Garnishment) -> Iterator[Line]:
    row = _row(worked, worked.valid_from, "") | {"period": _(PERIOD_WORDS[worked.period])}
    for template in STEPS:
        yield Line(template, row)
    yield Line(N_("garnishable: {garnishable_cents}; the debtor keeps {kept_cents}"), row)


def _with_order(result: Result, worked: Garnishment, order: str, place: tuple[dt.date, Law]) -> Result:
    from enforcement.garnishment_protection import ordered_garnishment

    day, law = place
    kind, amount = pair(order, "850d=1.200,00")
    found = ordered_garnishment(
        worked.net_cents,
        worked.dependants,
        order=kind,
        stated_cents=parse_amount(amount),
        on=day,
        period=worked.period,
        law=law,
    )
    fields: dict[str, Field] = {
        "order": kind,
        "norm": found.norm,
        "stated_cents": found.stated_cents,
        "garnishable_cents": found.garnishable_cents,
    }
    line = Line(N_("by order with {stated_cents} ({norm}): {garnishable_cents}"), fields)
    return Result(dict(result.data) | {"by_order": fields}, result.tables, [*result.lines, line])


def _with_parts(result: Result, parts: list[str], day: dt.date, law: Law) -> Result:
    if not parts:
        return result
    from enforcement.garnishment_protection import exempt_part

    pairs = (pair(text, "overtime=300,00") for text in parts)
    found = [exempt_part(kind, parse_amount(amount), on=day, law=law) for kind, amount in pairs]
    rows = [{column.key: getattr(each, column.key) for column in PARTS} for each in found]
    findings = [finding for each in found for finding in each.findings]
    note = say(N_("exempt parts are left out before the net is formed (§ 850e no. 1 ZPO)"))
    parts_table = Table("parts", PARTS, rows, N_("Parts of pay"))
    return Result(result.data, [*result.tables, parts_table], [*result.lines, note], findings)


def _listed(ctx: Context, file: Path, law: Law, defaults: tuple[int, str, dt.date]) -> Result:
    import io

    from kasse_cli.spreadsheets.tables import read_table

    stdin = io.BytesIO(ctx.obj.stdin()) if str(file) == "-" else None
    table = read_table(file, NAMES, required=("net",), stdin=stdin)
    rows: list[dict[str, Any]] = []
    findings: list[KasseError] = list(table.findings)
    for row in table:
        findings += row.findings
        try:
            rows.append(_computed(row, law, defaults))
        except KasseError as error:
            findings.append(error.at(row.place))
    lines = [say(N_("computed: {count}, refused: {refused}"), count=len(rows), refused=_refused(findings))]
    return Result(tables=[Table("garnishments", COLUMNS, rows)], lines=lines, findings=findings)


def _refused(findings: list[KasseError]) -> int:
    return sum(finding.severity == "error" for finding in findings)


def _computed(row: Any, law: Law, defaults: tuple[int, str, dt.date]) -> dict[str, Any]:
    from enforcement.garnishment import garnishment as compute
    from kasse_cli.spreadsheets.cells import cell_amount_cents, cell_choice, cell_count, cell_day, cell_text

    dependants = defaults[0] if row["dependants"].empty else cell_count(row["dependants"])
    period = defaults[1] if row["period"].empty else cell_choice(PERIODS)(row["period"])
    day = defaults[2] if row["on"].empty else cell_day(row["on"])
    label = "" if row["label"].empty else cell_text(row["label"])
    return _row(compute(cell_amount_cents(row["net"]), dependants, on=day, period=period, law=law), day, label)
