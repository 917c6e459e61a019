"""Clearings whose kind, or what they reset, somebody changed by plain SQL are named: the journal tells both."""

import pytest

from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Undo
from ledger.book.verify_store import verify
from tests.attacks import attacked, unbound_rows
from tests.ledger.test_suspense_desk import take
from tests.ledger.test_verify_bank_books import found, unclear_and_matched

pytestmark = pytest.mark.engines
CLEARING = "verify.clearing"
ATTACKS = {
    "paid in cash": "UPDATE clearing SET kind = 'cash' WHERE kind = 'bank'",
    "assigned by the desk": "UPDATE clearing SET kind = 'assign' WHERE kind = 'bank'",
    "set off": "UPDATE clearing SET kind = 'setoff' WHERE kind = 'assign'",
    "written off": "UPDATE clearing SET kind = 'relief' WHERE kind = 'assign'",
    "taken over": "UPDATE clearing SET kind = 'opening' WHERE kind = 'assign'",
    "assigned money that came earlier": "UPDATE clearing SET payment_day = '2026-01-02' WHERE kind = 'assign'",
    "a reset of nothing": "UPDATE clearing SET resets = NULL WHERE kind = 'reset'",
    "a reset of another": "UPDATE clearing SET resets = 1 WHERE kind = 'reset' AND resets > 1",
    "a reset of a later one": "UPDATE clearing SET resets = id + 1 WHERE kind = 'reset'",
    "no reset": "UPDATE clearing SET kind = 'reversal', resets = NULL WHERE kind = 'reset'",
    "a payment as a reset": "UPDATE clearing SET kind = 'reset', resets = 1 WHERE kind = 'assign' AND id > 3",
}


@pytest.fixture
def town(store):
    """A booking matched by its reference, and one assigned by a person, taken back and assigned again."""
    case, other = unclear_and_matched(store)
    take(store, Assign(case, (Wish(other),)))
    take(store, Undo(case, "falsch"))
    take(store, Assign(case, (Wish(other),)))
    return store


def test_clearings_of_another_kind_or_reset_are_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    seen = {name: attacked(town, "clearing", sql, found) for name, sql in ATTACKS.items()}
    assert {name: codes for name, codes in seen.items() if CLEARING not in codes} == {}
