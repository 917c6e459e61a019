"""Bank entries about our payments that say too little: what a person says of them, in the book."""

import pytest

from ledger.bank.booked_desk import DebitSumError, NotInTransitError, WithoutReasonError
from ledger.bank.booked_desk_store import book_run
from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.payments.propose_store import propose
from tests.bankbooks import staged
from tests.books import act
from tests.ledger.test_payments_answers import MONDAY, sent, states  # noqa: F401 - a fixture


def case_of(store, amount, **more):
    """Post a bank entry that no rung can place, and return its case."""
    staged(act(store, "import"), amount, "Sammelauftrag", day="2026-11-18", **more)
    post_staged(store)
    act(store, "dirk")
    return store.value("SELECT max(item) FROM suspense_case")


def transit(store):
    return store.value("SELECT coalesce(sum(cents), 0) FROM posting WHERE account = '2880'")


def test_what_the_bank_refused_without_a_report_is_named_at_the_debit(sent):  # noqa: F811
    case = case_of(sent, "-5")
    done = book_run(sent, 1, case, day="2026-11-18", without=[2], reason="AC04")
    assert (done.cents, done.payments, done.refused, done.refused_cents) == (500, 2, (2,), 200)
    assert states(sent) == ["executed", "rejected", "executed"]
    assert (transit(sent), sent.value("SELECT open_cents FROM item WHERE office = 'KASSE' AND id = 2")) == (0, 200)
    assert sent.value("SELECT state FROM payment_run") == "executed"
    assert [(one.item, one.why) for one in propose(sent, today=MONDAY).skipped] == [(2, "locked")]
    assert sent.value("SELECT reason FROM item_lock").startswith("KASSE-R1-2: AC04 ")
    assert verify(sent).findings == ()


STRANGE = {
    "another sum": ([1], "AC04", DebitSumError),
    "all of them": ([1, 2, 3], "AC04", DebitSumError),
    "no reason": ([2], " ", WithoutReasonError),
    "no such payment": ([9], "AC04", NotInTransitError),
}


@pytest.mark.parametrize("case", STRANGE)
def test_what_does_not_add_up_changes_nothing(sent, case):  # noqa: F811
    without, reason, error = STRANGE[case]
    number = case_of(sent, "-5")
    with pytest.raises(error):
        book_run(sent, 1, number, day="2026-11-18", without=without, reason=reason)
    assert (states(sent), transit(sent)) == (["exported"] * 3, -700)
    assert sent.value("SELECT count(*) FROM item_lock") == 0
