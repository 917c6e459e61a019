"""Entries and payments as one list for people, CSV and Excel, and as one long JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kasse_cli.columns import Column
from kasse_cli.commands.sepa.gather import FileRead, Gathered
from kasse_cli.output import Streamed, Table, Written, json_text
from sepa.conversion import decimal_text, text_of
from sepa.currencies import minor_digits
from sepa.errors import N_

_BOTH = (
    Column("end_to_end_id", N_("End-to-end id")),
    Column("mandate_id", N_("Mandate"), shown=False),
    Column("line", N_("Line"), "count", shown=False),
)
_PARTY = (
    Column("currency", N_("Currency")),
    Column("name", N_("Name")),
    Column("iban", N_("IBAN")),
    Column("text", N_("Text")),
)
ENTRIES = (
    Column("path", N_("File"), shown=False),
    Column("account", N_("Account"), shown=False),
    Column("statement", N_("Statement"), shown=False),
    Column("booking_date", N_("Booked"), "day"),
    Column("value_date", N_("Value date"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
    *_PARTY,
    Column("status", N_("Status")),
    Column("gvc", N_("GVC")),
    Column("return_reason", N_("Return reason")),
    *_BOTH,
)
PAYMENTS = (
    Column("path", N_("File"), shown=False),
    Column("batch", N_("Batch")),
    Column("own_iban", N_("Own account"), shown=False),
    Column("day", N_("Day")),
    Column("amount_cents", N_("Amount"), "cents"),
    *_PARTY,
    Column("purpose", N_("Purpose"), shown=False),
    *_BOTH,
)
SUMMARY = (
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
)


def summary_row(file: FileRead) -> dict[str, Any]:
    """Return what a file holds in numbers; a payment file has no entries, a statement no payments."""
    orders = file.holds_payments
    return {
        "path": file.path,
        "format": file.kind.name,
        "statements": 0 if orders else len(file.sections),
        "entries": 0 if orders else file.entries,
        "credit_cents": file.credit_cents,
        "debit_cents": file.debit_cents,
        "batches": len(file.sections) if orders else 0,
        "payments": file.entries if orders else 0,
        "sum_cents": file.head.get("sum_cents", 0),
        "currencies": " ".join(sorted(file.currencies)),
    }


def files_json(gathered: Gathered) -> Written:
    """Return all files with all they hold as JSON text in pieces: `files[].statements[].entries[]`."""
    return Written(lambda: _files(gathered))


def _files(gathered: Gathered) -> Iterator[str]:
    yield "["
    for index, file in enumerate(gathered.files):
        head = {"path": file.path, "format": file.kind.name} | file.head
        yield f"{', ' if index else ''}{json_text(head).removesuffix('}')}, "
        yield from _sections(gathered, file)
        yield "}"
    yield "]"


def _sections(gathered: Gathered, file: FileRead) -> Iterator[str]:
    outer, inner = ("batches", "payments") if file.holds_payments else ("statements", "entries")
    yield f'"{outer}": ['
    for index, section in enumerate(file.sections):
        row = {("payment_count" if key == "payments" else key): value for key, value in section.row.items()}
        yield f'{", " if index else ""}{json_text(row).removesuffix("}")}, "{inner}": ['
        for number, line in enumerate(gathered.spool.lines(section)):
            yield f", {line}" if number else line
        yield "]}"
    yield "]"


def tables(gathered: Gathered) -> list[Table]:
    """Return the entries of all statements and the payments of all orders as lists, fetched when they are needed."""
    found = []
    if statements := [file for file in gathered.files if not file.holds_payments]:
        rows = Streamed(lambda: _entry_rows(gathered, statements))
        found.append(Table("entries", fitting(ENTRIES, statements), rows, N_("Entries")))
    if orders := [file for file in gathered.files if file.holds_payments]:
        rows = Streamed(lambda: _payment_rows(gathered, orders))
        found.append(Table("payments", fitting(PAYMENTS, orders), rows, N_("Payments")))
    return found


def fitting(columns: Iterable[Column], files: Iterable[FileRead]) -> list[Column]:
    """Return the columns with amounts as text where a currency has not two decimals."""
    plain = all(minor_digits(currency) == 2 for file in files for currency in file.currencies)
    return [one if plain or one.kind != "cents" else Column("amount", one.label) for one in columns]


def _entry_rows(gathered: Gathered, files: Iterable[FileRead]) -> Iterator[dict[str, Any]]:
    for file in files:
        for section in file.sections:
            head = {"path": file.path, "account": section.row["account"], "statement": section.row["id"]}
            yield from (_worded(row | head) for row in gathered.spool.rows(section))


def _payment_rows(gathered: Gathered, files: Iterable[FileRead]) -> Iterator[dict[str, Any]]:
    for file in files:
        for section in file.sections:
            batch = section.row
            head = {"path": file.path, "batch": batch["id"], "own_iban": batch["iban"], "day": batch["day"]}
            yield from (_worded({"mandate_id": None} | row | head) for row in gathered.spool.rows(section))


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    cents = row["amount_cents"]
    row["text"] = text_of(row)
    row["amount"] = None if cents is None else decimal_text(cents, row["currency"] or "")
    return row
