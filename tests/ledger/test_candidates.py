"""Candidates for unclear money: what speaks for them, their order, and that nothing is booked by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.candidates import OpenItem, one_sum, propose
from ledger.bank.candidates_store import candidates_of
from ledger.bank.names import ALIKE, likeness
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense_store import find_case
from tests.bankbooks import item, party, reference, staged
from tests.books import act

PAYER, OTHER = "DE89370400440532013000", "DE12500105170648489890"


@pytest.fixture
def town(store):
    """Erika with three items, Thomas Meyer with one, a payable of the Stadtwerke."""
    act(store, "import")
    with store.unit(["KASSE"]):
        erika, thomas = party(store, "Erika Mustermann", PAYER), party(store, "Thomas Meyer")
    for number, (amount, who) in enumerate((("50", erika), ("30", erika), ("7,50", erika), ("41", thomas)), 1):
        item(store, amount, reference(store, number), person=who, due=f"2026-10-0{number}")
    item(store, "99", office="KASSE", kind="payable", name="Stadtwerke AG", bank_account=OTHER)
    return store


def proposed(store, amount, text="Danke", **more) -> list[tuple[str, str, tuple[str, ...]]]:
    staged(store, amount, text, **more)
    post_staged(store)
    number = store.value("SELECT max(item) FROM suspense_case")
    with store.snapshot():
        found = candidates_of(store, find_case(store, "KASSE", number))
    assert all(0 <= one.score <= 100 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    return [(one.target, one.rule, one.evidence) for one in found]


SAID = {
    "one digit wrong, the amount": ("50", "KZ 1000000000025", {}, 1, "repair", ("repaired reference", "amount")),
    "two digits swapped": ("50", "KZ 1000000000105", {}, 1, "repair", ("repaired reference", "amount")),
    "hidden in a longer number": ("12", "Kd 77{1}88", {}, 1, "reference", ("hidden reference",)),
    "behind a year, another amount": ("12", "2026 {1}", {"name": "Firma Huber"}, 1, "reference", ("reference",)),
    "the name, turned and in capitals": ("41", "Danke", {"name": "MEYER, THOMAS"}, 4, "name", ("name", "amount")),
    "a similar name": ("41", "Danke", {"name": "Meier Thomas"}, 4, "name", ("similar name", "amount")),
    "the name in the text": ("41", "Bescheid Thomas Meyer", {"name": "Firma Huber"}, 4, "name", ("name in the text", "amount")),
    "the own account, another amount": ("12", "Danke", {"counter_iban": PAYER}, 1, "account", ("own account",)),
}  # fmt: skip


@pytest.mark.parametrize(("amount", "text", "more", "number", "rule", "evidence"), SAID.values(), ids=SAID)
def test_what_speaks_for_a_candidate(town, amount, text, more, number, rule, evidence):
    refs = [reference(town, n) for n in range(5)]
    best = proposed(town, amount, text.format(*refs), **more)[0]
    assert best == (refs[number], rule, evidence)


def test_several_items_of_one_payer_by_their_sum(town):
    found = proposed(town, "57,50", counter_iban=PAYER)
    refs = [reference(town, n) for n in (1, 3)]
    assert [target for target, rule, _ in found if rule == "sum"] == refs
    assert proposed(town, "80", counter_iban=PAYER)[0][1] == "sum"


KINDS = {
    "a kind": ("Grundsteuer Anzahlung", "grundsteuer hundesteuer", True),
    "the other kind": ("Hundesteuer Anzahlung", "hundesteuer grundsteuer", True),
    "both": ("Hundesteuer und Grundsteuer", "hundesteuer grundsteuer", False),
    "a kind of another year": ("Grundsteuer 2019", "hundesteuer grundsteuer", False),
    "none": ("Anzahlung", "hundesteuer grundsteuer", False),
}


@pytest.mark.parametrize(("text", "order", "named"), KINDS.values(), ids=KINDS)
def test_of_debts_alike_the_one_whose_kind_the_payer_names_comes_first(store, text, order, named):
    act(store, "import")
    with store.unit(["KASSE"]):
        erika = party(store, "Erika Mustermann")
    refs = {"hundesteuer": reference(store, 1), "grundsteuer": reference(store, 2)}
    item(store, "90", refs["hundesteuer"], person=erika, due="2026-10-01", purpose="Hundesteuer 2026")
    item(store, "90", refs["grundsteuer"], person=erika, due="2026-10-02", purpose="Grundsteuer B 2026")
    found = proposed(store, "90", text, name="Erika Mustermann")
    assert [target for target, _, _ in found] == [refs[kind] for kind in order.split()]
    assert ["purpose in the text" in evidence for _, _, evidence in found] == [named, False]


def test_a_kind_of_debt_alone_proposes_nothing(store):
    act(store, "import")
    item(store, "90", reference(store, 1), name="Erika Mustermann", purpose="Hundesteuer 2026")
    assert proposed(store, "90", "Hundesteuer", name="Zoltan Nagy", counter_iban=OTHER) == []
    assert proposed(store, "12", "Hundesteuer", name="Erika Mustermahn", counter_iban=OTHER) == []


def test_nothing_speaks_for_a_stranger(town):
    assert proposed(town, "50", "Spende", name="Zoltan Nagy", counter_iban=OTHER) == []


def test_money_paid_out_is_offered_payables(town):
    ((target, rule, evidence),) = proposed(town, "-99", "Abschlag", name="SW", counter_iban=OTHER)
    assert (target, rule, evidence) == ("KASSE/1", "account", ("own account", "amount"))


def test_looking_changes_nothing(town):
    before = town.all("SELECT office, position, event_position FROM head ORDER BY office")
    proposed(town, "41", name="Meier Thomas")
    after = town.all("SELECT office, position, event_position FROM head ORDER BY office")
    assert [row[0] for row in before] == [row[0] for row in after]
    assert town.value("SELECT count(*) FROM clearing") == 0


NAMES = {
    ("Mustermann, Erika", "Erika Mustermann"): True,
    ("Dr. Jörg Weiß", "WEISS JOERG"): True,
    ("Meier Thomas", "Thomas Meyer"): True,
    ("Erika Musterman", "Erika Mustermann"): True,
    ("Blumen Meier GmbH & Co. KG", "Blumen Meier"): True,
    ("Erika Maria Mustermann", "Erika Mustermann"): True,
    ("Max Mustermann", "Erika Mustermann"): False,
    ("Mustermann", "Musterfrau"): False,
    ("Stadt Köln", "Stadt Bonn"): False,
    ("", "Erika"): False,
}


@pytest.mark.parametrize(("pair", "alike"), NAMES.items(), ids=[" = ".join(pair) for pair in NAMES])
def test_names_are_alike_or_not(pair, alike):
    assert (likeness(*pair) >= ALIKE) is alike
    assert likeness(*pair) == likeness(*pair[::-1])


def open_item(number: int, cents: int) -> OpenItem:
    return OpenItem("BAU", number, None, cents, "2026-01-01", 1, "X")


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(1, 80))
def test_a_sum_is_proposed_only_where_it_is_the_only_one(amounts, cents):
    items = [open_item(number, amount) for number, amount in enumerate(amounts)]
    found = one_sum(items, cents)
    assert not found or (len(found) > 1 and sum(one.open_cents for one in found) == cents)


@given(st.lists(st.integers(1, 50), max_size=9), st.integers(1, 50), st.integers(1, 5))
def test_proposals_are_few_sorted_and_of_open_items(amounts, cents, limit):
    items = {open_item(number, amount): ["own account"] for number, amount in enumerate(amounts)}
    found = propose(items, {cents}, limit)
    assert len(found) <= limit
    assert all(("amount" in one.evidence) == (one.open_cents == cents) for one in found)
