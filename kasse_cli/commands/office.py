"""`kasse office`: the offices of the book, and what they are told about their money."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands import office_add
from kasse_cli.context import Context
from kasse_cli.feeds import MOVEMENTS, read_state, write_state
from kasse_cli.frame import command, noun
from kasse_cli.output import Result, Streamed, Table, json_text, render, say
from kasse_cli.params import OfficeOption
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.bank.movements import Movement

app = noun(N_("offices: list, add, feed"))
office_add.register(app)
SinceOption = Annotated[
    str, typer.Option("--since", metavar="CURSOR", help=N_("behind this cursor, as the last feed printed it; 0: all"))
]
StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="FILE",
        help=N_("read the cursor from this file, from --since where there is none yet; write the new one to it"),
    ),
]
LinesOption = Annotated[bool, typer.Option("--jsonl", help=N_("JSON lines: a row each, the new cursor last"))]


@command(
    app,
    "feed",
    lists=True,
    examples=(
        "kasse office feed --office 20 --since 0",
        "kasse office feed --office 20 --state office20.cursor --jsonl",
    ),
)
def feed(
    ctx: Context,
    office: OfficeOption = None,
    since: SinceOption = "0",
    state: StateOption = None,
    lines: LinesOption = False,
) -> None:
    """Tell an office what was paid, returned or left over since the last time.

    Amounts are positive where money came in for the office, negative where it left. What a person undid is told as
    taken back, with the opposite amount: no money moved. What is open is told as of now, not of that day. The cursor
    printed at the end is what --since takes next: nothing is missed and nothing told twice. With --state a file keeps
    it; it is written once all rows are out, so that what a broken run told is told again, under the same office,
    position and line.
    """
    from kasse_cli.wiring import open_book
    from ledger.bank.movements import read_cursor, written_cursor
    from ledger.bank.movements_reader import check_cursor, heads_of, movements
    from ledger.book.offices_store import check_office
    from ledger.book.store import office_codes

    cursor = read_cursor(read_state(state, since) if state else since)
    with open_book(ctx.obj) as store, store.snapshot():
        check_office(store, office)
        known = heads_of(store, office_codes(store))
        check_cursor(cursor, known)
        heads = {office: known[office]} if office else known
        following = written_cursor({**cursor, **heads})
        rows = Streamed(lambda: movements(store, cursor, heads))
        if lines:
            _write_lines(movements(store, cursor, heads), following)
            render(ctx, Result())
        else:
            table = Table("movements", MOVEMENTS, rows)
            render(ctx, Result({"cursor": following}, [table], [say(N_("cursor: {cursor}"), cursor=following)]))
    if state:
        sys.stdout.flush()
        write_state(state, following)


def _write_lines(rows: Iterator[Movement], cursor: str) -> None:
    for row in rows:
        sys.stdout.write(json_text(asdict(row)) + "\n")
    sys.stdout.write(json_text({"cursor": cursor}) + "\n")
