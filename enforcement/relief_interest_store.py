"""Interest of a plan that ends early: what is booked beyond the days that ran is taken off again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from enforcement.relief import ItemKey, Owed
from enforcement.relief_books_store import Covered, move_paid, take_off
from enforcement.relief_default import latest
from enforcement.relief_law import DEFAULT_LAND, ReliefBook
from enforcement.relief_plan import interest_until, shares
from enforcement.relief_reader import Relief, ReliefItemRow
from ledger.store.engines import Store

_DUE = "UPDATE item SET due = :due WHERE office = :office AND id = :item"


@dataclass(frozen=True, slots=True)
class Correction:
    """How interest booked too much comes off: cents of open interest, and paid cents that move to the claim first.

    What moves `away` goes to the claim that stands at the same place of `to`.
    """

    off: tuple[Covered, ...]
    away: tuple[Covered, ...]
    to: tuple[Covered, ...]


def correct_interest(store: Store, relief: Relief, book: ReliefBook, reason: str) -> int:
    """Take interest off that a plan does not bear until today, and return the cents; the rest is due today.

    What was paid of it pays the claim instead, as far as that is open; what cannot be moved stays charged.
    """
    later = [one for one in relief.items if one.part == "interest" and one.due > store.today]
    store.execute_many(_DUE, [{"due": store.today, "office": one.office, "item": one.item} for one in later])
    kept = interest_kept(relief, book, dt.date.fromisoformat(store.today))
    found = correction(relief.items, kept)
    for paid_on, moves in _by_day(store, book, found):
        away, to = [one for one, _ in moves], [main for _, main in moves]
        move_paid(store, relief.number, away, _merged(to), paid_on, reason)
    return take_off(store, relief.number, found.off, reason) if found.off else 0


def interest_kept(relief: Relief, book: ReliefBook, day: dt.date) -> dict[ItemKey, int]:
    """Return the interest of each claim of a plan until a day."""
    first = dt.date.fromisoformat(relief.row.first_day)
    claims = [as_granted(one) for one in relief.items if one.part in {"claim", "late"}]
    profiles = {one.key: book.profile(one.profile) for one in claims}
    parts = shares(claims, relief.plan, book.orders())
    return interest_until(claims, parts, first, profiles, day, land=book.land or DEFAULT_LAND, law=book.law)


def correction(items: Sequence[ReliefItemRow], kept: dict[ItemKey, int]) -> Correction:
    """Return what comes off the interest of each claim so that only the kept cents stay, the latest first."""
    off: list[Covered] = []
    away: list[Covered] = []
    to: list[Covered] = []
    for main in (one for one in items if one.part == "claim"):
        interest = [
            one for one in items
            if one.part == "interest" and (one.office, one.main_item) == main.key
        ]  # fmt: skip
        excess, room = sum(one.cents for one in interest) - kept.get(main.key, 0), main.open_cents
        for one in sorted(interest, key=lambda each: (each.due, each.item), reverse=True):
            part = min(excess, one.open_cents)
            paid = min(excess - part, one.cents - one.open_cents, room)
            excess, room = excess - part - paid, room - paid
            if paid > 0:
                away.append(Covered(one.office, one.item, one.account, paid))
                to.append(Covered(main.office, main.item, main.account, paid))
            if part + paid > 0:
                off.append(Covered(one.office, one.item, one.account, part + paid))
    return Correction(tuple(off), tuple(away), tuple(to))


def _by_day(store: Store, book: ReliefBook, found: Correction) -> list[tuple[str, list[tuple[Covered, Covered]]]]:
    """Return what moves by the days on which it was paid: of each interest what came last."""
    days: dict[str, list[tuple[Covered, Covered]]] = {}
    for one, main in zip(found.away, found.to, strict=True):
        parts = [(paid.day.isoformat(), paid.cents) for paid in latest(book.payments(one.key), one.cents)]
        rest = one.cents - sum(cents for _, cents in parts)
        for paid_on, cents in (*parts, *([(store.today, rest)] if rest else [])):
            days.setdefault(paid_on, []).append((replace(one, cents=cents), replace(main, cents=cents)))
    return sorted(days.items(), key=lambda day: day[0])


def _merged(covered: Sequence[Covered]) -> list[Covered]:
    """Return one line for each item."""
    sums: dict[tuple[str, int, str], int] = {}
    for one in covered:
        key = one.office, one.item, one.account
        sums[key] = sums.get(key, 0) + one.cents
    return [Covered(*key, cents) for key, cents in sums.items()]


def as_granted(one: ReliefItemRow) -> Owed:
    """Return an item of a relief as it was when the relief was granted."""
    return Owed(
        one.office, one.item, one.account, one.cents, one.due_before, 0, None, one.profile, one.claim_kind,
        one.main_item, None, one.reference, one.cents, one.due_before,
    )  # fmt: skip
