"""A set-off reaches back: charges for paying late end on the day on which both sides were due, § 389 BGB."""

import pytest

from enforcement.accrued_reader import accrued_charges, accrued_rows
from enforcement.dunning_store import propose as dunned
from enforcement.relief_check_reader import check, overcharged
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose
from enforcement.relief_reader import payments_of
from ledger.payments.set_off import Wish
from ledger.payments.set_off_store import set_off
from ledger.payments.set_off_undo_store import undo_set_off
from tests.attacks import attacked
from tests.bankbooks import item
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement
from tests.enforcement.test_relief_store import TODAY, debtor, fee, kasse, sound, wish

__all__ = ["kasse"]  # a fixture
DAY = TODAY.isoformat()
# 1,000.00 due on Monday, 1 June 2026; 400.00 of it set off on 24 November against a payable of this due day
ACCRUED = {  # law, the payable's due day, from which day the set-off counts, what has accrued
    "§ 240 (1) sentence 5 AO: what arose until our debt fell due stays, 3 x 10.00, 3 x 6.00": (
        "tax", "2026-08-20", "2026-08-20", 48_00,
    ),
    "§ 389 BGB: never before our claim was due, 6 x 6.00": ("tax", "2026-05-04", "2026-06-01", 36_00),
    "§ 240 (3) AO: within three days": ("tax", "2026-06-03", "2026-06-03", 36_00),
    "§ 387 BGB: what is not due yet counts from today, 6 x 10.00": ("tax", "2026-12-15", DAY, 60_00),
    "due today": ("tax", DAY, DAY, 60_00),
    "§ 19 GebG HH: 80 days of 4.27 percent on 1,000.00, 96 days on 600.00": (
        "fee", "2026-08-20", "2026-08-20", 16_10,
    ),
}  # fmt: skip


def owing(store, law, due, *, gets="400", amount="1.000,00"):
    """Return a claim of a person and what the city owes them."""
    person = debtor(store)
    claim = fee(store, amount, profile=law, claim_kind=law, person=person, dunning_level=0, dunned_on=None)
    return claim, item(act(store, "clara"), gets, person=person, kind="payable", due=due), person


def declared(store, payable, *claims):
    return set_off(store, [("ORDNUNG", payable)], day=DAY, wish=Wish(tuple(("ORDNUNG", one) for one in claims)))


def accrued(store, claim):
    with accrued_charges(store, TODAY):
        return sum(one.accrued_cents for one in accrued_rows(store) if one.item == claim)


@pytest.mark.parametrize("case", ACCRUED)
def test_nothing_accrues_on_what_is_set_off_from_the_day_on_which_both_were_due(kasse, case):
    law, due, counts, cents = ACCRUED[case]
    claim, payable, _ = owing(kasse, law, due)
    before = accrued(kasse, claim)
    entry = declared(kasse, payable, claim).entries[0]
    assert [(str(one.day), one.cents) for one in payments_of(kasse, ("ORDNUNG", claim))] == [(counts, 400_00)]
    assert kasse.all("SELECT DISTINCT posting_day FROM entry WHERE kind = 'clearing'") == [(DAY,)]
    assert accrued(kasse, claim) == cents
    undo_set_off(act(kasse, "emil"), entry, reason="bestritten", day=DAY)
    assert (accrued(kasse, claim), payments_of(kasse, ("ORDNUNG", claim))) == (before, ())
    assert sound(kasse) == []


DEMANDED = {  # law, kind and cents of what was demanded, the payable's due day and cents, what is owed of it
    "a part is set off": ("tax", "saeumniszuschlag", "60", "2026-08-20", "400", 48_00),
    "all of it": ("tax", "saeumniszuschlag", "60", "2026-08-20", "1.000,00", 30_00),
    "all of it, never late": ("tax", "saeumniszuschlag", "60", "2026-05-04", "1.000,00", 0),
    "interest": ("fee", "saeumniszinsen", "20", "2026-08-20", "400", 16_10),
    "§ 288 (5) BGB: no default, no lump sum": ("private-trade", "verzugspauschale", "40", "2026-06-01", "1.000,00", 0),
    "no more than is owed": ("tax", "saeumniszuschlag", "60", DAY, "400", None),
    "§ 288 (5) BGB: in default for a day": (
        "private-trade", "verzugspauschale", "40", "2026-06-02", "1.000,00", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DEMANDED)
def test_what_was_demanded_for_later_days_is_named_until_it_is_taken_off(kasse, case):
    law, kind, demanded, due, gets, cents = DEMANDED[case]
    claim, payable, person = owing(kasse, law, due, gets=gets)
    late = fee(kasse, demanded, profile=law, claim_kind=kind, main_item=claim, person=person, number=2)
    assert check(kasse, TODAY) == ()
    entry = declared(kasse, payable, claim).entries[0]
    found = check(kasse, TODAY)
    wanted = [] if cents is None else [("relief.overcharged", int(demanded) * 100, cents)]
    assert [(one.code, one.fields["demanded_cents"], one.fields["owed_cents"]) for one in found] == wanted
    assert [one.code for one in overcharged(kasse, TODAY, {("ORDNUNG", claim)})] == [one.code for one in found]
    assert overcharged(kasse, TODAY, {("ORDNUNG", late)}) == ()
    undo_set_off(act(kasse, "emil"), entry, reason="bestritten", day=DAY)
    assert check(kasse, TODAY) == ()
    declared(act(kasse, "clara"), payable, claim)
    if cents is not None:
        made = propose(kasse, wish("absetzung", late, cents=int(demanded) * 100 - cents))
        grant(act(kasse, "emil"), made.number)
    assert check(kasse, TODAY) == ()
    assert sound(kasse) == []


def test_what_was_set_off_too_much_becomes_a_credit(kasse):
    """The surcharge was set off, too, though the tax, set off from its due day on, was never late."""
    claim, payable, person = owing(kasse, "tax", "2026-05-04", gets="1.060,00")
    late = fee(kasse, "60", profile="tax", claim_kind="saeumniszuschlag", main_item=claim, person=person, number=2)
    declared(kasse, payable, late, claim)
    (found,) = check(kasse, TODAY)
    assert (found.fields["demanded_cents"], found.fields["owed_cents"]) == (60_00, 0)
    made = propose(kasse, wish("absetzung", late, paid=True))
    assert check(kasse, TODAY) == (), "somebody decides"
    grant(act(kasse, "emil"), made.number)
    assert kasse.all("SELECT party, open_cents FROM item WHERE kind = 'credit'") == [(person, 60_00)]
    assert check(kasse, TODAY) == ()
    assert sound(kasse) == []


WHOLE = {  # law, due day of the payable of 1,000.00, what is demanded of 1,000.00 due on 1 June beside it
    "§ 240 (1) sentence 5 AO: 3 x 10.00 until our debt fell due": ("tax", "2026-08-20", 30_00, 0),
    "§ 389 BGB: never late": ("tax", "2026-05-04", 0, 0),
    "§ 288 (5) BGB: in default for a day, 28 cents of interest": ("private-trade", "2026-06-02", 28, 40_00),
}


@pytest.mark.parametrize("case", WHOLE)
def test_what_arose_before_a_claim_was_set_off_as_a_whole_is_still_demanded(kasse, case):
    law, due, charge, lump = WHOLE[case]
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2026-11-23")
    claim, payable, _ = owing(kasse, law, due, gets="1.000,00")
    declared(kasse, payable, claim)
    assert accrued(kasse, claim) == charge + lump
    made = dunned(act(kasse, "clara"), TODAY)
    assert (made.charge_cents, made.fee_cents) == (charge, lump)


ATTACKS = {
    "earlier": "UPDATE clearing SET payment_day = '2026-06-01' WHERE kind = 'setoff'",
    "today": "UPDATE clearing SET payment_day = posting_day WHERE kind = 'setoff'",
}


@pytest.mark.engines
def test_a_set_off_that_counts_from_another_day_is_named(kasse):
    """Who moves the day by plain SQL would lend months of surcharges to a friend."""
    claim, payable, _ = owing(kasse, "tax", "2026-08-20")
    declared(kasse, payable, claim)
    assert sound(kasse) == []
    seen = {name: {*attacked(kasse, "clearing", sql, sound)} - {"verify.guard"} for name, sql in ATTACKS.items()}
    assert seen == {name: {"verify.set_off_day"} for name in ATTACKS}
