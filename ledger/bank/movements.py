"""What happened to the money of an office, as rows for other systems; a cursor says from where on.

The rows are read from the chains of entries, where nothing is ever inserted, changed or removed: a cursor, the last
position seen of each office, therefore neither misses nor repeats anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sepa.errors import N_, KasseError

_PART = re.compile(r"([^=,]+)=(\d{1,18})")
_EVENTS = {
    ("receivable", True): "paid",
    ("receivable", False): "returned",
    ("payable", False): "paid_out",
    ("payable", True): "returned",
    ("credit", True): "left_over",
    ("credit", False): "credit_used",
    ("suspense", True): "to_clarify",
    ("suspense", False): "clarified",
    ("advance", False): "to_clarify",
    ("advance", True): "clarified",
}
"""What happened, by the kind of item and whether money came in for it."""


class BadCursorError(KasseError):
    """A cursor that no command gave."""

    code = "cursor.invalid"
    template = N_("not a cursor: {text}")
    hint = N_("give the cursor that 'kasse office feed' printed last, or 0 to begin at the beginning")


class CursorAheadError(KasseError):
    """A cursor of another book, or of one that was restored from an older copy."""

    code = "cursor.ahead"
    template = N_("the cursor says {position} for office {office}, but the book is only at {head}")
    hint = N_("the cursor is of another book, or this book was restored from an older copy; begin again with 0")


class CursorOfficeError(KasseError):
    """A cursor that names an office that the book does not have."""

    code = "cursor.office"
    template = N_("the cursor names office {office}, which this book does not have")
    hint = N_("the cursor is of another book: give that of this one, or begin again with 0")


@dataclass(frozen=True, slots=True)
class Movement:
    """One share of an entry: money that came in for an office (positive) or left it (negative), and why.

    `event` is paid, returned, paid_out, sent (in a payment run), left_over, credit_used, to_clarify, clarified,
    executed (money in transit), booked (to an account without items), or taken_back: no money moved, somebody undid
    one of these, and the amount is the opposite of it. `rule` and `evidence` say who or what
    decided; `open_cents` is what is open on the item when the row is read.
    """

    office: str
    position: int
    line: int
    entry: str
    event: str
    posting_day: str
    bank_day: str | None
    value_day: str | None
    payment_day: str | None
    amount_cents: int
    reference: str | None
    item: int | None
    item_kind: str | None
    open_cents: int | None
    order: int | None
    account: str
    bank_entry: str | None = None
    bank_account: str | None = None
    bank_amount_cents: int | None = None
    name: str | None = None
    payer_account: str | None = None
    remittance: str | None = None
    end_to_end_id: str | None = None
    return_reason: str | None = None
    rule: str | None = None
    evidence: str | None = None


def event_of(kind: str, source: str | None, item_kind: str | None, role: str | None, cents: int) -> str:
    """Return what an entry of this kind did for an item, or an account with that role; cents in positive.

    A person's undoing is a reversal, or a clearing whose source is the bank entry itself: what came back does either
    with an entry of the bank or from the case of a debit.
    """
    undone = kind == "reversal" or (kind == "clearing" and (source or "").startswith("bank:"))
    if undone and item_kind not in {"suspense", "advance"}:
        return "taken_back"
    if item_kind is None:
        return "executed" if role is not None and role.startswith("transit") else "booked"
    if kind == "run" and item_kind == "payable":
        return "sent"
    return _EVENTS.get((item_kind, cents > 0), "booked")


def read_cursor(text: str) -> dict[str, int]:
    """Return the last position seen of each office; `0` begins at the beginning. Raises `BadCursorError`.

    >>> read_cursor("KASSE=12,ORDNUNG=7")
    {'KASSE': 12, 'ORDNUNG': 7}
    """
    text = text.strip()
    if text in {"", "0"}:
        return {}
    found = [_PART.fullmatch(part) for part in text.split(",")]
    if not all(found) or len({match[1] for match in found if match}) < len(found):
        raise BadCursorError(text=text)
    return {match[1]: int(match[2]) for match in found if match}


def written_cursor(positions: Mapping[str, int]) -> str:
    """Return a cursor as text.

    >>> written_cursor({"ORDNUNG": 7, "KASSE": 12})
    'KASSE=12,ORDNUNG=7'
    """
    return ",".join(f"{office}={position}" for office, position in sorted(positions.items())) or "0"
