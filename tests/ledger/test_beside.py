"""Another process works beside this one: what it yields and raises arrives, and its death is told."""

import datetime as dt
import multiprocessing
import os
import pickle
import signal

import pytest

from ledger.store.beside import EndedEarlyError, beside
from sepa.errors import KasseError, Place


class BrokenOffError(KasseError):
    """An error of a rule."""

    code = "test.broken_off"
    template = "{name} broke off at {count}"
    severity = "error"


def counting(upto):
    yield from range(upto)


def breaking(name):
    yield 1
    raise BrokenOffError(place=Place(file="a.csv", row=3), name=name, count=2)


def stumbling():
    yield 1
    yield 1 // 0


def killed():
    yield 1
    os.kill(os.getpid(), signal.SIGKILL)
    yield 2


def endless():
    while True:
        yield b"x" * 1_000_000


def test_what_is_yielded_there_arrives_here_in_order():
    with beside(counting, 1000) as found:
        assert list(found) == list(range(1000))


@pytest.mark.parametrize(
    ("work", "what", "error", "words"),
    [
        (breaking, ("anna",), BrokenOffError, "anna broke off at 2"),
        (stumbling, (), RuntimeError, "ZeroDivisionError"),
        (killed, (), EndedEarlyError, "before its time"),
    ],
)
def test_what_goes_wrong_there_is_raised_here(work, what, error, words):
    with beside(work, *what) as found:
        assert next(found) == 1
        with pytest.raises(error, match=words) as caught:
            next(found)
    if error is BrokenOffError:
        assert caught.value.place == Place(file="a.csv", row=3)


def test_one_that_nobody_waits_for_ends():
    with beside(endless) as found:
        assert len(next(found)) == 1_000_000
        (child,) = multiprocessing.active_children()
    assert not child.is_alive()


def test_a_machine_with_one_core_works_alone(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with beside(counting, 3) as found:
        assert found is None


def test_an_error_goes_from_process_to_process_whole():
    error = BrokenOffError(place=Place(row=7), findings=(BrokenOffError(name="b", count=1),), name="a", count=2)
    error.severity = "warning"
    back = pickle.loads(pickle.dumps(error))
    assert (str(back), back.place, back.severity, back.args) == (str(error), error.place, "warning", error.args)
    assert (str(back.findings[0]), back.fields["name"]) == ("b broke off at 1", "a")
    dated = pickle.loads(pickle.dumps(BrokenOffError(name=dt.date(2026, 11, 22), count=0)))
    assert dated.fields["name"] == dt.date(2026, 11, 22)
