"""Standing orders: what falls due is made once, ends, and changes by a new order."""

import pytest

from ledger.book.accounts import AccountOrderedError
from ledger.book.accounts_close_store import close_account
from ledger.book.dimensions import DimensionRow, DimensionValueError
from ledger.book.dimensions_store import take_values
from ledger.items.order_change_store import change_order, end_order
from ledger.items.order_changes import ClosedCodingError, NoSuchChangeError
from ledger.items.orders_reader import show_order
from ledger.items.schedules import (
    EndedAlreadyError,
    MadeAlreadyError,
    MadeSinceError,
    NoDueDayError,
    Schedule,
    YearAheadError,
)
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


def test_a_change_that_waited_until_its_first_item_was_made_is_not_accepted(store):
    accepted(store, RENT)
    act(store, "import")
    made = change_schedule(store, "BAU", 1, reason="Pacht erhöht", from_day="2026-02-01", to_cents=15000)
    run(store, "2026-02-28")
    with pytest.raises(MadeSinceError) as refused:
        through(store, made.number)
    assert refused.value.fields == {"order": "BAU-1", "day": "2026-02-28", "change": made.number}
    assert dues(run(store, "2026-03-31")) == [("BAU-1", "2026-03-31")], "no month twice"


@pytest.mark.parametrize("last_day", ["2026-02-28", "2026-12-31"])
def test_what_ended_ends_no_second_time_and_its_items_stay(store, last_day):
    accepted(store, RENT)
    run(store, "2026-02-28")
    for day in ("2026-06-30", "2026-02-28"):
        act(store, "import")
        through(store, end_order(store, "BAU", 1, reason="gekündigt", last_day=day).number)
    act(store, "import")
    with pytest.raises(EndedAlreadyError) as refused:
        end_order(store, "BAU", 1, reason="doch länger", last_day=last_day)
    assert refused.value.fields["day"] == "2026-02-28"
    assert store.value("SELECT sum(open_cents) FROM item") == 24000
    assert run(store, "2026-12-31").items == ()


def test_what_ends_by_its_own_last_day_is_not_made_to_last(store):
    accepted(store, FEE)
    act(store, "import")
    with pytest.raises(EndedAlreadyError):
        end_order(store, "ORDNUNG", 1, reason="bis Jahresende", last_day="2026-12-31")


def test_an_account_stays_open_while_a_schedule_goes_on_with_it(store):
    accepted(store, RENT._replace(gl_account="5900"), FEE._replace(gl_account="7000"))
    take(store, RENT._replace(gl_account="6200"), name="later.xlsx")
    act(store, "root")
    for number, order in (("5900", "BAU-1"), ("6200", "BAU-2")):
        with pytest.raises(AccountOrderedError) as refused:
            close_account(store, number, day="2027-01-01")
        assert refused.value.fields["order"] == order
    assert close_account(store, "7000", day="2027-01-01").changes, "its order ends by itself before"
    act(store, "import")
    through(store, end_order(store, "BAU", 1, reason="neues Konto", last_day="2026-12-31").number)
    assert close_account(act(store, "root"), "5900", day="2027-01-01").changes


def test_a_run_names_the_order_that_is_coded_to_a_closed_account(store):
    accepted(store, FEE._replace(gl_account="7000"))
    close_account(act(store, "root"), "7000", day="2027-01-01")
    store.now = "2027-01-04T05:00:00Z"
    with pytest.raises(ClosedCodingError) as refused:
        run(store, "2026-12-31", day="2027-01-04")
    assert refused.value.fields == {"order": "ORDNUNG-1", "account": "7000", "day": "2027-01-01"}


def coded(store):
    """The dimensions of the rents by entry, in the order of posting."""
    return [said for (said,) in store.all("SELECT dimensions FROM posting WHERE account = '5400' ORDER BY position")]


def test_an_item_belongs_to_the_budget_year_in_which_it_falls_due(store):
    accepted(store, RENT._replace(due="2026-12-31", budget_year="2026", cost_object="K1"))
    run(store, "2026-12-31", day="2026-12-31")
    store.now = "2027-02-01T05:00:00Z"
    run(store, "2027-01-31", day="2027-02-01")
    assert coded(store) == [f"haushaltsjahr={year};kostenstelle=K1" for year in (2026, 2027)]
    act(store, "import")
    made = change_schedule(store, "BAU", 1, reason="mehr", from_day="2027-02-01", to_cents=15000)
    through(store, made.number, day="2027-02-01")
    act(store, "import")
    (less,) = change_order(store, "BAU", 1, reason="weniger", day="2027-02-01", to_cents=100, due="2027-01-31")
    through(store, less.number, day="2027-02-01")
    store.now = "2028-01-03T05:00:00Z"
    run(store, "2028-01-31", day="2028-01-03")
    years = [said.partition(";")[0][-4:] for said in coded(store)[2:]]
    assert years == ["2027"] + ["2027"] * 11 + ["2028"]


def test_a_budget_year_that_the_book_does_not_have_stops_the_run(store):
    take_values(act(store, "root"), [DimensionRow("haushaltsjahr", "2026", "Haushalt 2026")], day="2026-01-01")
    accepted(store, RENT._replace(due="2026-12-31", budget_year="2026"))
    store.now = "2027-02-01T05:00:00Z"
    with pytest.raises(DimensionValueError, match="2027"):
        run(store, "2027-01-31", day="2027-02-01")
    take_values(act(store, "root"), [DimensionRow("haushaltsjahr", "2027", "Haushalt 2027")], day="2027-01-01")
    assert len(run(store, "2027-01-31", day="2027-02-01").items) == 2
    assert coded(store) == ["haushaltsjahr=2026", "haushaltsjahr=2027"]


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
