"""Schedules of standing orders (Daueranordnungen): which days an amount falls due."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sepa.errors import N_, KasseError

INTERVALS = {1: N_("monthly"), 2: N_("every second month"), 3: N_("quarterly"), 6: N_("half-yearly"), 12: N_("yearly")}


class ScheduleError(KasseError):
    """A schedule that cannot be."""

    code = "order.schedule"
    template = N_("not a schedule: every {months} months until {last_due}")
    hint = N_("give how often (monthly, quarterly, half-yearly, yearly) and, if it ends, a last day after the due day")


class NoDueDayError(KasseError):
    """A standing order has nothing due on the day."""

    code = "order.no_due_day"
    template = N_("the standing order {order} has no item due on {day}")
    hint = N_("see 'kasse order show {order}' for its schedule")


class MadeAlreadyError(KasseError):
    """A change of a schedule from a day for which the items are made."""

    code = "order.made_already"
    template = N_("the standing order {order} has made its item of {day} already")
    hint = N_("change from a later day, and the item itself with 'kasse order change {order} --due {day}'")


class MadeSinceError(KasseError):
    """A changed schedule begins on a day of which the old one made the item while the change waited."""

    code = "order.made_since"
    template = N_("the standing order {order} has made its item of {day} since {change} was ordered")
    hint = N_("send {change} back with 'kasse order object' and change {order} from a later day; the item itself with "
              "'kasse order change {order} --due {day}'")  # fmt: skip


class EndedAlreadyError(KasseError):
    """The end of a schedule that ends by then."""

    code = "order.ended_already"
    template = N_("{order} ends on {day} already")
    hint = N_("an end is moved to an earlier day only; what is to go on is ordered anew")


class YearAheadError(KasseError):
    """Items of another year than the one they would be posted in."""

    code = "order.year_ahead"
    template = N_("what falls due up to {until} belongs in part to {year}, and would be posted on {day}")
    hint = N_("run it up to the end of that year, and the rest in {year}: what is due in a year is posted in it "
              "(§§ 71, 72 BHO)")  # fmt: skip


def check_year(until: str, day: str) -> None:
    """Check that a run makes nothing that is due in a later year than it is posted in; raises `YearAheadError`."""
    if until[:4] > day[:4]:
        raise YearAheadError(until=until, year=int(until[:4]), day=day)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a standing order falls due: the first day, every so many months, the last day if there is one.

    `month_day` is the day of the month where the first due day is not on it: an order that replaces one of the 31st
    may begin on 28 February.
    """

    months: int
    first_due: str
    last_due: str | None = None
    ended_on: str | None = None
    month_day: int | None = None

    def days(self, until: str) -> Iterator[str]:
        """Yield the due days up to a day; the day of the month stays that of the first, or its month's last.

        >>> list(Schedule(1, "2026-01-31").days("2026-04-30"))
        ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']
        >>> list(Schedule(1, "2026-02-28", month_day=31).days("2026-03-31"))
        ['2026-02-28', '2026-03-31']
        """
        last = min(filter(None, (until, self.last_due, self.ended_on)))
        first = dt.date.fromisoformat(self.first_due)
        step, month_day = 0, self.month_day or first.day
        while (day := _later(first, step * self.months, month_day).isoformat()) <= last:
            yield day
            step += 1

    def first_from(self, day: str) -> str | None:
        """Return the first due day on or after a day, None where the schedule has ended."""
        far = f"{int(day[:4]) + 2}{day[4:]}" if day[4:] != "-02-29" else f"{int(day[:4]) + 2}-02-28"
        return next((due for due in self.days(far) if due >= day), None)


def _later(first: dt.date, months: int, month_day: int) -> dt.date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return dt.date(year, month + 1, min(month_day, calendar.monthrange(year, month + 1)[1]))
