"""Nobody is asked for what was deferred, paid or taken into an insolvency since, nor who died; small court costs apart."""

import datetime as dt

import pytest

from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.law import packaged_law
from enforcement.letters_make_store import cancel_letter
from enforcement.letters_post_store import post_letters
from enforcement.letters_print_store import note_files, print_letters, run_letters
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_notes import Note
from enforcement.limitation_watch_store import note, standing
from enforcement.relief_end_store import end
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose as wish_for
from ledger.bank.posting_store import post_staged
from ledger.items.joint_debtors_store import join_debtors
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.enforcement.test_dunning_joint import DAY, kasse, letters, sound
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_relief_store import wish

__all__ = ["kasse"]  # a fixture


def fee(store, number=1, amount="1.000,00", person=None, **more):
    values = {"profile": "fee", "claim_kind": "fee", "due": "2026-06-01", "person": person} | more
    values["person"] = values["person"] or debtor(store, f"Person {number}")
    return item(store, amount, reference(store, number), **values)


def granted(store, wanted):
    made = wish_for(act(store, "clara"), wanted)
    return grant(act(store, "emil"), made.number)


def test_a_claim_deferred_since_the_proposal_is_taken_out(kasse):
    fee(kasse)
    made = propose(kasse, DAY)
    done = granted(kasse, wish("stundung", 1, last=dt.date(2027, 6, 30)))
    assert done.late_cents > 0
    assert release(act(kasse, "emil"), made.run).taken_out == 1
    kinds = [kind for (kind,) in kasse.rows("SELECT claim_kind FROM item WHERE main_item = 1 ORDER BY id")]
    assert kinds == ["saeumniszinsen", "stundungszinsen"], "no fee, and the charge once"
    assert kasse.value("SELECT dunning_level FROM item WHERE id = 1") == 0
    assert sound(kasse) == []


@pytest.mark.parametrize(("kind", "why"), [("insolvenz", "insolvent"), ("tod", "dead")])
def test_who_is_gone_is_not_dunned_for_the_next_claim(kasse, kind, why):
    person = debtor(kasse, "Ina")
    fee(kasse, person=person)
    granted(kasse, wish(kind, first=dt.date(2026, 11, 20), party=person))
    fresh = fee(kasse, 2, person=person, due="2026-10-01")
    made = propose(act(kasse, "clara"), DAY)
    assert made.letters == 0
    assert ("ORDNUNG", fresh, why) in kasse.all("SELECT office, item, why FROM dunning_skip")


def test_a_joint_debtor_is_asked_when_the_first_is_gone_no_copy_goes_to_one_who_is(kasse):
    people = [debtor(kasse, name) for name in ("Erika", "Max", "Jo")]
    fee(kasse, person=people[0])
    join_debtors(kasse, [("ORDNUNG", 1)], people[1:], "2026-01-01")
    fee(kasse, 2, person=people[1])
    granted(kasse, wish("tod", first=dt.date(2026, 11, 20), party=people[1]))
    propose(act(kasse, "clara"), DAY)
    assert [row[1] for row in letters(kasse)] == [people[0], people[2]]


def test_an_insolvency_stops_the_limitation_of_a_fine(kasse):
    person = debtor(kasse, "Ina")
    item(kasse, "400", reference(kasse, 1), person=person, profile="fine", claim_kind="bussgeld", due="2026-02-01")
    note(kasse, "ORDNUNG/1", Note("final", dt.date(2026, 1, 15)), "rechtskräftig")
    done = granted(kasse, wish("insolvenz", first=dt.date(2026, 11, 20), party=person))
    book = Lawbook("HH", packaged_law())
    found = standing(kasse, book, "ORDNUNG", 1)[1]
    assert (found.state, found.last_kind) == ("stands_still", "impossible"), "§ 89 InsO, § 34 (4) no. 1 OWiG"
    kasse.today = "2026-11-30"
    end(act(kasse, "frida"), done.number, reason="aufgehoben")
    # eleven days from 20 to 30 November do not count
    assert standing(kasse, book, "ORDNUNG", 1)[1].end == dt.date(2029, 1, 26)


def test_small_court_costs_are_barred_by_their_own_rule(kasse):
    for number, amount in ((1, "20"), (2, "30"), (3, "30"), (4, "20")):
        due = "2021-02-01" if number < 3 else "2021-03-01"
        more = {"profile": "justice", "claim_kind": "justice", "due": due, "amount": amount}
        fee(kasse, number, **more)
        for kind, day in (("closed", dt.date(2021, 6, 30)), ("demand", dt.date(2023, 1, 2))):
            note(kasse, f"ORDNUNG/{number}", Note(kind, day), "Akte")
    made = propose(kasse, DAY)
    dunned = [number for (number,) in kasse.rows("SELECT item FROM letter_item ORDER BY item")]
    assert (dunned, made.whys) == ([2, 3], (("barred", 2),)), "§ 5 (3) GKG: no new start below 25 euros"


def run_of(store):
    made = propose(act(store, "clara"), DAY)
    release(act(store, "emil"), made.run)
    return run_letters(act(store, "clara"), made.run)


CHANGES = {
    "deferred": lambda store: granted(store, wish("stundung", 1, last=dt.date(2027, 6, 30))),
    "waived": lambda store: granted(store, wish("erlass", 1)),
    "not pursued": lambda store: granted(store, wish("niederschlagung", 1, watch=dt.date(2027, 6, 30))),
    "insolvent": lambda store: granted(
        store, wish("insolvenz", first=DAY, party=store.value("SELECT party FROM item WHERE id = 1"))
    ),
    "paid": lambda store: paid(store, reference(store, 1)),
    "money in suspense": lambda store: paid(store, "Danke", name="Person 1"),
}


def paid(store, text, **more):
    staged(act(store, "clara"), "1.000,00", text, day=DAY.isoformat(), **more)
    post_staged(store)


@pytest.mark.parametrize("case", CHANGES)
def test_a_letter_whose_claims_changed_stays_in_the_house(kasse, case):
    fee(kasse)
    fee(kasse, 2)
    numbers = run_of(kasse)
    CHANGES[case](kasse)
    done = print_letters(act(kasse, "clara"), numbers, planned_on=DAY)
    assert [one.letter for one in done.letters] == [2]
    assert [one.fields["letter"] for one in done.findings if one.code == "letter.stale"] == [1]
    assert sound(kasse) == []


def test_what_left_the_house_all_the_same_is_told(kasse):
    fee(kasse)
    numbers = run_of(kasse)
    done = print_letters(kasse, numbers, planned_on=DAY)
    note_files(kasse, done.letters, {1: "1" * 64})
    paid(kasse, reference(kasse, 1))
    found = post_letters(kasse, numbers, day=DAY)
    assert [one.code for one in found.findings if one.severity == "warning"][:1] == ["letter.stale_posted"]
    assert [one.letter for one in found.letters] == [1]
    assert post_letters(kasse, numbers, day=DAY).findings == ()


def test_a_run_is_posted_without_what_was_not_printed(kasse):
    fee(kasse)
    fee(kasse, 2)
    numbers = run_of(kasse)
    paid(kasse, reference(kasse, 1))
    done = print_letters(act(kasse, "clara"), numbers, planned_on=DAY)
    note_files(kasse, done.letters, {2: "2" * 64})
    found = post_letters(kasse, numbers, day=DAY)
    assert ([one.letter for one in found.letters], found.already) == ([2], 0)
    assert [one.fields["letter"] for one in found.findings if one.code == "letter.stale"] == [1]


def test_a_run_printed_for_a_day_that_is_over_goes_without_what_changed_since(kasse):
    """The letter of a claim that was paid meanwhile can neither be printed anew nor posted: the others go."""
    fee(kasse)
    fee(kasse, 2)
    numbers = run_of(kasse)
    done = print_letters(act(kasse, "clara"), numbers, planned_on=DAY)
    note_files(kasse, done.letters, {1: "1" * 64, 2: "2" * 64})
    paid(kasse, reference(kasse, 1))
    later = DAY + dt.timedelta(days=2)
    kasse.now, kasse.today = f"{later}T08:00:00Z", later.isoformat()
    again = print_letters(act(kasse, "clara"), numbers, planned_on=later, anew=True)
    assert [one.letter for one in again.letters] == [2]
    note_files(kasse, again.letters, {2: "3" * 64})
    found = post_letters(kasse, numbers, day=later)
    assert [one.letter for one in found.letters] == [2]
    assert [one.fields["letter"] for one in found.findings if one.code == "letter.stale"] == [1]


def test_a_letter_that_was_paid_with_its_fee_before_it_was_posted_can_be_closed(kasse):
    """Neither printed anew nor posted: it would wait in the house for ever."""
    fee(kasse)
    numbers = run_of(kasse)
    staged(act(kasse, "clara"), "2.000,00", reference(kasse, 1), day=DAY.isoformat())
    post_staged(kasse)
    done = cancel_letter(act(kasse, "emil"), numbers[0], reason="bezahlt")
    assert (done.state, [one.code for one in done.findings]) == ("cancelled", ["letter.paid_fees_stay"])
    assert done.findings[0].fields["paid_cents"] > 0
    assert sound(kasse) == []
