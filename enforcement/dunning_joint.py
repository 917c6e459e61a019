"""Letters to joint debtors (Gesamtschuldner, § 421 BGB, § 44 AO): each is dunned for the whole, it is charged once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.items.locks import ActiveLocks, ItemKey

if TYPE_CHECKING:
    from enforcement.dunning import LetterDraft
    from enforcement.dunning_rules import Due

Joint = Mapping[ItemKey, tuple[int, ...]]
"""Who owes a claim besides its first debtor."""


def copies(letter: LetterDraft, joint: Joint, locked: ActiveLocks) -> Iterator[LetterDraft]:
    """Yield the same letter for everybody who owes its claims too: as far as they do, with the charges and fees of it.

    Fees and charges become items once, by the first debtor's letter. Who must not be dunned gets none.
    """
    owed: dict[int, list[Due]] = {}
    for one in letter.items if joint else ():
        key = one.row.office, one.row.main_item or one.row.item
        for party in joint.get(key, ()):
            if party != letter.party and not locked.hold(one.row.office, one.row.item, party):
                owed.setdefault(party, []).append(one)
    for party, items in sorted(owed.items()):
        named = {(one.row.office, one.row.item) for one in items}
        fees = tuple(fee for fee in letter.fees if (fee.office, fee.main_item) in named)
        yield replace(letter, party=party, items=tuple(items), fees=fees, copy=True)
