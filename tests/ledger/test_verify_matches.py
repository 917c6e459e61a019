"""Why a bank entry was posted as it was, changed by plain SQL, is named; desk, withdrawals and erasing leave no finding."""

import pytest

from ledger.bank.match_seals import MatchSeals
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Undo
from ledger.book.verify_store import verify
from tests.attacks import attacked, unbound_rows, without_guards
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.ledger.keeping_books import later
from tests.ledger.test_keeping_erase import erased
from tests.ledger.test_suspense_desk import take

pytestmark = pytest.mark.engines
MATCH = "verify.match"
ATTACKS = {
    "another rule": "UPDATE bank_match SET rule = 'name' WHERE entry = 1",
    "other evidence": "UPDATE bank_match SET evidence = '{}' WHERE entry = 1",
    "no evidence": "UPDATE bank_match SET evidence = NULL WHERE entry = 2 AND line = 2",
    "another item": "UPDATE bank_match SET item = item + 1 WHERE entry = 1",
    "another office": "UPDATE bank_match SET item_office = 'BAU' WHERE entry = 1",
    "other shares": "UPDATE bank_match SET cents = cents + 1 WHERE entry = 2",
    "nothing": "DELETE FROM bank_match WHERE entry = 1",
}


@pytest.fixture
def town(store):
    """A booking matched by its reference, one that is more than was owed, one assigned by a person and taken back."""
    refs = [reference(store, number) for number in (1, 2, 3)]
    for ref, amount in zip(refs, ("50", "20", "8"), strict=True):
        item(store, amount, ref, office="KASSE")
    staged(store, "50", refs[0])
    staged(store, "23", refs[1])
    staged(store, "8", "Danke", name="Adam")
    post_staged(act(store, "import"))
    case = act(store, "clara").value("SELECT item FROM suspense_case")
    take(store, Assign(case, (Wish(refs[2]),)))
    take(store, Undo(case, "falsch"))
    take(store, Assign(case, (Wish(refs[2]),)))
    return store


def found(store):
    return {finding.code for finding in verify(store).findings}


def test_reasons_of_matches_changed_past_the_log_are_named(town):
    assert town.value("SELECT max(line) FROM bank_match WHERE entry = 2") == 2
    assert found(town) == set()
    unbound_rows(town)
    seen = {name: attacked(town, "bank_match", sql, found) for name, sql in ATTACKS.items()}
    assert {name: codes for name, codes in seen.items() if MATCH not in codes} == {}


def test_evidence_that_a_decision_erased_is_not_missed_but_rules_still_are(town):
    later(town, "2040-01-01")
    erased(town, before="2040-01-01")
    assert not town.value("SELECT evidence FROM bank_match WHERE entry = 1")
    assert town.value("SELECT count(*) FROM event_details WHERE details LIKE '%match_seal%'") == 0
    assert found(town) == set()
    without_guards(town, "bank_match")
    town.execute("UPDATE bank_match SET rule = 'name' WHERE entry = 1")
    assert MATCH in found(town)


def test_shares_whose_first_ones_come_to_the_amount_are_told():
    seals = MatchSeals()
    shares = [("KASSE", 7, line, "rule", None, None, None, cents) for line, cents in enumerate((500, 100, -100), 1)]
    seals.take([*shares, ("KASSE", 8, 1, "rule", None, None, None, 5)], [("KASSE", 7, 21), ("KASSE", 8, 22)])
    facts, details = seals.told()
    assert facts["parted"] == "KASSE/7=3"
    assert str(facts["match_seal"]).startswith("KASSE:21-22:")
    assert details["match_seal"] != facts["match_seal"]
