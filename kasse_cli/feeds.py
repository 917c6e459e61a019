"""Movements for other systems: their columns, the file that keeps a cursor, the export of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.columns import Column
from kasse_cli.spreadsheets.replacing import replacing
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from kasse_cli.results import Table

WORDS = (
    N_("paid"), N_("returned"), N_("paid_out"), N_("sent"), N_("left_over"), N_("credit_used"), N_("to_clarify"),
    N_("clarified"), N_("executed"), N_("booked"), N_("clarify"), N_("surplus"), N_("taken_back"),
)  # fmt: skip
"""What is shown translated: events, and the rules that no rung has."""
MOVEMENTS = (
    Column("posting_day", N_("Day"), "day"),
    Column("office", N_("Office")),
    Column("event", N_("What"), "word"),
    Column("reference", N_("Reference")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("open_cents", N_("Open now"), "cents"),
    Column("name", N_("Name")),
    Column("rule", N_("Rule"), "word", minor=True),
    Column("position", N_("Position"), "count", shown=False),
    Column("line", N_("Line"), "count", shown=False),
    Column("entry", N_("Entry"), shown=False),
    Column("bank_day", N_("Bank day"), "day", shown=False),
    Column("value_day", N_("Value day"), "day", shown=False),
    Column("payment_day", N_("Payment day"), "day", shown=False),
    Column("item", N_("Item"), "count", shown=False),
    Column("item_kind", N_("Kind"), "word", shown=False),
    Column("order", N_("Order"), "count", shown=False),
    Column("account", N_("Account"), shown=False),
    Column("bank_entry", N_("Bank entry"), shown=False),
    Column("bank_account", N_("Bank account"), shown=False),
    Column("bank_amount_cents", N_("Bank amount"), "cents", shown=False),
    Column("payer_account", N_("Payer's IBAN"), shown=False),
    Column("remittance", N_("Remittance"), shown=False),
    Column("end_to_end_id", N_("End-to-end id"), shown=False),
    Column("return_reason", N_("Return reason"), shown=False),
    Column("evidence", N_("Evidence"), shown=False),
)
ASSIGNMENTS = (
    Column("bank_entry", N_("Bank entry")),
    Column("bank_account", N_("Bank account")),
    Column("bank_day", N_("Bank day"), "day"),
    Column("value_day", N_("Value day"), "day"),
    Column("posting_day", N_("Posting day"), "day"),
    Column("bank_amount_cents", N_("Bank amount"), "cents"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("event", N_("What"), "word"),
    Column("reference", N_("Reference")),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("account", N_("Account")),
    Column("name", N_("Name")),
    Column("payer_account", N_("Payer's IBAN")),
    Column("remittance", N_("Remittance")),
    Column("end_to_end_id", N_("End-to-end id")),
    Column("return_reason", N_("Return reason")),
    Column("rule", N_("Rule"), "word"),
    Column("evidence", N_("Evidence")),
    Column("entry", N_("Entry")),
    Column("position", N_("Position"), "count"),
    Column("line", N_("Line"), "count"),
)


class UnknownFormError(KasseError):
    """A file to export to whose name says no known form."""

    code = "export.form"
    template = N_("an export is .xlsx or .csv, not {file}")
    hint = N_("name the file with one of these endings")


def read_state(path: Path, first: str) -> str:
    """Return the cursor that a file keeps, the first one where there is no file yet."""
    return path.read_text("ascii", errors="replace").strip() if path.exists() else first


def write_state(path: Path, cursor: str) -> None:
    """Write the cursor, whole or not at all; raises `FileWriteError`."""
    with replacing(path) as temporary:
        temporary.write_text(f"{cursor}\n", "ascii")


def check_form(path: Path) -> None:
    """Check before the work begins that the file can be written; raises `UnknownFormError` and `OutputError`s."""
    from kasse_cli.exports import check_target

    if path.suffix.lower() not in {".xlsx", ".csv"}:
        raise UnknownFormError(file=str(path))
    check_target(path, replace_it=False)


def write_export(path: Path, tables: Sequence[Table], created: dt.datetime) -> None:
    """Write the tables as a workbook or as CSV for programs, by the ending of the name; whole or not at all."""
    from kasse_cli.exports import write_csv, write_excel

    if path.suffix.lower() == ".xlsx":
        write_excel(path, tables, created)
        return
    with replacing(path) as temporary, temporary.open("wb") as stream:
        write_csv(stream, tables, for_excel=False)
