"""Writing behind: what another thread writes belongs to the unit of work like everything else."""

from threading import Event, Timer

import pytest

from ledger.store.failures import RefusedByBookError

NOTED = "SELECT count(*) FROM setting WHERE key = 'noted'"


def note_later(store):
    """Write a row behind, a moment after the unit of work has gone on."""
    gate = Event()
    Timer(0.05, gate.set).start()
    store.behind.start(lambda: gate.wait(5) and store.insert("setting", ("key", "value"), [("noted", "1")]))


def give_up(store):
    with store.unit(["KASSE"]):
        note_later(store)
        raise KeyboardInterrupt


def refused(store):
    with store.unit(["KASSE"]):
        store.insert("setting", ("key", "value"), [("noted", "1")])
        store.behind.start(lambda: store.execute("DELETE FROM app_user"))


def test_what_is_asked_next_comes_after_what_is_written_behind(store):
    with store.unit(["KASSE"]):
        note_later(store)
        assert store.value(NOTED) == 1
    assert store.value(NOTED) == 1


def test_a_unit_ends_after_what_is_written_behind(store):
    with store.unit(["KASSE"]):
        note_later(store)
    assert store.value(NOTED) == 1


def test_what_is_given_up_is_not_written_any_more(store):
    with pytest.raises(KeyboardInterrupt):
        give_up(store)
    assert store.value(NOTED) == 0


def test_what_is_refused_behind_ends_the_unit(store):
    with pytest.raises(RefusedByBookError):
        refused(store)
    assert store.value(NOTED) == 0
    assert store.value("SELECT count(*) FROM app_user") > 0


def test_a_rehearsal_waits_as_well(store):
    with store.rehearsal():
        with pytest.raises(KeyboardInterrupt):
            give_up(store)
        assert store.value(NOTED) == 0
        with store.unit(["KASSE"]):
            note_later(store)
        assert store.value(NOTED) == 1
    assert store.value(NOTED) == 0
