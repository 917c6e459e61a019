"""What was given up or refused and is debited all the same: it is not paid again, and counts as paid by two people."""

import pytest

from ledger.bank.booked_desk_store import book_run
from ledger.bank.candidates_store import candidates_of
from ledger.bank.posting_store import post_staged
from ledger.bank.returned_desk_store import take_return
from ledger.bank.suspense_decisions import Assign, Wish
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_store import find_case
from ledger.book.verify_store import verify
from ledger.payments.after_all_store import PaidTwiceError
from ledger.payments.export_store import ExportHinderedError, exportable
from ledger.payments.life_reader import life
from ledger.payments.propose_store import propose
from ledger.payments.runs import ItemsChangedError
from ledger.payments.runs_reader import payments
from ledger.payments.steps_store import discard, release, review
from ledger.payments.void_store import void
from ledger.people.users import NotAllowedError
from tests.bankbooks import staged
from tests.books import act
from tests.ledger.test_payments_answers import GROUP, MONDAY, REASON, answer, sent, states, tx  # noqa: F401 - a fixture


def voided(store):
    void(act(store, "dirk"), 1, reason="lost", cancelled=True)
    assert void(act(store, "emil"), 1, reason="lost", cancelled=True).done


def refused(store):
    answer(act(store, "dirk"), file=GROUP.format("RJCT") + REASON.format("FF01", "x"))


GIVEN_UP = {"given up": voided, "refused": refused}
NAMING = {
    "the batch": ({"payment_information_id": "KASSE-00000000-R000001-1"}, {1, 2, 3}),
    "the message": ({"message_id": "KASSE-00000000-R000001"}, {1, 2, 3}),
    "a payment": ({"end_to_end_id": "KASSE-R1-2"}, {2}),
    "the text": ({"text": "SAMMLER KASSE-R1-3"}, {3}),
    "a detail": ({"details": [{"amount": "-7,00", "end_to_end_id": "KASSE-R1-1"}]}, {1}),
}


def debited(store, amount="-7,00", *, posted=True, **more):
    staged(store, amount, more.pop("text", ""), gvc="191", day="2026-11-17", **more)
    if posted:
        post_staged(act(store, "import"))
    act(store, "dirk")


def left_out(proposal):
    return {one.item for one in proposal.skipped if one.why == "perhaps-paid"}


@pytest.mark.parametrize("posted", [True, False])
@pytest.mark.parametrize("naming", NAMING)
@pytest.mark.parametrize("how", GIVEN_UP)
def test_what_a_debit_names_is_not_proposed_again(sent, how, naming, posted):  # noqa: F811
    GIVEN_UP[how](sent)
    given, items = NAMING[naming]
    debited(sent, posted=posted, **given)
    found = propose(act(sent, "dirk"), today=MONDAY, trial=True)
    assert left_out(found) == items
    code = "payment.paid_perhaps" if posted else "payment.paid_perhaps_staged"
    said = [one for one in found.findings if one.code == code]
    assert {(one.fields["item"], one.fields["before"], one.fields["debit_cents"]) for one in said} == {
        (item, f"1-{item}", 700) for item in items
    }


OTHER = {
    "another run": {"message_id": "KASSE-00000000-R000009"},
    "money that came": {"amount": "7,00", "message_id": "KASSE-00000000-R000001"},
    "a longer name": {"end_to_end_id": "KASSE-R1-22"},
}


@pytest.mark.parametrize("case", OTHER)
def test_what_names_something_else_bars_nothing(sent, case):  # noqa: F811
    voided(sent)
    debited(sent, **OTHER[case])
    assert propose(sent, today=MONDAY, trial=True).run.count == 3


def test_a_debit_that_comes_later_stops_review_release_and_export(sent):  # noqa: F811
    voided(sent)
    run = propose(act(sent, "dirk"), today=MONDAY).run
    debited(sent, end_to_end_id="KASSE-R1-2")
    seen = review(act(sent, "frida"), run.number, today=MONDAY)
    assert [one.warnings for one in seen.payments if "perhaps paid" in one.warnings] != []
    with pytest.raises(ItemsChangedError) as stopped:
        release(act(sent, "emil"), run.number, sum_cents=700, today=MONDAY)
    assert [one.code for one in stopped.value.findings] == ["payment.paid_perhaps"]
    assert {one.state for one in payments(sent, run)} == {"proposed"}


def test_a_debit_after_the_release_stops_the_file(sent):  # noqa: F811
    voided(sent)
    run = propose(act(sent, "dirk"), today=MONDAY).run
    review(act(sent, "frida"), run.number, today=MONDAY)
    release(act(sent, "emil"), run.number, sum_cents=700, today=MONDAY)
    debited(sent, message_id="KASSE-00000000-R000001")
    with pytest.raises(ExportHinderedError):
        exportable(sent, run.number)
    void(sent, run.number, reason="run 1 was paid after all")
    assert void(act(sent, "emil"), run.number, reason="").done


def test_a_case_says_that_what_it_names_was_given_up(sent):  # noqa: F811
    voided(sent)
    debited(sent, message_id="KASSE-00000000-R000001")
    debited(sent, "-1,00", end_to_end_id="KASSE-R1-1")
    assert sent.all("SELECT reason FROM suspense_case ORDER BY item") == [("given_up",)] * 2


BATCH = "KASSE-00000000-R000001-1"


def last_case(store):
    return store.value("SELECT max(item) FROM suspense_case")


def open_payables(store):
    return store.value("SELECT sum(open_cents) FROM item WHERE kind = 'payable'")


def transit(store):
    return store.value("SELECT coalesce(sum(cents), 0) FROM posting WHERE account = '2880'")


@pytest.mark.parametrize("how", GIVEN_UP)
def test_what_the_bank_paid_after_all_counts_as_executed_by_two_people(sent, how):  # noqa: F811
    GIVEN_UP[how](sent)
    debited(sent, payment_information_id=BATCH)
    case = last_case(sent)
    first = book_run(act(sent, "dirk"), 1, case, day="2026-11-18")
    assert (first.done, first.new, first.again) == (False, True, (1, 2, 3))
    assert not book_run(sent, 1, case, day="2026-11-18").new, "the same person twice is one person"
    assert open_payables(sent) == 700
    with pytest.raises(NotAllowedError):
        book_run(act(sent, "clara"), 1, case, day="2026-11-18")
    done = book_run(act(sent, "emil"), 1, case, day="2026-11-18")
    assert (done.done, done.asked_by, done.payments, done.cents) == (True, "dirk", 3, 700)
    assert states(sent) == ["executed"] * 3
    assert sent.value("SELECT state FROM payment_run") == "executed"
    assert (open_payables(sent), transit(sent)) == (0, 0)
    assert propose(act(sent, "dirk"), today=MONDAY).run is None
    assert verify(sent).findings == ()


def test_a_single_payment_after_all_leaves_the_others_given_up(sent):  # noqa: F811
    voided(sent)
    debited(sent, "-2,00", end_to_end_id="KASSE-R1-2")
    book_run(act(sent, "dirk"), 1, last_case(sent), day="2026-11-18")
    assert book_run(act(sent, "emil"), 1, last_case(sent), day="2026-11-18").again == (2,)
    assert states(sent) == ["voided", "executed", "voided"]
    assert open_payables(sent) == 500
    assert propose(act(sent, "dirk"), today=MONDAY).run.total_cents == 500
    assert verify(sent).findings == ()


def test_what_the_bank_refused_and_debited_all_the_same_is_taken_with_the_rest(sent):  # noqa: F811
    answer(act(sent, "dirk"), tx("KASSE-R1-2", "RJCT", REASON.format("AC04", "x")), file=GROUP.format("PART"))
    assert states(sent) == ["exported", "rejected", "exported"]
    debited(sent, payment_information_id=BATCH)
    assert sent.value("SELECT reason FROM suspense_case") == "given_up", "it is higher by just what was refused"
    book_run(act(sent, "dirk"), 1, last_case(sent), day="2026-11-18")
    assert book_run(act(sent, "emil"), 1, last_case(sent), day="2026-11-18").payments == 3
    assert states(sent) == ["executed"] * 3
    staged(sent, "2,00", gvc="159", end_to_end_id="KASSE-R1-2", day="2026-11-18")
    post_staged(act(sent, "import"))
    assert states(sent) == ["executed", "returned", "executed"]
    assert verify(sent).findings == ()


def test_what_lies_in_another_run_is_not_taken_as_paid_twice(sent):  # noqa: F811
    voided(sent)
    run = propose(act(sent, "dirk"), today=MONDAY).run
    debited(sent, payment_information_id=BATCH)
    case = last_case(sent)
    book_run(act(sent, "dirk"), 1, case, day="2026-11-18")
    with pytest.raises(PaidTwiceError) as refused_:
        book_run(act(sent, "emil"), 1, case, day="2026-11-18")
    assert {one.fields["other"] for one in refused_.value.findings} == {run.number}
    discard(act(sent, "dirk"), run.number)
    assert book_run(act(sent, "emil"), 1, case, day="2026-11-18").done
    assert verify(sent).findings == ()


def test_an_item_that_was_settled_since_is_not_settled_twice(sent):  # noqa: F811
    voided(sent)
    debited(sent, "-2,00", end_to_end_id="KASSE-R1-2")
    first = last_case(sent)
    debited(sent, "-7,00", payment_information_id=BATCH)
    decide(act(sent, "clara"), [Assign(first, (Wish("KASSE/2"),))], day="2026-11-18")
    book_run(act(sent, "dirk"), 1, last_case(sent), day="2026-11-18")
    with pytest.raises(PaidTwiceError):
        book_run(act(sent, "emil"), 1, last_case(sent), day="2026-11-18")
    assert states(sent) == ["voided"] * 3
    assert verify(sent).findings == ()


def test_the_items_of_what_was_given_up_are_suggested(sent):  # noqa: F811
    voided(sent)
    debited(sent, payment_information_id=BATCH)
    found = candidates_of(sent, find_case(sent, "KASSE", last_case(sent)))
    assert [(one.item, one.rule) for one in found] == [(1, "payment"), (2, "payment"), (3, "payment")]


def test_a_debit_and_the_credit_of_what_was_refused_in_it_are_both_taken(sent):  # noqa: F811
    """The bank books the whole file and gives back what it refused: debit first, then its credit."""
    answer(act(sent, "dirk"), tx("KASSE-R1-2", "RJCT", REASON.format("AC04", "x")), file=GROUP.format("PART"))
    debited(sent, payment_information_id=BATCH)
    debit = last_case(sent)
    debited(sent, "2,00", end_to_end_id="KASSE-R1-2", return_reason="AC04")
    credit = last_case(sent)
    book_run(act(sent, "dirk"), 1, debit, day="2026-11-18")
    book_run(act(sent, "emil"), 1, debit, day="2026-11-18")
    assert take_return(act(sent, "dirk"), [(1, 2)], credit, day="2026-11-18").done
    assert (states(sent), open_payables(sent), transit(sent)) == (["executed", "returned", "executed"], 200, 0)
    stations = [one.what for one in life(sent, 1, 2).stations]
    assert {"debit named by one", "debit named by two", "returned"} <= set(stations)
    assert verify(sent).findings == ()
