"""Orders that somebody changed by plain SQL are named, by whomever and whenever; erased words are not."""

import pytest

from ledger.book.verify_store import verify
from ledger.items.order_change_store import change_order
from ledger.items.order_seals_store import seal_orders
from tests.attacks import attacked, without_guards
from tests.books import act
from tests.ledger.keeping_books import later
from tests.ledger.order_lists import accepted, row, step, take
from tests.ledger.test_keeping_erase import erased

pytestmark = pytest.mark.engines
ORDERS = ("cash_order", "cash_order_line")
THEIRS = "DE02500105170137075030"
SLIPPED_IN = f"""INSERT INTO cash_order (office, id, batch, kind, state, waiting, party, total_cents, due, purpose,
    foreign_reference, bank_account) SELECT office, 99, {{batch}}, kind, state, waiting, party, 1, due, purpose, 0,
    '{THEIRS}' FROM cash_order WHERE kind = 'payable'"""
BATCH = """INSERT INTO order_batch (id, source, count, total_cents, list_hash, created_by, created_at)
    SELECT 2, source, 1, 1, list_hash, created_by, created_at FROM order_batch"""
ATTACKS = {
    "paid to another account": (f"UPDATE cash_order SET bank_account = '{THEIRS}' WHERE kind = 'payable'", "changed"),
    "more than approved": ("UPDATE cash_order SET total_cents = total_cents + 1 WHERE kind = 'payable'", "changed"),
    "due later": ("UPDATE cash_order SET due = '2099-12-31' WHERE kind = 'receivable'", "changed"),
    "owed by somebody else": ("UPDATE cash_order SET party = 1 WHERE kind = 'payable'", "changed"),
    "under a law without charges": ("UPDATE cash_order SET profile = 'private' WHERE kind = 'receivable'", "changed"),
    "another purpose": ("UPDATE cash_order SET purpose = 'Honorar' WHERE kind = 'payable'", "changed"),
    "nothing left of the purpose": ("UPDATE cash_order SET purpose = '' WHERE kind = 'payable'", "changed"),
    "coded elsewhere": ("UPDATE cash_order_line SET gl_account = '5100' WHERE gl_account <> '5100'", "changed"),
    "another cost object": ("UPDATE cash_order_line SET cost_object = '999'", "changed"),
    "an order slipped in": (SLIPPED_IN.format(batch=1), "changed"),
    "a batch of its own": ((BATCH, SLIPPED_IN.format(batch=2)), "added"),
    "an order that never was": ((BATCH, "UPDATE cash_order SET batch = 2"), "removed"),
}


def found(store):
    return {f.fields["state"] for f in verify(store).findings if f.code == "verify.orders"}


def test_orders_changed_past_the_log_are_named(store):
    take(
        store,
        row("BAU receivable 40,00 Erika Musterfrau", profile="fee"),
        row("ORDNUNG payable 89,00 Papierhaus", seq=3, gl_account="6200"),
    )
    assert verify(store).findings == ()
    assert {name: attacked(store, ORDERS, sql, found) for name, (sql, _) in ATTACKS.items()} == {
        name: {"removed", "added"} if state == "removed" else {state} for name, (_, state) in ATTACKS.items()
    }


def test_a_changed_order_stays_named_whatever_is_decided_later(store):
    take(store, row("BAU payable 89,00 Papierhaus"))
    without_guards(store, "cash_order")
    store.execute(f"UPDATE cash_order SET bank_account = '{THEIRS}'")
    done = accepted(store, row("BAU receivable 40,00 Erika Musterfrau"), name="2.xlsx")
    assert done.batch == 2
    assert found(store) == {"changed"}


def test_changes_by_order_and_steps_change_no_seal(store):
    accepted(store, row("BAU receivable 40,00 Erika Musterfrau"))
    with store.snapshot():
        before = seal_orders(store, 1)
    change_order(act(store, "import"), "BAU", 1, reason="Irrtum", day="2026-12-01", to_cents=30_00)
    with store.snapshot():
        assert seal_orders(store, 1) == before
    assert verify(store).findings == ()


def test_words_that_a_decision_erased_are_not_missed_but_sums_still_are(store):
    take(store, row("BAU receivable 40,00 Erika Musterfrau"))
    step(store, "anna", "objected")
    later(store, "2040-01-01")
    erased(store, before="2040-01-01")
    assert store.value("SELECT purpose FROM cash_order") == ""
    assert found(store) == set()
    without_guards(store, "cash_order")
    store.execute("UPDATE cash_order SET total_cents = 1")
    assert found(store) == {"changed"}
