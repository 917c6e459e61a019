"""The proof of cash names what was changed behind its back; offices are told; the same decisions make the same book."""

import pytest

from ledger.bank.movements_reader import heads_of, movements
from ledger.bank.suspense import Wish
from ledger.cash.check_store import cash_contradictions
from ledger.cash.desks_store import rest
from ledger.cash.pay_store import pay
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import deposit
from ledger.people.users import OwnWorkError
from ledger.store.failures import RefusedByBookError
from tests.attacks import without_guards
from tests.bankbooks import OFFICES, item, reference
from tests.books import act, opened, sqlite_copy
from tests.cashbooks import check, counted, desk, pieces
from tests.ledger.order_lists import accepted, row


@pytest.fixture
def town(store):
    return day_at_the_desk(store)


def day_at_the_desk(store):
    """A desk with two receipts, a signed count, and 20.00 on their way to the bank; another that is not open."""
    act(store, "import")
    store.dog = item(store, "50", reference(store, 1))
    store.invoice = item(store, "12", "RE1", kind="payable", foreign_reference=True, name="Laden")
    desk(store)
    take(store, "B1", [Wish(reference(store, 1), 4000)])
    pay(store, "B1", [Wish("RE1")])
    counted(store, pieces(2800))
    deposit(store, "B1", 2000)
    desk(store, "B2")
    rest(act(store, "dirk"), "B2", "Umbau")
    return store


CHANGES = {
    "a receipt over more": "UPDATE cash_receipt SET cents = cents + 1 WHERE number = 1",
    "a receipt gone": "DELETE FROM cash_receipt WHERE number = 1",
    "another signature": "UPDATE cash_count SET confirmed_by = 3",
    "a deposit that is there": "UPDATE cash_transport SET state = 'there'",
    "a deposit taken back": "UPDATE cash_transport SET state = 'taken_back'",
    "a day not open that nobody noted": "UPDATE cash_rest SET day = '2026-11-13'",
    "a note by somebody else": "UPDATE cash_rest SET made_by = 3",
    "a note gone": "DELETE FROM cash_rest",
    "another holder's hand": "UPDATE cash_holder SET made_by = 3",
}


@pytest.mark.parametrize("sql", CHANGES.values(), ids=CHANGES)
def test_what_an_owner_changes_is_named(town, sql):
    check(town)
    without_guards(
        town, "cash_receipt", "cash_receipt_line", "cash_count", "cash_transport", "cash_holder", "cash_rest"
    )
    with town.unit(OFFICES):
        if "DELETE FROM cash_receipt" in sql:
            town.execute("DELETE FROM cash_receipt_line WHERE number = 1")
        town.execute(sql)
    assert list(cash_contradictions(town)) != []


def test_receipts_and_counts_are_final(town):
    for sql in (CHANGES["a receipt over more"], CHANGES["a receipt gone"], CHANGES["another signature"]):
        with pytest.raises(RefusedByBookError), town.unit(OFFICES):
            town.execute(sql)


def test_an_office_is_told_of_what_was_paid_at_a_desk(town):
    heads = heads_of(town, OFFICES)
    told = [
        (one.event, one.amount_cents, one.reference) for one in movements(town, {}, heads) if one.office == "ORDNUNG"
    ]
    assert ("paid", 4000, reference(town, 1)) in told
    assert ("paid_out", -1200, "RE1") in told


def test_whoever_took_a_step_with_an_order_does_not_pay_it_out(store):
    accepted(store, row("ORDNUNG payable 5,00 Laden"))  # by clara
    payable = store.value("SELECT id FROM item WHERE kind = 'payable'")
    for code, holder in (("B1", "clara"), ("B2", "dirk")):
        desk(store, code, holder=holder)
        take(store, code, [], cents=500, payment=Payment(payer="Erika"))
    with pytest.raises(OwnWorkError):
        pay(act(store, "clara"), "B1", [Wish(f"ORDNUNG/{payable}")])
    assert pay(act(store, "dirk"), "B2", [Wish(f"ORDNUNG/{payable}")]).balance_cents == 0
    check(store)


def test_the_same_decisions_make_the_same_book(tmp_path, sqlite_template):
    sums = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with sqlite_copy(sqlite_template, tmp_path / name) as location:
            store = day_at_the_desk(opened(location))
            rows = store.all("SELECT office, account, debit_cents, credit_cents FROM month_balance ORDER BY 1, 2")
            sums.append((rows, store.all("SELECT office, id, kind, open_cents FROM item ORDER BY 1, 2")))
            store.close()
    assert sums[0] == sums[1]
