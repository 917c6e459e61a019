"""Invoices that are in the book already: refused where the number says so, named where it could be one written anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.items.invoices import Invoice, number_key
from ledger.items.orders import order_number
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

_SAME = """
    SELECT i.office, i.order_id FROM order_invoice i
    JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    WHERE i.seller = :seller AND i.number = :number AND o.state <> 'objected'"""
_OF_PARTY = """
    SELECT i.office, i.order_id, i.number, o.total_cents, i.issued_on FROM cash_order o
    JOIN order_invoice i ON i.office = o.office AND i.order_id = o.id
    WHERE o.party = :party AND o.state <> 'objected' ORDER BY i.office, i.order_id"""


class DuplicateInvoiceError(KasseError):
    """The seller's number is in the book."""

    code = "invoice.duplicate"
    template = N_("the invoice {number} of {seller} is in the book as order {order}")
    hint = N_("it is not taken in twice; object to that order first if it was wrong")


class AlikeInvoiceError(KasseError):
    """An invoice that differs from one in the book in nothing that matters, or in its number alone."""

    code = "invoice.alike"
    severity = "warning"
    template = N_("the invoice {number} of {seller} looks like order {order} ({known}): compare number, amount and day")
    hint = N_("if it is the same invoice, object to the new order: 'kasse order object' with --reason")


def check_number(store: Store, invoice: Invoice) -> None:
    """Check that the seller's number is not in the book; raises `DuplicateInvoiceError`."""
    row = store.one(_SAME, seller=invoice.seller.key, number=invoice.number)
    if row is not None:
        raise _twin(invoice, row)


def check_alike(store: Store, invoice: Invoice, party: int) -> list[KasseError]:
    """Return what the seller's other invoices have in common with this one, the first of them.

    The same number in another spelling, with the amount or the day of issue, is the same invoice: raises
    `DuplicateInvoiceError`. So is the very number, though the invoice names the seller otherwise.
    """
    alike: list[KasseError] = []
    for *order, known, cents, issued_on in store.all(_OF_PARTY, party=party):
        amount, day = cents == invoice.sums.payable_cents, issued_on == invoice.issued_on
        number = number_key(known) == invoice.number_key
        if known == invoice.number or (number and (amount or day)):
            raise _twin(invoice, order)
        if number or (amount and day):
            alike.append(
                AlikeInvoiceError(
                    number=invoice.number, seller=invoice.seller.name, order=order_number(*order), known=known,
                    place=Place(field="BT-1"),
                )
            )  # fmt: skip
    return alike[:1]


def _twin(invoice: Invoice, order: Sequence[Any]) -> KasseError:
    return DuplicateInvoiceError(number=invoice.number, seller=invoice.seller.name, order=order_number(*order))
