"""Closing days and months of a test book in one call each."""

from ledger.book.closing_periods import month_period
from ledger.book.closing_service import close_day, close_period, confirm_day, confirm_period
from tests.books import MAIN_IBAN, SECOND_IBAN, act

FAR = "2030-12-31"
QUIET = {MAIN_IBAN: "kein Umsatz", SECOND_IBAN: "kein Umsatz"}


def shut_day(store, day, reasons=QUIET):
    """Close the day, and the open ones before it, by one person and confirm it by another."""
    act(store, "clara")
    close_day(store, day, today=FAR, reasons=reasons)
    act(store, "frida")
    return confirm_day(store, day)


def shut_month(store, name, reasons=None):
    """Close the days of the month and the month itself, each by two persons."""
    month = month_period(name)
    shut_day(store, month.last_day)
    act(store, "clara")
    close_period(store, month, today=FAR, reasons=reasons)
    act(store, "frida")
    return confirm_period(store, month)
