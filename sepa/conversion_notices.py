"""Status reports, answers to recalls, reversals and recalls as rows for JSON and tables: names that scripts build on.

What the file leaves out is None; beside the fixed names, others appear where the file gives something, under the names
of the values in `sepa.statusreports` and `sepa.requests`.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sepa.requests import RequestBatch, RequestEnd, RequestHead, RequestPayment
from sepa.statusreports import (
    BatchStatus,
    CancellationEnd,
    CancellationHead,
    CancellationStatus,
    ReportEnd,
    ReportHead,
    StatusReason,
    TransactionStatus,
)

_PARTY = ("amount_cents", "currency", "name", "iban")


def report_head_row(head: ReportHead) -> dict[str, Any]:
    """Return whose report it is, about which file, with the status of the whole."""
    return _row(head, ("message_id", "original_message_id", "original_message", "status", "created"))


def report_end_row(end: ReportEnd) -> dict[str, Any]:
    """Return what was counted in a report: payments by status, and the result of verifying payees if it has one."""
    row: dict[str, Any] = {"payments": end.transactions, "by_status": dict(end.by_status)}
    if end.vop is not None:
        row["vop"] = asdict(end.vop) | {"clean": end.vop.clean}
    return row | {"not_understood": dict(end.not_understood)}


def batch_status_row(batch: BatchStatus) -> dict[str, Any]:
    """Return the status of a batch."""
    return _row(batch, ("payment_information_id", "status"))


def payment_status_row(payment: TransactionStatus) -> dict[str, Any]:
    """Return the status of one payment; `found_name` is the holder's real name where the bank gives it."""
    row = _row(payment, ("status", "end_to_end_id", *_PARTY), last=("line",))
    return row | ({"found_name": payment.found_name} if payment.found_name else {})


def answer_head_row(head: CancellationHead, end: CancellationEnd) -> dict[str, Any]:
    """Return about which case the answer is, and what it confirms on the whole."""
    row = _row(head, ("assignment_id", "case_id", "status", "created"))
    return row | {"payments": end.statuses, "not_understood": dict(end.not_understood)}


def answer_row(status: CancellationStatus) -> dict[str, Any]:
    """Return the answer to one recall; `level` says what it is about."""
    main = ("level", "status", "payment_information_id", "end_to_end_id", *_PARTY)
    return _row(status, main, last=("line",))


def request_head_row(head: RequestHead, end: RequestEnd) -> dict[str, Any]:
    """Return the head of a reversal or recall with what it says of itself and what was counted."""
    row = _row(head, ("message_id", "created", "initiator", "original_message_id", "original_message"))
    row |= {"whole": head.whole, "payments": end.payments, "sum_cents": end.amount_cents}
    return row | {"not_understood": dict(end.not_understood)}


def request_batch_row(batch: RequestBatch) -> dict[str, Any]:
    """Return a batch that was sent, as the request names it."""
    return _row(batch, ("payment_information_id", "original_message_id")) | {"whole": batch.whole}


def request_payment_row(payment: RequestPayment) -> dict[str, Any]:
    """Return one payment to undo; `asked_cents` is what a reversal gives back."""
    return _row(payment, ("end_to_end_id", "asked_cents", *_PARTY, "mandate_id", "day"), last=("line",))


_ALWAYS = frozenset(("reasons",))
_NEVER = frozenset(("message", "line", "whole"))


def _row(value: Any, main: tuple[str, ...], last: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the main fields, then what else is given."""
    row = {key: _plain(getattr(value, key)) for key in main}
    for one in fields(value):
        key, given = one.name, getattr(value, one.name)
        if key not in row and key not in _NEVER and (key in _ALWAYS or given not in ("", (), None)):
            row[key] = _plain(given)
    return row | {key: getattr(value, key) for key in last}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [asdict(one) for one in value]
    return None if value == "" else value


def reason_codes(reasons: tuple[StatusReason, ...] | list[dict[str, Any]]) -> list[str]:
    """Return the codes of reasons, of values or of rows."""
    return [code for one in reasons if (code := one["code"] if isinstance(one, dict) else one.code)]
