"""A dunning run from proposal to release and back: fees and charges as items, levels, references, two persons."""

import datetime as dt

import pytest

from enforcement.dunning_reader import find_run, letters
from enforcement.dunning_release_store import release
from enforcement.dunning_runs import PostedLetterError, RunStateError, RunSumError, RunTooOldError, UnknownRunError
from enforcement.dunning_store import propose
from enforcement.dunning_undo_store import discard, undo
from enforcement.proofs import PROOFS
from ledger.bank.posting_store import post_staged
from ledger.book.reversal import MissingReasonError
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.bankbooks import OFFICES, item, party, reference, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement

DAY = dt.date(2026, 11, 24)


@pytest.fixture
def kasse(store):
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(store, iban, "2026-11-23")
    store.today = DAY.isoformat()
    return act(store, "clara")


@pytest.fixture
def run(kasse):
    """A proposal by clara: Erika owes a fee and its late charge, Max a fine."""
    with kasse.unit(OFFICES):
        erika, max_ = party(kasse, "Erika"), party(kasse, "Max")
    item(kasse, "1.000,00", reference(kasse, 1), person=erika, profile="fee", due="2026-06-01", claim_kind="fee")
    item(kasse, "80", reference(kasse, 2), person=max_, profile="fine", office="BAU")
    return propose(kasse, DAY)


def open_items(store):
    sql = "SELECT office, id, claim_kind, amount_cents, open_cents, main_item, dunning_level, dunned_on FROM item ORDER BY office, id"
    return store.all(sql)


def sound(store):
    return [finding.code for finding in verify(store, proofs=PROOFS).findings]


def test_fees_and_charges_become_items_beside_their_claims(kasse, run):
    charge = run.charge_cents
    done = release(act(kasse, "emil"), run.run)
    assert (done.letters, done.taken_out, done.fee_items, done.fee_cents) == (2, 0, 3, charge + 2 * 310)
    assert open_items(kasse) == [
        ("BAU", 1, None, 8000, 8000, None, 1, "2026-11-24"),
        ("BAU", 2, "mahngebuehr", 310, 310, 1, 0, None),
        ("ORDNUNG", 1, "fee", 100000, 100000, None, 1, "2026-11-24"),
        ("ORDNUNG", 2, "mahngebuehr", 310, 310, 1, 0, None),
        ("ORDNUNG", 3, "saeumniszinsen", charge, charge, 1, 0, None),
    ]
    assert find_run(kasse, run.run).state == "released"
    assert sound(kasse) == []


def test_the_letters_reference_stands_for_all_it_demands(kasse, run):
    release(act(kasse, "emil"), run.run)
    with kasse.snapshot():
        first = next(letters(kasse, run.run))
    assert first.reference
    staged(
        act(kasse, "clara"),
        f"{first.sum_cents / 100:.2f}".replace(".", ","),
        f"Mahnung {first.reference}",
        day="2026-11-24",
    )
    outcome = post_staged(kasse)
    assert outcome.matched == 1
    assert kasse.value("SELECT sum(open_cents) FROM item WHERE office = 'ORDNUNG'") == 0
    assert sound(kasse) == []


def paid(store):
    staged(act(store, "clara"), "80", reference(store, 2), day="2026-11-24")
    post_staged(store)


def locked(store):
    with store.unit(OFFICES):
        store.insert_one(
            "item_lock", office="BAU", item=1, id=1, kind="dunning", reason="Widerspruch", since="2026-11-24",
            made_by=1, made_at=store.now,
        )  # fmt: skip


def in_suspense(store):
    number = item(store, "81", kind="suspense", office="KASSE", purpose=f"Zahlung {reference(store, 2)}")
    with store.unit(["KASSE"]):
        store.insert_one("suspense_case", office="KASSE", item=number, entry=None, reason="opening")


@pytest.mark.parametrize("change", [paid, locked, in_suspense])
def test_a_letter_that_is_not_right_any_more_is_taken_out(kasse, run, change):
    change(kasse)
    done = release(act(kasse, "emil"), run.run)
    assert (done.letters, done.taken_out, [one.fields["party"] for one in done.findings]) == (1, 1, ["Max"])
    assert kasse.value("SELECT dunning_level FROM item WHERE office = 'BAU' AND id = 1") == 0
    assert kasse.value("SELECT count(*) FROM letter WHERE state = 'cancelled'") == 1
    assert sound(kasse) == []


def test_nobody_releases_what_they_proposed(kasse, run):
    kasse.insert_one("user_role", user_id=kasse.user, office="*", role="enforcement")
    with pytest.raises(OwnWorkError):
        release(kasse, run.run)
    with pytest.raises(NotAllowedError):
        release(act(kasse, "anna"), run.run)


def test_the_control_sum_must_be_that_of_the_run(kasse, run):
    with pytest.raises(RunSumError):
        release(act(kasse, "emil"), run.run, given_cents=run.sum_cents + 1)
    assert release(kasse, run.run, given_cents=run.sum_cents).letters == 2


def test_a_run_is_released_once(kasse, run):
    release(act(kasse, "emil"), run.run)
    for step in (lambda: release(kasse, run.run), lambda: discard(act(kasse, "clara"), run.run)):
        with pytest.raises(RunStateError):
            step()
    with pytest.raises(UnknownRunError):
        release(act(kasse, "emil"), 99)


@pytest.mark.parametrize(("today", "fresh"), [("2026-11-27", True), ("2026-11-28", False)])
def test_a_proposal_grows_old_in_three_working_days(kasse, run, today, fresh):
    act(kasse, "emil").today = today
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2026-11-27", number=2)
    if fresh:
        assert release(kasse, run.run).letters == 2
    else:
        with pytest.raises(RunTooOldError):
            release(kasse, run.run)


def test_an_undone_run_leaves_everything_as_it_was(kasse, run):
    before = [row[3:] for row in open_items(kasse)]
    release(act(kasse, "emil"), run.run)
    with pytest.raises(MissingReasonError):
        undo(kasse, run.run, reason=" ")
    done = undo(kasse, run.run, reason="falscher Stichtag")
    assert (done.letters, done.entries) == (2, 2)
    after = open_items(kasse)
    assert [row[3:] for row in after if row[5] is None] == before
    assert [row[4] for row in after if row[5] is not None] == [0, 0, 0], "fees and charges are closed"
    assert sound(kasse) == []
    assert propose(act(kasse, "clara"), DAY).sum_cents == run.sum_cents, "the next run finds the same"


def test_a_posted_letter_cannot_be_undone(kasse, run):
    release(act(kasse, "emil"), run.run)
    with kasse.unit(OFFICES):
        kasse.execute("UPDATE letter SET state = 'posted', posted_on = '2026-11-24' WHERE id = 1")
    with pytest.raises(PostedLetterError):
        undo(kasse, run.run, reason="zu spät")


def test_a_discarded_proposal_makes_room_for_the_next(kasse, run):
    assert discard(kasse, run.run).letters == 2
    again = propose(kasse, DAY)
    assert (again.sum_cents, again.letters) == (run.sum_cents, run.letters)
    assert again.run != run.run


def test_plain_sql_changes_no_run_and_no_letter(kasse, run):
    for attack in (
        "UPDATE dunning_run SET sum_cents = 1",
        "UPDATE letter SET party = 2",
        "UPDATE letter_item SET open_cents = 1",
        "UPDATE dunning_run SET state = 'undone'",
        "UPDATE letter SET state = 'served'",
        "DELETE FROM letter",
    ):
        with pytest.raises(Exception, match="refused this change"), kasse.unit(OFFICES):
            kasse.execute(attack)
