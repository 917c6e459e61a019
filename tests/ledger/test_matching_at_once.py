"""The short way for most payments: it must come to what the whole ladder comes to, in every case and on drawn days."""

from collections import Counter
from itertools import product

from bench.reconcile_data import fill_town
from bench.reconcile_days import stage
from ledger.bank import ladder, posting
from ledger.bank.matching import Case, Running, Staged, Target, whole_part
from ledger.bank.posting_store import post_staged
from ledger.bank.rungs import Data
from tests.books import MAIN_IBAN, SECOND_IBAN, act

WRITTEN = ("bank_match", "clearing", "clearing_line", "item", "suspense_case", "month_balance", "posting", "bank_entry")
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


def test_the_short_way_decides_as_the_ladder_does(monkeypatch):
    cases = list(drawn_cases())
    used = [Running(), Running(taken={("BAU", 5): 100})]
    shortly = [ladder.decide([case], Running(dict(one.taken)), DATA) for case, one in product(cases, used)]
    asked = sum(ladder._at_once(case, one, DATA) is not None for case, one in product(cases, used))
    monkeypatch.setattr(ladder, "_at_once", lambda *_: None)
    assert [ladder.decide([case], Running(dict(one.taken)), DATA) for case, one in product(cases, used)] == shortly
    assert 0 < asked < len(shortly)


def test_the_short_way_uses_up_what_it_settles():
    (entry,) = [case.entry for case in drawn_cases()][:1]
    case, running = Case(entry, whole_part(entry), (target(),)), Running()
    first, second = (ladder.decide([case], running, DATA).shares[0] for _ in range(2))
    assert (first.act, first.rule, second.act, second.rule) == ("settle", "reference", "clarify", "closed")


def test_a_drawn_day_is_written_as_by_the_ladder(store, monkeypatch):
    act(store, "import")
    town = fill_town(store, 3000, 3, 11)
    stage(store, town, 1500, 11)

    def written():
        with store.rehearsal():
            post_staged(store)
            return [Counter(store.all(f"SELECT * FROM {table}")) for table in WRITTEN]

    shortly = written()
    monkeypatch.setattr(ladder, "_at_once", lambda *_: None)
    monkeypatch.setattr(posting, "_note_settled", lambda *_: False)
    assert written() == shortly
