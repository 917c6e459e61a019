"""Options that the verbs of `kasse law` share, and how they read what was typed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from enforcement.law import Law
from enforcement.law.figures import Series
from kasse_cli.context import Context
from kasse_cli.i18n import decimal, language
from kasse_cli.params import parse_day
from kasse_cli.results import Line
from sepa.calendar import place_with
from sepa.errors import N_, Field, KasseError
from sepa.money import parse_amount


class PairOptionError(KasseError):
    """An option that should name two things with a sign between them."""

    code = "law.pair"
    template = N_("cannot read {text}")
    hint = N_("write it as {form}")
    exit_code = 2


class MissingOptionError(KasseError):
    """Options of which at least one is needed."""

    code = "law.option"
    template = N_("one of these is needed: {names}")
    hint = N_("kasse law --help shows examples")
    exit_code = 2


def parse_land(text: str) -> str:
    """Return the place that a person typed, as HH or by+mariae-himmelfahrt.

    Raises `UnknownLandError`, `UnknownHolidayError`.
    """
    land, *local = text.strip().split("+")
    return place_with(land.upper(), [name.lower().replace("-", "_") for name in local])


def pair(text: str, form: str) -> tuple[str, str]:
    """Return what stands left and right of the first `=`; raises `PairOptionError`."""
    left, sign, right = text.partition("=")
    if not (sign and left.strip() and right.strip()):
        raise PairOptionError(text=text, form=form)
    return left.strip(), right.strip()


LandOption = Annotated[
    str,
    typer.Option(
        "--land",
        parser=parse_land,
        metavar="LAND",
        help=N_("whose public holidays count, as HH or BY+mariae_himmelfahrt"),
    ),
]
LawOption = Annotated[
    list[Path], typer.Option("--law-dir", metavar="FOLDER", help=N_("a folder with law files of your own office"))
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="NAME", help=N_("the kind of claim: tax, hamburg-fee, fine, private, private-trade, …")
    ),
]
AmountOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("the amount, as 1.234,56"))
]
OnOption = Annotated[
    dt.date | None, typer.Option("--on", parser=parse_day, metavar="DATE", help=N_("the day the law is taken of"))
]


def law_of(folders: list[Path] | None) -> Law:
    """Return the law with an office's own folders on top."""
    from enforcement.law import packaged_law

    return Law(*folders) if folders else packaged_law()


def day_of(ctx: Context, on: dt.date | None) -> dt.date:
    """Return the day given, else today."""
    return on or ctx.obj.today


def title(series: Series[object] | object) -> str:
    """Return the title of anything that has one in German and English, in the reader's language."""
    return str(getattr(series, f"title_{language()}"))


def worked(template: str, fields: dict[str, Field]) -> Line:
    """Return a line of the working as a sentence of the result."""
    shown = {name: decimal(value) if name == "rate_percent" else value for name, value in fields.items()}  # type: ignore[arg-type]
    return Line(template, shown)
