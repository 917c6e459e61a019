"""One payment's whole life as values: order, run, file, what the bank answered, its entries, its return."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.payments.files import PaymentFile
from ledger.payments.left_out import AttachedError
from ledger.payments.runs import Payment, Run


@dataclass(frozen=True, slots=True)
class Station:
    """One thing that happened to a payment: when, what, by whom, and the words or numbers that belong to it."""

    at: str
    what: str
    by: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A payment as a search finds it."""

    payment: str
    run: int
    line: int
    creditor_name: str
    creditor_iban: str
    amount_cents: int
    state: str
    execution_day: str
    remittance: str
    end_to_end_id: str


@dataclass(frozen=True, slots=True)
class Life:
    """Everything the book knows of one payment, in the order in which it happened."""

    payment: Payment
    run: Run
    file: PaymentFile | None
    order: str | None
    reference: str | None
    purpose: str | None
    item_open_cents: int
    stations: tuple[Station, ...]
    entries: tuple[str, ...] = field(default=())
    rights: tuple[AttachedError, ...] = field(default=())
