"""What `kasse book audit` shows: one page that says it all, then every finding; tables for Excel and programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from kasse_cli.columns import Column
from kasse_cli.i18n import _, day, language, moment, money, sentence
from kasse_cli.messages import hint, message
from kasse_cli.results import Table
from kasse_cli.tables import for_person
from ledger.book.journal import grouped
from ledger.documents import Block, Document, Facts, Grid, Heading, PageBreak, Paragraph
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.audit.report import AuditReport, CheckLine
    from sepa.errors import KasseError

SEVERITIES = {"error": N_("defect"), "warning": N_("suspicious"), "info": N_("noted")}
MONEY = (
    Column("office", N_("Office")),
    Column("account", N_("Account")),
    Column("name", N_("Name")),
    Column("iban", N_("IBAN"), shown=False),
    Column("books_cents", N_("Books (Soll)"), "cents"),
    Column("there_cents", N_("There (Ist)"), "cents"),
    Column("difference_cents", N_("Difference"), "cents"),
    Column("source", N_("Seen by"), "word", shown=False),
    Column("seen_on", N_("Seen on"), "day"),
)
CONTROLS = (
    Column("office", N_("Office")),
    Column("account", N_("Account")),
    Column("name", N_("Name")),
    Column("role", N_("Role"), "word", shown=False),
    Column("books_cents", N_("Books"), "cents"),
    Column("items_cents", N_("Open items"), "cents"),
    Column("difference_cents", N_("Difference"), "cents"),
    Column("count", N_("Items"), "count"),
    Column("oldest", N_("Oldest"), "day"),
)
LOCKS = (
    Column("kind", N_("Lock"), "word"),
    Column("of", N_("Of what"), "word"),
    Column("in_force", N_("In force"), "count"),
    Column("without_end", N_("Without an end"), "count"),
    Column("set_count", N_("Set"), "count"),
    Column("lifted", N_("Lifted"), "count"),
)
DEPUTIES = (
    Column("principal", N_("Absent")),
    Column("deputy", N_("Deputy")),
    Column("office", N_("Office")),
    Column("role", N_("Role"), "word"),
    Column("since", N_("From"), "day"),
    Column("until", N_("To"), "day"),
    Column("named_by", N_("Named by")),
    Column("steps", N_("Steps"), "count"),
)
CHECKS = (
    Column("name", N_("Check")),
    Column("severity", N_("Severity"), "word", words=SEVERITIES),
    Column("count", N_("Findings"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("meaning", N_("What it looks for")),
    Column("norm", N_("Source")),
)
FINDINGS = (
    Column("number", N_("No."), "count"),
    Column("severity", N_("Severity"), "word", words=SEVERITIES),
    Column("check", N_("Check")),
    Column("office", N_("Office")),
    Column("object", N_("Object")),
    Column("day", N_("Day"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("user", N_("User")),
    Column("message", N_("Finding")),
    Column("hint", N_("Look at next")),
)
PROMISE = N_("A finding is a reason to ask, not a proof. Who audits decides what it means.")
WIDTH = 80


def finding_rows(report: AuditReport) -> Iterator[Mapping[str, object]]:
    """Yield the findings as rows, defects first."""
    order = list(SEVERITIES)
    ranked = sorted(report.findings, key=lambda one: order.index(one.severity))
    for number, finding in enumerate(ranked, 1):
        known = {name: finding.fields.get(name) for name in ("office", "object", "day", "amount_cents", "user")}
        texts = {"message": message(finding), "hint": hint(finding)}
        yield {"number": number, "severity": finding.severity, "check": _check_name(finding), **known, **texts}


def _check_name(finding: KasseError) -> str:
    return finding.code.removeprefix("audit.")


def finding_table(report: AuditReport) -> Table:
    """Return the findings as one table."""
    return Table("listed", FINDINGS, list(finding_rows(report)), title=N_("Findings"))


def audit_tables(report: AuditReport) -> list[Table]:
    """Return everything as tables: the sheets of the workbook, the lists in JSON."""
    return [
        Table("checks", CHECKS, [_meant(line) for line in report.checks], title=N_("Checks")),
        finding_table(report),
        Table("money", MONEY, report.money, title=N_("Money")),
        Table("controls", CONTROLS, report.controls, title=N_("Control accounts")),
        Table("locks", LOCKS, report.locks, title=N_("Locks")),
        Table("deputies", DEPUTIES, report.deputies, title=N_("Deputies")),
    ]


def _meant(line: CheckLine) -> Mapping[str, object]:
    values = {column.key: getattr(line, column.key) for column in CHECKS}
    return values | {"meaning": _(line.meaning)}


def audit_data(report: AuditReport) -> Mapping[str, object]:
    """Return what a program reads beside the lists."""
    scope, chain = report.scope, report.chain
    return {
        "first": scope.first, "last": scope.last, "office": scope.office, "book": report.book, "at": report.made_at,
        "by": report.made_by, "head": chain.head, "against": chain.against, "entries": chain.entries,
        "events": chain.events, "defects": report.count("error"), "suspicious": report.count("warning"),
        "noted": report.count("info"),
    }  # fmt: skip


def audit_document(report: AuditReport) -> Document:
    """Return the report of the audit: one page of results first, every finding after it."""
    details: tuple[Block, ...] = (PageBreak(), *_details(report)) if report.findings else ()
    blocks = (*_summary(report), *details)
    return Document("audit", _("Audit of the book"), blocks, language=language())


def _summary(report: AuditReport) -> Iterator[Block]:
    yield Facts(_facts(report))
    yield Paragraph(_verdict(report))
    yield Heading(_("Money: books (Soll) and there (Ist)"))
    yield _grid(_short(MONEY, "account name books_cents there_cents difference_cents seen_on"), report.money)
    yield Heading(_("Control accounts and their open items"))
    yield _grid(_short(CONTROLS, "office account books_cents items_cents difference_cents count oldest"),
                report.controls)  # fmt: skip
    if report.locks:
        yield Heading(_("Locks"))
        yield _grid(LOCKS, report.locks)
    if report.deputies:
        yield Heading(_("Deputies"))
        yield _grid(_short(DEPUTIES, "principal deputy office role since until steps"), report.deputies)
    yield Heading(_("Checks"))
    found = [line for line in report.checks if line.count]
    if found:
        seen = [replace(line, name=f"{_(line.meaning)} ({line.name})", amount_cents=line.amount_cents or None)
                for line in found]  # fmt: skip
        yield _grid(_short(CHECKS, "name severity count amount_cents"), seen)
    silent = sum(not line.count for line in report.checks)
    yield Paragraph(sentence(N_("Checks that found nothing: {count} of {all}."), {
        "count": silent, "all": len(report.checks)}))  # fmt: skip


def _facts(report: AuditReport) -> tuple[tuple[str, str], ...]:
    scope, chain = report.scope, report.chain
    against = _("none given: keep one outside with 'kasse book head'")
    if chain.against:
        broken = any(one.code in BROKEN for one in report.findings)
        against = _("does NOT fit this book") if broken else _("fits: nothing written before it was changed")
    return (
        (_("Book"), report.book),
        (_("Period"), f"{_day(scope.first)} – {_day(scope.last)}"),
        (_("Office"), scope.office or _("all")),
        (_("Made"), f"{moment(report.made_at)}, {report.made_by}"),
        (_("Entries, events"), f"{chain.entries}, {chain.events}"),
        (_("Head of the book"), grouped(chain.head[:32])),
        ("", grouped(chain.head[32:])),
        (_("Head kept outside"), against),
        (_("Chains and figures"), _verified(chain.findings)),
    )


def _verified(count: int) -> str:
    if not count:
        return _("recomputed, all as written")
    return sentence(N_("recomputed, findings: {count}"), {"count": count})


BROKEN = frozenset({"verify.against", "verify.since", "verify.events_since"})
"""Findings that say that a head kept outside is not one of this book."""


def _verdict(report: AuditReport) -> str:
    counts = {name: report.count(name) for name in SEVERITIES}
    if not any(counts.values()):
        return _("Nothing was found.")
    text = sentence(
        N_("Found: {error} defects, {warning} suspicious, {info} noted."),
        {name: str(count) for name, count in counts.items()},
    )
    return f"{text} {_(PROMISE)}"


def _details(report: AuditReport) -> Iterator[Block]:
    yield Heading(_("Findings"), 1)
    meanings = {line.name: f"{_(line.meaning)} ({line.norm})" for line in report.checks}
    for check, rows in groupby(finding_rows(report), key=lambda row: str(row["check"])):
        own = list(rows)
        yield Heading(f"{_(SEVERITIES[str(own[0]['severity'])])} ({check})")
        if check in meanings:
            yield Paragraph(meanings[check].replace("§ ", "§\u00a0"))
        lines = [line for row in own for line in _told(row, hinted=row is own[-1] or row["hint"] != own[-1]["hint"])]
        yield Grid((_("No."), _("Finding → what to look at next")), tuple(lines), frozenset({0}))


def _told(row: Mapping[str, object], *, hinted: bool) -> Iterator[tuple[str, str]]:
    """Yield the lines of one finding; a way out that all of a check share stands once, behind the last of them."""
    texts = [str(row["message"]), *([f"→ {row['hint']}"] if hinted else [])]
    number = str(row["number"])
    for text in texts:
        for line in wrap(text, WIDTH - 6, break_long_words=False):
            yield number, line
            number = ""


def _grid(columns: Sequence[Column], rows: Sequence[object]) -> Grid:
    texts = [[for_person(getattr(row, column.key), column) for column in columns] for row in rows]
    right = frozenset(i for i, column in enumerate(columns) if column.kind in {"cents", "count"})
    heads = [_(column.label) for column in columns]
    return _fitting(tuple(heads), texts, right)


def _fitting(heads: tuple[str, ...], texts: Sequence[Sequence[str]], right: frozenset[int]) -> Grid:
    """Return the table in 80 columns: the longest text gives way, figures and days stay whole."""
    widths = [max([len(head), *(len(row[i]) for row in texts)]) for i, head in enumerate(heads)]
    over = sum(widths) + 2 * (len(widths) - 1) - WIDTH
    soft = [i for i in range(len(heads)) if i not in right]
    if over <= 0 or not soft:
        return Grid(heads, tuple(map(tuple, texts)), right)
    longest = max(soft, key=lambda i: widths[i])  # the others keep their width
    room = max(widths[longest] - over, len(heads[longest]), 8)
    rows: list[tuple[str, ...]] = []
    for row in texts:
        parts = wrap(row[longest], room) or [""]
        rows.append(tuple(parts[0] if i == longest else cell for i, cell in enumerate(row)))
        rows += [tuple(part if i == longest else "" for i in range(len(row))) for part in parts[1:]]
    return Grid(heads, tuple(rows), right)


def _short(columns: Sequence[Column], keys: str) -> tuple[Column, ...]:
    known = {column.key: column for column in columns}
    return tuple(known[key] for key in keys.split())


def _day(text: str) -> str:
    import datetime as dt

    return day(dt.date.fromisoformat(text))


__all__ = ["audit_data", "audit_document", "audit_tables", "finding_rows", "finding_table", "money"]
