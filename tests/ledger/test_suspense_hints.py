"""Invariant 5: dunning looks into suspense first, and there generously."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.references import Finder
from ledger.bank.suspense_hints import loose_references, mistyped_references
from ledger.bank.suspense_hints_store import may_be_paid_by, suspense_hints
from ledger.items.joint_debtors_store import join_debtors
from ledger.items.kassenzeichen import Scheme
from ledger.items.targets_store import register
from tests.bankbooks import OFFICES, item, party, reference, staged
from tests.books import act

SCHEME = Scheme("standard", "[0-9]{13}", 13, "iso7064_mod_11_10", "", issues=True)
FINDER = Finder((SCHEME,))
A = "0001234567899"

LOOSE = {
    "as it is": A,
    "behind a year": f"2026 {A}",
    "inside a longer number": f"77{A}88",
    "two blanks": "0001234  567899",
    "a comma in it": "0001234,567899",
    "the letter O for zeros": "OOO1234567899",
    "l for one and S for five (OCR)": "000l234S67899",
    "B for eight": "0001234567B99",
}


@pytest.mark.parametrize("text", LOOSE.values(), ids=LOOSE)
def test_a_reference_is_seen_however_it_is_hidden(text):
    assert A in loose_references(FINDER, text)


TYPOS = {
    "one wrong digit": "0001234567889",
    "the wrong check digit, spaced": "0001 2345 6789 8",
    "two digits swapped": "0001235467899",
}


@pytest.mark.parametrize("text", TYPOS.values(), ids=TYPOS)
def test_a_mistyped_reference_is_repaired(text):
    assert A in mistyped_references(FINDER, text)
    assert A not in loose_references(FINDER, text)


def test_a_right_reference_is_not_repaired():
    assert mistyped_references(FINDER, A) == set()


PAYER = "DE89370400440532013000"
MONEY = {
    "the reference, a part of the amount, behind a year": ("20", "2026 {ref}", {}, "reference"),
    "the reference, scanned": ("20", "{scanned}", {}, "reference"),
    "one wrong digit and the amount": ("50", "{typo}", {}, "reference"),
    "the name and the amount": ("50", "Danke", {"name": "MUSTERMANN, ERIKA"}, "name"),
    "the own account": ("12", "Danke", {"counter_iban": PAYER}, "iban"),
    "nothing in common": ("12", "Danke", {"name": "Max"}, None),
    "the name without the amount": ("12", "Danke", {"name": "Erika Mustermann"}, "name"),
    "the name and more than is owed": ("700", "Danke", {"name": "Erika Mustermann"}, "name"),
    "the debtor's name in the text": ("12", "Gebuehr Erika Mustermann", {"name": "Sozialamt"}, "name_in_text"),
    "a shorter name and the amount": ("50", "Danke", {"name": "E. Mustermann"}, "name_alike"),
    "a shorter name without the amount": ("12", "Danke", {"name": "E. Mustermann"}, None),
    "a family's name and the amount": ("50", "Danke", {"name": "Mustermann"}, None),
    "one wrong digit, another amount": ("12", "{typo}", {}, None),
    "the amount alone": ("50", "Danke", {"name": "Max"}, None),
}


@pytest.mark.parametrize(("amount", "text", "more", "why"), MONEY.values(), ids=MONEY)
def test_money_in_suspense_holds_back_dunning(store, amount, text, more, why):
    act(store, "import")
    ref = reference(store, 123456789)
    number = item(store, "50", ref, name="Erika Mustermann", iban=PAYER)
    side = item(store, "3", name="Erika Mustermann", main_item=number)
    typo = ref[:4] + str((int(ref[4]) + 1) % 10) + ref[5:]
    staged(store, amount, text.format(ref=ref, typo=typo, scanned=ref.replace("0", "O")), **more)
    assert post_staged(store).suspense == 1
    found = [hint.why for hint in suspense_hints(store) if (hint.office, hint.item) == ("ORDNUNG", number)]
    assert found[:1] == ([why] if why else [])
    assert may_be_paid_by(store) == ({("ORDNUNG", number), ("ORDNUNG", side)} if why else set())


def test_parts_of_a_collective_credit_are_read_too(store):
    act(store, "import")
    ref = reference(store, 17)
    number = item(store, "50", ref)
    staged(store, "70", details=[("20", f"2026 {ref}"), ("50", "Danke")])
    assert post_staged(store).suspense == 1
    with store.snapshot():
        assert may_be_paid_by(store) == {("ORDNUNG", number)}


def test_settled_money_and_settled_items_give_no_hint(store):
    act(store, "import")
    ref = reference(store, 17)
    item(store, "50", ref)
    staged(store, "50", ref)
    staged(store, "50", ref)
    post_staged(store)
    assert may_be_paid_by(store) == set()


def test_the_reference_of_a_letter_stands_for_its_items(store):
    act(store, "import")
    number = item(store, "50", reference(store, 17))
    letter = reference(store, 18)
    with store.unit(OFFICES):
        register(store, letter, "letter", "KASSE", 1, [("ORDNUNG", number)])
    staged(store, "20", f"77{letter}88")
    post_staged(store)
    assert may_be_paid_by(store) == {("ORDNUNG", number)}


def test_money_of_a_joint_debtor_holds_back_too(store):
    act(store, "clara")
    number = item(store, "50", reference(store, 17), name="Erika Mustermann")
    with store.unit(OFFICES):
        other = party(store, "Max Beispiel")
    join_debtors(store, [("ORDNUNG", number)], [other], "2026-01-01")
    staged(act(store, "import"), "12", "Danke", name="Max Beispiel")
    post_staged(store)
    assert may_be_paid_by(store) == {("ORDNUNG", number)}
