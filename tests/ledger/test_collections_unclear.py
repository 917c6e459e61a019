"""What the bank says too little of: returns without our id, a credit that is short of what it refused."""

import pytest

from ledger.bank.collected_desk import CreditSumError, NotACreditError, NotUnderWayError
from ledger.bank.collected_desk_store import credit_run
from ledger.bank.collection_back import BackSumError, NotADebitError, NotOutError
from ledger.bank.collection_back_store import meant_return, take_collection_return
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import ClearedCaseError
from ledger.bank.suspense_decisions import Undo
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_undo import CollectedCaseError, CollectionCameBackError
from ledger.book.store import office_codes
from ledger.book.verify_store import verify
from ledger.payments.collection_outcomes_store import undo as refuse
from ledger.payments.collection_reader import collections, run_named
from ledger.payments.collection_void_store import void
from ledger.payments.collection_voiding import VoidCreditError, VoidStagedCreditError
from ledger.payments.mandate_reader import mandate_numbered
from ledger.payments.steps import UnknownLineError
from ledger.people.users import NotAllowedError, add_user
from sepa.money import plain
from tests.bankbooks import check_invariants, reason, staged
from tests.books import SECOND_IBAN, act
from tests.ledger.collection_texts import MONDAY, balance, claim, claims, credited, exported, ready, returned, states
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


BACK = [  # what the desk is told: fee, profile's bearer of it, the cents of the claim for it
    (3001, "item", [3001]),
    (3001, "cost", []),
    (0, "item", []),
]


@pytest.mark.parametrize(("fee", "bearer", "claimed"), BACK)
def test_a_return_that_no_rung_takes_is_taken_by_a_person(store, fee, bearer, claimed):
    ready(store, **{"fee.private": bearer})
    claim(store, "ORDNUNG 100,00 2026-10-01 Meyer 4711", profile="private", claim_kind="rent")
    mandate(store, "Meyer - 2026-01-01")
    (run,) = exported(store)
    credited(store, run)
    store.execute("UPDATE item SET dunning_level = 2 WHERE office = 'ORDNUNG' AND id = 1")
    staged(store, plain(-10000 - fee), name="Meyer", gvc="109", day="2026-11-24")
    post_staged(act(store, "clara"))
    case = store.value("SELECT id FROM item WHERE kind = 'advance' AND open_cents > 0")
    with pytest.raises(BackSumError):
        take_collection_return(act(store, "dirk"), 1, 1, case, day="2026-11-24", fee_cents=fee + 1)
    done = take_collection_return(store, 1, 1, case, day="2026-11-24", reason="ac04", fee_cents=fee)
    assert (done.cents, done.fee_cents, done.items) == (10000, fee, ("ORDNUNG/1",))
    assert states(store) == ["returned"]
    assert store.one("SELECT open_cents, due, dunning_level FROM item WHERE office = 'ORDNUNG' AND id = 1") == (
        10000, "2026-10-01", 2,
    )  # fmt: skip
    sql = "SELECT open_cents FROM item WHERE claim_kind = 'ruecklastschrift' AND main_item = 1"
    assert [cents for (cents,) in store.rows(sql)] == claimed
    assert balance(store, "bank_fees") == (fee if fee and not claimed else 0)
    assert mandate_numbered(store, 1).state == "suspended"
    check_invariants(store)
    assert verify(store).findings == ()
    with pytest.raises(ClearedCaseError):
        take_collection_return(store, 1, 1, case, day="2026-11-24", fee_cents=fee)
    with pytest.raises(CollectionCameBackError):  # it is no payment, and nothing is locked against payment
        decide(act(store, "clara"), [Undo(case, "falsch")], day="2026-11-24")


def test_only_a_debit_on_the_collecting_account_comes_back_and_only_once(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    dear = returned(store, run, 1, "AM04", 3001)
    assert meant_return(store, "KASSE", dear, "advance").name == "1-1"
    returned(store, run, 1)
    staged(store, "-100,00", name="Meyer", gvc="109", day="2026-11-24")
    staged(store, "100,00", name="Meyer", gvc="166", day="2026-11-24")
    post_staged(act(store, "clara"))
    debit = store.value("SELECT max(id) FROM item WHERE kind = 'advance' AND open_cents > 0")
    credit = store.value("SELECT max(id) FROM item WHERE kind IN ('suspense', 'credit') AND open_cents > 0")
    with pytest.raises(NotOutError):
        take_collection_return(act(store, "dirk"), 1, 1, debit, day="2026-11-24")
    if credit is not None:
        with pytest.raises(NotADebitError):
            take_collection_return(store, 1, 2, credit, day="2026-11-24")
    with pytest.raises(UnknownLineError):
        take_collection_return(store, 1, 9, debit, day="2026-11-24")
    with pytest.raises(NotAllowedError):
        take_collection_return(act(store, "anna"), 1, 2, debit, day="2026-11-24")


def test_a_run_credited_gross_whose_refused_one_is_debited_back(store):
    town(store)
    (run,) = exported(store)
    with store.unit(office_codes(store)):
        refuse(store, (run.office, run.number), {2: ("rejected", "AC04")}, ("2026-11-16", "rejected"))
    staged(store, "350,50", payment_information_id=run.message_id, gvc="192", day="2026-11-20")
    staged(store, "-250,50", end_to_end_id="KASSE-L1-2", gvc="109", day="2026-11-20")
    post_staged(act(store, "clara"))
    cases = dict(store.rows("SELECT kind, id FROM item WHERE kind IN ('suspense', 'advance') AND open_cents > 0"))
    with pytest.raises(CreditSumError):
        credit_run(act(store, "dirk"), 1, cases["suspense"], day="2026-11-20")
    done = credit_run(store, 1, cases["suspense"], day="2026-11-20", less=cases["advance"])
    assert (done.cents, states(store)) == (10000, ["collected", "rejected"])
    assert balance(store, "transit_in") == 0
    assert store.value("SELECT sum(open_cents) FROM item WHERE kind IN ('suspense', 'advance')") == 0
    check_invariants(store)
    assert verify(store).findings == ()


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


def test_who_makes_collections_need_not_be_a_clerk(store):
    run, case = short(store, 35050)
    with store.unit(["KASSE"]):
        add_user(store, "pia", [("*", "payments")])
    act(store, "pia")
    assert credit_run(store, run.number, case, day="2026-11-21", without=[3], reason="AC04").refused == (3,)
    staged(act(store, "clara"), "-120,01", "Rückgabe", gvc="109", day="2026-11-24")
    post_staged(store)
    case = store.value("SELECT id FROM item WHERE kind = 'advance' AND open_cents > 0")
    assert take_collection_return(act(store, "pia"), 1, 1, case, day="2026-11-24", fee_cents=2001).cents == 10000


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
