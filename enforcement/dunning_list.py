"""The list of letters: which columns say what letters demand when they are made, and the hash over them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from ledger.store.engines import Row

LETTER = (
    "id", "kind", "state", "way", "party", "profile", "level", "day", "run", "copy_of", "sum_cents", "fee_cents",
    "made_by", "made_at", "recipient", "relief",
)  # fmt: skip
LETTER_ITEM = (
    "letter", "line", "office", "item", "open_cents", "charge_cents", "charge_kind", "limitation_end", "level_before",
    "level_after", "dunned_before",
)  # fmt: skip
LETTER_FEE = ("letter", "line", "schedule", "norm", "cents", "office", "main_item")
RUN = (
    "id", "day", "office", "letters", "items", "skipped", "sum_cents", "charge_cents", "fee_cents", "made_by",
    "made_at",
)  # fmt: skip
FACT = "list_hash"
"""The fact of the event that made letters: the hash over what they say."""


class ListHash:
    """A hash over letters, their items and their fees, each in the order of their numbers, while they are written.

    Rows are hashed as Python writes tuples in ASCII: no two look alike, whatever stands in them. Copies to joint
    debtors are letters with items, and have no fees of their own.
    """

    def __init__(self) -> None:
        self.parts: dict[str, Any] = {name: sha256() for name in ("letter", "letter_item", "letter_fee")}

    def take(self, table: str, rows: Iterable[Row]) -> None:
        """Take the next rows of one of the three tables, as they are written."""
        part = self.parts[table]
        for row in rows:
            part.update(ascii(row).encode())

    def digest(self, head: Row) -> bytes:
        """Return the hash over the head of the list, none of single letters, and all rows taken."""
        whole = sha256(ascii(head).encode())
        for part in self.parts.values():
            whole.update(part.digest())
        return whole.digest()
