"""A count holds for what was there then: movements after it, closed days, typing errors; funds keep their fixed sum."""

import pytest

from ledger.book.entry import ClosedPeriodError
from ledger.book.verify_store import verify
from ledger.cash.closing_reader import uncounted
from ledger.cash.count_store import confirm, count
from ledger.cash.counting import LargeDifferenceError, MovedSinceCountError
from ledger.cash.desks import UncountedDeskError
from ledger.cash.desks_reader import check_counted, find_desk
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import accept, deposit, transfer, withdraw
from ledger.cash.transports import OverFixedError
from tests.bankbooks import close_day
from tests.books import act
from tests.cashbooks import DAY, check, counted, desk, fund, held, pieces


@pytest.fixture
def town(store):
    desk(store)
    take(store, "B1", [], cents=45000, payment=Payment(payer="Erika Muster"))
    return store


def to_bank_and_back(store):
    deposit(store, "B1", 20000)
    withdraw(store, "B1", 20000)


def left(store):
    return [finding.code for finding in uncounted(store, DAY, DAY)]


def test_a_day_is_not_closed_on_a_count_before_the_last_movement(town):
    counted(town, pieces(45000))
    assert left(town) == []
    to_bank_and_back(town)
    assert left(town) == ["closing.cash_uncounted"]
    with pytest.raises(UncountedDeskError):
        check_counted(town, find_desk(town, "B1", DAY), DAY)
    counted(town, pieces(45000))
    assert left(town) == []
    check_counted(town, find_desk(town, "B1", DAY), DAY)


def test_movements_of_other_desks_and_later_days_leave_a_count_alone(town):
    counted(town, pieces(45000))
    desk(town, "B2", holder="clara")
    take(town, "B2", [], cents=100, payment=Payment(payer="Max"))
    counted(town, pieces(100), "B2", counter="clara")
    town.now = "2026-11-17T09:00:00Z"
    act(town, "dirk").today = "2026-11-17"
    take(town, "B1", [], cents=100, payment=Payment(payer="Max"))
    assert left(town) == []


def test_a_count_that_differs_and_is_booked_holds(town):
    counted(town, pieces(44000))
    assert left(town) == []
    check(town)


def test_nobody_signs_a_count_that_cash_moved_after(town):
    count(town, "B1", pieces(45000))
    to_bank_and_back(town)
    with pytest.raises(MovedSinceCountError):
        confirm(act(town, "emil"), "B1")


def test_nothing_is_counted_for_a_day_that_is_closed(town):
    counted(town, pieces(45000))
    close_day(town, DAY)
    with pytest.raises(ClosedPeriodError):
        count(town, "B1", pieces(45000))
    assert town.value("SELECT count(*) FROM cash_count") == 1


@pytest.mark.parametrize(
    ("cents", "refused"), [(107500, True), (45000 + 10001, True), (45000 + 10000, False), (34999, True), (0, True)]
)
def test_a_large_difference_is_booked_only_when_somebody_is_sure(town, cents, refused):
    if refused:
        with pytest.raises(LargeDifferenceError):
            count(town, "B1", pieces(cents), sure=False)
        assert (held(town), town.value("SELECT count(*) FROM cash_count")) == (45000, 0)
    assert count(town, "B1", pieces(cents), sure=refused).difference_cents == cents - 45000
    check(town)


def test_a_fund_never_gets_more_than_its_fixed_sum(town):
    fund(town, holder="clara", fixed_cents=10000)
    withdraw(town, "H1", 6000)
    with pytest.raises(OverFixedError):
        withdraw(town, "H1", 4001)
    act(town, "dirk")
    with pytest.raises(OverFixedError) as refused:
        transfer(town, "B1", "H1", 4001)
    assert refused.value.fields["wanted_cents"] == 4001
    transfer(town, "B1", "H1", 3000)
    with pytest.raises(OverFixedError):
        transfer(town, "B1", "H1", 1001)
    accept(act(town, "clara"), "H1")
    withdraw(town, "H1", None)
    assert held(town, "H1") == 10000
    check(town)
    assert verify(act(town, "root")).findings == ()
