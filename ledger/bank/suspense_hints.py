"""What a text may mean: generous keys, for those who must not act against someone who may have paid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.bank.references import Finder
from ledger.items.kassenzeichen import compact
from ledger.people.parties import match_key

_LOOKALIKES = str.maketrans("OQDIL|ZSB", "000111258")
_BETWEEN = re.compile(r"[\s.,:;\-/+_]+")
_DIGITS = re.compile(r"[0-9]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
MOST_WORDS = 60
"""How many words of a text are looked at for names."""


def loose_references(finder: Finder, text: str) -> set[str]:
    """Return every number of the book's schemes that the text may hold, however it was cut, joined or scanned.

    Letters that look like digits count as digits, windows in longer runs count too. Never a reason to book.
    """
    found = set(finder.in_text(text))
    bare = _BETWEEN.sub("", text.upper())
    for version in {bare, bare.translate(_LOOKALIKES)}:
        for run in _DIGITS.findall(version):
            found.update(_windows(finder, run))
    return found


def mistyped_references(finder: Finder, text: str) -> set[str]:
    """Return the numbers that one wrong digit, or two digits swapped, may have made into one in the text."""
    found: set[str] = set()
    lengths = {scheme.length for scheme in finder.schemes}
    for word in _runs(text):
        if len(word) in lengths and not finder.structured(word):
            found.update(key for key in _repairs(word) if finder.structured(key))
    return found


def names_within(text: str) -> set[str]:
    """Return the keys that two to four words in a row of a text would have as the name of a person.

    >>> "eck eva" in names_within("Gebuehr Eva Eck 2026")
    True
    """
    words = _LETTERS.findall(text)[:MOST_WORDS]
    return {
        match_key(" ".join(words[at : at + size])) for size in (2, 3, 4) for at in range(len(words) - size + 1)
    }  # fmt: skip


def _windows(finder: Finder, run: str) -> Iterator[str]:
    for scheme in finder.schemes:
        for start in range(len(run) - scheme.length + 1):
            window = run[start : start + scheme.length]
            if scheme.valid(window):
                yield window


def _runs(text: str) -> Iterator[str]:
    """Yield runs of digits with single separators taken out, and each word by itself."""
    for run in re.findall(r"[0-9](?:[ .\-/\n]?[0-9])+", text):
        whole = compact(run)
        yield whole
        yield from (part for part in re.split(r"[^0-9]+", run) if part != whole)


def _repairs(number: str) -> Iterator[str]:
    for at, digit in enumerate(number):
        yield from (number[:at] + other + number[at + 1 :] for other in "0123456789" if other != digit)
        if at + 1 < len(number):
            yield number[:at] + number[at + 1] + digit + number[at + 2 :]
