"""Standing orders: what falls due is made once, ends, and changes by a new order."""

import pytest

from ledger.items.order_change_store import change_order, end_order
from ledger.items.order_changes import NoSuchChangeError
from ledger.items.orders_reader import show_order
from ledger.items.schedules import MadeAlreadyError, NoDueDayError, Schedule, YearAheadError
from ledger.items.standing_store import change_schedule, run_standing
from ledger.people.users import NotAllowedError
from tests.books import act
from tests.ledger.order_lists import DAY, accepted, checked, codes, open_difference, row, take
from tests.ledger.test_order_changes import balances, through

RENT = row("BAU receivable 120,00 Kleingärtnerverein", due="2026-01-31", every_months=1, profile="private")
FEE = row("ORDNUNG payable 75,50 Wartungsdienst", due="2026-02-15", every_months=3, last_due="2026-08-31")


@pytest.mark.parametrize(
    ("schedule", "until", "expected"),
    [
        (Schedule(1, "2026-01-31"), "2026-03-31", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (Schedule(3, "2026-01-15", "2026-06-30"), "2027-01-01", ["2026-01-15", "2026-04-15"]),
        (Schedule(12, "2024-02-29"), "2026-03-01", ["2024-02-29", "2025-02-28", "2026-02-28"]),
        (Schedule(6, "2026-07-01", None, "2026-06-30"), "2027-01-01", []),
        (Schedule(1, "2026-01-01", None, "2026-02-01"), "2026-12-31", ["2026-01-01", "2026-02-01"]),
    ],
)
def test_due_days(schedule, until, expected):
    assert list(schedule.days(until)) == expected


def run(store, until, day=DAY):
    act(store, "clara")
    return run_standing(store, until, day=day)


def dues(done):
    return [(item.order, item.due) for item in done.items]


def test_acceptance_posts_nothing_and_a_run_makes_each_due_day_once(store):
    accepted(store, RENT, FEE)
    assert store.value("SELECT count(*) FROM entry") == 0
    done = run(store, "2026-02-28")
    assert dues(done) == [("BAU-1", "2026-01-31"), ("BAU-1", "2026-02-28"), ("ORDNUNG-1", "2026-02-15")]
    assert (done.receivable_cents, done.payable_cents) == (24000, 7550)
    assert run(store, "2026-02-28").items == ()
    assert dues(run(store, "2026-09-30"))[-1] == ("ORDNUNG-1", "2026-08-15")
    assert store.value("SELECT count(DISTINCT reference) FROM item WHERE office = 'BAU'") == 1
    assert store.value("SELECT purpose FROM item WHERE office = 'BAU' AND id = 2") == "Bescheid 7 02/2026"
    assert open_difference(store) == []


def test_only_accepted_schedules_run_and_only_by_the_kasse(store):
    take(store, RENT)
    assert run(store, "2026-12-31").items == ()
    act(store, "anna")
    with pytest.raises(NotAllowedError):
        run_standing(store, "2026-12-31", day=DAY)


def test_a_changed_schedule_replaces_the_old_one(store):
    accepted(store, RENT)
    run(store, "2026-03-31")
    act(store, "import")
    with pytest.raises(MadeAlreadyError):
        change_schedule(store, "BAU", 1, reason="Pacht erhöht", from_day="2026-03-15", to_cents=15000)
    made = change_schedule(store, "BAU", 1, reason="Pacht erhöht", from_day="2026-05-01", to_cents=15000)
    through(store, made.number)
    done = run(store, "2026-06-30")
    assert [(item.due, item.amount_cents) for item in done.items] == [
        ("2026-04-30", 12000), ("2026-05-31", 15000), ("2026-06-30", 15000),
    ]  # fmt: skip
    assert len({item.reference for item in done.items}) == 1
    assert show_order(store, "BAU", 1).facts["ended_on"] == "2026-05-30"


@pytest.mark.parametrize("when", ["2026-04-01", "2026-02-01"])
def test_the_end_of_the_month_stays_through_changes(store, when):
    accepted(store, RENT)
    for cents, from_day in ((15000, when), (16000, "2026-06-01")):
        act(store, "import")
        number = store.value("SELECT max(order_id) FROM standing_order WHERE office = 'BAU'")
        made = change_schedule(store, "BAU", number, reason="Pacht erhöht", from_day=from_day, to_cents=cents)
        through(store, made.number)
    done = run(store, "2026-08-31")
    assert [item.due[5:] for item in done.items] == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31",
    ]  # fmt: skip
    before = sum(item.amount_cents == 12000 for item in done.items)
    assert before == int(when[5:7]) - 1
    assert open_difference(store) == []


def test_what_is_due_next_year_is_not_income_of_this_one(store):
    accepted(store, RENT)
    with pytest.raises(YearAheadError):
        run(store, "2027-01-31", day="2026-12-30")
    assert len(run(store, "2026-12-31", day="2026-12-30").items) == 12
    store.now = "2027-01-02T05:00:00Z"
    assert dues(run(store, "2027-01-31", day="2027-01-02")) == [("BAU-1", "2027-01-31")]


def test_a_cancelled_schedule_ends_and_keeps_its_items(store):
    accepted(store, RENT)
    run(store, "2026-01-31")
    act(store, "import")
    made = end_order(store, "BAU", 1, reason="Vertrag gekündigt", last_day="2026-02-28")
    through(store, made.number)
    assert dues(run(store, "2026-12-31")) == [("BAU-1", "2026-02-28")]
    assert store.value("SELECT sum(open_cents) FROM item") == 24000
    act(store, "import")
    with pytest.raises(NoDueDayError):
        change_schedule(store, "BAU", 1, reason="zu spät", from_day="2026-05-01", to_cents=100)


def test_one_item_of_a_schedule_is_cancelled(store):
    accepted(store, RENT)
    run(store, "2026-02-28")
    act(store, "import")
    with pytest.raises(NoSuchChangeError):
        change_order(store, "BAU", 1, reason="ohne Tag", day=DAY, to_cents=0)
    with pytest.raises(NoDueDayError):
        change_order(store, "BAU", 1, reason="falscher Tag", day=DAY, to_cents=0, due="2026-02-01")
    (made,) = change_order(store, "BAU", 1, reason="Erlass", day=DAY, to_cents=0, due="2026-01-31")
    through(store, made.number)
    assert [tuple(r) for r in store.rows("SELECT due, open_cents FROM item ORDER BY id")] == [
        ("2026-01-31", 0), ("2026-02-28", 12000),
    ]  # fmt: skip
    assert balances(store)["BAU", "2410"] == 12000
    assert dues(run(store, "2026-03-31")) == [("BAU-1", "2026-03-31")]
    assert open_difference(store) == []


@pytest.mark.parametrize(
    "changes", [{"every_months": 5}, {"every_months": 1, "last_due": "2025-12-31"}, {"last_due": "2026-12-31"}]
)
def test_a_schedule_that_cannot_be_is_refused(store, changes):
    (found,) = checked(store, row("BAU receivable 120,00 Verein", due="2026-01-31", **changes))
    assert codes(found.findings) == ["order.schedule"]
