"""Invariant 8 under two connections: posting takes the office's lock before it looks at the calendar, closing all."""

import threading
import time

import pytest

from ledger.book.closing_service import close_day, confirm_day
from ledger.book.entry import ClosedPeriodError
from ledger.book.store import post
from ledger.book.verify_store import verify
from tests.books import MAIN_IBAN, SECOND_IBAN, entry, opened
from tests.ledger.bank_days import DAY, OPENED

QUIET = {MAIN_IBAN: "kein Umsatz", SECOND_IBAN: "kein Umsatz"}
ROUNDS = 4


def close(store, day=OPENED):
    return close_day(store, day, today="2026-12-31", reasons=QUIET)


def counted(done, office="KASSE"):
    return sum(line.entries for line in done.protocol.offices if line.office == office)


def test_a_closing_waits_for_a_posting_that_has_begun(book):
    poster, closed = opened(book, "clara"), []

    def closer():
        store = opened(book, "emil")
        closed.append(close(store))
        store.close()

    thread = threading.Thread(target=closer)
    with poster.unit(["KASSE"]):
        thread.start()
        time.sleep(0.2)  # the closing is under way and must wait
        post(poster, [entry("6100 1", "5900 -1", day=OPENED)])
        assert closed == []
    thread.join()
    assert counted(closed[0]) == 1
    with pytest.raises(ClosedPeriodError), poster.unit(["KASSE"]):
        post(poster, [entry("6100 1", "5900 -1", day=OPENED)])
    assert verify(poster).findings == ()
    poster.close()


def test_a_posting_waits_for_a_closing_that_has_begun(book, monkeypatch):
    """The poster has looked at nothing yet when the closing commits: it must see the new calendar."""
    closer, results = opened(book, "emil"), []

    def poster():
        store = opened(book, "clara")
        try:
            with store.unit(["BAU"]):
                post(store, [entry("6100 1", "5900 -1", day=OPENED, office="BAU")])
            results.append("posted")
        except ClosedPeriodError as error:
            results.append(error.code)
        store.close()

    thread = threading.Thread(target=poster)
    begun = closer.engine.lock

    def lock(store, offices):
        begun(store, offices)
        if store is closer:
            thread.start()
            time.sleep(0.2)

    monkeypatch.setattr(closer.engine, "lock", lock)
    done = close(closer)
    thread.join()
    assert (counted(done, "BAU"), results) == (0, ["period.closed"])
    closer.close()


def post_until_closed(store, day):
    """Post on the day as fast as possible, and return how often it went well before the day was closed."""
    for times in range(1_000_000):
        try:
            with store.unit(["KASSE"]):
                post(store, [entry("6100 1", "5900 -1", day=day)])
        except ClosedPeriodError:
            return times
    raise AssertionError("the day was never closed")


def test_what_the_protocol_counts_is_all_that_day_ever_has(book):
    """One posts as fast as possible on a day while another closes it; then the next day, and so on."""
    days = [f"2026-11-{day}" for day in range(16, 16 + ROUNDS)]
    posted, protocols, start = {}, {}, threading.Barrier(2)

    def poster():
        store = opened(book, "clara")
        start.wait()
        posted.update((day, post_until_closed(store, day)) for day in days)
        store.close()

    def closer():
        store = opened(book, "emil")
        start.wait()
        for day in days:
            time.sleep(0.03)
            protocols[day] = close(store, day)
        store.close()

    run_together(poster, closer)
    assert {day: counted(done) for day, done in protocols.items()} == posted
    store = opened(book, "frida")
    assert store.value("SELECT count(*) FROM entry") == sum(posted.values())
    assert verify(store, against=protocols[days[-1]].protocol.head).findings == ()
    for day in days:
        confirm_day(store, day)
    store.close()


def run_together(*targets):
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_two_who_close_at_once_one_writes(book):
    results, start = [], threading.Barrier(2)

    def closer(user):
        store = opened(book, user)
        start.wait()
        results.append(close(store, DAY))
        store.close()

    run_together(lambda: closer("emil"), lambda: closer("frida"))
    assert sorted(done.fresh for done in results) == [False, True]
    assert results[0].protocol == results[1].protocol
