"""Due days and dunning of items taken over are those of their list, whatever plans and letters made of them since."""

import datetime as dt

import pytest

from enforcement.dunning_release_store import release
from enforcement.proofs import PROOFS
from enforcement.relief_check_reader import check
from enforcement.relief_end_store import end
from ledger.book.verify_store import verify
from tests.attacks import attacked
from tests.books import act
from tests.enforcement.test_dunning_release import kasse, run  # noqa: F401 - fixtures
from tests.enforcement.test_opening_plans import RATES, plan_part, take

pytestmark = pytest.mark.engines
COURSE = "verify.item_course"
ATTACKS = {
    "due later": "UPDATE item SET due = '2027-12-01' WHERE reference = 'AZ4712'",
    "due on its first day": "UPDATE item SET due = original_due WHERE reference = 'AZ4712'",
    "dunned no more": "UPDATE item SET dunning_level = 0, dunned_on = NULL WHERE reference = 'AZ4712'",
    "dunned later": "UPDATE item SET dunned_on = '2026-11-01' WHERE reference = 'AZ4712'",
    "another day before the plan": "UPDATE relief_item SET level_before = 2",
}


def found(store):
    return {one.code for one in verify(store, proofs=PROOFS).findings}


def test_plans_taken_over_move_days_and_give_them_back(store):
    take(store, plan_part(store, *RATES))
    assert store.value("SELECT count(*) FROM item WHERE due <> original_due") > 1
    assert found(store) == set()
    seen = {name: attacked(store, ("item", "relief_item"), sql, found) for name, sql in ATTACKS.items()}
    assert {name: codes for name, codes in seen.items() if COURSE not in codes} == {}
    check(store, dt.date(2027, 3, 1))
    store.today, store.now = "2027-03-01", "2027-03-01T08:00:00Z"
    end(act(store, "emil"), 1, way="failed", reason="zwei Raten offen")
    assert found(store) == set()


def test_fees_of_letters_are_what_the_release_made(kasse, run):  # noqa: F811
    release(act(kasse, "emil"), run.run)
    fees = "UPDATE item SET {} WHERE main_item IS NOT NULL"
    assert found(kasse) == set()
    for change in ("claim_kind = 'x'", "reference = 'x'", "original_due = '2020-01-01'", "profile = 'private'"):
        assert "verify.item_seal" in attacked(kasse, "item", fees.format(change), found), change
