"""Hiding the names and accounts of restricted persons (Art. 18 DSGVO) in everything that is printed, in one place.

Where the acting person must not see them, every text of a result or document goes through `Mask`: lists, JSON, CSV,
Excel, sentences, findings, refusals. Services hand out what the book holds; files for a bank are another thing.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from kasse_cli.i18n import _
from kasse_cli.results import Streamed, Table, Written
from ledger.keeping.erasing import RESTRICTED_NAME
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.store.engines import Store

T = TypeVar("T")
_WORD = re.compile(r"\w+")
_GROUP = 4


@dataclass(frozen=True, slots=True)
class Mask:
    """What is hidden: sequences of words, small letters, and texts that are hidden only where they stand alone."""

    sequences: frozenset[tuple[str, ...]]
    whole: frozenset[str]
    first: frozenset[str]
    longest: int
    instead: str

    def text(self, text: str) -> str:
        """Return a text without the names in it, however they are written: blanks, commas, capitals do not matter."""
        if text == RESTRICTED_NAME:
            return self.instead
        found = list(_WORD.finditer(text))
        words = [match.group().casefold() for match in found]
        if " ".join(words) in self.whole:
            return self.instead
        if self.first.isdisjoint(words):
            return text
        pieces, done, place = [], 0, 0
        while place < len(words):
            count = self._length(words, place)
            if count:
                pieces += [text[done : found[place].start()], self.instead]
                done = found[place + count - 1].end()
            place += count or 1
        return "".join([*pieces, text[done:]])

    def _length(self, words: list[str], place: int) -> int:
        """Return how many words from a place on are one hidden sequence, 0 where none begins."""
        if words[place] not in self.first:
            return 0
        most = min(self.longest, len(words) - place)
        return next((n for n in range(most, 0, -1) if tuple(words[place : place + n]) in self.sequences), 0)

    def value(self, value: T) -> T:
        """Return a value of any shape that results have with all its texts masked; without any it stays as it is."""
        masked: Any = value
        if isinstance(value, str):
            masked = self.text(value)
        elif isinstance(value, Table):
            rows = value.rows
            held = [self.value(row) for row in rows] if isinstance(rows, (list, tuple)) else _Masked(rows, self)
            masked = _with(value, rows=held)
        elif isinstance(value, Written):
            pieces = value.pieces
            masked = Written(lambda: map(self.text, pieces()))
        elif isinstance(value, KasseError):
            value.fields = {name: self.value(one) for name, one in value.fields.items()}
        elif isinstance(value, Mapping):
            masked = {name: self.value(one) for name, one in value.items()}
        elif isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
            masked = type(value)(self.value(one) for one in value)
        elif is_dataclass(value) and not isinstance(value, (type, Streamed)):
            masked = self._row(value)
        return masked  # type: ignore[no-any-return]

    def _row(self, row: Any) -> Any:
        held = {field.name: getattr(row, field.name) for field in fields(row)}
        found = {name: self.value(one) for name, one in held.items()}
        changed = {name: one for name, one in found.items() if one is not held[name] and one != held[name]}
        return _with(row, **changed) if changed else row


class _Masked:
    """Rows masked as they are gone through, so that a long list is never held as a whole."""

    def __init__(self, rows: Iterable[object], mask: Mask) -> None:
        self.rows, self.mask = rows, mask

    def __iter__(self) -> Iterator[object]:
        return map(self.mask.value, self.rows)


_ACTIVE: ContextVar[Mask | None] = ContextVar("mask", default=None)


def begin(store: Store) -> None:
    """Hide from now on what the acting person must not see of this book."""
    from ledger.keeping.restriction_store import hidden

    names, accounts = hidden(store)
    _ACTIVE.set(_mask(names, accounts, _(N_("(restricted)"))) if names or accounts else None)


def end() -> None:
    """Hide nothing any more: the command has said all."""
    _ACTIVE.set(None)


def masked(value: T) -> T:
    """Return what may be printed of a value."""
    mask = _ACTIVE.get()
    return value if mask is None else mask.value(value)


def _mask(names: Iterable[str], accounts: Iterable[str], instead: str) -> Mask:
    sequences, whole = set[tuple[str, ...]](), set[str]()
    for name in names:
        words = tuple(match.group().casefold() for match in _WORD.finditer(name))
        if len(words) > 1:
            sequences |= {words, (*words[1:], words[0]), (words[-1], *words[:-1])}
        elif words:
            whole.add(words[0])
    for iban in accounts:
        short = iban.casefold()
        sequences |= {(short,), tuple(short[at : at + _GROUP] for at in range(0, len(short), _GROUP))}
    first = frozenset(words[0] for words in sequences)
    return Mask(frozenset(sequences), frozenset(whole), first, max(map(len, sequences), default=0), instead)


def _with(row: T, **values: object) -> T:
    """Return a copy of a frozen value with other texts, which its own checks need not hold for."""
    made = copy.copy(row)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made
