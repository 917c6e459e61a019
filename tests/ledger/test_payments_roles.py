"""Debits and returns named by who makes payments and does nothing else, where PostgreSQL enforces the rights."""

import os

import pytest

from ledger.bank.booked_desk_store import book_run
from ledger.bank.posting_store import post_staged
from ledger.bank.returned_desk_store import take_return
from ledger.bank.unbooked_desk_store import unbook_run
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError, add_user
from tests.bankbooks import staged
from tests.books import act
from tests.ledger.test_payments_answers import sent_run, states
from tests.rolebooks import granted, opened

DAY = "2026-11-18"
ALONE = {"pia": "payments", "paul": "payments", "rosa": "releaser", "gerda": "audit"}


def prepare(store):
    """A run with the bank, and what the bank says of it in words that no rung understands: debits, and a return."""
    with store.unit(["KASSE"]):
        for user, role in ALONE.items():
            add_user(store, user, [("*", role)])
    sent_run(store)
    for amount, more in (("-7", {}), ("-5", {}), ("-2", {}), ("2", {"return_reason": "AC04", "gvc": "159"})):
        staged(act(store, "import"), amount, "Sammelauftrag", day=DAY, **more)
        post_staged(store)


@pytest.fixture
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_booked_{os.getpid()}", prepare) as address:
        yield address


def test_who_makes_payments_and_does_nothing_else_names_debits_and_returns(location):
    pia, paul, rosa, gerda = (opened(location, user) for user in ALONE)
    whole, part, rest, back = (case for (case,) in pia.rows("SELECT item FROM suspense_case ORDER BY item"))
    assert book_run(pia, 1, whole, day=DAY).payments == 3
    assert states(gerda) == ["executed"] * 3
    assert not unbook_run(pia, 1, whole, day=DAY, reason="nicht unsere").done
    with pytest.raises(NotAllowedError):
        unbook_run(paul, 1, whole, day=DAY, reason="nicht unsere")
    assert unbook_run(rosa, 1, whole, day=DAY, reason="nicht unsere").done
    assert states(gerda) == ["exported"] * 3
    assert book_run(pia, 1, part, day=DAY, without=[2], reason="AC04").refused == (2,)
    assert states(gerda) == ["executed", "rejected", "executed"]
    assert not book_run(pia, 1, rest, day=DAY).done
    with pytest.raises(NotAllowedError):
        book_run(paul, 1, rest, day=DAY)
    assert book_run(rosa, 1, rest, day=DAY).again == (2,)
    assert states(gerda) == ["executed"] * 3
    assert take_return(pia, [(1, 2)], back, day=DAY).payments == ("1-2",)
    assert states(gerda) == ["executed", "returned", "executed"]
    assert verify(gerda).findings == ()
    for store in (pia, paul, rosa, gerda):
        store.close()
