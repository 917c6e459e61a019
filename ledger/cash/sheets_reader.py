"""The sheets of a desk, from the book."""

from __future__ import annotations

from ledger.book.store import setting
from ledger.cash.count_store import count_numbered
from ledger.cash.counting import UnknownCountError
from ledger.cash.desks_reader import find_desk
from ledger.cash.receipts import Label
from ledger.cash.receipts_reader import receipt_named
from ledger.cash.sheets import count_sheet, receipt_sheet
from ledger.cash.transport_reader import cheques_of
from ledger.documents import Document
from ledger.store.engines import Store

_LAST = "SELECT max(number) FROM cash_count WHERE desk = :desk"
_PIECES = "SELECT value_cents, pieces FROM cash_count_piece WHERE desk = :desk AND number = :number"
_SIGNED = """
    SELECT coalesce(a.name, CAST(c.counted_by AS TEXT)), coalesce(b.name, CAST(c.confirmed_by AS TEXT)),
           coalesce(r.name, CAST(c.rejected_by AS TEXT))
    FROM cash_count c LEFT JOIN app_user a ON a.id = c.counted_by LEFT JOIN app_user b ON b.id = c.confirmed_by
    LEFT JOIN app_user r ON r.id = c.rejected_by
    WHERE c.desk = :desk AND c.number = :number"""


def receipt_document(store: Store, label: Label) -> Document:
    """Return a receipt as a sheet; raises `UnknownReceiptError`."""
    receipt = receipt_named(store, label)
    town = setting(store, "municipality") or setting(store, "name")
    return receipt_sheet(receipt, find_desk(store, label.desk, receipt.day), town)


def count_document(store: Store, code: str, number: int | None = None) -> Document:
    """Return the protocol of a count, by default of the last one; raises `UnknownDeskError`, `UnknownCountError`."""
    desk = find_desk(store, code, store.today)
    wanted = store.value(_LAST, desk=desk.code) if number is None else number
    signed = store.one(_SIGNED, desk=desk.code, number=wanted)
    if signed is None:
        raise UnknownCountError(desk=desk.code)
    pieces: dict[int, int] = dict(store.all(_PIECES, desk=desk.code, number=wanted))
    cheques = [one for one in cheques_of(store, desk) if one.state == "held"]
    return count_sheet(count_numbered(store, desk, wanted), desk, pieces, cheques, (signed[0], signed[1], signed[2]))
