"""Booking what instalments that nobody paid cost between their days and the end of their plan."""

from __future__ import annotations

import datetime as dt

from enforcement.law.figures import distinct
from enforcement.relief_books_store import Side, book_sides
from enforcement.relief_default import default_charge, latest
from enforcement.relief_interest_store import as_granted
from enforcement.relief_law import DEFAULT_LAND, ReliefBook
from enforcement.relief_plan import shares
from enforcement.relief_propose_store import write_items
from enforcement.relief_reader import Relief, ReliefItemRow, owed
from ledger.store.engines import Store


def book_default(store: Store, relief: Relief, book: ReliefBook) -> int:
    """Book the charge on missed instalments until today, or until the last day of the plan; return the cents.

    After the end of the plan its claims are late by themselves. What is booked here is not part of what their own
    charge demanded so far (`default` of `relief_item`).
    """
    until = min(store.today, relief.row.last_day or store.today)
    charges = default_charges(relief, book, dt.date.fromisoformat(until))
    party = relief.row.party_number
    sides = [_side(one, cents, kind, store.today, party) for one, cents, kind in charges if cents]
    made = book_sides(store, relief.number, sides)
    first = max(one.line for one in relief.items) + 1
    write_items(store, relief.number, owed(store, [(one.office, one.id) for one in made]), "default", first)
    return sum(one.amount_cents for one in made)


def default_charges(relief: Relief, book: ReliefBook, until: dt.date) -> list[tuple[ReliefItemRow, int, str]]:
    """Return the claims of a plan with cents and kind of the charge on their missed instalments until a day."""
    claims = [one for one in relief.items if one.part in {"claim", "late"}]
    profiles = {one.key: book.profile(one.profile) for one in claims}
    parts = shares([as_granted(one) for one in claims], relief.plan, book.orders())
    found = []
    for one in claims:
        profile = profiles[one.key]
        if one.part != "claim" or one.main_item is not None or profile is None:
            continue
        if not profile.late_charge or not profile.bears(one.claim_kind):
            continue
        rule = book.law.charge(profile.late_charge)
        paid = latest(book.payments(one.key), one.cents - one.open_cents)
        cents, findings = default_charge(
            rule, [part for part in parts if part.key == one.key], paid, until,
            land=book.land or DEFAULT_LAND, law=book.law,
        )  # fmt: skip
        book.findings = distinct(book.findings + findings)
        found.append((one, cents, rule.kind))
    return found


def _side(one: ReliefItemRow, cents: int, kind: str, due: str, party: int) -> Side:
    return Side(one.office, one.item, one.account, cents, kind, due, party, one.profile, one.reference)
