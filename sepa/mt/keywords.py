"""The SEPA keywords in the purpose of an entry: `EREF+…MREF+…SVWZ+…`, after its parts were joined.

Source: DFÜ-Abkommen Anlage 3, MT940, fields ?20 to ?29 and ?60 to ?63; some banks write `EREF: …` with a colon.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NAMES = "EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|BREF|RREF|PURP"
KEYWORD = re.compile(rf"({_NAMES})\+")
_COLON = re.compile(rf"(?:^|(?<=\s))({_NAMES}):\s")
_ANCHORS = re.compile(r"(?:^|\s)(?:EREF|MREF|CRED|ABWA): ")
_IBAN = re.compile(r"\s*[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,40}\s*")
_BIC = re.compile(r"\s*[A-Z0-9]{8}(?:[A-Z0-9]{3})?\s*")
MAYBE_TEXT = frozenset(("IBAN", "BIC"))  # keywords only where one follows
_SHAPES: dict[str, Callable[[str], object]] = {"IBAN": _IBAN.fullmatch, "BIC": _BIC.fullmatch}


def split_keywords(purpose: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the texts behind each keyword, and the remittance: what stands before all of them, then SVWZ.

    >>> split_keywords("EREF+R-1SVWZ+Rent Nov")
    ({'EREF': 'R-1'}, ('Rent Nov',))

    A keyword that comes twice, and IBAN+ or BIC+ without one behind it, are part of the text they stand in. Where it is
    SVWZ, a payer wrote keywords: all behind the first SVWZ is theirs.
    """
    mark = "+"
    pieces = KEYWORD.split(purpose) if mark in purpose else [purpose]
    if len(pieces) == 1 and _ANCHORS.search(purpose):
        pieces, mark = _COLON.split(purpose), ": "
    before = pieces[0]
    words: dict[str, str] = {}
    last = ""
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        if key not in words and (key not in _SHAPES or _SHAPES[key](value)):
            words[key] = "".join(value.split()) if key in _SHAPES else value
            last = key
        elif key == "SVWZ":
            last = key
            words[key] = _since(words, key, mark) + key + mark + value
        elif last:
            words[last] += key + mark + value
        else:
            before += key + mark + value
    before = before.strip()
    words = {key: value.strip() for key, value in words.items()}
    text = words.pop("SVWZ", "")
    return words, (before, text) if before and text else (before or text,) if before or text else ()


def _since(words: dict[str, str], first: str, mark: str) -> str:
    """Return the text behind a keyword with all the later ones in it, which are taken out."""
    later = list(words)[list(words).index(first) + 1 :]
    return words[first] + "".join(key + mark + words.pop(key) for key in later)
