"""General orders: money expected before any single order is accepted in full, or stays unclear."""

from dataclasses import replace

import pytest

from ledger.bank.general_orders_store import run_general_orders
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Forward
from ledger.bank.suspense_desk_store import decide
from ledger.cash.take_store import Payment, take
from ledger.items.check_digits import weighted
from ledger.items.general_order_store import Expectation, ExpectedAlreadyError, LastDayError, make_general_order
from ledger.items.kassenzeichen import Scheme
from ledger.items.order_change_store import end_order
from ledger.items.order_rules import AmountNotPositiveError
from ledger.items.schedules import EndedAlreadyError
from ledger.items.schemes_store import UnknownSchemeError, add_scheme
from ledger.people.users import NotAllowedError
from sepa.identifiers import make_rf
from tests.bankbooks import check_invariants, item, staged
from tests.books import act
from tests.cashbooks import check, desk
from tests.ledger.order_lists import DAY, IBAN
from tests.ledger.test_order_changes import through

OWI = Scheme("owi", "58[0-9]{10}", 12, "weights:11:2-3-4-5-6-7", "58", issues=False)
WARNING = Expectation("ORDNUNG", "owi", "5300", "Verwarnungsgeld", "2026-11-01", (1000, 2500, 5500), profile="fine")


def number(count):
    return weighted(OWI.method)[1](f"58{count:09d}")


@pytest.fixture
def town(store):
    act(store, "root")
    add_scheme(store, OWI)
    act(store, "import")
    through(store, make_general_order(store, WARNING).number)
    return store


def come(store, *entries):
    act(store, "import")
    for amount, text, more in entries:
        staged(store, amount, text, name="Max Mustermann", **more)
    post_staged(store)
    act(store, "clara")
    return run_general_orders(store, day="2026-11-18")


def test_the_full_amount_is_accepted_and_settled_at_once(town):
    done = come(town, ("25", f"Aktenzeichen {number(2)}", {}), ("55", "", {"creditor_reference": make_rf(number(3))}))
    assert [(one.amount_cents, one.accepted) for one in done.accepted] == [(2500, True), (5500, True)]
    assert done.left == ()
    rows = town.all(
        "SELECT reference, amount_cents, open_cents, profile FROM item WHERE kind = 'receivable' ORDER BY id"
    )
    assert rows == [(number(2), 2500, 0, "fine"), (number(3), 5500, 0, "fine")]
    assert town.value("SELECT sum(open_cents) FROM item WHERE kind = 'suspense'") == 0
    assert town.value("SELECT sum(cents) FROM posting WHERE office = 'ORDNUNG' AND account = '5300'") == -8000
    check_invariants(town)
    assert run_general_orders(town, day="2026-11-18").accepted == ()


def test_cash_brought_for_a_number_that_nobody_knows_yet_is_accepted_too(town):
    desk(town)
    take(town, "B1", [Wish(number(2), 2500), Wish(number(3), 1200), Wish("4711", 1000)], payment=Payment(payer="Y"))
    done = run_general_orders(act(town, "clara"), day="2026-11-18")
    assert [(one.reference, one.amount_cents, one.name) for one in done.accepted] == [(number(2), 2500, "Y")]
    assert [(one.reference, one.why) for one in done.left] == [(number(3), "amount")]
    assert town.one("SELECT reference, open_cents FROM item WHERE kind = 'receivable'") == (number(2), 0)
    paid = town.value("SELECT max(payment_day) FROM clearing WHERE kind = 'assign'")
    assert paid == town.value("SELECT max(payment_day) FROM cash_receipt")
    check(town)


@pytest.mark.parametrize(
    ("amount", "text", "more", "why"),
    [
        ("20", f"AZ {number(2)}", {}, ["amount"]),
        ("25", f"AZ {number(2)[:-1]}", {}, []),
        ("25", "Verwarnung", {}, []),
        ("25", f"AZ {number(2)}", {"day": "2026-10-30"}, []),
        ("50", f"AZ {number(2)} und {number(3)}", {}, []),
    ],
)
def test_anything_else_stays_unclear(town, amount, text, more, why):
    done = come(town, (amount, text, more))
    assert ([one.why for one in done.left], done.accepted) == (why, ())
    assert town.value("SELECT count(*) FROM item WHERE kind = 'receivable'") == 0


def test_a_reference_that_is_known_is_not_made_twice(town):
    come(town, ("25", number(2), {}))
    done = come(town, ("10", number(2), {}))
    assert ([one.why for one in done.left], done.accepted) == (["known"], ())


def test_what_has_an_item_already_is_matched_as_ever(town):
    item(town, "25", number(5))
    done = come(town, ("25", number(5), {}))
    assert (done.accepted, done.left) == ((), ())


def test_what_an_order_pays_out_is_left_alone(town):
    """The others are taken: one case that leaves does not stop the run."""
    act(town, "import")
    for count in (2, 3):
        staged(town, "25", number(count), name="Max Mustermann")
    post_staged(town)
    first = town.value("SELECT min(item) FROM suspense_case")
    decide(town, [Forward(first, "fremd", payee="Dritte GmbH", iban=IBAN)], day=DAY)
    done = run_general_orders(act(town, "clara"), day="2026-11-18")
    assert ([one.reference for one in done.accepted], done.left) == ([number(3)], ())


def test_an_ended_general_order_takes_nothing(town):
    act(town, "import")
    through(town, end_order(town, "ORDNUNG", 1, reason="Verfahren eingestellt", last_day="2026-11-10").number)
    assert come(town, ("25", number(2), {"day": DAY})).accepted == ()


def test_an_ended_general_order_does_not_go_on(town):
    act(town, "import")
    through(town, end_order(town, "ORDNUNG", 1, reason="Verfahren eingestellt", last_day="2026-11-10").number)
    act(town, "import")
    with pytest.raises(EndedAlreadyError):
        end_order(town, "ORDNUNG", 1, reason="doch länger", last_day="2026-12-31")


def test_only_a_clerk_runs_it(town):
    act(town, "anna")
    with pytest.raises(NotAllowedError):
        run_general_orders(town, day=DAY)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amounts": ()}, AmountNotPositiveError),
        ({"amounts": (0, 5)}, AmountNotPositiveError),
        ({"scheme": "x"}, UnknownSchemeError),
        ({}, ExpectedAlreadyError),
        ({"amounts": (5500, 1000, 2500, 1000), "purpose": " Verwarnungsgeld "}, ExpectedAlreadyError),
        ({"first_day": "2026-12-01", "last_day": "2026-12-31"}, ExpectedAlreadyError),
        ({"first_day": "2026-12-01", "last_day": "2026-11-30"}, LastDayError),
    ],
)
def test_a_general_order_is_refused_that_cannot_be_or_is_there(town, changes, error):
    act(town, "import")
    with pytest.raises(error):
        make_general_order(town, replace(WARNING, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"amounts": (1000, 5500)}, {"account": "5100"}, {"purpose": "Kostenvorschuss"}, {"profile": "fee"},
        {"office": "BAU"}, {"first_day": "2026-10-01", "last_day": "2026-10-31"}, {"amounts": (), "max_cents": 5500},
    ],
)  # fmt: skip
def test_what_differs_is_another_general_order(town, changes):
    act(town, "import")
    assert make_general_order(town, replace(WARNING, **changes)).number


def test_a_general_order_may_be_made_again_when_the_old_one_ended_or_was_objected(town):
    act(town, "import")
    through(town, end_order(town, "ORDNUNG", 1, reason="neu geordnet", last_day="2026-11-10").number)
    act(town, "import")
    again = replace(WARNING, first_day="2026-11-11")
    made = make_general_order(town, again)
    with pytest.raises(ExpectedAlreadyError) as refused:
        make_general_order(town, again)
    assert refused.value.fields["order"] == made.number
