"""Limitation of the claims of a book: the vectors of the law in rows, notes by hand, why claims are lost."""

import datetime as dt
import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enforcement.law import packaged_law
from enforcement.limitation import LimitationEvent, limitation
from enforcement.limitation_bulk import LimitationWatch
from enforcement.limitation_watch import Claim, Happened, Lawbook, split_facts, why_barred
from enforcement.limitation_watch_notes import (
    NoClaimError,
    NoKindError,
    NoRuleError,
    Note,
    NotedAmountError,
    NotedDaysError,
    NotedReasonError,
    OwnedEventError,
    SideClaimError,
    UnknownEventError,
    kinds,
)
from enforcement.limitation_watch_reader import (
    barred_since,
    check_reader,
    ending,
    in_order,
    named_claims,
    noted,
    open_claims,
)
from enforcement.limitation_watch_report import UnknownGroupError, check_by, summed
from enforcement.limitation_watch_store import main_claims, note, withdraw
from ledger.bank.posting_store import post_staged
from ledger.people.users import NotAllowedError
from ledger.store.failures import RefusedByBookError
from tests.bankbooks import OFFICES, check_invariants, item, party, reference, staged
from tests.books import act

TODAY = dt.date(2026, 11, 24)
LAW = packaged_law()
AO, GEBG, OWIG, BGB, GKG = "tax", "fee", "fine", "private", "justice"


def day(text):
    return dt.date.fromisoformat(text)


def event(text):
    kind, days, *amount = text.split()
    start, dots, end = days.partition("..")
    cents = int(amount[0]) if amount else None
    return LimitationEvent(kind, day(start), day(end) if end else None, bool(dots) and not end, cents)


def events(text):
    return tuple(event(part) for part in text.split(", ") if part)


def claim(profile=AO, due="2021-05-10", cents=1_000_00, **more):
    values = {"assessed": None, "final": None, "dunned_on": None} | more
    return Claim("ORDNUNG", 1, None, None, profile, None, due, due, cents, cents, 0, **values)


@pytest.fixture
def kasse(store):
    store.today = TODAY.isoformat()
    return act(store, "clara")


def book():
    return Lawbook("HH", LAW)


def standing(store, number=1, office="ORDNUNG"):
    ((one, happened),) = named_claims(store, office, [number])
    return book().standing(one, happened)


VECTORS = [
    ("§§ 228, 229 AO, tax due 2021-05-10", AO, {}, "", "2026-12-31", "no_event"),
    ("§ 231 (1) no. 8 AO, Mahnung 2024-03-01", AO, {}, "demand 2024-03-01", "2029-12-31", "event_old"),
    ("§ 231 (1) no. 1 AO, Stundung until 2025-06-30", AO, {}, "deferral 2024-06-01..2025-06-30", "2030-12-31", "relief_over"),
    ("§ 229 (1) AO, assessed in 2022", AO, {"assessed": "2022-02-01"}, "", "2027-12-31", "no_event"),
    ("§ 229 (1) AO, assessed in 2022, noted by hand", AO, {}, "assessed 2022-02-01", "2027-12-31", "no_event"),
    ("§ 231 (2) AO, a lien lasts", AO, {}, "measure 2022-02-01..", None, "event_old"),
    ("§ 231 (4) AO, only for the amount concerned", AO, {}, "demand 2024-03-01 40000", "2026-12-31", "no_event"),
    ("§ 108 (3) AO, the end is a Saturday", AO, {"due": "2017-05-10"}, "", "2023-01-02", "no_event"),
    ("§ 231 AO, the Mahnung came too late", AO, {"due": "2017-05-10"}, "demand 2023-01-03", "2023-01-02", "too_late"),
    ("§ 22 GebG HH, acknowledged", GEBG, {}, "acknowledgement 2023-05-01", "2028-12-31", "event_old"),
    ("§ 22 GebG HH knows no part payment", GEBG, {}, "payment 2023-05-01", "2026-12-31", "no_event"),
    ("§ 34 OWiG, 1,000 euros", OWIG, {"final": "2024-02-15"}, "", "2027-02-15", "no_event"),
    ("§ 34 OWiG, 1,000.01 euros", OWIG, {"final": "2024-02-15", "cents": 1_000_01}, "", "2029-02-15", "no_event"),
    ("§ 34 OWiG, final noted by hand", OWIG, {}, "final 2024-02-15", "2027-02-15", "no_event"),
    ("§ 34 (4) OWiG, 31 days of instalments", OWIG, {"final": "2024-02-15"}, "relief 2024-05-01..2024-05-31", "2027-03-18", "relief_over"),
    ("§ 34 OWiG, a Mahnung does nothing", OWIG, {"final": "2024-02-15"}, "demand 2024-05-01", "2027-02-15", "no_effect"),
    ("§ 5 GKG, four years after the proceedings", GKG, {}, "closed 2022-06-30", "2026-12-31", "no_event"),
    ("§ 5 GKG, no new start below 25 euros", GKG, {"cents": 24_99}, "closed 2022-06-30, demand 2023-03-01", "2026-12-31", "no_effect"),
    ("§ 5 GKG, new start from 25 euros on", GKG, {"cents": 25_00}, "closed 2022-06-30, demand 2023-03-01", "2027-03-01", "event_old"),
    ("§§ 195, 199 BGB", BGB, {}, "", "2024-12-31", "no_event"),
    ("§ 212 BGB, a part payment after the end", BGB, {}, "payment 2025-05-04", "2024-12-31", "no_event"),
    ("§ 212 BGB, a part payment restarts the day", BGB, {}, "payment 2023-05-04", "2026-05-04", "event_old"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "profile", "facts", "happened", "end", "why"), VECTORS, ids=[vector[0] for vector in VECTORS]
)
def test_a_claim_stands_as_the_law_says(source, profile, facts, happened, end, why):
    found = book().standing(claim(profile, **facts), Happened(events(happened)))
    assert (found.end, found.why) == (day(end) if end else None, why), source


@pytest.mark.parametrize(
    ("profile", "state"),
    [(None, "no_law"), ("schenkung", "law_unknown"), ("amtshilfe", "creditor_law"), (OWIG, "final_missing"), (GKG, "closed_missing")],
)  # fmt: skip
def test_what_is_not_known_is_said(profile, state):
    found = book().standing(claim(profile))
    assert (found.state, found.end) == (state, None)


def test_an_event_of_a_part_leaves_the_rest_to_end_first():
    found = book().standing(claim(), Happened(events("demand 2024-03-01 40000")))
    assert (found.part_cents, found.end) == (600_00, day("2026-12-31"))


def test_why_names_a_failed_plan_and_a_letter_that_never_left():
    plan = events("deferral 2022-03-01..2022-06-30")
    rule = book().rule(AO)
    facts, _ = split_facts(("2021-05-10", None, None), None, rule, ())
    found = limitation(rule, facts, plan)
    assert why_barred(found, frozenset({("deferral", day("2022-03-01"))})) == "plan_failed"
    assert book().standing(claim(dunned_on="2022-01-01")).why == "not_posted"
    assert book().standing(claim(OWIG, final="2022-01-01", dunned_on="2022-01-01")).why == "no_effect"


DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31))
HAPPENED = st.lists(st.tuples(DAYS, st.integers(0, 900), st.integers(0, 30)), max_size=4)


def built(profile, picked):
    rule = book().rule(profile)
    known = [kind for kind in kinds(rule) if kind in rule.restart or kind in rule.suspend]
    made = [
        LimitationEvent(known[pick % len(known)], first, first + dt.timedelta(long)) for first, long, pick in picked
    ]
    return tuple(sorted(made, key=lambda one: one.day))


@given(st.sampled_from([AO, GEBG, OWIG, BGB]), DAYS, st.integers(0, 700), HAPPENED)
def test_the_end_never_lies_before_the_due_day(profile, due, later, picked):
    final = (due + dt.timedelta(later)).isoformat()
    found = book().standing(claim(profile, due.isoformat(), final=final), Happened(built(profile, picked)))
    assert found.end is not None
    assert found.end >= due


@given(st.sampled_from([AO, GEBG]), DAYS, HAPPENED, st.tuples(DAYS, st.integers(0, 900), st.integers(0, 30)))
def test_noting_what_interrupts_never_shortens(profile, due, picked, more):
    rule = book().rule(profile)
    (added,) = built(profile, [more])
    assume(added.kind in rule.restart)
    before = book().standing(claim(profile, due.isoformat()), Happened(built(profile, picked)))
    both = sorted((*built(profile, picked), added), key=lambda one: one.day)
    after = book().standing(claim(profile, due.isoformat()), Happened(tuple(both)))
    assert after.end >= before.end


@given(st.sampled_from([AO, GEBG, BGB]), DAYS, HAPPENED, st.integers(1, 5_000_00))
def test_the_watch_and_dunning_say_the_same(profile, due, picked, cents):
    rule = book().rule(profile)
    one = claim(profile, due.isoformat(), cents)
    facts, happened = split_facts((due.isoformat(), None, None), cents, rule, built(profile, picked))
    watch = LimitationWatch(rule, land="HH", law=LAW)
    assert book().standing(one, Happened(happened)).end == watch.end(facts, happened)


def tax(store, amount="1.000,00", due="2021-05-10", number=1, office="ORDNUNG", **more):
    with store.unit(OFFICES):
        person = party(store, f"Person {number}")
    values = {"profile": "tax", "claim_kind": "tax", "person": person} | more
    return item(store, amount, reference(store, number), due=due, office=office, **values)


def test_a_note_moves_the_end_and_is_noted_once(kasse):
    number = tax(kasse)
    wanted = Note("measure", day("2026-11-02"))
    (first,) = note(kasse, f"ORDNUNG/{number}", wanted, "Pfändung")
    assert (first.did, first.before.end, first.after.end) == ("noted", day("2026-12-31"), day("2031-12-31"))
    logged = kasse.value("SELECT count(*) FROM event")
    (again,) = note(kasse, reference(kasse, 1), wanted, "noch einmal")
    assert (again.did, again.number) == ("same", first.number)
    assert kasse.value("SELECT count(*) FROM claim_event") == 1
    assert kasse.value("SELECT count(*) FROM event") == logged
    facts = json.loads(kasse.value("SELECT facts FROM event WHERE action = 'limitation.note'"))
    assert facts.pop("claim_event_seal").startswith("ORDNUNG:1-1:")
    assert facts == {
        "amount_cents": None, "day": "2026-11-02", "kind": "measure", "number": 1, "ongoing": False, "until": None,
    }  # fmt: skip
    check_invariants(kasse)


def test_what_goes_on_holds_the_period_until_it_ends(kasse):
    tax(kasse)
    (held,) = note(kasse, "ORDNUNG/1", Note("measure", day("2026-11-02"), ongoing=True), "Pfändung")
    assert (held.after.state, held.after.end) == ("stands_still", None)
    ended = Note("measure", day("2026-11-02"), day("2026-11-20"))
    assert [one.did for _ in (1, 2) for one in note(kasse, "ORDNUNG/1", ended, "bezahlt")] == ["ended", "same"]
    assert standing(kasse).end == day("2031-12-31")


def test_a_withdrawn_event_has_no_effect_and_stays(kasse):
    tax(kasse)
    (made,) = note(kasse, "ORDNUNG/1", Note("measure", day("2026-11-02")), "Pfändung")
    done = withdraw(kasse, "ORDNUNG/1", made.number, "falsches Kassenzeichen")
    assert (done.did, done.after.end) == ("withdrawn", day("2026-12-31"))
    assert withdraw(kasse, "ORDNUNG/1", made.number, "noch einmal").did == "same"
    (row,) = noted(kasse, "ORDNUNG", 1)
    assert (row.withdrawn_by, row.withdrawn_reason) == ("clara", "falsches Kassenzeichen")
    with pytest.raises(RefusedByBookError), kasse.unit(OFFICES):
        kasse.execute("UPDATE claim_event SET withdrawn_reason = 'anders' WHERE id = :id", id=made.number)
    assert note(kasse, "ORDNUNG/1", Note("measure", day("2026-11-02")), "doch")[0].did == "noted"


@pytest.mark.parametrize(
    ("error", "text", "wanted", "reason"),
    [
        (NoKindError, "ORDNUNG/1", Note("payment", day("2026-11-02")), "x"),
        (NotedDaysError, "ORDNUNG/1", Note("measure", day("2026-11-25")), "x"),
        (NotedDaysError, "ORDNUNG/1", Note("measure", day("2026-11-02"), day("2026-11-01")), "x"),
        (NotedDaysError, "ORDNUNG/1", Note("measure", day("2026-11-02"), day("2026-11-03"), ongoing=True), "x"),
        (NotedDaysError, "ORDNUNG/1", Note("assessed", day("2026-11-02"), day("2026-11-03")), "x"),
        (NotedAmountError, "ORDNUNG/1", Note("measure", day("2026-11-02"), amount_cents=1_000_01), "x"),
        (NotedAmountError, "ORDNUNG/1", Note("measure", day("2026-11-02"), amount_cents=0), "x"),
        (NotedReasonError, "ORDNUNG/1", Note("measure", day("2026-11-02")), " "),
        (SideClaimError, "ORDNUNG/2", Note("measure", day("2026-11-02")), "x"),
        (NoRuleError, "ORDNUNG/3", Note("measure", day("2026-11-02")), "x"),
        (NoClaimError, "ORDNUNG/4", Note("measure", day("2026-11-02")), "x"),
    ],
)
def test_a_wrong_note_is_refused(kasse, error, text, wanted, reason):
    tax(kasse)
    tax(kasse, "5", main_item=1)
    tax(kasse, number=3, profile=None)
    item(kasse, "5", reference(kasse, 4), kind="payable")
    with pytest.raises(error):
        note(kasse, text, wanted, reason)
    assert kasse.value("SELECT count(*) FROM claim_event") == 0


def test_only_who_may_notes_withdraws_and_looks(kasse):
    tax(kasse)
    note(kasse, "ORDNUNG/1", Note("measure", day("2026-11-02")), "x")
    act(kasse, "anna")
    with pytest.raises(NotAllowedError):
        note(kasse, "ORDNUNG/1", Note("security", day("2026-11-02")), "x")
    with pytest.raises(NotAllowedError):
        withdraw(kasse, "ORDNUNG/1", 1, "x")
    with pytest.raises(NotAllowedError):
        check_reader(kasse, None)
    check_reader(act(kasse, "clara"), "BAU")


def test_events_of_letters_and_relief_are_not_withdrawn_by_hand(kasse):
    tax(kasse)
    with kasse.unit(OFFICES):
        kasse.insert_one("claim_event", office="ORDNUNG", item=1, id=7, kind="demand", day="2024-03-01", ongoing=0,
                         source="letter:1", made_by=1, made_at=kasse.now)  # fmt: skip
    with pytest.raises(OwnedEventError):
        withdraw(kasse, "ORDNUNG/1", 7, "x")
    with pytest.raises(UnknownEventError):
        withdraw(kasse, "ORDNUNG/1", 8, "x")


def test_side_claims_fall_with_their_main_claim_also_when_that_is_paid(kasse):
    tax(kasse, "100")
    tax(kasse, "12", due="2025-01-01", number=2, main_item=1, claim_kind="saeumniszuschlag")
    assert main_claims(kasse, reference(kasse, 1)) == [("ORDNUNG", 1)]
    with kasse.snapshot():
        ((one, _),) = open_claims(kasse)
    assert (one.item, one.open_cents, one.side_cents) == (1, 10000, 1200)
    with kasse.unit(OFFICES):
        kasse.execute("UPDATE item SET open_cents = 0 WHERE id = 1")
    with kasse.snapshot():
        ((one, happened),) = open_claims(kasse)
    assert (one.item, one.open_cents, one.side_cents) == (1, 0, 1200)
    assert book().standing(one, happened).end == day("2026-12-31")


def test_part_payments_are_events_where_the_law_knows_them(kasse):
    for number, profile in enumerate(("private", "fee"), 1):
        tax(kasse, "100", due="2024-03-01", number=number, profile=profile)
        staged(kasse, "40", reference(kasse, number), day="2026-11-16")
    post_staged(kasse)
    assert (standing(kasse, 1).last_kind, standing(kasse, 1).end) == ("payment", day("2029-11-16"))
    assert (standing(kasse, 2).last_kind, standing(kasse, 2).end) == (None, day("2029-12-31"))
    with kasse.snapshot():
        streamed = {one.item: book().standing(one, happened).end for one, happened in open_claims(kasse)}
    assert streamed == {1: day("2029-11-16"), 2: day("2029-12-31")}


def test_the_list_is_in_the_order_of_the_ends(kasse):
    for number, due in enumerate(("2024-05-10", "2021-05-10", "2023-05-10"), 1):
        tax(kasse, due=due, number=number)
    tax(kasse, due="2022-05-10", number=4, office="BAU")
    with kasse.snapshot():
        listed, law = ending(kasse), book()
        for one, happened in open_claims(kasse):
            listed.add(law.standing(one, happened).end, one.office, one.item)
        rows = [(one.office, one.item, found.end) for one, found in in_order(kasse, law, listed)]
    assert rows == [
        ("ORDNUNG", 2, day("2026-12-31")),
        ("BAU", 1, day("2027-12-31")),
        ("ORDNUNG", 3, day("2029-01-02")),
        ("ORDNUNG", 1, day("2029-12-31")),
    ]


def test_the_report_counts_what_was_open_when_the_period_ended(kasse):
    tax(kasse, "100", due="2017-05-10")
    tax(kasse, "12", due="2018-05-10", main_item=1, claim_kind="saeumniszuschlag")
    tax(kasse, "200", due="2010-05-10", number=2)
    tax(kasse, "300", due="2018-05-10", number=3, office="BAU")
    tax(kasse, "80", due="2018-05-10", number=4, profile="fine")
    staged(kasse, "300", reference(kasse, 3), day="2026-11-16")
    post_staged(kasse)
    assert kasse.value("SELECT open_cents FROM item WHERE office = 'BAU'") == 0
    with kasse.snapshot():
        rows = list(barred_since(kasse, book(), day("2020-01-01"), TODAY))
    assert [(one.office, one.item, one.end, one.barred_cents, one.open_cents) for one in rows if one.end] == [
        ("BAU", 1, day("2024-01-02"), 30000, 0),
        ("ORDNUNG", 1, day("2023-01-02"), 11200, 11200),
    ]
    sums, undated = summed(rows, check_by(["office", "year"]))
    assert {key: (one.count, one.barred_cents) for key, one in sums.items()} == {
        ("BAU", "2024", "no_event"): (1, 30000), ("ORDNUNG", "2023", "no_event"): (1, 11200),
    }  # fmt: skip
    assert [(why, one.count, one.open_cents) for why, one in undated.items()] == [("final_missing", 1, 8000)]
    with pytest.raises(UnknownGroupError):
        check_by(["mond"])


def test_what_was_paid_in_time_is_not_lost(kasse):
    tax(kasse, "100", due="2017-05-10")
    tax(kasse, "90", due="2017-05-10", number=2)
    staged(kasse, "100", reference(kasse, 1), day="2023-01-02")
    staged(kasse, "90", reference(kasse, 2), day="2023-01-03")
    post_staged(kasse)
    assert kasse.value("SELECT sum(open_cents) FROM item WHERE kind = 'receivable'") == 0
    with kasse.snapshot():
        rows = list(barred_since(kasse, book(), day("2020-01-01"), TODAY))
    assert [(one.item, one.end, one.barred_cents, one.open_cents) for one in rows] == [(2, day("2023-01-02"), 9000, 0)]
