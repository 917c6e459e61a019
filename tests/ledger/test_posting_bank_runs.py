"""Debits of our own payments and runs: money in transit is cleared once, whatever the bank books together."""

import pytest

from ledger.bank.booked_desk import DebitSumError, NotADebitError
from ledger.bank.booked_desk_store import book_run
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import ClearedCaseError
from ledger.bank.suspense_decisions import Undo
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_undo import ExecutedCaseError
from ledger.people.users import NotAllowedError
from tests.bankbooks import check_invariants, matches, payments, reason, run, staged
from tests.books import SECOND_IBAN, act


@pytest.fixture
def kasse(store):
    return act(store, "import")


def transit(store) -> int:
    return store.value("SELECT coalesce(sum(cents), 0) FROM posting WHERE office = 'KASSE' AND account = '2880'")


def run_state(store) -> str:
    return store.value("SELECT state FROM payment_run")


def test_a_payment_is_executed_by_its_end_to_end_id(kasse):
    run(kasse, "E1 50", "E2 30")
    entry = staged(kasse, "-50", end_to_end_id="E1")
    outcome = post_staged(kasse)
    assert (outcome.executed, outcome.matched, outcome.advances) == (1, 1, 0)
    assert payments(kasse) == [("E1", "executed", 0, entry), ("E2", "exported", 1, None)]
    assert (transit(kasse), run_state(kasse)) == (5000, "exported")
    assert matches(kasse, entry) == [("payment", None, None, -5000)]
    assert kasse.value("SELECT kind FROM entry WHERE kind IN ('bank', 'execution')") == "execution"
    second = staged(kasse, "-30", end_to_end_id="E2")
    post_staged(kasse)
    assert payments(kasse)[1] == ("E2", "executed", 0, second)
    assert run_state(kasse) == "executed"
    events = kasse.all("SELECT object FROM event WHERE action = 'payment.execute'")
    assert events == [("run:1",), ("run:1",)]
    check_invariants(kasse)


SAMMLER = {
    "the batch id of the bank is our message id": {"payment_information_id": "M1"},
    "our first batch of the message": {"payment_information_id": "M1-1"},
    "only the message id": {"message_id": "M1"},
}


@pytest.mark.parametrize("ids", SAMMLER.values(), ids=SAMMLER)
def test_a_collective_debit_executes_what_is_left_of_a_run(kasse, ids):
    run(kasse, "E1 50", "E2 30", "E3 20 returned")
    entry = staged(kasse, "-80", gvc="191", **ids)
    outcome = post_staged(kasse)
    assert (outcome.executed, outcome.advances) == (1, 0)
    assert payments(kasse) == [
        ("E1", "executed", 0, entry), ("E2", "executed", 0, entry), ("E3", "returned", 0, None),
    ]  # fmt: skip
    assert (transit(kasse), run_state(kasse)) == (8000, "executed")
    check_invariants(kasse)


def test_a_single_payment_and_the_rest_of_its_run_in_one_batch(kasse):
    run(kasse, "E1 50", "E2 30", "E3 20")
    staged(kasse, "-50", end_to_end_id="E1")
    staged(kasse, "-50", payment_information_id="M1")
    again = staged(kasse, "-30", end_to_end_id="E2")
    outcome = post_staged(kasse)
    assert (outcome.executed, outcome.advances) == (2, 1)
    assert reason(kasse, again) == "paid"
    assert (transit(kasse), run_state(kasse)) == (10000, "executed")
    check_invariants(kasse)


def test_a_collective_debit_with_parts_executes_each(kasse):
    run(kasse, "E1 50", "E2 30", "E3 20")
    parts = [{"amount": "-50", "end_to_end_id": "E1"}, {"amount": "-30", "end_to_end_id": "E2"}]
    entry = staged(kasse, "-80", details=parts, payment_information_id="M1")
    outcome = post_staged(kasse)
    assert (outcome.executed, outcome.advances) == (1, 0)
    assert [state for _, state, *_ in payments(kasse)] == ["executed", "executed", "exported"]
    assert [row[0] for row in matches(kasse, entry)] == ["payment", "payment"]
    check_invariants(kasse)


UNCLEAR = {
    "another amount": ("-49", {"end_to_end_id": "E1"}, "amount"),
    "from another account": ("-50", {"end_to_end_id": "E1", "iban": SECOND_IBAN}, "account"),
    "executed before": ("-20", {"end_to_end_id": "E3"}, "paid"),
    "not released": ("-10", {"end_to_end_id": "E4"}, "unreleased"),
    "an EndToEndId that is not ours": ("-50", {"end_to_end_id": "X"}, "no_rule"),
    "no EndToEndId": ("-50", {"end_to_end_id": "NOTPROVIDED"}, "no_rule"),
    "a run with another sum": ("-81", {"payment_information_id": "M1"}, "amount"),
    "a run from another account": ("-80", {"message_id": "M1", "iban": SECOND_IBAN}, "account"),
    "a run that only begins alike": ("-80", {"payment_information_id": "M12"}, "no_rule"),
}


@pytest.mark.parametrize(("amount", "more", "why"), UNCLEAR.values(), ids=UNCLEAR)
def test_what_does_not_fit_is_an_advance_with_its_reason(kasse, amount, more, why):
    run(kasse, "E1 50", "E2 30", "E3 20 executed", "E4 10 proposed")
    entry = staged(kasse, amount, **more)
    outcome = post_staged(kasse)
    assert (outcome.executed, outcome.advances, reason(kasse, entry)) == (0, 1, why)
    assert transit(kasse) == 0
    assert kasse.value("SELECT kind FROM item WHERE office = 'KASSE'") == "advance"
    check_invariants(kasse)


def test_a_returned_transfer_of_ours_is_left_with_its_evidence(kasse):
    run(kasse, "E1 50 executed")
    entry = staged(kasse, "50", end_to_end_id="E1", return_reason="AC04", gvc="159")
    post_staged(kasse)
    assert reason(kasse, entry) == "return"
    evidence = kasse.value("SELECT evidence FROM bank_match WHERE entry = :entry", entry=entry)
    assert evidence == '{"office":"KASSE","payment":1,"reason":"return","return_reason":"AC04","run":1}'
    assert payments(kasse)[0][1] == "executed"
    check_invariants(kasse)


def nameless(store, amount="-80", **more) -> tuple[int, int]:
    """Post a debit that names nothing, and return its entry and its case."""
    entry = staged(store, amount, "SEPA-Sammelueberweisung", gvc="191", **more)
    assert post_staged(store).advances == 1
    return entry, store.value("SELECT max(item) FROM suspense_case")


@pytest.fixture
def payer(kasse):
    """A run of two payments, 80.00 together, exported."""
    run(kasse, "E1 50", "E2 30", "E3 20 returned")
    yield kasse
    check_invariants(kasse)


def test_a_person_says_which_run_a_nameless_debit_is(payer):
    entry, case = nameless(payer)
    done = book_run(act(payer, "dirk"), 1, case, day="2026-11-18")
    assert (done.cents, done.payments, done.case) == (8000, 2, case)
    assert payments(payer)[:2] == [("E1", "executed", 0, entry), ("E2", "executed", 0, entry)]
    assert (transit(payer), run_state(payer)) == (8000, "executed"), "as after a debit with a name"
    assert matches(payer, entry)[-1] == ("executed", None, None, -8000)
    with pytest.raises(ClearedCaseError):
        book_run(payer, 1, case, day="2026-11-18")
    with pytest.raises(ExecutedCaseError):
        decide(act(payer, "clara"), [Undo(case, "wrong")], day="2026-11-18")


REFUSED = {
    "another sum": ("-79.99", {}, DebitSumError),
    "money received": ("80", {}, NotADebitError),
    "another account": ("-80", {"iban": SECOND_IBAN}, NotADebitError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_debit_of_the_run_is_refused(payer, case):
    amount, more, error = REFUSED[case]
    staged(payer, amount, "?", **more)
    post_staged(payer)
    number = payer.value("SELECT max(item) FROM suspense_case")
    with pytest.raises(error):
        book_run(act(payer, "dirk"), 1, number, day="2026-11-18")
    assert [state for _, state, *_ in payments(payer)] == ["exported", "exported", "returned"]


def test_only_who_makes_payments_says_so(payer):
    _, case = nameless(payer)
    with pytest.raises(NotAllowedError):
        book_run(act(payer, "clara"), 1, case, day="2026-11-18")
