"""Cash desks: opened by a head, held by one person, never below zero, counted by two."""

import pytest

from ledger.bank.suspense import Wish
from ledger.bank.suspense_store import find_case
from ledger.book.verify_store import verify
from ledger.cash.count_store import confirm, count
from ledger.cash.counting import DenominationError, PiecesError, StaleCountError, UnknownCountError, parse_pieces
from ledger.cash.desks import (
    CashAheadError,
    ClosedDeskError,
    DeskCodeError,
    DeskExistsError,
    DeskNotEmptyError,
    DeskPlan,
    EarlierDayError,
    FixedSumError,
    HolderRoleError,
    NotADeskError,
    NotHolderError,
    RestingDeskError,
    UncountedDeskError,
    UnknownDeskError,
)
from ledger.cash.desks_reader import find_desk, holders, own_desk
from ledger.cash.desks_store import CountedDayError, change_desk, close_desk, hand_over, open_new, rest
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import deposit
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.bankbooks import item, reference
from tests.books import act
from tests.cashbooks import DAY, check, counted, desk, fund, held, on, pieces


def pay_in(store, cents: int, code="B1") -> None:
    take(store, code, (), cents=cents, payment=Payment(payer="Erika"))


def test_a_desk_gets_an_account_of_its_own_and_a_holder(store):
    opened = desk(store, "b1", limit_cents=50000)
    assert (opened.code, opened.account, opened.holder_name) == ("B1", "2895.B1", "dirk")
    account = store.one("SELECT name, kind, role FROM account WHERE number = '2895.B1'")
    assert account == ("Barkasse im Rathaus", "asset", "cash")
    assert store.all("SELECT role FROM account WHERE role IN ('transit_cash', 'transit_card', 'cheques')") != []
    check(store)


OPENING = {
    "a code with blanks": (DeskPlan("B 1", "KASSE", "x", "dirk"), DeskCodeError),
    "a code twice": (DeskPlan("B1", "KASSE", "x", "dirk"), DeskExistsError),
    "a desk with a fixed sum": (DeskPlan("B2", "KASSE", "x", "dirk", fixed_cents=1), FixedSumError),
    "a fund without one": (DeskPlan("B2", "KASSE", "x", "dirk", "fund"), FixedSumError),
    "a holder who orders payments": (DeskPlan("B2", "KASSE", "x", "bernd"), HolderRoleError),
    "a head for herself": (DeskPlan("B2", "KASSE", "x", "emil"), OwnWorkError),
}


@pytest.mark.parametrize(("plan", "error"), OPENING.values(), ids=OPENING)
def test_what_cannot_be_opened(store, plan, error):
    desk(store)
    act(store, "emil")
    with pytest.raises(error):
        open_new(store, plan)
    assert store.value("SELECT count(*) FROM cash_desk") == 1


def test_only_a_head_opens_and_only_the_holder_acts(store):
    desk(store)
    with pytest.raises(NotAllowedError):
        open_new(store, DeskPlan("B2", "KASSE", "x", "clara"))
    act(store, "clara")
    with pytest.raises(NotHolderError):
        pay_in(store, 100)
    with pytest.raises(NotHolderError):
        deposit(store, "B1", 100)
    with pytest.raises(UnknownDeskError):
        pay_in(store, 100, "B7")


def test_a_fund_takes_nothing_for_items(store):
    fund(store)
    with pytest.raises(NotADeskError):
        pay_in(store, 100, "H1")


def test_limits_are_changed_by_a_head(store):
    desk(store)
    with pytest.raises(NotAllowedError):
        change_desk(store, "B1", {"limit_cents": 100})
    act(store, "emil")
    assert change_desk(store, "B1", {"limit_cents": 100}).new
    assert not change_desk(store, "B1", {"limit_cents": 100}).new
    with pytest.raises(FixedSumError):
        change_desk(store, "B1", {"fixed_cents": 100})
    act(store, "dirk")
    (finding,) = take(store, "B1", (), cents=150, payment=Payment(payer="Erika")).findings
    assert finding.code == "cash.over_limit"


def test_a_count_that_agrees_changes_nothing(store):
    desk(store)
    pay_in(store, 12345)
    done = counted(store, pieces(12345))
    assert (done.expected_cents, done.counted_cents, done.case, done.confirmed) == (12345, 12345, None, True)
    check(store)


def test_what_is_short_becomes_an_advance_and_what_is_over_unclear_money(store):
    desk(store, holder="dirk")
    pay_in(store, 10000)
    short = count(store, "B1", {5000: 1, 2000: 2})
    case = find_case(store, "KASSE", short.case)
    assert (short.difference_cents, case.kind, case.open_cents, case.reason) == (-1000, "advance", 1000, "shortage")
    assert held(store) == 9000
    confirm(act(store, "emil"), "B1")
    over = count(act(store, "dirk"), "B1", {5000: 2})
    case = find_case(store, "KASSE", over.case)
    assert (over.difference_cents, case.kind, case.open_cents, case.reason) == (1000, "suspense", 1000, "surplus")
    assert held(store) == 10000
    assert over.findings[0].code == "cash.difference"
    check(store)
    assert verify(act(store, "root")).findings == ()


def test_a_difference_in_another_office_is_a_case_of_the_kasse(store):
    desk(store, office="ORDNUNG")
    pay_in(store, 10000)
    short = count(store, "B1", {5000: 1})
    assert find_case(store, "KASSE", short.case).open_cents == 5000
    check(store)


def test_a_count_is_signed_by_another_person(store):
    desk(store)
    with pytest.raises(UnknownCountError):
        confirm(store, "B1")
    pay_in(store, 500)
    count(store, "B1", {500: 1})
    with pytest.raises(OwnWorkError):
        confirm(store, "B1")
    act(store, "anna")
    with pytest.raises(NotAllowedError):
        confirm(store, "B1")
    pay_in(act(store, "dirk"), 500)
    act(store, "emil")
    with pytest.raises(StaleCountError):
        confirm(store, "B1")
    count(store, "B1", {500: 2})  # unannounced, by a head
    assert confirm(act(store, "dirk"), "B1").confirmed
    check(store)


def test_pieces_are_read_as_people_write_them():
    assert parse_pieces(["3x50", "2 × 0,20", "1*0.20", "0x5"]) == {5000: 3, 20: 3}
    with pytest.raises(PiecesError):
        parse_pieces(["50"])
    with pytest.raises(DenominationError):
        parse_pieces(["1x3"])


def test_a_desk_changes_hands_after_a_count_only(store):
    desk(store)
    pay_in(store, 500)
    act(store, "emil")
    with pytest.raises(UncountedDeskError):
        hand_over(store, "B1", "clara")
    counted(store, {500: 1})
    act(store, "emil")
    assert hand_over(store, "B1", "clara").desk.holder_name == "clara"
    assert not hand_over(store, "B1", "clara").new
    with pytest.raises(NotHolderError):
        own_desk(act(store, "dirk"), "B1")
    names = [one.holder for one in holders(store, find_desk(store, "B1", DAY))]
    assert names == ["dirk", "clara"]
    check(store)


def test_a_desk_is_closed_empty_and_for_good(store):
    desk(store)
    pay_in(store, 500)
    act(store, "emil")
    with pytest.raises(DeskNotEmptyError):
        close_desk(store, "B1")
    deposit(act(store, "dirk"), "B1", 500)
    act(store, "emil")
    with pytest.raises(DeskNotEmptyError):
        close_desk(store, "B1")  # the bank has not booked it yet
    desk(store, "B2")
    on(act(store, "emil"), "2026-11-17")
    assert close_desk(store, "B2").new
    assert not close_desk(store, "B2").new
    with pytest.raises(ClosedDeskError):
        pay_in(act(store, "dirk"), 100, "B2")


def test_a_day_of_rest_takes_and_pays_nothing(store):
    desk(store)
    assert rest(store, "B1", "Betriebsausflug").new
    assert not rest(store, "B1", "Betriebsausflug").new
    with pytest.raises(RestingDeskError):
        pay_in(store, 100)
    on(store, "2026-11-17")
    pay_in(store, 100)
    with pytest.raises(EarlierDayError):
        rest(store, "B1", "doch zu")
    count(on(store, "2026-11-18"), "B1", {100: 1})
    with pytest.raises(CountedDayError):
        rest(store, "B1", "doch zu")


def test_cash_is_kept_in_the_order_of_days(store):
    desk(store)
    pay_in(on(store, "2026-11-18"), 100)
    with pytest.raises(EarlierDayError):
        pay_in(on(store, "2026-11-17"), 100)


def test_cash_never_moves_later_than_the_clock(store):
    desk(store)
    store.clock_day = DAY
    on(store, "2026-11-18")
    for step in (
        lambda: take(store, "B1", [], cents=500, payment=Payment(payer="Erika")),
        lambda: count(store, "B1", {}),
        lambda: deposit(store, "B1", 100),
    ):
        with pytest.raises(CashAheadError):
            step()
    assert rest(store, "B1", "Betriebsausflug").new, "a closed day is announced"
    assert take(on(store, DAY), "B1", [], cents=500, payment=Payment(payer="Erika")).balance_cents == 500


def test_a_debt_paid_at_the_desk_is_settled_in_its_office(store):
    desk(store)
    act(store, "import")
    dog = item(store, "50", reference(store, 1))
    take(act(store, "dirk"), "B1", [Wish(reference(store, 1))])
    assert store.value("SELECT open_cents FROM item WHERE id = :id AND office = 'ORDNUNG'", id=dog) == 0
    assert held(store) == 5000
    check(store)
