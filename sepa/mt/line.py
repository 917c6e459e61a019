"""The field :61:, one line of the statement: days, amount by its effect, type and references."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sepa.mt.amounts import AMOUNT, amount_cents, days, field_error
from sepa.notes import Notes

_LINE = re.compile(
    r"\s*([0-9]{6}) {0,4}([0-9]{4})? {0,4}(R[CD]|E[CD]|[CD]|r?[cd])[A-Za-z]?"
    rf"\s*({AMOUNT})\s*([A-Z][A-Z0-9 ]{{3}})?([^\n]*)\n?(.*)",
    re.DOTALL,
)
_EFFECT = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}
NO_REFERENCE = frozenset(("", "NONREF", "KREF+", "EREF+", "EREF", "KREF"))


class Frame(NamedTuple):
    """What an entry takes from its statement."""

    currency: str
    status: str


class Line(NamedTuple):
    """What :61: says: fields of the `Entry`, the type (NTRF, …) and the text of the second line."""

    fields: dict[str, Any]
    type: str
    supplement: str


def read_line(text: str, frame: Frame, notes: Notes, number: int) -> Line:
    """Return the line; a reversed credit (RC) takes money, a reversed debit (RD) brings it.

    Raises `MtFieldError` and `InvalidAmountError` with the place of the field, which begins in line `number`.
    """
    match = _LINE.match(text)
    if match is None:
        raise field_error("61", text, number, notes.place)
    value, entry, mark, amount, kind, references, supplement = match.groups("")
    mark = mark.upper()
    before = notes.count
    cents = amount_cents(amount, frame.currency, notes, number)
    rounded = notes.count != before
    value_day, booking_day = days(value, entry, notes, number)
    fields: dict[str, Any] = {
        "amount_cents": _EFFECT[mark] * cents,
        "currency": frame.currency,
        "status": "PDNG" if mark[0] == "E" else frame.status,
        "booking_day": booking_day,
        "value_day": value_day,
        "line": number,
    }
    if mark[0] == "R":
        fields["reversal"] = True
    if rounded:
        fields["amount_written"] = amount
    own, _, servicer = references.partition("//")
    if (own := own.strip()) not in NO_REFERENCE:
        fields["reference"] = own
    if (servicer := servicer.strip()) not in NO_REFERENCE:
        fields["servicer_reference"] = servicer
    return Line(fields, kind.rstrip(), supplement.strip())
