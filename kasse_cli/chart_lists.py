"""Charts of accounts as lists: TOML, Excel and CSV read as rows with their places, an empty list to fill in."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.i18n import _
from kasse_cli.orders_columns import ListColumn
from kasse_cli.orders_template import FileExistsAlreadyError, write_list
from kasse_cli.spreadsheets import Cell, Row, cell_choice, cell_text, optional, read_table, take
from kasse_cli.spreadsheets.replacing import replacing
from kasse_cli.spreadsheets.rows import Value
from ledger.book.chart import Chart, ChartRow, chart_of, toml_rows
from ledger.book.chart_rules import RefusedChartError, check_chart
from sepa.errors import N_, KasseError, Place

if TYPE_CHECKING:
    from kasse_cli.context import Call

KINDS = (
    ("asset", "Aktiva"), ("liability", "Verbindlichkeit"), ("equity", "Eigenkapital"), ("income", "Ertrag"),
    ("expense", "Aufwand"), ("statistic", "Statistik"),
)  # fmt: skip
ROLES = (
    ("receivable", "Forderungen"), ("receivable_private", "Forderungen privat"), ("payable", "Verbindlichkeiten"),
    ("suspense", "Verwahrung"), ("credit", "Guthaben"), ("advance", "Vorschüsse"),
    ("transit_out", "Zahlungsausgang unterwegs"), ("transit_in", "Lastschrifteinzug unterwegs"),
    ("transit_own", "Geldtransit"), ("charges", "Nebenforderungen"), ("bank_fees", "Bankentgelte"),
    ("bank_interest", "Bankzinsen"), ("opening", "Eröffnungsbilanz"), ("shortage", "Kassenfehlbetrag"),
    ("result", "Jahresergebnis"),
    ("pass_through", "Durchlaufende Gelder"), ("allowance", "Wertberichtigung"),
    ("allowance_release", "Auflösung Wertberichtigung"), ("allowance_expense", "Zuführung Wertberichtigung"),
    ("write_off", "Ausbuchung"), ("remission", "Erlass"), ("cash", "Barkasse"), ("imprest", "Handvorschuss"),
    ("transit_cash", "Bargeld unterwegs"), ("transit_card", "Kartenzahlungen unterwegs"), ("cheques", "Schecks"),
)  # fmt: skip
_CODED = {"Forderung": "receivable", "Auszahlung": "payable", "Steuer": "tax", "Gebühr": "fee", "Bußgeld": "fine",
          "privat": "private", "privat ohne Verbraucher": "private-trade"}  # fmt: skip


class NotTomlError(KasseError):
    """A chart that should be TOML and is not."""

    code = "chart.toml"
    template = N_("the chart is not TOML: {reason}")
    hint = N_("'kasse account template chart.toml' writes the default chart as TOML, to be changed")


def _words(cell: Cell) -> tuple[str, ...]:
    known = {german.casefold(): word for german, word in _CODED.items()}
    words = [word.strip() for word in cell_text(cell).split(",")]
    return tuple(known.get(word.casefold(), word.lower()) for word in words if word)


def _choices(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {word: key for key, german in pairs for word in (key, german)}


COLUMNS = (
    ListColumn("number", ("Konto", "Sachkonto", "Kontonummer", "Nummer"), cell_text, N_("the number of the account")),
    ListColumn("name", ("Bezeichnung", "Name", "Kontobezeichnung"), cell_text, N_("what the account is called")),
    ListColumn("kind", ("Art", "Kontoart"), cell_choice(_choices(KINDS)), N_("what it stands for in the balance"),
               choices=KINDS),
    ListColumn("role", ("Verwendung", "Rolle"), cell_choice(_choices(ROLES)),
               N_("what the books use it for; blank leaves it free for coding. Each use up to opening needs an "
                  "account"), choices=ROLES),
    ListColumn("default_for", ("Vorgabe für", "Standard für"), _words,
               N_("orders coded to it where nothing is said: receivable, payable, or profiles such as fee")),
)  # fmt: skip
NEEDED = ("number", "name", "kind")
_EXAMPLES: tuple[dict[str, Value], ...] = (
    {"number": "5100", "name": "Gebühren und Beiträge", "kind": "income", "default_for": "receivable, fee"},
    {"number": "4800", "name": "Verwahrung, ungeklärte Einzahlungen", "kind": "liability", "role": "suspense"},
)


def chart_template(path: Path) -> None:
    """Write an empty list of accounts, or the default chart where the name ends in .toml.

    Raises `FileExistsAlreadyError`, `FileWriteError`.
    """
    if path.suffix.lower() != ".toml":
        write_list(path, _("Accounts"), COLUMNS, NEEDED, _EXAMPLES)
        return
    if path.exists():
        raise FileExistsAlreadyError(file=str(path))
    with replacing(path) as temporary:
        temporary.write_bytes((files("ledger") / "charts" / "vkr.toml").read_bytes())


def read_chart(call: Call, path: Path) -> list[ChartRow]:
    """Return the rows of a chart, from TOML by the ending of the name, else from a list; `-` is a list.

    Raises `RefusedChartError` where cells cannot be read, `NotTomlError` and what `read_table` raises.
    """
    if path.suffix.lower() == ".toml":
        return _read_toml(path)
    stdin = io.BytesIO(call.stdin()) if str(path) == "-" else None
    table = read_table(path, {column.key: column.names for column in COLUMNS}, required=NEEDED, stdin=stdin)
    findings: list[KasseError] = []
    rows = [_row(row, findings) for row in table]
    if findings:
        raise RefusedChartError(count=len(findings), findings=tuple(findings))
    return rows


def _read_toml(path: Path) -> list[ChartRow]:
    try:
        rows = toml_rows(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError, TypeError) as error:
        raise NotTomlError(reason=str(error), place=Place(file=path.name)) from None
    return [replace(row, place=row.place.within(Place(file=path.name))) for row in rows]


def whole_chart(call: Call, path: Path) -> Chart:
    """Return the chart of a file for a new book; raises `RefusedChartError` and what `read_chart` raises."""
    rows = read_chart(call, path)
    if findings := check_chart(rows, whole=True):
        raise RefusedChartError(count=len(findings), findings=tuple(findings))
    return chart_of(rows)


def _row(row: Row, findings: list[KasseError]) -> ChartRow:
    findings += row.findings
    read = {c.key: c.read if c.key in NEEDED else optional(c.read) for c in COLUMNS}
    values = {key: take(findings, reader, row[key]) for key, reader in read.items()}
    text = {key: str(values[key] or "") for key in NEEDED}
    return ChartRow(text["number"], text["name"], text["kind"], values["role"], values["default_for"] or (), row.place)
