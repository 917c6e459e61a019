"""What a payment file of others may have at the batch or at its payments: each payment is asked for its own."""

from __future__ import annotations

from collections.abc import Iterator

from sepa.debits import SEQUENCES, UnknownSequenceError
from sepa.errors import KasseError, Place
from sepa.fields import NAME_LENGTH, code_problem, creditor_id_problem, optional_text_problem
from sepa.pain_values import ForeignBatch, ForeignPayment, PaymentFile
from sepa.rules.odd import category_finding, present
from sepa.text import Charset


def head_text_problems(batch: ForeignBatch, head: PaymentFile, charset: Charset) -> Iterator[KasseError]:
    """Yield what is wrong with the party on whose behalf a batch of transfers is paid."""
    if not head.debits:
        name = batch.ultimate_debtor
        yield from present((optional_text_problem(name, NAME_LENGTH, "ultimate_debtor", charset),))


def level_problems(
    payment: ForeignPayment, batch: ForeignBatch, head: PaymentFile, charset: Charset
) -> Iterator[KasseError]:
    """Yield what is wrong with a payment in fields that others have at the batch (DK Anlage 3, GBIC_5)."""
    yield from _category_problems(payment.category_purpose)
    if not head.debits:
        return
    name = payment.ultimate_creditor
    yield from present((optional_text_problem(name, NAME_LENGTH, "ultimate_creditor", charset),))
    if payment.creditor_id and not batch.creditor_id:
        yield from present((creditor_id_problem(payment.creditor_id, "creditor_id"),))
    if "PmtTpInf" in payment.present and payment.sequence not in SEQUENCES:
        yield UnknownSequenceError(value=payment.sequence, place=Place(field="sequence", value=payment.sequence))


def _category_problems(purpose: str) -> Iterator[KasseError]:
    wrong = code_problem(purpose, "category_purpose")
    yield from present((wrong or category_finding(purpose),))
