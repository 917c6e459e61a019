"""What a payer says that the money is for (Tilgungsbestimmung, § 366 (1) BGB): a kind of debt, a year, a number.

Whoever names one debt does not pay another: where a text names what the item is not, neither amount nor account count.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from ledger.bank.matching import OwnDebt
from ledger.bank.references import loose_numbers
from ledger.people.parties import plain

_WORD = re.compile(r"[^\W\d_]{2,}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBER = re.compile(r"[0-9]+")
_ENDINGS = ("bescheid", "en", "n")


@cache
def kinds_of_debts() -> dict[str, tuple[str, ...]]:
    """Return the words for kinds of debts, each with all that mean the same, written as `plain` writes them."""
    text = (files("ledger") / "bank" / "debt_words.txt").read_text(encoding="utf-8")
    lines = [tuple(line.split()) for line in text.splitlines() if not line.startswith("#")]
    return {word: alike for alike in lines for word in alike}


def names_another_debt(text: str, debt: OwnDebt) -> bool:
    """Return whether a text names a kind of debt, a year or a number that is not this item's."""
    purpose = plain(debt.purpose or "")
    numbers = set(_NUMBER.findall(purpose))
    years = {number for number in numbers if _YEAR.fullmatch(number)} or {debt.due[:4]}
    if not all(number in numbers | years or int(number) * 100 == debt.open_cents for number in loose_numbers(text)):
        return True
    own = _WORD.findall(f"{purpose} {plain(debt.claim_kind or '')} {_PROFILES.get(debt.profile or '', '')}")
    kinds = kinds_of_debts()
    return any(not _is_meant(kinds[word], own) for word in _WORD.findall(plain(text)) if word in kinds)


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
