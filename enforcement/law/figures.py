"""Dated values of law: a series knows which value holds on a day, from where it is known and until when."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from sepa.errors import N_, KasseError

T = TypeVar("T")
ONE_DAY = dt.timedelta(days=1)


class FigureUnknownError(KasseError):
    """A name under which the law data holds nothing."""

    code = "law.unknown"
    template = N_("the law data knows no {kind} named {name}")
    hint = N_("kasse law rates list shows all names; close to it: {near}")


class DayBeforeLawError(KasseError):
    """A day before the first value the law data holds."""

    code = "law.before"
    template = N_("{name} ({norm}) is known only from {known_from}, not on {day}")
    hint = N_(
        "write the value valid on that day, with its source, into a law file of your own (docs/law.md) and propose it "
        "with 'kasse law take FILE', or give its folder with --law-dir; what is known stands in {file}"
    )


class DayAfterLawError(KasseError):
    """A day after the last value the law data can vouch for."""

    code = "law.after"
    template = N_("{name} ({norm}) is known only until {known_until}, not on {day}")
    hint = N_(
        "write the new value, with its source and the next day of change, into a law file of your own (docs/law.md) "
        "and propose it with 'kasse law take FILE', or give its folder with --law-dir; what is known stands in {file}"
    )


class FigureUnconfirmedError(KasseError):
    """A value that rests on general knowledge or an undated copy and wants checking."""

    code = "law.unconfirmed"
    severity = "warning"
    template = N_("{name} ({norm}) as valid from {valid_from} is not confirmed")
    hint = N_("'kasse law rates show NAME' says what is uncertain, and where it is to be checked")
    together = N_("figures of law that are not confirmed: {count} ({names})")
    named = "name"


class RuleUnconfirmedError(KasseError):
    """A point of a rule that the sources leave open, decided here by a switch of the data."""

    code = "law.open_point"
    severity = "info"
    template = N_("{rule} ({norm}) leaves a point open that the data decides")
    hint = N_("'kasse law rates show NAME' says what is uncertain, and where it is to be checked")
    together = N_("rules of law with a point that the data decides: {count} ({names})")
    named = "rule"


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One value of a series and what vouches for it."""

    valid_from: dt.date
    value: T
    norm: str
    source: str
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Series(Generic[T]):
    """The values of one figure in the order of time.

    `known_until` is the last day before a change that the law itself announces; none means: until amended.
    `checked` is the day of the text the values were read in.
    """

    name: str
    title_de: str
    title_en: str
    unit: str
    norm: str
    file: str
    entries: tuple[Entry[T], ...]
    known_until: dt.date | None = None
    checked: dt.date | None = None
    _days: tuple[dt.date, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        days = tuple(entry.valid_from for entry in self.entries)
        assert days, f"{self.name} has no values"
        assert list(days) == sorted(set(days)), f"{self.name}: values out of order"
        object.__setattr__(self, "_days", days)

    def on(self, day: dt.date) -> Entry[T]:
        """Return the value valid on that day.

        Raises `DayBeforeLawError` and `DayAfterLawError` outside of what is known.
        """
        self._check_known(day)
        position = bisect_right(self._days, day)
        if position == 0:
            raise DayBeforeLawError(name=self.name, norm=self.norm, known_from=self._days[0], day=day, file=self.file)
        return self.entries[position - 1]

    def spans(self, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date, Entry[T]]]:
        """Yield the stretches of one value between two days, both inclusive."""
        if first <= last:
            self.on(first)
        start, position = first, bisect_right(self._days, first)
        while start <= last:
            after = self._days[position] if position < len(self._days) else None
            end = last if after is None or after > last else after - ONE_DAY
            self._check_known(end)
            yield start, end, self.entries[position - 1]
            start, position = end + ONE_DAY, position + 1

    def _check_known(self, day: dt.date) -> None:
        if self.known_until is not None and day > self.known_until:
            raise DayAfterLawError(
                name=self.name, norm=self.norm, known_until=self.known_until, day=day, file=self.file
            )

    def doubt(self, entry: Entry[T]) -> tuple[FigureUnconfirmedError, ...]:
        """Return the warning that goes with a value nobody has confirmed, or nothing."""
        if entry.confirmed:
            return ()
        return (
            FigureUnconfirmedError(
                name=self.name,
                norm=entry.norm,
                valid_from=entry.valid_from,
                source=entry.source,
                file=self.file,
            ),
        )


Figure = Series[Decimal]


def cents(euros: Decimal) -> int:
    """Return whole cents of a figure in euros; a figure finer than a cent is a defect of the data."""
    exact = euros * 100
    assert exact == exact.to_integral_value(), f"not whole cents: {euros}"
    return int(exact)


def distinct(findings: tuple[KasseError, ...]) -> tuple[KasseError, ...]:
    """Return the findings with every repetition of the same code and fields left out."""
    if not findings[1:]:
        return findings
    seen: dict[tuple[str, tuple[tuple[str, object], ...]], KasseError] = {}
    for finding in findings:
        seen.setdefault((finding.code, tuple(sorted(finding.fields.items()))), finding)
    return tuple(seen.values())
