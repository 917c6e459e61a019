"""Unclear money is looked at again: what came later may say what it is for, and nothing else may."""

import json

import pytest

from ledger.bank.again_store import Again, look_again
from ledger.bank.explain_store import explain_case, explain_items
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Hold, Note, Reserve, Undo
from ledger.bank.suspense_desk_store import assign, decide
from ledger.bank.suspense_store import case_history
from ledger.book.verify_store import verify
from ledger.cash.take_store import Payment
from ledger.cash.take_store import take as receive
from tests.bankbooks import check_invariants, close_day, item, open_cents, party, reference, staged
from tests.books import act
from tests.cashbooks import desk
from tests.ledger.statement_texts import take
from tests.ledger.test_intake_notices import advice, booked_statement, sammler

TODAY = "2026-11-18"
NOON = "2026-11-18T12:00:00Z"
NOTHING = Again()


@pytest.fixture
def clerk(store):
    act(store, "import")
    yield store
    check_invariants(store)
    assert verify(store).findings == ()


def later(store):
    """Let some hours pass."""
    store.now = NOON
    return store


def unclear(store) -> list[tuple]:
    return store.all("SELECT id, open_cents FROM item WHERE kind = 'suspense' ORDER BY id")


def test_money_before_its_order_is_assigned_when_the_order_has_come(clerk):
    ref = reference(clerk, 7)
    entry = staged(clerk, "40", f"Bescheid {ref}", name="Erika Muster", day="2026-11-16")
    assert post_staged(clerk).suspense == 1
    assert look_again(clerk, day=TODAY) == NOTHING
    number = item(later(clerk), "40", ref, name="Erika Muster", due="2026-12-01")
    assert look_again(clerk, day=TODAY) == Again(1, 4000)
    assert (open_cents(clerk, number), unclear(clerk)[0][1]) == (0, 0)
    rule, evidence = clerk.one(
        "SELECT rule, evidence FROM bank_match WHERE item_office = 'ORDNUNG' AND item = :item", item=number
    )
    assert (rule, json.loads(evidence)) == ("later", {"at": NOON, "in": "text", "reference": ref, "rule": "reference"})
    told = explain_case(clerk, unclear(clerk)[0][0], office="KASSE")
    assert (told.decisions[-1].rule, told.decisions[-1].person) == ("later", False)
    paid = clerk.value("SELECT max(payment_day) FROM clearing WHERE kind = 'assign'")
    assert paid == "2026-11-16", "it counts from the day the bank had it"
    assert look_again(clerk, day=TODAY) == NOTHING, "the second run finds nothing"
    assert clerk.value("SELECT count(*) FROM bank_match WHERE entry = :entry", entry=entry) == 2


@pytest.mark.parametrize("today", ["2026-11-20", "2026-11-17"], ids=["closed at noon", "the clock went back"])
def test_on_a_closed_day_the_first_open_one_is_taken(clerk, today):
    """A second run of a day that is closed already was refused, each time, until the next day."""
    ref = reference(clerk, 7)
    staged(clerk, "40", f"Bescheid {ref}", name="Erika Muster", day="2026-11-16")
    post_staged(clerk)
    number = item(later(clerk), "40", ref, name="Erika Muster", due="2026-12-01")
    close_day(act(clerk, "clara"), "2026-11-20")
    assert look_again(act(clerk, "import"), day=today) == Again(1, 4000)
    assert open_cents(clerk, number) == 0
    assert clerk.value("SELECT max(posting_day) FROM entry") == "2026-11-21"


@pytest.mark.parametrize("today", ["2026-11-20", "2026-11-17"], ids=["closed at noon", "the clock went back"])
def test_cash_too(counter, today):
    ref = reference(counter, 7)
    brought(counter, ref)
    number = item(later(counter), "40", ref, name="Sonst Jemand", due="2026-12-01")
    close_day(act(counter, "clara"), "2026-11-20")
    assert look_again(act(counter, "import"), day=today) == Again(1, 4000)
    assert open_cents(counter, number) == 0


def test_details_that_come_later_settle_a_sammler(clerk):
    refs = [reference(clerk, number) for number in (1, 2)]
    numbers = [item(clerk, amount, ref) for amount, ref in zip(("10", "20"), refs, strict=True)]
    take(clerk, booked_statement(sammler()), name="1.xml", sha="1" * 64)
    assert post_staged(clerk).suspense == 1
    take(later(clerk), advice(("Erika", 1000, refs[0]), ("Adam", 2000, refs[1])), name="2.xml", sha="2" * 64)
    assert look_again(clerk, day=TODAY) == Again(1, 3000)
    assert [open_cents(clerk, number) for number in numbers] == [0, 0]


def test_the_single_detail_of_an_advice_is_read(clerk):
    ref = reference(clerk, 1)
    number = item(clerk, "30", ref)
    take(clerk, booked_statement(sammler()), name="1.xml", sha="1" * 64)
    take(clerk, advice(("Erika", 3000, ref)), name="2.xml", sha="2" * 64)
    assert post_staged(clerk).matched == 1
    assert open_cents(clerk, number) == 0


def test_half_a_sammler_stays_whole(clerk):
    ref = reference(clerk, 1)
    number = item(clerk, "10", ref)
    take(clerk, booked_statement(sammler()), name="1.xml", sha="1" * 64)
    assert post_staged(clerk).suspense == 1
    take(later(clerk), advice(("Erika", 1000, ref), ("Adam", 2000, "Danke")), name="2.xml", sha="2" * 64)
    assert look_again(clerk, day=TODAY) == NOTHING
    assert open_cents(clerk, number) == 1000


def known_before(store, ref):
    """Two items with the reference were known; one is gone since."""
    numbers = [item(store, "40", ref, name=name) for name in ("A", "B")]
    staged(store, "40", f"Bescheid {ref}")
    assert post_staged(store).suspense == 1
    store.now = NOON
    staged(store, "40", "Danke")
    post_staged(store)
    assign(act(store, "clara"), unclear(store)[1][0], [Wish(f"ORDNUNG/{numbers[0]}")], day=TODAY)


def without_a_word(store, ref):
    """Money without a word is not for a claim of the same amount that came later."""
    iban = "DE89370400440532013000"
    with store.unit(["KASSE"]):
        person = party(store, "Erika Muster", iban)
    staged(store, "40", "Danke", name="Erika Muster", counter_iban=iban)
    assert post_staged(store).suspense == 1
    item(later(store), "40", ref, person=person)


def another_amount(store, ref):
    staged(store, "41", f"Bescheid {ref}")
    assert post_staged(store).suspense == 1
    item(later(store), "40", ref)


def touched(change):
    def made(store, ref):
        staged(store, "40", f"Bescheid {ref}")
        assert post_staged(store).suspense == 1
        change(act(store, "clara"), unclear(store)[0][0])
        item(later(store), "40", ref)

    made.__doc__ = change.__doc__
    return made


def reserved(store, number):
    """A clerk works on it."""
    decide(store, [Reserve(number)], day=TODAY)


def held(store, number):
    """It rests until a day."""
    decide(store, [Hold(number, "2026-12-01", "asked the payer")], day=TODAY)


def given_and_taken_back(store, number):
    """A person gave the money away and took it back: it is theirs."""
    other = item(store, "40", reference(store, 9))
    assign(store, number, [Wish(f"ORDNUNG/{other}")], day=TODAY)
    decide(store, [Undo(number, "wrong")], day=TODAY)


LEFT = {
    "known before": known_before, "without a word": without_a_word, "another amount": another_amount,
    "reserved": touched(reserved), "held": touched(held), "taken back": touched(given_and_taken_back),
}  # fmt: skip


@pytest.mark.parametrize("case", LEFT)
def test_what_stays_with_people(clerk, case):
    ref = reference(clerk, 7)
    LEFT[case](clerk, ref)
    before = unclear(clerk)
    assert look_again(act(clerk, "import"), day=TODAY) == NOTHING
    assert unclear(clerk) == before


def test_a_note_hinders_nothing_and_a_person_can_take_it_back(clerk):
    ref = reference(clerk, 7)
    staged(clerk, "40", f"Bescheid {ref}")
    post_staged(clerk)
    number = unclear(clerk)[0][0]
    decide(act(clerk, "clara"), [Note(number, "asked the office")], day=TODAY)
    claim = item(later(clerk), "40", ref)
    assert look_again(act(clerk, "import"), day=TODAY).resolved == 1
    decide(act(clerk, "clara"), [Undo(number, "another one")], day=TODAY)
    assert (open_cents(clerk, claim), unclear(clerk)[0][1]) == (4000, 4000)
    assert look_again(act(clerk, "import"), day=TODAY) == NOTHING, "what a person took back stays with people"


def test_two_payments_for_one_claim_that_came_later(clerk):
    ref = reference(clerk, 7)
    for _ in range(2):
        staged(clerk, "40", f"Bescheid {ref}")
    post_staged(clerk)
    number = item(later(clerk), "40", ref)
    assert look_again(clerk, day=TODAY) == Again(1, 4000)
    assert (open_cents(clerk, number), sum(cents for _, cents in unclear(clerk))) == (0, 4000)


@pytest.fixture
def counter(clerk):
    """A desk held by dirk."""
    yield desk(clerk) and act(clerk, "dirk")
    act(clerk, "import")


def brought(store, ref, amount=4000, payer="Erika Muster", **more) -> int:
    """Bring cash for a number and return its case."""
    return receive(store, "B1", [Wish(ref, amount)], payment=Payment(payer=payer, **more)).receipt.parts[0].item


def test_cash_brought_before_its_order_is_assigned_when_the_order_has_come(counter):
    ref = reference(counter, 7)
    case = brought(counter, ref)
    assert look_again(act(counter, "import"), day=TODAY) == NOTHING
    number = item(later(counter), "40", ref, name="Sonst Jemand", due="2026-12-01")
    assert look_again(counter, day=TODAY) == Again(1, 4000)
    assert (open_cents(counter, number), unclear(counter)) == (0, [(case, 0)])
    paid = counter.value("SELECT max(payment_day) FROM clearing WHERE kind = 'assign'")
    assert paid == "2026-11-16", "it counts from the day it was brought"
    assert [(told.what, told.facts["reference"]) for told in case_history(counter, "KASSE", case)] == [("again", ref)]
    (moved,) = explain_items(counter, f"ORDNUNG/{number}")[0].movements
    assert (moved.rule, moved.evidence, moved.person) == ("later", {"reference": ref}, False)
    assert look_again(counter, day=TODAY) == NOTHING, "the second run finds nothing"
    decide(act(counter, "clara"), [Undo(case, "another one")], day=TODAY)
    assert (open_cents(counter, number), unclear(counter)) == (4000, [(case, 4000)])
    assert look_again(act(counter, "import"), day=TODAY) == NOTHING, "what a person took back stays with people"


def test_a_cheque_counts_from_its_own_day(counter):
    ref = reference(counter, 7)
    brought(counter, ref, tender="cheque", cheque="0815")
    item(later(act(counter, "import")), "40", ref)
    assert look_again(counter, day="2026-11-20").resolved == 1
    assert counter.value("SELECT max(payment_day) FROM clearing WHERE kind = 'assign'") == "2026-11-19"


CASH = {
    "a part, by the debtor's name": (1500, "Erika Muster", "Erika Muster", Again(1, 1500)),
    "a part, by nobody in particular": (1500, "Adam Riese", "Erika Muster", NOTHING),
    "more than is open": (4500, "Erika Muster", "Erika Muster", NOTHING),
    "the amount, from another person": (4000, "Adam Riese", "Erika Muster", Again(1, 4000)),
}


@pytest.mark.parametrize(("cents", "payer", "debtor", "expected"), CASH.values(), ids=CASH)
def test_a_number_from_a_desk_needs_amount_or_name(counter, cents, payer, debtor, expected):
    ref = reference(counter, 7)
    brought(counter, ref, cents, payer)
    item(later(act(counter, "import")), "40", ref, name=debtor)
    assert look_again(counter, day=TODAY) == expected


def test_cash_that_stays_with_people(counter):
    known, held_back, twice = (reference(counter, number) for number in (1, 2, 3))
    act(counter, "import")
    item(counter, "40", known)
    cases = [brought(act(counter, "dirk"), ref, 4000) for ref in (held_back, twice, twice)]
    decide(act(counter, "clara"), [Hold(cases[0], "2026-12-01", "asked the payer")], day=TODAY)
    later(act(counter, "import"))
    item(counter, "40", held_back)
    item(counter, "40", twice)
    assert look_again(counter, day=TODAY) == Again(1, 4000)
    assert unclear(counter) == [(cases[0], 4000), (cases[1], 0), (cases[2], 4000)]


def test_a_foreign_number_shown_at_a_desk_is_found(counter):
    brought(counter, "RE 99/8")
    number = item(later(act(counter, "import")), "40", "RE998", foreign_reference=True)
    assert look_again(counter, day=TODAY) == Again(1, 4000)
    assert open_cents(counter, number) == 0
