"""`kasse book audit` and `kasse book head`: what an auditor asks of the book, and the head that is kept outside."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command
from kasse_cli.kept_heads import HeadOption
from kasse_cli.masking import masked
from kasse_cli.output import Result, render, say
from kasse_cli.params import OfficeOption, OutputOption, parse_day
from ledger.book.journal import grouped
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.audit.checks import Scope
    from ledger.audit.report import AuditReport
    from ledger.book.printed_head import PrintedHead


class BadPeriodError(KasseError):
    """A period that ends before it begins."""

    code = "audit.period"
    template = N_("a period from {first} cannot end on {last}")
    hint = N_("give --from and --to as days, --from first")
    exit_code = 2


FromOption = Annotated[
    dt.date | None,
    typer.Option(
        "--from", parser=parse_day, metavar="DATE", help=N_("the first day of the period; else the 1 January before")
    ),
]
ToOption = Annotated[
    dt.date | None, typer.Option("--to", parser=parse_day, metavar="DATE", help=N_("the last day; else today"))
]


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    examples = (
        "kasse book audit --from 2026-01-01 --to 2026-11-30 --head kopf.txt",
        "kasse book audit --office ORDNUNG --xlsx pruefung.xlsx",
        "kasse book audit --out pruefung.pdf",
    )
    command(app, "audit", lists=True, examples=examples)(audit)
    command(app, "head", examples=("kasse book head --out /media/stick/kopf.txt", "kasse book head"))(head)


def audit(
    ctx: Context,
    from_day: FromOption = None,
    to_day: ToOption = None,
    office: OfficeOption = None,
    kept: HeadOption = None,
    out: OutputOption = None,
) -> None:
    """Audit the book: money there and in the books, the chain against a head kept outside, and what looks wrong.

    Every check looks at the whole period: accounts changed for one payment, orders split below a limit, invoices paid
    twice, own work, old unclear money paid out, clocks that run backwards, and more. A finding says what, when, how
    much, why, and what to look at next; it is a reason to ask, not a proof. Exit code 3 where something is found.
    """
    from enforcement.proofs import PROOFS
    from enforcement.relief_audit import CHECKS as RELIEF
    from kasse_cli.wiring import open_book, table_rights
    from ledger.access.store import check_sees_all
    from ledger.audit.audit_store import CHECKS
    from ledger.audit.audit_store import audit as look

    call = ctx.obj
    scope = _scope(call, from_day, to_day, office)
    against: PrintedHead | str | None = kept
    with open_book(call) as store:
        check_sees_all(store, table_rights())
        report = look(store, scope, against=against, checks=(*CHECKS, *RELIEF), proofs=PROOFS)
    _show(ctx, report, out)


def _scope(call: Call, first: dt.date | None, last: dt.date | None, office: str | None) -> Scope:
    from ledger.audit.checks import Scope

    end = last or call.today
    begin = first or end.replace(month=1, day=1)
    if begin > end:
        raise BadPeriodError(first=begin, last=end)
    return Scope(begin.isoformat(), end.isoformat(), office)


def head(ctx: Context, out: OutputOption = None) -> None:
    """Print the head of the book with the ends of all its chains, to be kept outside of the Kasse.

    Keep it where nobody who can write to the book can change it: on paper, on a stick in a safe, at the audit office.
    'kasse book audit --head FILE' and 'kasse journal verify --head FILE' prove later that nothing written before it
    was changed or removed, entries and event log alike.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.printed_head import head_text
    from ledger.book.verify_store import printed_head

    with open_book(ctx.obj) as store:
        found = printed_head(store)
    text = head_text(found)
    data = {"head": found.head, "at": found.at, "book": found.book, "text": text}
    if out is None or str(out) == "-":
        if not ctx.obj.machine:
            sys.stdout.write(text)
        render(ctx, Result(data=data))
        return
    from kasse_cli.spreadsheets.replacing import replacing

    with replacing(out) as temporary:
        temporary.write_text(text, "utf-8", newline="\n")
    lines = [say(N_("written: {file}"), file=str(out)), say(N_("head of the book: {head}"), head=grouped(found.head))]
    render(ctx, Result(data={**data, "file": str(out)}, lines=lines))


def _show(ctx: Context, report: AuditReport, out: Path | None) -> None:
    """Show the report: its page on a terminal and in a file, tables in Excel, everything in JSON, findings in CSV."""
    from kasse_cli.audit_pages import audit_data, audit_document, audit_tables, finding_table

    call: Call = ctx.obj
    remain = any(finding.severity != "info" for finding in report.findings)
    if out is not None:
        from kasse_cli.documents import save

        save(audit_document(report), out, call.world.clock())
    plain = call.format == "table" and not call.xlsx
    if plain and str(out) != "-" and not call.quiet:
        from kasse_cli.documents import as_text

        sys.stdout.write(as_text(masked(audit_document(report))))
    tables = audit_tables(report) if call.xlsx or call.format == "json" else [finding_table(report)]
    lines = [say(N_("written: {file}"), file=str(out))] if out is not None and str(out) != "-" else []
    findings: Sequence[KasseError] = report.findings if call.format == "json" or (plain and call.quiet) else ()
    render(ctx, Result(audit_data(report), [] if plain else tables, lines, findings))
    if remain:
        call.exit_code = 3
