"""What is filed in an insolvency: claims cut at the opening day, what is subordinate apart (§§ 38, 39, 174 InsO)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from enforcement.law import Law
from enforcement.relief import ItemKey, Owed, ReliefEndError
from enforcement.relief_law import ReliefBook
from enforcement.relief_propose_store import ONE_DAY, relief_book
from enforcement.relief_reader import Relief, find_relief, owed
from enforcement.relief_rules import is_penal
from ledger.store.engines import Store
from sepa.errors import N_

ORDINARY, SUBORDINATE = "ordinary", "subordinate"
LATE_KINDS = ("saeumniszuschlag", "saeumniszinsen", "verzugszinsen")
INTEREST_KINDS = ("stundungszinsen", "aussetzungszinsen", "zinsen", "prozesszinsen")
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
    lines = [line for one in _mains(claims) for line in _of_claim(book, relief, one, claims, late_parts, day)]
    return Filing(number, relief.row.first_day, day.isoformat(), tuple(lines))


def _mains(claims: list[Owed]) -> list[Owed]:
    """Return the claims that lead a group: main claims, and side claims whose main claim is settled."""
    keys = {one.key for one in claims}
    return [one for one in claims if one.main_item is None or (one.office, one.main_item) not in keys]


def _of_claim(
    book: ReliefBook, relief: Relief, main: Owed, claims: list[Owed], late_parts: set[ItemKey], day: dt.date
) -> Iterator[FilingLine]:
    """Yield a claim, its side claims cut at the opening, and what runs up since without being booked."""
    opening = dt.date.fromisoformat(relief.row.first_day)
    sides = [one for one in claims if one.main_item == main.item and one.office == main.office and one != main]
    whole = replace(main, demanded_cents=0)
    before = sum(one.cents for one in book.late([whole], opening - ONE_DAY))
    yield _line(main, main.cents, *_rank(book, main))
    early = [one for one in sides if one.opened_on < relief.row.first_day or one.key in late_parts]
    room = before - sum(one.amount_cents for one in early if one.claim_kind in LATE_KINDS and not one.in_default)
    for one in sides:
        ordinary, norm = cut_at_opening(one, early=one in early, room=room, opened_on=relief.row.first_day)
        if one not in early and one.claim_kind in LATE_KINDS:
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


def cut_at_opening(one: Owed, *, early: bool, room: int, opened_on: str) -> tuple[int, str]:
    """Return the cents of a side claim that arose before the opening, and the norm for the rest.

    Of charges booked after it, what ran until the day before counts: `room` is what of that was not demanded earlier.
    """
    norm = norm_after(one.claim_kind)
    if one.claim_kind in INTEREST_KINDS:
        return (0 if one.due > opened_on else one.cents), norm
    if early:
        return one.cents, AFTER
    return (max(0, min(one.cents, room)) if one.claim_kind in LATE_KINDS else 0), norm


def norm_after(claim_kind: str | None) -> str:
    """Return the norm by which a side claim of the time after the opening is subordinate: interest, else costs."""
    return AFTER if claim_kind in (*LATE_KINDS, *INTEREST_KINDS) else COSTS


def _rank(book: ReliefBook, one: Owed) -> tuple[str, str]:
    return (SUBORDINATE, PENAL) if is_penal(one, book.profile(one.profile)) else (ORDINARY, "§ 38 InsO")


def _line(one: Owed, cents: int, rank: str, norm: str) -> FilingLine:
    return FilingLine(one.office, one.item, one.reference, one.claim_kind, one.due, cents, rank, norm)
