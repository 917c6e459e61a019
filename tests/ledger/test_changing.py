"""A payable that an order under way cancels or makes less leaves no till: no run, no cash, no set-off."""

import datetime as dt

import pytest

from ledger.bank.suspense import Wish
from ledger.cash.pay_store import pay
from ledger.cash.paying import ChangingItemError
from ledger.cash.take_store import Payment, take
from ledger.items.order_change_store import end_order
from ledger.items.order_changes import PaidAlreadyError
from ledger.items.order_decisions import Choice
from ledger.items.order_steps_store import decide
from ledger.items.orders import parse_order_number
from ledger.items.standing_store import run_standing
from ledger.payments.propose_store import propose
from ledger.payments.runs import ItemsChangedError
from ledger.payments.set_off import SetOffChangingError
from ledger.payments.set_off_reader import candidates
from ledger.payments.set_off_store import set_off
from ledger.payments.steps_store import release, review
from tests.books import act
from tests.cashbooks import desk
from tests.ledger.order_lists import DAY, accepted, codes, row
from tests.ledger.test_order_changes import CLAIM, DEBT, change, settle, through
from tests.ledger.test_standing_orders import FEE

TODAY = dt.date.fromisoformat(DAY)
STEPS = [("anna", "certified"), ("bernd", "approved")]


def objected(store, number):
    choice = Choice(numbers=(parse_order_number(number),))
    decide(act(store, "clara"), "objected", choice, day=DAY, reason="doch zu zahlen")


def proposed(store):
    act(store, "dirk")
    return propose(store, today=TODAY)


@pytest.mark.parametrize("taken", [0, 1, 2])
@pytest.mark.parametrize("to_cents", [0, 5000])
def test_what_is_being_cancelled_is_left_out_of_a_run_and_named(store, taken, to_cents):
    accepted(store, DEBT)
    (made,) = change(store, to_cents=to_cents)
    if taken:
        through(store, made.number, steps=STEPS[:taken])
    found = proposed(store)
    assert found.run is None
    assert [one.why for one in found.skipped] == ["changing"]
    assert [(one.code, one.fields["change"]) for one in found.findings] == [("payment.changing", made.number)]


def test_more_for_an_order_and_an_objected_change_keep_nothing_back(store):
    accepted(store, DEBT)
    (less,) = change(store, to_cents=0)
    through(store, less.number, steps=STEPS)
    objected(store, less.number)
    change(store, to_cents=10000)
    assert proposed(store).run.total_cents == 8900


def test_what_was_added_to_an_order_is_kept_back_with_it(store):
    accepted(store, DEBT)
    through(store, change(store, to_cents=10000)[0].number)
    change(store, to_cents=9500)
    assert [(one.item, one.why) for one in proposed(store).skipped] == [(1, "changing"), (2, "changing")]


def test_a_cancellation_after_the_proposal_is_seen_at_the_review_and_stops_the_release(store):
    accepted(store, DEBT)
    run = proposed(store).run
    (made,) = change(store, to_cents=0)
    seen = review(act(store, "dirk"), run.number, today=TODAY)
    assert "payment.changing_since" in codes(seen.findings)
    with pytest.raises(ItemsChangedError) as error:
        release(act(store, "emil"), run.number, sum_cents=8900, today=TODAY)
    assert codes(error.value.findings) == ["payment.changing_since"]
    through(store, made.number, steps=STEPS)
    objected(store, made.number)
    assert release(act(store, "emil"), run.number, sum_cents=8900, today=TODAY).run.state == "released"


def test_what_is_being_cancelled_is_not_paid_in_cash(store):
    accepted(store, DEBT)
    desk(store)
    take(act(store, "dirk"), "B1", [], cents=10000, payment=Payment(payer="Erika Muster"))
    change(store, to_cents=0)
    with pytest.raises(ChangingItemError):
        pay(act(store, "dirk"), "B1", [Wish("ORDNUNG/1")])


def test_what_is_being_cancelled_is_not_set_off(store):
    accepted(store, DEBT, row("BAU receivable 40,00 Papierhaus", due="2026-11-01"))
    person = "SELECT party FROM item WHERE office = 'ORDNUNG' AND id = 1"
    store.execute(f"UPDATE item SET party = ({person}) WHERE office = 'BAU'")
    assert [one.item for one in candidates(store, DAY)] == [1]
    change(store, to_cents=0)
    assert list(candidates(store, DAY)) == []
    with pytest.raises(SetOffChangingError):
        set_off(act(store, "clara"), [("ORDNUNG", 1)], day=DAY)


def test_an_order_that_was_paid_on_the_way_is_named_by_its_own_number(store):
    accepted(store, CLAIM)
    (made,) = change(store, to_cents=0)
    through(store, made.number, steps=STEPS)
    settle(store, 1)
    with pytest.raises(PaidAlreadyError) as error:
        through(store, made.number, steps=[("clara", "accepted")])
    assert error.value.fields["order"] == "ORDNUNG-1"


def test_the_end_of_a_schedule_keeps_nothing_back_that_is_due_before(store):
    accepted(store, FEE._replace(last_due=None))
    run_standing(act(store, "clara"), DAY, day=DAY)
    act(store, "import")
    end = end_order(store, "ORDNUNG", 1, reason="Vertrag gekündigt", last_day=DAY)
    act(store, "dirk")
    assert [one.due for one in propose(store, today=TODAY, trial=True).skipped] == []
    through(store, end.number, steps=STEPS)
    objected(store, end.number)
    change(store, to_cents=0, due="2026-05-15")
    assert [one.due for one in proposed(store).skipped] == ["2026-05-15"]
