"""Taking back a receipt by another person: the mirror of its entries and a counter receipt, nothing is deleted."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.book.entry import OWN_KINDS, Posted
from ledger.book.journal import EntryNumber
from ledger.book.reversal_store import places_of, take_back
from ledger.book.store import office_codes
from ledger.cash.cancelling import (
    CancelledAlreadyError,
    CancelOfCancelError,
    CancelReasonError,
    ClearedCardError,
    GoneChequeError,
)
from ledger.cash.credited_store import take_credits_of_receipt
from ledger.cash.desks import Desk, check_enough
from ledger.cash.desks_reader import balance, open_desk
from ledger.cash.receipts import Label, Part, Receipt
from ledger.cash.receipts_reader import receipt_named
from ledger.cash.receipts_store import NewReceipt, next_label, write_receipt
from ledger.cash.terminals_store import refund_batch
from ledger.cash.transports import WORDS
from ledger.people.users import check_apart, require
from ledger.store.engines import Store

ROLES = ("head", "cashier")
"""Who takes receipts back: another person than the one who wrote it."""
_ROW = """
    SELECT r.made_by, r.made_at, r.batch, r.tender, c.state, b.bank_entry FROM cash_receipt r
    LEFT JOIN cash_cheque c ON c.desk = r.desk AND c.year = r.year AND c.number = r.number
    LEFT JOIN cash_batch b ON b.id = r.batch
    WHERE r.desk = :desk AND r.year = :year AND r.number = :number"""
_GIVE_BACK = """
    UPDATE cash_cheque SET state = 'given_back' WHERE desk = :desk AND year = :year AND number = :number"""


@dataclass(frozen=True, slots=True)
class CancelDone:
    """The counter receipt and the one it takes back, what is in the desk now, what was taken of credits."""

    receipt: Receipt
    cancelled: Receipt
    balance_cents: int
    credit_cents: int = 0


def cancel(store: Store, label: Label, reason: str) -> CancelDone:
    """Take a receipt back by its mirror and a counter receipt: what was settled is open again with its old due day.

    What an order cancelled since stays cancelled: the credit that was made of the money goes with it.
    Another person than who wrote it, with the role head or cashier in the desk's office. Cash that was taken must
    still be in the desk. Raises `UnknownReceiptError`, `CancelReasonError`, `CancelledAlreadyError`,
    `CancelOfCancelError`, `GoneChequeError`, `ClearedCardError`, `CreditUnderWayError`, `OwnWorkError`,
    `NotEnoughCashError`, `NotAllowedError`, what `open_desk` and `check_reversible` raise.
    """
    if not reason.strip():
        raise CancelReasonError(label=str(label))
    with store.unit(office_codes(store)):
        desk = open_desk(store, label.desk)
        require(store, desk.office, *ROLES)
        old = receipt_named(store, label)
        batch = _check(store, desk, old)
        office, year, number = old.entry.rsplit("-", 2)
        involved, posted = take_back(
            store, places_of(store, EntryNumber(office, int(year), int(number))), reason=f"Storno {label}: {reason}",
            day=store.today, own_kinds=OWN_KINDS - {"cash"},
        )  # fmt: skip
        again = [(part.office, item) for part in involved.clearings for item, _ in part.lines]
        credit = take_credits_of_receipt(store, label, again, reason.strip())
        lead = next(p for e, p in zip(involved.entries, posted, strict=True) if e.number.office == office)
        counter = _write(store, desk, old, lead, (batch, reason.strip()))
        return CancelDone(receipt_named(store, counter), receipt_named(store, label), balance(store, desk), credit)


def _check(store: Store, desk: Desk, old: Receipt) -> int | None:
    """Return the batch of today that takes the receipt's card payment back, if it is one, where that may be."""
    label = str(old.label)
    if old.kind == "cancel":
        raise CancelOfCancelError(label=label)
    if old.cancelled_by is not None:
        raise CancelledAlreadyError(label=label, by=old.cancelled_by)
    row = store.one(_ROW, desk=old.label.desk, year=old.label.year, number=old.label.number)
    assert row is not None, "a receipt that was just found"
    made_by, made_at, batch, tender, cheque, credited = row
    check_apart(store, desk.office, f"receipt {label}", (made_by, made_at))
    if cheque not in {None, "held"}:
        raise GoneChequeError(label=label, state=WORDS.get(cheque, cheque))
    if credited is not None:
        raise ClearedCardError(label=label)
    if tender == "cash" and old.amount_cents > 0:
        check_enough(desk, balance(store, desk), old.amount_cents)
    return None if batch is None else refund_batch(store, int(batch))


def _write(store: Store, desk: Desk, old: Receipt, lead: Posted, said: tuple[int | None, str]) -> Label:
    batch, reason = said
    label = next_label(store, desk)
    new = NewReceipt(
        "cancel", old.tender, -old.amount_cents, store.today, lead, old.person, reason, batch, old.label
    )  # fmt: skip
    parts = [(Part(part.kind, part.office, part.item, part.amount_cents), None) for part in old.parts]
    write_receipt(store, desk, label, new, parts)
    if old.cheque is not None:
        store.execute(_GIVE_BACK, desk=old.label.desk, year=old.label.year, number=old.label.number)
    return label
