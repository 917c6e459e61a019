"""Receipts in the book, looked at."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.cash.desks import Desk
from ledger.cash.receipts import Label, Part, Receipt, UnknownReceiptError
from ledger.store.engines import Row, Store

_RECEIPT = """
    SELECT r.desk, r.year, r.number, r.kind, r.tender, r.cents, r.day, r.payment_day, r.person, r.words,
           coalesce(u.name, CAST(r.made_by AS TEXT)), r.made_at, e.office, e.year, e.number, q.cheque, b.terminal,
           r.cancels_year, r.cancels, c.year, c.number
    FROM cash_receipt r
    JOIN entry e ON e.office = r.office AND e.position = r.position
    LEFT JOIN app_user u ON u.id = r.made_by
    LEFT JOIN cash_cheque q ON q.desk = r.desk AND q.year = r.year AND q.number = r.number
    LEFT JOIN cash_batch b ON b.id = r.batch
    LEFT JOIN cash_receipt c ON c.desk = r.desk AND c.cancels_year = r.year AND c.cancels = r.number"""
_ONE = "WHERE r.desk = :desk AND r.year = :year AND r.number = :number"
_PARTS = """
    SELECT l.kind, l.office, l.item, l.cents, i.reference, i.purpose FROM cash_receipt_line l
    JOIN item i ON i.office = l.office AND i.id = l.item
    WHERE l.desk = :desk AND l.year = :year AND l.number = :number ORDER BY l.line"""


def receipt_named(store: Store, label: Label) -> Receipt:
    """Return a receipt with its parts; raises `UnknownReceiptError`."""
    key = {"desk": label.desk, "year": label.year, "number": label.number}
    row = store.one(f"{_RECEIPT} {_ONE}", **key)
    if row is None:
        raise UnknownReceiptError(label=str(label), desk=label.desk)
    return _receipt(row, tuple(Part(*part) for part in store.rows(_PARTS, **key)))


def receipts_of(store: Store, desk: Desk, first: str, last: str) -> Iterator[Receipt]:
    """Yield the receipts of a desk of these days, in order, without their parts."""
    where = "WHERE r.desk = :desk AND r.day >= :first AND r.day <= :last ORDER BY r.year, r.number"
    for row in store.rows(f"{_RECEIPT} {where}", desk=desk.code, first=first, last=last):
        yield _receipt(row, ())


def _receipt(row: Row, parts: tuple[Part, ...]) -> Receipt:
    desk, year, number, kind, tender, cents, day, paid_on, person, words, officer, at, *more = row
    office, entry_year, entry_number, cheque, terminal, cancels_year, cancels, cancelled_year, cancelled = more
    return Receipt(
        Label(desk, year, number), kind, tender, cents, day, paid_on, person, words, officer, at, parts,
        f"{office}-{entry_year}-{entry_number}", cheque, terminal,
        None if cancels is None else str(Label(desk, cancels_year, cancels)),
        None if cancelled is None else str(Label(desk, cancelled_year, cancelled)),
    )  # fmt: skip
