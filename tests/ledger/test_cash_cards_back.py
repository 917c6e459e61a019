"""Card payments that are taken back: on the day itself, or as a refund of a later day."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.book.verify_store import verify
from ledger.cash.cancel_store import cancel
from ledger.cash.desks_reader import find_desk
from ledger.cash.receipts import Label
from ledger.cash.take_store import Payment, take
from ledger.cash.terminals_store import TerminalPlan, end_terminal, put_terminal, terminal_days
from tests.bankbooks import item, matches, reason, reference, staged
from tests.books import act
from tests.cashbooks import DAY, check, desk

NEXT, THIRD, LATER = "2026-11-17", "2026-11-18", "2026-11-19"
TERMINAL = "61234567"


@pytest.fixture
def town(store):
    act(store, "import")
    item(store, "90", reference(store, 1), name="Erika Muster", profile="fee")
    desk(store)
    put_terminal(act(store, "emil"), "B1", TerminalPlan(TERMINAL, "Girocard AG", fee_ppm=2500, fee_each_cents=8))
    store.now = "2026-11-19T05:00:00Z"
    return store


def paid(store, cents: int, day: str) -> Label:
    act(store, "dirk").today = day
    payment = Payment("card", TERMINAL, payer="Erika")
    return take(store, "B1", [Wish(reference(store, 1), cents)], payment=payment).receipt.label


def back(store, label: Label, day: str) -> None:
    act(store, "clara").today = day
    cancel(store, label, "doppelt")


def credited(store, amount: str, day: str = LATER) -> int:
    act(store, "import")
    number = staged(store, amount, f"TID {TERMINAL}", day=day)
    post_staged(store)
    return number


def days(store) -> list[tuple[str, int, int]]:
    return [(one.day, one.count, one.amount_cents) for one in terminal_days(store, find_desk(store, "B1", DAY))]


def test_a_payment_taken_back_later_belongs_to_that_day(town):
    label = paid(town, 5000, DAY)
    paid(town, 1000, DAY)
    back(town, label, NEXT)
    paid(town, 7000, NEXT)
    assert days(town) == [(DAY, 2, 6000), (NEXT, 2, 2000)]
    credited(town, "59,69")  # 60.00 less 0.15 and two times 0.08
    assert days(town) == [(NEXT, 2, 2000)]
    credited(town, "19,87")  # 20.00 less 0.05 and 0.08: nothing for the refund
    assert days(town) == []
    check(town)
    assert verify(act(town, "root")).findings == ()


FEES = {
    "the rate comes back": "-49,87",
    "the rate comes back, each refund costs": "-49,95",
    "only each refund costs": "-50,08",
    "free": "-50,00",
}


@pytest.mark.parametrize("amount", FEES.values(), ids=FEES)
def test_a_day_of_refunds_alone_is_charged_to_the_account(town, amount):
    label = paid(town, 5000, DAY)
    back(town, label, NEXT)
    credited(town, "49,79")
    assert days(town) == [(NEXT, 1, -5000)]
    entry = credited(town, amount)
    assert matches(town, entry)[0] == ("card_day", None, None, -5000)
    assert days(town) == []
    check(town)
    assert verify(act(town, "root")).findings == ()


def test_days_in_a_row_are_credited_with_the_refund_within(town):
    label = paid(town, 5000, DAY)
    back(town, label, NEXT)
    paid(town, 2000, THIRD)
    entry = credited(town, "19,79")  # 20.00 less 0.05 for what is left and two times 0.08
    assert [row[3] for row in matches(town, entry)] == [5000, -5000, 2000, -21]
    assert days(town) == []
    check(town)


def test_what_is_taken_back_on_its_day_is_owed_by_nobody(town):
    back(town, paid(town, 5000, DAY), DAY)
    assert days(town) == []
    paid(town, 2000, NEXT)
    assert [row[3] for row in matches(town, credited(town, "19,87"))] == [2000, -13]
    check(town)


def test_a_debit_that_is_no_refund_waits_for_a_person(town):
    back(town, paid(town, 5000, DAY), NEXT)
    assert reason(town, credited(town, "-19,90")) == "no_rule"
    assert days(town) == [(DAY, 1, 5000), (NEXT, 1, -5000)]
    check(town)


def test_a_refund_is_entered_though_the_terminal_ended(town):
    label = paid(town, 5000, DAY)
    act(town, "emil").today = NEXT
    end_terminal(town, "B1", TERMINAL)
    back(town, label, NEXT)
    assert days(town) == [(DAY, 1, 5000), (NEXT, 1, -5000)]
    check(town)


def test_a_payment_of_december_taken_back_in_january_is_a_refund_of_january(store):
    act(store, "import")
    item(store, "90", reference(store, 1), name="Erika Muster", profile="fee")
    desk(store)
    put_terminal(act(store, "emil"), "B1", TerminalPlan(TERMINAL, "Girocard AG", fee_ppm=2500, fee_each_cents=8))
    store.now = "2027-01-06T05:00:00Z"
    label = paid(store, 5000, "2026-12-31")
    paid(store, 1000, "2027-01-04")  # has the number of the one that is taken back
    back(store, label, "2027-01-04")
    assert days(store) == [("2026-12-31", 1, 5000), ("2027-01-04", 2, -4000)]
    check(store)


def test_the_same_number_of_two_years_in_one_batch_stands(store):
    act(store, "import")
    item(store, "90", reference(store, 1), name="Erika Muster", profile="fee")
    desk(store)
    put_terminal(act(store, "emil"), "B1", TerminalPlan(TERMINAL, "Girocard AG"))
    store.now = "2027-01-06T05:00:00Z"
    old = paid(store, 5000, "2026-12-31")
    new = paid(store, 1000, "2027-01-04")
    back(store, new, "2027-01-04")
    assert (old.number, new.number) == (1, 1)
    assert days(store) == [("2026-12-31", 1, 5000)]
    check(store)
