"""Whom the Kasse deals with, as values: when two rows of a list name the same person."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

_UMLAUTS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "œ": "oe",
        "đ": "d",
        "ł": "l",
        "ı": "i",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
    }
)
_WORD = re.compile(r"\w+")
_STREET = re.compile(r"str(?:asse)?\b\.?")
_NOISE = re.compile(r"[^\w|]+")
_TITLES = frozenset({"dr", "prof"})
_SEPARATOR = "\x1f"


def plain(text: str) -> str:
    """Return the text without case and diacritics, umlauts written out.

    >>> plain("José Müller-Weiß"), plain("Ayşe YILMAZ") == plain("Ayse Yılmaz")
    ('jose mueller-weiss', True)
    """
    lower = text.casefold()
    if lower.isascii():
        return lower
    lower = unicodedata.normalize("NFC", lower).translate(_UMLAUTS)
    if lower.isascii():
        return lower
    return "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))


@lru_cache(maxsize=8192)
def match_key(name: str) -> str:
    """Return the name as matching sees it: words in order of the alphabet, without academic titles.

    >>> match_key("Mustermann, Dr. Erika") == match_key("ERIKA MUSTERMANN")
    True
    """
    words = sorted(_WORD.findall(plain(name)))
    if _TITLES.isdisjoint(words):
        return " ".join(words)
    return " ".join([word for word in words if word not in _TITLES] or words)


@lru_cache(maxsize=8192)
def address_key(street: str | None, house_number: str | None, postcode: str | None, town: str | None) -> str:
    """Return the address as it is compared, '' where there is none.

    >>> address_key("Hauptstr.", "5 a", "20095", "Hamburg") == address_key("Hauptstraße 5A", None, "20095", "HAMBURG")
    True
    """
    whole = plain(f"{street or ''} {house_number or ''}|{postcode or ''}|{town or ''}")
    return _NOISE.sub("", _STREET.sub("str", whole)).strip("|")


def identity(match: str, *evidence: str | None) -> str | None:
    """Return one key for a name with its evidence (address and birth date, or an IBAN), None without any evidence.

    A name alone never makes two people one.
    """
    if not match or not any(evidence):
        return None
    return sha256(_SEPARATOR.join([match, *[part or "" for part in evidence]]).encode()).hexdigest()[:32]
