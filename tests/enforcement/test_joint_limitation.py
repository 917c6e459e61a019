"""What happens towards one of joint debtors matters for that one alone (§ 425 BGB, § 44 (2) AO)."""

import datetime as dt

import pytest

from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.law import packaged_law
from enforcement.letters_post_store import post_letters
from enforcement.letters_return_store import finish_task, take_return
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_notes import Note, NotedDebtorError
from enforcement.limitation_watch_reader import barred_since, named_claims, noted, open_claims
from enforcement.limitation_watch_store import note
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose as wish_for
from ledger.items.joint_debtors_store import join_debtors
from tests.bankbooks import item, reference
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement
from tests.enforcement.test_dunning_joint import DAY, kasse, letters, printed, sound
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_relief_store import wish

__all__ = ["kasse"]  # a fixture
NEXT = dt.date(2027, 1, 15)
END, MOVED = dt.date(2026, 12, 31), dt.date(2031, 12, 31)


@pytest.fixture
def couple(kasse):
    """Erika owes a fee of 2021 with Max and Jo: time-barred with the end of 2026."""
    people = [debtor(kasse, name) for name in ("Erika", "Max", "Jo")]
    item(
        kasse, "1.000,00", reference(kasse, 1), person=people[0], profile="fee", due="2021-06-01", claim_kind="fee"
    )  # fmt: skip
    join_debtors(kasse, [("ORDNUNG", 1)], people[1:], "2021-01-01")
    return people


def standing(store):
    ((claim, happened),) = named_claims(store, "ORDNUNG", [1])
    return Lawbook("HH", packaged_law()).standing(claim, happened)


def posted(store):
    made = propose(store, DAY)
    release(act(store, "emil"), made.run)
    printed(store, 1, 2, 3)
    post_letters(store, [1, 2, 3], day=DAY)


def come_back(store, *numbers, lifted=False):
    store.today = "2026-12-01"
    for number in numbers:
        task = take_return(store, number, day=dt.date(2026, 11, 30), reason="verzogen").task
        if lifted:
            finish_task(store, task, note="neue Anschrift")


def next_run(store):
    store.today = NEXT.isoformat()
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(store, iban, "2027-01-14", number=2)
    return propose(act(store, "clara"), NEXT)


def test_a_letter_demands_of_whom_it_went_to(kasse, couple):
    posted(kasse)
    rows = kasse.all("SELECT kind, debtor FROM claim_event ORDER BY debtor")
    assert rows == [("demand", one) for one in couple]
    found = standing(kasse)
    assert (found.end, found.first_end, found.last_kind) == (MOVED, None, "demand")


def test_who_never_got_it_is_free_first(kasse, couple):
    del couple
    posted(kasse)
    come_back(kasse, 3)
    found = standing(kasse)
    assert (found.end, found.first_end, found.first_debtor) == (MOVED, END, "Jo")
    assert [found.ahead(day) for day in (END, END + dt.timedelta(days=1))] == [END, MOVED]
    with kasse.snapshot():
        ((claim, happened),) = open_claims(kasse)
        assert list(barred_since(kasse, Lawbook("HH", packaged_law()), dt.date(2020, 1, 1), NEXT)) == []
    assert [name for name, events in happened.debtors if events] == ["Erika", "Max"]
    assert claim.open_cents == 1000_00


def test_nobody_is_asked_for_what_is_over_towards_him(kasse, couple):
    posted(kasse)
    come_back(kasse, 3, lifted=True)
    kasse.execute("UPDATE item SET dunning_level = 0, dunned_on = NULL")
    made = next_run(kasse)
    assert [row[1:3] for row in letters(kasse) if row[0] > 3] == [(couple[0], None), (couple[1], 4)]
    assert made.whys == ()


def test_the_next_debtor_is_asked_when_it_is_over_towards_the_first(kasse, couple):
    posted(kasse)
    come_back(kasse, 1, 3, lifted=True)
    kasse.execute("UPDATE item SET dunning_level = 0, dunned_on = NULL")
    made = next_run(kasse)
    assert [row[1:3] for row in letters(kasse) if row[0] > 3] == [(couple[1], None)]
    assert release(act(kasse, "emil"), made.run, given_cents=made.sum_cents).taken_out == 0
    ends = kasse.all("SELECT limitation_end FROM letter_item x JOIN letter l ON l.id = x.letter WHERE l.run = :run",
                     run=made.run)  # fmt: skip
    assert {end for (end,) in ends} <= {MOVED.isoformat(), None}
    assert sound(kasse) == []


def test_over_towards_all_is_over(kasse, couple):
    del couple
    posted(kasse)
    come_back(kasse, 1, 2, 3, lifted=True)
    kasse.execute("UPDATE item SET dunning_level = 0, dunned_on = NULL")
    assert ("barred", 1) in next_run(kasse).whys
    with kasse.snapshot():
        (lost,) = barred_since(kasse, Lawbook("HH", packaged_law()), dt.date(2020, 1, 1), NEXT)
    assert (lost.end, lost.why) == (END, "no_event")


def test_an_inquiry_after_one_concerns_that_one(kasse, couple):
    posted(kasse)
    come_back(kasse, 3)
    task = kasse.value("SELECT id FROM address_task")
    assert finish_task(kasse, task, note="Meldeamt", inquiry=dt.date(2026, 11, 30)).inquiries == 1
    assert kasse.all("SELECT debtor FROM claim_event WHERE kind = 'inquiry'") == [(couple[2],)]
    assert (standing(kasse).end, standing(kasse).first_end) == (MOVED, None)


def test_a_note_says_whom_it_concerns(kasse, couple):
    event = Note("acknowledgement", dt.date(2026, 11, 20))
    for wrong in (None, debtor(kasse, "Fremd")):
        with pytest.raises(NotedDebtorError):
            note(kasse, "ORDNUNG/1", Note(event.kind, event.day, debtor=wrong), "Brief")
    (done,) = note(kasse, "ORDNUNG/1", Note(event.kind, event.day, debtor=couple[1]), "Brief vom 20.11.")
    assert (done.did, done.after.end, done.after.first_end) == ("noted", MOVED, END)
    again = note(kasse, "ORDNUNG/1", Note(event.kind, event.day, debtor=couple[1]), "Brief vom 20.11.")
    other = note(kasse, "ORDNUNG/1", Note(event.kind, event.day, debtor=couple[0]), "Brief vom 20.11.")
    assert (again[0].did, other[0].did) == ("same", "noted")
    assert [row.debtor for row in noted(kasse, "ORDNUNG", 1)] == ["Max", "Erika"]


def test_what_is_the_same_for_all_needs_no_name(kasse, couple):
    del couple
    (done,) = note(kasse, "ORDNUNG/1", Note("force_majeure", dt.date(2026, 9, 1), dt.date(2026, 9, 30)), "Hochwasser")
    assert (done.after.end, done.after.first_end) == (END + dt.timedelta(days=30), None)


def test_relief_is_that_of_its_debtor(kasse, couple):
    made = wish_for(kasse, wish("aufschub", 1, last=dt.date(2027, 3, 1)))
    grant(act(kasse, "emil"), made.number)
    assert kasse.all("SELECT kind, debtor FROM claim_event") == [("stay", couple[0])]
    found = standing(kasse)
    assert (found.end, found.first_end, found.first_debtor) == (dt.date(2032, 12, 31), END, "Max")


def test_one_debtor_alone_stands_as_before(kasse):
    item(kasse, "100", reference(kasse, 2), person=debtor(kasse, "Anna"), profile="fee", due="2021-06-01")
    (done,) = note(kasse, "ORDNUNG/1", Note("acknowledgement", dt.date(2026, 11, 20)), "Brief")
    assert (done.after.end, done.after.first_end) == (MOVED, None)
