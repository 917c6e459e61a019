"""The wordings that come with kasse: one text file for each kind of letter and remedy."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from enforcement.letters_remedies import remedies
from enforcement.letters_text import Wording, read_wording, wording_kinds


def known_wordings() -> tuple[str, ...]:
    """Return everything that has a wording."""
    return wording_kinds(tuple(remedies()))


@cache
def packaged_text(kind: str) -> str:
    """Return the text of a kind as it comes with kasse, '' where there is none."""
    path = files("enforcement") / "letter_texts" / f"{kind}.txt"
    return path.read_text("utf-8") if path.is_file() else ""


@cache
def parsed(kind: str, text: str) -> Wording:
    """Return a wording that was checked when it was taken."""
    wording, wrong = read_wording(kind, text, known_wordings())
    assert wording is not None, wrong
    return wording
