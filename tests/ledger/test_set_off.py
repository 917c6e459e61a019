"""Set-off: credits and payables against claims on the same party over all offices, in the order of their law."""

import datetime as dt

import pytest

from ledger.documents import Grid
from ledger.items.locks import Span
from ledger.items.locks_store import lock_items
from ledger.items.settlement import Claim, ClassOrder
from ledger.payments.attachment_store import NewAttachment, add_attachment
from ledger.payments.attachments import Attachment
from ledger.payments.propose_store import propose
from ledger.payments.refund_store import approve_refund, ask_refund, withdraw_refund
from ledger.payments.refunds import Wish as RefundWish
from ledger.payments.seized import Aged, SetOffSeizedError, attached, bars
from ledger.payments.set_off import (
    NothingToSetOffError,
    SetOffAmountError,
    SetOffBoundError,
    SetOffContestedError,
    SetOffHeldError,
    SetOffNotDueError,
    SetOffOneItemError,
    SetOffOtherPartyError,
    Wish,
)
from ledger.payments.set_off_reader import candidates
from ledger.payments.set_off_store import set_off
from ledger.payments.set_off_undo_store import undo_set_off
from ledger.payments.twins_reader import twins
from ledger.people.users import NotAllowedError, add_user
from tests.bankbooks import item
from tests.books import act
from tests.ledger.order_lists import DAY, IBAN, accepted, open_difference, row
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


def off(store, *against, day=DAY, orders=None, **wish):
    (done,) = set_off(store, [CREDIT], day=day, wish=Wish(against, **wish), orders=orders).done
    return done


def test_a_credit_is_set_off_against_what_is_due(town):
    assert [(one.office, one.item, one.cents) for one in candidates(town, DAY)] == [("ORDNUNG", 2, 4000)]
    done = off(town, reason="Aufrechnungserklärung")
    assert (done.cents, done.left_cents) == (4000, 6000)
    assert [(office, item, cents) for office, item, _, cents in done.claims] == [("BAU", 1, 4000)]
    assert town.all("SELECT office, kind FROM clearing WHERE kind = 'setoff' ORDER BY office") == [
        ("BAU", "setoff"), ("ORDNUNG", "setoff"),
    ]  # fmt: skip
    assert balances(town)["BAU", "2690.ORDNUNG"] + balances(town)["ORDNUNG", "2690.BAU"] == 0
    assert open_difference(town) == []
    assert list(candidates(town, DAY)) == []
    with pytest.raises(NothingToSetOffError):
        off(town)


def test_each_claim_counts_as_paid_from_the_day_on_which_both_were_due(town):
    """§ 389 BGB; what the payee agrees to before it is due counts from today."""
    town.execute("UPDATE item SET due = '2026-10-15' WHERE office = 'ORDNUNG' AND id = 2")
    person = town.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = 2")
    older = item(town, "9,00", due="2026-10-01", person=person, profile="fee", claim_kind="fee")
    (found,) = candidates(town, DAY)
    assert [(office, cents) for office, _, _, cents in found.claims] == [("ORDNUNG", 900), ("BAU", 4000)]
    assert found.days == ("2026-10-15", "2026-11-01")
    done = set_off(town, [CREDIT], day=DAY, wish=Wish((("ORDNUNG", older), ("BAU", 1), ("BAU", 2)), early=True))
    days = """SELECT l.office, l.item, l.cents, c.payment_day, c.posting_day FROM clearing c
              JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
              WHERE c.kind = {kind} ORDER BY l.office, l.item"""
    assert town.all(days.format(kind="'setoff'")) == [
        ("BAU", 1, 4000, "2026-11-01", DAY),
        ("BAU", 2, 5100, DAY, DAY),
        ("ORDNUNG", 2, 10000, DAY, DAY),
        ("ORDNUNG", older, 900, "2026-10-15", DAY),
    ]
    rows = [block.rows for block in done.letters[0].blocks if isinstance(block, Grid)]
    assert [[line[1] for line in one] for one in rows] == [["15.10.2026", "01.11.2026", "16.11.2026"]]
    assert open_difference(town) == []
    assert undo_set_off(act(town, "emil"), done.entries[0], reason="bestritten", day=DAY).new
    assert town.all(days.format(kind="'reset'")) == [
        (office, number, -cents, paid_on, DAY)
        for office, number, cents, paid_on, _ in town.all(days.format(kind="'setoff'"))
    ]


def test_claims_that_are_not_due_need_consent(town):
    with pytest.raises(SetOffNotDueError):
        off(town, ("BAU", 2))
    done = off(town, ("BAU", 2), early=True)
    assert (done.cents, done.left_cents) == (8000, 2000)


@pytest.mark.parametrize(
    ("orders", "met"),
    [(None, 5), ({"fee": ClassOrder("the other way round", {"principal": 0}, 1)}, 4)],
    ids=["§§ 366, 367 BGB by analogy: costs first", "another law"],
)
def test_the_order_of_the_law_decides_which_claim_is_met(town, orders, met):
    person = town.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = 2")
    for kind in ("principal", "mahngebuehr"):
        item(town, "9,00", office="BAU", due=DAY, person=person, profile="fee", claim_kind=kind)
    done = off(town, ("BAU", 4), ("BAU", 5), cents=500, orders=orders)
    assert [(number, cents) for _, number, _, cents in done.claims] == [(met, 500)]


@pytest.mark.parametrize(
    ("against", "wish", "error"),
    [
        ([("BAU", 3)], {}, SetOffOtherPartyError),
        ([("BAU", 1)], {"cents": 4001}, SetOffAmountError),
        ([("BAU", 9)], {}, NothingToSetOffError),
        ([], {"cents": 0}, SetOffAmountError),
    ],
)
def test_a_set_off_is_refused(town, against, wish, error):
    before = town.value("SELECT count(*) FROM entry")
    with pytest.raises(error):
        off(town, *against, **wish)
    assert town.value("SELECT count(*) FROM entry") == before


@pytest.mark.parametrize("against", [(), (("BAU", 1),), (("BAU", 1), ("BAU", 2))])
def test_a_contested_claim_is_not_set_off_and_the_lock_is_the_reason(town, against):
    """§ 390 BGB: a claim against which there is a defence cannot be set off, named or not."""
    lock_items(town, [("BAU", 1)], "dunning", "Widerspruch", Span(DAY))
    with pytest.raises(SetOffContestedError) as error:
        off(town, *against, early=len(against) > 1)
    assert (error.value.fields["office"], error.value.fields["item"]) == ("BAU", 1)
    assert off(town, early=True).cents == 8000


def test_a_credit_that_is_locked_says_so(town):
    lock_items(town, [CREDIT], "payment", "Reklamation", Span(DAY))
    with pytest.raises(SetOffHeldError):
        off(town)


def paper(served_on, cents=None, kind="garnishment"):
    return NewAttachment(
        kind, "Inkasso Nord", dt.date.fromisoformat(served_on), "M 12/26", sum_cents=cents, document="A"
    )


BARS = {
    "§ 392 BGB: acquired before, due before the service": ("2026-10-01", "2026-10-31", False),
    "due after the service, but not later than the payable": ("2026-10-01", "2026-11-10", False),
    "due after the service and later than the payable": ("2026-10-01", "2026-11-11", True),
    "acquired after the service, due long before": ("2026-11-02", "2026-10-01", True),
    "acquired on the day of service": ("2026-11-01", "2026-10-01", False),
}


@pytest.mark.parametrize("case", BARS)
def test_an_attachment_bars_younger_claims_of_ours(case):
    acquired, due, barred = BARS[case]
    one = Attachment(1, 1, "P", "garnishment", "G", None, "M", 1, "2026-11-01", None, False, None, None, None, 0)
    assert bars(one, Aged(Claim("BAU", 1, 100, due), acquired), "2026-11-10") is barred


@pytest.mark.parametrize(
    ("served_on", "cents", "expected"),
    [
        ("2026-10-15", None, "seized"),
        ("2026-10-15", 7000, [3000]),
        ("2026-10-15", 5000, [4000]),
        (DAY, None, [4000]),
    ],
    ids=["all of it, before we had our claim", "in part", "what is left is enough", "after we had it"],
)
def test_what_was_attached_before_is_not_set_off(town, served_on, cents, expected):
    add_attachment(town, "ORDNUNG/2", paper(served_on, cents))
    before = town.value("SELECT count(*) FROM entry")
    found = list(candidates(town, DAY))
    if expected == "seized":
        assert found == []
        for against in ([], [("BAU", 1)]):
            with pytest.raises(SetOffSeizedError) as refused:
                off(town, *against)
            assert (refused.value.fields["creditor"], refused.value.fields["number"]) == ("Inkasso Nord", 1)
        assert town.value("SELECT count(*) FROM entry") == before
    else:
        assert [one.cents for one in found] == expected
        done = off(town)
        assert [done.cents] == expected
        assert [one.code for one in attached([done])] == ["set_off.attached"]


def test_only_credits_and_payables_are_set_off_and_only_by_the_kasse(town):
    with pytest.raises(NothingToSetOffError):
        set_off(town, [("BAU", 1)], day=DAY)
    with pytest.raises(SetOffOneItemError):
        set_off(town, [CREDIT, ("BAU", 1)], day=DAY, wish=Wish(cents=100))
    act(town, "anna")
    with pytest.raises(NotAllowedError):
        off(town)


def test_a_joint_debtor_may_be_set_off_against_where_it_is_named(town):
    person = town.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = 2")
    with town.unit(["BAU"]):
        town.insert_one("item_debtor", office="BAU", item=3, party=person, since=DAY)
    assert off(town, ("BAU", 3)).cents == 7000


def test_what_is_being_paid_back_is_bound_until_it_is_withdrawn(town):
    with town.unit(["KASSE"]):
        add_user(town, "zoe", [("*", "head")])
    wish = RefundWish("doppelt gezahlt", iban=IBAN, name="Erika Musterfrau", document="Vollmacht", set_off=False)
    ask_refund(town, *CREDIT, wish, day=DAY)
    approve_refund(act(town, "zoe"), *CREDIT, day="2026-11-16")
    assert list(candidates(town, DAY)) == []
    with pytest.raises(SetOffBoundError):
        off(act(town, "clara"))
    assert withdraw_refund(town, *CREDIT, reason="wird aufgerechnet").state == "withdrawn"
    assert off(town).cents == 4000


@pytest.fixture
def two(store):
    """Zeb gets 90.00 to an account and, without one, owes 300.00, due: lists make two persons of him."""
    accepted(
        store,
        row("ORDNUNG payable 90,00 Zeb Quast", due="2026-11-10", bank_account="DE89370400440532013000"),
        row("BAU receivable 300,00 Zeb Quast", due="2026-11-01", purpose="Pacht"),
        row("BAU receivable 70,00 Max Mustermann", due="2026-10-01"),
    )
    return act(store, "clara")


def people(store) -> tuple[int, int]:
    """Return who gets and who owes, as one person at one address."""
    gets = store.value("SELECT party FROM item WHERE kind = 'payable'")
    owes = store.value("SELECT party FROM item WHERE kind = 'receivable' AND amount_cents = 30000")
    assert gets != owes
    store.execute(
        "UPDATE party SET address_key = 'weg 7 20999', birth_date = NULL WHERE id IN (:gets, :owes)",
        gets=gets,
        owes=owes,
    )
    return gets, owes


def test_who_seems_to_be_one_who_owes_is_named_beside_the_set_offs(two):
    gets, owes = people(two)
    (found,) = twins(two, DAY)
    assert (found.code, found.fields["party"], found.fields["other"]) == ("payment.twin_owes", gets, owes)
    assert found.fields["owed_cents"] == 30000
    assert twins(two, "2026-10-31") == (), "nothing is due then"


def test_the_reviewer_of_a_run_reads_who_seems_to_owe(two):
    gets, owes = people(two)
    done = propose(act(two, "dirk"), today=dt.date.fromisoformat(DAY))
    named = [one for one in done.findings if one.code == "payment.twin_owes"]
    assert [(one.fields["party"], one.fields["other"], one.fields["owed_cents"]) for one in named] == [
        (gets, owes, 30000)
    ]
    assert named[0].place.payment == two.value("SELECT end_to_end_id FROM payment")


def test_another_address_or_birth_date_is_another_person(two):
    gets, _ = people(two)
    two.execute("UPDATE party SET address_key = 'anderswo' WHERE id = :gets", gets=gets)
    assert twins(two, DAY) == ()
