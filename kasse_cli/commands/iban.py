"""`kasse iban`: check account numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError, Place
from sepa.identifiers.iban import InvalidIbanError, format_iban, parse_iban

app = noun(N_("check account numbers"))
COLUMNS = (
    Column("iban", N_("IBAN")),
    Column("valid", N_("Valid"), "flag"),
)
IbansArgument = Annotated[list[str], typer.Argument(metavar="IBAN", help=N_("IBANs; - reads one a line from a pipe"))]


@command(
    app,
    "check",
    lists=True,
    book=False,
    examples=('kasse iban check "DE89 3704 0044 0532 0130 00"', "cut -d';' -f3 list.csv | kasse iban check - --json"),
)
def check(ctx: Context, ibans: IbansArgument) -> None:
    """Check country, length, form and check digits of IBANs.

    Whether the account exists only its bank knows. Wrong ones are findings: the exit code is then 3.
    """
    rows: list[dict[str, object]] = []
    findings: list[KasseError] = []
    for text, place in _texts(ctx, ibans):
        try:
            rows.append({"iban": format_iban(parse_iban(text)), "valid": True})
        except InvalidIbanError as error:
            rows.append({"iban": text, "valid": False})
            findings.append(error.at(place))
    lines = [say(N_("IBANs: {count}, wrong: {wrong}"), count=len(rows), wrong=len(findings))]
    render(ctx, Result(tables=[Table("ibans", COLUMNS, rows)], lines=lines, findings=findings))


def _texts(ctx: Context, ibans: Iterable[str]) -> Iterator[tuple[str, Place]]:
    for text in ibans:
        if text != "-":
            yield text, Place(value=text)
            continue
        lines = ctx.obj.stdin().decode("utf-8-sig", "replace").splitlines()
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield line.strip(), Place(file="-", line=number, value=line.strip())
