"""Processes that post while others close: no lost number, no deadlock, nothing in a day closed meanwhile."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from ledger.book.verify_store import verify
from tests.books import opened
from tests.ledger.bank_days import take_over
from tests.ledger.closing_days import shut_month
from tests.ledger.closing_processes import close_a_month, close_days, close_the_year, post_days

DAYS = ("2026-11-16", "2026-11-17", "2026-11-18")
POSTERS = (("BAU", "ORDNUNG"), ("ORDNUNG", "BAU"))  # they take the same two locks, named the other way round


@pytest.fixture(scope="module")
def at_once():
    """Three processes of their own, and what makes them begin together."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(3, mp_context=context) as pool:
        yield manager, pool


def test_two_processes_post_while_a_third_closes_the_days(book, at_once):
    manager, pool = at_once
    gate, closing = manager.Barrier(3), manager.Semaphore(0)
    posting = [pool.submit(post_days, book, *offices, DAYS, gate, closing) for offices in POSTERS]
    closed = pool.submit(close_days, book, DAYS, gate, closing, len(POSTERS)).result(timeout=120)
    done = [future.result(timeout=120) for future in posting]
    assert all(count >= 3 for counts, _ in done for count in counts.values())
    assert closed == {day: 2 * sum(counts[day] for counts, _ in done) for day in DAYS}
    numbers = sorted(number for _, own in done for number in own)
    assert numbers == [(o, 2026, n + 1) for o in ("BAU", "ORDNUNG") for n in range(len(numbers) // 2)]
    store = opened(book, "frida")
    assert store.value("SELECT count(*) FROM entry") == sum(closed.values())
    assert verify(store).findings == ()
    store.close()


def test_a_year_is_closed_while_the_next_one_is_posted(book, at_once):
    store = opened(book, "clara")
    take_over(store, "2026-12-30", "100,00")
    for month in ("2026-11", "2026-12"):
        shut_month(store, month)
    store.close()
    manager, pool = at_once
    gate, closing = manager.Barrier(3), manager.Semaphore(0)
    days = ("2027-01-04",)
    posting = [pool.submit(post_days, book, *offices, days, gate, closing, 40) for offices in POSTERS]
    assert pool.submit(close_the_year, book, gate).result(timeout=120) == (True, True)
    done = [future.result(timeout=120) for future in posting]
    assert all(counts == {"2027-01-04": 40} for counts, _ in done)
    store = opened(book, "frida")
    assert verify(store).findings == ()
    store.close()


def test_of_two_processes_that_close_a_month_one_does(book, at_once):
    from tests.ledger.closing_days import shut_day

    store = opened(book, "clara")
    take_over(store, "2026-11-16", "100,00")
    shut_day(store, "2026-11-30")
    store.close()
    manager, pool = at_once
    gate = manager.Barrier(2)
    both = [pool.submit(close_a_month, book, user, "2026-11", gate) for user in ("clara", "emil")]
    done = [future.result(timeout=120) for future in both]
    assert sorted(fresh for fresh, _ in done) == [False, True]
    assert len({head for _, head in done}) == 1
