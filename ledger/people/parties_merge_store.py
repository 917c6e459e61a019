"""Parties that may be one: found by name, birth date and IBAN, merged by two persons, with a trace."""

from __future__ import annotations

from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.item_seals_store import moved_items
from ledger.items.joint_seals_store import merge_joint
from ledger.keeping.restriction_store import is_restricted
from ledger.payments.mandate_seals_store import seal_mandates
from ledger.people.parties_reader import party_name
from ledger.people.party_seals_store import mark, seal_marked
from ledger.people.party_values import (
    Duplicate,
    Merged,
    MergedPartyError,
    MergeWaitsError,
    RestrictedMergeError,
    SamePartyError,
    UnknownMergeError,
)
from ledger.people.users import check_apart, require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store

ROLES = ("clerk", "enforcement", "head")
_SAME_PERSON = """
    SELECT a.id, b.id, a.name, b.name FROM party a JOIN party b ON b.match_key = a.match_key AND b.id > a.id
    WHERE a.match_key <> '' AND a.merged_into IS NULL AND b.merged_into IS NULL AND {evidence} ORDER BY a.id, b.id"""
_BY_BIRTH = _SAME_PERSON.format(evidence="a.birth_date = b.birth_date")
_BY_ADDRESS = _SAME_PERSON.format(
    evidence="a.address_key = b.address_key AND a.address_key <> '' AND (a.birth_date IS NULL OR b.birth_date IS NULL)"
)
_BY_IBAN = """
    SELECT DISTINCT a.id, b.id, a.name, b.name FROM party_account x
    JOIN party_account y ON y.iban = x.iban AND y.party > x.party
    JOIN party a ON a.id = x.party JOIN party b ON b.id = y.party
    WHERE x.kind = 'own' AND y.kind = 'own' AND x.until IS NULL AND y.until IS NULL
    AND a.merged_into IS NULL AND b.merged_into IS NULL ORDER BY a.id, b.id"""
_BY_VAT = """
    SELECT a.id, b.id, a.name, b.name FROM party a JOIN party b ON b.vat_id = a.vat_id AND b.id > a.id
    WHERE a.vat_id IS NOT NULL AND a.merged_into IS NULL AND b.merged_into IS NULL ORDER BY a.id, b.id"""
_WAITING = "SELECT source, target, id FROM party_merge WHERE state = 'proposed' ORDER BY id"
_COPY_ACCOUNTS = """
    INSERT INTO party_account (party, iban, kind, source, since, until, bic)
    SELECT CAST(:target AS BIGINT), a.iban, a.kind, a.source, a.since, a.until, a.bic FROM party_account a
    WHERE a.party = :source
    AND NOT EXISTS (SELECT 1 FROM party_account b WHERE b.party = :target AND b.iban = a.iban)"""
_COPY_LOCKS = """
    INSERT INTO party_lock (party, id, kind, reason, since, until, made_by, made_at)
    SELECT CAST(:target AS BIGINT), l.id, l.kind, l.reason, l.since, l.until, l.made_by, l.made_at FROM party_lock l
    WHERE l.party = :source AND l.lifted_on IS NULL
    AND NOT EXISTS (SELECT 1 FROM party_lock m WHERE m.party = :target AND m.id = l.id)"""
_MOVES = (
    "UPDATE item SET party = :target WHERE party = :source",
    _COPY_ACCOUNTS,
    _COPY_LOCKS,
    "UPDATE mandate SET party = :target WHERE party = :source",
    "UPDATE attachment SET party = :target WHERE party = :source",
    "UPDATE reference_target SET number = :target WHERE kind = 'party' AND number = :source",
    "UPDATE party SET merged_into = :target WHERE id = :source OR merged_into = :source",
)
_CONCERNED = "SELECT id AS party FROM party WHERE id IN (:source, :target) OR merged_into = :source"
_ITEMS = "SELECT count(*) FROM item WHERE party = :source"


def duplicates(store: Store) -> list[Duplicate]:
    """Return pairs of parties that may be one, the surest reason of each: birth date, VAT number, IBAN, address."""
    waiting = {tuple(sorted((source, target))): number for source, target, number in store.rows(_WAITING)}
    found: dict[tuple[int, int], Duplicate] = {}
    for reason, sql in (
        ("birth_date", _BY_BIRTH), ("vat_id", _BY_VAT), ("bank_account", _BY_IBAN), ("address", _BY_ADDRESS),
    ):  # fmt: skip
        for first, second, name, other in store.rows(sql):
            merge = waiting.get((first, second))
            found.setdefault((first, second), Duplicate(first, second, name, other, reason, merge))
    for (first, second), merge in waiting.items():
        if (first, second) not in found:
            names = party_name(store, first), party_name(store, second)
            found[first, second] = Duplicate(first, second, *names, "proposed", merge)
    return [found[pair] for pair in sorted(found)]


def propose_merge(store: Store, source: int, target: int, reason: str) -> Merged:
    """Propose that a party becomes part of another; another person confirms it.

    Raises `SamePartyError`, `MergedPartyError`, `RestrictedMergeError`, `MergeWaitsError`, `NotAllowedError`.
    """
    if source == target:
        raise SamePartyError(party=source)
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *ROLES)
        _check_standing(store, source, target)
        for one, other, number in store.all(_WAITING):
            if (one, other) == (source, target):
                return Merged(number, source, target, "proposed", new=False)
            if source in (one, other) or target == one:
                raise MergeWaitsError(party=source if source in (one, other) else target, merge=number)
        number = take_ids(store, BOOK, "party_merge")
        store.insert_one(
            "party_merge",
            id=number,
            source=source,
            target=target,
            reason=reason.strip(),
            state="proposed",
            proposed_by=store.user,
            proposed_at=store.now,
        )
        facts = {"target": target, "merge": number}
        record(store, kasse, "party.merge_propose", f"party:{source}", facts, {"reason": reason.strip()})
    return Merged(number, source, target, "proposed")


def decide_merge(store: Store, number: int, *, confirm: bool) -> Merged:
    """Carry out a proposed merge, or refuse it, as another person than who proposed it.

    Items, accounts, locks, joint debts, mandates, rights of others and references go over to the target; orders,
    events and the merged party stay as they are and refer to it. Who became part of that one before is part of the
    target from then on: nobody is part of a merged party. Raises `UnknownMergeError`, `OwnWorkError`,
    `MergedPartyError`, `RestrictedMergeError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit(office_codes(store)):
        require(store, kasse, *ROLES)
        row = store.one(
            "SELECT source, target, state, proposed_by, proposed_at FROM party_merge WHERE id = :id", id=number
        )
        if row is None or row[2] != "proposed":
            raise UnknownMergeError(merge=number)
        source, target, _, proposer, proposed_at = row
        check_apart(store, kasse, f"merge {number}", (proposer, proposed_at))
        if confirm:
            _check_standing(store, source, target)
        mandates = [number for (number,) in store.all("SELECT id FROM mandate WHERE party = :source", source=source)]
        gone = moved_items(store, source) if confirm else {}
        moved = int(store.value(_ITEMS, source=source)) if confirm else 0
        state = "merged" if confirm else "refused"
        store.execute(
            """UPDATE party_merge SET state = :state, decided_by = :user, decided_at = CAST(:now AS TEXT),
               items = :items WHERE id = :id""",
            state=state, user=store.user, now=store.now, items=moved, id=number,
        )  # fmt: skip
        facts: dict[str, Fact] = {"target": target, "merge": number, "items": moved, **gone}
        if confirm:
            _move(store, source, target)
            facts |= merge_joint(store, source, target, store.today) | seal_marked(store)
            facts |= seal_mandates(store, *mandates)
        record(store, kasse, f"party.merge_{'confirm' if confirm else 'refuse'}", f"party:{source}", facts)
    return Merged(number, source, target, state, moved)


def _check_standing(store: Store, *parties: int) -> None:
    for party in parties:
        into = store.value("SELECT merged_into FROM party WHERE id = :id", id=party)
        if into is not None:
            raise MergedPartyError(party=party, target=into)
        if is_restricted(store, party):
            raise RestrictedMergeError(party=party)


def _move(store: Store, source: int, target: int) -> None:
    mark(store, _CONCERNED, source=source, target=target)
    for sql in _MOVES:
        store.execute(sql, source=source, target=target)
