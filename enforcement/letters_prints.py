"""Letters set for paper, as values: what was printed, and that what left the house stays as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from enforcement.letters import LetterStateError
from enforcement.letters_content import Content
from sepa.errors import N_, KasseError

SENT = frozenset({"posted", "served", "returned"})
"""The states of a letter that has left the house."""


class SentLetterError(LetterStateError):
    """A letter that left the house and is to be composed anew."""

    code = "letter.sent"
    template = N_("letter {letter} has left the house; what it says stays as it is")
    hint = N_(
        "its copy is printed without --anew: 'kasse letter print {letter}'; a debtor who still owes is dunned anew"
    )


class ChangedPrintError(KasseError):
    """A print whose text was changed in the database: its account or sum may be another."""

    code = "letter.print_changed"
    template = N_("the text of letter {letter} in the book is not the one that was printed")
    hint = N_(
        "keep this book as it is and inform the audit office; a letter that did not leave the house yet is composed "
        "again with --anew"
    )


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter as it was set for paper; `fresh` where it was composed just now, `pdf_sha256` once its file was made.

    `sent` where the letter has left the house.
    """

    letter: int
    number: int
    planned_on: str
    content: str
    content_sha256: str
    pdf_sha256: str | None
    fresh: bool = False
    sent: bool = False

    @property
    def sound(self) -> bool:
        """Whether its text is the one that was printed."""
        return is_printed(self.content, self.content_sha256)

    def data(self) -> Content:
        """Return the letter as data; raises `ChangedPrintError`."""
        if not self.sound:
            raise ChangedPrintError(letter=self.letter)
        found: Content = json.loads(self.content)
        return found


def is_printed(content: str, content_sha256: str) -> bool:
    """Return whether a text is the one that was printed."""
    return sha256(content.encode()).hexdigest() == content_sha256


@dataclass(frozen=True, slots=True)
class Prints:
    """What printing gave: the letters in order, and what is to be known of them."""

    letters: tuple[Printed, ...]
    findings: tuple[KasseError, ...] = ()
