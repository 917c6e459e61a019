"""The glossary, `docs/glossary.md`: one table row a term, read for `kasse help WORD`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
# in an installation the page lies in the package, in a checkout beside it
PAGES = (_HERE / "glossary.md", _HERE.parent / "docs" / "glossary.md")


@dataclass(frozen=True, slots=True)
class Term:
    """One term with its explanation and the source of the term, such as a section of a law."""

    term: str
    meaning: str
    source: str

    def matches(self, word: str) -> bool:
        """Tell whether the word occurs anywhere in the entry, whatever its case or umlauts."""
        return folded(word) in folded(f"{self.term} {self.meaning} {self.source}")


def folded(text: str) -> str:
    """Return the text for comparing: small letters, umlauts in two letters.

    >>> folded("Überweisung") == folded("ueberweisung")
    True
    """
    return text.casefold().translate({228: "ae", 246: "oe", 252: "ue"})


def glossary() -> list[Term]:
    """Return all terms, none where the page is missing."""
    page = next((path for path in PAGES if path.is_file()), None)
    return [] if page is None else list(parse(page.read_text("utf-8")))


def parse(text: str) -> Iterator[Term]:
    r"""Yield the terms of a page's tables, without their heading rows.

    >>> list(parse("| Term | Meaning |\n|---|---|\n| Storno | reversal | § 1 |"))
    [Term(term='Storno', meaning='reversal', source='§ 1')]
    """
    in_table = False
    for line in text.splitlines():
        cells = [cell.strip().strip("`*") for cell in line.strip().strip("|").split("|")]
        if not line.lstrip().startswith("|") or len(cells) < 2:
            in_table = False
        elif set(cells[0]) <= set("-: "):
            in_table = True
        elif in_table:
            yield Term(cells[0], cells[1], " · ".join(cells[2:]))
