"""Entries, payments and statuses as one list for people, CSV and Excel, and as one long JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from kasse_cli.columns import Column
from kasse_cli.commands.sepa.gather import Gathered
from kasse_cli.commands.sepa.notice_rows import notice_columns, notice_rows, reason_text
from kasse_cli.commands.sepa.taking import FileRead
from kasse_cli.output import Streamed, Table, Written, json_text
from sepa.conversion import decimal_text, parts_of, text_of
from sepa.currencies import minor_digits
from sepa.errors import N_
from sepa.statuswords import entry_word

_BOTH = (
    Column("end_to_end_id", N_("End-to-end id"), minor=True),
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
    Column("value_date", N_("Value date"), "day", minor=True),
    Column("amount_cents", N_("Amount"), "cents"),
    *_PARTY,
    Column("status", N_("Status code"), shown=False),
    Column("state", N_("Status"), "word", minor=True),
    Column("gvc", N_("GVC"), minor=True),
    Column("return_reason", N_("Return reason"), minor=True),
    Column("reason_text", N_("Meaning"), minor=True),
    *_BOTH,
)
PART = Column("part", N_("Part"))
PAYMENTS = (
    Column("path", N_("File"), shown=False),
    Column("batch", N_("Batch"), minor=True),
    Column("own_iban", N_("Own account"), shown=False),
    Column("day", N_("Day"), "day"),
    Column("amount_cents", N_("Amount"), "cents"),
    *_PARTY,
    Column("purpose", N_("Purpose"), shown=False),
    *_BOTH,
)
_TITLES = {"statements": N_("Entries"), "payments": N_("Payments"), "notices": N_("Answers and requests")}


def files_json(gathered: Gathered) -> Written:
    """Return all files with all they hold as JSON text in pieces: `files[].statements[].entries[]`."""
    return Written(lambda: _files(gathered))


def _files(gathered: Gathered) -> Iterator[str]:
    yield "["
    for index, file in enumerate(gathered.files):
        head = {"path": file.path, "format": file.kind.name} | file.head
        yield f"{', ' if index else ''}{json_text(head).removesuffix('}')}, "
        yield from _answers(gathered, file) if file.group == "answers" else _sections(gathered, file)
        yield "}"
    yield "]"


def _sections(gathered: Gathered, file: FileRead) -> Iterator[str]:
    outer, inner = ("statements", "entries") if file.group == "statements" else ("batches", "payments")
    yield f'"{outer}": ['
    for index, section in enumerate(file.sections):
        row = {("payment_count" if key == "payments" else key): value for key, value in section.row.items()}
        yield f'{", " if index else ""}{json_text(row).removesuffix("}")}, "{inner}": ['
        for number, line in enumerate(gathered.spool.lines(section)):
            yield f", {line}" if number else line
        yield "]}"
    yield "]"


def _answers(gathered: Gathered, file: FileRead) -> Iterator[str]:
    lines = (line for section in file.sections for line in gathered.spool.lines(section))
    yield '"answers": ['
    yield from (f", {line}" if number else line for number, line in enumerate(lines))
    yield "]"


def tables(gathered: Gathered, *, split: bool = False) -> list[Table]:
    """Return what the files hold as lists, fetched when they are needed; with `split` batches by their payments."""
    found = []
    if statements := [file for file in gathered.listed if file.group == "statements"]:
        rows = Streamed(lambda: _entry_rows(gathered, statements, split=split))
        columns = (*ENTRIES, PART) if split else ENTRIES
        found.append(Table("entries", fitting(columns, statements), rows, _TITLES["statements"]))
    if orders := [file for file in gathered.listed if file.group == "payments"]:
        rows = Streamed(lambda: _payment_rows(gathered, orders))
        found.append(Table("payments", fitting(PAYMENTS, orders), rows, _TITLES["payments"]))
    if notices := [file for file in gathered.listed if file.group not in {"statements", "payments"}]:
        rows = Streamed(lambda: (_amount(row) for file in notices for row in notice_rows(file, gathered.spool)))
        found.append(Table("notices", fitting(notice_columns(notices), notices), rows, _TITLES["notices"]))
    return found


def fitting(columns: Iterable[Column], files: Iterable[FileRead]) -> list[Column]:
    """Return the columns with amounts as text where a currency has not two decimals; that of euros is minor."""
    currencies = {currency for file in files for currency in file.currencies}
    plain = all(minor_digits(currency) == 2 for currency in currencies)
    euros = currencies <= {"EUR"}
    found = [one if plain or one.kind != "cents" else Column("amount", one.label) for one in columns]
    return [replace(one, minor=euros) if one.key == "currency" else one for one in found]


def _entry_rows(gathered: Gathered, files: Iterable[FileRead], *, split: bool) -> Iterator[dict[str, Any]]:
    for file in files:
        for section in file.sections:
            head = {"path": file.path, "account": section.row["account"], "statement": section.row["id"]}
            for row in gathered.spool.rows(section):
                yield from (_worded(part | head) for part in (parts_of(row) if split else (row,)))


def _payment_rows(gathered: Gathered, files: Iterable[FileRead]) -> Iterator[dict[str, Any]]:
    for file in files:
        for section in file.sections:
            batch = section.row
            head = {"path": file.path, "batch": batch["id"], "own_iban": batch["iban"], "day": batch["day"]}
            for row in gathered.spool.rows(section):
                yield _amount({"mandate_id": None} | row | head | {"text": text_of(row)})


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    row["text"] = text_of(row)
    row["state"] = entry_word(row["status"] or "")
    row["reason_text"] = reason_text([row["return_reason"] or ""])
    return _amount(row)


def _amount(row: dict[str, Any]) -> dict[str, Any]:
    cents = row["amount_cents"]
    row["amount"] = None if cents is None else decimal_text(cents, row["currency"] or "")
    return row
