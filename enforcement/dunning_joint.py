"""Letters to joint debtors (Gesamtschuldner, § 421 BGB, § 44 AO): each is dunned for the whole, it is charged once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from ledger.items.locks import ItemKey

if TYPE_CHECKING:
    from enforcement.dunning import LetterDraft
    from enforcement.dunning_claims import Due

Joint = Mapping[ItemKey, tuple[int, ...]]
"""Who owes a claim besides its first debtor."""
Asked = Collection[tuple[str, int, int]]
"""Office, claim and person: to whom a letter about a joint claim went that did not come back."""


def for_all(
    letter: LetterDraft, joint: Joint, asked: Asked, towards: Callable[[Due, int], Due | None]
) -> Iterator[LetterDraft]:
    """Yield a letter, then the same for everybody who owes its claims too: as far as they do, with charges and fees.

    Fees and charges become items once, by the first debtor's letter. `towards` gives a claim as it is due from another
    debtor, none where that one must not be asked, or where it is time-barred.
    """
    yield _demanded(letter, joint, asked)
    owed: dict[int, list[Due]] = {}
    gone: set[tuple[str, int, int]] = set()
    for one in sorted(letter.items, key=_mains_first) if joint else ():
        office, item = one.row.office, one.row.main_item or one.row.item
        for party in joint.get((office, item), ()):
            if party == letter.party or (office, item, party) in gone:
                continue
            if his := towards(one, party):
                owed.setdefault(party, []).append(his)
            else:
                gone.add((office, item, party))
    for party, items in sorted(owed.items()):
        items.sort(key=_place)
        named = {(one.row.office, one.row.item) for one in items}
        fees = tuple(fee for fee in letter.fees if (fee.office, fee.main_item) in named)
        copy = letter._replace(party=party, items=tuple(items), fees=fees, copy=True)
        yield _demanded(copy, joint, asked)


def _demanded(letter: LetterDraft, joint: Joint, asked: Asked) -> LetterDraft:
    """Return a Mahnung, whatever the others get, for a joint debtor who got no letter yet about one of the claims.

    He joined later, or it came back: nothing is announced to whom nobody dunned (§ 259 AO, § 30 HmbVwVG).
    """
    keys = map(_main, letter.items) if joint else ()
    fresh = any(letter.party in joint.get(key, ()) and (*key, letter.party) not in asked for key in keys)
    return letter._replace(kind="mahnung") if fresh else letter


def _main(one: Due) -> ItemKey:
    return one.row.office, one.row.main_item or one.row.item


def _mains_first(one: Due) -> bool:
    return one.row.main_item is not None


def _place(one: Due) -> tuple[str, str, int]:
    return one.row.due, one.row.office, one.row.item
