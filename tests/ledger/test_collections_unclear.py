"""What the bank says too little of: returns without our id, a credit that is short of what it refused."""

import pytest

from ledger.bank.collected_desk import CreditSumError, NotACreditError, NotUnderWayError
from ledger.bank.collected_desk_store import credit_run
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import ClearedCaseError
from ledger.bank.suspense_decisions import Undo
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_undo import CollectedCaseError
from ledger.book.store import office_codes
from ledger.book.verify_store import verify
from ledger.payments.collection_outcomes_store import undo as refuse
from ledger.payments.collection_reader import collections, run_named
from ledger.payments.collection_void_store import void
from ledger.payments.collection_voiding import VoidCreditError, VoidStagedCreditError
from ledger.payments.mandate_reader import mandate_numbered
from ledger.people.users import NotAllowedError
from sepa.money import plain
from tests.bankbooks import check_invariants, reason, staged
from tests.books import SECOND_IBAN, act
from tests.ledger.collection_texts import MONDAY, balance, claims, credited, exported, ready, states
from tests.ledger.mandate_texts import mandate
from tests.ledger.test_collections import town

MONTHLY = """
    BAU 100,00 2026-10-01 Meyer A
    BAU 100,00 2026-10-02 Schulz B
    BAU 40,00 2026-10-03 Schulz C
"""
BY_MANDATE = {
    "the amount tells which": ("M-2", -10000, ["collected", "returned", "collected"]),
    "written otherwise": ("m - 2", -10000, ["collected", "returned", "collected"]),
    "with a fee": ("M-2", -4250, ["collected", "collected", "returned"]),
    "neither amount": ("M-2", -7777, ["collected"] * 3),
    "another mandate": ("M-9", -10000, ["collected"] * 3),
}


@pytest.mark.parametrize("case", BY_MANDATE)
def test_a_return_without_our_id_is_known_by_mandate_and_amount(store, case):
    mandate_id, cents, expected = BY_MANDATE[case]
    ready(store)
    claims(store, MONTHLY)
    mandate(store, "Meyer - 2026-01-01 reference=M-1")
    mandate(store, "Schulz - 2026-03-01 reference=M-2 last_used=2026-08-15")
    (run,) = exported(store)
    credited(store, run)
    assert states(store) == ["collected"] * 3
    staged(store, plain(cents), mandate_id=mandate_id, return_reason="AM04", gvc="109", day="2026-11-24")
    post_staged(act(store, "clara"))
    assert states(store) == expected
    check_invariants(store)


def test_two_collections_of_one_amount_under_one_mandate_are_left_to_a_person(store):
    ready(store)
    claims(store, "BAU 40,00 2026-10-01 Schulz B\nORDNUNG 40,00 2026-10-03 Schulz C")
    mandate(store, "Schulz - 2026-03-01 reference=M-2 last_used=2026-08-15")
    (run,) = exported(store)
    credited(store, run)
    entry = staged(store, "-40,00", mandate_id="M-2", return_reason="AM04", gvc="109", day="2026-11-24")
    post_staged(act(store, "clara"))
    assert states(store) == ["collected"] * 2
    assert reason(store, entry) == "return"


def short(store, cents):
    """The bank credits a run of three without the third one and says nothing."""
    town(store)
    claims(store, "BAU 5,00 2026-11-01 Schulz 4719")
    (run,) = exported(store)
    assert [one.amount_cents for one in collections(store, run)] == [10000, 25050, 500]
    credited(store, run, cents)
    return run, store.value("SELECT item FROM suspense_case")


def test_a_credit_short_of_what_the_bank_refused_is_cleared_by_a_person(store):
    run, case = short(store, 35050)
    act(store, "dirk")
    for without, error in ([], CreditSumError), ([2], CreditSumError), ([9], NotUnderWayError):
        with pytest.raises(error):
            credit_run(store, run.number, case, day="2026-11-21", without=without, reason="AC04")
    assert states(store) == ["exported"] * 3
    done = credit_run(store, run.number, case, day="2026-11-21", without=[3], reason="AC04")
    assert (done.cents, done.refused, done.refused_cents) == (35050, (3,), 500)
    assert states(store) == ["collected", "collected", "rejected"]
    assert balance(store, "transit_in") == 0
    assert run_named(store, run.number).state == "executed"
    assert mandate_numbered(store, 2).state == "suspended"
    check_invariants(store)
    assert verify(store).findings == ()
    with pytest.raises(CollectedCaseError):
        undo(store, case)
    with pytest.raises(ClearedCaseError):
        credit_run(store, run.number, case, day="2026-11-21")


def test_the_credit_is_cleared_once_the_refusals_were_read_later(store):
    run, case = short(store, 35050)
    with store.unit(office_codes(store)):
        refuse(store, (run.office, run.number), {3: ("rejected", "AC04")}, ("2026-11-21", "x"))
    done = credit_run(act(store, "dirk"), run.number, case, day="2026-11-21")
    assert (done.cents, done.refused) == (35050, ())
    assert balance(store, "transit_in") == 0


def test_only_who_may_pay_takes_a_case_as_the_credit_of_a_run_and_only_of_its_account(store):
    run, case = short(store, 35050)
    with pytest.raises(NotAllowedError):
        credit_run(act(store, "clara"), run.number, case, day="2026-11-21", without=[3])
    staged(store, "7,00", "ohne", iban=SECOND_IBAN)
    post_staged(act(store, "clara"))
    other = store.value("SELECT max(item) FROM suspense_case")
    with pytest.raises(NotACreditError):
        credit_run(act(store, "dirk"), run.number, other, day="2026-11-21")


NAMING = {
    "the message": {"text": "KASSE-00000000-L000001"},
    "a batch": {"payment_information_id": "KASSE-00000000-L000001-2"},
    "a collection": {"details": [{"amount": "7,00", "end_to_end_id": "KASSE-L1-2"}]},
    "a collection in the text": {"text": "EREF+KASSE-L1-2 SVWZ+4712"},
}


@pytest.mark.parametrize("posted", [True, False])
@pytest.mark.parametrize("case", NAMING)
def test_what_an_unclear_credit_names_is_not_given_up(store, case, posted):
    town(store)
    (run,) = exported(store)
    staged(store, "7,00", **NAMING[case])
    if posted:
        post_staged(act(store, "clara"))
    error = VoidCreditError if posted else VoidStagedCreditError
    with pytest.raises(error) as caught:
        void(act(store, "dirk"), run.number, "nie gesendet", today=MONDAY, cancelled=True)
    assert caught.value.fields["credit_cents"] == 700
    assert states(store) == ["exported"] * 2


def test_a_credit_that_names_another_run_stops_nothing(store):
    town(store)
    (run,) = exported(store)
    staged(store, "7,00", "KASSE-00000000-L000009 KASSE-L1-22")
    post_staged(act(store, "clara"))
    assert not void(act(store, "dirk"), run.number, "nie gesendet", today=MONDAY).done


def undo(store, case):
    return decide(store, [Undo(case, reason="x")], day="2026-11-21")
