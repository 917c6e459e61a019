"""The audit on money paid back of collective entries: silent where it went to the part's account, loud where not."""

import pytest

from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.audit.checks_refunds import CHECKS
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish as Target
from ledger.bank.suspense_decisions import Assign, Split
from ledger.bank.suspense_decisions import Refund as PayBack
from ledger.bank.suspense_desk_store import decide
from ledger.payments.refund_store import approve_refund, ask_refund
from ledger.payments.refunds import Wish
from sepa.identifiers import make_iban
from tests.bankbooks import item, reference, staged
from tests.ledger.fraud_cases import FIRST, Town, owner

EVA, MAX, OTHER, COLLECTOR = (make_iban("DE", f"12030000000000009{digit}") for digit in (1, 2, 3, 4))
WHOLE = [None, COLLECTOR, MAX]
"""What the bank says of the whole entry: nothing, the account of who collects, or of one of the payers."""


@pytest.fixture
def town(store):
    return Town(store)


def collective(town, *, whole=None, max_=MAX):
    """Let 30 of Eva and 40 of Max come in together, and return the case."""
    parts = (("30", "Eva Eck", EVA, "Danke"), ("40", "Max Muster", max_, "Gruss"))
    details = [
        {"amount": cents, "name": name, "counter_iban": iban, "remittance": text} for cents, name, iban, text in parts
    ]
    staged(town.by("import"), "70", "", name=None, counter_iban=whole, details=details, day=town.day)
    post_staged(town.store)
    town.later()
    return town.store.value("SELECT max(item) FROM suspense_case")


def found(town):
    """Return from where to where money went by the findings about accounts."""
    report = audit(town.by("root"), Scope(FIRST, town.day), checks=CHECKS)
    own = [one for one in report.findings if one.code == "audit.refund_elsewhere"]
    assert all(set(one.fields) & {"accounts", "parts", "order_id"} == set() for one in own)
    return [(one.fields["paying"], one.fields["iban"]) for one in own]


def paid_back(town, case, part):
    decide(town.by("dirk"), [PayBack(case, "Irrläufer", part=part)], day=town.day)
    number = town.store.value("SELECT max(order_id) FROM suspense_payout WHERE item = :item", item=case)
    town.through(f"KASSE-{number}")
    return number


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize("part", [1, 2])
def test_unclear_money_that_went_back_to_its_part_is_no_finding(town, whole, part):
    case = collective(town, whole=whole)
    paid_back(town, case, part)
    assert found(town) == []


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize("to", [MAX, OTHER])
def test_unclear_money_of_a_part_that_went_elsewhere_is_named(town, whole, to):
    """To another part's account, too, or to that of the whole."""
    number = paid_back(town, collective(town, whole=whole), 1)
    owner(town.store, "UPDATE cash_order SET bank_account = :to WHERE office = 'KASSE' AND id = :id", "cash_order",
          to=to, id=number)  # fmt: skip
    assert found(town) == [(EVA, to)]


def credit(town, case, decision):
    """Let more be assigned than is owed, and return the credit that is left."""
    decide(town.by("clara"), [decision], day=town.day)
    town.later()
    assert case
    return town.store.one("SELECT office, id FROM item WHERE kind = 'credit' AND open_cents > 0")


def refunded(town, claim, **more):
    """Pay a credit back."""
    ask_refund(town.by("dirk"), *claim, Wish("zu viel", **more), day=town.day)
    approve_refund(town.by("emil"), *claim, day=town.day)
    town.pay(releaser="frida")


def owes(town, amount="10", number=1):
    return item(town.store, amount, reference(town.store, number), name="Zora Zett")


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize(("part", "own"), [(1, EVA), (2, MAX)])
def test_a_credit_of_a_part_may_go_to_its_account_only(town, whole, part, own):
    claim, case = owes(town), collective(town, whole=whole)
    made = credit(town, case, Assign(case, (Target(f"ORDNUNG/{claim}", part=part),), surplus=True))
    assert town.store.value("SELECT count(*) FROM refund") == 0
    refunded(town, made)
    assert town.store.value("SELECT iban FROM refund") == own
    assert found(town) == []


@pytest.mark.parametrize("to", [MAX, OTHER])
def test_a_credit_of_a_part_that_went_to_another_account_is_named(town, to):
    claim, case = owes(town), collective(town)
    made = credit(town, case, Assign(case, (Target(f"ORDNUNG/{claim}", part=1),), surplus=True))
    refunded(town, made, iban=to, name="Wer auch immer", document="Brief")
    assert found(town) == [(EVA, to)]


@pytest.mark.parametrize(("to", "told"), [(EVA, False), (MAX, False), (OTHER, True)])
def test_where_several_parts_may_have_paid_one_of_their_accounts_is_right(town, to, told):
    claim, case = owes(town), collective(town)
    made = credit(town, case, Assign(case, (Target(f"ORDNUNG/{claim}"),), surplus=True))
    refunded(town, made, iban=to, name="Wer auch immer", document="Brief")
    assert town.store.value("SELECT paying_iban FROM refund") is None
    assert found(town) == ([(", ".join(sorted((EVA, MAX))), OTHER)] if told else [])


def test_where_the_account_of_a_part_is_not_known_it_may_be_that(town):
    claim, case = owes(town), collective(town, max_=None)
    made = credit(town, case, Assign(case, (Target(f"ORDNUNG/{claim}"),), surplus=True))
    refunded(town, made, iban=OTHER, name="Max Muster", document="Brief")
    assert found(town) == []


def test_what_is_left_of_a_list_goes_back_to_the_part_that_is_left(town):
    claims = owes(town, "20"), owes(town, "10", 2)
    case = collective(town, whole=COLLECTOR)
    wishes = Target(f"ORDNUNG/{claims[0]}", 20_00, part=1), Target(f"ORDNUNG/{claims[1]}", 10_00, part=1)
    decide(town.by("clara"), [Split(case, wishes, leave_rest=True)], day=town.day)
    number = paid_back(town, case, None)
    assert town.store.value("SELECT bank_account FROM cash_order WHERE office = 'KASSE' AND id = :id", id=number) == MAX
    assert found(town) == []
