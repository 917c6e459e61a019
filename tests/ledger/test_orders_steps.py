"""Certify, approve, accept, object: who may, in which order, with which control sum; acceptance books (invariants 4, 6)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book.entry import ClosedPeriodError
from ledger.items.order_decisions import (
    Choice,
    ControlSumError,
    ControlSumMissingError,
    DoneSumError,
    NothingWaitsError,
    OrderStateError,
    ReasonMissingError,
    UnknownBatchError,
    UnknownOrderError,
)
from ledger.items.order_steps_store import decide, waiting
from ledger.items.orders_reader import list_orders, show_order
from ledger.people.users import NotAllowedError, OwnWorkError, add_user
from tests.books import act
from tests.examples import few
from tests.ledger.order_lists import DAY, IBAN, accepted, open_difference, row, step, take

CLAIM, DEBT = (
    row("ORDNUNG receivable 125,50 Erika Musterfrau"),
    row("ORDNUNG payable 89,00 Papierhaus", reference="RE 17"),
)
ONE = Choice(numbers=(("ORDNUNG", 1),))
PATH = ("created", "certified", "approved", "accepted")
ALL_ROLES = [("*", role) for role in ("certifier", "approver", "cashier", "machine")]


def do(store, user, name, choice=ONE, **more):
    act(store, user)
    return decide(store, name, choice, **{"day": DAY, "reason": "falsch"} | more)


def at_state(store, state, *rows):
    """Import orders and take them to that state, each step by another person."""
    take(store, *(rows or (CLAIM,)))
    for user, name in itertools.islice(
        (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")), PATH.index(state)
    ):
        step(store, user, name)


def states(store):
    return [order.state for order in list_orders(store)]


# who may do what

MAY = {
    ("created", "certified"): {"anna"},
    ("certified", "approved"): {"bernd"},
    ("approved", "accepted"): {"clara"},
    ("created", "objected"): {"anna"},
    ("certified", "objected"): {"bernd"},
    ("approved", "objected"): {"clara"},
}


@pytest.mark.parametrize(("state", "name"), list(MAY), ids=str)
def test_each_step_needs_its_role(store, state, name):
    add_people(store)
    at_state(store, "created", *[CLAIM._replace(name=f"Person {i}") for i in range(8)])
    for user, earlier in (("anna2", "certified"), ("bernd2", "approved")):
        if PATH.index(state) >= PATH.index(earlier):
            step(store, user, earlier)
    allowed = set()
    for at, user in enumerate(("anna", "bernd", "clara", "dirk", "emil", "frida", "root"), 1):
        try:
            allowed.add(user) if do(store, user, name, Choice(numbers=(("ORDNUNG", at),))).new else None
        except NotAllowedError:
            assert states(store)[at - 1] == state
    assert allowed == MAY[state, name]


def add_people(store):
    with store.unit(["KASSE"]):
        add_user(store, "anna2", [("ORDNUNG", "certifier")])
        add_user(store, "bernd2", [("ORDNUNG", "approver")])
        add_user(store, "max", ALL_ROLES)


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(PATH, 2)), ids=str)
@pytest.mark.parametrize("last", ["itself", "objected"])
def test_nobody_takes_two_steps_with_one_order(store, first, second, last):
    """The forbidden pairs of § 34 KommHV-Doppik, the creator included; objecting is a step too."""
    add_people(store)
    people = {"created": "import", "certified": "anna", "approved": "bernd", "accepted": "clara"} | {first: "max"}
    take(store, CLAIM, user=people["created"])
    for name in PATH[1 : PATH.index(second)]:
        step(store, people[name], name)
    before = store.value("SELECT count(*) FROM order_step")
    with pytest.raises(OwnWorkError):
        do(store, "max", second if last == "itself" else "objected")
    assert store.value("SELECT count(*) FROM order_step") == before
    assert store.value("SELECT count(*) FROM entry") == 0


def test_one_own_order_in_a_batch_refuses_the_whole_batch(store):
    add_people(store)
    at_state(store, "created", CLAIM, CLAIM._replace(name="Max"))
    do(store, "max", "certified", Choice(numbers=(("ORDNUNG", 2),)))
    step(store, "anna", "certified", sum_cents=12550)
    with pytest.raises(OwnWorkError):
        step(store, "max", "approved", sum_cents=25100)
    assert states(store) == ["certified", "certified"]


def test_a_certifier_of_another_office_may_not_certify(store):
    with store.unit(["KASSE"]):
        add_user(store, "zoe", [("BAU", "certifier")])
    at_state(store, "created")
    with pytest.raises(NotAllowedError):
        do(store, "zoe", "certified")


def test_the_cashier_is_one_of_the_kasse(store):
    with store.unit(["KASSE"]):
        add_user(store, "zoe", [("ORDNUNG", "cashier")])
        add_user(store, "yan", [("KASSE", "cashier")])
    at_state(store, "approved")
    with pytest.raises(NotAllowedError):
        do(store, "zoe", "accepted")
    assert do(store, "yan", "accepted").new


# in which order

DONE = {state: (state, *PATH[1 : PATH.index(state)]) for state in PATH} | {"objected": ("objected",)}
WRONG = [(state, name) for state in (*PATH, "objected") for name in ("certified", "approved", "accepted", "objected")]
WRONG = [pair for pair in WRONG if pair not in MAY and pair[1] not in DONE[pair[0]]]


@pytest.mark.parametrize(("state", "name"), WRONG, ids=str)
def test_a_step_out_of_order_is_refused(store, state, name):
    add_people(store)
    at_state(store, "created" if state == "objected" else state)
    if state == "objected":
        do(store, "anna", "objected")
    for choice in (ONE, Choice(batch=1)):
        with pytest.raises((OrderStateError, NothingWaitsError)):
            do(store, "max", name, choice, sum_cents=12550)
    assert states(store) == [state]


@pytest.mark.parametrize(
    ("state", "name"), [(s, n) for s, names in DONE.items() for n in names if n != "created"], ids=str
)
def test_a_step_done_before_is_nothing_new(store, state, name):
    at_state(store, "created" if state == "objected" else state)
    if state == "objected":
        do(store, "anna", "objected")
    before = store.value("SELECT count(*) FROM event")
    for choice in (ONE, Choice(batch=1)):
        done = do(store, "emil", name, choice, sum_cents=12550)
        assert (done.new, done.count) == (False, 0)
        with pytest.raises(ControlSumError) as error:
            do(store, "emil", name, choice, sum_cents=1)
    assert (error.value.fields["batch"], error.value.fields["sum_cents"]) == (1, 12550)
    assert store.value("SELECT count(*) FROM event") == before


def test_an_unknown_order_or_batch_is_refused(store):
    for choice in (Choice(numbers=(("ORDNUNG", 9),)), Choice(numbers=(("ZOO", 1),))):
        with pytest.raises(UnknownOrderError):
            do(store, "anna", "certified", choice)
    with pytest.raises(UnknownBatchError):
        do(store, "anna", "certified", Choice(batch=9), sum_cents=0)


def test_an_objection_needs_a_reason_and_keeps_it(store):
    at_state(store, "approved")
    with pytest.raises(ReasonMissingError):
        do(store, "clara", "objected", reason="  ")
    do(store, "clara", "objected", reason="IBAN fehlt")
    assert show_order(store, "ORDNUNG", 1).steps[-1].reason == "IBAN fehlt"
    assert store.value("SELECT facts FROM event WHERE action = 'order.object'").count("IBAN") == 0
    assert store.value("SELECT count(*) FROM item") == 0


# control sums

TWO = (CLAIM, CLAIM._replace(name="Max", amount_cents=1000))


def test_a_batch_needs_its_control_sum(store):
    at_state(store, "created", *TWO)
    with pytest.raises(ControlSumMissingError):
        do(store, "anna", "certified", Choice(batch=1))


@pytest.mark.parametrize("given", [0, 13549, 13551, -13550])
@pytest.mark.parametrize(
    "choice", [Choice(batch=1), Choice(numbers=(("ORDNUNG", 1), ("ORDNUNG", 2)))], ids=["batch", "orders"]
)
def test_a_wrong_control_sum_changes_nothing(store, given, choice):
    at_state(store, "created", *TWO)
    with pytest.raises(ControlSumError):
        do(store, "anna", "certified", choice, sum_cents=given)
    assert states(store) == ["created", "created"]


def test_what_was_seen_is_kept_with_the_step(store):
    at_state(store, "created", *TWO)
    done = step(store, "anna", "certified")
    kept = store.all("SELECT seen_count, seen_cents, seen_hash FROM order_step WHERE step = 'certified'")
    assert [(count, cents, bytes(seen).hex()) for count, cents, seen in kept] == [(2, 13550, done.list_hash)] * 2
    assert bytes(store.value("SELECT list_hash FROM order_batch")).hex() == done.list_hash


def test_the_rest_of_a_batch_goes_on_without_the_orders_sent_back(store):
    at_state(store, "created", *TWO)
    do(store, "anna", "objected", Choice(numbers=(("ORDNUNG", 1),)))
    assert waiting(store, "certified", Choice(batch=1)) == 1
    with pytest.raises(ControlSumError):
        step(store, "anna", "certified", sum_cents=13550)
    assert step(store, "anna", "certified", sum_cents=1000).count == 1


@pytest.mark.parametrize("given", [1000, 13550])
def test_the_rest_of_a_batch_decided_again_is_nothing_new(store, given):
    at_state(store, "created", *TWO)
    do(store, "anna", "certified", Choice(numbers=(("ORDNUNG", 1),)))
    assert step(store, "anna", "certified", sum_cents=1000).count == 1
    assert not step(store, "anna", "certified", sum_cents=given).new
    with pytest.raises(DoneSumError):
        step(store, "anna", "certified", sum_cents=12551)


def test_a_batch_can_be_decided_office_by_office(store):
    at_state(store, "created", CLAIM, CLAIM._replace(office="BAU", amount_cents=700))
    assert step(store, "anna", "certified", sum_cents=700, office="BAU").count == 1
    assert states(store) == ["certified", "created"]


def test_single_orders_need_no_control_sum(store):
    at_state(store, "created", *TWO)
    done = do(store, "anna", "certified", Choice(numbers=(("ORDNUNG", 2), ("ORDNUNG", 2))))
    assert (done.count, done.sum_cents) == (1, 1000)


# acceptance books


def postings(store, office, position):
    sql = "SELECT account, cents, item, dimensions FROM posting WHERE office = :o AND position = :p ORDER BY line"
    return store.all(sql, o=office, p=position)


def test_product_and_budget_year_become_dimensions_of_the_posting(store):
    accepted(store, CLAIM._replace(cost_object="K1", product="12.6", budget_year="2026"), CLAIM._replace(product="7"))
    assert postings(store, "ORDNUNG", 1)[1][3] == "haushaltsjahr=2026;kostenstelle=K1;produkt=12.6"
    assert postings(store, "ORDNUNG", 2)[1][3] == "produkt=7"


def test_acceptance_books_a_receivable(store):
    lines = [
        CLAIM._replace(order_key="A"),
        CLAIM._replace(order_key="A", amount_cents=1000, gl_account="5900", cost_object="K1"),
    ]
    accepted(store, *lines)
    assert postings(store, "ORDNUNG", 1) == [
        ("2400", 13550, 1, None), ("5100", -12550, None, None), ("5900", -1000, None, "kostenstelle=K1"),
    ]  # fmt: skip
    entry = store.one("SELECT kind, source, posting_day, recorded_by FROM entry")
    clara = store.value("SELECT id FROM app_user WHERE name = 'clara'")
    assert entry == ("order", "order:1", DAY, clara)
    item = store.one("SELECT kind, side, amount_cents, open_cents, due, order_id, opened_on, purpose FROM item")
    assert item == ("receivable", "D", 13550, 13550, "2026-12-01", 1, DAY, "Bescheid 7")


def test_acceptance_books_a_payable(store):
    accepted(store, DEBT)
    assert postings(store, "ORDNUNG", 1) == [("6100", 8900, None, None), ("4400", -8900, 1, None)]
    item = store.one("SELECT kind, side, open_cents, bank_account, reference, foreign_reference FROM item")
    assert item == ("payable", "C", 8900, IBAN, "RE 17", 1)


@pytest.mark.parametrize("profile", ["private", "private-trade"])
def test_a_private_claim_has_its_own_control_account(store, profile):
    accepted(store, CLAIM._replace(profile=profile))
    assert postings(store, "ORDNUNG", 1)[:1] == [("2410", 12550, 1, None)]
    assert store.value("SELECT account FROM item") == "2410"


def test_the_item_carries_the_issued_reference(store):
    accepted(store, CLAIM)
    order = list_orders(store)[0]
    assert store.one("SELECT reference, foreign_reference FROM item") == (order.reference, 0)
    details = show_order(store, "ORDNUNG", 1)
    assert (details.items[0].entry, details.items[0].open_cents) == ("ORDNUNG-2026-1", 12550)


def test_a_closed_day_takes_no_acceptance(store):
    at_state(store, "approved")
    close(store, "2026-11-16")
    with pytest.raises(ClosedPeriodError):
        do(store, "clara", "accepted")
    assert states(store) == ["approved"]
    assert do(store, "clara", "accepted", day="2026-11-17").new


def close(store, day):
    with store.unit(["KASSE"]):
        store.insert_one(
            "closing", kind="day", period=day, year=2026, number=1, last_day=day, closed_by=1, closed_at=store.now,
            book_head=b"x", heads="", protocol="",
        )  # fmt: skip


def test_items_and_entries_go_by_the_orders_number_in_each_office(store):
    rows = [
        CLAIM._replace(office=office, name=f"Person {i}", amount_cents=100 + i)
        for i in range(5)
        for office in ("BAU", "ORDNUNG")
    ]
    accepted(store, *rows)
    sql = """SELECT i.office, i.id, i.order_id, e.number, i.amount_cents, o.total_cents FROM item i
             JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
             JOIN entry e ON e.office = i.office AND e.position = i.position AND e.source = 'order:' || o.id
             ORDER BY i.office, i.id"""
    found = store.all(sql)
    assert len(found) == 10
    assert all(item == order == entry and amount == total for _, item, order, entry, amount, total in found)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ORDNUNG", "BAU"]),
        st.sampled_from(["receivable", "payable"]),
        st.integers(1, 10**9),
        st.sampled_from([None, "fee", "private", "tax"]),
        st.sampled_from([None, "A", "B"]),
    ),
    min_size=1,
    max_size=8,
)
LISTS = itertools.count(1)


@few(20)
@given(ROWS)
def test_items_sum_to_their_control_accounts_whatever_is_accepted(store, drawn):
    """Invariant 4, for any list that can be imported."""
    rows = [
        row(f"{office} {kind} 1,00 Person {office} {kind}", amount_cents=cents, profile=profile, purpose=f"Nr {at}",
            order_key=key and f"{key} {office} {kind} {profile}")
        for at, (office, kind, cents, profile, key) in enumerate(drawn)
    ]  # fmt: skip
    before = totals(store)
    done = accepted(store, *rows, name=f"list {next(LISTS)}")
    assert open_difference(store) == []
    assert totals(store) - before == done.total_cents == sum(one[2] for one in drawn)
    assert store.value("SELECT sum(cents) FROM posting") == 0


def totals(store):
    return int(store.value("SELECT coalesce(sum(open_cents), 0) FROM item"))
