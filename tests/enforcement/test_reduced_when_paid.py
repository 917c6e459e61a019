"""Claims that orders reduced after they were paid: what was never owed bears nothing, a surcharge that arose stays."""

import datetime as dt

import pytest

from enforcement.accrued_reader import accrued_charges, accrued_rows
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.relief_check_reader import check
from enforcement.taken_off_reader import given_back
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Undo, UndoEntry
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_undo import CreditUnderWayError
from ledger.items.order_takeover_store import take_off_taken_over
from ledger.payments.refund_store import ask_refund
from ledger.payments.refunds import Wish as Refund
from ledger.payments.set_off_store import set_off
from tests.bankbooks import staged
from tests.books import act
from tests.enforcement.test_dunning_joint import DAY, kasse, sound
from tests.ledger.order_lists import IBAN, accepted, row
from tests.ledger.test_opening import CLAIM as TAKEN_OVER
from tests.ledger.test_opening import DEBT, take_over
from tests.ledger.test_opening import PAID as TAKEN_PAID
from tests.ledger.test_order_changes import change, settle, through

__all__ = ["kasse"]  # a fixture
TODAY = DAY.isoformat()


def claim(store, profile="private", amount="10.000,00", **more):
    """Order a claim due on Tuesday, 1 September 2026, and return its Kassenzeichen."""
    values = {"profile": profile, "claim_kind": {"private": "miete", "private-trade": "pacht"}.get(profile, profile)}
    accepted(store, row(f"ORDNUNG receivable {amount} Erika Musterfrau", **{"due": "2026-09-01"} | values | more))
    return store.value("SELECT max(reference) FROM item")


def pay(store, amount, number, day):
    staged(act(store, "import"), amount, number, day=day, name="Erika Musterfrau")
    post_staged(store)


def reduce(store, to_cents, number=1, **more):
    (made,) = change(store, number, to_cents=to_cents, as_credit=True, day=TODAY, **more)
    through(store, made.number, TODAY)


def days(cents, count, points):
    """Return interest of days at 1.52 percent and some points above it, half a cent up."""
    return int(cents * (152 + points * 100) * count / 10_000 / 365 + 0.5)


RULES = {  # paid on Monday, 2 November 2026: 62 days late, three months begun; reduced to 6,000.00 on 24 November
    "private": days(6000_00, 62, 5),  # § 288 (1) BGB
    "private-trade": days(6000_00, 62, 9),  # § 288 (2) BGB
    "fee": days(6000_00, 62, 3),  # § 19 GebG HH
    "tax": 3 * 100_00,  # § 240 (1) sentence 4 AO
}


@pytest.mark.engines
@pytest.mark.parametrize("profile", RULES)
def test_what_was_never_owed_bears_nothing_though_it_was_paid(kasse, profile):
    number = claim(kasse, profile)
    pay(kasse, "10.000,00", number, "2026-11-02")
    reduce(kasse, 6000_00)
    with accrued_charges(act(kasse, "clara"), DAY):
        (first, *_) = accrued_rows(kasse)
    assert (first.accrued_cents, first.open_cents) == (RULES[profile], 0)
    assert propose(kasse, DAY).charge_cents == RULES[profile]
    assert sound(kasse) == []


PAID = {  # paid in parts, reduced to: interest of § 288 (1) BGB until 24 November
    "one part, one open": ((("4.000,00", "2026-11-02"),), 3000_00, days(3000_00, 62, 5)),
    "the first money pays what is owed": (
        (("5.000,00", "2026-10-01"), ("5.000,00", "2026-11-02")), 6000_00, int(
            6000_00 * 652 * 30 / 10_000 / 365 + 1000_00 * 652 * 32 / 10_000 / 365 + 0.5
        ),
    ),
    "cancelled": ((("10.000,00", "2026-11-02"),), 0, 0),
    "cancelled, paid in part": ((("4.000,00", "2026-11-02"),), 0, 0),
}  # fmt: skip


@pytest.mark.parametrize("case", PAID)
def test_interest_is_that_of_what_was_owed(kasse, case):
    parts, to_cents, cents = PAID[case]
    number = claim(kasse)
    for amount, day in parts:
        pay(kasse, amount, number, day)
    reduce(kasse, to_cents)
    assert propose(act(kasse, "clara"), DAY).charge_cents == cents
    assert sound(kasse) == []


def test_as_of_a_day_before_the_order_all_of_it_was_owed(kasse):
    number = claim(kasse)
    pay(kasse, "10.000,00", number, "2026-11-02")
    reduce(kasse, 6000_00)
    with accrued_charges(act(kasse, "clara"), dt.date(2026, 11, 23)):
        assert [one.accrued_cents for one in accrued_rows(kasse)] == [days(10_000_00, 62, 5)]


def test_a_claim_cancelled_after_it_was_paid_bears_no_lump_sum(kasse):
    number = claim(kasse, "private-trade")
    pay(kasse, "10.000,00", number, "2026-11-02")
    reduce(kasse, 0)
    made = propose(act(kasse, "clara"), DAY)
    assert (made.charge_cents, made.fee_cents) == (0, 0)


@pytest.mark.engines
def test_what_was_demanded_before_is_named(kasse):
    number = claim(kasse)
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    demanded = days(10_000_00, 84, 5)
    kasse.today = TODAY
    pay(kasse, "10.000,00", number, TODAY)
    reduce(kasse, 6000_00)
    found = [one for one in check(act(kasse, "clara"), DAY) if one.code == "relief.overcharged"]
    said = [(one.fields["demanded_cents"], one.fields["owed_cents"]) for one in found]
    assert said == [(demanded, days(6000_00, 84, 5))]


@pytest.mark.engines
def test_side_claims_of_a_claim_cancelled_after_it_was_paid_wait_for_a_person(kasse):
    number = claim(kasse)
    pay(kasse, "10.000,00", number, "2026-11-02")
    made = propose(act(kasse, "clara"), DAY)
    release(act(kasse, "emil"), made.run)
    assert kasse.value("SELECT open_cents FROM item WHERE main_item = 1") == days(10_000_00, 62, 5)
    kasse.today = TODAY
    reduce(kasse, 0)
    assert [one.code for one in check(act(kasse, "clara"), DAY)] == ["relief.side_claims"]


def back(store):
    """Take the payment back, as a returned payment does."""
    entry = store.one("SELECT year, number FROM entry WHERE kind = 'bank' AND office = 'KASSE'")
    return decide(act(store, "clara"), [UndoEntry("KASSE-{}-{}".format(*entry), "ein anderer")], day=TODAY)


@pytest.mark.engines
def test_what_is_given_back_is_taken_off_the_newest_item_first(kasse):
    """An increase of 2,000.00 goes first, then 1,000.00 of the first item; two reductions add up."""
    number = claim(kasse)
    (made,) = change(kasse, to_cents=12_000_00, day=TODAY)
    through(kasse, made.number, TODAY)
    pay(kasse, "12.000,00", number, TODAY)
    reduce(kasse, 11_500_00)
    reduce(kasse, 9_000_00)
    found = {item: [one.cents for one in each] for (_, item), each in given_back(kasse).items()}
    assert found == {2: [500_00, 1500_00], 1: [1000_00]}


@pytest.mark.engines
def test_what_was_given_back_of_a_claim_taken_over_is_known(store):
    take_over(store, TAKEN_OVER, TAKEN_PAID, DEBT)
    settle(store, 4000)
    act(store, "import")
    (made,) = take_off_taken_over(
        store, "ORDNUNG", 1, reason="x", day="2026-11-16", to_cents=3000, account="5100", as_credit=True
    )  # fmt: skip
    through(store, made.number)
    assert {key: [one.cents for one in each] for key, each in given_back(store).items()} == {("ORDNUNG", 1): [10_00]}


@pytest.mark.engines
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_payment_taken_back_takes_the_credit_along(kasse, by_hand):
    """Nothing came for the claim: of 10,000.00 reduced to 6,000.00 only these are owed, and nothing is to be given back."""
    number = claim(kasse)
    pay(kasse, "10.000,00", "Danke" if by_hand else number, "2026-11-02")
    if by_hand:
        case = kasse.value("SELECT max(item) FROM suspense_case")
        decide(act(kasse, "clara"), [Assign(case, (Wish("ORDNUNG/1"),))], day=TODAY)
    reduce(kasse, 6_000_00)
    assert kasse.all("SELECT open_cents FROM item WHERE kind = 'credit'") == [(4_000_00,)]
    _ = decide(act(kasse, "clara"), [Undo(case, "ein anderer")], day=TODAY) if by_hand else back(kasse)
    assert kasse.all("SELECT open_cents FROM item WHERE kind IN ('receivable', 'credit') ORDER BY id") == [
        (6_000_00,), (0,),
    ]  # fmt: skip
    assert kasse.value("SELECT sum(open_cents) FROM item WHERE kind = 'suspense'") == 10_000_00
    assert given_back(kasse) == {}
    with accrued_charges(act(kasse, "clara"), DAY):
        said = [(one.accrued_cents, one.open_cents) for one in accrued_rows(kasse)]
    assert said == [(days(6000_00, 84, 5), 6_000_00)]
    assert sound(kasse) == []


def test_a_credit_that_was_used_leaves_its_part_of_the_claim_open(kasse):
    number = claim(kasse)
    pay(kasse, "10.000,00", number, "2026-11-02")
    reduce(kasse, 6_000_00)
    credit = kasse.value("SELECT id FROM item WHERE kind = 'credit'")
    other = row("ORDNUNG receivable 1.500,00 Erika Musterfrau", due="2026-11-20", profile="private")
    accepted(kasse, other, name="second.xlsx")
    assert set_off(act(kasse, "clara"), [("ORDNUNG", credit)], day=TODAY)
    back(kasse)
    assert kasse.value("SELECT open_cents FROM item WHERE office = 'ORDNUNG' AND id = 1") == 7_500_00
    assert kasse.value("SELECT open_cents FROM item WHERE kind = 'credit'") == 0
    assert sound(kasse) == []


def test_a_credit_that_is_being_paid_back_comes_first(kasse):
    number = claim(kasse)
    pay(kasse, "10.000,00", number, "2026-11-02")
    reduce(kasse, 6_000_00)
    credit = kasse.value("SELECT id FROM item WHERE kind = 'credit'")
    ask_refund(act(kasse, "clara"), "ORDNUNG", credit, Refund("zu viel", iban=IBAN, document="Brief"), day=TODAY)
    with pytest.raises(CreditUnderWayError):
        back(kasse)
    assert kasse.value("SELECT open_cents FROM item WHERE id = 1") == 0
