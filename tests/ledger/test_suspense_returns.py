"""A return that the bank delivers twice: the desk says which came before, and where it was booked."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.returned_desk_store import take_return
from ledger.bank.suspense_returns_store import CameBefore, came_before
from tests.bankbooks import check_invariants, staged
from tests.books import act
from tests.ledger.collection_texts import credited, exported, returned
from tests.ledger.test_collections import town
from tests.ledger.test_matching_returns import MEYER, ids, payable, released


@pytest.fixture
def kasse(store):
    """A run over two payables of two offices, released and debited as one."""
    released(store, "BAU 50 2026-11-10 Meyer\nORDNUNG 30 2026-11-10 Schulz")
    staged(store, "-80", message_id=store.value("SELECT message_id FROM payment_run"), gvc="191")
    assert post_staged(store).executed == 1
    yield store
    check_invariants(store)


def came(store, day, **more):
    said = {"end_to_end_id": ids(store)[0], "return_reason": "AC04", "gvc": "159", "day": day} | more
    entry = staged(act(store, "import"), "50", **said)
    post_staged(store)
    return entry


def entry_of(store, bank_entry) -> str:
    sql = """SELECT e.office, e.year, e.number FROM bank_entry b JOIN entry e ON e.office = b.office
             AND e.position = b.position WHERE b.id = :id"""
    return "{}-{}-{}".format(*store.one(sql, id=bank_entry))


def test_a_return_that_came_before_is_named_with_its_entry_and_its_item(kasse):
    first, second = came(kasse, "2026-11-18"), came(kasse, "2026-11-20")
    assert came_before(kasse, "KASSE", first) is None
    item = f"BAU/{payable(kasse, 'BAU')[0]}"
    assert came_before(kasse, "KASSE", second) == CameBefore("1-1", entry_of(kasse, first), "2026-11-18", 5000, (item,))


def test_a_return_that_people_took_is_named_too(kasse):
    first = came(kasse, "2026-11-18", end_to_end_id="NOTPROVIDED", name="Meyer", counter_iban=MEYER)
    case = kasse.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=first)
    take_return(act(kasse, "dirk"), [(1, 1)], case, day="2026-11-19")
    second = came(kasse, "2026-11-20")
    found = came_before(kasse, "KASSE", second)
    assert (found.name, found.entry, found.day) == ("1-1", entry_of(kasse, first), "2026-11-18")


ALIKE = {
    "the same words": ({}, True),
    "blanks behind them": ({"remittance": "RETOURE Miete "}, True),
    "another text": ({"remittance": "RETOURE Strom"}, False),
    "another account of the payer": ({"counter_iban": "DE02500105170137075030"}, False),
    "another reason": ({"return_reason": "AC01"}, False),
    "no return at all": ({"return_reason": None, "gvc": "166"}, False),
}


@pytest.mark.parametrize(("more", "found"), ALIKE.values(), ids=ALIKE)
def test_a_return_without_an_id_is_known_by_its_words(kasse, more, found):
    said = {"end_to_end_id": None, "remittance": "RETOURE Miete", "counter_iban": "DE89370400440532013000"}
    first, second = came(kasse, "2026-11-18", **said), came(kasse, "2026-11-18", **said | more)
    expected = CameBefore(None, entry_of(kasse, first), "2026-11-18", 5000) if found else None
    assert came_before(kasse, "KASSE", second) == expected
    assert came_before(kasse, "KASSE", first) is None


def test_what_is_no_bank_money_came_never_before(kasse):
    assert came_before(kasse, "KASSE", None) is None


def test_a_collection_that_came_back_before_is_named(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    first, second = returned(store, run, 1), returned(store, run, 1)
    found = came_before(store, "KASSE", second)
    assert (found.name, found.entry, found.cents) == ("1-1", entry_of(store, first), 10000)
    assert len(found.items) == 1
    assert came_before(store, "KASSE", first) is None
