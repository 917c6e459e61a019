"""Limits, deputies, the exception of small offices, and the queue that shows what a person may do next."""

import itertools
from contextlib import nullcontext

import pytest

from ledger.items.order_change_store import change_order
from ledger.items.order_decisions import Choice
from ledger.items.order_duties_store import NotAloneError, OverLimitError
from ledger.items.order_steps_store import decide
from ledger.items.orders import parse_order_number
from ledger.items.orders_queue_reader import sent_back, waiting_for_me
from ledger.items.orders_reader import show_order
from ledger.people.duties_store import DeputyPairError, end_deputy, name_deputy, set_limit
from ledger.people.users import NotAllowedError, OwnWorkError, add_user
from sepa.errors import KasseError
from tests.books import act
from tests.ledger.order_lists import DAY, row, take

CLAIM = row("ORDNUNG receivable 125,50 Erika Musterfrau")
STEPS = {"created": "certified", "certified": "approved", "approved": "accepted"}


def people(store, **grants):
    with store.unit(["KASSE"]):
        for name, held in grants.items():
            add_user(act(store, "root"), name, [tuple(grant.split()) for grant in held])


def do(store, user, step, number=1, office="ORDNUNG", **more):
    act(store, user)
    return decide(store, step, Choice(numbers=((office, number),)), day=DAY, reason="falsch", **more)


def lock(store, name):
    store.execute("UPDATE app_user SET locked = 1 WHERE name = :name", name=name)


def state(store, number=1):
    return store.value("SELECT state FROM cash_order WHERE id = :id", id=number)


# the small office (law: VV to § 70 LHO, § 31 KomHVO NRW)


@pytest.fixture
def small(store):
    """An office whose only certifier is zoe, who also makes its orders."""
    people(store, zoe=["BAU certifier"])
    lock(store, "anna")
    lock(store, "import")
    take(store, CLAIM._replace(office="BAU"), user="zoe")
    return store


def test_the_only_certifier_of_an_office_certifies_own_work_with_a_reason(small):
    with pytest.raises(OwnWorkError):
        do(small, "zoe", "certified", office="BAU")
    done = do(small, "zoe", "certified", office="BAU", exception="Urlaub der Kollegin")
    assert (done.new, state(small)) == (True, "certified")
    step = small.one("SELECT exception FROM order_step WHERE step = 'certified'")
    assert step == (1,)
    event = small.one(
        "SELECT e.object, d.details FROM event e JOIN event_details d ON d.office = e.office AND d.position = e.position "
        "WHERE e.action = 'order.exception'"
    )
    assert (event[0], "Urlaub der Kollegin" in event[1]) == ("order:BAU-1", True)
    assert [one.exception for one in show_order(small, "BAU", 1).steps] == [0, 1]


def test_the_exception_is_for_certifying_alone_and_the_next_step_is_for_another(small):
    do(small, "zoe", "certified", office="BAU", exception="allein")
    with small.unit(["KASSE"]):
        add_user(act(small, "root"), "zoe", [("BAU", "approver")])
    for exception in ("", "allein"):
        with pytest.raises(KasseError):
            do(small, "zoe", "approved", office="BAU", exception=exception)
    assert state(small) == "certified"
    assert do(small, "bernd", "approved", office="BAU").new


def test_an_office_with_somebody_else_has_no_exception(small):
    people(small, yan=["BAU certifier"])
    with pytest.raises(NotAloneError) as error:
        do(small, "zoe", "certified", office="BAU", exception="eilig")
    assert error.value.fields["others"] == "yan"
    lock(small, "yan")
    assert do(small, "zoe", "certified", office="BAU", exception="yan ist krank").new


# limits


@pytest.mark.parametrize(
    ("office", "cents", "allowed"),
    [("ORDNUNG", 12550, True), ("ORDNUNG", 12549, False), ("*", 12549, False), ("BAU", 1, True), ("ORDNUNG", 0, False)],
    ids=["the amount itself", "a cent less", "everywhere", "another office", "nothing at all"],
)
def test_a_limit_is_by_person_office_and_amount(store, office, cents, allowed):
    set_limit(act(store, "root"), "bernd", office, cents)
    take(store, CLAIM)
    do(store, "anna", "certified")
    with nullcontext() if allowed else pytest.raises(OverLimitError):
        do(store, "bernd", "approved")
    assert state(store) == ("approved" if allowed else "certified")


def test_the_limit_of_the_office_goes_before_that_of_everywhere(store):
    set_limit(act(store, "root"), "bernd", "*", 100)
    set_limit(act(store, "root"), "bernd", "ORDNUNG", 20000)
    take(store, CLAIM)
    do(store, "anna", "certified")
    assert do(store, "bernd", "approved").new


def test_one_order_above_the_limit_refuses_the_whole_batch(store):
    set_limit(act(store, "root"), "bernd", "ORDNUNG", 20000)
    take(store, CLAIM, CLAIM._replace(name="Max", amount_cents=20001))
    for number in (1, 2):
        do(store, "anna", "certified", number)
    with pytest.raises(OverLimitError):
        decide(act(store, "bernd"), "approved", Choice(batch=1), day=DAY, sum_cents=32551)
    assert (state(store, 1), state(store, 2)) == ("certified", "certified")


def test_an_order_that_grows_is_held_against_the_limit_as_a_whole(store):
    set_limit(act(store, "root"), "bernd", "ORDNUNG", 20000)
    take(store, CLAIM)
    for user, step in (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")):
        do(store, user, step)
    for number, (to_cents, allowed) in enumerate(((15000, True), (20001, False)), 2):
        change_order(act(store, "import"), "ORDNUNG", 1, reason="mehr", day=DAY, to_cents=to_cents)
        do(store, "anna", "certified", number)
        assert bool(waiting_for_me(act(store, "bernd"))) is allowed, "what the queue shows can be done"
        with nullcontext() if allowed else pytest.raises(OverLimitError):
            do(store, "bernd", "approved", number)
            do(store, "clara", "accepted", number)


# deputies


def deputy(store, principal="bernd", other="berta", role="approver", since=DAY, until=DAY, office="ORDNUNG"):
    return name_deputy(act(store, "root"), principal, other, office=office, role=role, since=since, until=until).number


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        ("2026-11-16", "2026-11-16", True), ("2026-11-01", "2026-11-15", False), ("2026-11-17", "2026-12-31", False),
        ("2026-11-01", "2026-12-31", True),
    ],
    ids=["the day itself", "over", "not yet", "in between"],
)  # fmt: skip
def test_a_deputy_stands_in_from_one_day_to_another(store, since, until, holds):
    people(store, berta=["BAU certifier"])
    deputy(store, since=since, until=until)
    take(store, CLAIM)
    do(store, "anna", "certified")
    with nullcontext() if holds else pytest.raises(NotAllowedError):
        do(store, "berta", "approved")
    behalf = store.value(
        "SELECT u.name FROM order_step s JOIN app_user u ON u.id = s.on_behalf WHERE s.step = 'approved'"
    )
    assert behalf == ("bernd" if holds else None)


@pytest.fixture
def absent(store):
    """Berta approves up to 100.00 in her own right, and up to 200.00 for bernd, who is away."""
    people(store, berta=["ORDNUNG approver"])
    set_limit(act(store, "root"), "berta", "ORDNUNG", 10000)
    set_limit(store, "bernd", "*", 20000)
    deputy(store)
    take(store, CLAIM, CLAIM._replace(name="Max", amount_cents=9000), CLAIM._replace(name="Eva", amount_cents=20001))
    for number in (1, 2, 3):
        do(store, "anna", "certified", number)
    return store


def approvals(store):
    return store.all(
        """SELECT s.order_id, b.name, p.name FROM order_step s JOIN app_user b ON b.id = s.by
           LEFT JOIN app_user p ON p.id = s.on_behalf WHERE s.step = 'approved' ORDER BY s.order_id"""
    )


def test_a_deputy_with_a_smaller_limit_uses_that_of_the_absent_person_above_her_own(absent):
    assert [order.number for order in waiting_for_me(act(absent, "berta"))] == ["ORDNUNG-1", "ORDNUNG-2"]
    decide(absent, "approved", Choice(numbers=(("ORDNUNG", 1), ("ORDNUNG", 2))), day=DAY)
    assert approvals(absent) == [(1, "berta", "bernd"), (2, "berta", None)]


def test_a_limit_that_nobody_has_is_refused_to_the_deputy_too(absent):
    with pytest.raises(OverLimitError) as error:
        do(absent, "berta", "approved", 3)
    assert (error.value.fields["user"], error.value.fields["limit_cents"]) == ("berta", 10000)
    assert approvals(absent) == []


def test_who_is_away_does_not_take_the_step_after_the_limit_that_was_used(absent):
    """What the deputy approved within the limit of bernd counts for bernd: neither of them accepts it."""
    do(absent, "berta", "approved", 1)
    with absent.unit(["KASSE"]):
        absent.execute(
            "INSERT INTO user_role (user_id, office, role) SELECT id, '*', 'cashier' FROM app_user WHERE name = 'bernd'"
        )
    with pytest.raises(OwnWorkError):
        do(absent, "bernd", "accepted", 1)


def test_a_limit_of_who_certified_is_not_used(absent):
    take(absent, CLAIM._replace(name="Ida"), name="second.xlsx")
    people(absent, bernd=["ORDNUNG certifier"])
    do(absent, "bernd", "certified", 4)
    with pytest.raises(OwnWorkError):
        do(absent, "berta", "approved", 4)


def test_a_deputy_whose_time_was_ended_does_nothing_more(store):
    people(store, berta=["BAU certifier"])
    number = deputy(store, until="2026-12-31")
    end_deputy(act(store, "root"), number, DAY)
    take(store, CLAIM)
    do(store, "anna", "certified")
    with pytest.raises(NotAllowedError):
        do(store, "berta", "approved")


@pytest.mark.parametrize(("role", "held"), [("approver", "cashier"), ("approver", "payments"), ("approver", "releaser"),
                                            ("certifier", "releaser"), ("cashier", "approver")])  # fmt: skip
def test_no_deputy_joins_what_must_stay_apart(store, role, held):
    people(store, berta=[f"KASSE {held}"], prinz=[f"* {role}"])
    with pytest.raises(DeputyPairError):
        deputy(store, "prinz", role=role, office="*")


def test_what_either_did_neither_may_do_again(store):
    """A deputy counts for two: own steps and those of the absent person."""
    people(store, berta=["ORDNUNG certifier"])
    deputy(store)
    take(store, CLAIM, CLAIM._replace(name="Max"), user="import")
    do(store, "berta", "certified", 1)
    with pytest.raises(OwnWorkError):
        do(store, "berta", "approved", 1)
    do(store, "anna", "certified", 2)
    assert do(store, "berta", "approved", 2).new


# the queue


def test_the_queue_shows_what_a_person_may_do_and_nothing_else(store):
    """Whoever it is, in whatever state the orders are: what waits for them is what they can do."""
    people(store, berta=["ORDNUNG certifier"], max=["* certifier", "* approver", "KASSE cashier"], zoe=["BAU approver"])
    deputy(store, until="2026-12-31")
    set_limit(act(store, "root"), "max", "ORDNUNG", 20000)
    rows = [CLAIM._replace(name=f"Person {at}", amount_cents=10000 + 3000 * at) for at in range(6)]
    take(store, *rows, CLAIM._replace(office="BAU"), user="import")
    for user, name, numbers in (("anna", "certified", (2, 3)), ("max", "certified", (4, 5)), ("berta", "certified", (6,)),
                                ("bernd", "approved", (3, 4))):  # fmt: skip
        for number in numbers:
            do(store, user, name, number)
    orders = store.all("SELECT office, id, state FROM cash_order ORDER BY office, id")
    seen = 0
    for user in ("anna", "bernd", "clara", "berta", "max", "zoe", "import", "root", "emil"):
        queue = {parse_order_number(one.number) for one in waiting_for_me(act(store, user))}
        may = {
            (office, number) for office, number, at in orders if at in STEPS and may_do(store, user, office, number, at)
        }
        assert queue == may, user
        seen += len(queue)
    assert seen > 10


def may_do(store, user, office, number, at):
    with store.rehearsal():
        try:
            return do(store, user, STEPS[at], number, office).new
        except NotAllowedError:
            return False


def test_the_queue_can_be_looked_at_office_by_office(store):
    take(store, CLAIM, CLAIM._replace(office="BAU"), user="import")
    for office, expected in ((None, 2), ("BAU", 1), ("KASSE", 0)):
        assert len(waiting_for_me(act(store, "anna"), office=office)) == expected
    assert [len(list(group)) for _, group in itertools.groupby(waiting_for_me(store), key=lambda one: one.office)] == [
        1,
        1,
    ]


def test_who_made_an_order_sees_that_it_came_back(store):
    take(store, CLAIM, CLAIM._replace(name="Max"))
    assert sent_back(act(store, "import")) == 0
    do(store, "anna", "objected", 1)
    assert [sent_back(act(store, user)) for user in ("import", "anna", "bernd")] == [1, 0, 0]
    store.today = "2027-01-15"
    assert sent_back(act(store, "import")) == 0


@pytest.mark.parametrize("own", [["ORDNUNG approver"], []], ids=["own right", "deputy only"])
def test_a_deputy_of_several_acts_for_one_who_did_nothing_with_the_order(store, own):
    """Paul certified it, so it is approved for Quirin; what the queue shows can be done."""
    people(store, paul=["ORDNUNG approver", "ORDNUNG certifier"], quirin=["ORDNUNG approver"], dora=own)
    set_limit(act(store, "root"), "dora", "ORDNUNG", 1000)
    for name in ("paul", "quirin"):
        name_deputy(
            act(store, "emil"), name, "dora", office="ORDNUNG", role="approver", since=DAY, until="2026-12-31"
        )  # fmt: skip
    take(store, CLAIM)
    do(store, "paul", "certified")
    assert [order.number for order in waiting_for_me(act(store, "dora"))] == ["ORDNUNG-1"]
    do(store, "dora", "approved")
    behalf = "SELECT u.name FROM order_step s JOIN app_user u ON u.id = s.on_behalf WHERE s.step = 'approved'"
    assert store.all(behalf) == [("quirin",)]
