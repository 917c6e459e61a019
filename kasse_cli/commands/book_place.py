"""`kasse book place`: whose law and whose public holidays hold in the book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.wiring import trial
from sepa.calendar import LAENDER, UnknownLandError, named_holidays
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.book.place_store import BookPlace

LandOption = Annotated[
    str | None, typer.Option("--land", metavar="LAND", help=N_("the Land of a book that has none yet: HH, BY, …"))
]
MunicipalityOption = Annotated[
    str | None,
    typer.Option("--municipality", metavar="NAME", help=N_("the municipality: who pays and demands, and its holidays")),
]
HolidaysOption = Annotated[
    list[str],
    typer.Option(
        "--holiday", metavar="NAME", help=N_("a public holiday of the municipality alone, or none; repeatable")
    ),
]
DAYS = (Column("day", N_("Day"), "day"), Column("name", N_("Public holiday")))


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    command(
        app,
        "place",
        lists=True,
        dry_run=True,
        examples=("kasse book place --on 2027-01-01", "kasse book place --holiday mariae_himmelfahrt"),
    )(place)


def place(
    ctx: Context,
    land: LandOption = None,
    municipality: MunicipalityOption = None,
    holiday: HolidaysOption = [],  # noqa: B006
) -> None:
    """Show Land, municipality and the public holidays of the year, or set what a municipality has of its own.

    Some holidays hold in some municipalities only: mariae_himmelfahrt and friedensfest in BY, fronleichnam in SN and
    TH. No period of the law ends on them (§ 193 BGB).
    """
    from kasse_cli.wiring import open_book
    from ledger.book.place_store import book_place, set_place

    code = _land(land)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        if code is None and municipality is None and not holiday:
            found = book_place(store)
        else:
            found = set_place(store, land=code, municipality=municipality, said=holiday)
    render(ctx, _result(found, ctx.obj.today.year))


def _land(text: str | None) -> str | None:
    if text is not None and text.strip().upper() not in LAENDER:
        raise UnknownLandError(land=text)
    return text.strip().upper() if text is not None else None


def _result(found: BookPlace, year: int) -> Result:
    days = named_holidays(found.place, year) if found.place else {}
    rows = [{"day": day.isoformat(), "name": name} for day, name in days.items()]
    lines = [say(N_("Land {land}, municipality {municipality}"), land=found.land or "–",
                 municipality=found.municipality or "–")]  # fmt: skip
    if found.holidays:
        lines.append(say(N_("holidays of the municipality alone: {names}"), names=", ".join(found.holidays)))
    if found.changed:
        lines.append(say(N_("kept: periods are counted with these days from now on")))
    data = {"land": found.land, "municipality": found.municipality, "local": found.holidays, "changed": found.changed}
    tables = [Table("holidays", DAYS, rows)] if rows else []
    return Result(data=data, tables=tables, lines=lines, findings=list(found.findings))
