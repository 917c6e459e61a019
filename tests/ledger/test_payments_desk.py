"""Bank entries about our payments that say too little: what a person says of them, in the book."""

import pytest

from ledger.bank.booked_desk import DebitSumError, NotInTransitError, WithoutReasonError
from ledger.bank.booked_desk_store import book_run
from ledger.bank.posting_store import post_staged
from ledger.bank.returned_desk import NotAReturnError, NotExecutedError, PartReturnedError, ReturnSumError
from ledger.bank.returned_desk_store import take_return
from ledger.bank.suspense import ClearedCaseError
from ledger.bank.suspense_decisions import Undo
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_undo import ReturnedCaseError
from ledger.bank.unbooked_desk_store import unbook_run
from ledger.book.verify_store import verify
from ledger.payments.life_reader import life
from ledger.payments.propose_store import propose
from ledger.payments.steps import UnknownLineError
from ledger.people.users import NotAllowedError, add_user
from tests.bankbooks import staged
from tests.books import SECOND_IBAN, act
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


def paid(store):
    """The bank has executed the three payments of run 1."""
    book_run(store, 1, case_of(store, "-7"), day="2026-11-18")
    return store


def test_a_return_without_our_id_opens_the_payable_again(sent):  # noqa: F811
    case = case_of(paid(sent), "2", return_reason="AC04", gvc="159")
    done = take_return(sent, [(1, 2)], case, day="2026-11-18")
    assert (done.payments, done.cents, done.fee_cents, done.items) == (("1-2",), 200, 0, ("KASSE/2",))
    assert states(sent) == ["executed", "returned", "executed"]
    assert sent.value("SELECT open_cents FROM item WHERE office = 'KASSE' AND id = 2") == 200
    assert sent.value("SELECT reason FROM item_lock") == "R1-2 AC04"
    assert sent.value("SELECT sum(open_cents) FROM item WHERE kind = 'suspense'") == 0
    assert [(one.item, one.why) for one in propose(sent, today=MONDAY).skipped] == [(2, "locked")]
    assert "returned" in [one.what for one in life(sent, 1, 2).stations]
    assert "returned" not in [one.what for one in life(sent, 1, 1).stations]
    assert verify(sent).findings == ()
    with pytest.raises(ClearedCaseError):
        take_return(sent, [(1, 2)], case, day="2026-11-18")
    with pytest.raises(ReturnedCaseError):
        decide(act(sent, "clara"), [Undo(case, "doch nicht")], day="2026-11-18")


def test_what_the_bank_kept_of_a_return_is_a_fee(sent):  # noqa: F811
    case = case_of(paid(sent), "1,50", gvc="159")
    assert take_return(sent, [(1, 2)], case, day="2026-11-18", reason="MD06", fee_cents=50).fee_cents == 50
    fees = sent.value("SELECT number FROM account WHERE role = 'bank_fees' AND office = 'KASSE'")
    assert sent.value("SELECT sum(cents) FROM posting WHERE account = :fees", fees=fees) == 50
    assert sent.value("SELECT open_cents FROM item WHERE office = 'KASSE' AND id = 2") == 200
    assert sent.value("SELECT reason FROM item_lock") == "R1-2 MD06"
    assert verify(sent).findings == ()


def test_one_credit_brings_several_payments_back(sent):  # noqa: F811
    cents = [cents for (cents,) in sent.rows("SELECT cents FROM payment ORDER BY line")]
    case = case_of(paid(sent), f"{(sum(cents[1:]) - 50) / 100:.2f}".replace(".", ","), return_reason="AC04", gvc="159")
    with pytest.raises(ReturnSumError):
        take_return(sent, [(1, 2)], case, day="2026-11-18", fee_cents=50)
    done = take_return(sent, [(1, 2), (1, 3), (1, 2)], case, day="2026-11-18", fee_cents=50)
    assert (done.payments, done.cents, done.fee_cents) == (("1-2", "1-3"), sum(cents[1:]), 50)
    assert states(sent) == ["executed", "returned", "returned"]
    opened = (
        "SELECT i.open_cents FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item ORDER BY p.line"
    )
    assert sent.all(opened) == [(0,), (cents[1],), (cents[2],)]
    assert sent.value("SELECT count(*) FROM item_lock WHERE reason LIKE 'R1-% AC04'") == 2
    assert sent.value("SELECT sum(open_cents) FROM item WHERE kind = 'suspense'") == 0
    assert verify(sent).findings == ()


def test_a_collective_return_with_details_is_known_by_them(sent):  # noqa: F811
    """The bank names each payment of one credit in its details (camt.054): nobody needs to say anything."""
    named = sent.all("SELECT end_to_end_id, cents FROM payment ORDER BY line")
    paid(sent)
    details = [
        {"amount": f"{cents / 100:.2f}".replace(".", ","), "end_to_end_id": name, "return_reason": "AC04"}
        for name, cents in named[1:]
    ]
    total = sum(cents for _, cents in named[1:])
    staged(act(sent, "import"), f"{total / 100:.2f}".replace(".", ","), gvc="159", day="2026-11-18", details=details)
    post_staged(sent)
    assert states(sent) == ["executed", "returned", "returned"]
    assert verify(sent).findings == ()


NO_RETURN = {
    "a part of it": ("1,50", {}, 2, 0, PartReturnedError),
    "more than was paid": ("2,50", {}, 2, 0, ReturnSumError),
    "a part and less of a fee": ("1,50", {}, 2, 40, ReturnSumError),
    "a fee that makes money": ("4", {}, 2, -200, ReturnSumError),
    "another account": ("2", {"iban": SECOND_IBAN}, 2, 0, NotAReturnError),
    "no such payment": ("2", {}, 9, 0, UnknownLineError),
    "a debit": ("-2", {}, 2, 0, NotAReturnError),
}


@pytest.mark.parametrize("case", NO_RETURN)
def test_what_is_no_return_of_the_payment_is_refused(sent, case):  # noqa: F811
    amount, more, line, fee, error = NO_RETURN[case]
    number = case_of(paid(sent), amount, **more)
    with pytest.raises(error):
        take_return(sent, [(1, line)], number, day="2026-11-18", fee_cents=fee)
    assert states(sent) == ["executed"] * 3


def test_only_what_was_paid_comes_back_and_only_who_makes_payments_says_so(sent):  # noqa: F811
    case = case_of(sent, "2", gvc="159")
    with pytest.raises(NotExecutedError):
        take_return(sent, [(1, 2)], case, day="2026-11-18")
    paid(sent)
    with pytest.raises(NotAllowedError):
        take_return(act(sent, "clara"), [(1, 2)], case, day="2026-11-18")


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


def test_who_makes_payments_need_not_be_a_clerk(sent):  # noqa: F811
    with sent.unit(["KASSE"]):
        add_user(sent, "pia", [("*", "payments")])
    case = case_of(sent, "-7")
    assert book_run(act(sent, "pia"), 1, case, day="2026-11-18").payments == 3
    assert not unbook_run(sent, 1, case, day="2026-11-18", reason="nicht unsere").done
    case = case_of(sent, "2", gvc="159")
    assert take_return(act(sent, "pia"), [(1, 2)], case, day="2026-11-18").payments == ("1-2",)
