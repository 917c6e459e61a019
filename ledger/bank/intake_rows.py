"""Bank entries as rows: what the matcher needs, in columns; everything else is in the bank's own file.

- An entry with exactly one transaction (or none) carries its data itself: `detail_count` is 1 (or 0).
- A Sammler with several has `detail_count` rows in `bank_detail` and no such data of its own.
- Where the details contradict the entry it is staged as a whole, without them: `detail_count` is 0.
- Remittance lines are joined by line feeds, because banks break lines in the middle of words and numbers: only the
  reader of a reference can decide whether a line feed separates or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from ledger.bank.fingerprint import fingerprint
from ledger.store.engines import Row
from sepa.statements import NO_DETAIL, Detail, Entry

ENTRY_COLUMNS = (
    "bank_day", "fingerprint", "amount_cents", "value_day", "reversal", "gvc", "code", "servicer_reference",
    "end_to_end_id", "payment_information_id", "message_id", "mandate_id", "creditor_reference", "name",
    "counter_iban", "remittance", "return_reason", "detail_count",
)  # fmt: skip
BANK_DAY, FINGERPRINT, AMOUNT, VALUE_DAY = range(4)
"""Where in the columns of an entry these stand."""
DETAIL_COLUMNS = (
    "amount_cents", "end_to_end_id", "creditor_reference", "name", "counter_iban", "remittance", "return_reason",
)  # fmt: skip
_DOCUMENTS = frozenset({"CINV", "CREN", "DEBN", "CNFA", "MSIN", "HIRI", "SBIN", "SOAC", "DISP", "BOLD", "VCHR", "AROI"})
"""Kinds of structured numbers that name a document (ISO DocumentType), not what the payee asked to be quoted."""


@lru_cache(maxsize=512)
def iso(day: date | None) -> str | None:
    """Return a day as ISO text; a file has few days and many entries."""
    return None if day is None else day.isoformat()


def entry_row(entry: Entry) -> Row:
    """Return the columns of an entry; days are ISO text or None."""
    details = entry.details
    own = details[0] if len(details) == 1 and entry.details_agree else NO_DETAIL
    return (
        iso(entry.booking_day),
        fingerprint(entry),
        entry.amount_cents,
        iso(entry.value_day),
        1 if entry.reversal else 0,
        entry.gvc or None,
        entry.bank_transaction_code or entry.proprietary_code or None,
        entry.servicer_reference or own.servicer_reference or None,
        own.end_to_end_id or None,
        entry.batch_payment_information_id or own.payment_information_id or None,
        entry.batch_message_id or own.message_id or entry.detail_message_id or None,
        own.mandate_id or None,
        creditor_reference(own),
        own.name or None,
        own.iban or own.account or None,
        remittance(own) or (entry.additional_information or None if len(details) < 2 else None),
        own.return_reason or None,
        len(details) if entry.details_agree else 0,
    )


def detail_rows(entry: Entry) -> Iterator[Row]:
    """Yield the transactions of a Sammler, amounts signed like the entry, None where the bank gives none in EUR."""
    if len(entry.details) < 2 or not entry.details_agree:
        return
    for detail in entry.details:
        yield _detail_row(detail, detail.amount_cents if detail.currency == entry.currency else None)


def single_detail_row(entry: Entry) -> Row:
    """Return the only transaction of an entry as a row; it has the amount of the entry."""
    return _detail_row(entry.details[0], entry.amount_cents)


def _detail_row(detail: Detail, cents: int | None) -> Row:
    return (
        cents,
        detail.end_to_end_id or None,
        creditor_reference(detail),
        detail.name or None,
        detail.iban or detail.account or None,
        remittance(detail),
        detail.return_reason or None,
    )


def creditor_reference(detail: Detail) -> str | None:
    """Return the first structured reference that does not name a document."""
    return next((one.reference for one in detail.structured if one.kind not in _DOCUMENTS), None)


def remittance(detail: Detail) -> str | None:
    """Return all free text a payer or bank wrote, lines joined by line feeds, None where there is none."""
    lines = (*detail.remittance, *detail.structured_text)
    if not lines and detail.additional_information:
        lines = (detail.additional_information,)
    return "\n".join(lines) or None
