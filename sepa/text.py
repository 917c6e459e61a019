"""Text that banks take: which characters are legal, and what becomes of the others.

Nothing is cut and nothing is changed in silence: `clean` returns every change, and lengths are checked
afterwards. Identifiers are never cleaned; they are right or refused (`sepa.identifiers`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sepa.errors import N_, KasseError
from sepa.transliteration import REPLACEMENTS

Charset = Literal["dk", "epc"]

_BASIC = r"A-Za-z0-9/\-?:().,'+ "
_CLASS: dict[Charset, str] = {"epc": f"[{_BASIC}]", "dk": f"[{_BASIC}ÄÖÜäöüß&*$%]"}
_LEGAL = {charset: re.compile(f"{sign}*").fullmatch for charset, sign in _CLASS.items()}
_UNIT = re.compile(r"\r\n|.", re.DOTALL)
_UNKNOWN = "."


class InvalidTextError(KasseError):
    """A text that no bank takes as name or remittance information."""

    code = "text.invalid"
    template = N_("not a text for a payment: {text}")


class TextCharactersError(InvalidTextError):
    """A text with characters outside the character set of the file."""

    code = "text.characters"
    template = N_("characters that banks do not take ({characters}) in: {text}")
    hint = N_("have them replaced when the payment is made, or correct the text")


class TextLengthError(InvalidTextError):
    """A text longer than its field; nothing is ever cut."""

    code = "text.length"
    template = N_("the text has {length} characters, at most {limit} are allowed: {text}")
    hint = N_("shorten it; it is never cut")


class BlankTextError(InvalidTextError):
    """A text of nothing but blanks, or none (DK Anlage 3, V26.11)."""

    code = "text.blank"
    template = N_("the text is empty or made of blanks")
    hint = N_("fill the field in, or leave it out where it is optional")


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement: the position in the text as given, what stood there and what stands there now."""

    at: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text of legal characters, and every change that was made to get there."""

    text: str
    changes: tuple[Change, ...] = ()


def charset_for(iban: str) -> Charset:
    """Return the widest character set that the bank of the account must take (DK Anlage 3)."""
    return "dk" if iban.startswith("DE") else "epc"


def is_legal(text: str, charset: Charset) -> bool:
    """Tell whether every character belongs to the set: `epc` (basic Latin) or `dk` (with umlauts and &*$%)."""
    return _LEGAL[charset](text) is not None


def clean(text: str, charset: Charset) -> Cleaned:
    """Return the text in legal characters, without blanks around it, and all changes.

    >>> clean("Çelik & Söhne", "dk")
    Cleaned(text='Celik & Söhne', changes=(Change(at=0, was='Ç', now='C'),))
    >>> clean("MÜLLER – Groß", "epc").text
    'MUELLER - Gross'

    The table is our own; ä becomes ae as DK Anlage 3 allows, what has no likeness becomes a dot (EPC217-08).
    """
    if is_legal(text, charset) and text == text.strip():
        return Cleaned(text)
    units = [(at, was, _replacement(text, at, was, charset)) for at, was in _units(text)]
    _trim(units)
    _trim_end(units)
    changes = tuple(Change(at, was, now) for at, was, now in units if was != now)
    return Cleaned("".join(now for _, _, now in units), changes)


def _units(text: str) -> Iterator[tuple[int, str]]:
    """Yield position and characters of what is read as one sign: a letter with its marks, CR with LF."""
    start = 0
    unit = ""
    for match in _UNIT.finditer(text):
        if unit and not unicodedata.combining(match[0][0]):
            yield start, unit
            start, unit = match.start(), match[0]
        else:
            unit += match[0]
    if unit:
        yield start, unit


def _replacement(text: str, at: int, was: str, charset: Charset) -> str:
    if was == "\r\n":
        return " "
    composed = unicodedata.normalize("NFC", was)
    if is_legal(composed, charset):
        return composed
    found = REPLACEMENTS.get(composed) or "".join(
        _single(sign, charset) for sign in unicodedata.normalize("NFKD", composed)
    )
    capitals = len(found) > 1 and composed.isupper() and _among_capitals(text, at, len(was))
    return found.upper() if capitals else found


def _among_capitals(text: str, at: int, length: int) -> bool:
    """Tell whether a capital stands in a word of capitals: by what follows, at the end by what precedes."""
    after, before = text[at + length : at + length + 1], text[max(at - 1, 0) : at]
    return after.isupper() or (not after.isalpha() and before.isupper())


def _single(sign: str, charset: Charset) -> str:
    if is_legal(sign, charset):
        return sign
    category = unicodedata.category(sign)
    if category in {"Mn", "Me", "Cf"}:
        return ""
    if category in {"Zs", "Zl", "Zp", "Cc"}:
        return " "
    return REPLACEMENTS.get(sign, _UNKNOWN)


def _trim(units: list[tuple[int, str, str]]) -> None:
    """Take the blanks in front away."""
    for index, (at, was, now) in enumerate(units):
        units[index] = (at, was, now.lstrip(" "))
        if units[index][2]:
            return


def _trim_end(units: list[tuple[int, str, str]]) -> None:
    """Take the blanks behind away."""
    for index in range(len(units) - 1, -1, -1):
        at, was, now = units[index]
        units[index] = (at, was, now.rstrip(" "))
        if units[index][2]:
            return


@cache
def _form(limit: int, charset: Charset) -> Callable[[str], re.Match[str] | None]:
    """Return what matches a text of legal characters within the limit that is not blank, in one step."""
    return re.compile(f"(?! *\\Z){_CLASS[charset]}{{1,{limit}}}").fullmatch


def check_text(text: str, limit: int, charset: Charset) -> InvalidTextError | None:
    """Return what is wrong with a text as it stands, or None (DK Anlage 3: characters, length, not blank)."""
    if _form(limit, charset)(text):
        return None
    if not text or text.isspace():
        return BlankTextError()
    if len(text) > limit:
        return TextLengthError(text=text, length=len(text), limit=limit)
    illegal = sorted({sign for sign in text if not is_legal(sign, charset)})
    return TextCharactersError(text=text, characters=" ".join(map(_shown, illegal)))


def _shown(sign: str) -> str:
    return sign if sign.isprintable() and not sign.isspace() else f"U+{ord(sign):04X}"


def fit(text: str, limit: int, charset: Charset) -> Cleaned:
    """Return the cleaned text if it is within the limit of characters, which is counted after the changes.

    Raises `TextLengthError` or `BlankTextError`.
    """
    cleaned = clean(text, charset)
    problem = check_text(cleaned.text, limit, charset)
    if problem is not None:
        raise problem
    return cleaned
