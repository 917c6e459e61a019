"""Payment orders of others as rows for JSON and tables: the names that scripts build on."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sepa.pain_values import (
    BatchEnd,
    FileEnd,
    ForeignAddress,
    ForeignBatch,
    ForeignPayment,
    PaymentFile,
)

_FORMS = ("present", "empty", "unknown", "misplaced", "day_forms", "old_bic", "original_old_bic")
_NOT_SHOWN = frozenset(("line", "index", "address", "amount", *_FORMS))
_BATCH_MAIN = frozenset(("id", "method", "day", "name", "iban", "bic", "count", "control_sum"))
_PAYMENT_MAIN = frozenset(
    ("amount_cents", "currency", "name", "iban", "bic", "remittance", "structured", "end_to_end_id", "purpose")
)
_BATCH_OTHERS = tuple(one.name for one in fields(ForeignBatch) if one.name not in _NOT_SHOWN | _BATCH_MAIN)
_PAYMENT_OTHERS = tuple(one.name for one in fields(ForeignPayment) if one.name not in _NOT_SHOWN | _PAYMENT_MAIN)


def file_row(head: PaymentFile, end: FileEnd) -> dict[str, Any]:
    """Return the head of a payment file with what it says of itself and what was counted."""
    return {
        "message_id": head.message_id or None,
        "created": head.created or None,
        "initiator": head.initiator or None,
        "stated_count": head.count or None,
        "stated_sum": head.control_sum or None,
        "payments": end.count,
        "sum_cents": end.amount_cents,
        "not_understood": dict(end.not_understood),
    }


def batch_row(batch: ForeignBatch, end: BatchEnd) -> dict[str, Any]:
    """Return the head of a batch with what was counted in it; `day` is text as written."""
    row: dict[str, Any] = {
        "id": batch.id or None,
        "method": batch.method or None,
        "day": batch.day or None,
        "name": batch.name or None,
        "iban": batch.iban or None,
        "bic": batch.bic or None,
        "payments": end.count,
        "sum_cents": end.amount_cents,
        "stated_count": batch.count or None,
        "stated_sum": batch.control_sum or None,
    }
    return row | _others(batch, _BATCH_OTHERS)


def payment_row(payment: ForeignPayment) -> dict[str, Any]:
    """Return one payment; its amount is as ordered, whatever the direction of the file."""
    row: dict[str, Any] = {
        "end_to_end_id": payment.end_to_end_id or None,
        "amount_cents": payment.amount_cents,
        "currency": payment.currency or None,
        "name": payment.name or None,
        "iban": payment.iban or None,
        "bic": payment.bic or None,
        "remittance": payment.text or None,
        "reference": payment.reference or None,
        "purpose": payment.purpose or None,
    }
    row |= _others(payment, _PAYMENT_OTHERS)
    row["line"] = payment.line
    return row


def _others(value: ForeignBatch | ForeignPayment, keys: tuple[str, ...]) -> dict[str, Any]:
    given = value.__dict__
    found = {key: given[key] for key in keys if given.get(key)}
    if "address" in given:
        found["address"] = _address(given["address"])
    return found


def _address(address: ForeignAddress) -> dict[str, Any]:
    return dict(address.fields) | ({"lines": list(address.lines)} if address.lines else {})
