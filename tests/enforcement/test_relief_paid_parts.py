"""Paid claims that came with a collective entry: what a relief gives back is of whose part paid, and goes to its account."""

import pytest

from enforcement.relief_paid import Payment, take_payment
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish as Target
from ledger.bank.suspense_decisions import Assign, Split, UndoEntry
from ledger.bank.suspense_desk_store import decide
from ledger.payments.refund_store import ask_refund
from ledger.payments.refunds import Wish as Refund
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.enforcement.test_relief_paid import ERIKA, MAX, OTHER, credit_items, joint
from tests.enforcement.test_relief_store import fee, granted, kasse, sound, wish

__all__ = ["kasse"]  # a fixture
DAY = "2026-11-20"
COLLECTOR = "DE75512108001245126199"


def collective(store, *parts, day=DAY, iban=None):
    """Post a collective credit of parts `(AMOUNT, NAME, IBAN, TEXT)`; `iban` is what the bank says of the whole."""
    details = [
        {"amount": cents, "name": name, "counter_iban": own, "remittance": text} for cents, name, own, text in parts
    ]
    total = sum(int(part[0]) for part in parts)
    entry = staged(
        act(store, "import"), str(total), "", name=None, counter_iban=iban, details=details, day=day, gvc="191"
    )
    post_staged(store)
    return entry


def decided(store, *decisions):
    return decide(act(store, "clara"), list(decisions), day="2026-11-23")


def case_of(store):
    return store.value("SELECT max(item) FROM suspense_case")


def refunded(store, done):
    """Return the account each credit of a relief goes back to, by its person."""
    return {
        one.party_number: ask_refund(
            act(store, "clara"), "ORDNUNG", one.credit, Refund("Erlass"), day="2026-11-24"
        ).iban
        for one in done.credits
    }


def given_back(store):
    return sorted((party, cents) for party, cents, *_ in credit_items(store))


@pytest.fixture
def couple(kasse):
    """A claim of 1,000 on Erika, and Max who owes it with her."""
    claim = fee(kasse)
    (max_,) = joint(kasse, claim, ("Max", MAX))
    return claim, max_


@pytest.mark.parametrize("whole", [None, COLLECTOR, ERIKA])
def test_the_part_of_a_joint_debtor_is_theirs(kasse, couple, whole):
    """What the bank says of the whole entry is nobody's account, or even another debtor's."""
    claim, max_ = couple
    collective(kasse, ("400", "Erika und Max", MAX, reference(kasse, 1)), ("30", "Jo", OTHER, "Danke"), iban=whole)
    done = granted(kasse, wish("erlass", claim, paid=True))
    assert given_back(kasse) == [(max_, 400_00)]
    assert refunded(kasse, done) == {max_: MAX}
    assert sound(kasse) == []


def test_two_parts_of_one_entry_for_one_claim_are_each_of_who_paid(kasse, couple):
    claim, max_ = couple
    number = reference(kasse, 1)
    collective(kasse, ("700", "Erika", ERIKA, number), ("300", "Max", MAX, number))
    done = granted(kasse, wish("erlass", claim, paid=True))
    assert given_back(kasse) == [(1, 700_00), (max_, 300_00)]
    assert refunded(kasse, done) == {1: ERIKA, max_: MAX}
    assert sound(kasse) == []


@pytest.mark.parametrize("part", [1, 2])
def test_the_part_that_a_person_named_counts(kasse, couple, part):
    claim, max_ = couple
    collective(kasse, ("500", "Erika", ERIKA, "Danke"), ("500", "Max", MAX, "Gruss"))
    decided(kasse, Assign(case_of(kasse), (Target(f"ORDNUNG/{claim}", 500_00, part=part),)))
    done = granted(kasse, wish("erlass", claim, paid=True))
    who = {1: (1, ERIKA), 2: (max_, MAX)}[part]
    assert given_back(kasse) == [(who[0], 500_00)]
    assert refunded(kasse, done) == dict([who])
    assert sound(kasse) == []


def test_a_list_that_names_parts_says_who_paid_what(kasse, couple):
    claim, max_ = couple
    other = item(kasse, "50", reference(kasse, 2), name="Zora Zett")
    collective(kasse, ("250", "Erika", ERIKA, "Danke"), ("300", "Max", MAX, "Gruss"))
    wishes = (
        Target(f"ORDNUNG/{claim}", 200_00, part=1), Target(f"ORDNUNG/{claim}", 300_00, part=2),
        Target(f"ORDNUNG/{other}", 50_00, part=1),
    )  # fmt: skip
    decided(kasse, Split(case_of(kasse), wishes))
    done = granted(kasse, wish("erlass", claim, paid=True))
    assert given_back(kasse) == [(1, 200_00), (max_, 300_00)]
    assert refunded(kasse, done) == {1: ERIKA, max_: MAX}
    assert sound(kasse) == []


def test_a_list_of_a_payer_for_many_pays_for_the_one_whom_the_claim_names(kasse, couple):
    """What an authority pays by its list is no payment of a joint debtor."""
    claim, _ = couple
    staged(act(kasse, "import"), "500", "Liste", name="Jobcenter", counter_iban=OTHER, day=DAY)
    post_staged(kasse)
    decided(kasse, Split(case_of(kasse), (Target(f"ORDNUNG/{claim}", 500_00),)))
    done = granted(kasse, wish("erlass", claim, paid=True))
    assert given_back(kasse) == [(1, 500_00)]
    assert refunded(kasse, done) == {1: OTHER}, "the money goes back to who paid"


def test_where_each_of_two_may_have_paid_it_is_nobodys(kasse, couple):
    claim, _ = couple
    collective(kasse, ("600", "Erika", ERIKA, "Danke"), ("700", "Max", MAX, "Gruss"))
    decided(kasse, Assign(case_of(kasse), (Target(f"ORDNUNG/{claim}", 500_00),)))
    granted(kasse, wish("erlass", claim, paid=True))
    assert given_back(kasse) == [(1, 500_00)], "the one whom the claim names"


def test_a_payment_that_was_taken_back_is_of_nobody(kasse, couple):
    """Max's money was another claim's; the same sum of the same day came from Erika."""
    claim, _ = couple
    for iban in (MAX, ERIKA):
        entry = staged(
            act(kasse, "import"), "500", reference(kasse, 1), name="Erika und Max", counter_iban=iban, day=DAY
        )
        post_staged(kasse)
        if iban == MAX:
            position = kasse.value("SELECT position FROM bank_entry WHERE id = :id", id=entry)
            year, number = kasse.one(
                "SELECT year, number FROM entry WHERE office = 'KASSE' AND position = :p", p=position
            )
            decided(kasse, UndoEntry(f"KASSE-{year}-{number}", "ein anderer"))
    done = granted(kasse, wish("erlass", claim, paid=True))
    assert given_back(kasse) == [(1, 500_00)]
    assert refunded(kasse, done) == {1: ERIKA}


def test_a_clearing_takes_one_payment_or_all_parts_of_one_entry():
    max_, erika = Payment(DAY, ("KASSE", 1), 300, 2), Payment(DAY, ("KASSE", 1), 700, 1)
    later = Payment("2026-11-21", ("KASSE", 2), 300)
    payments = [max_, erika, later]
    assert take_payment(payments, DAY, 999) == []
    assert take_payment(payments, "2026-11-21", 300) == [later]
    assert take_payment(payments, DAY, 1000) == [max_, erika]
    assert payments == []


def test_the_newest_money_of_another_debtor_is_not_paid_back_to_the_first(kasse, couple):
    """Nobody noted Erika's account: what she gets back does not go to Max's, though his payment is the newest."""
    claim, max_ = couple
    staged(act(kasse, "import"), "600", reference(kasse, 1), name="Erika", counter_iban=ERIKA, day="2026-11-18")
    post_staged(kasse)
    collective(kasse, ("400", "Erika und Max", MAX, reference(kasse, 1)), ("30", "Jo", OTHER, "Danke"))
    done = granted(kasse, wish("erlass", claim, paid=True))
    assert given_back(kasse) == [(1, 600_00), (max_, 400_00)]
    assert refunded(kasse, done) == {1: ERIKA, max_: MAX}
