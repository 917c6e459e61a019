"""Seals of what matching decided: rule, evidence and shares of each bank entry, hashed when they are posted.

The shares of an entry come to its amount; what the desk writes beside them later is told by its own events. Evidence
may be erased: as with items, its hash stands in the details of the event and goes with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from operator import itemgetter

from ledger.bank.posting import MATCH_COLUMNS
from ledger.events.bound import Bound
from ledger.events.store import Fact
from ledger.store.engines import Row

FACT = "match_seal"
"""The fact of an event that seals shares of the entries posted at these positions, `OFFICE:FIRST-LAST:HASH …`.

A detail of this name holds the hashes of their evidence.
"""
PARTED = "parted"
"""The fact that counts shares of entries of which the first alone come to the amount: `OFFICE/ENTRY=COUNT …`."""
DIGITS = 32
stays = itemgetter(*(MATCH_COLUMNS.index(name) for name in ("entry", "line", "rule", "item_office", "item", "cents")))
said = itemgetter(*(MATCH_COLUMNS.index(name) for name in ("entry", "line", "evidence")))
_OFFICE, _ENTRY, _CENTS = (MATCH_COLUMNS.index(name) for name in ("office", "entry", "cents"))
_in_order = itemgetter(_ENTRY, MATCH_COLUMNS.index("line"))


class MatchSeals:
    """Hashes shares batch by batch, while they are written."""

    def __init__(self) -> None:
        self.stays: list[str] = []
        self.said: list[str] = []
        self.parted: list[str] = []

    def take(self, matches: Iterable[Row], posted: Iterable[Row]) -> None:
        """Take the shares of a batch, and its entries as office, number and position in the journal."""
        rows: dict[str, list[Row]] = defaultdict(list)
        places: dict[str, list[int]] = defaultdict(list)
        for row in matches:
            rows[row[_OFFICE]].append(row)
        for office, _, position in posted:
            places[office].append(position)
        for office, found in sorted(rows.items()):
            found.sort(key=_in_order)
            first, last = min(places[office]), max(places[office])
            self.stays.append(f"{office}:{Bound(first, last, _hash(map(stays, found))).text}")
            self.said.append(f"{office}:{Bound(first, last, _hash(map(said, found))).text}")
            self.parted += _parted(office, found)

    def told(self) -> tuple[dict[str, Fact], dict[str, Fact]]:
        """Return facts and details of the event of all of them; nothing without shares."""
        facts: dict[str, Fact] = {FACT: " ".join(self.stays)} if self.stays else {}
        facts |= {PARTED: " ".join(self.parted)} if self.parted else {}
        return facts, {FACT: " ".join(self.said)} if self.said else {}


def _hash(rows: Iterable[Row]) -> str:
    return sha256("".join(map(ascii, rows)).encode()).hexdigest()[:DIGITS]


def _parted(office: str, rows: Sequence[Row]) -> Iterable[str]:
    """Yield the entries of which not only all shares together come to the amount."""
    if len(rows) == len({row[_ENTRY] for row in rows}):
        return
    shares: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        shares[row[_ENTRY]].append(row[_CENTS])
    for entry, cents in shares.items():
        if len(cents) > 1 and first_shares(cents, sum(cents)) != len(cents):
            yield f"{office}/{entry}={len(cents)}"


def first_shares(cents: Sequence[int], amount: int) -> int:
    """Return how many of the first shares come to an amount, all where none do.

    >>> first_shares([300, 200, -200], 500), first_shares([300, 100], 500)
    (2, 2)
    """
    total = 0
    for count, one in enumerate(cents, 1):
        total += one
        if total == amount:
            return count
    return len(cents)
