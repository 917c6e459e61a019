"""When two names of users may be one person, and which party a user may be."""

from __future__ import annotations

import re

from ledger.people.parties import match_key

_DIGITS = re.compile(r"[0-9_]+")
_PLAIN = re.compile(r"[a-z0-9 ]+")
WORKS = frozenset({"admin", "adm", "test", "vertretung", "extern"})
"""Words beside a name that make no other person."""


def person_key(name: str) -> str:
    """Return the key under which a user may be a party, '' where the name says too little.

    >>> person_key("Anna Müller"), person_key("anna.mueller"), person_key("anna")
    ('anna mueller', 'anna mueller', '')
    """
    words = _words(name)
    key = " ".join(words)
    return key if len(words) > 1 and all(len(word) > 1 for word in words) and _PLAIN.fullmatch(key) else ""


def is_twin(name: str, other: str) -> bool:
    """Return whether two names of users may be those of one person.

    >>> is_twin("anna.mueller", "Müller, Anna"), is_twin("anna", "anna2"), is_twin("a.mueller", "anna.mueller")
    (True, True, True)
    >>> is_twin("anna.mueller", "anton.mueller"), is_twin("anna", "bernd")
    (False, False)
    """
    one, two = _words(name), _words(other)
    if not one or not two:
        return False
    if one == two:
        return True
    return len(one) == len(two) > 1 and all(map(_initial, one, two)) and any(map(str.__eq__, one, two))


def _initial(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return short == long or (len(short) == 1 and long.startswith(short))


def _words(name: str) -> list[str]:
    words = match_key(_DIGITS.sub(" ", name)).split()
    return [word for word in words if word not in WORKS] or words
