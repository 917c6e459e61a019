"""Verify and the release against an owner who turns back what was done: runs paid twice, bank entries posted twice."""

import datetime as dt

import pytest

from ledger.bank.posting_store import post_staged
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.payments.propose_store import propose
from ledger.payments.run_evidence import COLUMNS, RunEvent, contradictions
from ledger.payments.runs import RunPostedError
from ledger.payments.steps_store import release, review
from tests.attacks import without_guards
from tests.bankbooks import staged
from tests.books import act, entry
from tests.ledger.collection_texts import claims, ready
from tests.ledger.collection_texts import released as collected
from tests.ledger.mandate_texts import mandate
from tests.ledger.payables import payables

pytestmark = pytest.mark.engines

MONDAY = dt.date(2026, 11, 16)
HOLDS = dict.fromkeys(COLUMNS) | {"created_by": 1, "created_at": "x"}
MADE = RunEvent("propose", {"by": 1, "at": "x"})
SEEN = RunEvent("review", {"by": 2, "at": "y"})
FREED = RunEvent("release", {"by": 3, "at": "z", "message_id": "M"})
REVIEWED = HOLDS | {"reviewed_by": 2, "reviewed_at": "y"}
CASES = {
    "as it should be": ("proposed", HOLDS, [MADE], []),
    "nobody made it": ("proposed", HOLDS, [], [("state", "proposed", ""), ("created_by", "1", ""), ("created_at", "x", "")]),
    "turned back": ("proposed", REVIEWED, [MADE, SEEN], [("state", "proposed", "review")]),
    "the first reviewer counts": (
        "reviewed",
        REVIEWED,
        [MADE, SEEN, RunEvent("review", {"by": 9, "at": "later"})],
        [],
    ),
    "released by someone else": (
        "released",
        REVIEWED | {"released_by": 4, "released_at": "z", "message_id": "M"},
        [MADE, SEEN, FREED],
        [("released_by", "4", "3")],
    ),
    "released without an event": (
        "released",
        REVIEWED,
        [MADE, SEEN],
        [("state", "released", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("state", "columns", "events", "expected"), CASES.values(), ids=CASES)
def test_a_run_is_what_its_events_say(state, columns, events, expected):
    assert list(contradictions(state, columns, events)) == expected


def released(store):
    payables(store, "KASSE 19,99 2026-11-12 Meyer | Auslagen")
    run = propose(act(store, "dirk"), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    return release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)


def test_a_run_turned_back_by_the_owner_is_named_and_not_paid_again(store):
    run = released(store).run
    assert verify(store).findings == ()
    without_guards(store, "payment_run", "payment")
    store.execute(
        "UPDATE payment_run SET state = 'reviewed', released_by = NULL, released_at = NULL, message_id = NULL"
    )
    store.execute("UPDATE payment SET state = 'proposed'")
    found = [f.fields for f in verify(store).findings if f.code == "verify.payment_run"]
    assert [(f["run"], f["column"], f["held"]) for f in found] == [
        (run.number, "state", "reviewed"),
        (run.number, "released_by", ""),
        (run.number, "released_at", ""),
        (run.number, "message_id", ""),
    ]
    with pytest.raises(RunPostedError) as refused:
        release(store, run.number, sum_cents=run.total_cents, today=MONDAY)
    assert refused.value.fields["entry"] == "KASSE-2026-2"


def test_a_bank_entry_set_back_to_waiting_is_named(store):
    entry = staged(store, "5,00", "ohne Nummer")
    post_staged(act(store, "import"))
    assert verify(store).findings == ()
    without_guards(store, "bank_entry")
    store.execute("UPDATE bank_entry SET state = 'staged', position = NULL")
    found = [f.fields for f in verify(store).findings if f.code == "verify.staged_entry"]
    assert found == [{"office": "KASSE", "entry": entry}]


def test_a_run_is_posted_once_whatever_the_client(store):
    """A second entry of a run, right in all else: refused by the book itself."""
    drafts = [entry("2800 5", "4400 -5", kind="run", source="run:1") for _ in range(2)]
    with store.unit(["KASSE"]):
        post(store, drafts[:1])
    with pytest.raises(Exception, match=r"the run is posted already|uq_entry_run"), store.unit(["KASSE"]):
        post(store, drafts[1:])


def test_a_collection_run_turned_back_by_the_owner_is_named_with_what_is_missing_on_its_way(store):
    ready(store)
    claims(store, "BAU 100,00 2026-10-01 Meyer 1")
    mandate(store, "Meyer - 2026-01-01")
    (run,) = collected(store)
    assert verify(store).findings == ()
    without_guards(store, "collection_run", "collection")
    store.execute("UPDATE collection_run SET state = 'reviewed', released_by = NULL")
    store.execute("UPDATE collection SET state = 'proposed'")
    found = {f.code: f.fields for f in verify(store).findings if f.code in {"verify.collection_run", "verify.transit"}}
    assert found["verify.collection_run"]["run"] == run.number
    assert (found["verify.transit"]["held_cents"], found["verify.transit"]["expected_cents"]) == (10000, 0)


def test_a_payment_said_to_be_executed_without_the_bank_is_found_in_transit(store):
    run = released(store).run
    without_guards(store, "payment")
    store.execute("UPDATE payment SET state = 'executed', active = 0")
    (found,) = [f.fields for f in verify(store).findings if f.code == "verify.transit"]
    assert (found["office"], found["held_cents"], found["expected_cents"]) == ("KASSE", -run.total_cents, 0)
