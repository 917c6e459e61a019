"""What the processes of `test_closing_processes` do, each with a book opened by itself."""

import time

from ledger.book.closing_periods import month_period, year_period
from ledger.book.closing_service import close_day, close_period, confirm_day
from ledger.book.closing_year_service import close_year, prepare_year
from ledger.book.entry import ClosedPeriodError, Posting
from ledger.book.store import post
from ledger.book.transfer import across
from tests.books import act, opened
from tests.ledger.closing_days import FAR, QUIET

BREATH_SECONDS = 0.003
"""SQLite gives the book to whoever asks at the right moment: without a breath one process would keep it."""


def post_days(book, lead, other, days, gate, closing, most=10_000):
    """Post between two offices on each day until it is closed; return how often that went well, and the numbers."""
    store = opened(book, "clara")
    lines = {lead: [Posting("6100", 1)], other: [Posting("5900", -1)]}
    done, numbers = dict.fromkeys(days, 0), []
    gate.wait()
    for day in days:
        for count in range(most):
            time.sleep(BREATH_SECONDS)
            try:
                with store.unit([lead, other]):
                    numbers += post(store, across(lead, lines, kind="transfer", posting_day=day, group=count + 1))
            except ClosedPeriodError:
                break
            done[day] += 1
            if done[day] == 3:
                closing.release()  # by now every process has posted on this day: it may be closed
    store.close()
    return done, [(p.office, p.year, p.number) for p in numbers]


def close_days(book, days, gate, closing, posters):
    """Close each day as soon as every poster has begun it, and confirm it; return how many entries each closed."""
    store, found = opened(book, "emil"), {}
    gate.wait()
    for day in days:
        for _ in range(posters):
            closing.acquire(timeout=60)
        act(store, "emil")
        closed = close_day(store, day, today=FAR, reasons=QUIET)
        found[day] = sum(line.entries for line in closed.protocol.offices)
        act(store, "frida")
        confirm_day(store, day)
    store.close()
    return found


def close_the_year(book, gate):
    """Prepare and close a year by two persons while others post in the next one."""
    store = opened(book, "emil")
    gate.wait()
    done = prepare_year(store, year_period(2026), today=FAR)
    act(store, "frida")
    final = close_year(store, year_period(2026), today=FAR)
    store.close()
    return done.fresh, final.fresh


def close_a_month(book, user, month, gate):
    """Close a month at the same moment as another process; return whether this one did it."""
    store = opened(book, user)
    gate.wait()
    done = close_period(store, month_period(month), today=FAR)
    store.close()
    return done.fresh, done.protocol.head
