"""What to look for in the book for a bank entry: references in its texts, identifiers that may be ours, who it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ledger.bank.references import Finder, names_a_number
from ledger.bank.rungs_returns import is_return
from ledger.people.parties import match_key
from sepa.identifiers.ids import NOT_PROVIDED

KEY_COLUMNS = ("seq", "line", "key", "strong", "place", "iban", "cents")
_OWN_ID = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{1,8}-R[0-9]{1,12}-[0-9]{1,7}(?![0-9])")
SOON_DAYS, UNDONE_WITHIN_DAYS = 31, 95
"""How far ahead a debt may be due for money without a word; how far back a booking may lie that the bank undoes."""


class Texts(NamedTuple):
    """One transaction as its keys are read: `details` is the number of its entry's parts, 0 for a part."""

    seq: int
    line: int
    cents: int | None
    end_to_end: str | None
    structured: str | None
    iban: str | None
    text: str | None
    batch: str | None
    message: str | None
    reason: str | None
    details: int
    gvc: str | None
    reversal: int
    name: str | None
    bank_day: str


Key = tuple[int, int, str, int, str, str | None, int | None]


def keys_of(finder: Finder, texts: Texts) -> Iterator[Key]:
    """Yield the keys of one transaction: (seq, line, key, strong, place, iban, cents)."""
    if texts.reversal or texts.reason or (texts.cents or 0) < 0 or is_return(texts.gvc, None):
        yield from _of_our_own(texts)
    elif texts.details <= 1:
        yield from _of_a_payer(finder, texts)


def _of_a_payer(finder: Finder, texts: Texts) -> Iterator[Key]:
    seq, line, cents, end_to_end, structured, iban, text, *_ = texts
    found = references(finder, text, structured, end_to_end)
    for key, (strong, place) in found.items():
        yield seq, line, key, int(strong), place, iban, cents
    if not found and iban and not names_a_number(f"{text or ''} {structured or ''}"):
        yield seq, line, _later(texts.bank_day, SOON_DAYS), 0, "account", iban, cents


def _of_our_own(texts: Texts) -> Iterator[Key]:
    """Yield what may name a payment of ours that is booked, returned or undone."""
    seq, line, cents, end_to_end, _, iban, text, batch, message, reason, details, gvc, *_ = texts
    came_back = is_return(gvc, reason)
    if texts.reversal:
        if line == 0:
            yield seq, line, _later(texts.bank_day, -UNDONE_WITHIN_DAYS), 1, "reversal", iban, cents
        return
    ours = [end_to_end] if end_to_end and end_to_end != NOT_PROVIDED else []
    if came_back and text:
        ours += _OWN_ID.findall(text)
    for name in dict.fromkeys(ours):
        yield seq, line, name, 1, "payment", iban, cents
    if (cents or 0) < 0:
        runs = {name for name in (batch, message, (batch or "").rpartition("-")[0]) if name}
        yield from ((seq, line, name, 1, "run", None, cents) for name in sorted(runs))
        if line == 0 and details <= 1 and not came_back:
            yield seq, line, match_key(texts.name or ""), 0, "supplier", iban, cents


def references(
    finder: Finder, text: str | None, structured: str | None, end_to_end: str | None
) -> dict[str, tuple[bool, str]]:
    """Return the references of one transaction with the place where each is surest."""
    found: dict[str, tuple[bool, str]] = {}
    if text:
        found = {key: (strong, "text") for key, strong in finder.in_text(text).items()}
    if structured:
        found |= {key: (strong, "structured") for key, strong in finder.structured(structured).items()}
    if end_to_end and end_to_end != NOT_PROVIDED:
        for key, strong in finder.possible(end_to_end).items():
            found.setdefault(key, (strong, "end_to_end"))
    return found


@lru_cache(maxsize=512)
def _later(day: str, days: int) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()
