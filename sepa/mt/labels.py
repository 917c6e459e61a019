"""Spelled-out labels in :86: of banks that use neither SEPA keywords nor slashes: German ones, and those of ABN AMRO.

`Miete End-to-End-Ref.: E-1 Mandatsref: M-1 Gläubiger-ID: DE98ZZZ09999999999`, and `SEPA IDEAL IBAN: … NAAM: …`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_GERMAN = {
    "end-to-end-ref.": "EREF",
    "end-to-end-ref": "EREF",
    "mandatsref": "MREF",
    "mandatsref.": "MREF",
    "mandatsreferenz": "MREF",
    "gläubiger-id": "CRED",
    "glaeubiger-id": "CRED",
    "kundenref.": "KREF",
    "kundenreferenz": "KREF",
}
_DUTCH = {
    "IBAN": "IBAN",
    "BIC": "BIC",
    "NAAM": "NAME",
    "OMSCHRIJVING": "",
    "KENMERK": "EREF",
    "MACHTIGING": "MREF",
    "INCASSANT": "CRED",
}
_GERMAN_LABEL = re.compile(
    r"(?:(?<=\s)|^)(?:CORE ?/ ?|B2B ?/ ?)?"
    r"(End-to-End-Ref\.?|Mandatsref(?:erenz|\.)?|Gl(?:ä|ae)ubiger-ID|Kundenref(?:erenz|\.))\s*(?::\s*|(?=\s))(\S+)",
    re.IGNORECASE,
)
_GERMAN_ANCHOR = re.compile(r"\b(?:End-to-End-Ref\.?|Mandatsref(?:erenz|\.)?)\s*:", re.IGNORECASE)
_DUTCH_ANCHOR = re.compile(r"\s*SEPA [A-Z][A-Z ]+?\s+IBAN: ")
_DUTCH_LABEL = re.compile(rf"(?:^|\s)({'|'.join(_DUTCH)}): ")
_ACCOUNT_FIRST = re.compile(r"\s*([A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{10}) +([^\n]+)\n\s*(\S.*)", re.DOTALL)
_SPACES = re.compile(r"\s+")


class Labelled(NamedTuple):
    """The texts under the names of SEPA keywords, the remittance, and the booking text where there is one."""

    words: dict[str, str]
    remittance: tuple[str, ...]
    booking_text: str = ""


def split_labels(text: str) -> Labelled | None:
    """Return what the labels say, or None where the text has none.

    >>> split_labels("Strom End-to-End-Ref.: E-1 CORE / Mandatsref.: M-1").words
    {'EREF': 'E-1', 'MREF': 'M-1'}
    """
    if _GERMAN_ANCHOR.search(text):
        return _german(text)
    if _DUTCH_ANCHOR.match(text):
        return _dutch(_SPACES.sub(" ", text).strip())
    if first := _ACCOUNT_FIRST.fullmatch(text):
        words = {"IBAN": first[1], "NAME": _SPACES.sub(" ", first[2]).strip()}
        return Labelled(words, tuple(line for line in first[3].split("\n") if line.strip(" -")))
    return None


def _german(text: str) -> Labelled:
    """Return each label's one word; what stands around the labels is the remittance, nothing is lost."""
    words: dict[str, str] = {}
    rest, at = [], 0
    for label in _GERMAN_LABEL.finditer(text):
        key = _GERMAN[label[1].lower()]
        if words.setdefault(key, label[2]) == label[2]:
            rest.append(text[at : label.start()])
            at = label.end()
    rest.append(text[at:])
    free = " ".join(filter(None, (_SPACES.sub(" ", one).strip() for one in rest)))
    return Labelled(words, (free,) if free else ())


def _dutch(text: str) -> Labelled:
    pieces = _DUTCH_LABEL.split(text)
    words: dict[str, str] = {}
    lines = []
    for label, value in zip(pieces[1::2], pieces[2::2], strict=True):
        key, bare = _DUTCH[label], value.strip()
        if not key or words.setdefault(key, bare) != bare:
            lines.append(bare if not key else f"{label}: {bare}")
    return Labelled(
        {key: value for key, value in words.items() if value}, tuple(filter(None, lines)), pieces[0].strip()
    )
