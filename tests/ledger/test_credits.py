"""Exits of credits: set off against claims of the same party over all offices, or paid back by an order."""

import pytest

from ledger.items.credits import (
    CreditAmountError,
    CreditBoundError,
    CreditReasonError,
    NoCreditError,
    NothingToSetOffError,
    NotYetDueError,
    OtherPartyError,
    UnknownPayeeAccountError,
)
from ledger.items.credits_store import refund_credit, set_off
from ledger.people.parties_change_store import change_party
from ledger.people.party_values import PartyChange
from ledger.people.users import NotAllowedError, add_user
from tests.books import act
from tests.ledger.order_lists import DAY, IBAN, OTHER_IBAN, accepted, open_difference, row
from tests.ledger.test_order_changes import balances, change, settle, through

CREDIT = ("ORDNUNG", 2)


@pytest.fixture
def town(store):
    """Erika has 100.00 of credit in ORDNUNG and owes 40.00, due, and 80.00, due later, in BAU."""
    claims = [
        row("ORDNUNG receivable 125,50 Erika Musterfrau", due="2026-10-01"),
        row("BAU receivable 40,00 Erika Musterfrau", due="2026-11-01", purpose="Baugebühr"),
        row("BAU receivable 80,00 Erika Musterfrau", due="2026-12-15", purpose="Pacht"),
        row("BAU receivable 70,00 Max Mustermann", due="2026-10-01"),
    ]
    accepted(store, *claims)
    settle(store, 10000)
    through(store, change(store, to_cents=0, as_credit=True)[0].number)
    act(store, "clara")
    return store


def off(store, against=(), **more):
    return set_off(store, CREDIT, against, **{"day": DAY, "reason": "Aufrechnungserklärung"} | more)


def test_a_credit_is_set_off_against_what_is_due(town):
    done = off(town)
    assert (done.sum_cents, done.left_cents) == (4000, 6000)
    assert [(part.office, part.item, part.cents, part.left_cents) for part in done.parts] == [("BAU", 1, 4000, 0)]
    assert town.all("SELECT office, kind FROM clearing WHERE kind = 'setoff' ORDER BY office") == [
        ("BAU", "setoff"), ("ORDNUNG", "setoff"),
    ]  # fmt: skip
    assert balances(town)["BAU", "2690.ORDNUNG"] + balances(town)["ORDNUNG", "2690.BAU"] == 0
    assert open_difference(town) == []
    with pytest.raises(NothingToSetOffError):
        off(town)


def test_claims_that_are_not_due_need_consent(town):
    with pytest.raises(NotYetDueError):
        off(town, [("BAU", 2)])
    done = off(town, [("BAU", 2)], early=True)
    assert (done.sum_cents, done.parts[0].left_cents, done.left_cents) == (8000, 0, 2000)


@pytest.mark.parametrize(
    ("against", "more", "error"),
    [
        ([("BAU", 3)], {}, OtherPartyError),
        ([("BAU", 1)], {"cents": 4001}, CreditAmountError),
        ([("BAU", 1)], {"reason": " "}, CreditReasonError),
        ([("BAU", 9)], {}, NothingToSetOffError),
    ],
)
def test_a_set_off_is_refused(town, against, more, error):
    before = town.value("SELECT count(*) FROM entry")
    with pytest.raises(error):
        off(town, against, **more)
    assert town.value("SELECT count(*) FROM entry") == before


def test_only_credits_and_payables_are_set_off_and_only_by_the_kasse(town):
    with pytest.raises(NoCreditError):
        set_off(town, ("BAU", 1), (), day=DAY, reason="x")
    act(town, "anna")
    with pytest.raises(NotAllowedError):
        off(town)


def pay_back(store, **more):
    act(store, "clara")
    return refund_credit(store, CREDIT, **{"day": DAY, "reason": "doppelt gezahlt"} | more)


def know(store, *ibans):
    act(store, "dirk")
    for iban in ibans:
        change_party(store, 1, PartyChange(iban=iban), DAY)


def test_a_credit_is_paid_back_by_an_order(town):
    know(town, IBAN)
    made = pay_back(town)
    assert (made.kind, made.amount_cents) == ("payable", 10000)
    with pytest.raises(CreditBoundError):
        off(act(town, "clara"))
    with pytest.raises(CreditBoundError):
        pay_back(town)
    with town.unit(["KASSE"]):
        add_user(town, "zoe", [("KASSE", "cashier")])
    through(town, made.number, steps=(("anna", "certified"), ("bernd", "approved"), ("zoe", "accepted")))
    assert town.all("SELECT kind, open_cents FROM item WHERE office = 'ORDNUNG' AND open_cents > 0") == [
        ("payable", 10000)
    ]
    assert town.value("SELECT bank_account FROM item WHERE kind = 'payable'") == IBAN
    assert open_difference(town) == []


@pytest.mark.parametrize(
    ("known", "iban", "error"),
    [
        ((), None, UnknownPayeeAccountError),
        ((IBAN, OTHER_IBAN), None, UnknownPayeeAccountError),
        ((IBAN,), OTHER_IBAN, UnknownPayeeAccountError),
        ((IBAN, OTHER_IBAN), IBAN, None),
    ],
)
def test_a_refund_goes_to_a_known_account_only(town, known, iban, error):
    know(town, *known)
    if error is None:
        assert pay_back(town, iban=iban, cents=2500).amount_cents == 2500
        return
    with pytest.raises(error):
        pay_back(town, iban=iban)
