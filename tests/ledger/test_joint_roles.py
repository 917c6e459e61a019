"""Joint debtors where PostgreSQL enforces the rights: each role makes them alone, and an auditor verifies."""

import os

import psycopg
import pytest

from ledger.book.verify_store import verify
from ledger.items.joint_debtors_store import join_debtors
from ledger.items.opening_drafts_store import draft_opening, sign_first, sign_second
from ledger.items.opening_parts import DebtorRow
from ledger.items.opening_parts_store import DEBTORS, PARTIES
from ledger.items.opening_store import OpeningWishes
from ledger.items.staging_store import load_rules
from ledger.people.parties_change_store import add_party
from ledger.people.parties_merge_store import decide_merge, propose_merge
from ledger.people.party_values import PartyChange
from ledger.people.users import add_user
from tests.ledger.order_lists import DAY, items, row, source, step, take
from tests.ledger.test_opening import DAY as OPENED
from tests.ledger.test_opening import balances
from tests.ledger.test_opening_parts import BOOK, CLAIM, ERIKA, MAX, OTHER, SUMS, part
from tests.rolebooks import granted, login, opened

ROLES = ("certifier", "approver", "cashier", "clerk", "enforcement", "head", "machine", "audit")
COUPLE = row("ORDNUNG receivable 125,50 Petra Paar", joint_group="Ehe")


def prepare(store):
    with store.unit(["KASSE"]):
        for role in ROLES:
            add_user(store, f"only_{role}", [("*", role)])
        add_user(store, "second_head", [("*", "head")])


@pytest.fixture
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_joint_{os.getpid()}", prepare) as address:
        yield address


def taken_over(first, second):
    """Have one head import and sign the lists, and another sign last."""
    draft_opening(first, *lists(first))
    sign_first(first, source("lists"))
    sign_second(second, *lists(second))


def lists(store):
    parts = (part(PARTIES, ERIKA, MAX), part(DEBTORS, DebtorRow(2, "ORDNUNG", "AZ1", "4712")))
    rows, wishes = items(store, CLAIM, OTHER, day=OPENED), OpeningWishes(OPENED, SUMS, parts=parts)
    return source("lists"), load_rules(store, OPENED), balances(*BOOK), rows, wishes


def test_each_role_makes_joint_debtors_alone_and_an_auditor_verifies(location):
    stores = {role: opened(location, f"only_{role}") for role in ROLES}
    stores["second"] = opened(location, "second_head")
    taken_over(stores["head"], stores["second"])
    batch = take(stores["machine"], COUPLE, COUPLE._replace(name="Paul Paar"), user="only_machine").batch
    other = add_party(stores["clerk"], PartyChange({"name": "Ayşe Yılmaz"}), DAY)
    for role, name in (("certifier", "certified"), ("approver", "approved"), ("cashier", "accepted")):
        step(stores[role], f"only_{role}", name, batch)
    owed = stores["audit"].all("SELECT office, item, party FROM item_debtor ORDER BY office, item")
    assert len(owed) == 2
    assert join_debtors(stores["enforcement"], [(owed[0][0], owed[0][1])], [other], DAY)[0].new
    merge = propose_merge(stores["enforcement"], owed[0][2], other, "derselbe")
    decide_merge(stores["clerk"], merge.number, confirm=True)
    assert verify(stores["audit"]).findings == ()
    for store in stores.values():
        store.close()
    with psycopg.connect(login(location, "only_clerk")) as connection:
        connection.execute("UPDATE item_debtor SET released_on = '2026-11-16'")
        connection.execute(f"INSERT INTO item_debtor VALUES ('ORDNUNG', {owed[1][1]}, {owed[0][2]}, '{DAY}')")
    auditor = opened(location, "only_audit")
    assert {one.code for one in verify(auditor).findings} == {"verify.joint_debtor"}
    auditor.close()
