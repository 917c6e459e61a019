"""Withdrawing a statement, and keeping an account by MT940, by people whose rights the database itself enforces."""

import os

import pytest

from ledger.bank.formats_store import set_format
from ledger.bank.posting_store import post_staged
from ledger.bank.withdraw_store import ask_withdrawal, confirm_withdrawal
from ledger.book.verify_store import verify
from ledger.store.postgres import DatabaseRightError
from tests import rolebooks
from tests.bankbooks import check_invariants, item, open_cents, reference
from tests.books import MAIN_IBAN, act
from tests.ledger.statement_texts import statement, take


def prepare(store):
    item(store, "50", reference(store, 1))
    take(
        act(store, "clara"),
        statement(
            f"16.11. 100,00 | +50,00 Max Mustermann / {reference(store, 1)} | +8,00 Adam / Danke | 158,00", number=2
        ),
    )
    post_staged(store)


@pytest.fixture
def location(postgres_server, postgres_template, tmp_path):
    name = f"kasse_withdraw_roles_{os.getpid()}"
    with rolebooks.granted(postgres_server, postgres_template, name, prepare) as made:
        yield made


def refused_by_the_database(store, sql):
    try:
        with store.unit(["KASSE"]):
            return store.execute(sql) == 0
    except DatabaseRightError:
        return True


def test_two_logins_withdraw_a_statement_and_nobody_else_can(location):
    clara, dirk, anna, emil = (rolebooks.opened(location, user) for user in ("clara", "dirk", "anna", "emil"))
    ask_withdrawal(clara, 1, "wrong file")
    by_hand = "UPDATE statement_withdrawal SET state = 'done', decided_by = {}, decided_at = 'x'"
    assert refused_by_the_database(clara, by_hand.format(clara.user)), "the same person does not decide"
    assert refused_by_the_database(anna, "UPDATE statement SET withdrawn_on = '2026-11-20'")
    assert refused_by_the_database(anna, "UPDATE bank_entry SET state = 'withdrawn', withdrawn = id")
    assert confirm_withdrawal(dirk, 1, day="2026-11-20").posted == 2
    assert open_cents(dirk, 1) == 5000
    assert verify(emil).findings == ()
    check_invariants(dirk)
    assert refused_by_the_database(clara, f"UPDATE bank_account SET statements = 'MT940' WHERE iban = '{MAIN_IBAN}'")
    assert set_format(emil, MAIN_IBAN, "MT940").format == "MT940"
    for store in (clara, dirk, anna, emil):
        store.close()
