"""`kasse cash list|show|receipts`: desks and funds, looked at."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.cash.params import DeskArgument
from kasse_cli.commands.cash.shapes import (
    CARD_DAYS,
    CHEQUES,
    COUNTS,
    DESKS,
    HOLDERS,
    RECEIPTS,
    RESTS,
    SETTLEMENTS,
    TERMINALS,
    TRANSPORTS,
)
from kasse_cli.context import Context
from kasse_cli.output import Line, Result, Table, render, say
from kasse_cli.params import FromOption
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.cash.desks import Desk
    from ledger.cash.terminals_store import Terminal
    from ledger.cash.transports import Transport
    from ledger.store.engines import Store

AllOption = Annotated[bool, typer.Option("--all", help=N_("closed ones and what is done, too"))]


def list_(ctx: Context, every: AllOption = False) -> None:
    """List the cash desks and imprest funds: who holds each, what is in it, when it was counted, what is late."""
    from kasse_cli.wiring import open_book
    from ledger.cash.overview_reader import concerns, overview

    with open_book(ctx.obj) as store, store.snapshot():
        rows, findings = overview(store, every=every), tuple(concerns(store))
    cents = sum(row.balance_cents for row in rows)
    lines = [say(N_("desks and funds: {count}, together {sum_cents}"), count=len(rows), sum_cents=cents)]
    render(ctx, Result(tables=[Table("desks", DESKS, rows)], lines=lines, findings=findings))


def show(ctx: Context, desk: DeskArgument, every: AllOption = False) -> None:
    """Show a desk or fund with its holders, counts, terminals, cheques, settlements and what is under way."""
    from kasse_cli.wiring import open_book
    from ledger.cash.desks_reader import balance, find_desk

    with open_book(ctx.obj) as store, store.snapshot():
        found = find_desk(store, desk, store.today)
        held = balance(store, found)
        tables = _tables(store, found, every=every)
    people = ctx.obj.format not in {"json", "csv"}
    lines = [
        say(N_("{desk}: {name}, office {office}, account {account}"), desk=found.code, name=found.name,
            office=found.office, account=found.account),
        say(N_("held by {holder}"), holder=found.holder_name or "–"),
        say(N_("in it: {balance_cents}"), balance_cents=held),
        *_limits(found),
    ]  # fmt: skip
    filled = [table for table in tables if table.rows or not people]
    render(ctx, Result({"desk": found, "balance_cents": held}, filled, lines))


def receipts(ctx: Context, desk: DeskArgument, first: FromOption = None) -> None:
    """List the receipts of a desk, of today or since --from."""
    from kasse_cli.wiring import open_book
    from ledger.cash.desks_reader import find_desk
    from ledger.cash.receipts_reader import receipts_of

    last = ctx.obj.today
    with open_book(ctx.obj) as store, store.snapshot():
        found = find_desk(store, desk, store.today)
        rows = list(receipts_of(store, found, (first or last).isoformat(), last.isoformat()))
    sums = {word: sum(row.amount_cents for row in rows if row.tender == word) for word in ("cash", "card", "cheque")}
    said = N_("receipts: {count}; in cash {cash_cents}, by card {card_cents}, by cheque {cheque_cents}")
    lines = [say(said, count=len(rows), cash_cents=sums["cash"], card_cents=sums["card"], cheque_cents=sums["cheque"])]
    shown = [{column.key: getattr(row, column.key) for column in RECEIPTS} for row in rows]
    render(ctx, Result(tables=[Table("receipts", RECEIPTS, shown)], lines=lines))


def _limits(desk: Desk) -> list[Line]:
    lines = []
    if desk.limit_cents is not None:
        lines.append(say(N_("may hold up to {limit_cents}"), limit_cents=desk.limit_cents))
    if desk.single_cents is not None:
        lines.append(say(N_("pays up to {single_cents} at a time"), single_cents=desk.single_cents))
    if desk.fixed_cents is not None:
        lines.append(say(N_("is filled up to {fixed_cents}"), fixed_cents=desk.fixed_cents))
    if desk.settle_days is not None:
        lines.append(say(N_("is settled at least every {days} days"), days=desk.settle_days))
    if desk.closed_on is not None:
        lines.append(say(N_("closed on {day}"), day=dt.date.fromisoformat(desk.closed_on)))
    return lines


def _tables(store: Store, desk: Desk, *, every: bool) -> list[Table]:
    from ledger.cash.desks_reader import holders, rests
    from ledger.cash.overview_reader import counts_of
    from ledger.cash.settle_store import settlements_of
    from ledger.cash.terminals_store import terminal_days, terminals_of
    from ledger.cash.transport_reader import cheques_of, transports_of

    moving = [_transport(one) for one in transports_of(store, desk, every=every)]
    return [
        Table("holders", HOLDERS, holders(store, desk), title=N_("Holders")),
        Table("counts", COUNTS, counts_of(store, desk), title=N_("Counts")),
        Table("rests", RESTS, rests(store, desk), title=N_("Days not open")),
        Table("transports", TRANSPORTS, moving, title=N_("Under way")),
        Table("cheques", CHEQUES, cheques_of(store, desk, every=every), title=N_("Cheques")),
        Table("terminals", TERMINALS, [_terminal(one) for one in terminals_of(store, desk)], title=N_("Terminals")),
        Table("card_days", CARD_DAYS, terminal_days(store, desk, every=every), title=N_("Days of terminals")),
        Table("settlements", SETTLEMENTS, settlements_of(store, desk), title=N_("Settlements")),
    ]


def _transport(one: Transport) -> dict[str, object]:
    known = {column.key: getattr(one, column.key, None) for column in TRANSPORTS}
    bank = one.kind == "withdrawal"
    ends = (one.iban, one.desk) if bank else (one.desk, one.other or one.iban)
    return known | {"desk": ends[0], "to": ends[1]}


def _terminal(one: Terminal) -> dict[str, object]:
    known = {column.key: getattr(one, column.key, None) for column in TERMINALS}
    whole, part = divmod(one.fee_ppm, 10_000)
    return known | {"fee": f"{whole},{part:04d}".rstrip("0").rstrip(",")}
