"""Deadlines: when a notice counts as given, and when a period of the law ends."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from enforcement.law import Law, packaged_law
from enforcement.law.figures import distinct
from enforcement.law.rules import DeadlineRule
from sepa.calendar import Period, is_working_day, next_working_day, period_end
from sepa.errors import N_, Field, KasseError

_LETTERS = {"d": "days", "wd": "working_days", "w": "weeks", "m": "months", "y": "years"}
_LENGTH = re.compile(r"(\d{1,4})(d|wd|w|m|y)")
ONE_DAY = dt.timedelta(days=1)
COUNTED = N_("counted from {start}, {unit}: {length}, to {unmoved} ({norm})")
MOVED = N_("{unmoved} is a Saturday, Sunday or public holiday: {end}")
LATER = N_("really received only on {end}: this day counts ({norm})")


class PeriodLengthError(KasseError):
    """A length of time that cannot be read."""

    code = "deadline.length"
    template = N_("not a length of time: {text}")
    hint = N_("write 10d, 4wd (working days), 2w, 1m or 3y")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a deadline and how it came about.

    `unmoved` is the end by counting, `end` the one that counts; `means` says for what (see `DeadlineRule`).
    """

    rule: str
    norm: str
    start: dt.date
    length: int
    unit: str
    unmoved: dt.date
    end: dt.date
    means: str
    steps: tuple[str, ...]
    findings: tuple[KasseError, ...] = ()

    @property
    def earliest(self) -> dt.date:
        """Return the first day after it, on which the next step is open or the act is late."""
        return self.end + ONE_DAY

    def fields(self) -> dict[str, Field]:
        """Return what the templates of `steps` may name."""
        return {
            "norm": self.norm,
            "start": self.start,
            "length": self.length,
            "unit": self.unit,
            "unmoved": self.unmoved,
            "end": self.end,
        }


def deadline_of(rule: str | DeadlineRule, start: dt.date, *, land: str = "HH", law: Law | None = None) -> Deadline:
    """Return the end of a deadline of the law, counted from its event, §§ 187, 188, 193 BGB.

    `rule` is a name of `deadlines.toml` or a rule itself. Raises `FigureUnknownError`, and the errors of a
    day for which the length is not known.

    >>> deadline_of("bekanntgabe_ao", dt.date(2026, 11, 4)).end
    datetime.date(2026, 11, 9)
    """
    book = law or packaged_law()
    found = book.deadline(rule) if isinstance(rule, str) else rule
    series = book.figure(found.length)
    entry = series.on(start)
    made = counted(start, int(entry.value), found.unit, land=land, shifts=found.shifts, norm=found.norm)
    # the open points are all about moving the end: they matter only where it moved
    findings = distinct(series.doubt(entry) + (found.doubts() if made.end != made.unmoved else ()))
    return Deadline(
        found.name,
        found.norm,
        start,
        made.length,
        made.unit,
        made.unmoved,
        made.end,
        found.means,
        made.steps,
        findings,
    )


def counted(
    start: dt.date, length: int, unit: str, *, land: str = "HH", shifts: bool = True, norm: str = "§§ 187-193 BGB"
) -> Deadline:
    """Return the end of a period of days, working_days, weeks, months or years after the day of an event."""
    unmoved = _counted(start, length, unit, land)
    end = next_working_day(unmoved, land) if shifts else unmoved
    steps = (COUNTED,) if end == unmoved else (COUNTED, MOVED)
    return Deadline("", norm, start, length, unit, unmoved, end, "until", steps)


def parse_length(text: str) -> tuple[int, str]:
    """Return number and unit of a length of time as a person writes it; raises `PeriodLengthError`.

    >>> parse_length("2w")
    (2, 'weeks')
    """
    match = _LENGTH.fullmatch(text.strip().lower())
    if match is None:
        raise PeriodLengthError(text=text)
    return int(match[1]), _LETTERS[match[2]]


def _counted(start: dt.date, length: int, unit: str, land: str) -> dt.date:
    if unit != "working_days":
        period = {
            "days": Period(days=length),
            "weeks": Period(weeks=length),
            "months": Period(months=length),
            "years": Period(years=length),
        }[unit]
        return period_end(start, period)
    day = start
    for _ in range(length):
        day = next_working_day(day + ONE_DAY, land)
    assert length == 0 or is_working_day(day, land)
    return day


def notice_day(
    posted: dt.date,
    *,
    rule: str | DeadlineRule = "bekanntgabe_ao",
    received: dt.date | None = None,
    land: str = "HH",
    law: Law | None = None,
) -> Deadline:
    """Return the day on which a notice counts as given (Bekanntgabefiktion), § 122 (2) AO, § 41 (2) VwVfG.

    A real receipt before it changes nothing, one after it counts. Raises as `deadline_of`.

    >>> notice_day(dt.date(2024, 12, 30)).end
    datetime.date(2025, 1, 2)
    """
    fiction = deadline_of(rule, posted, land=land, law=law)
    if received is None or received <= fiction.end:
        return fiction
    return Deadline(
        fiction.rule,
        fiction.norm,
        posted,
        fiction.length,
        fiction.unit,
        fiction.unmoved,
        received,
        "on",
        (COUNTED, LATER),
        fiction.findings,
    )
