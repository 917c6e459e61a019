"""`kasse order leitweg`: which office gets the invoices with a Leitweg-ID."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError

IdArgument = Annotated[str | None, typer.Argument(metavar="ID", help=N_("the Leitweg-ID of invoices"))]
OfficeArgument = Annotated[str | None, typer.Argument(metavar="OFFICE", help=N_("the office that gets them"))]
COLUMNS = (Column("leitweg", N_("Leitweg-ID")), Column("office", N_("Office")))


class InvalidLeitwegError(KasseError):
    """A text that is no Leitweg-ID."""

    code = "invoice.leitweg"
    template = N_("not a Leitweg-ID: {text}")
    hint = N_("it reads like 991-01234-44: coarse and fine part, and two check digits")


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    command(app, "leitweg", lists=True, examples=("kasse order leitweg 991-01234-44 BAU", "kasse order leitweg"))(
        leitweg
    )


def leitweg(ctx: Context, leitweg: IdArgument = None, office: OfficeArgument = None) -> None:
    """Let an office get the invoices with a Leitweg-ID; without arguments list who gets which."""
    from stdnum.de import leitweg as format_
    from stdnum.exceptions import ValidationError

    from kasse_cli.wiring import open_book
    from ledger.items.leitweg_store import list_routes, route_leitweg

    lines, data = [], {}
    if leitweg is not None and office is not None:
        try:
            text = format_.validate(leitweg)
        except ValidationError:
            raise InvalidLeitwegError(text=leitweg) from None
    with open_book(ctx.obj) as store:
        if leitweg is not None and office is not None:
            new = route_leitweg(store, text, office.upper())
            data = {"new": new}
            template = (
                N_("invoices with {leitweg} go to {office}") if new else N_("nothing new: {leitweg} goes to {office}")
            )
            lines.append(say(template, leitweg=text, office=office.upper()))
        routes = [{"leitweg": known, "office": code} for known, code in list_routes(store)]
    render(ctx, Result(data, [Table("routes", COLUMNS, routes)], lines))
