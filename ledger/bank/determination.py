"""What a payer says that the money is for (Tilgungsbestimmung, § 366 (1) BGB): a kind of debt, a year, month or number.

Whoever names one debt does not pay another: where a text names what the item is not, neither amount nor account count.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import Protocol

from ledger.bank.references import loose_numbers
from ledger.people.parties import plain

_WORD = re.compile(r"[^\W\d_]{2,}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBER = re.compile(r"[0-9]+")
_ENDINGS = ("bescheid", "en", "n")
_LETTER = re.compile(r"(?<![^\W_])[^\W\d_](?![^\W_])")
_NAMES = (
    "januar jan jaenner", "februar feb", "maerz mrz", "april apr", "mai", "juni jun", "juli jul", "august aug",
    "september sept sep", "oktober okt", "november nov", "dezember dez",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_OF_YEAR = re.compile(r"(?<![0-9./])(0?[1-9]|1[0-2])[./]20[0-9]{2}(?![0-9])")  # 11/2026
_OF_DAY = re.compile(r"(?<![0-9./])[0-3]?[0-9]\.(0?[1-9]|1[0-2])\.(?:20)?[0-9]{2}(?![0-9])")  # 16.11.2026
_PAPER = re.compile(r"(?:bescheid|rechnung)e?s? (?:vom|v\.?) ?([0-3]?[0-9])\.([01]?[0-9])\.((?:20)?[0-9]{2})(?![0-9])")


class Debt(Protocol):
    """An item as far as its kind is concerned: what it is for, of which right, when due, how much is open."""

    @property
    def purpose(self) -> str | None:
        """What it is for."""

    @property
    def claim_kind(self) -> str | None:
        """The kind of claim, where it has one."""

    @property
    def profile(self) -> str | None:
        """The profile of law, where it has one."""

    @property
    def due(self) -> str:
        """The day it is due."""

    @property
    def open_cents(self) -> int:
        """What is open of it."""


@cache
def kinds_of_debts() -> dict[str, tuple[str, ...]]:
    """Return the words for kinds of debts, each with all that mean the same, written as `plain` writes them."""
    text = (files("ledger") / "bank" / "debt_words.txt").read_text(encoding="utf-8")
    lines = [tuple(line.split()) for line in text.splitlines() if not line.startswith("#")]
    return {word: alike for alike in lines for word in alike}


def names_debt(text: str, debt: Debt, day: str) -> bool:
    """Return whether a text of that bank day names the kind of this item, and nothing that it is not."""
    kinds, own = kinds_of_debts(), _own_words(debt)
    named = any(_is_meant(kinds[word], own) for word in _WORD.findall(plain(text)) if word in kinds)
    return named and not names_another_debt(text, debt, day)


def names_another_debt(text: str, debt: Debt, day: str) -> bool:
    """Return whether a text of that bank day names a kind of debt, a year, month or number that is not this item's.

    Nor is a notice or an invoice its own that was written over a year after it was due; sooner it may be a reminder.
    """
    purpose = plain(debt.purpose or "")
    if _names_another_month(plain(text), purpose, debt.due, day) or _names_another_letter(plain(text), purpose):
        return True
    a_year_later = f"{int(debt.due[:4]) + 1}{debt.due[4:]}"
    if any(told > a_year_later for told in _papers(plain(text))):
        return True
    numbers = set(_NUMBER.findall(purpose))
    years = {number for number in numbers if _YEAR.fullmatch(number)} or {debt.due[:4]}
    if not all(number in numbers | years or int(number) * 100 == debt.open_cents for number in loose_numbers(text)):
        return True
    kinds, own = kinds_of_debts(), _own_words(debt)
    return any(not _is_meant(kinds[word], own) for word in _WORD.findall(plain(text)) if word in kinds)


def _own_words(debt: Debt) -> list[str]:
    general = _PROFILES.get(debt.profile or "", "")
    return _WORD.findall(f"{plain(debt.purpose or '')} {plain(debt.claim_kind or '')} {general}")


def _names_another_month(text: str, purpose: str, due: str, day: str) -> bool:
    """Return whether a text names a month, but not that of the item.

    An item whose purpose names none, as those of a standing order, is of the month in which it is due; once it is due,
    a payer may also name the month in which he pays. Where the item names its month, a day in the text tells one too.
    """
    named, own = _months(text), _months(purpose)
    if own and not named:
        named = {int(month) for month in _OF_DAY.findall(text)}
    meant = own or {int(one[5:7]) for one in ((due, day) if due <= day else (due,))}
    return bool(named) and named.isdisjoint(meant)


def _papers(text: str) -> Iterator[str]:
    """Yield the days of the notices and invoices that a text names, as ISO text; what is no day is left out."""
    for day, month, year in _PAPER.findall(text):
        with suppress(ValueError):
            yield dt.date(2000 + int(year[-2:]), int(month), int(day)).isoformat()


def _names_another_letter(text: str, purpose: str) -> bool:
    """Return whether both name letters, but not the same: Grundsteuer A and B are two taxes."""
    named, own = set(_LETTER.findall(text)), set(_LETTER.findall(purpose))
    return bool(named and own) and named.isdisjoint(own)


def _months(text: str) -> set[int]:
    """Return the months that a text names by their names or with their year."""
    words = {_MONTHS[word] for word in _WORD.findall(text) if word in _MONTHS}
    return words | {int(month) for month in _OF_YEAR.findall(text)}


_PROFILES = {"fee": "gebuehr", "tax": "steuer", "fine": "bussgeld"}
"""The general word for what a profile holds; one that is more special needs a purpose that says it."""


def _is_meant(alike: tuple[str, ...], own: list[str]) -> bool:
    """Return whether the item's own words say the kind, in another form or as a part of a longer word."""
    return any(_stem(word) in mine for word in alike for mine in own)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if len(word) - len(ending) >= 4:
            word = word.removesuffix(ending)
    return word
