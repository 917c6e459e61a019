"""Undoing acceptance: change and cancellation orders post the difference and settle items in their own way."""

import datetime as dt

import pytest

from ledger.book.accounts_close_store import close_account
from ledger.book.entry import OWN_KINDS, ClosedAccountError, Draft, Posting, UnknownAccountError
from ledger.book.reversal_store import take_back
from ledger.book.store import post
from ledger.items.order_change_store import change_order, end_order
from ledger.items.order_changes import (
    AmountNeededError,
    ChangeOfChangeError,
    ChangeReasonError,
    ChangeWaitsError,
    ClosedCodingError,
    CodedLine,
    ItemReservedError,
    LineAmountsNeededError,
    NoSuchChangeError,
    NotAcceptedError,
    NothingChangesError,
    PaidAlreadyError,
    UnknownLineError,
    UnneededAccountError,
    WaivedError,
    plan_changes,
)
from ledger.items.order_coding import KeptAccountError
from ledger.items.order_decisions import Choice, MadeCredit
from ledger.items.order_steps_store import decide
from ledger.items.order_transfer_store import SameAccountError, Transfer, make_transfer
from ledger.items.orders import parse_order_number
from ledger.items.orders_reader import list_orders, show_order
from ledger.items.store import NewClearing, clear, posting_for
from ledger.payments.propose_store import propose
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.books import act
from tests.ledger.order_lists import DAY, accepted, open_difference, row, take

CLAIM = row("ORDNUNG receivable 125,50 Erika Musterfrau")
TWO = [
    row("ORDNUNG receivable 180,00 Bäckerei", order_key="A"),
    row("ORDNUNG receivable 60,00 Bäckerei", order_key="A", gl_account="5700"),
]
DEBT = row("ORDNUNG payable 89,00 Papierhaus", reference="RE 17", due=DAY)


def through(store, number, day=DAY, steps=(("anna", "certified"), ("bernd", "approved"), ("clara", "accepted"))):
    choice = Choice(numbers=(parse_order_number(number),))
    for user, step in steps:
        act(store, user)
        done = decide(store, step, choice, day=day)
    return done


def change(store, number=1, office="ORDNUNG", user="import", day=DAY, **wishes):
    act(store, user)
    return change_order(store, office, number, **{"reason": "Widerspruch abgeholfen", "day": day} | wishes)


def balances(store):
    sql = """SELECT office, account, sum(cents) FROM posting GROUP BY office, account HAVING sum(cents) <> 0
             ORDER BY office, account"""
    return {(office, account): int(cents) for office, account, cents in store.rows(sql)}


def items(store):
    sql = "SELECT kind, amount_cents, open_cents FROM item ORDER BY office, id"
    return [tuple(row) for row in store.rows(sql)]


def settle(store, cents):
    """Settle a part of the first item by a payment, as if money had come."""
    from ledger.book.entry import Draft, Posting
    from ledger.book.store import office_codes, post
    from ledger.items.store import NewClearing, clear, posting_for

    with store.unit(office_codes(store)):
        account = store.value("SELECT account FROM item WHERE office = 'ORDNUNG' AND id = 1")
        draft = Draft("ORDNUNG", "bank", DAY, (Posting("6200", cents), posting_for("D", account, 1, cents)))
        (posted,) = post(store, [draft])
        clear(store, [NewClearing("ORDNUNG", "bank", posted.position, DAY, DAY, ((1, cents),))])


def test_a_cancelled_order_leaves_nothing_but_its_trace(store):
    accepted(store, CLAIM)
    (made,) = change(store, to_cents=0)
    assert (made.act, made.amount_cents, made.changes) == ("cancellation", 12550, "ORDNUNG-1")
    assert items(store) == [("receivable", 12550, 12550)]
    through(store, made.number)
    assert items(store) == [("receivable", 12550, 0)]
    assert balances(store) == {}
    assert store.all("SELECT kind FROM clearing") == [("reduction",)]
    assert open_difference(store) == []
    (trace,) = show_order(store, "ORDNUNG", 1).changes
    assert (trace.number, trace.state, trace.act, trace.purpose) == (
        made.number, "accepted", "cancellation", "Widerspruch abgeholfen",
    )  # fmt: skip
    assert show_order(store, *parse_order_number(made.number)).order.changes == "ORDNUNG-1"
    with pytest.raises(NothingChangesError):
        change(store, to_cents=0)


@pytest.mark.parametrize(
    ("to", "acts", "expected"),
    [
        (10000, ["reduction"], [("receivable", 12550, 10000)]),
        (20000, ["increase"], [("receivable", 12550, 12550), ("receivable", 7450, 7450)]),
    ],
)
def test_a_change_posts_the_difference(store, to, acts, expected):
    accepted(store, CLAIM)
    made = change(store, to_cents=to)
    assert [one.act for one in made] == acts
    through(store, made[0].number)
    assert items(store) == expected
    assert sum(balances(store).values()) == 0
    assert balances(store)["ORDNUNG", "2400"] == to
    assert open_difference(store) == []
    references = {reference for (reference,) in store.rows("SELECT reference FROM item")}
    assert len(references) == 1


def test_changes_add_up_and_a_cancellation_takes_what_is_left(store):
    accepted(store, CLAIM)
    through(store, change(store, to_cents=20000)[0].number)
    through(store, change(store, to_cents=15000)[0].number)
    assert items(store) == [("receivable", 12550, 12550), ("receivable", 7450, 2450)]
    (made,) = change(store, to_cents=0)
    assert made.amount_cents == 15000
    through(store, made.number)
    assert balances(store) == {}


def test_lines_change_each_for_itself(store):
    accepted(store, *TWO)
    with pytest.raises(LineAmountsNeededError):
        change(store, to_cents=10000)
    made = change(store, lines={1: 15000, 2: 7000})
    assert [(one.act, one.amount_cents) for one in made] == [("reduction", 3000), ("increase", 1000)]
    for one in made:
        through(store, one.number)
    found = balances(store)
    assert (found["ORDNUNG", "2400"], found["ORDNUNG", "5700"], sum(found.values())) == (22000, -7000, 0)


def test_what_was_paid_is_refused_or_becomes_a_credit(store):
    accepted(store, CLAIM)
    settle(store, 10000)
    with pytest.raises(PaidAlreadyError):
        change(store, to_cents=0)
    (made,) = change(store, to_cents=0, as_credit=True)
    done = through(store, made.number)
    assert items(store) == [("receivable", 12550, 0), ("credit", 10000, 10000)]
    assert [part.credits for part in done.offices] == [(MadeCredit("ORDNUNG/2", 10000),)]
    assert open_difference(store) == []


def waived(store, amount_cents, item=1):
    """Waive a part of an item (Erlass), as a relief does."""
    with store.unit(["ORDNUNG"]):
        (account,) = store.one("SELECT account FROM item WHERE office = 'ORDNUNG' AND id = :item", item=item)
        lines = (Posting("6100", amount_cents), posting_for("D", account, item, amount_cents))
        (posted,) = post(store, [Draft("ORDNUNG", "relief", DAY, lines, "relief:1", "Erlass")])
        clear(store, [NewClearing("ORDNUNG", "relief", posted.position, DAY, DAY, ((item, amount_cents),))])
    return posted


def test_what_was_waived_does_not_become_a_credit(store):
    """An Erlass of 25,50 settled the claim: only the 100,00 that were paid can be given back."""
    accepted(store, CLAIM)
    settle(store, 10000)
    waived(store, 2550)
    with pytest.raises(WaivedError) as refused:
        change(store, to_cents=0, as_credit=True)
    fields = refused.value.fields
    assert (fields["open_cents"], fields["paid_cents"], fields["rest_cents"]) == (0, 10000, 2550)
    (made,) = change(store, to_cents=2550, as_credit=True)
    through(store, made.number)
    assert items(store) == [("receivable", 12550, 0), ("credit", 10000, 10000)]
    with pytest.raises(WaivedError):
        change(store, to_cents=0, as_credit=True)
    assert open_difference(store) == []


def test_what_is_waived_between_order_and_acceptance_refuses_acceptance(store):
    accepted(store, CLAIM)
    settle(store, 10000)
    (made,) = change(store, to_cents=0, as_credit=True)
    through(store, made.number, steps=(("anna", "certified"), ("bernd", "approved")))
    waived(store, 2550)
    with pytest.raises(WaivedError):
        through(store, made.number, steps=(("clara", "accepted"),))
    assert items(store) == [("receivable", 12550, 0)]


def test_a_waiver_that_was_taken_back_lets_all_that_was_paid_come_back(store):
    accepted(store, CLAIM)
    posted = waived(store, 2550)
    with store.unit(["ORDNUNG"]):
        take_back(store, [("ORDNUNG", posted.position)], reason="Irrtum", day=DAY, own_kinds=OWN_KINDS - {"relief"})
    settle(store, 12550)
    (made,) = change(store, to_cents=0, as_credit=True)
    through(store, made.number)
    assert items(store) == [("receivable", 12550, 0), ("credit", 12550, 12550)]


def test_what_is_paid_between_order_and_acceptance_refuses_acceptance(store):
    accepted(store, CLAIM)
    (made,) = change(store, to_cents=0)
    through(store, made.number, steps=(("anna", "certified"), ("bernd", "approved")))
    settle(store, 1)
    with pytest.raises(PaidAlreadyError):
        through(store, made.number, steps=(("clara", "accepted"),))
    assert items(store) == [("receivable", 12550, 12549)]


def test_a_payable_in_a_run_is_not_cancelled(store):
    accepted(store, DEBT)
    act(store, "dirk")
    assert propose(store, today=dt.date.fromisoformat(DAY)).run
    (made,) = change(store, to_cents=0)
    through(store, made.number, steps=(("anna", "certified"), ("bernd", "approved")))
    with pytest.raises(ItemReservedError):
        through(store, made.number, steps=(("clara", "accepted"),))


def test_a_payable_is_cancelled(store):
    accepted(store, DEBT)
    through(store, change(store, to_cents=0)[0].number)
    assert (items(store), balances(store), open_difference(store)) == ([("payable", 8900, 0)], {}, [])


def test_the_steps_of_a_change_are_for_separate_persons(store):
    accepted(store, CLAIM)
    (made,) = change(store, user="anna", to_cents=0)
    with pytest.raises(OwnWorkError):
        through(store, made.number)


def test_the_kasse_makes_no_changes(store):
    accepted(store, CLAIM)
    with pytest.raises(NotAllowedError):
        change(store, user="clara", to_cents=0)


def test_only_accepted_orders_are_changed_and_one_change_at_a_time(store):
    take(store, CLAIM)
    with pytest.raises(NotAcceptedError):
        change(store, to_cents=0)
    through(store, "ORDNUNG-1")
    (made,) = change(store, to_cents=100)
    with pytest.raises(ChangeWaitsError):
        change(store, to_cents=0)
    through(store, made.number)
    with pytest.raises(ChangeOfChangeError):
        change(store, number=parse_order_number(made.number)[1], to_cents=0)
    with pytest.raises(ChangeReasonError):
        change(store, to_cents=0, reason=" ")
    with pytest.raises(NoSuchChangeError):
        end_order(store, "ORDNUNG", 1, reason="Ende", last_day=DAY)


def test_an_objected_change_changes_nothing(store):
    accepted(store, CLAIM)
    (made,) = change(store, to_cents=0)
    act(store, "anna")
    decide(store, "objected", Choice(numbers=(parse_order_number(made.number),)), day=DAY, reason="Bescheid besteht")
    assert items(store) == [("receivable", 12550, 12550)]
    assert change(store, to_cents=0)


LINES = [CodedLine(1, "5100", 1000), CodedLine(2, "5700", 500)]


@pytest.mark.parametrize(
    ("to", "wanted", "expected"),
    [
        (0, {}, [("cancellation", 1500)]),
        (None, {1: 0, 2: 0}, [("cancellation", 1500)]),
        (None, {2: 0}, [("reduction", 500)]),
        (None, {1: 1200}, [("increase", 200)]),
        (None, {1: 900, 2: 501}, [("reduction", 100), ("increase", 1)]),
    ],
)
def test_a_plan_says_what_is_added_and_what_is_taken_off(to, wanted, expected):
    plan = plan_changes("X-1", LINES, to_cents=to, wanted=wanted)
    assert [(one.act, one.total_cents) for one in plan] == expected


@pytest.mark.parametrize(("to", "wanted"), [(None, {}), (1500, {2: 0}), (0, {1: 0})])
def test_a_plan_without_an_amount_or_with_two_is_no_cancellation(to, wanted):
    with pytest.raises(AmountNeededError):
        plan_changes("X-1", LINES, to_cents=to, wanted=wanted)


@pytest.mark.parametrize(("wanted", "error"), [({3: 1}, UnknownLineError), ({1: 1000}, NothingChangesError)])
def test_a_plan_refuses(wanted, error):
    with pytest.raises(error):
        plan_changes("X-1", LINES, to_cents=None, wanted=wanted)


# transfers


def test_a_transfer_between_offices_goes_over_their_verrechnung(store):
    act(store, "import")
    made = make_transfer(store, Transfer("BAU", "6100", "ORDNUNG", "6200", 5000, "Papier geteilt"), day=DAY)
    assert list_orders(store)[0].kind == "transfer"
    through(store, made.number)
    assert balances(store) == {
        ("BAU", "2690.ORDNUNG"): 5000, ("BAU", "6100"): -5000,
        ("ORDNUNG", "2690.BAU"): -5000, ("ORDNUNG", "6200"): 5000,
    }  # fmt: skip
    assert store.value("SELECT count(DISTINCT transaction_id) FROM entry") == 1
    assert items(store) == []


def test_a_transfer_within_an_office(store):
    act(store, "import")
    made = make_transfer(store, Transfer("BAU", "6100", "BAU", "6200", 5000, "Papier"), day=DAY)
    done = through(store, made.number)
    assert done.offices[0].first_entry == "BAU-2026-1"
    assert balances(store) == {("BAU", "6100"): -5000, ("BAU", "6200"): 5000}


@pytest.mark.parametrize(
    ("account", "to", "error"),
    [("6100", "6100", SameAccountError), ("6100", "9999", UnknownAccountError), ("2400", "6100", KeptAccountError)],
)
def test_a_transfer_refuses(store, account, to, error):
    act(store, "import")
    with pytest.raises(error):
        make_transfer(store, Transfer("BAU", account, "BAU", to, 5000, "Papier"), day=DAY)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (10000, 2000), (20000, 7000)])
def test_what_was_coded_to_an_account_that_closed_is_changed_on_the_one_that_replaced_it(store, first, second):
    accepted(store, TWO[0], TWO[1]._replace(gl_account="5900"))
    close_account(act(store, "root"), "5900", day="2027-01-01")
    store.now = "2027-01-04T05:00:00Z"
    more = {"day": "2027-01-04"} | ({"lines": {1: first, 2: second}} if first else {"to_cents": 0})
    with pytest.raises(ClosedCodingError) as refused:
        change(store, **more)
    assert refused.value.fields == {"order": "ORDNUNG-1", "account": "5900", "day": "2027-01-01"}
    for account, error in (("5900", ClosedAccountError), ("2400", KeptAccountError), ("5999", UnknownAccountError)):
        with pytest.raises(error):
            change(store, account=account, **more)
    (made,) = change(store, account="5950", **more)
    through(store, made.number, day="2027-01-04")
    booked = balances(store)
    assert (booked["ORDNUNG", "5900"], booked["ORDNUNG", "5950"]) == (-6000, 6000 - second)
    assert store.value("SELECT sum(open_cents) FROM item") == first + second
    assert open_difference(store) == []


def test_no_other_account_is_named_where_none_is_closed(store):
    accepted(store, CLAIM)
    with pytest.raises(UnneededAccountError):
        change(store, to_cents=0, account="5700")


def test_a_batch_of_changes_and_new_orders_is_accepted_at_once(store):
    """Places of items and entries fit although some orders make no item."""
    accepted(store, CLAIM, CLAIM._replace(name="Max"))
    change(store, to_cents=0)
    take(store, CLAIM._replace(name="Moritz"), name="second.xlsx")
    numbers = tuple(parse_order_number(order.number) for order in list_orders(store, state="created"))
    for user, step in (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")):
        act(store, user)
        decide(store, step, Choice(numbers=numbers), day=DAY)
    assert items(store) == [("receivable", 12550, 0), ("receivable", 12550, 12550), ("receivable", 12550, 12550)]
    sql = """SELECT i.id, e.source FROM item i JOIN entry e ON e.office = i.office AND e.position = i.position
             WHERE i.order_id = 4 OR i.id = 3"""
    assert [tuple(row) for row in store.rows(sql)] == [(3, "order:4")]
    assert open_difference(store) == []
