"""How alike two names are: transliterated, words sorted, titles and forms of companies left out."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ledger.people.parties import match_key

ALIKE = 85
"""From this likeness on (0 to 100) a name may be meant; measured on distorted names, 97 of 100 right."""
_FORMS = frozenset({
    "gmbh", "mbh", "ug", "ag", "kg", "kgaa", "ohg", "gbr", "ev", "eg", "se", "co", "haftungsbeschraenkt", "herr",
    "frau", "familie", "fam", "eheleute", "und", "u", "oder", "od", "firma", "fa",
})  # fmt: skip


class Namesake(NamedTuple):
    """The name of somebody whose debt a number without proof names, where others in the book have the same name."""

    seq: int
    line: int
    match_key: str


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell people apart, sorted.

    >>> name_words("Fa. Müller & Söhne GmbH & Co. KG")
    ('mueller', 'soehne')
    """
    words = match_key(name).split()
    return tuple(word for word in words if word not in _FORMS) or tuple(words)


def likeness(one: str, other: str) -> int:
    """Return how alike two names are, 0 to 100; a first name that one of them lacks costs little.

    >>> likeness("MEIER, THOMAS", "Thomas Meyer") >= ALIKE
    True
    """
    from rapidfuzz import fuzz  # takes a tenth of a second: only where people ask

    first, second = name_words(one), name_words(other)
    if not first or not second:
        return 0
    whole = fuzz.ratio(" ".join(first), " ".join(second))
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) > 1 and set(shorter) < set(longer):
        whole = max(whole, 90.0)
    return round(whole)


def contradict(one: str, other: str) -> bool:
    """Return whether two names are those of different people: each has a word that the other does not even begin.

    A name that is missing, shorter or abbreviated contradicts nothing, but initials alone are nobody's: some firm has
    those of many.

    >>> contradict("Berg, Paul", "Petra Berg"), contradict("P. Berg", "Petra Berg"), contradict("", "Petra Berg")
    (True, False, False)
    >>> contradict("PayPal Europe S.a.r.l. et Cie S.C.A", "Anna Schulz")
    True
    """
    first, second = sorted((name_words(one), name_words(other)), key=len)
    pairs = [[like for like in second if _begins(word, like)] for word in first]
    if not all(pairs):
        return True
    told = (word in likes or max(map(len, likes)) > 2 < len(word) for word, likes in zip(first, pairs, strict=True))
    return bool(first) and not any(told)


def same_person(payer: str, debtor: str) -> bool:
    """Return whether a payer is probably the debtor: two words the same, or all of them if one is abbreviated.

    One word of a payer is a first name that many have, or a family's; of a debtor it is all that the book has.

    >>> same_person("E. Klein", "Erika Klein"), same_person("Klein", "Erika Klein")
    (True, False)
    """
    first, second = set(name_words(payer)), set(name_words(debtor))
    same = {word for word in first & second if len(word) > 2}
    enough = len(first) > 1 or len(second) == 1
    return len(same) > 1 or (bool(same) and enough and not contradict(payer, debtor))


def _begins(word: str, other: str) -> bool:
    return word.startswith(other) or other.startswith(word)


def blocks(name: str) -> tuple[tuple[str, str], ...]:
    """Return ranges of keys (from, below) in which names like this one lie: those with the same beginning of a word.

    >>> blocks("Max Mustermann")
    (('max', 'may'), ('must', 'musu'))
    """
    starts = dict.fromkeys(word[:4] for word in name_words(name) if len(word) >= 3)
    return tuple((start, start[:-1] + chr(ord(start[-1]) + 1)) for start in starts)
