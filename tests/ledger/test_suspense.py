"""Clarification: unclear money goes to items by a person's decision, to the cent, and the law's day of payment stays."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import (
    Aim,
    AssignedTooMuchError,
    ClearedCaseError,
    ClosedTargetError,
    NoAmountError,
    OtherKindError,
    OverpaidTargetError,
    SurplusOfAdvanceError,
    SurplusPersonError,
    SurplusUnusedError,
    UnknownCaseError,
    UnknownTargetError,
    Wish,
    allocate,
)
from ledger.bank.suspense_desk_store import assign
from ledger.bank.suspense_store import list_cases, show_case
from ledger.bank.suspense_worklist import Filter
from ledger.book.entry import ClosedPeriodError
from ledger.items.settlement import Claim
from ledger.people.users import NotAllowedError
from sepa.errors import KasseError
from sepa.identifiers import make_rf
from tests.bankbooks import check_invariants, close_day, item, matches, open_cents, party, reference, staged
from tests.books import act

TODAY = "2026-11-18"


@pytest.fixture
def clerk(store):
    """A clerk with 60.00 in suspense, credited on 16 November, and debts in two offices."""
    act(store, "import")
    store.dog = item(store, "50", reference(store, 1), name="Erika")
    store.house = item(store, "30", reference(store, 2), office="BAU", name="Adam")
    item(store, "5", "OLD1", foreign_reference=True, name="Eva", iban="DE89370400440532013000")
    staged(store, "60", "Danke", name="Erika", day="2026-11-16")
    staged(store, "5", "OLD1", name="Eva", counter_iban="DE89370400440532013000")
    post_staged(store)
    return act(store, "clara")


def case(store) -> int:
    return store.value("SELECT min(id) FROM item WHERE kind IN ('suspense', 'advance') AND office = 'KASSE'")


def test_money_is_assigned_to_an_item_of_another_office(clerk):
    number = case(clerk)
    done = assign(clerk, number, [Wish(reference(clerk, 1))], day=TODAY)
    assert (done.settled_cents, done.surplus_cents, done.left_cents) == (5000, 0, 1000)
    assert done.items == (("ORDNUNG", clerk.dog, 5000),)
    assert (open_cents(clerk, clerk.dog), open_cents(clerk, number, "KASSE")) == (0, 1000)
    rows = clerk.all(
        """SELECT e.office, e.transaction_id, e.posting_day, e.payment_day, p.account, p.cents
           FROM entry e JOIN posting p ON p.office = e.office AND p.position = e.position
           WHERE e.kind = 'clearing' ORDER BY e.office, p.line"""
    )
    joint = rows[0][1]
    assert rows == [
        ("KASSE", joint, TODAY, "2026-11-16", "4800", 5000),
        ("KASSE", joint, TODAY, "2026-11-16", "2690.ORDNUNG", -5000),
        ("ORDNUNG", joint, TODAY, "2026-11-16", "2400", -5000),
        ("ORDNUNG", joint, TODAY, "2026-11-16", "2690.KASSE", 5000),
    ]
    assert clerk.all("SELECT DISTINCT kind, payment_day FROM clearing WHERE posting_day = :day", day=TODAY) == [
        ("assign", "2026-11-16")
    ]
    check_invariants(clerk)


def test_money_is_assigned_to_several_items(clerk):
    wishes = [Wish(reference(clerk, 1), 3000), Wish(f"BAU/{clerk.house}", 3000)]
    done = assign(clerk, case(clerk), wishes, day=TODAY)
    assert (done.settled_cents, done.left_cents) == (6000, 0)
    assert (open_cents(clerk, clerk.dog), open_cents(clerk, clerk.house, "BAU")) == (2000, 0)
    check_invariants(clerk)
    with pytest.raises(ClearedCaseError):
        assign(clerk, case(clerk), wishes, day=TODAY)


def test_a_surplus_becomes_a_credit_only_on_request(clerk):
    done = assign(clerk, case(clerk), [Wish(reference(clerk, 1))], day=TODAY, surplus=True)
    assert (done.settled_cents, done.surplus_cents, done.left_cents) == (5000, 1000, 0)
    credit = clerk.one("SELECT office, id, account, open_cents, party FROM item WHERE kind = 'credit'")
    debtor = clerk.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = :id", id=clerk.dog)
    assert credit == ("ORDNUNG", done.items[1][1], "4810", 1000, debtor)
    check_invariants(clerk)


NAMES = {
    "spaced": lambda ref: " ".join([ref[:4], ref[4:]]),
    "RF": make_rf,
    "dotted": lambda ref: f"{ref[:3]}.{ref[3:]}",
}


@pytest.mark.parametrize("write", NAMES.values(), ids=NAMES)
def test_a_reference_may_be_typed_as_it_is_printed(clerk, write):
    assert assign(clerk, case(clerk), [Wish(write(reference(clerk, 1)))], day=TODAY).settled_cents == 5000


def test_a_claim_takes_its_side_claims_along(clerk):
    fee = item(clerk, "5", name="Erika", main_item=clerk.dog, due="2026-11-01")
    done = assign(clerk, case(clerk), [Wish(reference(clerk, 1))], day=TODAY)
    assert done.items == (("ORDNUNG", clerk.dog, 5000), ("ORDNUNG", fee, 500))
    check_invariants(clerk)


REFUSED = {
    "no such case": (99, [Wish("{1}")], {}, UnknownCaseError),
    "another kind of item": ("debt", [Wish("{1}")], {"office": "ORDNUNG"}, UnknownCaseError),
    "no such reference": (None, [Wish("{7}")], {}, UnknownTargetError),
    "a paid one": (None, [Wish("OLD1")], {}, ClosedTargetError),
    "all of the same item, and more": (None, [Wish("{1}", 5000), Wish("{1}", 100)], {}, ClosedTargetError),
    "more than the case holds": (None, [Wish("{1}", 5000), Wish("{2}", 3000)], {}, AssignedTooMuchError),
    "more than is open": (None, [Wish("{1}", 6000)], {}, OverpaidTargetError),
    "nothing": (None, [Wish("{1}", 0)], {}, NoAmountError),
    "less than nothing": (None, [Wish("{1}", -100)], {}, NoAmountError),
    "a surplus beside an amount": (None, [Wish("{1}", 1000)], {"surplus": True}, SurplusUnusedError),
    "a surplus of two persons": (None, [Wish("{1}", 2000), Wish("{2}", 4000)], {"surplus": True}, SurplusPersonError),
}


@pytest.mark.parametrize(("number", "wishes", "more", "error"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_assigned_changes_nothing(clerk, number, wishes, more, error):
    refs = [reference(clerk, index) for index in range(8)]
    chosen = {None: case(clerk), "debt": clerk.dog}.get(number, number)
    before = clerk.all("SELECT office, position, event_position FROM head ORDER BY office")
    with pytest.raises(error):
        assign(
            clerk, chosen, [Wish(wish.target.format(*refs), wish.cents) for wish in wishes], day=TODAY, **more
        )  # fmt: skip
    assert clerk.all("SELECT office, position, event_position FROM head ORDER BY office") == before
    check_invariants(clerk)


def test_a_closed_day_takes_no_assignment(clerk):
    close_day(clerk, TODAY)
    with pytest.raises(ClosedPeriodError):
        assign(clerk, case(clerk), [Wish(reference(clerk, 1))], day=TODAY)


def test_only_a_clerk_of_the_kasse_assigns(clerk):
    with pytest.raises(NotAllowedError):
        assign(act(clerk, "anna"), case(clerk), [Wish(reference(clerk, 1))], day=TODAY)


def test_an_advance_is_assigned_to_a_payable(store):
    act(store, "import")
    payable = item(store, "80", "RE4711", office="BAU", kind="payable", foreign_reference=True)
    receivable = item(store, "80", "RE4712", foreign_reference=True)
    staged(store, "-80", "Abbuchung", gvc="105")
    post_staged(store)
    number = case(store)
    act(store, "clara")
    for named in ("RE4712", f"ORDNUNG/{receivable}"):
        with pytest.raises(OtherKindError) as wrong:
            assign(store, number, [Wish(named)], day=TODAY)
        assert (wrong.value.fields["found"], wrong.value.fields["kind"]) == ("receivable", "payable")
    with pytest.raises(SurplusOfAdvanceError):
        assign(store, number, [Wish("RE4711")], day=TODAY, surplus=True)
    done = assign(store, number, [Wish("RE4711")], day=TODAY)
    assert (done.settled_cents, done.left_cents) == (8000, 0)
    assert (open_cents(store, payable, "BAU"), open_cents(store, receivable)) == (0, 8000)
    check_invariants(store)


def test_every_decision_is_explained_afterwards(clerk):
    number = case(clerk)
    assign(clerk, number, [Wish(reference(clerk, 1), 2000)], day=TODAY)
    assign(clerk, number, [Wish(reference(clerk, 1), 1000)], day=TODAY)
    details = show_case(clerk, number)
    assert (details.open_cents, details.amount_cents, details.reason) == (3000, 6000, "no_reference")
    assert [(step.rule, step.item, step.amount_cents) for step in details.steps] == [
        ("clarify", number, 6000), ("assigned", clerk.dog, 2000), ("assigned", clerk.dog, 1000),
    ]  # fmt: skip
    assert details.steps[1].evidence == {"at": clerk.now, "by": "clara"}
    facts = clerk.all("SELECT action, object, facts FROM event WHERE office = 'KASSE' ORDER BY position DESC LIMIT 1")
    assert facts == [
        ("suspense.assign", f"item:{number}", json.dumps({"cents": 1000, "items": 1}, separators=(",", ":")))
    ]
    assert len(matches(clerk, details.entry)) == 3


def test_cases_are_listed_by_age(clerk):
    staged(clerk, "7", day="2026-11-01", name="Alt")
    post_staged(act(clerk, "import"))
    with clerk.snapshot():
        assert [(c.name, c.age_days) for c in list_cases(clerk, TODAY)] == [("Alt", 17), ("Erika", 2)]
        assert [c.name for c in list_cases(clerk, TODAY, wanted=Filter(older_than_days=10))] == ["Alt"]
        assert list(list_cases(clerk, TODAY, office="BAU")) == []


AIMS = st.lists(
    st.builds(
        lambda cents, opens: Aim(
            Wish("R", cents), tuple(Claim("KASSE", n, o, "2026-01-01") for n, o in enumerate(opens)), 1
        ),
        st.one_of(st.none(), st.integers(1, 5000)),
        st.lists(st.integers(1, 3000), min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=3,
)


@given(AIMS, st.integers(1, 9000), st.booleans(), st.booleans())
def test_an_allocation_never_uses_more_than_there_is(aims, open_cents, surplus, shared):
    if shared:  # every aim names the same items
        aims = [replace(aim, claims=aims[0].claims) for aim in aims]
    else:
        aims = [
            replace(aim, claims=tuple(replace(claim, office=f"A{place}") for claim in aim.claims))
            for place, aim in enumerate(aims)
        ]
    try:
        found = allocate(aims, 1, open_cents, surplus=surplus)
    except KasseError:
        return
    assert 0 < found.settled_cents + found.surplus_cents <= open_cents
    assert all(0 < cents <= claim.open_cents for claim, cents in found.lines)
    assert surplus or found.surplus_cents == 0
    named = [aim.wish.cents for aim in aims]
    if None not in named:
        assert found.settled_cents + found.surplus_cents == sum(named)


def test_a_surplus_needs_one_known_person(clerk):
    with clerk.unit(["KASSE"]):
        party(clerk, "Eva")
    claims = (Claim("KASSE", 1, 1000, "2026-01-01"),)
    with pytest.raises(SurplusPersonError):
        allocate([Aim(Wish("R"), claims, None)], 1, 2000, surplus=True)
