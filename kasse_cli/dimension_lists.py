"""Lists of dimensions: an empty one to fill in, reading one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.i18n import _
from kasse_cli.orders_columns import ListColumn
from kasse_cli.orders_template import write_list
from kasse_cli.spreadsheets import Row, cell_choice, cell_text, optional, read_table, take
from kasse_cli.spreadsheets.rows import Value
from ledger.book.dimensions import DIMENSIONS, DimensionRow
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Call

COLUMNS = (
    ListColumn("dimension", ("Dimension", "Merkmal"), cell_choice({name: name for name in DIMENSIONS}),
               N_("kostenstelle, produkt or haushaltsjahr"), choices=tuple((name, name) for name in DIMENSIONS)),
    ListColumn("value", ("Wert", "Nummer", "Schlüssel"), cell_text, N_("what lists and postings say")),
    ListColumn("name", ("Bezeichnung", "Name"), cell_text, N_("what it is called")),
    ListColumn("office", ("Amt", "Dienststelle"), cell_text, N_("only postings of this office; blank is for all")),
)  # fmt: skip
NEEDED = ("dimension", "value", "name")
_EXAMPLES: tuple[dict[str, Value], ...] = (
    {"dimension": "kostenstelle", "value": "4711", "name": "Bauhof", "office": "BAU"},
    {"dimension": "produkt", "value": "12.6.01", "name": "Brandschutz"},
    {"dimension": "haushaltsjahr", "value": "2026", "name": "Haushalt 2026"},
)


def dimension_template(path: Path) -> None:
    """Write an empty list; raises `FileExistsAlreadyError`, `FileWriteError`."""
    write_list(path, _("Dimensions"), COLUMNS, NEEDED, _EXAMPLES)


def read_values(call: Call, path: Path) -> tuple[list[DimensionRow], list[KasseError]]:
    """Return the rows of a list and what is wrong with its cells; `-` is standard input."""
    stdin = io.BytesIO(call.stdin()) if str(path) == "-" else None
    table = read_table(path, {column.key: column.names for column in COLUMNS}, required=NEEDED, stdin=stdin)
    findings: list[KasseError] = []
    return list(_rows(iter(table), findings)), findings


def _rows(rows: Iterator[Row], findings: list[KasseError]) -> Iterator[DimensionRow]:
    for row in rows:
        faults: list[KasseError] = list(row.findings)
        read = {c.key: c.read if c.key in NEEDED else optional(c.read) for c in COLUMNS}
        values = {key: take(faults, reader, row[key]) for key, reader in read.items()}
        findings += faults
        if not faults:
            office = str(values["office"] or "").upper()
            dimension, value, name = (str(values[key]) for key in NEEDED)
            yield DimensionRow(dimension, value, name, office, row.place)
