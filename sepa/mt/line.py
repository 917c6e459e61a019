"""The field :61:, one line of the statement: days, amount by its effect, type and references."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from sepa.mt.amounts import AMOUNT, amount_cents, booking_day, field_error, read_day
from sepa.notes import Notes

_LINE = re.compile(
    r"\s*(?P<value>[0-9]{6}) {0,4}(?P<entry>[0-9]{4})? {0,4}(?P<mark>R[CD]|E[CD]|[CD])[A-Z]?"
    rf"\s*(?P<amount>{AMOUNT})\s*(?P<type>[A-Z][A-Z0-9 ]{{3}})?(?P<rest>.*)",
    re.DOTALL,
)
_EFFECT = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}
_NO_REFERENCE = frozenset(("NONREF", "KREF+", "EREF+", "EREF", "KREF"))


class Line(NamedTuple):
    """What :61: says; cents are signed by what the line does to the balance."""

    value_day: date | None
    booking_day: date | None
    amount_cents: int
    written: str
    reversal: bool
    expected: bool
    type: str
    reference: str
    servicer_reference: str
    supplement: str


def read_line(text: str, currency: str, notes: Notes, number: int) -> Line:
    """Return the line; a reversed credit (RC) takes money, a reversed debit (RD) brings it.

    Raises `MtFieldError` and `InvalidAmountError` with the place of the field, which begins in line `number`.
    """
    match = _LINE.match(text)
    if match is None:
        raise field_error("61", text, number, notes.place)
    value, entry, mark, amount, kind, rest = match.groups()
    before = notes.count
    cents = amount_cents(amount, currency, notes, number)
    written = amount if notes.count != before else ""
    value_day = read_day(value, notes, number)
    references, _, supplement = rest.partition("\n")
    own, _, servicer = references.partition("//")
    return Line(
        value_day,
        booking_day(entry or "", value_day, notes, number),
        _EFFECT[mark] * cents,
        written,
        mark[0] == "R",
        mark[0] == "E",
        (kind or "").rstrip(),
        _reference(own),
        _reference(servicer),
        supplement.strip(),
    )


def _reference(text: str) -> str:
    bare = text.strip()
    return "" if bare in _NO_REFERENCE else bare
