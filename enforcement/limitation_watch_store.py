"""Noting by hand what interrupts or suspends limitation, and withdrawing what was noted wrongly."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from enforcement.event_seals_store import seal_noted
from enforcement.law import Law
from enforcement.law_store import book_law
from enforcement.limitation_watch import Claim, Lawbook, Standing
from enforcement.limitation_watch_notes import (
    ROLES,
    NoClaimError,
    NoRuleError,
    Note,
    NotedReasonError,
    OwnedEventError,
    SideClaimError,
    UnknownEventError,
    check_debtor,
    check_note,
)
from enforcement.limitation_watch_reader import named_claims
from ledger.book.place_store import place_of
from ledger.events.store import Fact, record
from ledger.items.items_reader import find_items, item_name
from ledger.people.users import require
from ledger.store.counters import take_ids
from ledger.store.engines import Store

HAND = "hand"
OURS = (HAND, "opening")
"""Sources of events that a person may withdraw: noted by hand, or taken over from a list."""
_MAIN = "SELECT kind, main_item FROM item WHERE office = :office AND id = :item"
_SAME = """
    SELECT id, until, ongoing, amount_cents, source, debtor FROM claim_event
    WHERE office = :office AND item = :item AND kind = :kind AND day = :day AND withdrawn_at IS NULL ORDER BY id"""
_ONE = "SELECT source, withdrawn_at, kind, day FROM claim_event WHERE office = :office AND item = :item AND id = :id"
_UNTIL = "UPDATE claim_event SET until = CAST(:until AS TEXT) WHERE office = :office AND item = :item AND id = :id"
_WITHDRAW = """
    UPDATE claim_event SET withdrawn_by = :user, withdrawn_at = CAST(:now AS TEXT), withdrawn_reason = :reason
    WHERE office = :office AND item = :item AND id = :id"""
_DEBTORS = """
    SELECT p.id, coalesce(p.legal_name, p.name) FROM item i JOIN party p ON p.id = i.party
    WHERE i.office = :office AND i.id = :item
    UNION SELECT p.id, coalesce(p.legal_name, p.name) FROM item_debtor d JOIN party p ON p.id = d.party
    WHERE d.office = :office AND d.item = :item AND d.released_on IS NULL"""
Did = Literal["noted", "ended", "same", "withdrawn"]


@dataclass(frozen=True, slots=True)
class NotedEvent:
    """An event of one claim: what was done with it, and the end of the period before and after."""

    office: str
    item: int
    number: int
    did: Did
    before: Standing
    after: Standing


def main_claims(store: Store, text: str) -> list[tuple[str, int]]:
    """Return the main claims that a reference or OFFICE/NUMBER names.

    Raises `UnknownItemError`, `NoClaimError`, and `SideClaimError` where it names side claims only.
    """
    found = {key: store.one(_MAIN, office=key[0], item=key[1]) for key in find_items(store, text)}
    claims = {key: row for key, row in found.items() if row is not None and row[0] == "receivable"}
    if not claims:
        raise NoClaimError(item=text)
    mains = [key for key, row in claims.items() if row[1] is None]
    if not mains:
        (office, item), row = next(iter(claims.items()))
        raise SideClaimError(item=item_name(office, item), main=item_name(office, row[1]))
    return mains


def note(store: Store, text: str, wanted: Note, reason: str, *, law: Law | None = None) -> tuple[NotedEvent, ...]:
    """Note an event at every main claim with a reference; what is noted already is left as it is.

    An event that goes on ends when it is noted again with its last day. Raises `NoKindError`, `NoRuleError`,
    `NotedDaysError`, `NotedAmountError`, `NotedDebtorError`, `NotedReasonError`, `SideClaimError`, `NoClaimError`,
    `UnknownItemError`, `NotAllowedError`.
    """
    keys = main_claims(store, text)
    if not reason.strip():
        raise NotedReasonError
    for office in {office for office, _ in keys}:
        require(store, office, *ROLES)
    with store.unit(sorted({office for office, _ in keys})):
        book = Lawbook(place_of(store), law or book_law(store))
        return tuple(_note(store, book, key, wanted, reason.strip()) for key in keys)


def _note(store: Store, book: Lawbook, key: tuple[str, int], wanted: Note, reason: str) -> NotedEvent:
    claim, before = standing(store, book, *key)
    rule = book.rule(claim.profile)
    if isinstance(rule, str):
        raise NoRuleError(item=item_name(*key), state=rule)
    check_note(wanted, rule, item_name(*key), claim.amount_cents, store.today)
    check_debtor(wanted, item_name(*key), dict(store.all(_DEBTORS, office=key[0], item=key[1])))
    number, did = _written(store, key, wanted, reason)
    if did != "same":
        facts: dict[str, Fact] = {
            "number": number, "kind": wanted.kind, "day": wanted.day.isoformat(), "until": _text(wanted.until),
            "ongoing": wanted.ongoing, "amount_cents": wanted.amount_cents,
        }  # fmt: skip
        if wanted.debtor is not None:
            facts["debtor"] = wanted.debtor
        if did == "noted":
            facts |= seal_noted(store, *key, number)
        verb = "limitation.note" if did == "noted" else "limitation.end"
        record(store, key[0], verb, f"item:{key[1]}", facts, {"reason": reason})
    return NotedEvent(*key, number, did, before, standing(store, book, *key)[1])


def _written(store: Store, key: tuple[str, int], wanted: Note, reason: str) -> tuple[int, Did]:
    """Write the event, or find the one that says the same; return its number."""
    where = {"office": key[0], "item": key[1]}
    until = _text(wanted.until)
    rows = store.all(_SAME, kind=wanted.kind, day=wanted.day.isoformat(), **where)
    for number, end, ongoing, cents, source, debtor in rows:
        if debtor != wanted.debtor:
            continue
        if cents == wanted.amount_cents and end == until and bool(ongoing and end is None) == wanted.ongoing:
            return number, "same"
        if source == HAND and cents == wanted.amount_cents and ongoing and end is None and until is not None:
            store.execute(_UNTIL, until=until, id=number, **where)
            return number, "ended"
    number = take_ids(store, key[0], "claim_event")
    store.insert_one(
        "claim_event", **where, id=number, kind=wanted.kind, day=wanted.day.isoformat(), until=until,
        ongoing=int(wanted.ongoing), amount_cents=wanted.amount_cents, debtor=wanted.debtor, source=HAND, note=reason,
        made_by=store.user, made_at=store.now,
    )  # fmt: skip
    return number, "noted"


def withdraw(store: Store, text: str, number: int, reason: str, *, law: Law | None = None) -> NotedEvent:
    """Withdraw an event that was noted by hand; it stays in the book with who withdrew it and why.

    Raises `UnknownEventError`, `OwnedEventError`, `NotedReasonError`, `NoClaimError`, `SideClaimError`,
    `UnknownItemError`, `NotAllowedError`.
    """
    keys = main_claims(store, text)
    if not reason.strip():
        raise NotedReasonError
    for office in {office for office, _ in keys}:
        require(store, office, *ROLES)
    with store.unit(sorted({office for office, _ in keys})):
        key, row = _event(store, keys, number, text)
        source, gone, kind, day = row
        if source not in OURS:
            raise OwnedEventError(number=number, item=item_name(*key), source=source)
        book = Lawbook(place_of(store), law or book_law(store))
        before = standing(store, book, *key)[1]
        if gone:
            return NotedEvent(*key, number, "same", before, before)
        where = {"office": key[0], "item": key[1], "id": number}
        store.execute(_WITHDRAW, user=store.user, now=store.now, reason=reason.strip(), **where)
        facts: dict[str, Fact] = {"number": number, "kind": kind, "day": day}
        record(store, key[0], "limitation.withdraw", f"item:{key[1]}", facts, {"reason": reason.strip()})
        return NotedEvent(*key, number, "withdrawn", before, standing(store, book, *key)[1])


def _event(
    store: Store, keys: list[tuple[str, int]], number: int, text: str
) -> tuple[tuple[str, int], tuple[str, str | None, str, str]]:
    for key in keys:
        row = store.one(_ONE, office=key[0], item=key[1], id=number)
        if row is not None:
            return key, (row[0], row[1], row[2], row[3])
    raise UnknownEventError(item=text, number=number)


def standing(store: Store, book: Lawbook, office: str, item: int) -> tuple[Claim, Standing]:
    """Return a claim and how its limitation stands."""
    ((claim, happened),) = named_claims(store, office, [item])
    return claim, book.standing(claim, happened)


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
