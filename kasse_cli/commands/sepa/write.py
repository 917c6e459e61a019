"""`kasse sepa write`: a list of payments as the files that a bank takes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from kasse_cli.commands.sepa.params import OnOption, ProfileOption, SchemaOption, profile_named, schemas_in
from kasse_cli.context import Context
from kasse_cli.output import render
from kasse_cli.params import parse_day
from sepa.errors import N_

PaymentsOption = Annotated[
    Path, typer.Option("--payments", metavar="FILE", help=N_("the list: .xlsx, .ods, .xls or .csv; - is stdin"))
]
SheetOption = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help=N_("the sheet to read"))]
NameOption = Annotated[str, typer.Option("--name", metavar="NAME", help=N_("the holder of the own account"))]
IbanOption = Annotated[str, typer.Option("--iban", metavar="IBAN", help=N_("the own account"))]
BicOption = Annotated[str, typer.Option("--bic", metavar="BIC", help=N_("the own bank, where it asks for that"))]
DayOption = Annotated[
    dt.date | None,
    typer.Option(
        "--day", parser=parse_day, metavar="DATE", help=N_("when to pay or collect, where a row says nothing")
    ),
]
IdOption = Annotated[
    str | None, typer.Option("--id", metavar="ID", help=N_("what ids begin with; otherwise the time of making"))
]
CreditorIdOption = Annotated[
    str, typer.Option("--creditor-id", metavar="ID", help=N_("the creditor identifier, for direct debits"))
]
SchemeOption = Annotated[str, typer.Option("--scheme", metavar="SCHEME", help=N_("CORE or B2B, for direct debits"))]
FolderOption = Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help=N_("where the files go"))]


def write(
    ctx: Context,
    payments: PaymentsOption,
    name: NameOption,
    iban: IbanOption,
    profile: ProfileOption = "standard",
    bic: BicOption = "",
    day: DayOption = None,
    identifier: IdOption = None,
    creditor_id: CreditorIdOption = "",
    scheme: SchemeOption = "CORE",
    sheet: SheetOption = None,
    out: FolderOption = Path(),
    xsd_dir: SchemaOption = None,
    on: OnOption = None,
) -> None:
    """Write a list of payments as pain.001, or as pain.008 where the list names mandates.

    Every fault is named with sheet, row and column, and with one error nothing is written. Characters that banks do
    not take are replaced and every change is listed. Ids follow from --id and the row, so that the same list gives the
    same file; the bank's profile says how payments are split over files. What of a mandate changed since its last use
    stands in columns of its own: the old mandate reference, creditor id, creditor name or IBAN, or only that the
    account is another one (SMNDA).
    """
    from kasse_cli.commands.sepa.payment_list import Own
    from kasse_cli.commands.sepa.writing import Task, write_files
    from sepa.debits import UnknownSchemeError
    from sepa.identifiers import parse_iban
    from sepa.payments import Party

    call, now = ctx.obj, ctx.obj.world.clock()
    chosen = profile_named(profile)
    assert chosen is not None, "there is a default"
    if scheme not in {"CORE", "B2B"}:
        raise UnknownSchemeError(value=scheme)
    today = on or call.today
    base = identifier or f"K{now:%y%m%d%H%M%S}"
    own = Own(Party(name, parse_iban(iban), bic), day or today, base, chosen, creditor_id, scheme)  # type: ignore[arg-type]
    task = Task(payments, sheet, out, today, now, schemas_in(call, xsd_dir) or ())
    render(ctx, write_files(call, task, own))
