"""A large book is verified by two processes: with the same result as by one, and the same findings."""

import os

import pytest

from ledger.book import verify_halves_store
from ledger.book.store import post
from ledger.book.verify_findings import UnknownHeadError
from ledger.book.verify_store import verify
from ledger.store import beside
from tests.books import act, entry
from tests.ledger.fraud_cases import owner

OFFICES = ("BAU", "KASSE", "ORDNUNG")


@pytest.fixture
def large(store, monkeypatch):
    """A book whose halves part in the middle of the Kasse, and which counts as large."""
    for office in OFFICES:
        with act(store, "clara").unit([office]):
            for number in range(1, 8):
                post(store, [entry(f"6100 {number},00", f"5900 -{number},00", office=office)])
    monkeypatch.setattr(verify_halves_store, "LARGE", 5)
    return store


def one_process(store, monkeypatch, proofs=()):
    with monkeypatch.context() as patch:
        patch.setattr(verify_halves_store, "LARGE", 10**9)
        return verify(store, proofs=proofs)


def told(result):
    return [(one.code, *sorted(one.fields.items(), key=str)) for one in result.findings]


def test_two_processes_see_what_one_sees(large, monkeypatch):
    taken, wait = [], verify_halves_store._taken
    monkeypatch.setattr(verify_halves_store, "_taken", lambda answer: taken.append(wait(answer)) or taken[-1])
    alone, together = one_process(large, monkeypatch), verify(large)
    assert (taken[0].entries, taken[1]) == (11, []), "the other process did its part"
    assert (together.entries, together.postings) == (21, 42)
    assert (together.entries, together.postings, together.head, together.heads, told(together)) == (
        alone.entries, alone.postings, alone.head, alone.heads, told(alone),
    )  # fmt: skip
    assert together.findings == ()


@pytest.mark.parametrize(("office", "position"), [("BAU", 3), ("KASSE", 4), ("KASSE", 5), ("ORDNUNG", 7)])
def test_two_processes_name_what_is_wrong_as_one_does(large, monkeypatch, office, position):
    sql = "UPDATE posting SET cents = cents + 1 WHERE office = :office AND position = :position AND line = 1"
    owner(large, sql, "posting", office=office, position=position)
    alone, together = one_process(large, monkeypatch), verify(large)
    assert told(together) == told(alone)
    assert [(one.fields["office"], one.fields["position"]) for one in together.findings if "position" in one.fields]


def dies(*_):
    raise SystemExit(9)


def asked(store):
    """A proof that tells who asked it, and how many entries it saw."""
    yield UnknownHeadError(head=(os.getpid(), store.value("SELECT count(*) FROM entry")))


def test_proofs_are_asked_by_the_other_process(large, monkeypatch):
    (told_there,) = verify(large, proofs=[asked]).findings
    (told_here,) = one_process(large, monkeypatch, [asked]).findings
    assert (told_here.fields["head"][0] == os.getpid(), told_there.fields["head"][0] == os.getpid()) == (True, False)
    assert told_here.fields["head"][1] == told_there.fields["head"][1] == 21


def test_a_book_of_many_items_counts_as_large_and_leaves_the_entries_to_the_other_process(large, monkeypatch):
    assert verify_halves_store._pivot(large) == ("KASSE", 4)
    monkeypatch.setattr(verify_halves_store, "LARGE", 30)
    assert verify_halves_store._pivot(large) is None
    monkeypatch.setattr(verify_halves_store, "_ITEMS", "SELECT 9")
    assert verify_halves_store._pivot(large) == ("KASSE", 7)


def test_a_process_that_dies_changes_nothing_but_the_time(large, monkeypatch):
    monkeypatch.setattr(beside, "_serve", dies)
    assert verify(large).findings == ()
    (told_here,) = verify(large, proofs=[asked]).findings
    assert told_here.fields["head"] == (os.getpid(), 21)
