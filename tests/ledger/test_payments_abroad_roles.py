"""Who may note what payments beyond the EEA need, where PostgreSQL enforces the rights."""

import os

import pytest

from ledger.book.verify_store import verify
from ledger.payments.payer_store import payer_address, set_payer_address
from ledger.payments.propose_store import propose
from ledger.payments.runs_reader import payments
from ledger.people.parties_change_store import change_party
from ledger.people.party_values import PartyChange
from ledger.people.users import NotAllowedError, add_user
from tests.ledger.order_lists import DAY, accepted, take
from tests.ledger.test_payments_abroad import BIC, HALL, MONDAY, SWISS, bics, swiss
from tests.rolebooks import granted, opened

ALONE = {"paula": "approver", "hedda": "head", "gerda": "audit"}


def prepare(store):
    """An accepted order to an account of which the book does not know the BIC."""
    with store.unit(["KASSE"]):
        for user, role in ALONE.items():
            add_user(store, user, [("*", role)])
    accepted(store, swiss(bic=None, due=DAY))


@pytest.fixture
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_abroad_{os.getpid()}", prepare) as address:
        yield address


def test_a_list_an_address_and_a_run_beyond_the_eea(location):
    paula, hedda, dirk, gerda = (opened(location, user) for user in ("paula", "hedda", "dirk", "gerda"))
    take(paula, swiss(purpose="Zweite"), user="paula", name="2")
    assert bics(gerda) == [(SWISS, BIC)]
    with pytest.raises(NotAllowedError):
        set_payer_address(dirk, HALL)
    set_payer_address(hedda, HALL)
    assert payer_address(gerda).town == "Musterstadt"
    run = propose(dirk, today=MONDAY).run
    assert [one.creditor_bic for one in payments(gerda, run)] == [BIC]
    party = int(dirk.value("SELECT party FROM party_account"))
    assert change_party(dirk, party, PartyChange(iban=SWISS, bic="POFICHBEXXX"), DAY) == ("bic",)
    assert verify(gerda).findings == ()
    for store in (paula, hedda, dirk, gerda):
        store.close()
