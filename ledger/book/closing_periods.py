"""Months and years as periods: their first and last day, and how people write them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

from ledger.book.closing_protocol import ClosingKind
from sepa.errors import N_, KasseError

_MONTH = re.compile(r"(\d{4})-(\d{2})|(\d{1,2})[./](\d{4})", re.ASCII)
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)


class InvalidMonthError(KasseError):
    """A text that is not a month."""

    code = "month.invalid"
    template = N_("not a month: {text}")
    hint = N_("write it as 2026-11 or 11.2026")
    exit_code = 2


class InvalidYearError(KasseError):
    """A text that is not a year."""

    code = "year.invalid"
    template = N_("not a year: {text}")
    hint = N_("write it as 2026")
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Period:
    """A day, month or year: its name and its days, both ends included."""

    kind: ClosingKind
    name: str
    first_day: str
    last_day: str

    @property
    def year(self) -> int:
        """The year it belongs to."""
        return int(self.last_day[:4])


def day_period(day: str) -> Period:
    """Return a day as a period."""
    return Period("day", day, day, day)


def parse_month(text: str) -> Period:
    """Return the month a person typed.

    >>> parse_month("11.2026").name, parse_month("2026-02").last_day
    ('2026-11', '2026-02-28')

    Raises `InvalidMonthError`.
    """
    found = _MONTH.fullmatch(text.strip())
    year, month = (found[1] or found[4], found[2] or found[3]) if found else ("0", "0")
    if not found or not 1 <= int(month) <= 12 or int(year) < 1900:
        raise InvalidMonthError(text=text)
    return month_period(f"{int(year):04d}-{int(month):02d}")


def month_period(name: str) -> Period:
    """Return the month of that name (`2026-11`)."""
    return Period("month", name, f"{name}-01", f"{name}-{monthrange(int(name[:4]), int(name[5:]))[1]:02d}")


def month_after(name: str) -> str:
    """Return the name of the month after.

    >>> month_after("2026-12")
    '2027-01'
    """
    year, month = int(name[:4]), int(name[5:])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def parse_year(text: str) -> Period:
    """Return the year a person typed; raises `InvalidYearError`."""
    if not _YEAR.fullmatch(text.strip()):
        raise InvalidYearError(text=text)
    return year_period(int(text))


def year_period(year: int) -> Period:
    """Return the year."""
    return Period("year", f"{year:04d}", f"{year:04d}-01-01", f"{year:04d}-12-31")
