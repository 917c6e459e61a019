"""What came back, and whose a credit of a part is, where PostgreSQL enforces the rights: alike for all who may see it."""

import os

import pytest

from kasse_cli.i18n import sentence
from kasse_cli.unclear_hints import hints
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense_came_back_store import may_have_come_back
from ledger.bank.suspense_store import show_case
from ledger.book.verify_store import verify
from ledger.payments.refund_store import approve_refund, ask_refund
from ledger.payments.refunds import RefundPayerError, Wish
from ledger.people.users import add_user
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.ledger.test_refund_payer import DAY, EVA, MAX
from tests.ledger.test_suspense_came_back import MEYER, NUMBER, SCHULZ, TEXT, released
from tests.rolebooks import granted, opened

SEEING = ("cashier", "clerk", "payments", "releaser", "head", "enforcement", "audit", "admin")


def prepare(store) -> None:
    released(store, f"BAU 50 2026-11-10 Meyer {MEYER} {NUMBER} | Dachziegel")
    staged(store, "-50", message_id=store.value("SELECT message_id FROM payment_run"), gvc="191")
    staged(store, "47,50", f"{TEXT} 2,50", counter_iban=MEYER, gvc="159", day="2026-11-18", name=None)
    item(store, "10", reference(store, 1), name="Eva Eck")
    item(store, "20", reference(store, 2), name="Max Muster")
    parts = (
        {"amount": "10", "remittance": reference(store, 1), "name": "Eva Eck", "counter_iban": EVA},
        {"amount": "35", "remittance": reference(store, 2), "name": "Max Muster", "counter_iban": MAX},
        {"amount": "7", "remittance": "Danke", "name": "Schulz", "counter_iban": SCHULZ},
    )
    staged(store, "52", "", details=parts, name=None)
    post_staged(act(store, "import"))
    act(store, "root")
    with store.unit(["KASSE"]):
        for role in SEEING:
            add_user(store, f"only-{role}", [("*", role)])
        add_user(store, "of-ordnung", [("ORDNUNG", "clerk")])


@pytest.fixture
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_came_back_{os.getpid()}", prepare) as address:
        yield address


def test_each_role_that_sees_unclear_money_is_told_the_same(location):
    told = {}
    for role in SEEING:
        person = opened(location, f"only-{role}")
        with person.snapshot():
            number = person.value("SELECT max(item) FROM suspense_case")
            details = show_case(person, number)
            told[role] = [sentence(line.template, line.fields) for line in hints(person, details)]
            assert [one.name for one in may_have_come_back(person, details)] == ["1-1"]
        person.close()
    assert len({tuple(lines) for lines in told.values()}) == 1


@pytest.mark.parametrize("user", ["only-clerk", "only-payments", "only-head"])
def test_a_credit_of_a_part_goes_back_to_that_part_whoever_asks(location, user):
    person = opened(location, user)
    (credit,) = person.all("SELECT office, id FROM item WHERE kind = 'credit'")
    asked = ask_refund(person, *credit, Wish("zu viel"), day=DAY)
    assert (asked.iban, asked.cents, asked.other_account) == (MAX, 1500, False)
    person.close()
    frida = opened(location, "frida")
    assert approve_refund(frida, *credit, day=DAY)[1]
    assert verify(frida).findings == ()
    frida.close()


def test_who_sees_nothing_of_the_kasse_pays_to_no_account_on_trust(location):
    person = opened(location, "of-ordnung")
    (credit,) = person.all("SELECT office, id FROM item WHERE kind = 'credit'")
    with pytest.raises(RefundPayerError):
        ask_refund(person, *credit, Wish("zu viel"), day=DAY)
    person.close()
