"""Two parties side by side, for who proposes and who confirms that they are one: nothing takes a merge back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.people.parties import address_key, match_key
from ledger.people.parties_reader import show_party
from ledger.people.party_values import (
    NothingAlikeError,
    OtherBirthDateError,
    OtherVatNumberError,
    PartyFacts,
    UnknownMergeError,
)
from ledger.store.engines import Store
from sepa.errors import KasseError

_PROPOSED = "SELECT source, target FROM party_merge WHERE id = :id AND state = 'proposed'"
_ITEMS = "SELECT count(*), coalesce(sum(CASE WHEN open_cents > 0 THEN 1 ELSE 0 END), 0) FROM item WHERE party = :party"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: all that is known of it, its items and how many of them are open."""

    facts: PartyFacts
    items: int
    open_items: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The party that becomes part of another one, and that other one."""

    source: Side
    target: Side

    def findings(self) -> Iterator[KasseError]:
        """Yield a warning for what tells two persons apart and is known of both."""
        one, other = self.source.facts, self.target.facts
        for code, values in (
            (OtherBirthDateError, (one.birth_date, other.birth_date)),
            (OtherVatNumberError, (one.vat_id, other.vat_id)),
        ):
            if all(values) and len(set(values)) > 1:
                yield code(party=one.number, other=other.number, value=values[0], other_value=values[1])
        if not _signs(one) & _signs(other):
            yield NothingAlikeError(party=one.number, other=other.number)


def pair_of(store: Store, source: int, target: int) -> Pair:
    """Return two parties side by side; raises `UnknownPartyError`."""
    return Pair(_side(store, source), _side(store, target))


def proposed_pair(store: Store, merge: int) -> Pair:
    """Return the two parties of a merge that waits; raises `UnknownMergeError`."""
    row = store.one(_PROPOSED, id=merge)
    if row is None:
        raise UnknownMergeError(merge=merge)
    return pair_of(store, *row)


def _signs(facts: PartyFacts) -> set[tuple[str, str]]:
    """Return what is known of a party that few others have."""
    address = address_key(facts.street, facts.house_number, facts.postcode, facts.town) if facts.street else ""
    found = [("born", facts.birth_date), ("vat", facts.vat_id), ("address", address)]
    found += [("name", match_key(name)) for name in (facts.name, facts.legal_name) if name]
    found += [("account", account.iban) for account in facts.accounts]
    return {(kind, value) for kind, value in found if value}


def _side(store: Store, party: int) -> Side:
    row = store.one(_ITEMS, party=party)
    assert row is not None
    return Side(show_party(store, party), int(row[0]), int(row[1]))
