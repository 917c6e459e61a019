"""Locks: what they hold back, on which days, and that only one lift ends them."""

import datetime as dt

import pytest

from ledger.items.items_reader import UnknownItemError, find_items
from ledger.items.locks import LockDaysError, NoReasonError, NotLockedError, Span
from ledger.items.locks_store import (
    NOT_LOCKED,
    active_locks,
    item_locks,
    lift_items,
    lift_party,
    lock_items,
    lock_party,
    party_locks,
)
from ledger.items.opening import BalanceRow
from ledger.items.opening_store import OpeningWishes, import_opening
from ledger.items.staging_store import load_rules
from ledger.payments.propose_store import propose
from ledger.people.users import NotAllowedError
from ledger.store.failures import RefusedByBookError
from sepa.errors import Place
from tests.books import act
from tests.ledger.order_lists import item, source
from tests.ledger.order_lists import items as listed
from tests.ledger.payables import payables

TODAY = dt.date(2026, 11, 16)
DAY = TODAY.isoformat()


@pytest.fixture
def items(store):
    return payables(store, "ORDNUNG 5,00 2026-11-10 Meyer\nBAU 7,00 2026-11-10 Schulz\nBAU 9,00 2026-11-10 Schulz")


def free(store, kind, day):
    sql = f"SELECT i.office, i.id FROM item i WHERE {NOT_LOCKED[kind]} ORDER BY i.office, i.id"
    return [tuple(row) for row in store.all(sql, day=day)]


@pytest.mark.parametrize(
    ("span", "held"),
    [
        (Span("2026-11-16"), [False, True, True, True]),
        (Span("2026-11-16", "2026-11-20"), [False, True, True, False]),
        (Span("2026-11-20", "2026-11-20"), [False, False, True, False]),
    ],
)
def test_a_lock_holds_on_its_days_and_only_for_its_kind(store, items, span, held):
    act(store, "dirk")
    lock_items(store, items[:1], "payment", "Rechnung unklar", span)
    for day, expected in zip(("2026-11-15", "2026-11-16", "2026-11-20", "2026-11-21"), held, strict=True):
        assert (items[0] not in free(store, "payment", day)) == expected, day
        assert (items[0] in active_locks(store, "payment", day).items) == expected
        assert item_locks(store, *items[0])[0].holds(day) == expected
        assert items[0] in free(store, "dunning", day)
        assert items[1] in free(store, "payment", day)


def test_a_lifted_lock_held_until_the_day_before(store, items):
    act(store, "dirk")
    lock_items(store, items[:1], "payment", "Rechnung unklar", Span(DAY))
    lift_items(store, items[:1], "payment", "Rechnung geklärt", "2026-11-18")
    assert items[0] not in free(store, "payment", "2026-11-17")
    assert items[0] in free(store, "payment", "2026-11-18")
    with pytest.raises(NotLockedError):
        lift_items(store, items[:1], "payment", "noch einmal", "2026-11-19")


def test_a_party_lock_holds_all_its_items(store, items):
    act(store, "dirk")
    party = store.value("SELECT party FROM item WHERE office = 'BAU' AND id = 1")
    assert lock_party(store, party, "payment", "Abtretung angezeigt", Span(DAY)).new
    assert not lock_party(store, party, "payment", "Abtretung angezeigt", Span(DAY)).new
    assert free(store, "payment", DAY) == [("ORDNUNG", 1)]
    run = propose(store, today=TODAY, trial=True)
    assert [(one.office, one.item, one.why) for one in run.skipped] == [("BAU", 1, "locked"), ("BAU", 2, "locked")]
    lift_party(store, party, "payment", "Abtretung zurückgenommen", DAY)
    assert propose(store, today=TODAY, trial=True).skipped == ()
    assert [lock.lifted_by for lock in party_locks(store, party)] == ["dirk"]


def test_a_second_lock_of_the_same_days_is_nothing_new(store, items):
    act(store, "dirk")
    assert lock_items(store, items, "payment", "Prüfung", Span(DAY, "2026-12-31")).items == tuple(items)
    again = lock_items(store, items, "payment", "Prüfung", Span("2026-11-20", "2026-12-01"))
    assert (again.new, again.items) == (False, ())
    longer = lock_items(store, items[:1], "payment", "Prüfung dauert", Span(DAY))
    assert longer.items == (items[0],)
    assert len(item_locks(store, *items[0])) == 2


def test_a_lock_needs_a_reason_a_right_and_days_in_order(store, items):
    act(store, "dirk")
    with pytest.raises(NoReasonError):
        lock_items(store, items, "payment", "  ", Span(DAY))
    with pytest.raises(LockDaysError):
        Span("2026-11-16", "2026-11-15")
    with pytest.raises(NotAllowedError):
        lock_items(store, items, "enforcement", "Stundung", Span(DAY))
    act(store, "anna")
    with pytest.raises(NotAllowedError):
        lock_party(store, 1, "payment", "Abtretung", Span(DAY))
    assert active_locks(store, "payment", DAY).items == frozenset()


def test_a_lifted_lock_is_final(store, items):
    act(store, "dirk")
    lock_items(store, items[:1], "payment", "Prüfung", Span(DAY))
    lift_items(store, items[:1], "payment", "Ende", DAY)
    with pytest.raises(RefusedByBookError), store.unit(["ORDNUNG"]):
        store.execute("UPDATE item_lock SET lifted_on = '2027-01-01'")


def test_items_are_found_by_number_and_by_reference(store, items):
    assert find_items(store, "bau/2") == [("BAU", 2)]
    with pytest.raises(UnknownItemError):
        find_items(store, "BAU/9")


def test_locks_are_taken_over_with_their_items(store):
    rows = [
        item("ORDNUNG receivable 5,00 Erika", lock_kind="dunning", lock_reason="Widerspruch", lock_until="2026-12-31"),
        item("ORDNUNG receivable 5,00 Max", reference="AZ-2"),
        item("ORDNUNG receivable 5,00 Ayşe", lock_kind="enforcement"),
    ]
    balances = [BalanceRow("ORDNUNG", "2400", 1500, Place())] + [
        BalanceRow("KASSE", account, 0, Place()) for account in ("2800", "2801")
    ]
    wishes = OpeningWishes(DAY, {"receivables": 1500, "balances": 1500})
    import_opening(
        act(store, "root"), source("opening"), load_rules(store, DAY), balances, listed(store, *rows), wishes
    )
    found = store.all("SELECT i.id, k.kind, k.reason, k.until FROM item_lock k JOIN item i ON i.office = k.office AND "
                      "i.id = k.item ORDER BY i.id")  # fmt: skip
    assert found == [(1, "dunning", "Widerspruch", "2026-12-31"), (3, "enforcement", "übernommen", None)]
