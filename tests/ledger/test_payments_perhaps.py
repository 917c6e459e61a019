"""What was given up or refused and is debited all the same: it is not paid again, and counts as paid by two people."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.payments.export_store import ExportHinderedError, exportable
from ledger.payments.propose_store import propose
from ledger.payments.runs import ItemsChangedError
from ledger.payments.runs_reader import payments
from ledger.payments.steps_store import release, review
from ledger.payments.void_store import void
from tests.bankbooks import staged
from tests.books import act
from tests.ledger.test_payments_answers import GROUP, MONDAY, REASON, answer, sent, tx  # noqa: F401 - a fixture


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
