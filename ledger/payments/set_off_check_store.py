"""What `journal verify` asks of set-offs: each claim counts as paid from the day that its event tells, § 389 BGB."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from ledger.items.items_reader import item_name
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

DAYS = "days"
MOST = 100
_DAYS = """
    SELECT l.office, l.item, c.payment_day FROM clearing c
    JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
    JOIN entry e ON e.office = c.office AND e.position = c.position
    WHERE c.kind = 'setoff' AND e.kind = 'clearing'"""
ToldDays = Counter[tuple[str, str]]
"""Items and the days from which they count as paid, as often as they were set off."""


class SetOffDayError(KasseError):
    """A set-off counts from another day than its event tells: charges for paying late would end on another day."""

    code = "verify.set_off_day"
    template = N_("the set-off of item {name} counts from {day}: the event log tells of another day, or of none")
    hint = N_("keep this book as it is, compare it with the last backup and inform the audit office")


def days_said(days: Iterable[tuple[str, int, str]]) -> str:
    """Return the fact of an event that tells from which day each item of a set-off counts as paid."""
    return " ".join(f"{item_name(office, item)}={day}" for office, item, day in days)


def take_days(told: ToldDays, action: str, facts: str) -> None:
    """Take over what an event tells of a set-off, if anything."""
    if action == "item.set_off":
        for part in json.loads(facts).get(DAYS, "").split():
            name, _, day = part.partition("=")
            told[name, day] += 1


def wrong_set_offs(store: Store, told: ToldDays) -> Iterator[KasseError]:
    """Yield the items whose set-offs count from other days than the events tell."""
    held = Counter((item_name(office, item), str(day)) for office, item, day in store.rows(_DAYS))
    for name, day in sorted(held - told)[:MOST]:
        yield SetOffDayError(name=name, day=day, office=name.rpartition("/")[0])
