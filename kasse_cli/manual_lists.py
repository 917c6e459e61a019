"""Entries made by hand as lists: rows with one key are one entry, read with their places; an empty list to fill in."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.i18n import _
from kasse_cli.orders_columns import ListColumn
from kasse_cli.orders_template import write_list
from kasse_cli.spreadsheets import Row, Table, cell_amount_cents, cell_day, cell_text, optional, read_table, take
from kasse_cli.spreadsheets.rows import Value
from ledger.book.dimensions import DIMENSIONS
from ledger.book.manual import ManualEntry, ManualLine
from ledger.book.manual_errors import ContradictingRowsError, NoAmountError
from sepa.errors import N_, KasseError, Place

if TYPE_CHECKING:
    from kasse_cli.spreadsheets import Cell


def _day(cell: Cell) -> str:
    return cell_day(cell).isoformat()


def _tidy(cell: Cell) -> str:
    return " ".join(cell_text(cell).split())


COLUMNS = (
    ListColumn("entry", ("Buchung", "Buchungsnummer", "lfd. Nr."), cell_text,
               N_("the same text in several rows makes them lines of one entry")),
    ListColumn("day", ("Buchungstag", "Buchungsdatum", "Datum"), _day,
               N_("the posting day; blank is the day of the command"), "day"),
    ListColumn("office", ("Amt", "Dienststelle", "Buchungskreis"), cell_text,
               N_("the office of the line; several offices in one entry are linked over the Verrechnung")),
    ListColumn("account", ("Sachkonto", "Konto"), cell_text, N_("the number of the account")),
    ListColumn("debit", ("Soll",), cell_amount_cents, N_("the amount in euros, if the account gets it"), "cents"),
    ListColumn("credit", ("Haben",), cell_amount_cents, N_("the amount in euros, if the account gives it"), "cents"),
    ListColumn("text", ("Buchungstext", "Text"), _tidy, N_("what is posted and why; once for the entry is enough")),
    ListColumn("document", ("Beleg", "Dokument", "Aktenzeichen"), _tidy,
               N_("where the paper behind it is; once for the entry is enough")),
    ListColumn("kostenstelle", ("Kostenstelle",), cell_text, N_("of the line, from the list of the book")),
    ListColumn("produkt", ("Produkt",), cell_text, N_("of the line, from the list of the book")),
    ListColumn("haushaltsjahr", ("Haushaltsjahr",), cell_text, N_("of the line, from the list of the book")),
)  # fmt: skip
NEEDED = ("entry", "office", "account", "debit", "credit", "text", "document")
"""Columns that a list must have; of debit and credit one is filled in."""
_ALWAYS = ("entry", "office", "account")
_SHARED = ("day", "text", "document")
_DAY = dt.date(2026, 12, 15)
_HEAD: dict[str, Value] = {"entry": "1", "day": _DAY, "text": "Porto richtig zugeordnet", "document": "Vermerk 12.11."}
_EXAMPLES: tuple[dict[str, Value], ...] = (
    {**_HEAD, "office": "BAU", "account": "6100", "debit": 1250, "kostenstelle": "4711"},
    {"entry": "1", "office": "KASSE", "account": "6100", "credit": 1250},
)


def manual_template(path: Path) -> None:
    """Write an empty list of entries; raises `FileExistsAlreadyError`, `FileWriteError`."""
    write_list(path, _("Entries"), COLUMNS, NEEDED, _EXAMPLES)


@dataclass(slots=True)
class _Pending:
    """An entry whose rows are being gathered."""

    key: str
    place: Place
    lines: list[ManualLine] = field(default_factory=list)
    shared: dict[str, str] = field(default_factory=dict)
    findings: list[KasseError] = field(default_factory=list)

    def take(self, row: Row, values: Mapping[str, Any]) -> None:
        for key in _SHARED:
            if values[key] and self.shared.setdefault(key, values[key]) != values[key]:
                self.findings.append(ContradictingRowsError(entry=self.key, column=key, place=row[key].place))
        self.lines.append(_line(row, values, self.findings))

    def done(self, today: str) -> ManualEntry:
        shared = {"day": today, "text": "", "document": ""} | self.shared
        return ManualEntry(
            self.key, shared["day"], text=shared["text"], document=shared["document"], lines=tuple(self.lines),
            place=self.place, findings=tuple(self.findings),
        )  # fmt: skip


def read_entries(
    path: Path, content: io.BytesIO | None, today: str
) -> tuple[list[ManualEntry], tuple[KasseError, ...]]:
    """Return the entries of a list in its order, with what is wrong with their cells, and notes on the whole list.

    Raises what `read_table` raises.
    """
    table = read_table(path, {column.key: column.names for column in COLUMNS}, required=NEEDED, stdin=content)
    return [pending.done(today) for pending in _gathered(table)], table.findings


def _gathered(table: Table) -> Iterable[_Pending]:
    found: dict[str, _Pending] = {}
    for row in table:
        faults: list[KasseError] = list(row.findings)
        values = {column.key: take(faults, _reader(column), row[column.key]) for column in COLUMNS}
        key = str(values["entry"] or f"row {row.number}")
        pending = found.setdefault(key, _Pending(key, row.place))
        pending.findings += faults
        if not faults:
            pending.take(row, values)
    return found.values()


def _reader(column: ListColumn) -> Any:
    return column.read if column.key in _ALWAYS else optional(column.read)


def _line(row: Row, values: Mapping[str, Any], findings: list[KasseError]) -> ManualLine:
    debit, credit = values["debit"], values["credit"]
    cents = debit if credit is None else None if debit is not None else -credit
    if cents is None or (debit or 0) < 0 or (credit or 0) < 0:
        findings.append(NoAmountError(place=row["debit"].place))
        cents = None
    return ManualLine(values["office"].upper(), values["account"], cents, dict(_dimensions(values)), row.place)


def _dimensions(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((name, values[name]) for name in DIMENSIONS if values[name])
