"""Lists of vouchers of an imprest fund: the columns they have, an empty one to fill in, reading one."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.i18n import _
from kasse_cli.orders_columns import ListColumn
from kasse_cli.orders_import import chosen_file
from kasse_cli.orders_template import write_list
from kasse_cli.spreadsheets import Row, cell_amount_cents, cell_day, cell_text, optional, read_table, take
from kasse_cli.spreadsheets.rows import Value
from ledger.book.dimensions import DIMENSIONS
from ledger.book.manual_store import ManualFile
from ledger.cash.settlements import RefusedVouchersError, Voucher
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from kasse_cli.spreadsheets import Cell


def _day(cell: Cell) -> str:
    return cell_day(cell).isoformat()


def _tidy(cell: Cell) -> str:
    return " ".join(cell_text(cell).split())


COLUMNS = (
    ListColumn("day", ("Datum", "Tag", "Belegdatum"), _day, N_("the day it was paid"), "day"),
    ListColumn("document", ("Beleg", "Belegnummer", "Nr."), _tidy, N_("the number of the paper")),
    ListColumn("text", ("Zweck", "Text", "Wofür"), _tidy, N_("what was bought, and where")),
    ListColumn("amount", ("Betrag", "Summe"), cell_amount_cents, N_("what was paid, in euros"), "cents"),
    ListColumn("account", ("Sachkonto", "Konto"), cell_text, N_("the account of the expense")),
    ListColumn("kostenstelle", ("Kostenstelle", "Kostenträger"), _tidy, N_("the cost object, if the book keeps them")),
    ListColumn("produkt", ("Produkt",), _tidy, N_("the product, if the book keeps them")),
    ListColumn("haushaltsjahr", ("Haushaltsjahr",), _tidy, N_("the budget year, if not that of the day")),
)
NEEDED = ("day", "document", "text", "amount", "account")
_EXAMPLES: tuple[dict[str, Value], ...] = (
    {
        "day": dt.date(2026, 11, 12), "document": "1", "text": "Porto, Postfiliale Markt", "amount": 1250,
        "account": "6100",
    },
)  # fmt: skip


def voucher_template(path: Path) -> None:
    """Write an empty list of vouchers; raises `FileExistsAlreadyError`, `FileWriteError`."""
    write_list(path, _("Vouchers"), COLUMNS, NEEDED, _EXAMPLES)


def read_vouchers(call: Call, path: Path) -> tuple[list[Voucher], ManualFile]:
    """Return the vouchers of a list in its order, and the file.

    Raises `RefusedVouchersError` with what is wrong with its cells, and what `read_table` raises.
    """
    chosen, source = chosen_file(call, path)
    content = chosen.stdin
    if content is not None:
        content.seek(0)
    assert content is None or isinstance(content, io.BytesIO)
    table = read_table(path, {column.key: column.names for column in COLUMNS}, required=NEEDED, stdin=content)
    faults: list[KasseError] = []
    vouchers = [voucher for row in table for voucher in _voucher(row, faults)]
    if faults:
        raise RefusedVouchersError(count=len(faults), findings=tuple(faults))
    return vouchers, ManualFile(source.name, source.sha256, source.size_bytes)


def _voucher(row: Row, faults: list[KasseError]) -> Iterator[Voucher]:
    own: list[KasseError] = list(row.findings)
    values: dict[str, Any] = {column.key: take(own, _reader(column), row[column.key]) for column in COLUMNS}
    faults += own
    if not own:
        given = dict(_dimensions(values))
        yield Voucher(
            values["day"], values["document"], values["text"], values["amount"], values["account"], given, row.place
        )  # fmt: skip


def _reader(column: ListColumn) -> Any:
    return column.read if column.key in NEEDED else optional(column.read)


def _dimensions(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((name, values[name]) for name in DIMENSIONS if values.get(name))
