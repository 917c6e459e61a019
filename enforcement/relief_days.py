"""Days of relief that the calendar refuses: a death or an opening to come, a day to look again that is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from enforcement.relief import Kind, Owed, Wish
from enforcement.relief_law import Planned
from ledger.items.items_reader import item_name
from sepa.errors import N_, KasseError


class ReliefFutureError(KasseError):
    """What has happened cannot have happened on a day to come."""

    code = "relief.future"
    template = N_("{kind}: {day} is still to come, today is {today}")
    hint = N_("check the year; note it when it has happened, with the day from the certificate or the court's order")


class ReliefWatchPastError(KasseError):
    """A day to look again that is not ahead."""

    code = "relief.watch_past"
    template = N_("{day} is no day on which somebody will look again: today is {today}")
    hint = N_("give a day after today; check the year")


class ReliefEarlierError(KasseError):
    """A relief that would bring the due day of a claim forward instead of putting it off."""

    code = "relief.earlier"
    template = N_("{item} is due on {due}: {kind} with {day} as a day to pay does not put that off")
    hint = N_("give days after the due day, or leave out what is not due yet: only what is due can be deferred")


def check_later(kind: Kind, claims: Sequence[Owed], planned: Planned) -> None:
    """Refuse days to pay that lie before a claim is due; a Stundung must end after that (§ 222 AO, § 59 LHO).

    Raises `ReliefEarlierError`.
    """
    for one in claims:
        begins = planned.begins.get(one.key, one.due)
        if begins < one.due or (kind.name == "stundung" and planned.dues.get(one.key, begins) <= one.due):
            day, due = dt.date.fromisoformat(begins), dt.date.fromisoformat(one.due)
            raise ReliefEarlierError(item=item_name(*one.key), due=due, kind=kind.name, day=day)


def check_days(wish: Wish, today: dt.date) -> None:
    """Refuse a death or an opening after today and a watch day that is over.

    Raises `ReliefFutureError`, `ReliefWatchPastError`.
    """
    if wish.kind.whole:
        check_happened(wish.kind.name, wish.first, today)
    if wish.watch is not None:
        check_ahead(wish.watch, today)


def check_happened(kind: str, day: dt.date, today: dt.date) -> None:
    """Refuse a day to come for what has happened; raises `ReliefFutureError`."""
    if day > today:
        raise ReliefFutureError(kind=kind, day=day, today=today)


def check_ahead(day: dt.date, today: dt.date) -> None:
    """Refuse a day that is not after today for what is to be looked at again; raises `ReliefWatchPastError`."""
    if day <= today:
        raise ReliefWatchPastError(day=day, today=today)
