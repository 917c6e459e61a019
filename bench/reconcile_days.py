"""Days of bank entries for a filled book, each with what it is and the items it may rightly move: the truth."""

from __future__ import annotations

import random
from collections.abc import Iterator

from bench.reconcile_data import SEED, Town
from bench.reconcile_mix import Booked, Days, Detail, Item
from ledger.bank.said import DETAIL_WORDS, ENTRY_WORDS, SAID, with_said
from ledger.bank.said_store import seal_bank
from ledger.events.store import record
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from tests.books import MAIN_IBAN

Truth = dict[int, tuple[str, frozenset[Item]]]


def of_our_runs(town: Town) -> Iterator[Booked]:
    """Yield the debits of our runs (one by one, as a whole, as a whole with parts), later some of them returned."""
    single, whole, parts = town.runs
    for sent in single:
        yield Booked("run", -sent.cents, gvc="116", end_to_end=sent.end_to_end)
    yield Booked("run", -sum(sent.cents for sent in whole), gvc="191", message=whole[0].message, end_to_end=None)
    details = [Detail(-sent.cents, end_to_end=sent.end_to_end) for sent in parts]
    yield Booked("run", -sum(sent.cents for sent in parts), gvc="191", message=parts[0].message, details=details)
    for sent in (*single[::10], *whole[::10], *parts[::10]):
        items = frozenset({sent.item})
        yield Booked("return", sent.cents, "AC04", items, gvc="159", end_to_end=sent.end_to_end, reason="AC04")
    for sent, debt in zip((*single[5::10], *whole[5::10], *parts[5::10]), town.debts, strict=False):
        text = f"RUECKUEBERWEISUNG Ihre Zahlung zu {debt.reference}"
        yield Booked("return unsaid", debt.cents, text, end_to_end=sent.end_to_end)
    for one in town.collected:
        yield Booked("supplier", -one.cents, "Abschlag Strom", frozenset({one.item}), one.name, one.iban, "105")


def entries(town: Town, count: int, seed: int = SEED) -> Iterator[Booked]:
    """Yield that many entries: those of our runs spread among those that come in."""
    days, ours = Days(random.Random(seed + 1), town), list(of_our_runs(town))
    every = max(1, count // (len(ours) + 1))
    for index in range(count):
        yield ours.pop(0) if ours and index % every == every - 1 else days.draw()


ENTRY_COLUMNS = (
    "office", "id", "iban", "bank_day", "fingerprint", "occurrence", "statement", "amount_cents", "value_day",
    "reversal", "gvc", "end_to_end_id", "message_id", "creditor_reference", "name", "counter_iban", "remittance",
    "return_reason", "detail_count", "state", *SAID,
)  # fmt: skip
DETAIL_COLUMNS = ("office", "entry", "line", "amount_cents", "end_to_end_id", "remittance", *SAID)


def stage(store: Store, town: Town, count: int, seed: int = SEED) -> Truth:
    """Stage that many bank entries over two weeks, as intake does, and return the truth by the entry's number."""
    truth: Truth = {}
    details: list[tuple[str | int | None, ...]] = []
    with store.unit(["KASSE"]):
        statement = take_ids(store, BOOK, "statement")
        store.insert_one(
            "statement", id=statement, iban=MAIN_IBAN, message="camt.053", statement_id="S1", last_page=1,
            file_sha256="00" * 32, entry_count=count, credit_cents=0, debit_cents=0,
        )  # fmt: skip
        first = take_ids(store, "KASSE", "bank_entry", count)

        def rows() -> Iterator[tuple[str | int | bytes | None, ...]]:
            for offset, one in enumerate(entries(town, count, seed)):
                number = first + offset
                truth[number] = one.kind, one.items
                day = f"2026-11-{16 + offset * 14 // count:02d}"
                for line, detail in enumerate(one.details, 1):
                    details.append(("KASSE", number, line, detail.cents, detail.end_to_end, detail.text))
                yield (
                    "KASSE", number, one.iban, day, number.to_bytes(8, "big"), 1, statement, one.cents, day, 0, one.gvc,
                    one.end_to_end, one.message, one.structured, one.name, one.counter_iban, one.text or None,
                    one.reason, len(one.details) or 1, "staged",
                )  # fmt: skip

        store.insert("bank_entry", ENTRY_COLUMNS, with_said(rows(), ENTRY_COLUMNS, ENTRY_WORDS, store.salt))
        store.insert("bank_detail", DETAIL_COLUMNS, with_said(details, DETAIL_COLUMNS, DETAIL_WORDS, store.salt))
        seals = seal_bank(store, [statement], {"KASSE": (first, first + count - 1)})
        record(store, "KASSE", "statement.import", "file:" + "00" * 32, seals)
    store.execute("ANALYZE")
    return truth


MOVING = ("reference", "evidence", "account", "direct_debit", "returned", "reversal")
"""Rules that move an item without a person."""


def wrong_matches(store: Store, truth: Truth) -> list[tuple[int, str, str, Item]]:
    """Return each automatic match of an item that the money was not for: entry, kind, rule, item."""
    found = store.rows(
        "SELECT entry, rule, item_office, item FROM bank_match WHERE item IS NOT NULL ORDER BY entry, line"
    )
    return [
        (entry, truth[entry][0], rule, (office, item))
        for entry, rule, office, item in found
        if rule in MOVING and (office, item) not in truth[entry][1]
    ]


def shares_by_kind(store: Store, truth: Truth) -> dict[str, tuple[int, int]]:
    """Return for each kind of entry how many there are and how many were decided wholly."""
    unclear = {entry for (entry,) in store.rows("SELECT DISTINCT entry FROM bank_match WHERE rule = 'clarify'")}
    counts: dict[str, list[int]] = {}
    for entry, (kind, _) in truth.items():
        seen = counts.setdefault(kind, [0, 0])
        seen[0] += 1
        seen[1] += entry not in unclear
    return {kind: (all_, done) for kind, (all_, done) in sorted(counts.items())}
