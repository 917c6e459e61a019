"""A large bank day is computed by another process: the book is the same as by one, and whole or untouched."""

from collections import Counter

import pytest

from bench.reconcile_data import fill_town
from bench.reconcile_days import stage
from ledger.bank import match_store, posting_rows_store, posting_store
from ledger.bank.match_store import Scope
from ledger.bank.posting_store import post_staged
from ledger.book.entry import ClosedAccountError
from ledger.book.verify_store import verify
from ledger.store import beside
from ledger.store.beside import EndedEarlyError
from tests.bankbooks import check_invariants
from tests.books import SECOND_IBAN, act
from tests.ledger.test_matching_at_once import WRITTEN

COUNTERS = (("counter", "*"), ("event", "office, position, action, object, facts"))


@pytest.fixture
def town(store):
    act(store, "import")
    stage(store, fill_town(store, 900, 3, 11), 400, 11)
    return store


def split(monkeypatch):
    """Have every match computed by another process, in chunks of 50; return what was asked of it."""
    asked = []
    monkeypatch.setattr(posting_rows_store, "LARGE", 1)
    monkeypatch.setattr(match_store, "CHUNK", 50)

    def watched(work, *what):
        asked.append(work)
        return beside.beside(work, *what)

    monkeypatch.setattr(posting_rows_store, "beside", watched)
    return asked


def written(store):
    with store.rehearsal():
        outcome = post_staged(store)
        told = [(one.code, one.fields) for one in outcome.findings]
        outcome.findings.clear()
        rows = [Counter(store.all(f"SELECT {columns} FROM {table}")) for table, columns in (*WRITTEN, *COUNTERS)]
        return outcome, told, rows


def test_two_processes_write_what_one_writes(town, monkeypatch):
    alone = written(town)
    with monkeypatch.context() as patch:
        asked = split(patch)
        together = written(town)
        assert len(asked) == 1
        assert alone == together
        assert alone[0].posted == 400
        first = post_staged(town, Scope(iban=SECOND_IBAN))
        assert first.posted + post_staged(town).posted == 400
        assert post_staged(town).posted == 0
    check_invariants(town)
    found = {one.code for one in verify(town).findings}
    assert not {code for code in found if not code.startswith(("verify.master", "verify.guard"))}
    assert town.value("SELECT count(*) - count(DISTINCT salt) FROM entry_text") == 0


def dies(*_):
    raise SystemExit(9)


def test_a_process_that_dies_leaves_the_book_as_it_was(town, monkeypatch):
    before = town.all("SELECT office, position, hash FROM head ORDER BY office")
    with monkeypatch.context() as patch:
        split(patch)
        patch.setattr(beside, "_serve", dies)
        with pytest.raises(EndedEarlyError):
            post_staged(town)
    assert town.all("SELECT office, position, hash FROM head ORDER BY office") == before
    assert post_staged(town).posted == 400


def test_a_server_without_room_for_another_lets_one_process_do_it_all(town, monkeypatch):
    asked = split(monkeypatch)
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    monkeypatch.setattr(town, "book", nowhere)
    assert post_staged(town).posted == 400
    assert [what.__name__ for what in asked] == ["computed_there"]
    check_invariants(town)


def test_what_the_other_process_refuses_is_said_here(town, monkeypatch):
    with town.unit(["KASSE"]):
        town.execute("UPDATE account SET closed_on = '2026-11-20' WHERE number = '2800'")
    split(monkeypatch)
    with pytest.raises(ClosedAccountError):
        post_staged(town)
    assert town.value("SELECT count(*) FROM bank_entry WHERE state = 'posted'") == 0


def test_one_that_breaks_while_it_writes_ends_the_other(town, monkeypatch):
    asked = split(monkeypatch)
    whole, calls = posting_store.insert_all, []

    def broken(*args):
        calls.append(whole(*args))
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(posting_store, "insert_all", broken)
    with pytest.raises(KeyboardInterrupt):
        post_staged(town)
    monkeypatch.undo()
    assert len(asked) == 1
    assert town.value("SELECT count(*) FROM bank_match") == 0
    assert post_staged(town).posted == 400
    check_invariants(town)
