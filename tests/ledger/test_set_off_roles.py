"""Set-offs where PostgreSQL enforces the rights: each role that may declares one, each that may takes it back."""

import datetime as dt
import os

import pytest

from enforcement.proofs import PROOFS
from enforcement.relief_check_reader import overcharged
from ledger.book.verify_store import verify
from ledger.payments.set_off import ROLES, UNDO_ROLES
from ledger.payments.set_off_store import set_off
from ledger.payments.set_off_undo_store import undo_set_off
from ledger.people.parties_merge_store import decide_merge, propose_merge
from ledger.people.users import NotAllowedError, add_user
from tests.books import act
from tests.ledger.order_lists import DAY, accepted, row
from tests.rolebooks import granted, opened


def prepare(store):
    with store.unit(["KASSE"]):
        for role in (*ROLES, "audit"):
            add_user(store, f"only_{role}", [("*", role)])
    accepted(
        store,
        row("ORDNUNG payable 100,00 Erika Musterfrau"),
        row("BAU receivable 40,00 Erika Musterfrau", due="2026-11-01"),
    )
    gets, owes = (party for (party,) in store.all("SELECT party FROM item ORDER BY kind"))
    merge = propose_merge(act(store, "clara"), gets, owes, "dieselbe")
    decide_merge(act(store, "emil"), merge.number, confirm=True)
    act(store, "root")


@pytest.fixture
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_set_off_{os.getpid()}", prepare) as address:
        yield address


def test_each_role_sets_off_and_another_person_takes_it_back(location):
    stores = {role: opened(location, f"only_{role}") for role in (*ROLES, "audit")}
    for index, role in enumerate(ROLES):
        (done,) = (made := set_off(stores[role], [("ORDNUNG", 1)], day=DAY)).done
        assert done.cents == 4000
        assert overcharged(stores[role], dt.date.fromisoformat(DAY), {("BAU", 1)}) == ()
        if role not in UNDO_ROLES:
            with pytest.raises(NotAllowedError):
                undo_set_off(stores[role], made.entries[0], reason="Irrtum", day=DAY)
        other = next(one for one in UNDO_ROLES[index % len(UNDO_ROLES) :] + UNDO_ROLES if one != role)
        assert undo_set_off(stores[other], made.entries[0], reason="Irrtum", day=DAY).new
    owed = "SELECT office, open_cents FROM item ORDER BY office, id"
    assert stores["audit"].all(owed) == [("BAU", 4000), ("ORDNUNG", 10000)]
    assert verify(stores["audit"], proofs=PROOFS).findings == ()
    for store in stores.values():
        store.close()
