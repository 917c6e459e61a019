"""What to look for in the book for a bank entry: references in its texts, identifiers that may be ours, who it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

from ledger.bank.determination import kinds_of_debts
from ledger.bank.references import Finder, names_a_number
from ledger.bank.rungs_returns import is_return
from ledger.people.parties import match_key, plain
from sepa.identifiers.ids import NOT_PROVIDED

KEY_COLUMNS = ("seq", "line", "key", "strong", "place", "iban", "cents")
_OWN_ID = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{1,8}-[RL][0-9]{1,12}-[0-9]{1,7}(?![0-9])")
_TRANSFER = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{1,8}-R[0-9]{1,12}-[0-9]{1,7}(?![0-9])")
_COLLECTION = re.compile(r"[A-Z0-9]{1,8}-L[0-9]{1,12}-[0-9]{1,7}")
_COLLECTION_RUN = re.compile(r"KASSE-[0-9a-f]{8}-L[0-9]{6,12}(-[0-9]{1,7})?")
_WORD = re.compile(r"[^\W\d_]{2,}")
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


def keys_of(finder: Finder, texts: Texts) -> Iterable[Key]:
    """Return the keys of one transaction: (seq, line, key, strong, place, iban, cents)."""
    if texts.reversal or texts.reason or (texts.cents or 0) < 0 or is_return(texts.gvc, None):
        return chain(_of_our_own(texts), _named_by(finder, texts)) if texts.reversal else _of_our_own(texts)
    return _of_a_payer(finder, texts) if texts.details <= 1 else ()


def _of_a_payer(finder: Finder, texts: Texts) -> list[Key]:
    seq, line, cents, end_to_end, structured, iban, text, batch, message, _, _, _, _, name, day = texts
    if end_to_end == NOT_PROVIDED:
        end_to_end = None
    if end_to_end or batch or message:
        own = list(_collected(seq, line, end_to_end, (batch, message)))
        if own:
            return own
    found = references(finder, text, structured, end_to_end)
    keys: list[Key] = [(seq, line, own, 1, "payment", iban, cents) for own in _transfers(end_to_end, text)]
    silent = iban is not None
    for key, (strong, place) in found.items():
        keys.append((seq, line, key, int(strong), place, iban, cents))
        if strong:
            silent = False
            keys += [(seq, line, twin, 0, "twin", iban, cents) for twin in finder.twins(key)]
        elif silent:
            silent = place == "text" and not finder.fits_scheme(key)  # words that have the length of a foreign number
    if silent and iban and structured in {None, "", NOT_PROVIDED} and says_nothing(text or "", name or ""):
        keys.append((seq, line, _later(day, SOON_DAYS), 0, "account", iban, cents))
    return keys


def _named_by(finder: Finder, texts: Texts) -> Iterator[Key]:
    """Yield the sure references of a booking that undoes another: it names what that one named, or it is not meant."""
    seq, line, cents, _, structured, iban, text, *_ = texts
    for key, (strong, place) in references(finder, text, structured, None).items():
        if strong:
            yield seq, line, key, 1, place, iban, cents


def _transfers(end_to_end: str | None, text: str | None) -> Iterable[str]:
    """Return the EndToEndIds that may be those of transfers of ours: a bank may give money back without saying so."""
    if not (text and "-R" in text) and not (end_to_end and "-R" in end_to_end):
        return ()
    return dict.fromkeys(_TRANSFER.findall(end_to_end or "") + _TRANSFER.findall(text or ""))


def _collected(seq: int, line: int, end_to_end: str | None, names: tuple[str | None, ...]) -> Iterator[Key]:
    """Yield what says that a credit is a collection of ours; its text is our own and names the debtor's reference."""
    if end_to_end and _COLLECTION.fullmatch(end_to_end):
        yield seq, line, end_to_end, 1, "payment", None, None
    for name in names:
        if name and _COLLECTION_RUN.fullmatch(name):
            yield seq, line, name, 1, "collected", None, None


def _of_our_own(texts: Texts) -> Iterator[Key]:
    """Yield what may name a payment of ours that is booked, returned or undone."""
    seq, line, cents, end_to_end, _, iban, text, _, _, reason, _, gvc, *_ = texts
    came_back = is_return(gvc, reason)
    if texts.reversal:
        if line == 0:
            yield seq, line, _later(texts.bank_day, -UNDONE_WITHIN_DAYS), 1, "reversal", iban, cents
        if end_to_end and _COLLECTION.fullmatch(end_to_end):
            yield seq, line, end_to_end, 1, "payment", iban, cents
        return
    ours = [end_to_end] if end_to_end and end_to_end != NOT_PROVIDED else []
    if came_back and text:
        ours += _OWN_ID.findall(text)
    for name in dict.fromkeys(ours):
        yield seq, line, name, 1, "payment", iban, cents
    if (cents or 0) < 0:
        yield from _booked(texts, came_back=came_back, named=bool(ours))


def _booked(texts: Texts, *, came_back: bool, named: bool) -> Iterator[Key]:
    """Yield what may name a run of ours that a debit books, who collected from us, whose mandate came back."""
    seq, line, cents, _, _, iban, _, batch, message, _, details, *_ = texts
    runs = {name for name in (batch, message, (batch or "").rpartition("-")[0]) if name}
    yield from ((seq, line, name, 1, "run", None, cents) for name in sorted(runs))
    if came_back and not named:
        yield seq, line, "", 0, "mandate", iban, cents
    elif line == 0 and details <= 1 and not came_back:
        yield seq, line, match_key(texts.name or ""), 0, "supplier", iban, cents


@cache
def generic_words() -> frozenset[str]:
    """Return words that name nobody and no debt in particular, written as `plain` writes them."""
    text = (files("ledger") / "bank" / "generic_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def says_nothing(text: str, payer: str) -> bool:
    """Return whether a text holds nothing but thanks, kinds of debts and the payer's own name: no number, nobody else.

    >>> says_nothing("Danke, Hundesteuer 2026", "Max Muster"), says_nothing("für Eva Klein", "Max Muster")
    (True, False)
    """
    if names_a_number(text):
        return False
    own, generic = match_key(payer).split(), generic_words() | kinds_of_debts().keys()
    return all(word in generic or word in own for word in _WORD.findall(plain(text)))


def references(
    finder: Finder, text: str | None, structured: str | None, end_to_end: str | None
) -> dict[str, tuple[bool, str]]:
    """Return the references of one transaction with the place where each is surest."""
    found: dict[str, tuple[bool, str]] = {}
    if text:
        for key, strong in finder.in_text(text).items():
            found[key] = strong, "inside" if not strong and finder.amid_numbers(text, key) else "text"
    if structured:
        found |= {key: (strong, "structured") for key, strong in finder.structured(structured).items()}
    if end_to_end and end_to_end != NOT_PROVIDED:
        for key, strong in finder.possible(end_to_end).items():
            found.setdefault(key, (strong, "end_to_end"))
    return found


@lru_cache(maxsize=512)
def _later(day: str, days: int) -> str:
    """Return the day so many days later, at most the first or the last that there is."""
    number = dt.date.fromisoformat(day).toordinal() + days
    return dt.date.fromordinal(min(max(number, 1), dt.date.max.toordinal())).isoformat()
