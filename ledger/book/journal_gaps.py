"""The gap report of the journal: numbers that are missing or out of time, days without entries, aborted postings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sepa.errors import N_, KasseError


class MissingNumbersError(KasseError):
    """Numbers of an office that no entry has: an entry was taken out of the book."""

    code = "gaps.missing"
    template = N_("office {office}, year {year}: numbers that no entry has: {numbers}")
    hint = N_("nothing kasse does leaves a gap: run 'kasse journal verify' and compare with a backup")


class NumbersOutOfTimeError(KasseError):
    """Entries recorded before the one with the number before: a clock was set back."""

    code = "gaps.out_of_time"
    severity = "warning"
    template = N_(
        "office {office}, year {year}: recorded before the number before them: {count} entries, first {number}"
    )
    hint = N_("look at the clock of the machine that wrote them, and note the reason")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The entries of an office in a year; `missing` numbers of them, `out_of_time` recorded before the one before."""

    office: str
    year: int
    entries: int
    first: int
    last: int
    missing: int
    out_of_time: int
    aborted: int


@dataclass(frozen=True, slots=True)
class AbortedPosting:
    """Numbers that a posting took and gave back when it was broken off: they were given to the next one."""

    at: str
    user: str
    office: str
    year: int
    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class EmptyDays:
    """Working days in a row on which nothing was posted in any office."""

    first: str
    last: str
    days: int


@dataclass(frozen=True, slots=True)
class GapReport:
    """What the report found: ranges of numbers, days without entries, aborted postings, findings."""

    numbers: tuple[NumberRange, ...]
    days: tuple[EmptyDays, ...]
    aborted: tuple[AbortedPosting, ...]
    findings: tuple[KasseError, ...]


def empty_days(working_days: Sequence[date], posted: set[str]) -> Iterator[EmptyDays]:
    """Yield the runs of working days on which nothing was posted."""
    run: list[date] = []
    for day in working_days:
        if day.isoformat() not in posted:
            run.append(day)
        elif run:
            yield _run(run)
            run = []
    if run:
        yield _run(run)


def _run(run: Sequence[date]) -> EmptyDays:
    return EmptyDays(run[0].isoformat(), run[-1].isoformat(), len(run))


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
