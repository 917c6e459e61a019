"""Invariants 1 and 2: entries balance, are numbered and chained in one go, and nothing can change them."""

import pytest

from ledger.book.entry import UnbalancedEntryError, UnknownAccountError
from ledger.book.store import post
from tests.books import entry


def test_an_entry_gets_number_position_and_hash(store):
    with store.unit(["KASSE"]):
        first, second = post(store, [entry("2800 5,00", "4800 -5,00", text="Hallo"), entry("2800 1", "4800 -1")])
    assert (first.position, first.number, second.position, second.number) == (1, 1, 2, 2)
    rows = store.all("SELECT canonical, hash FROM entry ORDER BY position")
    assert bytes(rows[1][0])[:32] == bytes(rows[0][1])
    assert b"Hallo" not in bytes(rows[0][0])
    assert store.value("SELECT debit_cents FROM month_balance WHERE account = '2800'") == 600


def test_an_unbalanced_entry_cannot_exist():
    with pytest.raises(UnbalancedEntryError):
        entry("2800 5,00", "4800 -5,01")


def test_an_unknown_account_leaves_the_book_unchanged(store):
    with pytest.raises(UnknownAccountError), store.unit(["KASSE"]):
        post(store, [entry("2800 1", "4800 -1"), entry("2800 1", "9999 -1")])
    assert store.value("SELECT count(*) FROM entry") == 0
    assert store.value("SELECT count(*) FROM posting") == 0
    assert store.value("SELECT position FROM head WHERE office = 'KASSE'") == 0


def test_many_entries_go_in_by_bulk(store):
    with store.unit(["KASSE", "BAU"]):
        posted = post(store, [entry("2800 1", "4800 -1", office=o) for o in ["KASSE"] * 300])
    assert posted[-1].number == 300
    assert store.value("SELECT count(*) FROM posting") == 600
