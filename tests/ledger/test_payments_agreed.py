"""Bank entries that a person says are our payments: where they do not look like it, another person must say it too."""

import pytest

from ledger.bank.booked_desk import CameBackSinceError, NotBookedError, UndoReasonError
from ledger.bank.booked_desk_store import book_run
from ledger.bank.posting_store import post_staged
from ledger.bank.returned_desk_store import take_return
from ledger.bank.suspense_decisions import Forward
from ledger.bank.suspense_desk_store import decide
from ledger.bank.unbooked_desk_store import unbook_run
from ledger.book.verify_store import verify
from ledger.items.locks_store import lift_items
from ledger.payments.propose_store import propose
from ledger.payments.steps_store import review
from ledger.payments.void_store import void
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.bankbooks import staged
from tests.books import act
from tests.ledger.payables import IBANS
from tests.ledger.test_payments_answers import GROUP, MONDAY, REASON, answer, sent, states, tx  # noqa: F401
from tests.ledger.test_payments_desk import case_of, paid, transit
from tests.ledger.test_payments_perhaps import last_case

DAY = "2026-11-18"
STRANGER = IBANS["Meyer"].replace("1", "2")
DEBITS = {
    "a direct debit": ({"gvc": "105"}, True),
    "a card": ({"gvc": "106"}, True),
    "a stranger's name": ({"gvc": "116", "name": "Telefon AG"}, True),
    "a stranger's account": ({"gvc": "116", "counter_iban": STRANGER}, True),
    "a payee's account": ({"gvc": "116", "counter_iban": IBANS["Meyer"]}, False),
    "a payee's name": ({"gvc": "116", "name": "Schulz"}, False),
    "our own name": ({"gvc": "191", "name": "MUSTERSTADT"}, False),
    "a collective order": ({"gvc": "191", "name": "SAMMLER 17.11."}, False),
    "nothing said": ({}, False),
}


@pytest.mark.parametrize("case", DEBITS)
def test_a_debit_that_does_not_look_like_ours_takes_two_people(sent, case):  # noqa: F811
    said, strange = DEBITS[case]
    number = case_of(sent, "-7", **said)
    done = book_run(sent, 1, number, day=DAY)
    assert (done.done, states(sent)[0]) == ((False, "exported") if strange else (True, "executed"))
    if strange:
        assert (done.asked_by, book_run(sent, 1, number, day=DAY).new) == ("dirk", False)
        with pytest.raises(NotAllowedError):
            book_run(act(sent, "import"), 1, number, day=DAY)
        assert book_run(act(sent, "frida"), 1, number, day=DAY).asked_by == "dirk"
    assert states(sent) == ["executed"] * 3
    assert verify(sent).findings == ()


def test_a_mistaken_debit_is_taken_back_by_two_people(sent):  # noqa: F811
    paid(sent)
    case = last_case(sent)
    with pytest.raises(UndoReasonError):
        unbook_run(sent, 1, case, day=DAY, reason=" ")
    assert not unbook_run(sent, 1, case, day=DAY, reason="Telefon").done
    assert (unbook_run(sent, 1, case, day=DAY, reason="Telefon").new, states(sent)) == (False, ["executed"] * 3)
    done = unbook_run(act(sent, "emil"), 1, case, day=DAY, reason="")
    assert (done.done, done.asked_by, done.payments, states(sent)) == (True, "dirk", 3, ["exported"] * 3)
    assert (transit(sent), sent.value("SELECT state FROM payment_run")) == (-700, "exported")
    assert sent.value("SELECT open_cents FROM item WHERE kind = 'advance'") == 700
    assert verify(sent).findings == ()
    with pytest.raises(NotBookedError):
        unbook_run(act(sent, "dirk"), 1, case, day=DAY, reason="x")
    staged(act(sent, "import"), "-7", message_id="KASSE-00000000-R000001", gvc="191", day=DAY)
    post_staged(sent)
    assert states(sent) == ["executed"] * 3
    assert verify(sent).findings == ()


def test_a_debit_is_taken_back_and_taken_again_each_by_two_people(sent):  # noqa: F811
    case = case_of(sent, "-7", gvc="105")
    for _ in range(2):
        assert not book_run(act(sent, "dirk"), 1, case, day=DAY).done, "an old request is used up"
        assert book_run(act(sent, "emil"), 1, case, day=DAY).done
        assert not unbook_run(act(sent, "dirk"), 1, case, day=DAY, reason="x").done
        assert unbook_run(act(sent, "emil"), 1, case, day=DAY, reason="x").done
    assert verify(sent).findings == ()


@pytest.mark.parametrize("file", ["given up", "refused"])
def test_a_run_whose_debit_was_a_mistake_ends_otherwise(sent, file):  # noqa: F811
    """It was executed once, says the event log; that this was taken back, too."""
    case = case_of(sent, "-7", gvc="191")
    assert book_run(act(sent, "dirk"), 1, case, day=DAY).done
    unbook_run(sent, 1, case, day=DAY, reason="Telefon")
    assert unbook_run(act(sent, "emil"), 1, case, day=DAY, reason="Telefon").done
    decide(act(sent, "clara"), [Forward(case, "Telefon", to_office="KASSE", account="6100")], day=DAY)
    if file == "refused":
        answer(act(sent, "dirk"), file=GROUP.format("RJCT"))
    for user in ("dirk", "emil") if file == "given up" else ():
        void(act(sent, user), 1, reason="nie angekommen")
    assert sent.value("SELECT state FROM payment_run") == {"given up": "voided", "refused": "rejected"}[file]
    assert verify(sent).findings == ()


def test_what_came_back_was_ours(sent):  # noqa: F811
    paid(sent)
    case = last_case(sent)
    take_return(sent, [(1, 2)], case_of(sent, "2", gvc="159"), day=DAY)
    with pytest.raises(CameBackSinceError):
        unbook_run(sent, 1, case, day=DAY, reason="x")


CREDITS = {
    "a stranger": ({"name": "Fremder Mann", "counter_iban": STRANGER, "gvc": "166"}, True),
    "nothing said": ({"gvc": "166"}, True),
    "a return of somebody else": ({"name": "Fremder Mann", "gvc": "159"}, True),
    "the payee's name": ({"name": "Schulz", "gvc": "166"}, False),
    "the payee's account": ({"counter_iban": IBANS["Schulz"], "gvc": "166"}, False),
    "a return": ({"gvc": "159"}, False),
    "a reason": ({"return_reason": "AC04"}, False),
}


@pytest.mark.parametrize("case", CREDITS)
def test_a_credit_that_may_be_somebody_elses_takes_two_people(sent, case):  # noqa: F811
    said, strange = CREDITS[case]
    number = case_of(paid(sent), "2", **said)
    done = take_return(sent, [(1, 2)], number, day=DAY)
    assert (done.done, states(sent)[1]) == ((False, "executed") if strange else (True, "returned"))
    if strange:
        assert not take_return(sent, [(1, 2)], number, day=DAY).new
        assert take_return(act(sent, "emil"), [(1, 2)], number, day=DAY).asked_by == "dirk"
    assert states(sent) == ["executed", "returned", "executed"]
    assert verify(sent).findings == ()


def test_who_named_a_return_does_not_free_the_item(sent):  # noqa: F811
    take_return(paid(sent), [(1, 2)], case_of(sent, "2", gvc="159"), day=DAY)
    with pytest.raises(OwnWorkError):
        lift_items(sent, [("KASSE", 2)], "payment", "ok", "2026-11-16")
    assert lift_items(act(sent, "clara"), [("KASSE", 2)], "payment", "Konto geprüft", DAY).new


def warned(store, code):
    """What a reviewer of the next run is told with that code."""
    run = propose(act(store, "dirk"), today=MONDAY).run
    seen = review(act(store, "frida"), run.number, today=MONDAY)
    return [one for one in seen.findings if one.code == code]


def test_the_reviewer_hears_who_named_a_return_and_of_which_case(sent):  # noqa: F811
    number = case_of(paid(sent), "2", gvc="166", name="Fremder Mann")
    take_return(sent, [(1, 2)], number, day=DAY)
    take_return(act(sent, "emil"), [(1, 2)], number, day=DAY)
    for one in ("dirk", "emil"):
        with pytest.raises(OwnWorkError):
            lift_items(act(sent, one), [("KASSE", 2)], "payment", "ok", "2026-11-16")
    lift_items(act(sent, "clara"), [("KASSE", 2)], "payment", "ok", "2026-11-16")
    (said,) = warned(sent, "payment.returned_by_hand")
    assert {name: said.fields[name] for name in ("before", "user", "case", "item")} == {
        "before": "1-2", "user": "emil", "case": number, "item": 2,
    }  # fmt: skip


def test_the_reviewer_hears_why_a_payment_came_back_or_was_refused(sent):  # noqa: F811
    answer(sent, tx("KASSE-R1-3", "RJCT", REASON.format("AC04", "zu")), file=GROUP.format("PART"))
    staged(act(sent, "import"), "-3", message_id="KASSE-00000000-R000001", gvc="191", day=DAY)
    staged(sent, "2", end_to_end_id="KASSE-R1-2", return_reason="AC01", gvc="159", day=DAY)
    post_staged(sent)
    assert states(sent) == ["executed", "returned", "rejected"]
    for item in (2, 3):
        lift_items(act(sent, "clara"), [("KASSE", item)], "payment", "ok", "2026-11-16")
    run = propose(act(sent, "dirk"), today=MONDAY).run
    said = {one.code: one.fields for one in review(act(sent, "frida"), run.number, today=MONDAY).findings}
    assert said["payment.returned_before"]["why"] == "AC01"
    assert said["payment.refused_before"]["why"].startswith("AC04 ")
    assert (said["payment.refused_before"]["before"], said["payment.refused_before"]["iban"]) == ("1-3", IBANS["Çelik"])


def test_the_reviewer_hears_that_a_file_was_refused(sent):  # noqa: F811
    answer(sent, file=GROUP.format("RJCT") + REASON.format("FF01", "x"))
    assert [one.fields["why"] for one in warned(sent, "payment.refused_before")] == ["FF01"] * 3
