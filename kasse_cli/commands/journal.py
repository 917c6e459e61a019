"""`kasse journal`: entries listed, shown, reversed, and the books verified."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Annotated

import typer

from kasse_cli.commands import journal_export, journal_gaps, journal_post
from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.kept_heads import HeadOption, head_of
from kasse_cli.output import Column, Result, Streamed, Table, render, say
from kasse_cli.params import OfficeOption, ReasonOption, parse_day
from kasse_cli.results import Line
from ledger.book.entry import EntryKind
from ledger.book.journal import EntryNumber, JournalFilter, JournalLine, grouped, parse_entry_number
from sepa.errors import N_

app = noun(N_("entries: list, show, post, reverse, gaps, export, verify"))
journal_post.register(app)
journal_gaps.register(app)
journal_export.register(app)
ON_TERMINAL = 100
"""How many entries a terminal is shown where no limit is given; nothing is cut in a pipe or a file."""
ENTRY_KINDS = {"charge": N_("side claim")}
"""Kinds of entries whose own word says something else elsewhere."""
LINES = (
    Column("number", N_("Entry"), "word"),  # never broken over two lines
    Column("posting_day", N_("Day"), "day"),
    Column("bank_day", N_("Bank day"), "day", shown=False),
    Column("kind", N_("Kind"), "word", words=ENTRY_KINDS),
    Column("source", N_("Source"), "object", minor=2),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("text", N_("Text")),
    Column("user", N_("User"), minor=2),
    Column("recorded_at", N_("Recorded"), shown=False),
    Column("transaction", N_("Transaction"), shown=False),
    Column("reverses", N_("Reverses"), shown=False),
    Column("reversed_by", N_("Reversed by"), minor=True),
)
ON_ACCOUNT = Column("on_account_cents", N_("On the account"), "cents")
POSTINGS = (
    Column("number", N_("Entry")),
    Column("account", N_("Account")),
    Column("account_name", N_("Name"), minor=True),
    Column("debit_cents", N_("Debit"), "cents"),
    Column("credit_cents", N_("Credit"), "cents"),
    Column("item", N_("Item"), minor=True),
    Column("reference", N_("Reference"), minor=True),
    Column("party", N_("Party"), minor=2),
    Column("dimensions", N_("Dimensions"), minor=2),
)
CLEARINGS = (
    Column("number", N_("Entry")),
    Column("clearing", N_("Clearing"), minor=True),
    Column("kind", N_("Kind"), "word"),
    Column("item", N_("Item"), minor=True),
    Column("reference", N_("Reference"), minor=True),
    Column("cleared_cents", N_("Cleared"), "cents"),
    Column("open_cents", N_("Still open"), "cents"),
    Column("resets", N_("Resets"), minor=True),
    Column("reset_by", N_("Reset by"), minor=True),
)
REVERSED = (
    Column("number", N_("Entry")),
    Column("reversal", N_("Reversed by")),
    Column("amount_cents", N_("Amount"), "cents"),
)
REOPENED = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), minor=True),
    Column("reference", N_("Reference"), minor=True),
    Column("open_cents", N_("Open"), "cents"),
)
NumberArgument = Annotated[
    EntryNumber,
    typer.Argument(parser=parse_entry_number, metavar="ENTRY", help=N_("the number of an entry, as KASSE-2026-17")),
]
FromOption = Annotated[
    dt.date | None, typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("posted on this day or later"))
]
ToOption = Annotated[
    dt.date | None, typer.Option("--to", parser=parse_day, metavar="DATE", help=N_("posted on this day or earlier"))
]
AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="NUMBER", help=N_("only entries on this account of the books"))
]
KindOption = Annotated[EntryKind | None, typer.Option("--kind", help=N_("only entries of this kind"))]
SourceOption = Annotated[
    str | None, typer.Option("--source", metavar="SOURCE", help=N_("only what comes from here, as order or order:17"))
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=0, metavar="COUNT", help=N_("only the newest; 0 shows all"))
]


@command(
    app,
    "list",
    lists=True,
    examples=("kasse journal list --from 2026-11-16 --office KASSE", "kasse journal list --account 2800 --csv"),
)
def list_entries(
    ctx: Context,
    office: OfficeOption = None,
    from_day: FromOption = None,
    to_day: ToOption = None,
    account: AccountOption = None,
    kind: KindOption = None,
    source: SourceOption = None,
    limit: LimitOption = None,
) -> None:
    """List the entries in the order in which they were written, newest last.

    A terminal shows the newest 100 unless --limit says otherwise; files and pipes get all.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.journal_store import count_lines, journal_lines

    wanted = JournalFilter(office, _iso(from_day), _iso(to_day), account, kind, source)
    most = _limit(ctx.obj, limit)
    columns = (*LINES[:6], ON_ACCOUNT, *LINES[6:]) if account else LINES
    with open_book(ctx.obj) as store, store.snapshot():
        count = count_lines(store, wanted)
        rows = Streamed(lambda: journal_lines(store, wanted, limit=most))
        shown = min(count, most or count)
        line = say(N_("entries: {shown} of {count}"), shown=shown, count=count)
        render(ctx, Result(data={"count": count}, tables=[Table("entries", columns, rows)], lines=[line]))


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _limit(call: Call, limit: int | None) -> int:
    if limit is not None:
        return limit
    return ON_TERMINAL if call.format == "table" and not call.xlsx and sys.stdout.isatty() else 0


@command(app, "show", lists=True, examples=("kasse journal show KASSE-2026-17",))
def show(ctx: Context, number: NumberArgument) -> None:
    """Show an entry with its postings, its clearings and the entries of its transaction."""
    from kasse_cli.wiring import open_book
    from ledger.book.journal_store import show_entry
    from ledger.book.manual_store import document_of
    from ledger.people.users import acted_for, user_id

    with open_book(ctx.obj) as store:
        detail = show_entry(store, number)
        document = document_of(store, detail.line.source)
        principal = acted_for(store, user_id(store, detail.line.user), detail.line.recorded_at)
    own, seal = detail.line, detail.seal
    tables = [
        Table("entries", LINES, [own, *detail.linked], title=N_("Entries")),
        Table("postings", POSTINGS, detail.postings, title=N_("Postings")),
        Table("clearings", CLEARINGS, detail.clearings, title=N_("Clearings")),
    ]
    data = {
        "number": own.number, "position": seal.position, "hash": seal.hash, "value_day": seal.value_day,
        "payment_day": seal.payment_day, "text_erased": own.text_erased, "document": document,
        "on_behalf": principal,
    }  # fmt: skip
    render(
        ctx,
        Result(data=data, tables=_filled(ctx.obj, tables), lines=_remarks(own, seal.short_hash, (document, principal))),
    )


def _filled(call: Call, tables: list[Table]) -> list[Table]:
    """Leave out tables without a row, but in JSON keep every key."""
    return [table for table in tables if table.rows or call.format == "json"]


def _remarks(own: JournalLine, short_hash: str, more: tuple[str | None, str | None]) -> list[Line]:
    document, principal = more
    lines = [say(N_("recorded at {at} by {user}, hash {hash}"), at=own.recorded_at, user=own.user, hash=short_hash)]
    if principal:
        lines.append(say(N_("{user} was acting for {principal}"), user=own.user, principal=principal))
    if document:
        lines.append(say(N_("document: {document}"), document=document))
    if own.reverses:
        lines.append(say(N_("it reverses {number}"), number=own.reverses))
    if own.reversed_by:
        lines.append(say(N_("it was reversed by {number}"), number=own.reversed_by))
    if own.text_erased:
        lines.append(say(N_("its text was erased")))
    return lines


@command(
    app, "reverse", lists=True, examples=('kasse journal reverse KASSE-2026-17 --reason "Betrag doppelt erfasst"',)
)
def reverse(ctx: Context, number: NumberArgument, reason: ReasonOption) -> None:
    """Take an entry back by its mirror entry, once and only once.

    The entries of its transaction in other offices are reversed with it, and items it settled are open again. The
    reversal is dated today, or as --on says; that day must be open. Entries made by the bank, by orders, payment
    runs and closings are undone by their own commands.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.reversal_store import reverse as take_back

    with open_book(ctx.obj) as store:
        done = take_back(store, number, reason=reason, day=ctx.obj.today.isoformat())
    tables = [
        Table("entries", REVERSED, done.entries, title=N_("Reversed")),
        Table("items", REOPENED, done.items, title=N_("Items after it")),
    ]
    lines = [say(N_("reversed on {day}: {number}"), day=dt.date.fromisoformat(done.day), number=str(number))]
    data = {"day": done.day, "reason": done.reason}
    render(ctx, Result(data=data, tables=_filled(ctx.obj, tables), lines=lines))


@command(
    app,
    "verify",
    examples=(
        "kasse journal verify",
        "kasse journal verify --head '1f2e3d4c …'",
        "kasse journal verify --head /media/stick/kopf.txt",
    ),
)
def verify(ctx: Context, kept: HeadOption = None) -> None:
    """Recompute the chains, numbers, texts, balances and open items of the whole book and name what is wrong.

    Print the head and keep it outside: with --head a later run proves that nothing written before was changed.
    """
    from enforcement.proofs import PROOFS
    from kasse_cli.wiring import open_book, table_rights
    from ledger.access.store import check_sees_all
    from ledger.access.store import findings as wrong_rights
    from ledger.book.verify_store import verify as prove

    with open_book(ctx.obj) as store:
        check_sees_all(store, table_rights())
        found = prove(store, against=kept, proofs=PROOFS)
        findings = (*found.findings, *wrong_rights(store, table_rights()))
    data = {
        "entries": found.entries, "postings": found.postings, "events": found.events,
        "erased_texts": found.erased_texts, "head": found.head, "heads": found.heads, "against": head_of(kept),
    }  # fmt: skip
    lines = [
        say(
            N_("checked: {entries} entries, {postings} postings, {events} events"),
            entries=found.entries,
            postings=found.postings,
            events=found.events,
        ),
        say(N_("texts erased since: {count}"), count=found.erased_texts),
        say(N_("findings: {count}"), count=len(findings)),
        say(N_("head of the book: {head}"), head=grouped(found.head)),
    ]
    if kept and not findings:
        lines.append(say(N_("the head given is one this book had: nothing before it was changed")))
    render(ctx, Result(data=data, lines=lines, findings=findings))
