"""Plans and legal events of a take-over: they go on in the new book as if they had always been in it."""

import datetime as dt

import pytest

from enforcement.law import packaged_law
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_reader import noted
from enforcement.limitation_watch_store import standing, withdraw
from enforcement.opening_events_store import EVENTS
from enforcement.opening_parts import EventRow, PlanRow
from enforcement.opening_plans_store import plans
from enforcement.relief_check_reader import check
from enforcement.relief_end_store import end
from enforcement.relief_reader import find_relief
from ledger.bank.posting_store import post_staged
from ledger.book.place_store import place_of
from ledger.book.verify_store import verify
from ledger.items.opening_store import OpeningWishes, RefusedOpeningError, import_opening
from ledger.items.order_profiles import LawProfiles
from ledger.items.staging_store import load_rules
from tests.bankbooks import staged
from tests.books import act
from tests.ledger.order_lists import codes, item, items, open_difference, source
from tests.ledger.test_opening import BANKS, DAY, balances

LAWS = LawProfiles(("fee", "fine", "private", "tax"))
CLAIM = item(
    "ORDNUNG receivable 100,00 Erika", reference="AZ-4711", profile="fee", claim_kind="fee", due="2026-12-01",
    original_due="2026-02-01", dunning_level=1, dunned_on="2026-03-20", notice_date="2026-01-10",
)  # fmt: skip
SIDE = CLAIM._replace(main_reference="AZ-4711", reference="AZ-S", open_cents=500, claim_kind="mahngebuehr")
OTHER = CLAIM._replace(name="Max", reference="AZ-4712")
RATES = (
    PlanRow(2, "RP-1", None, "ORDNUNG", "AZ-4711", "2026-09-01", "2026-12-01", 5000, None, "RP/2026-77", "Antrag"),
    PlanRow(3, "RP-1", due="2027-01-02", amount_cents=5500),
)


def take(store, *parts, rows=(CLAIM, SIDE, OTHER), name="lists"):
    act(store, "emil")
    cents = sum(row.open_cents for row in rows)
    book = (*BANKS, f"ORDNUNG 2400 {cents // 100},{cents % 100:02d}")
    wishes = OpeningWishes(DAY, {"receivables": cents, "balances": 1250000 + cents}, parts=parts)
    rules = load_rules(store, DAY, LAWS)
    checked = items(store, *rows, day=DAY)
    return import_opening(store, source(name), rules, balances(*book), checked, wishes)


def plan_part(store, *rows):
    first = store.value("SELECT id FROM app_user WHERE name = 'frida'")
    return plans(first).part([(row, ()) for row in rows], DAY)


def event_part(*rows):
    return EVENTS.part([(row, ()) for row in rows], DAY)


def refused(store, *parts, **more):
    with pytest.raises(RefusedOpeningError) as error:
        take(store, *parts, **more)
    assert store.value("SELECT count(*) FROM relief") + store.value("SELECT count(*) FROM claim_event") == 0
    return codes(error.value.findings)


def test_a_plan_goes_on_with_the_instalments_still_to_come(store):
    done = take(store, plan_part(store, *RATES))
    assert done.parts == {"plans": 1}
    relief = find_relief(store, 1)
    assert (relief.row.kind, relief.row.state, relief.row.proposed_by, relief.row.decided_by) == (
        "ratenplan", "granted", "frida", "emil",
    )  # fmt: skip
    assert [(one.due, one.missing_cents) for one in relief.instalments] == [("2026-12-01", 5000), ("2027-01-02", 5500)]
    assert (relief.row.reference, relief.row.open_cents, relief.row.first_day) == ("RP202677", 10500, "2026-09-01")
    assert open_difference(store) == []
    assert verify(store).findings == ()
    locked = "SELECT DISTINCT kind FROM item_lock"
    assert store.all(locked) == [("enforcement",)]


def test_money_for_the_old_reference_of_a_plan_pays_its_claims(store):
    take(store, plan_part(store, *RATES))
    act(store, "import")
    staged(store, "50", "Rate RP/2026-77", name="Erika", day="2026-11-16")
    post_staged(store)
    assert find_relief(store, 1).paid_cents == 5000


def test_a_plan_that_fails_gives_claims_the_days_of_before(store):
    take(store, plan_part(store, *RATES))
    moved = store.all("SELECT due, dunning_level FROM item WHERE reference = 'AZ4711'")
    assert moved[0][1] == 0
    found = check(store, dt.date(2027, 3, 1))
    assert codes(found) == ["relief.plan_failed"]
    store.today, store.now = "2027-03-01", "2027-03-01T08:00:00Z"
    end(act(store, "emil"), 1, way="failed", reason="zwei Raten offen")
    back = "SELECT due, dunning_level, dunned_on FROM item WHERE reference = 'AZ4711' ORDER BY id"
    assert store.one(back) == ("2026-02-01", 1, "2026-03-20")


BAD_PLANS = [
    pytest.param((RATES[0],), ["opening.plan_sum"], id="instalments that are too little"),
    pytest.param((RATES[0]._replace(claims="AZ-9"), RATES[1]), ["opening.item"], id="an unknown claim"),
    pytest.param((RATES[0], RATES[1]._replace(kind="stundung")), ["opening.plan_mixed"], id="rows that contradict"),
    pytest.param((RATES[0], RATES[1]._replace(due="2026-12-01")), ["opening.plan_twice"], id="two on one day"),
    pytest.param((RATES[0]._replace(claims="AZ-4711 AZ-4712"), RATES[1]._replace(amount_cents=15500)),
                 ["opening.plan_debtors"], id="two debtors"),
    pytest.param((RATES[0]._replace(kind="erlass"), RATES[1]), ["opening.plan_kind"], id="a waiver"),
    pytest.param((*RATES, *(row._replace(seq=row.seq + 9, plan="RP-2") for row in RATES)), ["opening.plan_twice"] * 2,
                 id="a claim in two plans"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), BAD_PLANS)
def test_a_plan_that_is_not_what_is_open_is_refused(store, rows, expected):
    assert refused(store, plan_part(store, *rows)) == expected


MEASURE = EventRow(2, "ORDNUNG", "AZ4711", "measure", "2026-05-04", note="Pfändung AZ 5")


def test_an_event_before_the_take_over_moves_the_end_of_limitation(store):
    old = {"original_due": "2022-02-01", "due": "2022-02-01", "notice_date": "2022-01-10"}
    rows = (CLAIM._replace(**old), OTHER._replace(**old))
    take(store, event_part(MEASURE._replace(day="2025-05-04")), rows=rows)
    book = Lawbook(place_of(store), packaged_law())
    with_event, without = (standing(store, book, "ORDNUNG", number)[1].end for number in (1, 2))
    assert with_event.year == without.year + 3


def test_events_are_written_at_the_main_claim_with_their_words(store):
    done = take(store, event_part(MEASURE, EventRow(3, "ORDNUNG", "AZ4712", "deferral", "2026-06-01", "2026-08-31")))
    assert done.parts == {"events": 2}
    (row,) = noted(store, "ORDNUNG", 1)
    assert (row.kind, row.day, row.source, row.note, row.made_by) == (
        "measure", "2026-05-04", "opening", "Pfändung AZ 5", "emil",
    )  # fmt: skip
    assert verify(store).findings == ()


def test_an_event_that_was_taken_over_wrongly_can_be_withdrawn(store):
    take(store, event_part(MEASURE))
    done = withdraw(act(store, "clara"), "AZ4711", 1, "gehörte zu AZ-4712")
    assert done.did == "withdrawn"


BAD_EVENTS = [
    pytest.param(MEASURE._replace(reference="AZ9"), ["opening.item"], id="an unknown claim"),
    pytest.param(MEASURE._replace(event="dinner"), ["limitation.kind"], id="an event that no law knows"),
    pytest.param(MEASURE._replace(day="2026-11-16"), ["opening.event_days"], id="after the take-over"),
    pytest.param(MEASURE._replace(until="2026-05-03"), ["opening.event_days"], id="ends before it begins"),
    pytest.param(MEASURE._replace(amount_cents=10001), ["limitation.amount"], id="more than the claim"),
]


@pytest.mark.parametrize(("row", "expected"), BAD_EVENTS)
def test_an_event_that_the_law_does_not_know_is_refused(store, row, expected):
    assert refused(store, event_part(row)) == expected
