"""What is filed in an insolvency: claims cut at the opening day, what is subordinate apart (§§ 38, 39, 174 InsO)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from enforcement.law import Law
from enforcement.law.rules import LATE_KINDS
from enforcement.relief import ItemKey, Owed, ReliefEndError
from enforcement.relief_default_store import default_charges
from enforcement.relief_interest_store import interest_kept
from enforcement.relief_law import ReliefBook
from enforcement.relief_propose_store import ONE_DAY, relief_book
from enforcement.relief_reader import Relief, find_relief, owed
from enforcement.relief_rules import is_penal
from ledger.store.engines import Store
from sepa.errors import N_

ORDINARY, SUBORDINATE = "ordinary", "subordinate"
INTEREST_KINDS = ("stundungszinsen", "aussetzungszinsen", "zinsen", "prozesszinsen")
_DEFAULT = "SELECT relief FROM relief_item WHERE office = :office AND item = :item AND part = 'default'"
_PLAN = "SELECT relief FROM relief_item WHERE office = :office AND item = :item AND part = 'interest'"
AFTER, COSTS, PENAL = "§ 39 Abs. 1 Nr. 1 InsO", "§ 39 Abs. 1 Nr. 2 InsO", "§ 39 Abs. 1 Nr. 3 InsO"


@dataclass(frozen=True, slots=True)
class FilingLine:
    """A claim, or the part of it, with its rank and the norm of that; `booked` is false for what only runs up."""

    office: str
    item: int
    reference: str | None
    claim_kind: str | None
    due: str
    cents: int
    rank: str
    norm: str
    booked: bool = True

    @property
    def status(self) -> str:
        """Return whether it is an item of the books or only runs up."""
        return N_("booked") if self.booked else N_("running")


@dataclass(frozen=True, slots=True)
class Filing:
    """The claims of one insolvency as they stand on a day: sums in cents of what is filed and what is subordinate."""

    relief: int
    opened_on: str
    day: str
    lines: tuple[FilingLine, ...]

    def cents(self, rank: str) -> int:
        """Return the sum of a rank."""
        return sum(line.cents for line in self.lines if line.rank == rank)


def filing(store: Store, number: int, day: dt.date, *, law: Law | None = None) -> Filing:
    """Return what is filed with the administrator on a day: open claims with charges to the day before the opening.

    Raises `UnknownReliefError`, and `ReliefEndError` where the relief is no insolvency.
    """
    relief = find_relief(store, number)
    if relief.row.kind != "insolvenz":
        raise ReliefEndError(kind=relief.row.kind, way="filed")
    book = relief_book(store, law)
    claims = owed(store, [one.key for one in relief.items])
    late_parts = {one.key for one in relief.items if one.part == "late"}
    lines = [line for one in _mains(claims) for line in _of_claim(store, book, relief, one, claims, late_parts, day)]
    return Filing(number, relief.row.first_day, day.isoformat(), tuple(lines))


def _mains(claims: list[Owed]) -> list[Owed]:
    """Return the claims that lead a group: main claims, and side claims whose main claim is settled."""
    keys = {one.key for one in claims}
    return [one for one in claims if one.main_item is None or (one.office, one.main_item) not in keys]


def _of_claim(
    store: Store,
    book: ReliefBook,
    relief: Relief,
    main: Owed,
    claims: list[Owed],
    late_parts: set[ItemKey],
    day: dt.date,
) -> Iterator[FilingLine]:
    """Yield a claim, its side claims cut at the opening, and what runs up since without being booked."""
    opening = dt.date.fromisoformat(relief.row.first_day)
    sides = [one for one in claims if one.main_item == main.item and one.office == main.office and one != main]
    whole = replace(main, demanded_cents=0)
    before = sum(one.cents for one in book.late([whole], opening - ONE_DAY))
    yield _line(main, main.cents, *_rank(book, main))
    early = [one for one in sides if one.opened_on < relief.row.first_day or one.key in late_parts]
    since = [one for one in sides if one not in early and one.claim_kind in LATE_KINDS and not one.in_default]
    room = before - main.demanded_cents + sum(one.amount_cents for one in since)
    ran = _interest_before(store, book, main, sides, opening) | _default_before(store, book, main, sides, opening)
    for one in sides:
        part = ran.get(one.key, 0)
        ordinary, norm = cut_at_opening(one, early=one in early, room=room, opened_on=relief.row.first_day, ran=part)
        if one in since:
            room -= ordinary
        if ordinary:
            yield _line(one, ordinary, *_rank(book, one))
        if one.cents > ordinary:
            yield _line(one, one.cents - ordinary, SUBORDINATE, norm)
    demanded = max(before, main.demanded_cents)
    for late in book.late([whole], day):
        if late.cents > demanded:
            line = _line(replace(main, claim_kind=late.kind), late.cents - demanded, SUBORDINATE, AFTER)
            yield replace(line, booked=False)


def _interest_before(
    store: Store, book: ReliefBook, main: Owed, sides: list[Owed], opening: dt.date
) -> dict[ItemKey, int]:
    """Return what of the interest of a plan that falls due after the opening had run until the day before it."""
    found: dict[ItemKey, int] = {}
    later = [one for one in sides if one.claim_kind in INTEREST_KINDS and one.due > opening.isoformat()]
    for number in sorted({int(row[0]) for one in later for row in store.all(_PLAN, office=one.office, item=one.item)}):
        plan = find_relief(store, number)
        booked = {one.key: one for one in plan.items if one.part == "interest" and one.main_item == main.item}
        before = sum(one.cents for one in booked.values() if one.due <= opening.isoformat())
        left = interest_kept(plan, book, opening - ONE_DAY).get(main.key, 0) - before
        for one in later:
            if one.key in booked:
                found[one.key] = max(0, min(one.cents, left))
                left -= booked[one.key].cents
    return found


def _default_before(
    store: Store, book: ReliefBook, main: Owed, sides: list[Owed], opening: dt.date
) -> dict[ItemKey, int]:
    """Return what of the charge on missed instalments, booked after the opening, had run until the day before it."""
    found: dict[ItemKey, int] = {}
    for one in sides:
        if one.in_default and one.opened_on >= opening.isoformat():
            plan = find_relief(store, int(store.value(_DEFAULT, office=one.office, item=one.item)))
            charges = default_charges(plan, book, opening - ONE_DAY)
            found[one.key] = min(one.cents, sum(cents for claim, cents, _ in charges if claim.key == main.key))
    return found


def cut_at_opening(one: Owed, *, early: bool, room: int, opened_on: str, ran: int = 0) -> tuple[int, str]:
    """Return the cents of a side claim that arose before the opening, and the norm for the rest.

    Of charges booked after it, what ran until the day before counts: `room` is what of that was not demanded earlier,
    `ran` the same of interest that falls due after it, and of the charge on instalments missed before.
    """
    norm = norm_after(one.claim_kind)
    if one.claim_kind in INTEREST_KINDS:
        return (ran if one.due > opened_on else one.cents), norm
    if early:
        return one.cents, AFTER
    if one.in_default:
        return ran, norm
    return (max(0, min(one.cents, room)) if one.claim_kind in LATE_KINDS else 0), norm


def norm_after(claim_kind: str | None) -> str:
    """Return the norm by which a side claim of the time after the opening is subordinate: interest, else costs."""
    return AFTER if claim_kind in (*LATE_KINDS, *INTEREST_KINDS) else COSTS


def _rank(book: ReliefBook, one: Owed) -> tuple[str, str]:
    return (SUBORDINATE, PENAL) if is_penal(one, book.profile(one.profile)) else (ORDINARY, "§ 38 InsO")


def _line(one: Owed, cents: int, rank: str, norm: str) -> FilingLine:
    return FilingLine(one.office, one.item, one.reference, one.claim_kind, one.due, cents, rank, norm)
