"""Whose account a credit goes back to: of a collective credit that of the part which paid it, and no other's."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish as Target
from ledger.bank.suspense_decisions import Assign, Undo, UndoEntry
from ledger.bank.suspense_desk_store import decide
from ledger.book.verify_store import verify
from ledger.payments.refund_store import approve_refund, ask_refund
from ledger.payments.refunds import RefundPayerError, RefundPayersError, Wish
from ledger.people.users import NotAllowedError
from sepa.identifiers import make_iban
from tests.bankbooks import check_invariants, item, reference, staged
from tests.books import act
from tests.ledger.order_lists import accepted, row
from tests.ledger.test_order_changes import change, through

EVA, MAX, OTHER = (make_iban("DE", f"12030000000000008{digit}") for digit in (1, 2, 3))
DAY = "2026-11-16"


@pytest.fixture
def kasse(store):
    act(store, "import")
    yield store
    check_invariants(store)
    assert verify(store).findings == ()


def collective(store, *parts, **more):
    """Post a collective credit of parts `(AMOUNT, NAME, IBAN, TEXT)` and return its entry."""
    details = [
        {"amount": cents, "name": name, "counter_iban": iban, "remittance": text} for cents, name, iban, text in parts
    ]
    total = str(sum(int(part[0]) for part in parts))
    entry = staged(act(store, "import"), total, "", name=None, details=details, **more)
    post_staged(store)
    return entry


def credit(store) -> tuple[str, int]:
    return store.one("SELECT office, id FROM item WHERE kind = 'credit' AND open_cents > 0")


def asked(store, **more):
    return ask_refund(act(store, "clara"), *credit(store), Wish("zu viel", **more), day=DAY)


def assigned(store, *wishes, surplus=True):
    case = store.value("SELECT max(item) FROM suspense_case")
    decide(act(store, "clara"), [Assign(case, wishes, surplus=surplus)], day=DAY)
    return case


def test_a_part_that_paid_too_much_gets_it_back(kasse):
    item(kasse, "10", reference(kasse, 1), name="Eva Eck")
    item(kasse, "20", reference(kasse, 2), name="Max Muster")
    collective(kasse, ("10", "Eva Eck", EVA, reference(kasse, 1)), ("35", "Max Muster", MAX, reference(kasse, 2)))
    refund = asked(kasse)
    assert (refund.iban, refund.name, refund.cents, refund.other_account) == (MAX, "Max Muster", 1500, False)
    assert approve_refund(act(kasse, "emil"), *credit(kasse), day=DAY)[1]


def test_the_payee_of_a_part_reads_nothing_of_the_others(kasse):
    claim = item(kasse, "10", reference(kasse, 1), name="Zora Zett")
    collective(kasse, ("5", "Max", MAX, "geheim"), ("25", "Eva Eck", EVA, "Hundesteuer"))
    assigned(kasse, Target(f"ORDNUNG/{claim}", part=2))
    refund = asked(kasse)
    assert "Hundesteuer" in refund.purpose
    assert "geheim" not in refund.purpose


TWO = (("30", "Eva Eck", EVA, "Danke"), ("40", "Max Muster", MAX, "Gruesse"))


@pytest.mark.parametrize(("part", "iban"), [(1, EVA), (2, MAX)])
def test_what_a_person_said_a_part_is_too_much_of_goes_back_to_that_part(kasse, part, iban):
    claim = item(kasse, "10", reference(kasse, 1), name="Zora Zett")
    collective(kasse, *TWO)
    assigned(kasse, Target(f"ORDNUNG/{claim}", part=part))
    assert asked(kasse).iban == iban


def test_where_several_parts_may_have_paid_a_person_says_which(kasse):
    claim = item(kasse, "10", reference(kasse, 1), name="Zora Zett")
    entry = collective(kasse, *TWO)
    case = assigned(kasse, Target(f"ORDNUNG/{claim}"))
    for more in ({}, {"iban": EVA}, {"iban": EVA, "document": "Brief"}, {"iban": EVA, "name": "Eva", "document": " "}):
        with pytest.raises(RefundPayersError) as refused:
            asked(kasse, **more)
        assert refused.value.fields["parts"] == "1, 2"
        assert refused.value.fields["bank_entry"] == f"KASSE/{entry}"
    refund = asked(kasse, iban=EVA, name="Eva Eck", document="Brief vom 12.11.")
    assert (refund.iban, refund.paying_iban, refund.other_account) == (EVA, None, True)
    assert "Danke" not in refund.purpose
    assert "Gruesse" not in refund.purpose
    with pytest.raises(NotAllowedError):
        approve_refund(act(kasse, "dirk"), *credit(kasse), day=DAY)
    assert case


def test_the_way_out_is_to_say_the_part(kasse):
    claim = item(kasse, "10", reference(kasse, 1), name="Zora Zett")
    collective(kasse, *TWO)
    case = assigned(kasse, Target(f"ORDNUNG/{claim}"))
    decide(act(kasse, "clara"), [Undo(case, "welcher Teil?", last=True)], day=DAY)
    assigned(kasse, Target(f"ORDNUNG/{claim}", part=2))
    assert asked(kasse).iban == MAX


def test_several_parts_of_one_account_are_one_payer(kasse):
    claim = item(kasse, "10", reference(kasse, 1), name="Zora Zett")
    collective(kasse, ("30", "Eva Eck", EVA, "Danke"), ("40", "Eva Eck", EVA, "Gruesse"))
    assigned(kasse, Target(f"ORDNUNG/{claim}"))
    assert asked(kasse).iban == EVA


def test_parts_that_were_matched_did_not_pay_what_a_person_assigned(kasse):
    item(kasse, "30", reference(kasse, 1), name="Eva Eck")
    claim = item(kasse, "10", reference(kasse, 2), name="Zora Zett")
    collective(kasse, ("30", "Eva Eck", EVA, reference(kasse, 1)), TWO[1])
    assigned(kasse, Target(f"ORDNUNG/{claim}"))
    assert asked(kasse).iban == MAX


def test_a_part_whose_account_the_bank_did_not_tell_needs_one(kasse):
    claim = item(kasse, "10", reference(kasse, 1), name="Zora Zett")
    collective(kasse, TWO[0], ("40", "Max Muster", None, "Gruesse"))
    assigned(kasse, Target(f"ORDNUNG/{claim}", part=2))
    with pytest.raises(RefundPayerError):
        asked(kasse)


def test_an_unknown_account_beside_a_known_one_is_another(kasse):
    claim = item(kasse, "10", reference(kasse, 1), name="Zora Zett")
    collective(kasse, TWO[0], ("40", "Max Muster", None, "Gruesse"))
    assigned(kasse, Target(f"ORDNUNG/{claim}"))
    with pytest.raises(RefundPayersError):
        asked(kasse)


def test_the_part_that_went_over_the_claim_gets_it_back_not_the_one_before(kasse):
    item(kasse, "20", reference(kasse, 1), name="Eva Eck")
    collective(kasse, ("15", "Eva Eck", EVA, reference(kasse, 1)), ("15", "Eva Eck", MAX, reference(kasse, 1)))
    assert kasse.value("SELECT open_cents FROM item WHERE kind = 'credit'") == 1000
    assert asked(kasse).iban == MAX


def ordered(store) -> str:
    """Return the Kassenzeichen of an accepted order of 125.50."""
    accepted(store, row("ORDNUNG receivable 125 Erika Musterfrau", due="2026-10-01"))
    return store.value("SELECT reference FROM item WHERE office = 'ORDNUNG'")


def test_the_credit_of_a_lowered_order_goes_back_to_the_part_that_paid_it(kasse):
    number = ordered(kasse)
    collective(kasse, ("125", "Erika Musterfrau", EVA, number), ("40", "Max Muster", MAX, "Gruesse"))
    through(kasse, change(kasse, to_cents=0, as_credit=True)[0].number)
    assert asked(kasse).iban == EVA


def test_two_parts_that_paid_a_lowered_order_are_told_apart_by_a_person(kasse):
    number = ordered(kasse)
    collective(kasse, ("100", "Erika Musterfrau", EVA, number), ("25", "Erika Musterfrau", MAX, number))
    through(kasse, change(kasse, to_cents=0, as_credit=True)[0].number)
    with pytest.raises(RefundPayersError):
        asked(kasse)


def test_money_that_was_taken_back_paid_nothing(kasse):
    number = ordered(kasse)
    wrong = staged(act(kasse, "import"), "125", number, name="Erika Musterfrau", counter_iban=OTHER, day="2026-11-14")
    post_staged(kasse)
    position = kasse.value("SELECT position FROM bank_entry WHERE id = :id", id=wrong)
    entry = kasse.one("SELECT year, number FROM entry WHERE office = 'KASSE' AND position = :at", at=position)
    decide(act(kasse, "clara"), [UndoEntry(f"KASSE-{entry[0]}-{entry[1]}", "ein anderer")], day=DAY)
    staged(act(kasse, "import"), "125", number, name="Erika Musterfrau", counter_iban=EVA, day="2026-11-12")
    post_staged(kasse)
    through(kasse, change(kasse, to_cents=0, as_credit=True)[0].number)
    assert asked(kasse).iban == EVA
