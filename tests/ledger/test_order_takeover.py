"""Claims and debts that were taken over are taken off by orders, too: four people, and never more than is open."""

import datetime as dt

import pytest

from ledger.book.verify_store import verify
from ledger.items.order_changes import (
    ChangeOfChangeError,
    ChangeReasonError,
    ChangeWaitsError,
    ErasedPersonError,
    MadeByOrderError,
    MoreTakenOverError,
    NothingTakenOffError,
    NotTakenOverError,
    PaidBeforeError,
    TakenOverAccountError,
    TakenOverPaidError,
)
from ledger.items.order_coding import KeptAccountError
from ledger.items.order_takeover_store import take_off_taken_over
from ledger.items.orders_reader import list_orders
from ledger.payments.propose_store import propose
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.books import act
from tests.ledger.order_lists import DAY, IBAN, accepted, open_difference, row
from tests.ledger.test_opening import CLAIM, DEBT, PAID, take_over
from tests.ledger.test_order_changes import balances, change, settle, through


@pytest.fixture
def town(store):
    """ORDNUNG/1 is 100.00, ORDNUNG/2 125.50 with 100.00 open, BAU/1 a debt of 20.00."""
    take_over(store, CLAIM, PAID, DEBT)
    return store


def take_off(store, name="ORDNUNG/1", to_cents=0, user="import", **wishes):
    office, number = name.split("/")
    act(store, user)
    given = {"reason": "Bescheid aufgehoben", "day": DAY, "account": "5100"} | wishes
    return take_off_taken_over(store, office, int(number), to_cents=to_cents, **given)


def left(store):
    return {f"{office}/{item}": cents for office, item, cents in store.rows("SELECT office, id, open_cents FROM item")}


def test_what_was_taken_over_is_taken_off_by_four_people(town):
    before = left(town)
    (made,) = take_off(town)
    assert (made.act, made.amount_cents, made.changes) == ("cancellation", 10000, "ORDNUNG/1")
    assert left(town) == before
    through(town, made.number)
    assert left(town) == before | {"ORDNUNG/1": 0}
    booked = balances(town)
    assert (booked["ORDNUNG", "2400"], booked["ORDNUNG", "5100"]) == (10000, 10000)
    assert [(one.number, one.act, one.changes) for one in list_orders(town)] == [
        (made.number, "cancellation", "ORDNUNG/1")
    ]
    assert open_difference(town) == []
    assert verify(town).findings == ()


def test_what_was_paid_before_stays_and_changes_follow_each_other(town):
    with pytest.raises(TakenOverPaidError) as refused:
        take_off(town, "ORDNUNG/2")
    assert refused.value.fields == {"item": "ORDNUNG/2", "reduction_cents": 12550, "open_cents": 10000}
    for to_cents, act_, open_cents in ((8000, "reduction", 5450), (2550, "reduction", 0)):
        (made,) = take_off(town, "ORDNUNG/2", to_cents)
        assert made.act == act_
        with pytest.raises(ChangeWaitsError):
            take_off(town, "ORDNUNG/2", 0)
        through(town, made.number)
        assert left(town)["ORDNUNG/2"] == open_cents
        with pytest.raises(NothingTakenOffError):
            take_off(town, "ORDNUNG/2", to_cents)
        with pytest.raises(ChangeOfChangeError):
            change(town, int(made.number.rpartition("-")[2]), to_cents=100)
    assert verify(town).findings == ()


def test_what_was_paid_since_it_was_ordered_is_not_taken_off(town):
    (made,) = take_off(town)
    settle(town, 1)
    with pytest.raises(TakenOverPaidError) as refused:
        through(town, made.number)
    assert refused.value.fields == {"item": "ORDNUNG/1", "reduction_cents": 10000, "open_cents": 9999}


def test_what_was_paid_since_becomes_a_credit(town):
    settle(town, 4000)
    with pytest.raises(TakenOverPaidError):
        take_off(town)
    (made,) = take_off(town, as_credit=True)
    through(town, made.number)
    assert town.all("SELECT kind, open_cents, party FROM item WHERE kind = 'credit'") == [
        ("credit", 4000, town.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = 1"))
    ]
    assert left(town)["ORDNUNG/1"] == 0
    booked = balances(town)
    assert (booked["ORDNUNG", "5100"], open_difference(town)) == (10000, [])
    assert verify(act(town, "root")).findings == ()


def test_what_was_paid_before_becomes_no_credit(town):
    with pytest.raises(PaidBeforeError) as refused:
        take_off(town, "ORDNUNG/2", as_credit=True)
    assert refused.value.fields == {
        "item": "ORDNUNG/2", "reduction_cents": 12550, "open_cents": 10000, "paid_cents": 0, "rest_cents": 2550,
    }  # fmt: skip


def test_what_became_a_credit_is_not_given_back_again(town):
    settle(town, 4000)
    (made,) = take_off(town, to_cents=3000, as_credit=True)
    through(town, made.number)
    assert town.value("SELECT open_cents FROM item WHERE kind = 'credit'") == 1000
    (made,) = take_off(town, as_credit=True)
    through(town, made.number)
    assert town.value("SELECT sum(open_cents) FROM item WHERE kind = 'credit'") == 4000
    with pytest.raises(NothingTakenOffError):
        take_off(town, as_credit=True)


def test_who_was_erased_is_owed_and_owes_nothing_that_changes(town):
    with town.unit(["KASSE"]):
        party = town.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = 1")
        town.insert_one("erasure", id=1, state="proposed", party=party, reason="x", proposed_by=1, proposed_at=town.now)
        town.insert_one("erased_party", party=party, erasure=1)
    with pytest.raises(ErasedPersonError) as refused:
        take_off(town)
    assert refused.value.fields == {"order": "ORDNUNG/1", "party": party}


def test_who_made_it_takes_no_other_step(town):
    (made,) = take_off(town, user="anna")
    with pytest.raises(OwnWorkError):
        through(town, made.number)


def test_a_debt_is_taken_off_as_less_expense(town):
    (made,) = take_off(town, "BAU/1", account="6100")
    through(town, made.number)
    assert left(town)["BAU/1"] == 0
    assert balances(town)["BAU", "6100"] == -2000
    assert open_difference(town) == []


def test_a_debt_that_is_being_taken_off_leaves_no_till(town):
    """No run, no cash: § 70 LHO."""
    town.execute("UPDATE item SET bank_account = :iban WHERE office = 'BAU'", iban=IBAN)
    (made,) = take_off(town, "BAU/1", account="6100")
    found = propose(act(town, "dirk"), today=dt.date.fromisoformat(DAY), due_until=dt.date(2027, 12, 31))
    assert (found.run, [one.why for one in found.skipped]) == (None, ["changing"])
    assert [(one.code, one.fields["change"]) for one in found.findings] == [("payment.changing", made.number)]


@pytest.mark.parametrize(
    ("name", "wishes", "error"),
    [
        ("ORDNUNG/1", {"account": None}, TakenOverAccountError),
        ("ORDNUNG/1", {"account": "8000"}, KeptAccountError),
        ("ORDNUNG/1", {"reason": " "}, ChangeReasonError),
        ("ORDNUNG/1", {"to_cents": 10001}, MoreTakenOverError),
        ("ORDNUNG/1", {"user": "clara"}, NotAllowedError),
        ("ORDNUNG/9", {}, NotTakenOverError),
        ("ORDNUNG/3", {}, MadeByOrderError),
    ],
)
def test_what_cannot_be_is_refused(town, name, wishes, error):
    accepted(town, row("ORDNUNG receivable 9,00 Erika Musterfrau"))
    before = left(town)
    with pytest.raises(error):
        take_off(town, name, **wishes)
    assert left(town) == before
