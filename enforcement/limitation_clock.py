"""The clock of a limitation period: it begins, stands still for some days, and begins again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from enforcement.limitation_rules import Suspension
from sepa.calendar import Period, add_months, period_end

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stop:
    """Days that do not count, both ends inclusive; of some only those in the last months of the period."""

    start: dt.date
    end: dt.date
    last_months: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """A period of years from the end of a day, with its stops.

    `floor` is a day before which it cannot end; `cap` (day, years) the longest it can last from another
    day; `running` is false while an interruption goes on.
    """

    begin: dt.date
    years: int
    floor: dt.date | None = None
    cap: tuple[dt.date, int] | None = None
    stops: tuple[Stop, ...] = ()
    running: bool = True

    @property
    def end(self) -> dt.date | None:
        """Return the last day of the period; none while it does not run."""
        if not self.running:
            return None
        end = period_end(self.begin, Period(years=self.years))
        if self.cap:
            day, years = self.cap
            end = min(end, period_end(day, Period(years=years)))
        end = self._prolonged(end)
        return max(end, self.floor) if self.floor else end

    def _prolonged(self, end: dt.date) -> dt.date:
        """Add the days of every stop, none of them twice, § 209 BGB."""
        counted = self.begin
        for stop in sorted(self.stops, key=lambda stop: stop.start):
            start = max(stop.start, counted + ONE_DAY)
            if stop.last_months:
                start = max(start, add_months(end, -stop.last_months) + ONE_DAY)
            if start <= end and start <= stop.end:
                end += stop.end - start + ONE_DAY
                counted = stop.end
        return end

    def again(self, begin: dt.date, years: int) -> Clock:
        """Return the clock of a new period; stops and interruptions that go on still hold, a longest time no more."""
        return replace(self, begin=begin, years=years, cap=None)

    def held(self) -> Clock:
        """Return the clock while an interruption goes on."""
        return replace(self, running=False)

    def suspended(self, first: dt.date, last: dt.date, effect: Suspension) -> tuple[Clock, dt.date]:
        """Return the clock with more days that do not count, and the last of them.

        Where the days count the clock only may not end too soon, and that day is returned, § 211 BGB.
        """
        end = add_months(last, effect.after_months) if effect.after_months else last
        floor = self.floor
        if effect.floor_months:
            after = add_months(last, effect.floor_months)
            floor = max(floor, after) if floor else after
            if effect.days_count:
                return replace(self, floor=floor), after
        return replace(self, stops=(*self.stops, Stop(first, end, effect.last_months)), floor=floor), end
