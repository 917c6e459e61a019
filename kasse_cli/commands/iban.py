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
BANK_COLUMNS = (
    Column("iban", N_("IBAN")),
    Column("valid", N_("Valid"), "flag"),
    Column("bank", N_("Bank")),
    Column("bic", N_("BIC")),
    Column("bank_code", N_("Bank code")),
)
IbansArgument = Annotated[list[str], typer.Argument(metavar="IBAN", help=N_("IBANs; - reads one a line from a pipe"))]


@command(
    app,
    "check",
    lists=True,
    book=False,
    examples=('kasse iban check "DE89 3704 0044 0532 0130 00"', "cut -d';' -f3 liste.csv | kasse iban check - --json"),
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


@command(
    app,
    "bank",
    lists=True,
    book=False,
    examples=('kasse iban bank "DE89 3704 0044 0532 0130 00"', "kasse iban bank - < ibans.txt"),
)
def bank(ctx: Context, ibans: IbansArgument) -> None:
    """Name the bank that keeps an account, and check German account numbers by their bank's own method.

    The directory is the one of the installed package schwifty; a bank it lacks, and a number that does not fit, are
    warnings. Nothing proves that an account exists.
    """
    from sepa.banks import account_finding, bank_of

    rows: list[dict[str, object]] = []
    findings: list[KasseError] = []
    for text, place in _texts(ctx, ibans):
        row: dict[str, object] = {"iban": text, "valid": False, "bank": None, "bic": None, "bank_code": None}
        try:
            iban = parse_iban(text)
        except InvalidIbanError as error:
            findings.append(error.at(place))
        else:
            found = bank_of(iban)
            row |= {"iban": format_iban(iban), "valid": True}
            row |= {"bank": found.name, "bic": found.bic or None, "bank_code": found.code} if found else {}
            findings += [odd.at(place) for odd in (account_finding(iban),) if odd is not None]
        rows.append(row)
    known = sum(row["bank"] is not None for row in rows)
    lines = [say(N_("IBANs: {count}, banks found: {known}"), count=len(rows), known=known)]
    render(ctx, Result(tables=[Table("ibans", BANK_COLUMNS, rows)], lines=lines, findings=findings))


def _texts(ctx: Context, ibans: Iterable[str]) -> Iterator[tuple[str, Place]]:
    for text in ibans:
        if text != "-":
            yield text, Place(value=text)
            continue
        lines = ctx.obj.stdin().decode("utf-8-sig", "replace").splitlines()
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield line.strip(), Place(file="-", line=number, value=line.strip())
