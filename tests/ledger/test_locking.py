"""One run at a time: a lock is had by one, leaves no file behind, and is not given to who waits on a removed file."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ledger.store.failures import BookLockedError
from ledger.store.locking import held_since, one_at_a_time
from tests.books import opened

pytestmark = pytest.mark.engines


@pytest.fixture
def other(book):
    store = opened(book)
    yield store
    store.close()


def locks(store) -> list[str]:
    return [path.name for path in Path(store.book).parent.glob(".*.lock")] if store.engine.name == "sqlite" else []


def test_one_has_the_lock_and_nothing_is_left_of_it(store, other):
    with one_at_a_time(store, "backup"):
        assert held_since(other, "backup") is not None
        with pytest.raises(BookLockedError), one_at_a_time(other, "backup", wait_seconds=0):
            pass
        with one_at_a_time(other, "reconcile"):
            pass
    assert held_since(other, "backup") is None
    assert locks(store) == []
    with one_at_a_time(other, "backup"):
        assert held_since(store, "backup") is not None


def test_never_two_at_once_though_each_removes_the_file(book):
    inside, guard = [0], threading.Lock()

    def run(_: int) -> int:
        store, most = opened(book), 0
        for _ in range(5):
            with one_at_a_time(store, "backup"):
                with guard:
                    inside[0] += 1
                    most = max(most, inside[0])
                with guard:
                    inside[0] -= 1
        store.close()
        return most

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(run, range(4))) == {1}
