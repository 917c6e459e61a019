"""Drawn days of a Kasse against what the drawer knows: no wrong match, everything explained, on both engines."""

import pytest

from bench.reconcile_data import FEW_NAMES, fill_town
from bench.reconcile_days import shares_by_kind, stage, wrong_matches
from bench.reconcile_mix import MIX
from ledger.bank.posting_store import post_staged
from tests.bankbooks import check_invariants
from tests.books import act

SURE = {"reference", "structured", "by another", "over", "part", "run", "return", "supplier", "transfer", "fee"}
NEVER = {"unknown payer", "another number", "for another", "unknown debit", "other return"} | {
    "relative", "other bill", "wrong part", "amid numbers", "return unsaid",
}  # fmt: skip


def reconciled(store, entries: int, items: int, seed: int):
    act(store, "import")
    town = fill_town(store, items, max(3, entries // 200), seed, FEW_NAMES)
    truth = stage(store, town, entries, seed)
    outcome = post_staged(store)
    return outcome, truth


def test_a_drawn_day_is_matched_without_an_error(store):
    outcome, truth = reconciled(store, 2000, 10_000, 7)
    assert wrong_matches(store, truth) == []
    kinds = shares_by_kind(store, truth)
    assert outcome.posted == 2000
    assert {kind for kind in SURE & kinds.keys() if kinds[kind][1] < 0.9 * kinds[kind][0]} == set()
    assert {kind for kind in NEVER & kinds.keys() if kinds[kind][1]} == set()
    check_invariants(store)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_many_drawn_days_are_matched_without_an_error(store, seed):
    _, truth = reconciled(store, 20_000, 100_000, seed)
    assert wrong_matches(store, truth) == []
    check_invariants(store)


def test_the_mix_has_every_kind():
    assert len(MIX) == len({make for _, make in MIX}) > 12
