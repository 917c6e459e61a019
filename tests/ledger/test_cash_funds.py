"""Imprest funds: vouchers are certified by another person, posted by account and dimensions, refilled, due in time."""

import pytest

from ledger.bank.suspense import Wish
from ledger.book.dimensions import DimensionRow
from ledger.book.dimensions_store import take_values
from ledger.book.manual_store import ManualFile
from ledger.book.verify_store import verify
from ledger.cash.cancelling import ArrivedError
from ledger.cash.desks import NotADeskError, NotAFundError, NotHolderError
from ledger.cash.desks_reader import find_desk
from ledger.cash.overview_reader import concerns, overview
from ledger.cash.pay_store import pay
from ledger.cash.settle_store import certify, deadlines, reject, settle, settlements_of, vouchers_of
from ledger.cash.settlements import (
    NoSettlementError,
    RefusedVouchersError,
    RejectReasonError,
    SettlementWaitsError,
    Voucher,
    settle_by,
)
from ledger.cash.take_back_store import take_back_transport
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import accept, deposit, transfer, withdraw
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.books import act
from tests.cashbooks import DAY, check, desk, fund, held, on

FILE = ManualFile("belege.csv", "ab" * 32, 100)
PORTO = Voucher(DAY, "1", "Porto", 1250, "6100", {"kostenstelle": "4711"})
STAMPS = Voucher(DAY, "2", "Briefmarken", 800, "6200", {})


@pytest.fixture
def town(store):
    """A desk of the Kasse and a fund of the Ordnungsamt with 60.00 in it, held by clara."""
    desk(store)
    fund(store, fixed_cents=6000, settle_days=10)
    act(store, "dirk")
    take(store, "B1", [], cents=10000, payment=Payment(payer="Erika"))
    transfer(store, "B1", "H1", None)
    accept(act(store, "clara"), "H1")
    return store


def test_vouchers_are_posted_when_another_person_has_certified_them(town):
    listed = settle(town, "H1", [PORTO, STAMPS], file=FILE)
    assert (listed.settlement.state, listed.settlement.amount_cents, held(town, "H1")) == ("listed", 2050, 6000)
    for user, error in (("clara", NotAllowedError), ("dirk", NotAllowedError)):
        with pytest.raises(error):
            certify(act(town, user), "H1")
    done = certify(act(town, "anna"), "H1")
    assert (done.settlement.state, done.settlement.decided_by, done.balance_cents) == ("certified", "anna", 3950)
    rows = town.all(
        """SELECT p.account, p.cents, p.dimensions FROM posting p JOIN entry e ON e.office = p.office
           AND e.position = p.position WHERE e.source = 'cash:H1/1' ORDER BY p.line"""
    )
    assert rows == [("6100", 1250, "kostenstelle=4711"), ("6200", 800, None), ("2650.H1", -2050, None)]
    check(town)
    assert verify(act(town, "root")).findings == ()


def test_nobody_certifies_the_own_fund(town):
    fund(town, "H2", holder="import", fixed_cents=100)  # who is a certifier, too
    desk_of = act(town, "dirk")
    transfer(desk_of, "B1", "H2", 100)
    accept(act(town, "import"), "H2")
    settle(town, "H2", [Voucher(DAY, "1", "Porto", 100, "6100", {})])
    with pytest.raises(OwnWorkError):
        certify(town, "H2")
    assert certify(act(town, "anna"), "H2").balance_cents == 0


def test_the_same_list_is_nothing_new_and_one_waits_at_a_time(town):
    settle(town, "H1", [PORTO], file=FILE)
    assert not settle(town, "H1", [PORTO], file=FILE).new
    with pytest.raises(SettlementWaitsError):
        settle(town, "H1", [STAMPS])
    certify(act(town, "anna"), "H1")
    assert not settle(act(town, "clara"), "H1", [PORTO], file=FILE).new
    with pytest.raises(RefusedVouchersError) as caught:
        settle(town, "H1", [PORTO])
    assert [finding.code for finding in caught.value.findings] == ["cash.voucher_twice"]
    with pytest.raises(RefusedVouchersError) as caught:
        settle(town, "H1", [STAMPS, STAMPS])
    assert [finding.code for finding in caught.value.findings] == ["cash.voucher_in_list"]


def test_what_is_rejected_is_mended_and_listed_again(town):
    settle(town, "H1", [PORTO], file=FILE)
    act(town, "anna")
    with pytest.raises(RejectReasonError):
        reject(town, "H1", "")
    assert reject(town, "H1", "Beleg fehlt").settlement.reason == "Beleg fehlt"
    with pytest.raises(NoSettlementError):
        certify(town, "H1")
    assert settle(act(town, "clara"), "H1", [PORTO], file=FILE).settlement.number == 2
    states = [one.state for one in settlements_of(town, find_desk(town, "H1", DAY))]
    assert states == ["rejected", "listed"]
    assert vouchers_of(town, find_desk(town, "H1", DAY), 2) == [PORTO]


def changed(**values) -> Voucher:
    kept = {name: getattr(PORTO, name) for name in ("day", "document", "text", "cents", "account", "dimensions")}
    return Voucher(**(kept | values))


BAD = {
    "nothing": (changed(cents=0), ["cash.voucher_amount"]),
    "no words": (changed(text=" "), ["cash.voucher_words"]),
    "before the fund": (changed(day="2026-11-15"), ["cash.voucher_day"]),
    "tomorrow": (changed(day="2026-11-17"), ["cash.voucher_day"]),
    "no such account": (changed(account="9999"), ["account.unknown"]),
    "an account of items": (changed(account="2400"), ["order.kept_account"]),
    "the fund itself": (changed(account="2650.H1"), ["order.kept_account"]),
    "more than there is": (changed(cents=6001), ["cash.settle_over"]),
    "a cost object that is none": (changed(dimensions={"kostenstelle": "9"}), ["dimension.value"]),
}


@pytest.mark.parametrize(("voucher", "codes"), BAD.values(), ids=BAD)
def test_a_list_with_a_fault_is_not_taken(town, voucher, codes):
    take_values(act(town, "emil"), [DimensionRow("kostenstelle", "4711", "Porto")], day="2026-01-01")
    act(town, "clara")
    with pytest.raises(RefusedVouchersError) as caught:
        settle(town, "H1", [voucher])
    assert [finding.code for finding in caught.value.findings] == codes
    assert town.value("SELECT count(*) FROM cash_settlement") == 0


def test_only_funds_are_settled_and_only_by_their_holder(town):
    with pytest.raises(NotHolderError):
        settle(act(town, "dirk"), "H1", [PORTO])
    with pytest.raises(NotAFundError):
        settle(town, "B1", [PORTO])
    with pytest.raises(NotADeskError):
        pay(act(town, "clara"), "H1", [Wish("BAU/1")])
    with pytest.raises(RefusedVouchersError):
        settle(town, "H1", [])


def test_a_fund_is_refilled_to_its_sum_and_what_is_over_goes_back(town):
    settle(town, "H1", [PORTO])
    certify(act(town, "anna"), "H1")
    act(town, "clara")
    assert withdraw(town, "H1", None).transport.amount_cents == 1250
    assert held(town, "H1") == 6000
    deposit(town, "H1", 1000)
    take_back_transport(act(town, "emil"), "KASSE-T3", "nicht hingebracht")
    with pytest.raises(ArrivedError):
        take_back_transport(town, "KASSE-T3", "nicht hingebracht")
    check(town)


def test_a_fund_is_to_be_settled_in_time(town):
    own = find_desk(town, "H1", DAY)
    assert deadlines(town, own, "2026-11-26") == ()
    (late,) = deadlines(town, own, "2026-11-27")
    assert (late.code, late.fields["day"], late.fields["balance_cents"]) == ("cash.settle_due", "2026-11-26", 6000)
    on(town, "2026-11-27")
    assert [finding.code for finding in concerns(town)] == ["cash.settle_due"]
    assert [(line.code, line.balance_cents) for line in overview(town)] == [("B1", 4000), ("H1", 6000)]
    settle(act(town, "clara"), "H1", [PORTO])
    certify(act(town, "anna"), "H1")
    assert list(concerns(town)) == []
    assert settle_by(own, "2026-12-28") == "2026-12-31"  # no advance goes into the next year
