"""Numbers without check digit: a wrong digit makes a neighbour's number, and many owe the same amount."""

import pytest

from ledger.bank.explain_store import explain_case
from ledger.bank.posting_store import post_staged
from ledger.bank.rules import BankRule, safe_pattern
from ledger.bank.rules_store import try_rule
from ledger.items.kassenzeichen import Scheme
from ledger.items.schemes_store import add_scheme
from tests.bankbooks import check_invariants, item, matches, open_cents, party, reason, staged
from tests.books import act

OWN, STRANGER = "DE89370400440532013000", "DE02500105170137075030"
ERIKA, OTTO = "202600123", "202600132"


@pytest.fixture
def kasse(store):
    """Erika and Otto owe the same for their dogs; their numbers are one another's with two digits swapped."""
    add_scheme(act(store, "root"), Scheme("plain", "2026[0-9]{5}", 9, "none", "", issues=False))
    act(store, "import")
    with store.unit(["KASSE"]):
        erika, otto = party(store, "Erika Mustermann", OWN), party(store, "Otto Kleinschmidt")
    item(store, "90", ERIKA, person=erika)
    item(store, "90", OTTO, person=otto)
    return store


PAYERS = {
    "who mistyped their own": (OTTO, "Erika Mustermann", None, "unproven"),
    "a stranger": (OTTO, "Firma Huber", None, "unproven"),
    "nobody by name": (OTTO, None, None, "unproven"),
    "another of the family": (OTTO, "Eva Kleinschmidt", None, "unproven"),
    "the name of the family alone": (OTTO, "Kleinschmidt", None, "unproven"),
    "the debtor": (OTTO, "KLEINSCHMIDT, OTTO", None, None),
    "the debtor, abbreviated": (OTTO, "O. Kleinschmidt", None, None),
    "a couple": (OTTO, "Otto und Eva Kleinschmidt", None, None),
    "an office that names the debtor": (f"{OTTO} für Otto Kleinschmidt", "Jobcenter", None, None),
    "an office that names another of the family": (f"{OTTO} für Eva Kleinschmidt", "Jobcenter", None, "unproven"),
    "a wife from the debtor's account": (ERIKA, "Eva Klein", OWN, None),
}


@pytest.mark.parametrize(("text", "name", "iban", "why"), PAYERS.values(), ids=PAYERS)
def test_the_amount_proves_a_number_without_check_digit_only_beside_the_name(kasse, text, name, iban, why):
    entry = staged(kasse, "90", text, name=name, counter_iban=iban or STRANGER)
    post_staged(kasse)
    assert reason(kasse, entry) == why
    told = kasse.value("SELECT evidence FROM bank_match WHERE entry = :entry", entry=entry)
    assert why or ("amount" in told) == ("name" in told)
    check_invariants(kasse)


def test_single_letters_in_the_name_of_a_firm_are_not_the_debtor(kasse):
    number = item(kasse, "35", "202600777", name="Anna Schulz", iban="DE12500105170648489890")
    firm = {"name": "PayPal Europe S.a.r.l. et Cie S.C.A"}
    numbered = staged(kasse, "35", "202600777", counter_iban=STRANGER, **firm)
    silent = staged(kasse, "35", "Danke", counter_iban="DE12500105170648489890", **firm)
    post_staged(kasse)
    assert (reason(kasse, numbered), reason(kasse, silent)) == ("unproven", "stranger")
    assert open_cents(kasse, number) == 3500


def test_a_number_hidden_in_a_foreign_one_does_not_take_its_money(kasse):
    foreign = item(kasse, "90", f"HH{OTTO}", foreign_reference=True, name="Zoe Braun")
    entry = staged(kasse, "90", f"HH{OTTO}", name="Zoe Braun", counter_iban=STRANGER)
    post_staged(kasse)
    assert matches(kasse, entry) == [("evidence", "ORDNUNG", foreign, 9000)]


BESIDE = {
    "one that is paid, more than is open": ("150", "{erika} 202600777"),
    "one that is paid, less than is open": ("50", "{erika} 202600777"),
    "another's that is open, more than both": ("200", "{erika} und {otto}"),
    "another's that is open, the amount of a third": ("20", "{erika} und {otto}"),
}


@pytest.mark.parametrize(("amount", "text"), BESIDE.values(), ids=BESIDE)
def test_money_beside_another_number_of_the_book_is_taken_only_to_the_cent(kasse, amount, text):
    paid = item(kasse, "60", "202600777", name="Max Mustermann")
    staged(kasse, "60", "202600777", name="Max Mustermann")
    entry = staged(
        kasse, amount, text.format(erika=ERIKA, otto=OTTO), name="Erika Mustermann", counter_iban=OWN, day="2026-11-17"
    )
    post_staged(kasse)
    assert (reason(kasse, entry), open_cents(kasse, paid)) == ("several", 0)
    case = kasse.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=entry)
    assert ERIKA in explain_case(kasse, case).decisions[0].evidence["reference"]


def test_a_number_that_is_paid_is_told_and_no_rule_by_text_takes_its_money(kasse):
    with kasse.unit(["KASSE"]):
        values = {"id": 50, "rank": 5, "name": "Wasser", "direction": "credit", "role": "pass_through", "active": 1}
        kasse.insert_one("bank_rule", **values, pattern="wasser")
    staged(kasse, "90", ERIKA, name="Erika Mustermann")
    again = staged(kasse, "90", f"Wasser {ERIKA}", name="Huber", counter_iban=STRANGER, day="2026-11-17")
    post_staged(kasse)
    assert reason(kasse, again) == "closed"
    case = kasse.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=again)
    assert explain_case(kasse, case).decisions[0].evidence == {"reason": "closed", "reference": ERIKA}
    rule = BankRule(0, "Wasser", "credit", "pass_through", pattern=safe_pattern("wasser"))
    with kasse.snapshot():
        tried = try_rule(kasse, rule, "2026-01-01")
    assert [(hit.entry, hit.free) for hit in tried.hits] == [(again, False)]
