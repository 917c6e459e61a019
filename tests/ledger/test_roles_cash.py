"""Cash where PostgreSQL enforces the rights: people bound by the database count, reject, write off and are assigned."""

import os

import pytest

from ledger.bank.again_store import look_again
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Forward
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_store import find_case
from ledger.book.verify_store import verify
from ledger.cash.cancel_store import cancel
from ledger.cash.count_store import count
from ledger.cash.receipts import parse_label
from ledger.cash.reject_store import reject
from ledger.cash.take_store import Payment, take
from ledger.people.users import add_user
from ledger.store.postgres import DatabaseRightError
from tests import books
from tests.bankbooks import item, reference
from tests.books import act
from tests.cashbooks import DAY, desk, pieces
from tests.ledger.order_lists import accepted, row
from tests.ledger.test_order_changes import change, through
from tests.rolebooks import granted, opened


def prepare(store) -> None:
    with store.unit(["KASSE"]):
        add_user(store, "robot", [("*", "machine")])
    desk(store)
    take(store, "B1", [Wish(reference(store, 7), 4000)], payment=Payment(payer="Erika Muster"))
    store.now = "2026-11-16T09:00:00Z"
    item(act(store, "import"), "40", reference(store, 7), name="Erika Muster")
    accepted(store, row("ORDNUNG receivable 20,00 Max Mustermann"))
    take(act(store, "dirk"), "B1", [Wish("ORDNUNG/2")], payment=Payment(payer="Max"))
    through(store, change(store, to_cents=0, as_credit=True)[0].number)


@pytest.fixture
def location(postgres_server, postgres_template):
    with granted(postgres_server, postgres_template, f"kasse_cash_{os.getpid()}", prepare) as address:
        yield address


def test_people_bound_by_the_database_do_cash(location):
    robot = opened(location, "robot")
    assert look_again(robot, day=DAY).resolved == 1
    robot.close()
    dirk = opened(location, "dirk")
    count(dirk, "B1", pieces(99900))
    with pytest.raises(DatabaseRightError), dirk.unit(["KASSE"]):
        dirk.execute("UPDATE cash_count SET rejected_by = 6, rejected_at = 'now', reason = 'x'")
    dirk.close()
    emil = opened(location, "emil")
    assert reject(emil, "B1", "vertippt").rejected
    emil.close()
    dirk = opened(location, "dirk")
    short = count(dirk, "B1", pieces(5900)).case
    label = take(dirk, "B1", [], cents=500, payment=Payment(payer="Max")).receipt.label
    dirk.close()
    emil = opened(location, "emil")
    decide(emil, [Forward(short, to_office="KASSE", account="6100", reason="Fehlbetrag")], day=DAY)
    assert find_case(emil, "KASSE", short).open_cents == 0
    assert cancel(emil, label, "doppelt").receipt.cancels == str(label)
    assert cancel(emil, parse_label("B1-2026-2"), "nie gezahlt").credit_cents == 2000
    emil.close()
    root = books.opened(location)
    act(root, str(root.value("SELECT session_user::text")))
    assert verify(root).findings == ()
    root.close()
