"""What the book knows of a collection of ours that a bank entry names, and the names of what happens to it."""

from __future__ import annotations

from typing import NamedTuple

CREDITED, COLLECTION_RETURNED, COLLECTION_REVERSED = "collection_credited", "collection_returned", "collection_reversed"


class OwnCollection(NamedTuple):
    """One item of a collection of ours that carries the entry's EndToEndId, or that our reversal named.

    `cents` is the whole collection, `part_cents` what it took of the item; `amount_cents` less `open_cents` is what is
    settled of the item, `clearing` did it. `credited` tells whether the bank's credit is in the books.
    """

    seq: int
    line: int
    run_office: str
    run: int
    number: int
    batch: int
    cents: int
    state: str
    asked: str
    iban: str
    credited: int
    part: int
    part_cents: int
    clearing: int | None
    office: str
    item: int
    account: str
    open_cents: int
    party: int | None
    profile: str | None
    claim_kind: str | None
    due: str
    amount_cents: int
    reference: str | None

    @property
    def key(self) -> tuple[str, int, int]:
        """Where the collection is: office, run, line."""
        return self.run_office, self.run, self.number


class CollectedRun(NamedTuple):
    """A batch of a collection run, or with batch 0 the whole run; `open_cents` is what is not credited yet."""

    seq: int
    line: int
    office: str
    run: int
    batch: int
    iban: str
    open_cents: int
