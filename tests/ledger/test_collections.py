"""Collections from due claims to money: what is collected, what is left out and why, what comes back (§ 4 no. 7)."""

import datetime as dt
import hashlib

import pytest

from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.payments.collection_export_store import CollectionsHinderedError, exportable, note_export
from ledger.payments.collection_propose_store import Choice, propose
from ledger.payments.collection_reader import collections, run_named
from ledger.payments.collection_runs import (
    DayFarError,
    FileDiffersError,
    ListChangedError,
    RunStateError,
    RunSumError,
    TooLateError,
    VoidError,
)
from ledger.payments.collection_steps_store import discard, release, review
from ledger.payments.collection_under_way_reader import collections_under_way
from ledger.payments.collection_void_store import void
from ledger.payments.mandate_forms import NewValues
from ledger.payments.mandate_reader import mandate_numbered, untold
from ledger.payments.mandate_steps_store import amend, resume, revoke, suspend
from ledger.payments.mandates import NoReasonError
from ledger.payments.runs import RunSumMissingError
from ledger.people.users import NotAllowedError, OwnWorkError
from sepa.pain008 import NAMESPACE
from tests.bankbooks import check_invariants, open_cents, reason, staged
from tests.books import MAIN_IBAN, act
from tests.ledger.collection_texts import (
    MONDAY,
    balance,
    claim,
    claims,
    credited,
    exported,
    proposed,
    ready,
    released,
    returned,
    states,
    written,
)
from tests.ledger.mandate_texts import CREDITOR, SWISS, mandate
from tests.sepa.oracles import schema_errors

TOWN = """
    ORDNUNG 100,00 2026-10-01 Meyer 4711
    BAU 250,50 2026-11-16 Schulz 4712
    BAU 900,00 2026-12-24 Meyer 4713
    ORDNUNG 33,00 2026-11-01 Çelik 4714
"""


def town(store, **settings):
    ready(store, **settings)
    keys = claims(store, TOWN)
    mandate(store, "Meyer - 2026-01-01 reference=M-1")
    mandate(store, "Schulz - 2026-03-01 reference=M-2 last_used=2026-08-15")
    return keys


def texts(file, tag):
    from lxml import etree

    return [one.text for one in etree.fromstring(file).iter(f"{{{NAMESPACE}}}{tag}")]


def test_what_is_due_under_a_mandate_is_collected(store):
    town(store)
    made = proposed(store)
    (run,) = made.runs
    assert (run.state, run.scheme, run.count, run.total_cents, run.collection_day) == (
        "proposed", "CORE", 2, 35050, "2026-11-17",
    )  # fmt: skip
    seen = collections(store, run)
    assert [(one.debtor_name, one.sequence, one.amount_cents, one.items) for one in seen] == [
        ("Meyer", "FRST", 10000, "ORDNUNG/1"), ("Schulz", "RCUR", 25050, "BAU/1"),
    ]  # fmt: skip
    assert [one.code for one in made.findings] == ["collection.no_mandate"]
    assert made.skipped == ()


def test_the_file_says_what_was_released(store):
    town(store)
    (run,) = exported(store)
    file = written(store, run.number)
    assert schema_errors("pain.008.001.08", file) == []
    assert texts(file, "MsgId") == ["KASSE-00000000-L000001"]
    assert texts(file, "PmtInfId") == ["KASSE-00000000-L000001-1", "KASSE-00000000-L000001-2"]
    assert texts(file, "SeqTp") == ["FRST", "RCUR"]
    assert texts(file, "ReqdColltnDt") == ["2026-11-17"] * 2
    assert texts(file, "EndToEndId") == ["KASSE-L1-1", "KASSE-L1-2"]
    assert texts(file, "MndtId") == ["M-1", "M-2"]
    assert texts(file, "Ustrd") == ["4711", "4712"]
    assert {CREDITOR, MAIN_IBAN} <= set(texts(file, "Id") + texts(file, "IBAN"))


def test_the_release_settles_against_transit_and_the_credit_clears_it(store):
    keys = town(store)
    (run,) = exported(store)
    assert [open_cents(store, number, office) for office, number in keys] == [0, 0, 90000, 3300]
    assert balance(store, "transit_in") == 35050
    credited(store, run)
    assert balance(store, "transit_in") == 0
    assert states(store) == ["collected", "collected"]
    assert run_named(store, run.number).state == "executed"
    used = [mandate_numbered(store, number) for number in (1, 2)]
    assert [(one.uses, one.last_used) for one in used] == [(1, "2026-11-17"), (1, "2026-11-17")]
    check_invariants(store)
    assert verify(store).findings == ()


def test_a_claim_counts_as_paid_on_its_due_day_where_the_mandate_was_there(store):
    """§ 224 Abs. 2 Nr. 3 AO: the mandates were registered on 16 November; what was due before is paid when collected."""
    ready(store)
    mandate(store, "Meyer - 2026-01-01")
    mandate(store, "Schulz - 2026-01-01 last_used=2026-08-15")
    claims(store, "BAU 10,00 2026-10-01 Meyer 1\nBAU 20,00 2026-10-01 Schulz 2\nBAU 30,00 2026-11-17 Meyer 3")
    released(store)
    rows = store.all(
        "SELECT c.payment_day, l.cents FROM clearing c JOIN clearing_line l ON l.clearing = c.id ORDER BY 2"
    )
    assert rows == [("2026-11-17", 1000), ("2026-10-01", 2000), ("2026-11-17", 3000)]


ONE_BY_ONE = [("KASSE-L1-1", 10000), ("KASSE-L1-2", 25050)]


def test_single_credits_and_batches_are_known_by_their_ids(store):
    town(store)
    (run,) = exported(store, single_booking=True)
    staged(store, "100,00", end_to_end_id="KASSE-L1-1", gvc="171")
    credited(store, run, 25050, batch=2)
    assert states(store) == ["collected", "collected"]
    assert balance(store, "transit_in") == 0
    check_invariants(store)


def test_a_collective_credit_with_details_is_cleared_one_by_one(store):
    town(store)
    exported(store)
    details = [
        {"amount": plain, "end_to_end_id": identifier}
        for identifier, plain in (("KASSE-L1-1", "100,00"), ("KASSE-L1-2", "250,50"))
    ]
    staged(store, "350,50", details=details, gvc="192")
    from ledger.bank.posting_store import post_staged

    post_staged(act(store, "clara"))
    assert states(store) == ["collected", "collected"]
    check_invariants(store)


NOT_OURS = {
    "another amount": (35049, {}),
    "another account": (35050, {"iban": "DE75512108001245126199"}),
}


@pytest.mark.parametrize("case", NOT_OURS)
def test_a_credit_that_does_not_fit_is_left_to_a_person(store, case):
    amount, more = NOT_OURS[case]
    town(store)
    (run,) = exported(store)
    entry = credited(store, run, amount, **more)
    assert reason(store, entry) in {"amount", "account"}
    assert states(store) == ["exported", "exported"]
    check_invariants(store)


def test_the_same_credit_twice_is_clarified(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    assert reason(store, credited(store, run)) == "paid"
    check_invariants(store)


RETURNS = {  # what the reason does to the mandate; sepa/codes/return_reasons.toml and collection_policy.toml
    "AC01": "suspended", "AC04": "suspended", "AC06": "suspended", "MD01": "revoked", "MD07": "revoked",
    "MD06": "suspended", "MS02": "suspended", "AM04": "active", "MS03": "active", "XX99": "active",
}  # fmt: skip


@pytest.mark.parametrize("code", RETURNS)
def test_a_return_opens_the_claim_and_moves_the_mandate(store, code):
    keys = town(store)
    store.execute("UPDATE item SET dunning_level = 2, dunned_on = '2026-11-02' WHERE office = 'ORDNUNG' AND id = 1")
    (run,) = exported(store)
    credited(store, run)
    returned(store, run, 1, code)
    office, number = keys[0]
    row = store.one(
        "SELECT open_cents, due, dunning_level, dunned_on FROM item WHERE office = :o AND id = :i", o=office, i=number
    )
    assert row == (10000, "2026-10-01", 2, "2026-11-02")
    assert states(store) == ["returned", "collected"]
    assert mandate_numbered(store, 1).state == RETURNS[code]
    assert store.one("SELECT return_reason, ended_on FROM collection WHERE line = 1") == (code, "2026-11-24")
    check_invariants(store)
    assert verify(store).findings == ()


def test_a_return_before_the_credit_does_not_spoil_it(store):
    town(store)
    (run,) = exported(store)
    returned(store, run, 2, day="2026-11-19")
    assert balance(store, "transit_in") == 35050
    credited(store, run)
    assert states(store) == ["collected", "returned"]
    assert balance(store, "transit_in") == 0
    check_invariants(store)


FEES = {"cost": ("cost", 0), "item": ("item", 1)}


@pytest.mark.parametrize("case", FEES)
def test_the_fee_of_a_return_goes_where_the_policy_says(store, case):
    bearer, items = FEES[case]
    ready(store, **{"fee.private": bearer})
    number = claim(store, "BAU 100,00 2026-10-01 Meyer 4711", profile="private", claim_kind="rent")
    mandate(store, "Meyer - 2026-01-01")
    (run,) = exported(store)
    credited(store, run)
    returned(store, run, 1, "AM04", 375)
    sql = """SELECT kind, amount_cents, main_item, reference, claim_kind, party, purpose FROM item
             WHERE office = 'BAU' AND main_item IS NOT NULL"""
    person = store.value("SELECT party FROM item WHERE office = 'BAU' AND id = :i", i=number[1])
    made = [("receivable", 375, number[1], "4711", "ruecklastschrift", person, "Kosten der Rücklastschrift")] * items
    assert store.all(sql) == made
    assert balance(store, "bank_fees") == (0 if items else 375)
    assert store.value("SELECT fee_cents FROM collection") == 375
    check_invariants(store)


@pytest.mark.parametrize("fee", [-1, 2501])
def test_a_return_over_another_amount_is_left_to_a_person(store, fee):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    assert reason(store, returned(store, run, 1, "AM04", fee)) == "return"
    assert states(store) == ["collected", "collected"]
    check_invariants(store)


def test_nothing_comes_back_twice(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    returned(store, run, 1)
    assert reason(store, returned(store, run, 1)) == "return"
    check_invariants(store)


def test_a_return_of_last_year_opens_the_claim_this_year(store):
    keys = town(store)
    (run,) = exported(store)
    credited(store, run)
    returned(store, run, 1, "MD06", day="2027-01-08")
    assert open_cents(store, keys[0][1], keys[0][0]) == 10000
    assert store.value("SELECT max(posting_day) FROM entry") == "2027-01-08"
    check_invariants(store)


RETRY = [  # AM04: once again after 14 days; the mandate stays
    ("2026-12-04", "waits"),
    ("2026-12-08", None),
]


@pytest.mark.parametrize(("day", "why"), RETRY)
def test_a_missing_cover_is_tried_again_once(store, day, why):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    returned(store, run, 1, "AM04")
    again = propose(act(store, "dirk"), today=dt.date.fromisoformat(day))
    assert [one.why for one in again.skipped if one.reference == "4711"] == ([why] if why else [])
    assert [run.total_cents for run in again.runs] == ([] if why else [10000])


def test_after_two_returns_a_person_decides(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    returned(store, run, 1, "AM04")
    later = dt.date(2026, 12, 8)
    (second,) = propose(act(store, "dirk"), today=later).runs
    review(store, second.number, today=later)
    release(act(store, "emil"), second.number, sum_cents=10000, today=later)
    second = run_named(store, second.number)
    note_export(act(store, "dirk"), second.number, hashlib.sha256(written(store, second.number)).hexdigest())
    credited(store, second, day="2026-12-09")
    returned(store, second, 1, "AM04", day="2026-12-11")
    again = propose(act(store, "dirk"), today=dt.date(2027, 1, 20))
    assert [one.why for one in again.skipped if one.reference == "4711"] == ["returned"]
    named = Choice(named=frozenset({("ORDNUNG", 1)}))
    assert [run.total_cents for run in propose(store, named, today=dt.date(2027, 1, 20)).runs] == [10000]
    check_invariants(store)


LEFT_OUT = {
    "suspended": lambda store: suspend(store, 1, "Widerspruch"),
    "revoked": lambda store: revoke(store, 1, "Widerruf"),
    "not-covered": lambda store: amend(store, 1, NewValues(covers=_covers("BAU")), today=MONDAY),
    "reserved": lambda store: proposed(store, named=frozenset({("ORDNUNG", 1)})),
    "locked": lambda store: _lock(store, "dunning"),
}


def _covers(office):
    from ledger.payments.mandate_forms import Covers

    return Covers(office)


def _lock(store, kind):
    from ledger.items.locks import Span
    from ledger.items.locks_store import lock_items

    lock_items(store, [("ORDNUNG", 1)], kind, "Widerspruch", Span("2026-11-01"))


@pytest.mark.parametrize("why", LEFT_OUT)
def test_what_is_not_collected_is_listed_with_the_reason(store, why):
    town(store)
    LEFT_OUT[why](store)
    assert [(one.item, one.why) for one in proposed(store).skipped if one.office == "ORDNUNG"] == [(1, why)]


def test_more_reasons_to_leave_a_claim_out(store):
    ready(store, minimum_cents="500")
    mandate(store, "Meyer - 2023-11-01")
    mandate(store, "Schulz - 2026-01-01 scheme=B2B")
    mandate(store, "Çelik - 2026-01-01 usage=once")
    claims(
        store,
        """BAU 10,00 2026-10-01 Meyer 1
           BAU 10,00 2026-10-01 Schulz 2
           BAU 4,99 2026-10-01 Çelik 3
           BAU 10,00 2026-10-01 Çelik 4
           BAU 20,00 2026-10-01 Çelik 5""",
    )
    found = proposed(store)
    assert [(one.reference, one.why) for one in found.skipped] == [
        ("1", "lapsed"), ("2", "unconfirmed"), ("3", "small"), ("5", "used"),
    ]  # fmt: skip
    assert [one.sequence for run in found.runs for one in collections(store, run)] == ["OOFF"]


def test_money_in_suspense_that_may_pay_a_claim_keeps_it_from_being_collected(store):
    from ledger.bank.posting_store import post_staged

    ready(store)
    mandate(store, "Meyer - 2026-01-01")
    claims(store, "BAU 10,00 2026-10-01 Meyer 4711")
    staged(store, "10,00", "danke", name="Meyer")
    post_staged(act(store, "clara"))
    assert [one.why for one in proposed(store).skipped] == ["suspense"]


def test_a_one_off_mandate_ends_with_its_use_and_lives_again_when_it_comes_back(store):
    ready(store)
    number = mandate(store, "Meyer - 2026-01-01 usage=once")
    claims(store, "BAU 10,00 2026-10-01 Meyer 4711")
    (run,) = exported(store)
    assert mandate_numbered(store, number).state == "ended"
    credited(store, run)
    returned(store, run, 1, "AM04")
    assert mandate_numbered(store, number).state == "active"


def test_main_and_side_claims_are_one_collection(store):
    ready(store)
    mandate(store, "Meyer - 2026-01-01")
    office, main = claim(store, "BAU 100,00 2026-10-01 Meyer 4711")
    claim(store, "BAU 5,00 2026-10-20 Meyer", main_item=main)
    (run,) = exported(store)
    assert [(one.amount_cents, one.items) for one in collections(store, run)] == [(10500, "BAU/1 BAU/2")]
    credited(store, run)
    returned(store, run, 1, "AM04", 300)
    assert [open_cents(store, number, office) for number in (1, 2)] == [10000, 500]
    check_invariants(store)


def test_the_schemes_have_files_of_their_own(store):
    ready(store)
    mandate(store, "Meyer - 2026-01-01")
    mandate(store, "Schulz - 2026-01-01 scheme=B2B confirmed_on=2026-02-01")
    claims(store, "BAU 10,00 2026-10-01 Meyer 1\nBAU 20,00 2026-10-01 Schulz 2")
    runs = released(store)
    assert [(run.scheme, run.total_cents) for run in runs] == [("CORE", 1000), ("B2B", 2000)]
    for run in runs:
        assert schema_errors("pain.008.001.08", written(store, run.number)) == []


def test_a_bank_that_takes_one_sequence_type_in_a_file_gets_a_run_for_each(store):
    ready(store, profile="cautious")
    claims(store, TOWN + "BAU 12,00 2026-11-02 Meyer 4715\nBAU 13,00 2026-11-02 Meyer 4716")
    mandate(store, "Meyer - 2026-01-01 reference=M-1")
    mandate(store, "Schulz - 2026-03-01 reference=M-2 last_used=2026-08-15")
    runs = released(store)
    files = [written(store, run.number) for run in runs]
    assert [texts(file, "SeqTp") for file in files] == [["FRST"], ["RCUR"]]
    assert [(run.count, run.total_cents) for run in runs] == [(1, 1200), (3, 36350)]
    assert sorted(texts(files[1], "MndtId")) == ["M-1", "M-1", "M-2"], "the first of a mandate is FRST once"


def test_our_own_name_is_in_the_letters_that_our_bank_takes(store):
    town(store, profile="cautious")
    with store.unit(["KASSE"]):
        store.execute("UPDATE setting SET value = 'Köln' WHERE key = 'municipality'")
    for run in released(store):
        assert written(store, run.number).isascii()
        assert run.creditor_name == "Koeln"


def test_an_amendment_goes_with_the_next_collection_once(store):
    town(store)
    amend(store, 2, NewValues(reference="M-2-NEU", iban="DE02370502990000684712"), today=MONDAY)
    (run,) = exported(store)
    file = written(store, run.number)
    assert (texts(file, "OrgnlMndtId"), texts(file, "AmdmntInd")) == (["M-2"], ["true"])
    assert "SMNDA" in texts(file, "Id")
    assert schema_errors("pain.008.001.08", file) == []
    assert untold(store) == {}
    void(act(store, "dirk"), run.number, "nie gesendet", today=MONDAY)
    void(act(store, "emil"), run.number, today=MONDAY)
    assert [change.field for change in untold(store)[2]] == ["reference", "iban"]


LONG = "Benutzungsgebühr " + "x" * 130
TEXTS = {  # claim, its purpose, who is debited: what the debtor reads, what is said of it
    "fits": ("BAU 10,00 2026-10-01 Meyer 4711", "Miete", "4711 Miete", ()),
    "other letters": ("BAU 10,00 2026-10-01 Meyer 4711", "5 € Miete", "4711 5 EUR Miete", ("collection.text_changed",)),
    "another name": ("BAU 10,00 2026-10-01 Çelik 4711", "Miete", "4711 Miete", ("collection.text_changed",)),
    "purpose too long": ("BAU 10,00 2026-10-01 Meyer 4711", LONG, "4711", ("collection.purpose_omitted",)),
    "too long without a reference": ("BAU 10,00 2026-10-01 Meyer", LONG, None, ("text.length",)),
}


@pytest.mark.parametrize("case", TEXTS)
def test_no_text_is_cut_and_every_change_is_said(store, case):
    line, purpose, text, said = TEXTS[case]
    ready(store)
    mandate(store, f"{line.split()[3]} - 2026-01-01 reference=M-1")
    claim(store, line, purpose=purpose)
    made = proposed(store)
    assert tuple(finding.code for finding in made.findings) == said
    assert [one.remittance for run in made.runs for one in collections(store, run)] == ([text] if text else [])
    assert [one.why for one in made.skipped] == ([] if text else ["rule"])


def test_beyond_the_eea_the_address_goes_along(store):
    ready(store)
    mandate(store, f"Meyer {SWISS} 2026-01-01 bic=POFICHBEXXX")
    claims(store, "BAU 10,00 2026-10-01 Meyer 1")
    refused = proposed(store)
    assert [one.why for one in refused.skipped] == ["rule"]
    assert "collection.address" in {one.code for one in refused.findings}
    store.execute("UPDATE party SET town = 'Zürich', country = 'CH', postcode = '8001'")
    (run,) = released(store)
    file = written(store, run.number)
    assert (texts(file, "TwnNm"), schema_errors("pain.008.001.08", file)) == (["Zuerich"], [])


DAYS = {  # Friday 20 November: the file is with the bank today, debited one TARGET day later
    "next TARGET day": (dt.date(2026, 11, 20), None, None, "2026-11-23"),
    "on a Sunday": (dt.date(2026, 11, 22), None, None, "2026-11-24"),
    "asked for later": (dt.date(2026, 11, 20), None, dt.date(2026, 11, 27), "2026-11-27"),
    "asked for a Saturday": (dt.date(2026, 11, 20), None, dt.date(2026, 11, 28), "2026-11-30"),
    "over Christmas": (dt.date(2026, 12, 24), None, None, "2026-12-28"),
}


@pytest.mark.parametrize("case", DAYS)
def test_the_day_of_collection_is_one_the_file_can_reach(store, case):
    today, time, wanted, day = DAYS[case]
    ready(store)
    assert propose(store, Choice(day=wanted), today=today, time=time).day == day


def test_after_the_cut_off_the_file_counts_for_the_next_day(store):
    ready(store, profile="cautious")
    for hour, day in ((11, "2026-11-17"), (13, "2026-11-18")):
        assert propose(store, today=MONDAY, time=dt.time(hour, 1)).day == day


def test_a_day_too_far_ahead_is_refused(store):
    ready(store)
    with pytest.raises(DayFarError):
        proposed(store, day=dt.date(2026, 12, 24))


def test_only_another_person_releases_and_knows_the_sum(store):
    town(store)
    (run,) = proposed(store).runs
    number = run.number
    with pytest.raises(RunStateError):
        release(act(store, "emil"), number, sum_cents=35050, today=MONDAY)
    assert review(act(store, "dirk"), number, today=MONDAY).new
    assert review(act(store, "frida"), number, today=MONDAY).new
    assert review(act(store, "frida"), number, today=MONDAY).new is False
    assert run_named(store, number).reviewed_by == "dirk"
    for user, cents, error in (
        ("dirk", 35050, NotAllowedError), ("frida", 35050, OwnWorkError), ("emil", None, RunSumMissingError),
        ("emil", 35049, RunSumError),
    ):  # fmt: skip
        with pytest.raises(error):
            release(act(store, user), number, sum_cents=cents, today=MONDAY)
    assert release(act(store, "emil"), number, sum_cents=35050, today=MONDAY).entries
    assert release(act(store, "emil"), number, sum_cents=35050, today=MONDAY).entries == ()


def _pay(store):
    from ledger.book.entry import Draft, Posting
    from ledger.book.store import post
    from ledger.items.store import NewClearing, clear, posting_for

    with store.unit(["ORDNUNG"]):
        lines = (posting_for("D", "2400", 1, 100), Posting("5100", 100))
        (posted,) = post(store, [Draft("ORDNUNG", "clearing", "2026-11-16", lines)])
        clear(store, [NewClearing("ORDNUNG", "bank", posted.position, "2026-11-16", "2026-11-16", ((1, 100),))])


CHANGES = {
    "paid meanwhile": _pay,
    "suspended": lambda store: suspend(act(store, "dirk"), 1, "Widerspruch"),
    "another account": lambda store: amend(
        act(store, "dirk"), 1, NewValues(iban="DE02370502990000684712"), today=MONDAY
    ),
    "another reference": lambda store: amend(act(store, "dirk"), 2, NewValues(reference="NEU"), today=MONDAY),
}


def _arrive(store):
    staged(store, "100,00", "danke", name="Meyer")
    post_staged(act(store, "clara"))


HINDRANCES = {
    "locked against payment": (lambda store: _lock(act(store, "dirk"), "payment"), "collection.claim_locked"),
    "locked against dunning": (lambda store: _lock(act(store, "dirk"), "dunning"), "collection.claim_locked"),
    "money in suspense": (_arrive, "collection.claim_paid"),
}


@pytest.mark.parametrize("case", HINDRANCES)
def test_a_lock_or_money_since_the_proposal_stops_the_run_and_is_seen_at_the_review(store, case):
    town(store)
    (run,) = proposed(store).runs
    change, code = HINDRANCES[case]
    change(store)
    assert code in [one.code for one in review(act(store, "dirk"), run.number, today=MONDAY).findings]
    with pytest.raises(ListChangedError) as refused:
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    assert [one.code for one in refused.value.findings] == [code]
    assert balance(store, "transit_in") == 0


@pytest.mark.parametrize("case", CHANGES)
def test_what_changed_since_the_proposal_stops_the_release(store, case):
    town(store)
    (run,) = proposed(store).runs
    review(store, run.number, today=MONDAY)
    CHANGES[case](store)
    with pytest.raises(ListChangedError):
        release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    assert balance(store, "transit_in") == 0
    discard(act(store, "dirk"), run.number)
    assert states(store) == ["discarded", "discarded"]


def test_a_release_that_comes_too_late_is_refused(store):
    town(store)
    (run,) = proposed(store).runs
    review(store, run.number, today=MONDAY)
    with pytest.raises(TooLateError):
        release(act(store, "emil"), run.number, sum_cents=35050, today=dt.date(2026, 11, 17))


def test_a_file_the_bank_never_got_is_void_and_its_claims_open_again(store):
    keys = town(store)
    (run,) = exported(store)
    with pytest.raises(NoReasonError):
        void(act(store, "emil"), run.number, " ", today=MONDAY)
    asked = [void(act(store, "emil"), run.number, "nie gesendet", today=MONDAY) for _ in range(2)]
    assert [(one.run.state, one.done, one.new, one.entries) for one in asked] == [
        ("exported", False, True, ()), ("exported", False, False, ()),
    ]  # fmt: skip
    with pytest.raises(NotAllowedError):
        void(act(store, "dirk"), run.number, today=MONDAY)
    done = void(act(store, "frida"), run.number, today=MONDAY)
    assert (done.run.state, done.asked_by, done.count, done.cents) == ("voided", "emil", 2, 35050)
    assert void(act(store, "emil"), run.number, "nie gesendet", today=MONDAY).entries == ()
    assert [open_cents(store, number, office) for office, number in keys[:2]] == [10000, 25050]
    assert balance(store, "transit_in") == 0
    assert (mandate_numbered(store, 1).uses, mandate_numbered(store, 2).last_used) == (0, "2026-08-15")
    check_invariants(store)
    assert verify(store).findings == ()
    (again,) = proposed(store).runs
    assert again.total_cents == 35050


def test_what_the_bank_has_booked_is_never_void(store):
    town(store)
    (run,) = exported(store)
    staged(store, "100,00", end_to_end_id="KASSE-L1-1", gvc="171")
    credited(store, run, 25050, batch=2)
    with pytest.raises(RunStateError):
        void(act(store, "emil"), run.number, "doch nicht", today=MONDAY)


def test_half_booked_is_not_void_either(store):
    town(store)
    (run,) = exported(store)
    credited(store, run, 25050, batch=2)
    with pytest.raises(VoidError):
        void(act(store, "emil"), run.number, "doch nicht", today=MONDAY)


@pytest.mark.parametrize("end", [revoke, suspend])
def test_nothing_is_collected_past_the_end_of_a_mandate(store, end):
    """§ 675j BGB: what was not authorised comes back for thirteen months."""
    town(store)
    (run,) = released(store)
    end(act(store, "dirk"), 1, "Widerruf")
    (said,) = collections_under_way(store, mandate=1)
    assert (said.code, said.fields["run"]) == ("collection.under_way_released", run.number)
    with pytest.raises(CollectionsHinderedError) as refused:
        exportable(act(store, "dirk"), run.number)
    assert [one.code for one in refused.value.findings] == ["collection.mandate_ended"]
    void(act(store, "emil"), run.number, "Mandat beendet", today=MONDAY)
    void(act(store, "frida"), run.number, today=MONDAY)
    assert [one.total_cents for one in proposed(store).runs] == [25050]


def test_the_reviewer_sees_a_mandate_that_was_revoked_since_the_proposal(store):
    town(store)
    (run,) = proposed(store).runs
    revoke(act(store, "dirk"), 1, "Widerruf")
    assert "collection.mandate_ended" in [one.code for one in review(store, run.number, today=MONDAY).findings]


def test_an_export_repeats_the_same_bytes(store):
    town(store)
    (run,) = exported(store)
    first = written(store, run.number)
    store.now = "2026-11-18T08:00:00Z"
    store.execute("UPDATE party SET name = 'Anders', legal_name = 'Anders'")
    store.execute("UPDATE setting SET value = 'Neustadt' WHERE key = 'name'")
    assert written(store, run.number) == first
    assert note_export(store, run.number, hashlib.sha256(first).hexdigest()).state == "exported"
    with pytest.raises(FileDiffersError):
        note_export(store, run.number, hashlib.sha256(first + b" ").hexdigest())


def test_a_mandate_is_used_again_after_it_was_resumed(store):
    town(store)
    suspend(store, 1, "Urlaub")
    resume(store, 1, "zurück")
    assert proposed(store).runs[0].count == 2
