"""What can stand on paper: characters that the font has, words that break, addresses as the post wants them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

_BLANK = re.compile(r"[\s\u2028\u2029]+")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]")
_MARKS = re.compile(r"([\u0300-\u036f]{2})[\u0300-\u036f]+")
# the Latin letters of DIN 91379, Greek and Cyrillic, and the signs of German texts: the font has all of them
_FOREIGN = re.compile(
    "[^\\x20-\\x7e\u00a0-\u0377\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u203a\u20ac\u2116\u2122]"
)
_LONG = re.compile(r"\S{28}(?=\S)")
_CELL = re.compile(r"\S{12}(?=\S{5})")
BREAK = "\u200b"
KNOWN = 4096
"""How many texts are remembered; those of a run of letters are mostly the same."""


@dataclass(slots=True)
class Paper:
    """Makes texts printable and counts what was not."""

    lost: int = 0
    seen: set[str] = field(default_factory=set)

    def plain(self, text: str | None) -> str:
        """Return the text in one line, without what is not seen, and with ? for signs that the font lacks."""
        if not text:
            return ""
        shown, count = _printable(text)
        if count and text not in self.seen:
            self.seen.add(text)
            self.lost += count
        return shown

    def wrapped(self, text: str | None) -> str:
        """Return the text as `plain`, with places to break in words that are too long for a line."""
        return _broken(_LONG, self.plain(text))

    def cell(self, text: str | None) -> str:
        """Return the text as `plain`, with places to break for a narrow column."""
        return _broken(_CELL, self.plain(text))


@lru_cache(KNOWN)
def _printable(text: str) -> tuple[str, int]:
    """Return a text as it can be printed, and how many signs could not; most texts of a run are the same."""
    bare = _UNSEEN.sub("", unicodedata.normalize("NFC", _BLANK.sub(" ", text))).strip()
    return _FOREIGN.subn("?", _MARKS.sub(r"\1", bare))


@lru_cache(KNOWN)
def _broken(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: found[0] + BREAK, text)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person as an envelope names it."""

    name: str
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    town: str | None = None
    country: str | None = None

    @property
    def complete(self) -> bool:
        """Whether a letter can reach it: a town, and a street or a postcode (of a big receiver)."""
        return bool(self.name.strip() and (self.town or "").strip() and ((self.street or "") + (self.postcode or "")))

    def lines(self, paper: Paper) -> list[str]:
        """Return the address zone: name, street, place, and abroad the country in capitals (DIN 5008)."""
        street = f"{self.street or ''} {self.house_number or ''}"
        town = f"{self.postcode or ''} {self.town or ''}"
        code = (self.country or "").strip().upper()
        land = "" if code in {"", "D", "DE"} else countries().get(code, code)
        return [line for line in map(paper.wrapped, (self.name, street, town, land)) if line]

    def in_line(self, paper: Paper) -> str:
        """Return street and place in one line."""
        return ", ".join(self.lines(paper)[1:]).replace(BREAK, "")


@cache
def countries() -> Mapping[str, str]:
    """Return the names of countries as the German post wants them, by their code."""
    text = (files("enforcement") / "letter_texts" / "countries.txt").read_text("utf-8")
    return {line[:2]: line[3:] for line in text.splitlines() if line and not line.startswith("#")}
