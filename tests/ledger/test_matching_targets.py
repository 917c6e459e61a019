"""References that stand for several items, payers known by their account, numbers that need a proof."""

from dataclasses import replace

import pytest

from ledger.bank.explain_store import explain_items
from ledger.bank.posting_store import post_staged
from ledger.items.items_reader import SeveralClaimsError, UnknownItemError, find_items
from ledger.items.kassenzeichen import InvalidReferenceError, issue
from ledger.items.list_reader import named_items, stands_for
from ledger.items.targets import NoTargetItemsError, ReferenceTakenError, UnknownTargetItemError
from ledger.items.targets_store import references_of, register, register_many, target_of
from tests.bankbooks import check_invariants, item, matches, open_cents, party, reason, reference, staged
from tests.books import act

PAYER, OTHER = "DE89370400440532013000", "DE12500105170648489890"


@pytest.fixture
def kasse(store):
    return act(store, "import")


def person(store, name="Erika Mustermann", iban=PAYER, kind="own") -> int:
    with store.unit(["KASSE"]):
        return party(store, name, iban, kind)


def letter(store, number, items, kind="letter") -> str:
    ref = reference(store, number)
    with store.unit(["KASSE", "BAU", "ORDNUNG"]):
        register(store, ref, kind, "ORDNUNG", number, items)
    return ref


def test_a_letter_is_paid_by_one_reference_in_the_order_of_the_law(kasse):
    someone = person(kasse)
    main = item(kasse, "100", reference(kasse, 1), person=someone, profile="fee", claim_kind="gebuehr")
    fee = item(kasse, "5", person=someone, profile="fee", claim_kind="mahngebuehr", main_item=main)
    ref = letter(kasse, 90, [("ORDNUNG", main), ("ORDNUNG", fee)])
    entry = staged(kasse, "60", f"Mahnung {ref}")
    assert post_staged(kasse).matched == 1
    assert matches(kasse, entry) == [("reference", "ORDNUNG", fee, 500), ("reference", "ORDNUNG", main, 5500)]
    check_invariants(kasse)


def test_a_letter_names_its_one_claim_wherever_an_item_is_named(kasse):
    """What is printed on a dunning letter is what people type; of several claims the one that is meant is asked for."""
    someone = person(kasse)
    main = item(kasse, "100", reference(kasse, 1), person=someone, profile="fee", claim_kind="gebuehr")
    fee = item(kasse, "5", person=someone, profile="fee", claim_kind="mahngebuehr", main_item=main)
    other = item(kasse, "7", reference(kasse, 2), person=someone)
    ref = letter(kasse, 90, [("ORDNUNG", main), ("ORDNUNG", fee)])
    both = letter(kasse, 91, [("ORDNUNG", main), ("ORDNUNG", fee), ("ORDNUNG", other)])
    assert find_items(kasse, ref) == [("ORDNUNG", main), ("ORDNUNG", fee)]
    assert [one.item for one in explain_items(kasse, ref)] == [main, fee]
    with pytest.raises(SeveralClaimsError) as several:
        find_items(kasse, both)
    assert several.value.fields["items"] == f"ORDNUNG/{main}, ORDNUNG/{other}"
    assert len(named_items(kasse, both, stands_for(kasse, both))) == 3
    with pytest.raises(UnknownItemError):
        find_items(kasse, reference(kasse, 93))


def test_a_plan_over_offices_takes_what_is_over_as_a_credit(kasse):
    someone = person(kasse)
    items = [(office, item(kasse, "10", office=office, person=someone)) for office in ("BAU", "ORDNUNG")]
    ref = letter(kasse, 91, items, "plan")
    staged(kasse, "25", ref)
    outcome = post_staged(kasse)
    assert (outcome.matched, outcome.surpluses) == (1, 1)
    assert [open_cents(kasse, number, office) for office, number in items] == [0, 0]
    check_invariants(kasse)


def test_the_account_of_a_person_takes_all_it_owes_at_the_moment(kasse):
    someone = person(kasse)
    ref = letter(kasse, 92, [], "party") if someone == 92 else reference(kasse, 92)
    with kasse.unit(["KASSE"]):
        register(kasse, ref, "party", "KASSE", someone)
    older = item(kasse, "10", person=someone, due="2026-08-01")
    newer = item(kasse, "20", person=someone, due="2026-09-01", office="BAU")
    assert target_of(kasse, ref).items == (("BAU", newer), ("ORDNUNG", older))
    staged(kasse, "15", ref)
    assert post_staged(kasse).matched == 1
    assert (open_cents(kasse, older), open_cents(kasse, newer, "BAU")) == (0, 1500)
    check_invariants(kasse)


def test_a_closed_target_goes_to_suspense_with_that_reason(kasse):
    number = item(kasse, "10")
    ref = letter(kasse, 93, [("ORDNUNG", number)])
    staged(kasse, "10", ref)
    again = staged(kasse, "10", ref, day="2026-11-17")
    post_staged(kasse)
    assert reason(kasse, again) == "closed"


BESIDE = {
    "both, the amount of the claim": ("{claim} {letter}", "100", [10000]),
    "both, the amount of the letter": ("{letter}, {claim}", "105", [10000, 500]),
    "both, another amount": ("{letter} {claim}", "50", None),
}


@pytest.mark.parametrize(("text", "amount", "settled"), BESIDE.values(), ids=BESIDE)
def test_a_claim_beside_its_letter_is_decided_by_the_amount(kasse, text, amount, settled):
    someone = person(kasse)
    claim = item(kasse, "100", reference(kasse, 1), person=someone)
    fee = item(kasse, "5", person=someone)
    ref = letter(kasse, 94, [("ORDNUNG", claim), ("ORDNUNG", fee)])
    entry = staged(kasse, amount, text.format(claim=reference(kasse, 1), letter=ref))
    post_staged(kasse)
    if settled is None:
        assert reason(kasse, entry) == "several"
    else:
        assert sorted(row[3] for row in matches(kasse, entry)) == sorted(settled)
    check_invariants(kasse)


def test_a_target_of_several_persons_is_ambiguous_unless_paid_wholly(kasse):
    items = [("ORDNUNG", item(kasse, "10", name=name)) for name in ("Adam", "Eva")]
    ref = letter(kasse, 95, items, "case")
    part, whole = staged(kasse, "15", ref), staged(kasse, "20", ref, day="2026-11-17")
    post_staged(kasse)
    assert reason(kasse, part) == "ambiguous"
    assert len(matches(kasse, whole)) == 2


def test_registering_is_checked_and_repeatable(kasse):
    first, second = item(kasse, "10"), item(kasse, "20")
    ref = letter(kasse, 96, [("ORDNUNG", first)])
    letter(kasse, 96, [("ORDNUNG", first), ("ORDNUNG", second)])
    assert target_of(kasse, ref).items == (("ORDNUNG", first), ("ORDNUNG", second))
    assert references_of(kasse, "letter", "ORDNUNG", 96) == [ref]
    refused = (
        (ReferenceTakenError, ref, "case", 96, [("ORDNUNG", first)]),
        (NoTargetItemsError, reference(kasse, 97), "letter", 97, []),
        (UnknownTargetItemError, reference(kasse, 97), "letter", 97, [("ORDNUNG", 999)]),
        (InvalidReferenceError, "0000000000013", "letter", 97, [("ORDNUNG", first)]),
    )
    for error, text, kind, number, items in refused:
        with pytest.raises(error), kasse.unit(["ORDNUNG"]):
            register(kasse, text, kind, "ORDNUNG", number, items)
    assert target_of(kasse, reference(kasse, 97)) is None


def test_targets_in_bulk_and_fresh_numbers_keep_apart(kasse):
    number = item(kasse, "10")
    with kasse.unit(["KASSE", "ORDNUNG"]):
        (given,) = issue(kasse)
        count = next(n for n in range(9) if reference(kasse, n) == given)
        taken = reference(kasse, count + 1)
        register(kasse, taken, "letter", "ORDNUNG", 1, [("ORDNUNG", number)])
        assert issue(kasse) == [reference(kasse, count + 2)]
        found = target_of(kasse, taken)
        assert register_many(kasse, [replace(found, reference=reference(kasse, 98), number=2)]) == 1
    assert target_of(kasse, reference(kasse, 98)).items == (("ORDNUNG", number),)


# payers known by their own account

SAID = {
    "nothing said": ("50", "", {}, True),
    "words": ("50", "Danke, Hundesteuer 2026", {}, True),
    "a date and an amount": ("50", "Bescheid vom 16.10.2026 über 50,00 EUR", {}, True),
    "another amount": ("49", "Danke", {}, False),
    "another account": ("50", "Danke", {"counter_iban": OTHER}, False),
    "a number that means something": ("50", "Rechnung 4711-99", {}, False),
    "a mistyped reference": ("50", "0000000000013", {}, False),
    "a valid reference that the book does not have": ("50", "{unknown}", {}, False),
    "a structured number": ("50", "", {"creditor_reference": "RE-2026-1234"}, False),
}


@pytest.mark.parametrize(("amount", "text", "more", "settles"), SAID.values(), ids=SAID)
def test_own_account_and_amount_decide_where_nothing_else_is_said(kasse, amount, text, more, settles):
    someone = person(kasse)
    number = item(kasse, "50", reference(kasse, 1), person=someone, purpose="Hundesteuer 2026")
    item(kasse, "51", reference(kasse, 2), person=someone)
    entry = staged(kasse, amount, text.format(unknown=reference(kasse, 9)), **({"counter_iban": PAYER} | more))
    post_staged(kasse)
    assert (matches(kasse, entry) == [("account", "ORDNUNG", number, 5000)]) is settles
    check_invariants(kasse)


DETERMINED = {
    # what the item is: purpose, kind, profile; what the payer writes; whether that may be this item
    "another kind, year and number": (("Hundesteuer 2026", None, "tax"), "Rechnung 4711 Grundsteuer 2019", False),
    "another kind": (("Hundesteuer 2026", None, "tax"), "Grundsteuer", False),
    "another year": (("Hundesteuer 2026", None, "tax"), "Hundesteuer 2027", False),
    "the year of another month": (("Miete", None, "private"), "Miete 11/2025", False),
    "a tax for a fee": (("Gebühr Fischereischein", None, "fee"), "Hundesteuer 2027", False),
    "a short number": (("Hundesteuer 2026", None, "tax"), "Rechnung 4711", False),
    "a kind, and the book knows none": ((None, None, None), "Hundesteuer", False),
    "a short number in a field of its own": (("Hundesteuer", None, "tax"), "", False, "4711"),
    "the same kind and year": (("Hundesteuer 2026", None, "tax"), "HUNDESTEUER 2026", True),
    "the year of the due day": (("Hundesteuer", None, "tax"), "Hundesteuer 2026", True),
    "a more general word": (("Hundesteuer 2026", None, "tax"), "Steuern", True),
    "a word of the same kind": (("Verwarnungsgeld Parken", None, "fine"), "Knöllchen", True),
    "the kind of the claim": (("Bello", "hundesteuer", "tax"), "Hundesteuer", True),
    "the profile": (("Fischereischein", None, "fee"), "Gebühr", True),
    "the amount": (("Hundesteuer 2026", None, "tax"), "50 EUR danke", True),
    "a rate": (("Beitrag 2. Rate", None, "fee"), "Beitrag Rate 2", True),
    "another month": (("Miete November 2026", None, None), "Miete Oktober", False),
    "another month in digits": (("Miete November 2026", None, None), "Miete 10/2026", False),
    "another month by its first day": (("Miete November 2026", None, None), "Miete 01.10.2026", False),
    "another month than it is due in and is paid in": (("Miete", None, None), "Miete Dezember", False),
    "the month, abbreviated": (("Miete November 2026", None, None), "Miete Nov 2026", True),
    "the month in digits": (("Miete 11/2026", None, None), "Miete November", True),
    "the month, and the day of payment": (("Miete November 2026", None, None), "Miete November, 01.12.2026", True),
    "the month it is due in": (("Miete", None, None), "Miete Oktober", True),
    "the month it is paid in": (("Miete", None, None), "Miete November", True),
    "another letter": (("Grundsteuer A 2026", None, "tax"), "Grundsteuer B", False),
    "the letter": (("Grundsteuer A 2026", None, "tax"), "Grundsteuer A", True),
}


@pytest.mark.parametrize("said", DETERMINED.values(), ids=DETERMINED)
def test_a_payer_who_names_another_debt_does_not_pay_this_one(kasse, said):
    (purpose, claim_kind, profile), text, settles, *structured = said
    more = {"purpose": purpose, "claim_kind": claim_kind, "profile": profile}
    item(kasse, "50", reference(kasse, 1), person=person(kasse), **more)
    entry = staged(kasse, "50", text, counter_iban=PAYER, creditor_reference="".join(structured) or None)
    post_staged(kasse)
    assert reason(kasse, entry) == (None if settles else "no_reference")


def test_who_names_this_month_does_not_pay_what_is_due_in_the_next(kasse):
    """Of a standing order all items say the same: a rent paid twice is not the next one's."""
    item(kasse, "50", reference(kasse, 1), person=person(kasse), purpose="Miete", due="2026-12-03")
    twice, next_one = (staged(kasse, "50", f"Miete {month}", counter_iban=PAYER) for month in ("November", "Dezember"))
    post_staged(kasse)
    assert (reason(kasse, twice), reason(kasse, next_one)) == ("no_reference", None)


def test_words_as_long_as_a_foreign_number_are_none(kasse):
    other = person(kasse, "Otto Groß", OTHER)
    item(kasse, "9", "HH2026471100815", foreign_reference=True, person=other)
    item(kasse, "50", reference(kasse, 1), person=person(kasse), purpose="Hundesteuer 2026")
    entry = staged(kasse, "50", "Hundesteuer 2026", counter_iban=PAYER)
    post_staged(kasse)
    assert len("HUNDESTEUER2026") == len("HH2026471100815")
    assert matches(kasse, entry)[0][0] == "account"


@pytest.mark.parametrize("kind", ["third_party", "guardian", "authority", "payment_service"])
def test_an_account_of_somebody_who_pays_for_others_is_no_evidence(kasse, kind):
    item(kasse, "50", reference(kasse, 1), person=person(kasse, kind=kind))
    entry = staged(kasse, "50", "Danke", counter_iban=PAYER)
    post_staged(kasse)
    assert reason(kasse, entry) == "no_reference"


NOT_UNIQUE = {
    "two items of one person": [("50", 1), ("50", 1)],
    "two persons share the account": [("50", 1), ("50", 2)],
}


@pytest.mark.parametrize("owed", NOT_UNIQUE.values(), ids=NOT_UNIQUE)
def test_own_account_and_amount_decide_only_where_one_item_fits(kasse, owed):
    people = {1: person(kasse), 2: person(kasse, "Max Mustermann")}
    for index, (amount, who) in enumerate(owed):
        item(kasse, amount, reference(kasse, index), person=people[who])
    first = staged(kasse, "50", "Danke", counter_iban=PAYER)
    second = staged(kasse, "50", "Danke", counter_iban=PAYER, day="2026-11-17")
    post_staged(kasse)
    assert (reason(kasse, first), reason(kasse, second)) == ("ambiguous", "ambiguous")


@pytest.mark.parametrize("name", ["Paul Berg", "Petra Berg", "Paul u. Petra Berg", None])
def test_a_joint_account_does_not_tell_whose_debt_is_paid(kasse, name):
    petra, _ = person(kasse, "Petra Berg"), person(kasse, "Paul Berg")
    number = item(kasse, "75", reference(kasse, 1), person=petra)
    entry = staged(kasse, "75", "Danke", counter_iban=PAYER, name=name)
    post_staged(kasse)
    assert (reason(kasse, entry), open_cents(kasse, number)) == ("ambiguous", 7500)


PAYERS = {
    "the debtor": ("Petra Berg", None),
    "in capitals, turned, with a title": ("BERG, DR. PETRA", None),
    "abbreviated": ("P. Berg", None),
    "a couple": ("Eheleute Paul und Petra Berg", None),
    "cut by the bank": ("Petra Ber", None),
    "no name": (None, None),
    "another of the family": ("Paul Berg", "stranger"),
    "a firm": ("Firma Huber GmbH", "stranger"),
}


@pytest.mark.parametrize(("name", "why"), PAYERS.values(), ids=PAYERS)
def test_the_name_of_somebody_else_stops_the_own_account(kasse, name, why):
    item(kasse, "75", reference(kasse, 1), person=person(kasse, "Petra Berg"))
    entry = staged(kasse, "75", "Danke", counter_iban=PAYER, name=name)
    post_staged(kasse)
    assert reason(kasse, entry) == why


def test_a_debt_of_the_same_amount_that_is_not_yet_due_makes_it_ambiguous(kasse):
    someone = person(kasse)
    for number, due in enumerate(("2026-10-01", "2027-03-01")):
        item(kasse, "50", reference(kasse, number), person=someone, due=due)
    entry = staged(kasse, "50", "Danke", counter_iban=PAYER)
    post_staged(kasse)
    assert reason(kasse, entry) == "ambiguous"


def test_money_without_a_word_is_not_for_what_is_due_in_spring(kasse):
    item(kasse, "50", reference(kasse, 1), person=person(kasse), due="2027-03-01")
    entry = staged(kasse, "50", "Danke", counter_iban=PAYER)
    post_staged(kasse)
    assert reason(kasse, entry) == "no_reference"


SHORT = {
    "the amount alone": ({}, "unproven"),
    "the own account": ({"counter_iban": PAYER}, None),
    "the name": ({"name": "Erika Mustermann"}, None),
}


@pytest.mark.parametrize(("more", "why"), SHORT.values(), ids=SHORT)
def test_a_short_number_is_not_proven_by_the_amount(kasse, more, why):
    item(kasse, "50", "12345", foreign_reference=True, person=person(kasse))
    entry = staged(kasse, "50", "Rechnung 12345", **more)
    post_staged(kasse)
    assert reason(kasse, entry) == why
