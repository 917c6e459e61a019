"""Seals of items that no order made: what a take-over, a letter, the bank or cash made is hashed in the event log.

What never changes of an item stands in the facts of the event, a hundred items to a hash. Purpose and account may be
erased: their hashes stand in the event's details, of which the chain keeps a salted hash only, and go with the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from ledger.events.bound import Bound, bound
from ledger.events.store import Fact
from ledger.store.engines import Row

FACT = "item_seal"
"""The fact of an event that seals items: `OFFICE:FIRST-LAST:HASH …`; a detail of this name holds those of the words."""
WORDED = "item_words"
"""The fact of an event whose details hold hashes of words: they may have been erased since."""
COURSE = "course_seal"
"""The fact of an event that seals due days and dunning of items taken over, as their list had them."""
DUES = "dues"
"""The fact of plans taken over that tells the due days their items had in the list: `OFFICE/ITEM=DAY …`."""
SPAN = 100
"""So many items have one hash: a finding names them."""
STAYS = (
    "id", "kind", "party", "reference", "foreign_reference", "main_item", "claim_kind", "profile", "original_due",
    "opened_on", "paid_by",
)  # fmt: skip
WORDS = ("purpose", "bank_account")
MOVES = ("due", "dunning_level", "dunned_on")
TOLD = (*STAYS, *WORDS)
"""The columns of an item that are sealed, in their order."""
WIDTH = len(STAYS)
_DIGITS = 32
NO_WORDS = sha256().hexdigest()[:_DIGITS]
"""The hash of items that say nothing."""


class Seals(NamedTuple):
    """What the event of items tells: facts, and details that are erased with the words of the items."""

    facts: dict[str, Fact]
    details: dict[str, Fact] | None


class Hashes:
    """Two hashes over items: of what stays, and of their words."""

    def __init__(self) -> None:
        self.stays, self.words = sha256(), sha256()

    def add(self, row: Row) -> None:
        """Take a row of number, what stays, and words; rows are hashed as Python writes tuples in ASCII."""
        self.stays.update(ascii(row[:WIDTH]).encode())
        words = tuple(word or None for word in row[WIDTH : WIDTH + len(WORDS)])
        if words != (None, None):
            self.words.update(ascii((row[0], *words)).encode())

    def told(self) -> tuple[str, str]:
        """Return both as an event tells them."""
        return self.stays.hexdigest()[:_DIGITS], self.words.hexdigest()[:_DIGITS]


class ItemSeals:
    """Hashes items while they are made; those of an office come in the order of their numbers."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[Row]] = defaultdict(list)
        self.stays: list[str] = []
        self.words: list[str] = []

    def take_row(self, office: str, row: Row) -> None:
        """Take an item as its row: what stays, and words."""
        waiting = self.waiting[office]
        waiting.append(row)
        if len(waiting) == SPAN:
            self._close(office)

    def _close(self, office: str) -> None:
        rows, hashes = self.waiting.pop(office), Hashes()
        for row in rows:
            hashes.add(row)
        stays, words = hashes.told()
        first, last = rows[0][0], rows[-1][0]
        self.stays.append(f"{office}:{Bound(first, last, stays).text}")
        if words != NO_WORDS:
            self.words.append(f"{office}:{Bound(first, last, words).text}")

    def seals(self) -> Seals:
        """Return what the event of all of them tells; nothing without items."""
        for office in sorted(self.waiting):
            self._close(office)
        if not self.stays:
            return Seals({}, None)
        facts: dict[str, Fact] = {FACT: " ".join(self.stays)}
        if not self.words:
            return Seals(facts, None)
        return Seals(facts | {WORDED: 1}, {FACT: " ".join(self.words)})


def spans(told: str) -> Iterator[tuple[str, Bound]]:
    """Yield office and numbers of each hash that an event tells.

    >>> list(spans("BAU:7-9:ab"))
    [('BAU', Bound(first=7, last=9, hash='ab'))]
    """
    for part in told.split():
        office, _, rest = part.partition(":")
        yield office, bound(rest)


def course_hash(rows: Sequence[Row]) -> str:
    """Return the hash over number, due day, dunning level and its day of items."""
    digest = sha256()
    for row in rows:
        digest.update(ascii(tuple(row)).encode())
    return digest.hexdigest()[:_DIGITS]
