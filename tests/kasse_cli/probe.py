"""A noun for tests only: one verb for each way a command can end."""

from __future__ import annotations

import datetime as dt
import errno
import sqlite3
from typing import Annotated, Literal

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.lazy import NOUNS, Noun
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import DateOption, SumOption
from sepa.errors import N_, KasseError, Place, TryAgainError

app = noun(N_("a noun for tests"))
PROBE = (*NOUNS, Noun("probe", "sonde", N_("a noun for tests"), module="tests.kasse_cli.probe"))
COLUMNS = (
    Column("name", N_("Name")),
    Column("due", N_("Due"), "day"),
    Column("open_cents", N_("Open"), "cents"),
    Column("count", N_("Count"), "count"),
    Column("paid", N_("Whether so"), "flag"),
    Column("inner", N_("Inner"), shown=False),
)
ROWS = [
    {
        "name": "Müller & Söhne",
        "due": dt.date(2026, 11, 21),
        "open_cents": 123456,
        "count": 2,
        "paid": False,
        "inner": 7,
    },
    {"name": "=cmd|'/c calc'!A1", "due": "2026-01-02", "open_cents": -50, "count": 0, "paid": True, "inner": 8},
    {"name": "\x1b[31mred\ttab", "due": None, "open_cents": None, "count": None, "paid": None, "inner": None},
]
PLACE = Place(file="list.xlsx", sheet="Orders", row=3, column="amount", value="12,5x")


class OddAmountError(KasseError):
    code = "probe.odd"
    template = N_("odd amount {sum_cents} due {due}: {text}")
    hint = N_("look at {text}")


class NoteworthyError(OddAmountError):
    code = "probe.note"
    severity = "info"


class BusyError(TryAgainError):
    code = "probe.busy"
    template = N_("busy")


def odd(kind: type[OddAmountError] = OddAmountError, **more: KasseError) -> OddAmountError:
    return kind(sum_cents=123456, due=dt.date(2026, 11, 21), text="12,5x", place=PLACE)


@command(app, "ok", lists=True, dry_run=True, examples=("kasse probe ok",))
def ok(ctx: Context) -> None:
    """Return rows.

    All of them.
    """
    lines = [
        say(
            N_("sum {sum_cents} on {day}, by {user}"),
            sum_cents=123456,
            day=ctx.obj.today,
            user=ctx.obj.actor(declared=True),
        )
    ]
    render(ctx, Result(data={"now": ctx.obj.now}, tables=[Table("rows", COLUMNS, ROWS)], lines=lines))


@command(app, "empty", lists=True)
def empty(ctx: Context) -> None:
    """Return nothing."""
    render(ctx, Result(tables=[Table("rows", COLUMNS, [])]))


@command(app, "found")
def found(ctx: Context, kind: Annotated[Literal["odd", "note"], typer.Option("--kind")] = "odd") -> None:
    """Return findings."""
    finding = odd(OddAmountError if kind == "odd" else NoteworthyError)
    render(ctx, Result(data={"done": 1}, lines=[say(N_("done"))], findings=[finding, finding]))


@command(app, "end")
def end(ctx: Context, way: str) -> None:
    """End in one way or another."""
    ways = {
        "refused": lambda: OddAmountError(
            sum_cents=1, due=dt.date(2026, 1, 2), text="x", findings=(odd(), odd(NoteworthyError)), place=PLACE
        ),
        "busy": BusyError,
        "defect": lambda: KeyError("secret"),
        "interrupt": KeyboardInterrupt,
        "full": lambda: OSError(errno.ENOSPC, "No space left on device", "/tmp/x"),
        "full-sqlite": lambda: sqlite3.OperationalError("database or disk is full"),
        "locked": lambda: sqlite3.OperationalError("database is locked"),
        "no-table": lambda: sqlite3.OperationalError("no such table: x"),
        "missing": lambda: FileNotFoundError(errno.ENOENT, "No such file or directory", "list.xlsx"),
        "pipe": lambda: BrokenPipeError(errno.EPIPE, "Broken pipe"),
        "abort": typer.Abort,
        "exit": lambda: typer.Exit(3),
    }
    error = ways[way]()
    raise error


@command(app, "ask", confirm=True)
def ask(ctx: Context) -> None:
    """Ask before doing."""
    ctx.obj.confirm(N_("pay {sum_cents}?"), sum_cents=123456)
    render(ctx, Result(lines=[say(N_("done"))]))


@command(app, "take", book=False)
def take(
    ctx: Context,
    number: int,
    day: DateOption,
    total: SumOption = None,
    level: Annotated[int, typer.Option("--level", min=1, max=3, help=N_("how much"))] = 1,
    kind: Annotated[Literal["a", "b"], typer.Option("--kind")] = "a",
) -> None:
    """Take arguments of all kinds."""
    render(ctx, Result(data={"number": number, "day": day, "total_cents": total, "level": level, "kind": kind}))
