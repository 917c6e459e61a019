"""What is to be closed, gathered part by part: for a day, a month, a year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ledger.book import closing_figures_store as figures
from ledger.book import closing_store
from ledger.book import closing_year_store as year_end
from ledger.book.closing import account_lines, by_age, next_day
from ledger.book.closing_periods import Period
from ledger.book.closing_protocol import AccountLine, ClosingKind, Subject
from ledger.book.journal_gaps_store import gap_report
from ledger.cash.closing_reader import desk_lines
from ledger.reports.balances_store import bank_balances, trial_balance
from ledger.reports.items_store import unclear_cases
from ledger.store.engines import Store

Parts = dict[str, tuple[Any, ...]]
Reasons = Mapping[str, str]


def gather(store: Store, period: Period, reasons: Reasons) -> Subject:
    """Return what the protocol of the period shows, and from which day on it closes."""
    first = _first_day(store, period)
    parts = _GATHERED[period.kind](store, period, first, reasons)
    return Subject(period.kind, period.name, first, period.last_day, reasons, parts)


def _first_day(store: Store, period: Period) -> str:
    """Return the day after the last closing of the kind; the first closing of all begins with the first entry."""
    if period.kind == "day":
        return closing_store.first_open_day(store, period.last_day)
    closed = closing_store.last_closed(store, period.kind)
    if closed:
        return next_day(closed)
    return min(closing_store.first_entry_day(store) or period.first_day, period.first_day)


def _day(store: Store, period: Period, first: str, reasons: Reasons) -> Parts:
    day = period.last_day
    return {
        "accounts": _accounts(store, first, day, reasons),
        "desks": tuple(desk_lines(store, first, day)),
        "days": tuple(closing_store.day_lines(store, first, day)),
        "offices": tuple(closing_store.office_lines(store, first, day)),
        "ages": tuple(by_age(unclear_cases(store, day))),
        "transit": tuple(closing_store.transit_lines(trial_balance(store, day))),
        "floating": tuple(closing_store.floating_lines(store, first, day)),
    }


def _month(store: Store, period: Period, first: str, reasons: Reasons) -> Parts:
    return _of_period(store, period, first, reasons, "day") | {
        "ages": tuple(by_age(unclear_cases(store, period.last_day))),
        "floating": tuple(closing_store.floating_lines(store, first, period.last_day)),
    }


def _year(store: Store, period: Period, first: str, reasons: Reasons) -> Parts:
    closed = trial_balance(store, period.last_day, closing=True)
    return _of_period(store, period, first, reasons, "month") | {
        "results": tuple(year_end.result_lines(store, period, closed)),
        "stocks": tuple(year_end.stock_lines(trial_balance(store, period.last_day), closed)),
        "rests": tuple(year_end.rest_lines(store, period.last_day)),
        "unclear": tuple(year_end.unclear_lines(store, period.last_day)),
    }


def _of_period(store: Store, period: Period, first: str, reasons: Reasons, smaller: ClosingKind) -> Parts:
    last, balances, report = period.last_day, trial_balance(store, period.last_day), gap_report(store)
    return {
        "accounts": _accounts(store, first, last, _given(store, last)),
        "periods": tuple(figures.period_lines(store, smaller, first, last)),
        "offices": tuple(closing_store.office_lines(store, first, last)),
        "gaps": tuple(figures.gap_lines(report, range(int(first[:4]), period.year + 1))),
        "controls": tuple(figures.control_lines(store, balances)),
        "transit": tuple(figures.transit_lines(store, balances, reasons)),
        "between": tuple(figures.between_lines(balances)),
    }


def _given(store: Store, day: str) -> Reasons:
    """Return the reasons with which the day was closed, by IBAN."""
    known = closing_store.closing_of(store, "day", day)
    return {line.iban: line.reason for line in known.protocol.accounts if line.reason} if known else {}


def _accounts(store: Store, first: str, day: str, reasons: Reasons) -> tuple[AccountLine, ...]:
    balances = bank_balances(store, day)
    known = closing_store.last_statements(store, day, balances)
    without = tuple(own for own in balances if not known[own.iban].day)
    moved, before = closing_store.moved(store, first, day), closing_store.taken_over(store, day, without)
    return tuple(account_lines(first, day, balances, moved, known, before, reasons))


_GATHERED: Mapping[ClosingKind, Callable[[Store, Period, str, Reasons], Parts]] = {
    "day": _day, "month": _month, "year": _year,
}  # fmt: skip
