"""Rows beside the journal that somebody changed by plain SQL are named: matches, clearings, cases and their steps."""

import pytest

from ledger.bank.check_store import unlike_books
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense_decisions import Wish
from ledger.bank.suspense_desk_store import assign
from ledger.book.verify_store import verify
from tests.attacks import attacked, unbound_rows, without_guards
from tests.bankbooks import item, reference, staged
from tests.books import act

pytestmark = pytest.mark.engines
TABLES = ("bank_entry", "bank_match", "clearing", "clearing_line", "suspense_case", "suspense_step", "statement")
POSTED, AGAIN, REASON = "verify.bank_posted", "verify.bank_again", "verify.bank_reason"
CLEARING, CASE, STEP = "verify.clearing", "verify.case", "verify.case_step"
ATTACKS = {
    "of another entry": ("UPDATE bank_entry SET position = position + 1 WHERE id = 1", POSTED),
    "of no entry": ("UPDATE bank_entry SET position = 999 WHERE id = 1", POSTED),
    "of another day": ("UPDATE bank_entry SET bank_day = '2026-01-01' WHERE id = 1", POSTED),
    "worth another day": ("UPDATE bank_entry SET value_day = '2026-01-01' WHERE id = 1", POSTED),
    "posted once more": (
        (
            "DELETE FROM bank_match WHERE entry = 1",
            "UPDATE bank_entry SET state = 'staged', position = NULL WHERE id = 1",
        ),
        AGAIN,
    ),
    "no reason": ("DELETE FROM bank_match WHERE entry = 1", REASON),
    "one reason fewer": ("DELETE FROM bank_match WHERE entry = 2 AND line = 1", REASON),
    "a reason of another place": ("UPDATE bank_match SET line = line + 1 WHERE entry = 1", REASON),
    "cleared on another day": ("UPDATE clearing SET posting_day = '2026-01-01'", CLEARING),
    "paid earlier": ("UPDATE clearing SET payment_day = '2026-01-01'", CLEARING),
    "cleared by another entry": ("UPDATE clearing SET position = 1", CLEARING),
    "cleared by no entry": ("UPDATE clearing SET position = 999", CLEARING),
    "another item cleared": ("UPDATE clearing_line SET item = item + 1", CLEARING),
    "no clearing": ("DELETE FROM clearing", CLEARING),
    "a clearing of nothing": ("DELETE FROM clearing_line", CLEARING),
    "no case": ("DELETE FROM suspense_case", CASE),
    "a case of another entry": ("UPDATE suspense_case SET entry = 1", CASE),
    "a case of nobody's money": ("UPDATE suspense_case SET item = 999", CASE),
    "a step of another amount": ("UPDATE suspense_step SET cents = cents + 1", STEP),
    "a step by another entry": ("UPDATE suspense_step SET position = 1", STEP),
    "a step elsewhere": ("UPDATE suspense_step SET line = 2", STEP),
}


def unclear_and_matched(store):
    """Have one booking matched by its reference and one unclear; return the case and the reference meant."""
    number, other = reference(store, 1), reference(store, 2)
    item(store, "50", number, office="KASSE")
    item(store, "8", other, office="KASSE")
    staged(store, "50", number)
    staged(store, "8", "Danke", name="Adam")
    post_staged(act(store, "import"))
    return act(store, "clara").value("SELECT item FROM suspense_case"), other


@pytest.fixture
def town(store):
    """One booking matched by its reference, one assigned by a person."""
    case, other = unclear_and_matched(store)
    assign(store, case, [Wish(other)], day="2026-11-17")
    return store


def found(store):
    return {finding.code for finding in unlike_books(store)}


def test_what_contradicts_the_journal_is_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    seen = {name: attacked(town, TABLES, sql, found) for name, (sql, _) in ATTACKS.items()}
    assert {name: seen[name] for name, (_, code) in ATTACKS.items() if code not in seen[name]} == {}


def test_a_contradiction_is_told_by_verify(town):
    without_guards(town, *TABLES)
    town.execute("UPDATE clearing SET payment_day = '2026-01-01'")
    (finding, *_) = [one for one in verify(town).findings if one.code == CLEARING]
    assert finding.fields["office"] == "KASSE"
