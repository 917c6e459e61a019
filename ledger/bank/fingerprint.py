"""What makes a bank entry the same booking wherever it is told again: a hash of what the bank says about it.

The place in the file, the number of the line and NtryRef are left out, because a bank counts them anew each time; so
is the way in which remittance lines are broken. The booking day is not hashed: it stands beside the fingerprint in
the key of an entry. The list of fields is part of the stored format: it may only change together with `FORMAT`.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from hashlib import sha256
from operator import attrgetter

from sepa.statements import Detail, Entry

FORMAT = "kasse bank entry 1"
_FIELD, _GROUP, _DETAIL = "\x1f", "\x1e", "\x1d"  # control characters, which no XML text can hold
_OF_ENTRY = attrgetter(
    "currency",
    "servicer_reference",
    "bank_transaction_code",
    "proprietary_code",
    "batch_payment_information_id",
    "batch_message_id",
    "additional_information",
)
_OF_DETAIL = attrgetter(
    "currency",
    "message_id",
    "servicer_reference",
    "payment_information_id",
    "instruction_id",
    "end_to_end_id",
    "transaction_id",
    "mandate_id",
    "creditor_id",
    "name",
    "iban",
    "account",
    "ultimate_name",
    "text",
    "purpose",
    "return_reason",
    "additional_information",
    "uetr",
)


def fingerprint(entry: Entry) -> bytes:
    """Return the SHA-256 over the stable content of an entry: 32 bytes."""
    value_day = _iso(entry.value_day)
    head = (FORMAT, str(entry.amount_cents), value_day, "R" if entry.reversal else "", *_OF_ENTRY(entry))
    text = _DETAIL.join([_FIELD.join(head), *map(_detail, entry.details)])
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


@lru_cache(maxsize=512)
def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _detail(detail: Detail) -> str:
    cents = "" if detail.amount_cents is None else str(detail.amount_cents)
    text = _FIELD.join((cents, *_OF_DETAIL(detail)))
    if detail.structured:
        text += _GROUP + _GROUP.join(f"{one.kind}{_FIELD}{one.reference}" for one in detail.structured)
    if detail.structured_text:
        text += _GROUP + _FIELD.join(detail.structured_text)
    return text
