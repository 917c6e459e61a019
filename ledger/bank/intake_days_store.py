"""Days that a statement cannot tell of: those before the account was taken over, and those that are still to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ledger.bank.intake_pages import Page
from ledger.bank.taken_over_reader import taken_over
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

AHEAD = dt.timedelta(days=7)  # banks date what they book on a weekend or holiday to the next bank day


class BeforeTakeOverError(KasseError):
    """Bookings that the balance taken over holds already: posted again they would count twice (invariant 3)."""

    code = "statement.before_take_over"
    template = N_("statement {statement} has bookings of {day}; {iban} was taken over with its balance of {taken}")
    hint = N_("nothing of this file was taken; the balance taken over holds these bookings, import later days only")


class FutureStatementError(KasseError):
    """A statement of days to come: the account would count as complete up to them (invariant 5)."""

    code = "statement.future"
    template = N_("statement {statement} is of {day}, which lies in the future")
    hint = N_("nothing of this file was taken; check the date of this computer, then ask the bank")


def check_days(store: Store, pages: Sequence[Page]) -> None:
    """Check that the pages tell of days between the take-over of their account and today.

    Raises `BeforeTakeOverError` and `FutureStatementError`.
    """
    latest = (dt.date.fromisoformat(store.today) + AHEAD).isoformat()
    taken = {iban: taken_over(store, iban).get(iban) for iban in {page.iban for page in pages}}
    for page in pages:
        name, day, start = page.opened.id, min(page.days, default=page.closing_day), taken[page.iban]
        if start and day and day < start.day:
            raise BeforeTakeOverError(place=page.place, statement=name, day=day, iban=page.iban, taken=start.day)
        last = max(page.closing_day, *page.days) if page.days else page.closing_day
        if last > latest:
            raise FutureStatementError(place=page.place, statement=name, day=last)
