"""Collective credits of which a part is unclear: who sent it and why is seen, what was decided proposes nothing."""

import pytest

from ledger.bank.candidates_store import candidates_of
from ledger.bank.explain_store import explain_case, explain_items
from ledger.bank.movements_reader import heads_of, movements
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, UndoEntry
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_hints_store import suspense_hints
from ledger.bank.suspense_store import list_cases, show_case
from ledger.bank.suspense_worklist import Filter
from ledger.bank.unclear_parts_store import parts_of_statement
from tests.bankbooks import check_invariants, item, open_cents, reference, staged
from tests.books import act

URSEL = "DE89370400440532013000"
DAY = "2026-11-18"


@pytest.fixture
def desk(store):
    """A collective credit: Max pays a part of a claim, two strangers pay what nobody knows."""
    act(store, "import")
    store.claim = item(store, "185", reference(store, 1), office="BAU", name="Max Mustermann")
    parts = (
        {"amount": "100", "remittance": reference(store, 1), "name": "Max Mustermann"},
        {"amount": "150", "remittance": "Hundesteuer Bello", "name": "Unbekannte Ursel", "counter_iban": URSEL},
        {"amount": "50", "remittance": "Marktgebuehr", "name": "Zweite Zora"},
    )
    store.bank = staged(store, "300", "", details=parts)
    post_staged(store)
    store.case = store.value("SELECT item FROM suspense_case")
    yield act(store, "clara")
    check_invariants(store)


def test_the_unclear_parts_are_shown_with_what_the_bank_said(desk):
    case = show_case(desk, desk.case)
    assert (case.open_cents, case.name, case.bank_account) == (20000, "Unbekannte Ursel; Zweite Zora", URSEL)
    assert case.remittance == "Hundesteuer Bello; Marktgebuehr"
    assert [(part.line, part.amount_cents, part.name, part.state) for part in case.parts] == [
        (1, 10000, "Max Mustermann", "decided"), (2, 15000, "Unbekannte Ursel", "unclear"),
        (3, 5000, "Zweite Zora", "unclear"),
    ]  # fmt: skip
    assert explain_case(desk, desk.case).parts == case.parts


@pytest.mark.parametrize(("text", "found"), [("bello", 1), ("zora", 1), (URSEL[:8], 1), ("mustermann", 0)])
def test_the_list_searches_the_unclear_parts(desk, text, found):
    with desk.snapshot():
        assert len(list(list_cases(desk, DAY, wanted=Filter(text=text)))) == found


def test_what_is_posted_already_proposes_nothing(desk):
    assert candidates_of(desk, show_case(desk, desk.case)) == ()
    assert list(suspense_hints(desk)) == []


def test_what_is_still_unclear_proposes_its_debtor(desk):
    number = item(desk, "150", reference(desk, 2), name="Ursel Unbekannte")
    (only,) = candidates_of(desk, show_case(desk, desk.case))
    assert (only.item, only.evidence) == (number, ("name", "amount"))
    assert {hint.item for hint in suspense_hints(desk)} == {number}


def test_exports_and_explanations_name_the_sender(desk):
    heads = heads_of(desk, ["KASSE"])
    (unclear,) = [one for one in movements(desk, {}, heads) if one.item == desk.case]
    assert (unclear.name, unclear.payer_account) == ("Unbekannte Ursel; Zweite Zora", URSEL)
    assert unclear.remittance == "Hundesteuer Bello; Marktgebuehr"
    number = item(desk, "50", reference(desk, 3), name="Zora")
    decide(desk, [Assign(desk.case, (Wish(reference(desk, 3)),))], day=DAY)
    assert open_cents(desk, number) == 0
    (explained,) = explain_items(desk, reference(desk, 3))
    assert explained.movements[0].payer == "Zweite Zora", "the amount says which part paid it"


def test_the_statement_shows_the_parts_and_which_are_unclear(desk):
    statement = desk.value("SELECT max(id) FROM statement")
    desk.insert_one("statement_entry", statement=statement, line=1, office="KASSE", entry=desk.bank)
    states = [(line, part.line, part.name, part.state) for line, part in parts_of_statement(desk, statement)]
    assert states == [
        (1, 1, "Max Mustermann", "decided"), (1, 2, "Unbekannte Ursel", "unclear"), (1, 3, "Zweite Zora", "unclear"),
    ]  # fmt: skip


def test_the_statement_says_what_the_desk_has_clarified(desk):
    statement = desk.value("SELECT max(id) FROM statement")
    desk.insert_one("statement_entry", statement=statement, line=1, office="KASSE", entry=desk.bank)
    item(desk, "50", reference(desk, 3), name="Zora")
    decide(desk, [Assign(desk.case, (Wish(reference(desk, 3), part=3),))], day=DAY)
    states = [part.state for _, part in parts_of_statement(desk, statement)]
    assert states == ["decided", "unclear", "clarified"]


def test_a_part_that_was_matched_by_mistake_is_told_without_the_others(desk):
    entry = desk.one("SELECT e.year, e.number FROM entry e WHERE e.office = 'KASSE' AND e.kind = 'bank'")
    done = decide(desk, [UndoEntry("KASSE-{}-{}".format(*entry), "nicht dafür")], day=DAY).done[0]
    case = show_case(desk, done.number)
    assert (case.open_cents, case.name, case.remittance) == (10000, "Max Mustermann", reference(desk, 1))
    assert [part.state for part in case.parts] == ["unclear", "decided", "decided"]
    assert show_case(desk, desk.case).name == "Unbekannte Ursel; Zweite Zora"
    item(desk, "150", reference(desk, 2), name="Ursel Unbekannte")
    assert [(one.office, one.item) for one in candidates_of(desk, case)] == [("BAU", desk.claim)]


def test_a_collective_credit_that_is_all_unclear_shows_all_its_parts(store):
    act(store, "import")
    parts = ({"amount": "20", "remittance": "A", "name": "Eva"}, {"amount": "30", "remittance": "B", "name": "Adam"})
    staged(store, "50", "", details=parts)
    post_staged(store)
    case = show_case(store, store.value("SELECT item FROM suspense_case"))
    assert [part.state for part in case.parts] == ["unclear", "unclear"]
    assert (case.name, case.remittance) == ("Eva; Adam", "A; B")
