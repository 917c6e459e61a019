"""The death or insolvency of a joint debtor who is not the first (§ 425 BGB, §§ 43, 301 (2) InsO)."""

import datetime as dt

import pytest

from enforcement.dunning_store import propose
from enforcement.relief import NothingOwedError, ReliefConflictError
from enforcement.relief_check_reader import check
from enforcement.relief_end_store import end
from enforcement.relief_filing_reader import filing
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose as wish_for
from enforcement.relief_reader import find_relief
from enforcement.relief_rules import JointDischargeError
from ledger.bank.posting_store import post_staged
from ledger.items.joint_debtors_store import join_debtors
from tests.bankbooks import OFFICES, item, party, reference, staged
from tests.books import act
from tests.enforcement.test_dunning_joint import DAY, couple, gone, kasse, letters, sound
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_relief_paid import ERIKA, MAX
from tests.enforcement.test_relief_store import wish

__all__ = ["couple", "kasse"]  # fixtures
OPENED = dt.date(2026, 11, 20)


def claims(store, number=1):
    return {(one.office, one.item): one.cents for one in find_relief(store, number).items if one.part == "claim"}


@pytest.mark.parametrize("kind", ["insolvenz", "tod"])
def test_the_first_and_the_others_are_dunned_he_is_not(kasse, couple, kind):
    erika, max_, jo = couple
    item(kasse, "7,00", reference(kasse, 1), person=erika, profile="fee", due="2026-07-01", main_item=1,
         claim_kind="mahngebuehr")  # fmt: skip
    gone(kasse, kind, max_)
    assert claims(kasse) == {("ORDNUNG", 1): 1000_00, ("ORDNUNG", 3): 7_00}, "not what Erika owes alone"
    propose(kasse, DAY)
    assert [(to, bool(copy)) for _, to, copy, *_ in letters(kasse)] == [(erika, False), (jo, True)]
    assert kasse.value("SELECT count(*) FROM item_lock") == 0
    assert {row[0] for row in kasse.all("SELECT DISTINCT debtor FROM claim_event")} <= {max_}
    assert sound(kasse) == []


def test_what_is_filed_is_the_whole_claim(kasse, couple):
    """§ 43 InsO: against each of several debtors the whole can be filed until it is paid in full."""
    gone(kasse, "insolvenz", couple[1])
    assert filing(kasse, 1, DAY).cents("ordinary") == 1000_00 + 20_00, "171 days of 4.27 percent"


def test_both_may_be_insolvent_and_one_twice_not(kasse, couple):
    erika, max_, _ = couple
    gone(kasse, "insolvenz", max_)
    gone(kasse, "insolvenz", erika)
    with pytest.raises(ReliefConflictError):
        wish_for(kasse, wish("insolvenz", party=max_, first=OPENED))
    assert {("ORDNUNG", 1), ("ORDNUNG", 2)} <= claims(kasse, 2).keys()
    assert sound(kasse) == []


def test_the_plan_of_the_first_stays(kasse, couple):
    wish_for(kasse, wish("aufschub", 1))
    grant(act(kasse, "emil"), 1)
    gone(act(kasse, "clara"), "insolvenz", couple[1])
    assert [find_relief(kasse, number).row.state for number in (1, 2)] == ["granted", "granted"]


def test_his_discharge_ends_nothing_of_the_others(kasse, couple):
    gone(kasse, "insolvenz", couple[1])
    act(kasse, "emil").today = "2029-12-03"
    with pytest.raises(JointDischargeError):
        end(kasse, 1, reason="Restschuldbefreiung", way="discharged")
    assert end(kasse, 1, reason="Restschuldbefreiung", way="discharged", keep=[("ORDNUNG", 1)]).written_off_cents == 0
    assert kasse.value("SELECT open_cents FROM item WHERE id = 1 AND office = 'ORDNUNG'") == 1000_00
    assert sound(kasse) == []


def test_a_fine_of_two_does_not_end_with_one(kasse):
    erika, max_ = (debtor(kasse, name) for name in ("Erika", "Max"))
    item(kasse, "300,00", reference(kasse, 1), person=erika, profile="fine", due="2026-06-01", claim_kind="fine")
    join_debtors(kasse, [("ORDNUNG", 1)], [max_], "2026-01-01")
    gone(kasse, "tod", erika)
    assert kasse.value("SELECT open_cents FROM item WHERE id = 1 AND office = 'ORDNUNG'") == 300_00
    assert sound(kasse) == []


def test_whom_it_was_joined_to_later_or_no_more(kasse, couple):
    kasse.execute("UPDATE item_debtor SET released_on = '2026-11-01' WHERE party = :party", party=couple[1])
    with pytest.raises(NothingOwedError):
        wish_for(kasse, wish("insolvenz", party=couple[1], first=OPENED))


def test_what_another_debtor_pays_is_no_matter_of_the_estate(kasse):
    theirs = (ERIKA, MAX)
    with kasse.unit(OFFICES):
        erika, max_ = (party(kasse, name, iban) for name, iban in zip(("Erika", "Max"), theirs, strict=True))
    item(kasse, "1.000,00", reference(kasse, 1), person=erika, profile="fee", due="2026-06-01", claim_kind="fee")
    join_debtors(kasse, [("ORDNUNG", 1)], [max_], "2026-01-01")
    gone(kasse, "insolvenz", max_)
    for amount, iban in (("300", theirs[0]), ("200", theirs[1])):
        staged(kasse, amount, reference(kasse, 1), day="2026-11-23", counter_iban=iban)
    post_staged(kasse)
    found = {one.code: one.fields for one in check(kasse, DAY)}
    assert found["relief.insolvent_paid"]["paid_cents"] == 200_00
