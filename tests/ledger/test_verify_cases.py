"""Cases of unclear money that somebody changed by plain SQL are named: reason, owner, term, orders, the last step."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Forward, Hold, Refund, Release, Reserve, Undo, UndoEntry
from ledger.book.verify_store import verify
from ledger.cash.count_store import count
from ledger.cash.take_store import Payment
from ledger.cash.take_store import take as take_cash
from tests.attacks import attacked, unbound_rows
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.cashbooks import desk, pieces
from tests.ledger.order_lists import item as listed
from tests.ledger.test_opening import BANKS, take_over
from tests.ledger.test_suspense_desk import _accept, take

pytestmark = pytest.mark.engines
TABLES = ("suspense_case", "suspense_step", "suspense_payout", "bank_match")
TOLD, ORDER, STEP = "verify.case_told", "verify.case_order", "verify.case_step"
LAST = """(office, item, line) IN (SELECT office, item, max(line) FROM suspense_step GROUP BY office, item)
    AND kind = 'assigned'"""
ATTACKS = {
    "somebody else's": ("UPDATE suspense_case SET owner = owner + 1 WHERE owner IS NOT NULL", TOLD),
    "nobody's": ("UPDATE suspense_case SET owner = NULL WHERE owner IS NOT NULL", TOLD),
    "somebody's": ("UPDATE suspense_case SET owner = 1 WHERE owner IS NULL", TOLD),
    "put off": ("UPDATE suspense_case SET hold_until = '2099-01-01' WHERE hold_until IS NULL", TOLD),
    "put off longer": ("UPDATE suspense_case SET hold_until = '2099-01-01' WHERE hold_until IS NOT NULL", TOLD),
    "to be worked on": ("UPDATE suspense_case SET hold_until = NULL WHERE hold_until IS NOT NULL", TOLD),
    **{
        f"another reason than {reason}": (f"UPDATE suspense_case SET reason = 'closed' WHERE reason = '{reason}'", TOLD)
        for reason in ("no_reference", "undone", "opening", "unknown", "surplus")
    },
    "as if counted": ("UPDATE suspense_case SET reason = 'surplus' WHERE reason = 'opening'", TOLD),
    "as if taken over": ("UPDATE suspense_case SET reason = 'opening' WHERE reason = 'surplus'", TOLD),
    "another case repaid": ("UPDATE suspense_payout SET item = item + 1 WHERE order_id = 1", ORDER),
    "repaid by another order": ("UPDATE suspense_payout SET order_id = 99 WHERE order_id = 1", ORDER),
    "passed on": ("UPDATE suspense_payout SET kind = 'forward' WHERE kind = 'refund'", ORDER),
    "bound by no order": ("DELETE FROM suspense_payout WHERE order_id = 2", ORDER),
    "bound by one more": (
        "INSERT INTO suspense_payout (office, order_id, item, kind) SELECT office, order_id + 90, item, kind FROM suspense_payout",
        ORDER,
    ),
    "no last step": (f"DELETE FROM suspense_step WHERE {LAST}", STEP),
    "not paid out": ("DELETE FROM suspense_step WHERE kind = 'paid_out'", STEP),
    "not undone": ("DELETE FROM suspense_step WHERE kind = 'undone'", STEP),
    "no step at all": ("DELETE FROM suspense_step", STEP),
}


@pytest.fixture
def town(store):
    """Unclear money of the bank, of a desk and of a take-over; some of it taken, put off, repaid, assigned, undone."""
    held = listed("KASSE suspense 42,50 M. Muster", owner="clara", hold_until="2026-12-24")
    take_over(store, held, listed("KASSE suspense 3,00 N. N."), book=(*BANKS, "KASSE 4800 -45,50"),
              sums={"suspense": 4550, "balances": 1245450})  # fmt: skip
    act(store, "import")
    refs = [reference(store, number) for number in (1, 2)]
    item(store, "50", refs[0], name="Erika Muster")
    item(store, "35", refs[1], name="Adam Muster")
    for amount in ("100", "60", "70", "80"):
        staged(store, amount, "Danke", name="Max Unbekannt", counter_iban="DE02500105170137075030")
    matched = staged(store, "35", refs[1], name="Adam Muster")
    post_staged(store)
    act(store, "clara")
    cases = "SELECT item FROM suspense_case WHERE entry IS NOT NULL ORDER BY entry"
    wrong, repaid, passed, kept = (number for (number,) in store.all(cases))
    take(store, Assign(wrong, (Wish(refs[0]),)))
    take(store, Undo(wrong, "falsch"))
    take(store, Assign(wrong, (Wish(refs[0]),)))
    take(store, Refund(repaid, "gehört uns nicht"))
    _accept(store, "KASSE-1")
    take(store, Forward(passed, "für das Land", payee="Land", iban="DE02120300000000202051"))
    take(store, Reserve(kept), Hold(kept, "2026-12-01", "wartet"))
    take(store, Reserve(wrong), Release(wrong))
    sql = """SELECT e.office || '-' || e.year || '-' || e.number FROM entry e
             JOIN bank_entry b ON b.office = e.office AND b.position = e.position WHERE b.id = :id"""
    take(store, UndoEntry(store.value(sql, id=matched), "Namensvetter"))
    desk(store)
    take_cash(store, "B1", [Wish("X-1", 700)], payment=Payment(payer="Eva Adam"))
    count(store, "B1", pieces(750))
    return store


def found(store):
    return {one.code for one in verify(store).findings if one.code in {TOLD, ORDER, STEP}}


def test_cases_changed_past_the_log_are_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    seen = {name: attacked(town, TABLES, sql, found) for name, (sql, _) in ATTACKS.items()}
    assert {name: seen[name] for name, (_, code) in ATTACKS.items() if code not in seen[name]} == {}
