"""Items that no order made and somebody changed by plain SQL are named: taken over, of the bank, of cash, of letters."""

import pytest

from enforcement.proofs import PROOFS
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.book.verify_store import verify
from ledger.cash.take_store import Payment
from ledger.cash.take_store import take as take_cash
from ledger.people.parties_merge_store import decide_merge, propose_merge
from tests.attacks import attacked, unbound_rows, without_guards
from tests.bankbooks import party, staged
from tests.books import act
from tests.cashbooks import desk
from tests.ledger.keeping_books import later
from tests.ledger.test_keeping_erase import erased
from tests.ledger.test_opening import CLAIM, DEBT, PAID, take_over

pytestmark = pytest.mark.engines
SEAL, WORDS, DUE, DUNNED = "verify.item_seal", "verify.item_words", "verify.item_course", "verify.item_course"
PAPERS = "verify.item_papers"
TABLES = ("item", "item_facts", "suspense_origin")
TAKEN, UNCLEAR = "office = 'ORDNUNG' AND reference = 'AZ4711'", "kind = 'suspense' AND reference IS NULL"
ATTACKS = {
    "another Kassenzeichen": (f"UPDATE item SET reference = 'AZ-9' WHERE {TAKEN}", SEAL),
    "a reference of somebody else": (f"UPDATE item SET foreign_reference = 1 - foreign_reference WHERE {TAKEN}", SEAL),
    "another kind of claim": (f"UPDATE item SET claim_kind = 'fine' WHERE {TAKEN}", SEAL),
    "another procedure": (f"UPDATE item SET profile = 'private' WHERE {TAKEN}", SEAL),
    "beside another claim": (f"UPDATE item SET main_item = id WHERE {TAKEN}", SEAL),
    "paid by direct debit": (f"UPDATE item SET paid_by = 'direct_debit' WHERE {TAKEN}", SEAL),
    "owed by somebody else": (f"UPDATE item SET party = (SELECT max(id) FROM party) WHERE {TAKEN}", SEAL),
    "first due later": (f"UPDATE item SET original_due = '2027-01-01' WHERE {TAKEN}", SEAL),
    "opened later": (f"UPDATE item SET opened_on = '2027-01-01' WHERE {TAKEN}", SEAL),
    "another purpose": (f"UPDATE item SET purpose = 'Spende' WHERE {TAKEN}", WORDS),
    "no purpose": (f"UPDATE item SET purpose = NULL WHERE {TAKEN}", WORDS),
    "paid to another account": ("UPDATE item SET bank_account = 'DE1' WHERE office = 'BAU'", WORDS),
    "due later": (f"UPDATE item SET due = '2027-01-01' WHERE {TAKEN}", DUE),
    "due on its first day": ("UPDATE item SET due = original_due WHERE reference = 'AZ4712'", DUE),
    "dunned once more": (f"UPDATE item SET dunning_level = 3, dunned_on = '2026-11-01' WHERE {TAKEN}", DUNNED),
    "dunned earlier": ("UPDATE item SET dunned_on = '2025-05-01' WHERE reference = 'AZ4712'", DUNNED),
    "a reference of unclear money": (f"UPDATE item SET reference = 'X' WHERE {UNCLEAR}", SEAL),
    "unclear money of somebody": (f"UPDATE item SET party = 1 WHERE {UNCLEAR}", SEAL),
    "words of unclear money": (f"UPDATE item SET purpose = 'X' WHERE {UNCLEAR}", WORDS),
    "a credit of somebody else": ("UPDATE item SET party = (SELECT max(id) FROM party) WHERE kind = 'credit'", SEAL),
    "a reference of a credit": ("UPDATE item SET reference = 'X' WHERE kind = 'credit'", SEAL),
    "another payer of unclear money": ("UPDATE suspense_origin SET name = 'Eva'", PAPERS),
    "paid back to another account": ("UPDATE suspense_origin SET counter_iban = 'DE02500105170137075030'", PAPERS),
    "paid on another day": ("UPDATE suspense_origin SET bank_day = '2020-01-01'", PAPERS),
    "nobody paid it": ("DELETE FROM suspense_origin", PAPERS),
    "served later": ("UPDATE item_facts SET served_on = '2026-10-10'", PAPERS),
    "another reason": ("UPDATE item_facts SET debt_reason = 'x'", PAPERS),
    "served at all": (
        "INSERT INTO item_facts (office, item, served_on) SELECT office, id, '2026-01-10' FROM item WHERE kind = 'credit'",
        PAPERS,
    ),
    "no item": ("DELETE FROM item WHERE kind = 'credit'", SEAL),
    "an item of no order": ("UPDATE item SET order_id = NULL WHERE order_id IS NOT NULL", SEAL),
}


@pytest.fixture
def town(store):
    """Claims and a debt taken over, what the bank and a cash desk left over of payments, and what nobody knows."""
    claim = CLAIM._replace(open_cents=10000, claim_kind="fee", profile="fee", served_on="2026-01-10", debt_reason="§ 4")
    paid = PAID._replace(original_due="2025-12-01")
    take_over(store, claim, paid, DEBT._replace(bank_account="DE02500105170137075030"))
    act(store, "import")
    staged(store, "101", "AZ-4711", name="Erika Musterfrau")
    staged(store, "5", "Danke", name="Adam")
    post_staged(store)
    desk(store)
    take_cash(store, "B1", [Wish("X-1", 700)], payment=Payment(payer="Eva Adam"))
    with store.unit(["KASSE"]):
        party(store, "Fremder Mann")
    return store


def found(store):
    return {one.code for one in verify(store, proofs=PROOFS).findings}


def test_items_of_no_order_changed_past_the_log_are_named(town):
    assert found(town) == set()
    assert {kind for (kind,) in town.all("SELECT kind FROM item")} == {"receivable", "payable", "credit", "suspense"}
    unbound_rows(town)
    seen = {name: attacked(town, TABLES, sql, found) for name, (sql, _) in ATTACKS.items() if "order_id" not in sql}
    assert {name: seen[name] for name in seen if ATTACKS[name][1] not in seen[name]} == {}


def test_an_item_that_lost_its_order_is_named(town):
    from tests.ledger.order_lists import accepted, row

    accepted(town, row("BAU receivable 40,00 Erika Musterfrau", profile="fee"))
    assert found(town) == set()
    assert SEAL in attacked(town, "item", ATTACKS["an item of no order"][0], found)


def test_merges_and_erased_words_leave_nothing_to_name(town):
    source, target = (town.value("SELECT party FROM item WHERE reference = :r", r=r) for r in ("AZ4712", "AZ4711"))
    number = propose_merge(act(town, "clara"), source, target, "doppelt").number
    decide_merge(act(town, "emil"), number, confirm=True)
    assert town.value("SELECT count(*) FROM item WHERE party = :source", source=source) == 0
    assert found(town) == set()
    words = "SELECT count(*) FROM event_details WHERE details LIKE '%item_seal%'"
    before = town.value(words)
    later(town, "2040-01-01")
    erased(town, before="2040-01-01")
    assert not town.value("SELECT purpose FROM item WHERE reference = 'AZ4711'")
    assert town.value(words) < before
    assert found(town) == set()
    without_guards(town, "item")
    town.execute("UPDATE item SET claim_kind = 'fine' WHERE reference = 'AZ4711'")
    assert SEAL in found(town)


def test_whose_an_item_was_before_a_merge_is_compared(town):
    party_of = "SELECT party FROM item WHERE reference = :r"
    source, target = (town.value(party_of, r=r) for r in ("AZ4712", "AZ4711"))
    number = propose_merge(act(town, "clara"), source, target, "doppelt").number
    with town.rehearsal():
        without_guards(town, "item")
        town.execute("UPDATE item SET party = :source WHERE kind = 'credit'", source=source)
        decide_merge(act(town, "emil"), number, confirm=True)
        assert SEAL in found(town)


def test_hashes_of_words_that_somebody_took_away_are_missed(town):
    without_guards(town, "event_details")
    town.execute("DELETE FROM event_details WHERE details LIKE '%item_seal%'")
    assert "verify.missing_words" in found(town)
