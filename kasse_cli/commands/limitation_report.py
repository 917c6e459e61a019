"""`kasse limitation report`: what became time-barred since a year: how many, how much, why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.claim_words import UNDATED
from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.i18n import _
from kasse_cli.limitation_lists import BARRED, GROUPS, MEANINGS, SUMS, lawbook
from kasse_cli.output import Line, Result, Streamed, Table, render, say
from kasse_cli.params import OfficeOption
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.limitation_watch_report import Sums

SinceOption = Annotated[
    int, typer.Option("--since", metavar="YEAR", min=1900, max=9999, help=N_("the first year that counts"))
]
ByOption = Annotated[
    list[str], typer.Option("--by", metavar="GROUP", help=N_("group by office, kind, profile or year; may be repeated"))
]
ClaimsOption = Annotated[bool, typer.Option("--claims", help=N_("list the claims, too"))]


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    examples = (
        "kasse limitation report --since 2020",
        "kasse limitation report --since 2020 --by year --xlsx alt.xlsx",
    )
    command(app, "report", lists=True, examples=examples)(report)


def report(
    ctx: Context,
    since: SinceOption,
    by: ByOption = [],  # noqa: B006 - Typer makes a new list a run
    office: OfficeOption = None,
    claims: ClaimsOption = False,
) -> None:
    """Report what became time-barred since the beginning of a year: how many claims, how much, and why.

    Counted is what was open, with side claims, when the period ended, even if it was written off or paid since; and
    what of it is open now. Reasons: no event at all since it fell due, none with an effect under its law, the last one
    too long ago, a plan that failed or another relief that ended, an event that came too late.
    """
    from enforcement.limitation_watch_reader import barred_since
    from enforcement.limitation_watch_report import check_by, summed
    from kasse_cli.wiring import open_book

    call = ctx.obj
    groups = check_by(by or ["office", "kind"])
    first = dt.date(since, 1, 1)
    with open_book(call) as store, store.snapshot():
        book = lawbook(store, office)
        sums, undated = summed(barred_since(store, book, first, call.today, office), groups)
        columns = (*(GROUPS[name] for name in groups), *SUMS)
        grouped = Table("sums", columns, [_row(groups, key, one) for key, one in sorted(sums.items())])
        rows = Streamed(lambda: (row for row in barred_since(store, book, first, call.today, office) if row.end))
        listed = Table("claims", BARRED, rows, N_("Claims"))
        tables = [listed] if claims and call.format in {"csv", "csv-excel"} else [grouped]
        if listed not in tables and (claims or call.xlsx):
            tables.append(listed)
        unknown = [{"why": why, "count": one.count, "open_cents": one.open_cents} for why, one in undated.items()]
        data = {"since": since, "until": call.today, "undated": unknown}
        render(ctx, Result(data, tables, list(_said(since, sums, undated)), book.findings))


def _row(groups: tuple[str, ...], key: tuple[str, ...], one: Sums) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in ("count", "barred_cents", "open_cents")}
    return {**dict(zip((*groups, "why"), key, strict=True)), **values}


def _said(since: int, sums: dict[tuple[str, ...], Sums], undated: dict[str, Sums]) -> Iterator[Line]:
    """Yield the sums in words, by reason, and what could not be judged."""
    whys: dict[str, list[Sums]] = {}
    for key, one in sums.items():
        whys.setdefault(key[-1], []).append(one)
    every = list(sums.values())
    template = N_("time-barred since {since}: claims: {count}, together {barred_cents}, still open {open_cents}")
    yield say(template, since=str(since), count=sum(one.count for one in every),
              barred_cents=sum(one.barred_cents for one in every),
              open_cents=sum(one.open_cents for one in every))  # fmt: skip
    for why, parts in sorted(whys.items()):
        cents = sum(one.barred_cents for one in parts)
        yield say(N_("{why}: {count}, together {barred_cents}"), why=_(MEANINGS[why]), barred_cents=cents,
                  count=sum(one.count for one in parts))  # fmt: skip
    for why, one in sorted(undated.items()):
        yield say(N_("not known when ({why}): {count}, together {open_cents}; see: kasse limitation watch --undated"),
                  why=_(UNDATED.get(why, why)), count=one.count, open_cents=one.open_cents)  # fmt: skip
