"""Whole batches of collections: come back in one sum, credited with what was refused and debited again."""

import pytest

from ledger.bank.again_store import Again, look_again
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense_decisions import Forward
from ledger.bank.suspense_desk_store import decide
from ledger.book.store import office_codes
from ledger.book.verify_store import verify
from ledger.payments.collection_outcomes_store import undo as refuse
from ledger.payments.mandate_reader import mandate_numbered
from sepa.money import plain
from tests.bankbooks import check_invariants, open_cents, reason, staged
from tests.books import SECOND_IBAN, act
from tests.ledger.collection_texts import balance, claims, credited, exported, ready, returned, states
from tests.ledger.mandate_texts import mandate
from tests.ledger.order_lists import IBAN

THREE = """
    BAU 100,00 2026-10-01 Meyer A
    BAU 100,00 2026-10-02 Schulz B
    ORDNUNG 40,00 2026-10-03 Schulz C
"""
FRST, RCUR = 1, 2


def three(store):
    """A run of two batches: one first collection (100.00), two that follow (100.00 and 40.00)."""
    ready(store)
    keys = claims(store, THREE)
    mandate(store, "Meyer - 2026-01-01 reference=M-1")
    mandate(store, "Schulz - 2026-03-01 reference=M-2 last_used=2026-08-15")
    (run,) = exported(store)
    return run, keys


def back(store, run, amount, *, batch=None, day="2026-11-24", **more):
    name = {"payment_information_id": f"{run.message_id}-{batch}"} if batch else {"message_id": run.message_id}
    entry = staged(store, amount, gvc="109", day=day, **name, **more)
    post_staged(act(store, "clara"))
    return entry


@pytest.mark.parametrize("together", [False, True])
def test_a_whole_batch_that_came_back_is_open_again(store, together):
    run, keys = three(store)
    if together:
        staged(store, plain(run.total_cents), gvc="192", day="2026-11-24", message_id=run.message_id)
    else:
        credited(store, run)
    back(store, run, "-140,00", batch=RCUR, return_reason="AC04")
    assert states(store) == ["collected", "returned", "returned"]
    assert [open_cents(store, number, office) for office, number in keys] == [0, 10000, 4000]
    assert [mandate_numbered(store, one).state for one in (1, 2)] == ["active", "suspended"]
    check_invariants(store)
    assert verify(store).findings == ()
    assert reason(store, back(store, run, "-140,00", batch=RCUR)) == "return", "nothing comes back twice"


def test_a_whole_run_that_came_back_is_open_again(store):
    run, keys = three(store)
    credited(store, run)
    back(store, run, "-240,00")
    assert states(store) == ["returned"] * 3
    assert [open_cents(store, number, office) for office, number in keys] == [10000, 10000, 4000]
    check_invariants(store)


def test_the_rest_of_a_batch_comes_back_after_one_of_it(store):
    run, _ = three(store)
    credited(store, run)
    returned(store, run, 3)
    back(store, run, "-100,00", batch=RCUR)
    assert states(store) == ["collected", "returned", "returned"]
    check_invariants(store)


DOUBTFUL = {
    "a part of the batch": ("-100,00", {}),
    "with a fee": ("-143,00", {}),
    "another account": ("-140,00", {"iban": SECOND_IBAN}),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_what_ids_and_sums_do_not_prove_is_left_to_a_person(store, case):
    amount, more = DOUBTFUL[case]
    run, _ = three(store)
    credited(store, run)
    assert reason(store, back(store, run, amount, batch=RCUR, **more)) == "return"
    assert states(store) == ["collected"] * 3
    check_invariants(store)


def test_what_was_refused_and_not_credited_does_not_make_another_come_back(store):
    """Two of 100.00: the second is refused, all is credited, 100.00 debited again. The first stays collected."""
    ready(store)
    claims(store, "BAU 100,00 2026-10-01 Meyer A\nBAU 100,00 2026-10-02 Schulz B")
    mandate(store, "Meyer - 2026-01-01 reference=M-1 last_used=2026-08-15")
    mandate(store, "Schulz - 2026-03-01 reference=M-2 last_used=2026-08-15")
    (run,) = exported(store)
    with store.unit(office_codes(store)):
        refuse(store, (run.office, run.number), {2: ("rejected", "AC04")}, ("2026-11-16", "rejected"))
    staged(store, "200,00", gvc="192", day="2026-11-20", message_id=run.message_id)
    back(store, run, "-100,00", day="2026-11-20")
    assert "returned" not in states(store)
    check_invariants(store)
    assert balance(store, "transit_in") in {0, 10000}


REFUSED = {  # collections refused, the debits that take them back: (amount, its own id or the batch)
    "each by its own id": ({2, 3}, [("-100,00", 2), ("-40,00", 3)]),
    "in one sum by the batch": ({2, 3}, [("-140,00", None)]),
    "one of a batch by its id": ({3}, [("-40,00", 3)]),
    "one of a batch by the batch": ({3}, [("-40,00", None)]),
}


def refused(store, run, lines):
    with store.unit(office_codes(store)):
        outcomes = dict.fromkeys(lines, ("rejected", "AC04"))
        refuse(store, (run.office, run.number), outcomes, ("2026-11-16", "rejected"))


def gross(store, run, debits, *, first=False, batch=RCUR, amount="140,00"):
    """The bank credits a batch with what it had refused and debits that; `first`: the debits come before."""
    name = {"payment_information_id": f"{run.message_id}-{batch}", "message_id": run.message_id}
    days = ("2026-11-23", "2026-11-20") if first else ("2026-11-20", "2026-11-23")
    staged(store, amount, gvc="192", day=days[0], **name)
    for debit, line in debits:
        staged(store, debit, gvc="109", day=days[1], **({"end_to_end_id": f"KASSE-L1-{line}"} if line else name))
    post_staged(act(store, "clara"))


def unclear(store):
    return int(store.value("SELECT coalesce(sum(open_cents), 0) FROM item WHERE kind IN ('suspense', 'advance')"))


@pytest.mark.parametrize(("case", "first"), [*((case, False) for case in REFUSED), ("each by its own id", True)])
def test_a_batch_credited_gross_and_debited_again_is_taken_by_itself(store, case, first):
    lines, debits = REFUSED[case]
    run, _ = three(store)
    refused(store, run, lines)
    credited(store, run, 10000, batch=FRST)
    gross(store, run, debits, first=first)
    assert unclear(store) > 0
    look_again(store, day="2026-11-24")
    expected = ["rejected" if line in lines else "collected" for line in (1, 2, 3)]
    assert (unclear(store), balance(store, "transit_in"), states(store)) == (0, 0, expected)
    assert look_again(store, day="2026-11-24") == Again(), "the second run finds nothing"
    check_invariants(store)
    assert verify(store).findings == ()


UNPROVEN = {
    "not all of it is back": {"debits": [("-40,00", 3)]},
    "with a fee": {"debits": [("-143,00", None)]},
    "a cent less": {"debits": [("-140,00", None)], "amount": "139,99"},
    "two sums that fit": {"debits": [("-140,00", None), ("-140,00", None)]},
    "both ways": {"debits": [("-140,00", None), ("-100,00", 2), ("-40,00", 3)]},
}


@pytest.mark.parametrize("case", UNPROVEN)
def test_a_gross_credit_that_is_not_proven_stays_unclear(store, case):
    run, _ = three(store)
    refused(store, run, {2, 3})
    gross(store, run, **UNPROVEN[case])
    before = unclear(store)
    assert look_again(store, day="2026-11-24") == Again()
    assert unclear(store) == before
    check_invariants(store)


def test_what_a_person_has_in_hand_is_left_to_them(store):
    run, _ = three(store)
    refused(store, run, {2, 3})
    gross(store, run, [("-140,00", None)])
    store.execute("UPDATE suspense_case SET owner = :owner", owner=store.user)
    assert look_again(store, day="2026-11-24") == Again()


def test_what_an_order_pays_out_is_left_to_it(store):
    run, _ = three(store)
    refused(store, run, {2, 3})
    gross(store, run, [("-140,00", None)])
    case = store.value("SELECT id FROM item WHERE kind = 'suspense'")
    decide(act(store, "clara"), [Forward(case, "fremd", payee="Dritte GmbH", iban=IBAN)], day="2026-11-24")
    assert look_again(store, day="2026-11-24") == Again()
