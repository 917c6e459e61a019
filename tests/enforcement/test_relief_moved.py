"""Interest of a plan that was paid and is not owed after all: its money pays the claim from the day it came in."""

import pytest

from enforcement.relief import Schedule
from enforcement.relief_end_store import end
from enforcement.relief_interest_store import correction
from enforcement.relief_reader import owed, payments_of
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish as Assigned
from ledger.bank.suspense_decisions import Assign
from ledger.bank.suspense_desk_store import decide
from tests.bankbooks import staged
from tests.books import act
from tests.enforcement.test_limitation import day
from tests.enforcement.test_relief_plan import row
from tests.enforcement.test_relief_store import fee, granted, kasse, later_law, sound, wish

__all__ = ["kasse"]  # a fixture
LATER = later_law()
# Three rates of 30,000.00 of a tax that is due on Monday, 30 November: 15 December, 15 January, 15 February. They bear
# 0, one and two full months of 0.5 percent, 450.00 together. The plan fails on Wednesday, 20 January: the third has
# borne one month, so 150.00 of what was paid for interest pays the claim. One percent for the first rate, of what was
# missing of it from 16 December to 15 January.
PAID = {  # the day on which the interest was paid, the surcharge on the first rate
    "§ 240 (1) AO: in time, 29,850.00 were missing": ("2026-12-10", 298_50),
    "§ 240 (3) AO: in time until the third day, a Friday": ("2026-12-18", 298_50),
    "§ 240 (1) AO: within the first month, 30,000.00": ("2027-01-04", 300_00),
}


def pay_interest(store, paid_on):
    """Pay all interest of the plan before it is due, as the desk may assign it."""
    staged(act(store, "clara"), "450,00", "Zinsen", day=paid_on)
    post_staged(store)
    interest = store.all("SELECT id, open_cents FROM item WHERE claim_kind = 'stundungszinsen' AND open_cents > 0")
    wishes = tuple(Assigned(f"ORDNUNG/{number}", cents) for number, cents in interest)
    decide(store, [Assign(store.value("SELECT item FROM suspense_case"), wishes)], day="2027-01-05")


@pytest.mark.parametrize("case", PAID)
def test_money_that_came_in_time_leaves_no_surcharge(kasse, case):
    paid_on, cents = PAID[case]
    claim = fee(kasse, "90.000,00", profile="tax", claim_kind="tax", due="2026-11-30", dunning_level=0, dunned_on=None)
    done = granted(kasse, wish("ratenplan", claim, schedule=Schedule(first=day("2026-12-15"), count=3)))
    assert (done.late_cents, done.interest_cents) == (0, 450_00)
    kasse.today = "2027-01-05"
    pay_interest(kasse, paid_on)
    act(kasse, "emil").today = "2027-01-20"
    ended = end(kasse, done.number, reason="Raten fehlen", way="failed", law=LATER)
    assert (ended.interest_off_cents, ended.default_cents) == (150_00, cents)
    assert [(str(one.day), one.cents) for one in payments_of(kasse, ("ORDNUNG", claim))] == [(paid_on, 150_00)]
    assert [one.cents for one in owed(kasse, [("ORDNUNG", claim)]) if one.item == claim] == [89_850_00]
    assert sound(kasse) == []


def test_what_moves_stands_beside_where_it_goes():
    items = [row(1, "claim", 900, 500), row(2, "interest", 50, 0, 1), row(3, "interest", 40, 10, 1, "2026-03-01")]
    found = correction(items, {("BAU", 1): 20})
    assert [(one.item, one.cents, main.item, main.cents) for one, main in zip(found.away, found.to, strict=True)] == [
        (3, 30, 1, 30),
        (2, 30, 1, 30),
    ]
