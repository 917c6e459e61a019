"""`kasse statement`: bank statements, taken in and looked at; nothing is posted here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands import statement_gaps
from kasse_cli.commands.explaining import STATEMENT_PARTS
from kasse_cli.commands.statement_gaps import IbanOption
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import sentence
from kasse_cli.intake_lines import rejected_lines
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import FilesArgument, parse_day
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.bank.intake_reader import StatementRow
    from ledger.bank.withdrawing import Withdrawal

app = noun(N_("bank statements: import, list, show, continuity, skip, format, withdraw"))
ArchiveOption = Annotated[
    Path | None,
    typer.Option("--archive", metavar="FOLDER", readable=False, help=N_("move files that were taken there")),
]
RejectOption = Annotated[
    Path | None,
    typer.Option("--reject", metavar="FOLDER", readable=False, help=N_("move broken files there, with their findings")),
]
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("the number of the statement"))]
FromOption = Annotated[
    dt.date | None, typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("from this day on"))
]
ToOption = Annotated[dt.date | None, typer.Option("--to", parser=parse_day, metavar="DATE", help=N_("up to this day"))]
WORDS = (
    N_("taken"), N_("repeated"), N_("broken"), N_("not_posted"), N_("statement"), N_("intraday"), N_("details"),
    N_("staged"), N_("posted"), N_("announced"), N_("waiting"), N_("joined"), N_("withdrawn"), N_("asked"),
    N_("done"), N_("dropped"), N_("no_bank_file"),
)  # fmt: skip
"""What is shown translated: what became of files, kinds of statements, states of their lines."""
FILES = (
    Column("file", N_("File")),
    Column("status", N_("Status"), "word"),
    Column("statements", N_("Statements"), "count", minor=2),
    Column("entries", N_("Entries"), "count", minor=True),
    Column("new", N_("New"), "count"),
    Column("duplicates", N_("Known"), "count"),
    Column("pending", N_("Pending"), "count", shown=False),
    Column("credit_cents", N_("Credits"), "cents"),
    Column("debit_cents", N_("Debits"), "cents"),
)
STATEMENTS = (
    Column("number", N_("No."), "count"),
    Column("account", N_("IBAN"), shown=False),
    Column("kind", N_("Kind"), "word", minor=2),
    Column("statement_id", N_("Statement")),
    Column("electronic_number", N_("Sequence"), "count", minor=True),
    Column("page", N_("Page"), "count", minor=True),
    Column("day", N_("Day"), "day"),
    Column("opening_cents", N_("Opening"), "cents"),
    Column("closing_cents", N_("Closing"), "cents"),
    Column("entries", N_("Entries"), "count"),
    Column("credit_cents", N_("Credits"), "cents", shown=False),
    Column("debit_cents", N_("Debits"), "cents", shown=False),
    Column("file", N_("File"), shown=False),
    Column("part_of", N_("Part of"), "count", shown=False),
    Column("standing", N_("Standing"), shown=False),
    Column("remark", N_("Remark")),
)
REMARKS = {"replaced": N_("replaced by {whole}"), "contained": N_("lies in {whole}")}
PARTS = {
    "replaced": N_("it replaces statement {part}, whose bookings are all in it; each counts once"),
    "contained": N_("statement {part} lies in it; each booking counts once"),
}
WHOLES = {
    "replaced": N_("statement {whole} is a later issue of it with all its bookings; each counts once"),
    "contained": N_("all its bookings are in statement {whole} too; each counts once"),
}
"""What is said of a statement that adds nothing to another: in the list, of the other one, and of itself."""
LINES = (
    Column("line", N_("Line"), "count"),
    Column("office", N_("Office"), shown=False),
    Column("entry", N_("Bank entry"), "count", shown=False),
    Column("bank_day", N_("Bank day"), "day"),
    Column("value_day", N_("Value day"), "day", shown=False),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("name", N_("Name")),
    Column("bank_account", N_("IBAN"), shown=False),
    Column("remittance", N_("Remittance")),
    Column("gvc", N_("GVC"), shown=False),
    Column("details", N_("Details"), "count", shown=False),
    Column("state", N_("State"), "word"),
)
FORMATS = (
    Column("account", N_("IBAN")),
    Column("name", N_("Name"), minor=True),
    Column("office", N_("Office"), shown=False),
    Column("format", N_("Kept by")),
    Column("camt_until", N_("camt.053 until"), "day"),
    Column("mt_until", N_("MT940 until"), "day"),
)
WITHDRAWALS = (
    Column("number", N_("No."), "count"),
    Column("account", N_("IBAN"), shown=False),
    Column("statement_id", N_("Statement")),
    Column("day", N_("Day"), "day"),
    Column("state", N_("State"), "word"),
    Column("entries", N_("Bookings"), "count"),
    Column("posted", N_("Posted"), "count"),
    Column("matches", N_("Matched"), "count"),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("kept", N_("Kept"), "count", shown=False),
    Column("reason", N_("Reason"), minor=True),
)
WithdrawReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why the statement is wrong"))]
ConfirmOption = Annotated[bool, typer.Option("--confirm", help=N_("withdraw it, as another person than who asked"))]
DropOption = Annotated[bool, typer.Option("--drop", help=N_("drop the request: the statement stays"))]
KeepOption = Annotated[
    bool, typer.Option("--keep", help=N_("keep bookings on which payments hang: the right file tells them again"))
]
AccountArgument = Annotated[str, typer.Argument(metavar="IBAN", help=N_("the bank account"), show_default=False)]
FormatArgument = Annotated[str, typer.Argument(metavar="FORMAT", help=N_("camt.053 or MT940"), show_default=False)]


@command(app, "import", lists=True, examples=("kasse statement import inbox/ --archive done/ --reject broken/",))
def import_(ctx: Context, files: FilesArgument, archive: ArchiveOption = None, reject: RejectOption = None) -> None:
    """Take bank statements (camt.053, MT940) into the book; 'kasse reconcile' posts what waits.

    Each file is taken whole or not at all, and once: what was taken before is nothing new. A rejected one that only
    lacked another is tried again by itself once others came, and one that the bank issued again waits no more.
    """
    from kasse_cli.inbox import STDIN, deliveries
    from kasse_cli.inbox_places import check_places, left_alone
    from kasse_cli.intake import Folders, refuse_if_all_broken, take_in
    from kasse_cli.wiring import open_book

    check_places(files, {"--archive": archive, "--reject": reject})
    incoming = deliveries(files, ctx.obj.stdin() if STDIN in files else b"")
    with open_book(ctx.obj) as store:
        intake = take_in(store, incoming, Folders(archive, reject))
    refuse_if_all_broken(intake)
    counts = {name: intake.total(name) for name in ("statements", "entries", "new", "duplicates")}
    lines = [say(N_("statements: {statements}, entries: {entries}, new: {new}, known: {duplicates}"), **counts)]
    beside = left_alone(files, (archive, reject), ctx.obj.world.clock().timestamp())
    data = {**counts, "retaken": intake.retaken, "replaced": intake.replaced, "rejected": intake.rejected}
    lines += rejected_lines(data)
    render(ctx, Result(data=data, tables=[Table("files", FILES, intake.files)], lines=lines,
                       findings=[*intake.findings, *beside]))  # fmt: skip


@command(app, "list", lists=True, examples=("kasse statement list --iban DE02120300000000202051",))
def list_(ctx: Context, iban: IbanOption = "", first: FromOption = None, last: ToOption = None) -> None:
    """List the statements of the book by account and day."""
    from kasse_cli.wiring import open_book
    from ledger.bank.intake_reader import list_statements
    from sepa.identifiers import parse_iban

    days = {name: day.isoformat() for name, day in (("first", first), ("last", last)) if day}
    with open_book(ctx.obj) as store:
        rows = list_statements(store, parse_iban(iban) if iban else "", **days)
    lines = [say(N_("statements: {count}"), count=len(rows))]
    columns = STATEMENTS if any(row.standing for row in rows) else _without_remark()
    if len({row.account for row in rows}) > 1:
        columns = tuple(replace(one, shown=True) if one.key == "account" else one for one in columns)
    render(ctx, Result(tables=[Table("statements", columns, _remarked(rows))], lines=lines))


def _without_remark() -> tuple[Column, ...]:
    """Return the columns of a list in which every statement counts: there is nothing to remark."""
    return tuple(replace(one, shown=False) if one.key == "remark" else one for one in STATEMENTS)


def _remarked(rows: Sequence[StatementRow]) -> list[dict[str, object]]:
    return [asdict(row) | {"remark": _remark(row.standing, row.part_of)} for row in rows]


def _remark(standing: str | None, whole: int | None) -> str | None:
    return None if standing is None or whole is None else sentence(REMARKS[standing], {"whole": whole})


@command(app, "show", lists=True, examples=("kasse statement show 17",))
def show(ctx: Context, number: NumberArgument) -> None:
    """Show a statement with its entries and what became of them."""
    from kasse_cli.wiring import open_book
    from ledger.bank.intake_reader import parts_of, show_statement
    from ledger.bank.unclear_parts_store import parts_of_statement

    with open_book(ctx.obj) as store:
        statement, entries = show_statement(store, number)
        parts = parts_of(store, number)
        details = [asdict(part) | {"entry": line} for line, part in parts_of_statement(store, number)]
    lines = [say(WHOLES[statement.standing], whole=statement.part_of)] if statement.standing else []
    lines += [say(PARTS[part.standing], part=part.number) for part in parts if part.standing]
    tables = [Table("statement", _without_remark(), _remarked([statement])), Table("entries", LINES, entries)]
    tables += [Table("parts", STATEMENT_PARTS, details, title=N_("Parts of collective entries"))] if details else []
    render(ctx, Result(tables=tables, lines=lines))


statement_gaps.register(app)


@command(app, "format", lists=True, dry_run=True, examples=("kasse statement format DE02120300000000202051 MT940",))
def format_(ctx: Context, iban: AccountArgument = "", wanted: FormatArgument = "") -> None:
    """Show in which form the bank's statements are taken, or take those of an account in another form from now on.

    Where a bank sends the same day as camt.053 and as MT940, only the one form is posted. What the other form told
    before stays in the book, and its days are not taken again.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.formats_store import list_formats, set_format
    from sepa.identifiers import parse_iban

    account = parse_iban(iban) if iban else ""
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        rows = [set_format(store, account, wanted)] if wanted else list_formats(store, account)
    lines = [say(N_("nothing was changed (--dry-run)"))] if ctx.obj.dry_run else []
    render(ctx, Result(tables=[Table("formats", FORMATS, rows)], lines=lines))


@command(
    app,
    "withdraw",
    dry_run=True,
    lists=True,
    examples=(
        "kasse statement withdraw 17 --reason 'falsche Datei, laut Bank am Telefon'",
        "kasse statement withdraw 17 --confirm",
    ),
)
def withdraw(
    ctx: Context,
    number: NumberArgument,
    reason: WithdrawReason = "",
    confirm: ConfirmOption = False,
    drop: DropOption = False,
    keep: KeepOption = False,
) -> None:
    """Withdraw a wrong statement that was taken: one person asks with a reason, another confirms.

    What was assigned and matched with its money becomes open again, by resets; the money leaves the bank account by
    counter-entries on the first open day. Then the right file can be taken. Bookings that another statement tells too
    stay. Refused where a payment run or a collection hangs on a booking: with --keep these stay too, and until
    the right file tells them again they are a finding of 'kasse statement continuity'. Both persons say --keep.
    """
    from kasse_cli.usage import refuse_together
    from kasse_cli.wiring import open_book, trial
    from ledger.bank import withdraw_store

    refuse_together(ctx, {"--reason": reason, "--confirm": confirm, "--drop": drop})
    call = ctx.obj
    with open_book(call) as store, trial(call, store):
        if confirm:
            done = withdraw_store.confirm_withdrawal(store, number, day=call.today.isoformat(), keep=keep)
        elif drop:
            done = withdraw_store.drop_withdrawal(store, number)
        else:
            done = withdraw_store.ask_withdrawal(store, number, reason, keep=keep)
    render(ctx, Result(tables=[Table("withdrawal", WITHDRAWALS, [done])], lines=list(_told(ctx, done))))


def _told(ctx: Context, done: Withdrawal) -> Iterator[Line]:
    if done.state == "asked":
        yield say(N_("another person confirms: kasse statement withdraw {number} --confirm"), number=done.number)
    elif done.state == "done":
        yield say(N_("statement {number} is withdrawn; import the right file"), number=done.number)
    else:
        yield say(N_("statement {number} stays"), number=done.number)
    if done.kept:
        yield say(N_("bookings that stay until the right file tells them: {count}"), count=done.kept)
    if ctx.obj.dry_run:
        yield say(N_("nothing was changed (--dry-run)"))
