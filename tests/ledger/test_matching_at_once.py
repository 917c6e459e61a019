"""The short way for most payments: it must come to what the whole ladder comes to, in every case and on drawn days."""

from collections import Counter
from itertools import product

from bench.reconcile_data import fill_town
from bench.reconcile_days import stage
from ledger.bank import ladder, posting_rows_store
from ledger.bank.matching import Case, Running, Share, Staged, Target, whole_part
from ledger.bank.posting_store import post_staged
from ledger.bank.rungs import Data
from tests.books import MAIN_IBAN, SECOND_IBAN, act

UNSALTED = """office, position, year, number, kind, source, transaction_id, posting_day, bank_day, value_day, payment_day,
    recorded_at, recorded_by, posting_count"""
WRITTEN = (
    *((table, "*") for table in ("bank_match", "clearing", "clearing_line", "item", "suspense_case", "month_balance")),
    ("posting", "*"), ("bank_entry", "*"), ("entry", UNSALTED), ("entry_text", "office, position, text"),
)  # fmt: skip
DATA = Data(own_accounts=frozenset({MAIN_IBAN, SECOND_IBAN}), kasse="KASSE")


def target(strong=1, item=5, open_cents=500, foreign=0, key="1000000000451"):
    return Target(1, 0, key, strong, "text", "BAU", item, "2400", open_cents, 7, "fee", None, "2026-11-01", foreign,
                  "max muster", 0)  # fmt: skip


def drawn_cases():
    """Yield every mix of what makes a rung speak."""
    flags = product((500, -500), (0, 1), (None, "109"), (None, "MS03"), (None, SECOND_IBAN, MAIN_IBAN), (True, False))
    twin = {"twin": (target(key="1000000000541", item=6),)}
    others = ((), (target(strong=0),), (target(key="1000000000469", item=9),))
    named = [
        [target(strong, item, open_cents, foreign), *more]
        for strong, item, open_cents, foreign, more in product((1, 0), (5, None), (500, 400, 900, 0), (0, 1), others)
    ]
    for (cents, reversal, gvc, reason, iban, complete), targets, found in product(flags, [[], *named], ({}, twin)):
        entry = Staged(1, "KASSE", 3, MAIN_IBAN, "2800", "2026-11-17", "2026-11-17", cents, reversal, gvc, "Max Muster",
                       iban, "KZ", reason, 1)  # fmt: skip
        yield Case(entry, whole_part(entry), tuple(targets), found, complete)


def shortly(case, running):
    """Return the share of the short way, None where the ladder is to decide."""
    if case.found or not case.complete:
        return None
    paid = ladder.paid_at_once(case.entry, case.targets, running, DATA)
    return paid and Share("settle", "reference", paid.open_cents, {"in": paid.place, "reference": paid.key}, paid)


def test_the_short_way_decides_as_the_ladder_does():
    used = [Running(), Running(taken={("BAU", 5): 100})]
    asked = 0
    for case, one in product(drawn_cases(), used):
        share = shortly(case, one)
        asked += share is not None
        if share is not None:
            climbed = Running(dict(one.taken))
            assert ladder.decide([case], climbed, DATA).shares == (share,)
            one_more = Running(dict(one.taken))
            one_more.settle(share.target)
            assert one_more == climbed
    assert asked > 0


def test_the_short_way_uses_up_what_it_settles():
    (entry,) = [case.entry for case in drawn_cases()][:1]
    case, running = Case(entry, whole_part(entry), (target(),)), Running()
    first = shortly(case, running)
    running.settle(first.target)
    (second,) = ladder.decide([case], running, DATA).shares
    assert shortly(case, running) is None
    assert (first.act, first.rule, second.act, second.rule) == ("settle", "reference", "clarify", "closed")


def test_a_drawn_day_is_written_as_by_the_ladder(store, monkeypatch):
    act(store, "import")
    town = fill_town(store, 3000, 3, 11)
    stage(store, town, 1500, 11)
    ways = Counter()

    def written():
        with store.rehearsal():
            outcome = post_staged(store)
            told = [(one.code, one.fields) for one in outcome.findings]
            outcome.findings.clear()
            return [
                outcome,
                told,
                *(Counter(store.all(f"SELECT {columns} FROM {table}")) for table, columns in WRITTEN),
            ]

    def counted(*given):
        found = paid_at_once(*given)
        ways[found is not None] += 1
        return found

    paid_at_once = posting_rows_store.paid_at_once
    monkeypatch.setattr(posting_rows_store, "paid_at_once", counted)
    short = written()
    monkeypatch.setattr(posting_rows_store, "paid_at_once", lambda *_: None)
    assert written() == short
    monkeypatch.setattr(posting_rows_store, "single", lambda _: None)
    assert written() == short
    assert ways[True] > 500
    assert ways[False] > 100
