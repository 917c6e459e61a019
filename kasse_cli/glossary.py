"""The glossary, `docs/glossary.md` and in German `docs/de/begriffe.md`: one row a term, read for `kasse help WORD`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_HERE = Path(__file__).parent
# in an installation the pages lie in the package, in a checkout beside it
PAGES = (_HERE / "glossary.md", _HERE.parent / "docs" / "glossary.md")
GERMAN_PAGES = (_HERE / "begriffe.md", _HERE.parent / "docs" / "de" / "begriffe.md")


@dataclass(frozen=True, slots=True)
class Term:
    """One term with its explanation and the source of the term, such as a section of a law."""

    term: str
    meaning: str
    source: str
    german: str = ""

    def matches(self, words: str) -> bool:
        """Tell whether all of the words occur somewhere in the entry, whatever their case or umlauts."""
        return has_words(f"{self.term} {self.meaning} {self.german} {self.source}", words)


def has_words(text: str, words: str) -> bool:
    """Tell whether all of the words occur in the text, whatever their case or umlauts.

    >>> has_words("ungeklärtes Geld: zurückzahlen", "GELD zurueck"), has_words("Geld", "kein Geld")
    (True, False)
    """
    return all(word in folded(text) for word in folded(words).split())


def folded(text: str) -> str:
    """Return the text for comparing: small letters, umlauts in two letters.

    >>> folded("Überweisung") == folded("ueberweisung")
    True
    """
    return text.casefold().translate({228: "ae", 246: "oe", 252: "ue"})


def glossary() -> list[Term]:
    """Return all terms, with their meaning in German; none where the page is missing."""
    german = {term.term: term.meaning for term in _read(GERMAN_PAGES)}
    return [replace(term, german=german.get(term.term, "")) for term in _read(PAGES)]


def _read(pages: tuple[Path, ...]) -> list[Term]:
    page = next((path for path in pages if path.is_file()), None)
    return [] if page is None else list(parse(page.read_text("utf-8")))


def parse(text: str) -> Iterator[Term]:
    r"""Yield the terms of a page's tables as plain text, without their heading rows.

    >>> list(parse("| Term | Meaning |\n|---|---|\n| Storno | reversal | § 1 |"))
    [Term(term='Storno', meaning='reversal', source='§ 1', german='')]
    """
    in_table = False
    for line in text.splitlines():
        cells = [cell.replace("`", "").replace("**", "").strip() for cell in line.strip().strip("|").split("|")]
        if not line.lstrip().startswith("|") or len(cells) < 2:
            in_table = False
        elif set(cells[0]) <= set("-: "):
            in_table = True
        elif in_table:
            yield Term(cells[0], cells[1], " · ".join(cells[2:]))
