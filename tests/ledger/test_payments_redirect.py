"""Another account for a payable: known as the payee's own, asked for by one, confirmed by another, then used."""

import datetime as dt

import pytest

from ledger.items.locks_store import lift_items
from ledger.payments.attachment_store import NewAttachment
from ledger.payments.export_store import note_export
from ledger.payments.propose_store import propose
from ledger.payments.redirect import (
    NothingAskedError,
    NotPayableError,
    OtherAccountError,
    RedirectReasonError,
    RedirectReservedError,
    RedirectWaitsError,
    SameAccountError,
)
from ledger.payments.redirect_store import redirect, refuse
from ledger.payments.runs import ItemsChangedError
from ledger.payments.runs_reader import payments
from ledger.payments.steps_store import discard, release, review
from ledger.payments.void_store import void
from ledger.payments.vop import VopNotPayeeError
from ledger.payments.vop_store import correct
from ledger.people.users import NotAllowedError
from sepa.identifiers import make_iban
from tests.books import act, told
from tests.ledger.payables import IBANS, attached, party, payables
from tests.ledger.test_payments_answers import GROUP, answer, names, sent  # noqa: F401 - a fixture
from tests.sepa.test_pain002 import counts, tx

MONDAY = dt.date(2026, 11, 16)
RIGHT = make_iban("DE", "120300000000000123")


def known(store, name, iban=RIGHT):
    with store.unit(["KASSE"]):
        number = party(store, name)
        store.insert_one("party_account", party=number, iban=iban, kind="own", source="letter", since="2026-11-01")
        told(store, number)


@pytest.fixture
def kasse(store):
    payables(store, "BAU 100,00 2026-11-10 Meyer | Rechnung")
    known(store, "Meyer")
    return act(store, "clara")


def released(store, cents):
    run = propose(act(store, "dirk"), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=cents, today=MONDAY)
    act(store, "dirk")


def accounts(store):
    found = propose(act(store, "dirk"), today=MONDAY)
    if found.run is None:
        return [one.why for one in found.skipped]
    return [one.creditor_iban for one in payments(store, found.run)]


def test_an_item_is_paid_to_another_account_once_two_agree(kasse):
    asked = redirect(kasse, "BAU", 1, iban=RIGHT, reason="Rückruf")
    assert (asked.before, asked.confirmed_by, asked.new) == (IBANS["Meyer"], None, True)
    assert not redirect(kasse, "BAU", 1, iban=RIGHT).new
    assert accounts(kasse) == ["locked"]
    with pytest.raises(NotAllowedError):
        redirect(act(kasse, "dirk"), "BAU", 1, iban=RIGHT)
    assert redirect(act(kasse, "emil"), "BAU", 1, iban=RIGHT).confirmed_by == "emil"
    assert accounts(kasse) == [RIGHT]


@pytest.mark.parametrize(
    ("item", "iban", "reason", "error"),
    [
        (1, make_iban("DE", "120300000000000124"), "x", OtherAccountError),
        (1, IBANS["Meyer"], "x", SameAccountError),
        (1, RIGHT, " ", RedirectReasonError),
        (9, RIGHT, "x", NotPayableError),
    ],
    ids=["not the payee's", "the same", "no reason", "no item"],
)
def test_another_account_is_refused(kasse, item, iban, reason, error):
    with pytest.raises(error):
        redirect(kasse, "BAU", item, iban=iban, reason=reason)
    assert kasse.value("SELECT count(*) FROM payee_account") == 0


def test_an_account_that_was_asked_for_is_given_up(kasse):
    redirect(kasse, "BAU", 1, iban=RIGHT, reason="Brief")
    with pytest.raises(RedirectWaitsError):
        redirect(kasse, "BAU", 1, iban=IBANS["Meyer"], reason="doch nicht")
    with pytest.raises(RedirectReasonError):
        refuse(kasse, "BAU", 1, reason=" ")
    with pytest.raises(NotAllowedError):
        refuse(act(kasse, "anna"), "BAU", 1, reason="x")
    assert refuse(act(kasse, "emil"), "BAU", 1, reason="gefälscht").refused_by == "emil"
    with pytest.raises(NothingAskedError):
        refuse(kasse, "BAU", 1, reason="gefälscht")
    assert accounts(kasse) == [IBANS["Meyer"]]


def test_what_was_given_up_is_not_confirmed_but_asked_for_anew(kasse):
    redirect(kasse, "BAU", 1, iban=RIGHT, reason="Brief")
    refuse(kasse, "BAU", 1, reason="unklar")
    again = redirect(act(kasse, "dirk"), "BAU", 1, iban=RIGHT, reason="Rückruf")
    assert (again.new, again.confirmed_by, again.number) == (True, None, 2)


@pytest.mark.parametrize("confirmed", [False, True], ids=["asked", "confirmed"])
def test_a_run_is_not_released_to_an_account_that_is_replaced(kasse, confirmed):
    redirect(kasse, "BAU", 1, iban=RIGHT, reason="Rückruf")
    lift_items(kasse, [("BAU", 1)], "payment", "Versehen", "2026-11-16")
    run = propose(act(kasse, "dirk"), today=MONDAY).run
    if confirmed:
        redirect(act(kasse, "emil"), "BAU", 1, iban=RIGHT)
    seen = review(act(kasse, "dirk"), run.number, today=MONDAY)
    assert "redirect.since" in [one.code for one in seen.findings]
    with pytest.raises(ItemsChangedError) as stopped:
        release(act(kasse, "emil"), run.number, sum_cents=10000, today=MONDAY)
    assert [one.code for one in stopped.value.findings] == ["redirect.since"]
    if not confirmed:
        refuse(act(kasse, "clara"), "BAU", 1, reason="Irrtum")
        assert release(act(kasse, "emil"), run.number, sum_cents=10000, today=MONDAY).entries


def test_an_item_in_a_run_keeps_its_account(kasse):
    run = propose(act(kasse, "dirk"), today=MONDAY).run
    with pytest.raises(RedirectReservedError):
        redirect(act(kasse, "clara"), "BAU", 1, iban=RIGHT, reason="x")
    discard(act(kasse, "dirk"), run.number)
    assert redirect(kasse, "BAU", 1, iban=RIGHT, reason="x").new


def test_a_wrong_account_found_by_the_check_of_names_goes_out_again_to_the_right_one(sent):  # noqa: F811
    names(sent)
    with pytest.raises(OtherAccountError):
        correct(sent, 1, 3, reason="Rückruf", iban=RIGHT)
    known(sent, "Çelik")
    done = correct(sent, 1, 3, reason="Rückruf", iban=RIGHT)
    assert (done.case.state, done.corrected) == ("corrected", 1)
    void(sent, 1, reason="storniert", cancelled=True)
    assert void(act(sent, "emil"), 1, reason="", cancelled=True).done
    assert "locked" in {one.why for one in propose(act(sent, "dirk"), today=MONDAY, trial=True).skipped}
    redirect(act(sent, "emil"), "KASSE", 3, iban=RIGHT)
    assert accounts(sent) == [IBANS["Meyer"], IBANS["Schulz"], RIGHT]


def test_what_goes_to_others_than_the_payee_is_not_corrected_at_the_payee(store):
    payables(store, "KASSE 4,00 2026-11-10 Schulz | b")
    served = NewAttachment("garnishment", "Inkasso", dt.date(2026, 11, 2), "M", RIGHT, document="Akte 1")
    attached(store, "KASSE/1", served)
    released(store, 400)
    note_export(act(store, "dirk"), 1, "00" * 32)
    answer(store, tx("KASSE-R1-1", "RVNM"), file=GROUP.format("RVCM") + counts("RVNM 1"), number=1, total="4.00")
    with pytest.raises(VopNotPayeeError):
        correct(store, 1, 1, reason="x", name="Inkasso Nord GmbH")
    assert store.value("SELECT count(*) FROM party WHERE legal_name IS NOT NULL") == 0
