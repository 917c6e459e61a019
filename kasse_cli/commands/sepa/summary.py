"""What files hold in numbers: a row for each, and a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kasse_cli.columns import Column
from kasse_cli.commands.sepa.families import NOTICES
from kasse_cli.commands.sepa.rows import fitting
from kasse_cli.commands.sepa.taking import FileRead
from kasse_cli.output import Line, Table, say
from sepa.errors import N_

_SUMMARY = (
    Column("path", N_("File")),
    Column("format", N_("Format")),
    Column("statements", N_("Statements"), "count"),
    Column("entries", N_("Entries"), "count"),
    Column("credit_cents", N_("Credits"), "cents"),
    Column("debit_cents", N_("Debits"), "cents"),
    Column("batches", N_("Batches"), "count"),
    Column("payments", N_("Payments"), "count"),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("currencies", N_("Currency")),
    Column("statuses", N_("Status codes")),
)
_STATEMENTS = frozenset(("statements", "entries", "credit_cents", "debit_cents"))
_ORDERS = frozenset(("batches", "payments"))


def summary_row(file: FileRead) -> dict[str, Any]:
    """Return what a file holds in numbers; a payment file has no entries, a statement no payments."""
    booked = file.group == "statements"
    return {
        "path": file.path,
        "format": file.kind.name,
        "statements": len(file.sections) if booked else 0,
        "entries": file.entries if booked else 0,
        "credit_cents": file.credit_cents,
        "debit_cents": file.debit_cents,
        "batches": 0 if booked or file.group == "answers" else len(file.sections),
        "payments": 0 if booked else file.entries,
        "sum_cents": file.head.get("sum_cents", 0),
        "currencies": " ".join(sorted(file.currencies)),
        "statuses": " ".join(f"{status}:{count}" for status, count in sorted(file.statuses.items()) if status),
    }


def summary_table(files: Iterable[FileRead]) -> Table:
    """Return the table of all files; a column that none of them has is not shown to people."""
    found = list(files)
    groups = {file.group for file in found}
    absent = set() if "statements" in groups else set(_STATEMENTS)
    absent |= _ORDERS if groups <= {"statements"} else set()
    absent |= set() if groups & {"payments", "requests"} else {"sum_cents"}
    absent |= set() if groups & NOTICES else {"statuses"}
    columns = [replace(one, shown=one.shown and one.key not in absent) for one in fitting(_SUMMARY, found)]
    return Table("files", columns, [summary_row(file) for file in found])


def summary_line(file: FileRead, *, merged: bool = False) -> Line:
    """Return the sentence on one file; `merged` says that its payments stand with their statement."""
    row = summary_row(file)
    common = {"file": file.path, "format": file.kind.name}
    if merged:
        return say(N_("{file}: {format}, its payments are shown with the entries of the statement"), **common)
    if file.group == "statements":
        template = N_(
            "{file}: {format}, statements: {statements}, entries: {entries}, in {credit_cents}, out {debit_cents}"
        )
        booked = ("statements", "entries", "credit_cents", "debit_cents")
        return say(template, currency=row["currencies"], **{key: row[key] for key in booked}, **common)
    if file.group == "answers":
        return say(N_("{file}: {format}, answers: {answers}"), answers=file.entries, **common)
    if file.group == "reports":
        template = N_("{file}: {format} on {original}, payments listed: {payments}")
        original = file.head.get("original_message_id") or "–"
        return say(template, original=original, payments=file.entries, **common)
    template = N_("{file}: {format}, batches: {batches}, payments: {payments}, together {sum_cents}")
    keys = ("batches", "payments", "sum_cents")
    return say(template, currency=row["currencies"], **{key: row[key] for key in keys}, **common)
