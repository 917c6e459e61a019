"""Unclear money that is as much as a run under way: the desk names the run, and decides nothing."""

import pytest

from ledger.bank.booked_desk_store import book_run
from ledger.bank.meant_runs_store import MeantPayment, MeantRun, meant_payments, meant_runs
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense_store import show_case
from tests.bankbooks import run, staged
from tests.books import SECOND_IBAN, act
from tests.ledger.collection_texts import claims, exported, ready
from tests.ledger.mandate_texts import mandate

MORE = {
    "as much": ("-7", {}, (MeantRun("payments", 1, 0),)),
    "another amount": ("-6", {}, ()),
    "money received": ("7", {}, ()),
    "another account": ("-7", {"iban": SECOND_IBAN}, ()),
}


def case(store, amount, **more):
    """Return the details of the case that a bank entry without any id becomes."""
    staged(act(store, "import"), amount, "Sammler", day="2026-11-20", **more)
    post_staged(store)
    return show_case(act(store, "dirk"), store.value("SELECT max(item) FROM suspense_case"))


@pytest.mark.parametrize("name", MORE)
def test_a_debit_as_much_as_what_is_under_way_names_the_run(store, name):
    amount, more, expected = MORE[name]
    run(store, "A 5,00", "B 2,00", "C 9,00 rejected")
    assert meant_runs(store, case(store, amount, **more)) == expected


def test_a_run_that_the_bank_has_booked_is_not_named_again(store):
    run(store, "A 5,00", "B 2,00")
    first = case(store, "-7")
    book_run(store, 1, first.number, day="2026-11-20")
    assert meant_runs(store, case(store, "-7")) == ()


def test_a_file_or_a_batch_is_named_by_its_number(store):
    ready(store)
    claims(store, "ORDNUNG 100,00 2026-10-01 Meyer\nBAU 250,50 2026-10-02 Schulz")
    mandate(store, "Meyer - 2026-01-01")
    mandate(store, "Schulz - 2026-03-01 last_used=2026-08-15")
    exported(store)
    assert meant_runs(store, case(store, "250,50", gvc="166")) == (MeantRun("collections", 1, 2),)
    assert meant_runs(store, case(store, "350,50", gvc="166")) == (MeantRun("collections", 1, 0),)


SINGLE = {
    "one of several under way": ("-2", {}, (MeantPayment(1, 2, "one"),)),
    "all but one": ("-8", {}, (MeantPayment(1, 2, "rest"),)),
    "one that was refused, among others": ("-9", {}, (MeantPayment(1, 4, "gone_among"),)),
    "the whole run": ("-10", {}, ()),
    "no payment": ("-6", {}, ()),
    "money received": ("2", {}, ()),
    "another account": ("-2", {"iban": SECOND_IBAN}, ()),
}


@pytest.mark.parametrize("name", SINGLE)
def test_a_debit_as_much_as_one_payment_names_it(store, name):
    amount, more, expected = SINGLE[name]
    run(store, "A 5,00", "B 2,00", "C 3,00", "D 9,00 rejected")
    found = case(store, amount, **more)
    assert meant_payments(store, found, meant_runs(store, found)) == expected


def test_a_payment_given_up_that_alone_is_left_of_its_run_can_be_booked_as_paid(store):
    run(store, "A 5,00", "C 9,00 rejected")
    first = case(store, "-5")
    book_run(store, 1, first.number, day="2026-11-20")
    found = case(store, "-9")
    assert meant_payments(store, found, ()) == (MeantPayment(1, 2, "gone"),)
    assert not book_run(store, 1, found.number, day="2026-11-20").done
