"""Limits of deputies where PostgreSQL enforces the rights: that of the absent person holds above one's own."""

import os

import psycopg
import pytest

from ledger.items.order_decisions import Choice
from ledger.items.order_duties_store import OverLimitError
from ledger.items.order_steps_store import decide
from ledger.people.duties_store import name_deputy, set_limit
from ledger.people.users import add_user
from tests.books import act
from tests.ledger.order_lists import DAY, row, step, take
from tests.rolebooks import granted, login, opened

CLAIM = row("ORDNUNG receivable 125,50 Erika Musterfrau")
FORGED = """
    INSERT INTO order_step (office, order_id, step, by, on_behalf, at, exception, seen_count, seen_cents, seen_hash)
    SELECT 'ORDNUNG', {order}, 'approved', access_actor(), {behalf}, '2026-11-16T05:00:00Z', 0, 1, 1, '\\x00'
    FROM app_user WHERE name = 'bernd'"""


def prepare(store):
    with store.unit(["KASSE"]):
        add_user(store, "berta", [("ORDNUNG", "approver")])
    set_limit(store, "berta", "ORDNUNG", 10000)
    set_limit(store, "bernd", "ORDNUNG", 20000)
    name_deputy(store, "bernd", "berta", office="ORDNUNG", role="approver", since="2020-01-01", until="2099-12-31")
    take(store, CLAIM, CLAIM._replace(name="Max", amount_cents=9000), CLAIM._replace(name="Eva", amount_cents=20001))
    step(store, "anna", "certified", 1)
    act(store, "root")


@pytest.fixture
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_limits_{os.getpid()}", prepare) as address:
        yield address


def test_a_deputy_approves_within_the_limit_of_who_is_away_and_not_above(location):
    store = opened(location, "berta")
    decide(store, "approved", Choice(numbers=(("ORDNUNG", 1), ("ORDNUNG", 2))), day=DAY)
    sql = "SELECT order_id, on_behalf IS NULL FROM order_step WHERE step = 'approved' ORDER BY order_id"
    assert store.all(sql) == [(1, False), (2, True)]
    with pytest.raises(OverLimitError):
        decide(store, "approved", Choice(numbers=(("ORDNUNG", 3),)), day=DAY)
    store.close()


@pytest.mark.parametrize(("order", "behalf"), [(1, "NULL"), (3, "NULL"), (3, "id")])
def test_the_server_holds_an_order_against_the_limit_in_whose_right_it_is_approved(location, order, behalf):
    with psycopg.connect(login(location, "berta")) as connection, pytest.raises(psycopg.Error, match="above the limit"):
        connection.execute(FORGED.format(order=order, behalf=behalf))
