"""Texts made to mislead the matching: whatever they say, no item is settled by money that was not for it."""

import pytest

from ledger.bank.posting_store import post_staged
from tests.bankbooks import check_invariants, item, matches, party, reference, staged
from tests.books import SECOND_IBAN, act

OWN, TWIN_OWN, OFFICE, STRANGER = (
    "DE89370400440532013000", "DE12500105170648489890", "DE02120300000000202051", "DE02500105170137075030",
)  # fmt: skip


@pytest.fixture
def town(store):
    """Items by a letter: A and B of Erika, T of Otto (its number is A's with two digits swapped), F foreign, S short.

    G and H are short and long foreign numbers of one of two persons called Anna Schmidt, K a number of hers with a check digit.
    U and V are numbers of each other with two digits swapped, too, over different amounts.
    C is paid, J is owed by two persons, P a payable; M and N have the same amount and debtor.
    """
    act(store, "import")
    with store.unit(["KASSE"]):
        erika, otto = party(store, "Erika Mustermann", OWN), party(store, "Otto Kleinschmidt", TWIN_OWN)
        jobcenter = party(store, "Jobcenter", OFFICE, "authority")
        anna, _ = party(store, "Anna Schmidt"), party(store, "Anna Schmidt")
    refs = {"A": "1000000000451", "T": "1000000000541", "B": reference(store, 2), "C": reference(store, 3)}
    refs |= {"J": reference(store, 4), "M": reference(store, 5), "N": reference(store, 6), "X": reference(store, 99)}
    refs |= {"F": "HH20264711", "S": "4711", "P": reference(store, 7)}
    refs |= {"U": "1000000683433", "V": "1000000683343"}
    refs |= {"G": "08151", "H": "HH20265822", "K": reference(store, 8)}
    made = {
        "A": item(store, "50", refs["A"], person=erika), "B": item(store, "30", refs["B"], person=erika),
        "T": item(store, "50", refs["T"], person=otto), "C": item(store, "20", refs["C"], person=otto),
        "J": item(store, "25", refs["J"], person=erika), "J2": item(store, "25", refs["J"], person=otto),
        "M": item(store, "17", refs["M"], person=otto), "N": item(store, "17", refs["N"], person=otto),
        "F": item(store, "44", refs["F"], person=erika, foreign_reference=True),
        "S": item(store, "50", refs["S"], person=otto, foreign_reference=True),
        "G": item(store, "11", refs["G"], person=anna, foreign_reference=True),
        "H": item(store, "12", refs["H"], person=anna, foreign_reference=True),
        "K": item(store, "13", refs["K"], person=anna),
        "P": item(store, "60", refs["P"], person=jobcenter, kind="payable"),
        "U": item(store, "35", refs["U"], person=otto), "V": item(store, "71", refs["V"], person=erika),
    }  # fmt: skip
    staged(store, "20", refs["C"])
    post_staged(store)
    return store, refs, {number: letter for letter, number in made.items()}


# what is said, the amount, who pays (account, name), and what may be settled: nothing, or these items
ATTACKS = {
    "swapped digits: the number of a neighbour, the payer's own account fits the neighbour": ("{T}", "50", OWN, "Erika Mustermann", ""),
    "swapped digits, only the name fits the neighbour": ("{T}", "50", STRANGER, "Mustermann, Erika", ""),
    "swapped digits, another amount": ("{T}", "12", OWN, "Erika Mustermann", ""),
    "swapped digits, a stranger pays the amount both have": ("{A}", "50", STRANGER, "Firma Huber", ""),
    "swapped digits: the amount of the neighbour, the name for the number": ("{U}", "71", STRANGER, "Otto Kleinschmidt", ""),
    "swapped digits: the amount of the neighbour, the account for the number": ("{U}", "71", TWIN_OWN, "Otto Kleinschmidt", ""),
    "swapped digits: an amount of neither, the account for the number": ("{U}", "36", TWIN_OWN, "Otto Kleinschmidt", "U"),
    "the right number beside a neighbour's": ("{A}", "50", OWN, "Erika Mustermann", "A"),
    "two wrong digits: neither amount nor payer fit": ("{B}", "99", STRANGER, "Firma Huber", ""),
    "two wrong digits, the first name of the debtor": ("{B}", "99", STRANGER, "Erika Huber", ""),
    "part of the amount, a namesake of nobody": ("{B}", "10", STRANGER, "Zoltan Nagy", ""),
    "part of the amount, the family's name alone": ("{B}", "10", STRANGER, "Mustermann", ""),
    "part of the amount, another of the family": ("{B}", "10", STRANGER, "Karl Mustermann", ""),
    "part of the amount, the debtor's name": ("{B}", "10", STRANGER, "E. Mustermann", "B"),
    "a customer's number in which the reference hides": ("Kundennr. 77{B}88", "30", STRANGER, "X", ""),
    "a letter glued on": ("AB{B}", "12", STRANGER, "Firma Huber", ""),
    "a phone number that is a valid reference": ("Tel. {B}", "12", STRANGER, "Firma Huber", ""),
    "an EndToEndId in the text": ("EREF+{B}", "12", STRANGER, "Firma Huber", ""),
    "a mandate reference in the text": ("MREF+{B}", "12", STRANGER, "Firma Huber", ""),
    "a year glued on by a blank": ("2026 {B}", "12", STRANGER, "Firma Huber", ""),
    "between other numbers, the amount alone": ("Kd 99 {B} 77", "30", STRANGER, "X Y", ""),
    "between other numbers, hyphens": ("99-{B}-77", "30", STRANGER, "X Y", ""),
    "between other numbers, the own account": ("Kd 99 {B} 77", "30", OWN, None, "B"),
    "between other numbers, the name": ("Kd 99 {B} 77", "30", STRANGER, "Mustermann, Erika", "B"),
    "a year behind, the amount": ("{B}/2026", "30", STRANGER, "Firma Huber", "B"),
    "a year behind, another amount": ("{B}/2026", "12", STRANGER, "Firma Huber", ""),
    "two half references": ("1000000 000020", "12", STRANGER, "Firma Huber", ""),
    "an amount and a remainder": ("1000,00 000000023", "30", STRANGER, "Firma Huber", ""),
    "an IBAN that holds it": ("NO93 8601 1117 947", "30", STRANGER, "Firma Huber", ""),
    "Arabic digits": ("١٠٠٠٠٠٠٠٠٠٠٢٣", "30", STRANGER, "Firma Huber", ""),
    "full-width digits": ("１００００００００００２３", "30", STRANGER, "Firma Huber", ""),
    "invisible signs inside": ("100000\u200b0000023", "30", STRANGER, "Firma Huber", ""),
    "letters that look like digits": ("l0000000000Z3", "30", STRANGER, "Firma Huber", ""),
    "several, the sum of none": ("{A} {B}", "79", OWN, "Erika Mustermann", ""),
    "several, the amount of one": ("{A} {B}", "50", OWN, "Erika Mustermann", ""),
    "several, more than all": ("{A} {B}", "81", OWN, "Erika Mustermann", ""),
    "several, their sum": ("{A} {B}", "80", OWN, "Erika Mustermann", "AB"),
    "one and a paid one, the sum of both": ("{B} {C}", "50", OWN, "Erika Mustermann", ""),
    "one and an unknown one, another amount": ("{B} {X}", "31", OWN, "Erika Mustermann", "B"),
    "a paid one": ("{C}", "20", TWIN_OWN, "Otto Kleinschmidt", ""),
    "an unknown one, the amount and account of another debt": ("{X}", "30", OWN, "Erika Mustermann", ""),
    "two persons owe it, one part": ("{J}", "25", OWN, "Erika Mustermann", ""),
    "the reference of a payable": ("{P}", "60", OFFICE, "Jobcenter", ""),
    "a short number, the amount alone": ("{S}", "50", STRANGER, "Firma Huber", ""),
    "a short number inside words and numbers": ("Kd 4711 Rg 815", "50", STRANGER, "Firma Huber", ""),
    "a foreign number, nothing fits": ("HH-2026-4711", "45", STRANGER, "Firma Huber", ""),
    "a foreign number cut": ("HH-2026-471", "44", STRANGER, "Firma Huber", ""),
    "a letter glued on, the name of the one person who has it": ("AB{B}", "12", STRANGER, "Erika Mustermann", "B"),
    "a letter glued on, a name that two have": ("AB{K}", "5", STRANGER, "Anna Schmidt", ""),
    "a letter glued on, a name that two have, the amount": ("AB{K}", "13", STRANGER, "Anna Schmidt", "K"),
    "between other numbers, a name that two have, the amount": ("Kd 99 {K} 77", "13", STRANGER, "Anna Schmidt", "K"),
    "a foreign number, a name that two have": ("HH-2026-5822", "5", STRANGER, "Anna Schmidt", ""),
    "a foreign number, the name of the one person who has it": ("HH-2026-4711", "5", STRANGER, "E Mustermann Erika", ""),
    "a foreign number, the debtor's name": ("HH-2026-4711", "5", STRANGER, "Erika Mustermann", "F"),
    "a short number, the amount and a name that two have": ("Rg {G}", "11", STRANGER, "Anna Schmidt", ""),
    "own account and amount, but for somebody else": ("für Otto Kleinschmidt", "30", OWN, "Erika Mustermann", ""),
    "own account and amount, but an invoice": ("Rechnung 0815-4711-22", "30", OWN, "Erika Mustermann", ""),
    "own account and amount, a mistyped reference": ("1000000000022", "30", OWN, "Erika Mustermann", ""),
    "own account and amount, a notice written years after it was due": ("Bescheid vom 12.10.2027", "30", OWN, "Erika Mustermann", ""),
    "own account and amount, a notice written before": ("Ihr Bescheid v. 2.9.26", "30", OWN, "Erika Mustermann", "B"),
    "own account and amount, perhaps a reminder": ("Bescheid vom 16.11.2026", "30", OWN, "Erika Mustermann", "B"),
    "own account, two items of that amount": ("Danke", "17", TWIN_OWN, "Otto Kleinschmidt", ""),
    "own account, silence": ("Danke", "30", OWN, "Erika Mustermann", "B"),
    "the account of an office that pays for many": ("Danke", "30", OFFICE, "Jobcenter", ""),
    "the name of the debtor, silence": ("Danke", "30", STRANGER, "Erika Mustermann", ""),
    "an own account of the Kasse": ("{B}", "30", SECOND_IBAN, "Stadtkasse", ""),
    "SQL in the text": ("'; UPDATE item SET open_cents = 0; -- {B}0", "30", STRANGER, "Firma Huber", ""),
    "a very long text": ("9" * 3000, "30", STRANGER, "Firma Huber", ""),
    "all digits": (" ".join("0123456789" * 12), "30", STRANGER, "Firma Huber", ""),
    "nothing at all": ("", "30", None, None, ""),
    "part of the amount, an empty name": ("{B}", "12", None, "", ""),
    "part of the amount, neither name nor account": ("{B}", "12", None, None, ""),
    "part of the amount, the own account without a name": ("{B}", "12", OWN, None, "B"),
    "all of the amount, neither name nor account": ("{B}", "30", None, None, "B"),
}  # fmt: skip


def settled_by(town, amount, **said) -> str:
    """Return which items an entry settles; the book is left as it was."""
    store, refs, letters = town
    said = {key: value.format(**refs) if isinstance(value, str) else value for key, value in said.items()}
    with store.rehearsal():
        entry = staged(store, amount, said.pop("text", ""), day="2026-11-18", **said)
        post_staged(store)
        check_invariants(store)
        found = [letters[number] for rule, office, number, _ in matches(store, entry)
                 if office == "ORDNUNG" and rule not in {"clarify", "surplus"}]  # fmt: skip
    return "".join(sorted(found))


def test_nothing_is_settled_that_was_not_meant(town):
    found = {
        what: settled_by(town, amount, text=text, counter_iban=iban, name=name)
        for what, (text, amount, iban, name, _) in ATTACKS.items()
    }
    assert found == {what: may for what, (*_, may) in ATTACKS.items()}


FIELDS = {
    "a wrong RF": ({"creditor_reference": "RF191000000000023"}, ""),
    "an RF of another creditor": ({"creditor_reference": "RF18539007547034"}, ""),
    "the payer's own EndToEndId": ({"end_to_end_id": "{B}"}, ""),
    "a structured number of an invoice": ({"creditor_reference": "RE{B}"}, ""),
    "a reference in a return": ({"text": "{B}", "return_reason": "AC04"}, ""),
    "a reference in a returned transfer by its code": ({"text": "{B}", "gvc": "159"}, ""),
    "a reference in a booking undone": ({"text": "{B}", "reversal": 1}, ""),
}


def test_fields_that_only_look_like_references_settle_nothing(town):
    found = {
        what: settled_by(town, "12", counter_iban=STRANGER, name="Firma Huber", **more)
        for what, (more, _) in FIELDS.items()
    }
    assert found == {what: may for what, (_, may) in FIELDS.items()}


DEBITS = ["{A}", "{P}", "HH-2026-4711", "EREF+KASSE-R1-1", "KASSE-R1-1"]


def test_a_debit_settles_nothing_by_its_text(town):
    found = [settled_by(town, "-60", text=text, counter_iban=OFFICE, name="Jobcenter") for text in DEBITS]
    assert found == [""] * len(DEBITS)
