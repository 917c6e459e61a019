"""What can stand on paper: characters that the font has, words that break, addresses as the post wants them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
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


@dataclass(slots=True)
class Paper:
    """Makes texts printable and counts what was not."""

    lost: int = 0
    seen: dict[str, str] = field(default_factory=dict)

    def plain(self, text: str | None) -> str:
        """Return the text in one line, without what is not seen, and with ? for signs that the font lacks."""
        given = text or ""
        if given not in self.seen:
            bare = _UNSEEN.sub("", unicodedata.normalize("NFC", _BLANK.sub(" ", given))).strip()
            shown, count = _FOREIGN.subn("?", _MARKS.sub(r"\1", bare))
            self.lost += count
            self.seen[given] = shown
        return self.seen[given]

    def wrapped(self, text: str | None) -> str:
        """Return the text as `plain`, with places to break in words that are too long for a line."""
        return _LONG.sub(lambda found: found[0] + BREAK, self.plain(text))

    def cell(self, text: str | None) -> str:
        """Return the text as `plain`, with places to break for a narrow column."""
        return _CELL.sub(lambda found: found[0] + BREAK, self.plain(text))


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
