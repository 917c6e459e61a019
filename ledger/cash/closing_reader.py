"""Cash in the closing of a day: each open desk counted by two persons, or shown as not open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.book.closing_protocol import DeskLine
from ledger.cash.closings import UncountedDayError, UnsignedCountError, skipped
from ledger.cash.desks import Desk
from ledger.cash.desks_reader import balance_on, desks, moved_since, resting_days
from ledger.cash.settle_store import deadlines
from ledger.store.engines import Store
from sepa.calendar import is_target_day
from sepa.errors import KasseError

_MOVED = """
    SELECT DISTINCT e.posting_day FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
    WHERE p.office = :office AND p.account = :account AND e.posting_day >= :first AND e.posting_day <= :last
    ORDER BY e.posting_day"""
_COUNTS = """
    SELECT number, day, expected_cents, counted_cents, confirmed_by, seen_position FROM cash_count
    WHERE desk = :desk AND day >= :first AND day <= :last AND rejected_by IS NULL ORDER BY number"""

Counts = list[tuple[int, str, int, int, int | None, int]]


def desk_lines(store: Store, first: str, last: str) -> Iterator[DeskLine]:
    """Yield what the protocol of the days says of each desk and fund that was open on the last one."""
    for desk in desks(store, last):
        held = balance_on(store, desk, last)
        counts = store.all(_COUNTS, desk=desk.code, first=first, last=last)
        signed = [row for row in counts if row[4] is not None]
        number, day, _, counted, *_ = signed[-1] if signed else (None, None, 0, None)
        difference = sum(row[3] - row[2] for row in counts)
        yield DeskLine(
            desk.code, desk.kind, desk.name, desk.office, desk.account, desk.holder_name or "", held, counted,
            difference, number, day, _state(store, desk, first, last, day),
        )  # fmt: skip


def uncounted(store: Store, first: str, last: str) -> Iterator[KasseError]:
    """Yield what stands against closing these days: a desk that was open and not counted, or by one person only.

    What was not counted on a day before the last one that it was open is noted, and funds that were to be settled.
    """
    for desk in desks(store, last):
        if desk.kind == "fund":
            yield from deadlines(store, desk, last)
            continue
        counts = store.all(_COUNTS, desk=desk.code, first=first, last=last)
        days = _open_days(store, desk, first, last)
        if days:
            yield from _counted(store, desk, days[-1], last, counts)
            yield from skipped(desk, days[:-1], counts)
        yield from _unsigned(desk, counts)


def _counted(store: Store, desk: Desk, needed: str, last: str, counts: Counts) -> Iterator[KasseError]:
    held = balance_on(store, desk, last)
    late = [row for row in counts if row[1] >= needed]
    if not late or late[-1][3] != held or moved_since(store, desk, late[-1][5], last):
        yield UncountedDayError(desk=desk.code, day=needed, balance_cents=held)
    elif late[-1][4] is None and late[-1][2] == late[-1][3]:
        yield UnsignedCountError(desk=desk.code, day=late[-1][1], number=late[-1][0])


def _unsigned(desk: Desk, counts: Counts) -> Iterator[KasseError]:
    """Yield each count that found a difference which nobody else signed, whatever was counted after it."""
    for number, day, expected, found, confirmed_by, _ in counts:
        if found != expected and confirmed_by is None:
            yield UnsignedCountError(desk=desk.code, day=day, number=number)


def _state(store: Store, desk: Desk, first: str, last: str, counted_on: str | None) -> str:
    """Return how a desk stands in the protocol, in a word: not open is only what somebody noted."""
    if desk.kind == "fund":
        return "fund"
    if counted_on is not None:
        return "counted"
    if _open_days(store, desk, first, last):
        return "uncounted"
    return "not_open" if resting_days(store, desk, first, last) else "no_banking_day"


def _open_days(store: Store, desk: Desk, first: str, last: str) -> list[str]:
    """Return the days on which a desk was open: banking days that nobody noted otherwise, and days with movements."""
    resting = resting_days(store, desk, first, last)
    moved = {day for (day,) in store.rows(_MOVED, office=desk.office, account=desk.account, first=first, last=last)}
    begin, end = dt.date.fromisoformat(max(first, desk.opened_on)), dt.date.fromisoformat(last)
    days = (begin + dt.timedelta(days=count) for count in range((end - begin).days + 1))
    banking = {day.isoformat() for day in days if is_target_day(day)}
    return sorted((banking - resting) | moved)
