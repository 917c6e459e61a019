"""Protocols of closings as tables, and as a sheet to sign: one shape for days, months and years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kasse_cli.closing_columns import CLOSING, PARTS_OF, TABLES, TITLES, TOTALS
from kasse_cli.i18n import _
from kasse_cli.output import Result, Table, render, say
from kasse_cli.results import Line, cell, shown_columns
from kasse_cli.tables import for_person
from ledger.book.journal import grouped
from sepa.errors import N_

if TYPE_CHECKING:
    from pathlib import Path

    from kasse_cli.columns import Column
    from kasse_cli.context import Context
    from ledger.book.closing_protocol import AccountLine, AgeLine, CheckLine
    from ledger.book.closing_service import Closing
    from ledger.documents import Block, Document

WIDTH = 80
_SHAPES = {("month", "transit"): "explained", ("year", "transit"): "explained", ("year", "periods"): "months"}
REASONS = {"no_banking_day": N_("no banking day")}
NEVER = N_("no statement was ever read")
Row = Mapping[str, object]


def closing_tables(done: Closing, *, people: bool) -> list[Table]:
    """Return a table for each part of the protocol."""
    protocol = done.protocol
    found = [Table("closing", CLOSING, [signed(done, people=people)], title=TITLES[protocol.kind])]
    for part in PARTS_OF[protocol.kind]:
        title, columns = TABLES[_SHAPES.get((protocol.kind, part), part)]
        made = _ROWS.get(part)
        rows: Any = [made(row, people) for row in getattr(protocol, part)] if made else getattr(protocol, part)
        if rows or not people:
            found.append(Table(part, columns, rows, title=title, totals=TOTALS.get(part, ())))
    return found


def signed(done: Closing, *, people: bool) -> Row:
    """Return who closed and confirmed what, with the head: in blocks where people copy it from paper."""
    protocol = done.protocol
    head = grouped(protocol.head) if people else protocol.head
    return {
        "protocol": protocol.label, "year": protocol.year, "number": protocol.number, "period": protocol.period,
        "day": protocol.last_day, "first_day": protocol.first_day, "closed_by": done.closed_by,
        "closed_at": done.closed_at or protocol.closed_at, "confirmed_by": done.confirmed_by,
        "confirmed_at": done.confirmed_at, "closed_for": done.closed_for, "confirmed_for": done.confirmed_for,
        "head": head,
    }  # fmt: skip


def _check(line: CheckLine, people: bool) -> Row:
    from ledger.book.closing_checks_store import check_name

    name = check_name(line.code)
    return {"code": line.code, "name": _(name) if people else name, "notes": line.notes}


def _account(line: AccountLine, people: bool) -> Row:
    row: dict[str, object] = {column.key: getattr(line, column.key) for column in TABLES["accounts"][1]}
    if people and not line.reason:
        row["reason"] = _(NEVER if line.statement_day is None else REASONS.get(line.reason_code, ""))
    return row


def _age(line: AgeLine, _people: bool) -> Row:
    to_days = "" if line.to_days is None else line.to_days
    return {
        "kind": line.kind, "age": f"{line.from_days}–{to_days}", "from_days": line.from_days, "to_days": line.to_days,
        "count": line.count, "open_cents": line.open_cents,
    }  # fmt: skip


_ROWS: Mapping[str, Callable[[Any, bool], Row]] = {"checks": _check, "accounts": _account, "ages": _age}


def show_closing(ctx: Context, done: Closing, lines: Sequence[Line], out: Path | None) -> None:
    """Render the protocol as tables, and as a sheet to sign where one is asked for; on standard output it is alone."""
    call, written = ctx.obj, list(lines)
    if out is not None:
        from kasse_cli.documents import save

        if str(out) != "-":
            written.append(say(N_("written: {file}"), file=str(out)))
        save(closing_document(done), out, dt.datetime.fromisoformat(call.now))
    people = call.format not in {"json", "csv"}
    tables = [] if str(out) == "-" and people and not call.xlsx else closing_tables(done, people=people)
    render(ctx, Result({"fresh": done.fresh, "dry_run": call.dry_run}, tables, written, done.findings))


def closing_document(done: Closing) -> Document:
    """Return the protocol as a sheet of 80 columns with lines for both signatures."""
    from ledger.documents import Document, Facts, Signatures

    first, *tables = closing_tables(done, people=True)
    row = next(iter(first.rows))
    facts = Facts(tuple((_(c.label), for_person(cell(row, c.key), c)) for c in CLOSING if c.shown))
    blocks = [facts, *(block for table in tables for block in _blocks(table))]
    labels = (_closed(done), _confirmed(done))
    title = f"{_(first.title)} {done.protocol.period}"
    footer = _("protocol {number}, head {head}").format(number=done.protocol.label, head=done.protocol.head[:16])
    return Document("closing", title, (*blocks, Signatures(labels)), footer=footer)


def _closed(done: Closing) -> str:
    if done.closed_for is None:
        return _("closed by {name}").format(name=done.closed_by)
    return _("closed by {name}, acting for {principal}").format(name=done.closed_by, principal=done.closed_for)


def _confirmed(done: Closing) -> str:
    if done.confirmed_by is not None and done.confirmed_for is not None:
        said = _("confirmed by {name}, acting for {principal}")
        return said.format(name=done.confirmed_by, principal=done.confirmed_for)
    if done.confirmed_by is None:
        return _("confirmed by another person with the role head")
    return _("confirmed by {name}").format(name=done.confirmed_by)


def _blocks(table: Table) -> Iterator[Block]:
    """Yield a heading and the table; where it is wider than the sheet each row becomes a block of lines."""
    from ledger.documents import Facts, Grid, Heading

    columns = shown_columns(table)
    rows = [tuple(for_person(cell(row, column.key), column) for column in columns) for row in table.rows]
    labels = tuple(_(column.label) for column in columns)
    right = frozenset(place for place, column in enumerate(columns) if column.kind in ("cents", "count"))
    total = [_total(table, columns)] if table.totals and len(rows) > 1 else []
    yield Heading(_(table.title))
    if _fits((labels, *rows, *total), right):
        yield Grid(labels, (*rows, *total), right, total=bool(total))
        return
    for row in rows:
        yield Facts(tuple((label, text) for label, text in zip(labels, row, strict=True) if text))


def _fits(rows: Sequence[Sequence[str]], right: frozenset[int]) -> bool:
    """Return whether the rows fit on the sheet when names are broken into lines; figures stay whole."""
    from kasse_cli.documents.text import NARROWEST

    widths = [max(map(len, texts)) for texts in zip(*rows, strict=True)]
    least = [width if place in right else min(width, NARROWEST) for place, width in enumerate(widths)]
    return sum(least) + 2 * len(least) - 2 <= WIDTH


def _total(table: Table, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the row of sums, its word in the first column."""
    sums = {key: sum(cell(row, key) or 0 for row in table.rows) for key in table.totals}
    texts = (for_person(sums[column.key], column) if column.key in sums else "" for column in columns)
    return (_("Total"), *list(texts)[1:])
