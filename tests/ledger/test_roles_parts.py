"""Parts of a collective credit where PostgreSQL enforces the rights: each person sees and does what its role may."""

import os

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Refund, Undo
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_store import show_case
from ledger.book.verify_store import verify
from ledger.items.order_decisions import Choice
from ledger.items.order_steps_store import decide as decide_orders
from ledger.people.users_store import grant
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.rolebooks import granted, opened

DAY = "2026-11-18"
ZORA = "DE02500105170137075030"


def prepare(store) -> None:
    grant(act(store, "root"), "emil", [("*", "cashier")])
    item(act(store, "import"), "150", reference(store, 1), name="Ursel Fremd")
    parts = (
        {"amount": "150", "remittance": "Hund", "name": "Ursel Fremd", "counter_iban": "DE89370400440532013000"},
        {"amount": "50", "remittance": "Markt", "name": "Zora Zwei", "counter_iban": ZORA},
    )
    staged(store, "200", "", details=parts)
    post_staged(store)


@pytest.fixture
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_parts_{os.getpid()}", prepare) as address:
        yield address


def test_people_bound_by_the_database_pay_one_part_back(location):
    clara = opened(location, "clara")
    (done,) = decide(clara, [Refund(1, "nicht für uns", part=2)], day=DAY).done
    decide(clara, [Assign(1, (Wish(reference(clara, 1), part=1),))], day=DAY)
    assert [part.state for part in show_case(clara, 1).parts] == ["clarified", "bound"]
    decide(clara, [Undo(1, "falsch", last=True)], day=DAY)
    clara.close()
    choice = Choice(numbers=(("KASSE", 1),))
    for user, step in (("anna", "certified"), ("bernd", "approved"), ("emil", "accepted")):
        person = opened(location, user)
        decide_orders(person, step, choice, day=DAY)
        person.close()
    clara = opened(location, "clara")
    assert [(part.state, part.left_cents) for part in show_case(clara, 1).parts] == [
        ("unclear", 15000),
        ("clarified", 0),
    ]
    assert (done.order, clara.value("SELECT bank_account FROM cash_order")) == ("KASSE-1", ZORA)
    clara.close()
    frida = opened(location, "frida")
    assert verify(frida).findings == ()
    frida.close()
