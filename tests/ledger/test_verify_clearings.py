"""Clearings whose kind, or what they reset, somebody changed by plain SQL are named: the journal tells both."""

import pytest

from ledger.bank.check_store import unlike_books
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Undo
from ledger.book.verify_store import verify
from tests.attacks import attacked, unbound_rows
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.ledger.test_suspense_desk import take

pytestmark = pytest.mark.engines
CLEARING = "verify.clearing"
ATTACKS = {
    "paid in cash": "UPDATE clearing SET kind = 'cash' WHERE kind = 'bank'",
    "assigned by the desk": "UPDATE clearing SET kind = 'assign' WHERE kind = 'bank'",
    "set off": "UPDATE clearing SET kind = 'setoff' WHERE kind = 'assign'",
    "written off": "UPDATE clearing SET kind = 'relief' WHERE kind = 'assign'",
    "taken over": "UPDATE clearing SET kind = 'opening' WHERE kind = 'assign'",
    "a reset of nothing": "UPDATE clearing SET resets = NULL WHERE kind = 'reset'",
    "a reset of another": "UPDATE clearing SET resets = 1 WHERE kind = 'reset' AND resets > 1",
    "a reset of a later one": "UPDATE clearing SET resets = id + 1 WHERE kind = 'reset'",
    "no reset": "UPDATE clearing SET kind = 'reversal', resets = NULL WHERE kind = 'reset'",
    "a payment as a reset": "UPDATE clearing SET kind = 'reset', resets = 1 WHERE kind = 'assign' AND id > 3",
}


@pytest.fixture
def town(store):
    """A booking matched by its reference, and one assigned by a person, taken back and assigned again."""
    number, other = reference(store, 1), reference(store, 2)
    item(store, "50", number, office="KASSE")
    item(store, "8", other, office="KASSE")
    staged(store, "50", number)
    staged(store, "8", "Danke", name="Adam")
    post_staged(act(store, "import"))
    case = act(store, "clara").value("SELECT item FROM suspense_case")
    take(store, Assign(case, (Wish(other),)))
    take(store, Undo(case, "falsch"))
    take(store, Assign(case, (Wish(other),)))
    return store


def found(store):
    return {finding.code for finding in unlike_books(store)}


def test_clearings_of_another_kind_or_reset_are_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    seen = {name: attacked(town, "clearing", sql, found) for name, sql in ATTACKS.items()}
    assert {name: codes for name, codes in seen.items() if CLEARING not in codes} == {}
