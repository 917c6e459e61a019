"""Collection runs that are changed before their release: what is taken out, what is drawn anew, on which day."""

import datetime as dt

import pytest

from ledger.book.verify_store import verify
from ledger.payments import collection_drafting
from ledger.payments.collection_change_store import change
from ledger.payments.collection_changes import (
    ChangeReasonError,
    DayRefusedError,
    EmptyRunError,
    NothingToChangeError,
    NotInRunError,
)
from ledger.payments.collection_export_store import note_export
from ledger.payments.collection_life_reader import life
from ledger.payments.collection_notices_store import announce
from ledger.payments.collection_reader import collections, head_of, lines, run_named
from ledger.payments.collection_runs import RunStateError
from ledger.payments.collection_steps_store import discard, release, review
from ledger.payments.collection_waiting_store import under_collection
from ledger.payments.mandate_forms import NewValues
from ledger.payments.mandate_reader import find_mandate
from ledger.payments.mandate_steps_store import amend
from ledger.payments.run_changes_reader import collection_changes
from ledger.payments.steps import UnknownLineError
from ledger.people.users import NotAllowedError, OwnWorkError
from sepa.errors import Place
from tests.bankbooks import check_invariants, open_cents
from tests.books import act
from tests.ledger.collection_texts import MONDAY, balance, claims, credited, proposed, ready, written
from tests.ledger.mandate_texts import mandate
from tests.ledger.test_collections import texts
from tests.sepa.oracles import schema_errors

TOWN = """
    ORDNUNG 100,00 2026-10-01 Meyer 4711
    BAU 250,50 2026-11-16 Schulz 4712
    ORDNUNG 30,00 2026-11-02 Meyer 4713
    ORDNUNG 7,00 2026-11-03 Meyer 4714
"""


def town(store):
    """Propose a run: Meyer FRST 100,00 (1), then RCUR 30,00 and 7,00 (2, 3), Schulz RCUR 250,50 (4)."""
    ready(store)
    keys = claims(store, TOWN)
    mandate(store, "Meyer - 2026-01-01 reference=M-1")
    mandate(store, "Schulz - 2026-03-01 reference=M-2 last_used=2026-08-15")
    (run,) = proposed(store).runs
    return keys, run


def changed(store, number=1, *, user="dirk", reason="Irrtum", today=MONDAY, **wish):
    return change(act(store, user), number, reason=reason, today=today, **wish)


def rest(store, number=1, *, day=MONDAY):
    """Review, release and export the run as it is then; return it."""
    from hashlib import sha256

    review(act(store, "dirk"), number, today=day)
    run = run_named(store, number)
    release(act(store, "emil"), number, sum_cents=run.total_cents, today=day)
    return note_export(act(store, "dirk"), number, sha256(written(store, number)).hexdigest())


def drawn(store, number=1):
    found = collections(store, run_named(store, number))
    return [(one.line, one.sequence, one.amount_cents) for one in found]


def test_what_is_taken_out_is_free_and_the_rest_is_collected(store):
    keys, run = town(store)
    assert drawn(store) == [(1, "FRST", 10000), (2, "RCUR", 3000), (3, "RCUR", 700), (4, "RCUR", 25050)]
    review(act(store, "dirk"), 1, today=MONDAY)
    done = changed(store, without=(4,))
    assert (done.run.state, done.run.count, done.run.total_cents, done.run.revision) == ("proposed", 3, 13700, 1)
    assert done.redrawn == ()
    assert done.run.list_hash != run.list_hash
    assert keys[1] not in under_collection(store, MONDAY)
    (other,) = proposed(store).runs
    assert drawn(store, other.number) == [(1, "RCUR", 25050)]
    rest(store)
    assert [open_cents(store, number, office) for office, number in keys] == [0, 25050, 0, 0]
    assert texts(written(store, 1), "CtrlSum")[0] == "137.00"
    credited(store, run_named(store, 1))
    assert run_named(store, 1).state == "executed"
    assert balance(store, "transit_in") == 0
    states = store.all("SELECT state FROM collection WHERE run = 1 ORDER BY line")
    assert states == [("collected",)] * 3 + [("discarded",)]
    check_invariants(store)
    assert verify(store).findings == ()


def test_where_the_first_is_taken_out_the_next_is_first_again(store):
    keys, _ = town(store)
    done = changed(store, without=(1,))
    assert [(one.line, one.new_line, one.sequence) for one in done.redrawn] == [(2, 5, "FRST")]
    assert drawn(store) == [(3, "RCUR", 700), (4, "RCUR", 25050), (5, "FRST", 3000)]
    rest(store)
    file = written(store, 1)
    assert schema_errors("pain.008.001.08", file) == []
    assert texts(file, "SeqTp") == ["RCUR", "FRST"]
    assert texts(file, "EndToEndId") == ["KASSE-L1-3", "KASSE-L1-4", "KASSE-L1-5"]
    assert texts(file, "PmtInfId") == ["KASSE-00000000-L000001-2", "KASSE-00000000-L000001-3"]
    credited(store, run_named(store, 1), 3000, batch=3)
    assert [open_cents(store, number, office) for office, number in keys] == [10000, 0, 0, 0]
    assert balance(store, "transit_in") == 25750
    check_invariants(store)
    assert verify(store).findings == ()


def test_after_all_of_a_mandate_the_next_run_is_first_again(store):
    town(store)
    changed(store, without=(1, 2, 3))
    rest(store)
    (run,) = proposed(store).runs
    assert [sequence for _, sequence, _ in drawn(store, run.number)] == ["FRST", "RCUR", "RCUR"]


def test_the_bank_is_told_of_a_new_account_by_the_next_one(store):
    ready(store)
    claims(store, "BAU 1,00 2026-11-01 Meyer 1\nBAU 2,00 2026-11-02 Meyer 2")
    number = mandate(store, "Meyer - 2026-01-01 reference=M-1 last_used=2026-08-15")
    amend(act(store, "dirk"), number, NewValues(iban="DE18120300000000000003"), today=MONDAY)
    proposed(store)
    before = [(one.line, one.amended) for one in collections(store, run_named(store, 1))]
    assert before == [(1, True), (2, False)]
    changed(store, without=(1,))
    assert [(one.line, one.amended) for one in collections(store, run_named(store, 1))] == [(3, True)]
    rest(store)
    assert texts(written(store, 1), "AmdmntInd") == ["true"]
    told = store.all("SELECT run, line FROM mandate_amendment")
    assert told == [(1, 3)]


def test_the_last_one_of_a_mandate_stays_the_last(store):
    ready(store)
    claims(store, "BAU 1,00 2026-11-01 Meyer 1\nBAU 2,00 2026-11-02 Meyer 2\nBAU 3,00 2026-11-03 Meyer 3")
    mandate(store, "Meyer - 2026-01-01 reference=M-1")
    with store.unit(["KASSE"]):
        store.execute("UPDATE mandate SET final = 1")
    proposed(store)
    assert [one[1:] for one in drawn(store)] == [("FNAL", 300), ("FRST", 100), ("RCUR", 200)]
    changed(store, without=(1, 2))
    assert [one[1:] for one in drawn(store)] == [("FNAL", 200)]


def test_a_run_moves_to_another_target_day(store):
    town(store)
    done = changed(store, day=dt.date(2026, 11, 21))
    assert done.run.collection_day == "2026-11-23"
    assert [one.code for one in done.findings] == ["collection.day_moved"]
    rest(store)
    assert texts(written(store, 1), "ReqdColltnDt") == ["2026-11-23"] * 2
    credited(store, run_named(store, 1), day="2026-11-23")
    assert find_mandate(store, "M-1").last_used == "2026-11-23"
    assert verify(store).findings == ()


def test_a_run_is_not_moved_to_a_day_that_the_debtors_were_not_told_of(store):
    ready(store, notices_announce="0")
    claims(store, "BAU 10,00 2026-12-01 Meyer 1\nBAU 20,00 2026-12-03 Schulz 2")
    mandate(store, "Meyer - 2026-01-01 notice_days=5")
    mandate(store, "Schulz - 2026-01-01 notice_days=5")
    announce(act(store, "dirk"), today=MONDAY, due_until=dt.date(2026, 12, 31))
    day = dt.date(2026, 11, 27)
    store.now = "2026-11-27T08:30:00Z"
    made = proposed_on(store, day, dt.date(2026, 12, 4))
    assert (made.count, made.collection_day) == (2, "2026-12-04")
    with pytest.raises(DayRefusedError) as caught:
        changed(store, day=dt.date(2026, 12, 2), today=day)
    (why,) = caught.value.findings
    assert (why.code, why.fields["line"], str(why.fields["due"])) == ("collection.due_later", 2, "2026-12-03")
    done = changed(store, day=dt.date(2026, 12, 2), without=(2,), today=day)
    assert (done.run.collection_day, done.run.count) == ("2026-12-02", 1)


def proposed_on(store, today, day):
    from ledger.payments.collection_propose_store import Choice, propose

    (run,) = propose(act(store, "dirk"), Choice(day=day), today=today).runs
    return run


def test_a_run_is_not_moved_before_what_was_announced(store):
    """A claim that was due long ago is not collected before the day that the letter named."""
    ready(store, notices_announce="0", announcement_days="10")
    claims(store, "BAU 10,00 2026-10-01 Meyer 1")
    mandate(store, "Meyer - 2026-01-01")
    announce(act(store, "dirk"), today=MONDAY)
    first = store.value("SELECT collection_day FROM collection_notice_line")
    store.now = "2026-11-20T08:30:00Z"
    today = dt.date(2026, 11, 20)
    assert proposed_on(store, today, dt.date(2026, 11, 30)).collection_day == "2026-11-30"
    with pytest.raises(DayRefusedError) as caught:
        changed(store, day=dt.date(2026, 11, 24), today=today)
    (why,) = caught.value.findings
    assert (why.code, str(why.fields["first"])) == ("collection.announced_later", first)
    assert changed(store, day=dt.date.fromisoformat(first), today=today).run.collection_day == first


REFUSED = [
    ("no reason", {"reason": " ", "without": (1,)}, ChangeReasonError),
    ("nothing", {}, NothingToChangeError),
    ("the same day", {"day": dt.date(2026, 11, 17)}, NothingToChangeError),
    ("a line it does not have", {"without": (9,)}, NotInRunError),
    ("everything", {"without": (1, 2, 3, 4)}, EmptyRunError),
    ("by a releaser", {"without": (1,), "user": "emil"}, NotAllowedError),
]


@pytest.mark.parametrize(("wish", "error"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_may_not_be_changed_leaves_the_run_as_it_was(store, wish, error):
    _, run = town(store)
    review(act(store, "dirk"), 1, today=MONDAY)
    with pytest.raises(error):
        changed(store, **wish)
    assert drawn(store) == [(1, "FRST", 10000), (2, "RCUR", 3000), (3, "RCUR", 700), (4, "RCUR", 25050)]
    assert (run_named(store, 1).list_hash, run_named(store, 1).state) == (run.list_hash, "reviewed")


def test_a_changed_run_needs_a_review_and_another_person_to_release_it(store):
    town(store)
    review(act(store, "dirk"), 1, today=MONDAY)
    changed(store, without=(4,))
    with pytest.raises(RunStateError):
        release(act(store, "emil"), 1, sum_cents=13700, today=MONDAY)
    seen = review(act(store, "dirk"), 1, today=MONDAY)
    assert seen.new
    assert not review(act(store, "dirk"), 1, today=MONDAY).new
    with pytest.raises(NotInRunError):
        changed(store, without=(4,))
    release(act(store, "emil"), 1, sum_cents=13700, today=MONDAY)
    with pytest.raises(RunStateError):
        changed(store, without=(1,))


def test_whoever_changed_a_run_does_not_release_it(store):
    town(store)
    changed(store, without=(4,), user="frida")
    review(act(store, "dirk"), 1, today=MONDAY)
    with pytest.raises(OwnWorkError):
        release(act(store, "frida"), 1, sum_cents=13700, today=MONDAY)


def test_the_trace_of_a_change_tells_who_why_before_and_after(store):
    _, run = town(store)
    changed(store, without=(1,), day=dt.date(2026, 11, 18), reason="bar bezahlt")
    (one,) = collection_changes(store, run.office, 1)
    assert (one.by, one.reason, one.without, one.redrawn) == ("dirk", "bar bezahlt", "1", "2-5")
    assert (one.was_day, one.day, one.was_sum_cents, one.sum_cents) == ("2026-11-17", "2026-11-18", 38750, 28750)
    assert [event.what for event in life(store, run_named(store, 1), 1).events] == ["proposed", "taken out of the run"]
    assert [event.what for event in life(store, run_named(store, 1), 2).events] == ["proposed", "got another number"]


def test_a_changed_run_can_be_given_up(store):
    keys, _ = town(store)
    changed(store, without=(1,))
    discard(act(store, "dirk"), 1, reason="doch nicht")
    assert not set(keys) & under_collection(store, MONDAY)
    (again,) = proposed(store).runs
    assert again.total_cents == 38750
    assert verify(store).findings == ()


def test_what_is_said_of_a_whole_proposal_names_no_collection(store, monkeypatch):
    """A proposal has no file yet: the id that the rules see for it is nobody's."""
    places = (Place(payment="PROPOSAL-1"), Place(payment="PROPOSAL"), Place(payment="KASSE-L1-1"))
    said = [UnknownLineError(run=1, line=2, place=place) for place in places]
    monkeypatch.setattr(collection_drafting, "check", lambda *_: said)
    _, run = town(store)
    found = collection_drafting.checked(head_of(run), lines(store, run), MONDAY)
    assert [one.place.payment for one in found] == [None, None, "KASSE-L1-1"]
