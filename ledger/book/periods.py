"""Periods: the twelve months of a year and period 13, which holds the closing entries and no money (§ 71 LHO)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.book.entry import ClosedPeriodError
from sepa.errors import N_, KasseError

CLOSING: Final = "closing"
"""The kind of entries of period 13; it is hashed with the entry, so no column says it twice."""
MONEY_ROLES = ("bank", "cash", "imprest", "transit_cash", "transit_card", "cheques")
"""Roles of accounts that hold money: period 13 never touches them. The guards name them too."""
THIRTEENTH = "13"


class ClosingDayError(KasseError):
    """A closing entry on another day than the last of a year."""

    code = "period.closing_day"
    template = N_("a closing entry is dated 31 December, not {day}")
    hint = N_("post it in period 13 of the year: 'kasse journal post --closing YEAR'")


class PeriodNotOpenError(KasseError):
    """Period 13 of a year whose last month is still open."""

    code = "period.not_open"
    template = N_("period 13 of {year} is not open: December is not closed yet")
    hint = N_("close the month first: 'kasse month close --month {year}-12'")


class MoneyInClosingError(KasseError):
    """A closing entry that would move money."""

    code = "period.money"
    template = N_("account {account} of office {office} holds money: period 13 takes no entry on it")
    hint = N_("book money on the day the bank did, in an open month")


@dataclass(frozen=True, slots=True)
class ClosedUntil:
    """The last day that is closed by any closing, by a month and by a year; '' before the first."""

    any: str = ""
    month: str = ""
    year: str = ""


def balance_month(kind: str, day: str) -> str:
    """Return the month under which balances are kept: `2026-11`, or `2026-13` for closing entries.

    >>> balance_month("bank", "2026-12-31"), balance_month("closing", "2026-12-31")
    ('2026-12', '2026-13')
    """
    return f"{day[:4]}-{THIRTEENTH}" if kind == CLOSING else day[:7]


def check_closing_entry(closed: ClosedUntil, day: str) -> None:
    """Check that a closing entry may be posted on the day: in a year whose months are closed and which is not.

    Raises `ClosingDayError`, `PeriodNotOpenError`, `ClosedPeriodError`.
    """
    if day[5:] != "12-31":
        raise ClosingDayError(day=day)
    if day <= closed.year:
        raise ClosedPeriodError(day=day, closed=closed.year)
    if day > closed.month:
        raise PeriodNotOpenError(year=int(day[:4]))
