"""A seeded Kasse for measuring: many open items of several offices, and days of bank entries with their truth.

The mix follows what cash offices describe: most payers give the reference (spaced, dotted, wrapped, with words), some
mistype it, some write it beside other numbers, some pay a part, too much or twice, some give only their name; the bank
books fees and collective debits.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.items.kassenzeichen import active_schemes
from ledger.items.store import NewItem, insert_items, reserve_items
from ledger.people.parties import match_key
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store

SEED = 20261116
OFFICES = (("ORDNUNG", 55), ("BAU", 25), ("KASSE", 20))
ITEMS_PER_ENTRY = 1000
FIRST = (
    "Anna",
    "Bernd",
    "Clara",
    "Dirk",
    "Emil",
    "Frida",
    "Gustav",
    "Hanna",
    "Ida",
    "Jan",
    "Karl",
    "Lena",
    "Max",
    "Nora",
)
LAST = ("Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Koch", "Bauer")
PROFILES = (("fee", None), ("tax", "hundesteuer"), ("fine", "bussgeld"), ("private", None), (None, None))


@dataclass(frozen=True, slots=True)
class Debt:
    """An open item as the payers know it."""

    office: str
    item: int
    reference: str
    cents: int
    name: str


def fill_items(store: Store, count: int, seed: int = SEED) -> list[Debt]:
    """Take over that many open items by bulk, as an opening does, and return those that somebody may pay."""
    chance = random.Random(seed)
    scheme = active_schemes(store)[0]
    known: list[Debt] = []
    with store.unit([office for office, _ in OFFICES]):
        first_party = take_ids(store, BOOK, "party", count)
        serial = 0
        for office, share in OFFICES:
            wanted = count * share // 100
            first = reserve_items(store, office, wanted)
            for start in range(0, wanted, 50 * ITEMS_PER_ENTRY):
                size = min(50 * ITEMS_PER_ENTRY, wanted - start)
                made = list(_items(chance, scheme, office, first + start, size, first_party + serial, serial))
                serial += size
                _write(store, office, made)
                known += [
                    Debt(office, i.id, i.reference or "", i.amount_cents, n) for i, n in made if chance.random() < 0.4
                ]
    store.execute("ANALYZE")
    return known


def _items(
    chance: random.Random, scheme, office: str, first: int, count: int, party: int, serial: int
) -> Iterator[tuple[NewItem, str]]:
    for offset in range(count):
        number = 1 + (serial + offset) * 7919 % 999_999_000_000
        foreign = chance.random() < 0.03
        profile, claim_kind = chance.choice(PROFILES)
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        due = f"202{chance.randrange(4, 7)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        item = NewItem(
            office, first + offset, "receivable", "2400", chance.randrange(500, 90_000), due, "2026-01-01", 0,
            party + offset, f"HH{number:08d}" if foreign else scheme.number(number), foreign_reference=foreign,
            profile=profile, claim_kind=claim_kind,
        )  # fmt: skip
        yield item, name


def _write(store: Store, office: str, made: list[tuple[NewItem, str]]) -> None:
    columns = ("id", "name", "match_key", "address_key", "created_at")
    store.insert("party", columns, [(i.party, name, match_key(name), "", store.now) for i, name in made])
    drafts, groups = [], [made[at : at + ITEMS_PER_ENTRY] for at in range(0, len(made), ITEMS_PER_ENTRY)]
    for group in groups:
        lines = [Posting("2400", item.amount_cents, item.id) for item, _ in group]
        total = -sum(item.amount_cents for item, _ in group)
        drafts.append(Draft(office, "opening", "2026-01-02", (*lines, Posting("8000", total))))
    for group, posted in zip(groups, post(store, drafts), strict=True):
        insert_items(store, [_at(item, posted.position) for item, _ in group])


def _at(item: NewItem, position: int) -> NewItem:
    from dataclasses import replace

    return replace(item, position=position)


ENTRY_COLUMNS = (
    "office", "id", "iban", "bank_day", "fingerprint", "occurrence", "statement", "amount_cents", "value_day",
    "reversal", "gvc", "end_to_end_id", "name", "counter_iban", "remittance", "detail_count", "state",
)  # fmt: skip


def stage_entries(
    store: Store, known: list[Debt], count: int, iban: str, seed: int = SEED
) -> dict[int, set[tuple[str, int]]]:
    """Stage that many bank entries and return which items each one may rightly settle, by the entry's number."""
    chance = random.Random(seed + 1)
    truth: dict[int, set[tuple[str, int]]] = {}
    with store.unit(["KASSE"]):
        statement = take_ids(store, BOOK, "statement")
        store.insert_one(
            "statement", id=statement, iban=iban, message="camt.053", statement_id="S1", last_page=1,
            file_sha256="00" * 32, entry_count=count, credit_cents=0, debit_cents=0,
        )  # fmt: skip
        first = take_ids(store, "KASSE", "bank_entry", count)

        def rows() -> Iterator[tuple]:
            for offset in range(count):
                debt = chance.choice(known)
                cents, text, sure, gvc, name = _payment(chance, debt)
                number = first + offset
                truth[number] = {(debt.office, debt.item)} if sure else set()
                day = f"2026-11-{2 + offset * 14 // count:02d}"
                yield (
                    "KASSE", number, iban, day, number.to_bytes(8, "big"), 1, statement, cents, day, 0, gvc,
                    "NOTPROVIDED", name, "DE89370400440532013000", text, 1, "staged",
                )  # fmt: skip

        store.insert("bank_entry", ENTRY_COLUMNS, rows())
    store.execute("ANALYZE")
    return truth


def _payment(chance: random.Random, debt: Debt) -> tuple[int, str, bool, str, str]:
    """Return amount, text, whether the debt may be settled by it, GVC and name of one bank entry."""
    kind = chance.random()
    if kind < 0.01:
        return -chance.randrange(100, 3000), "ENTGELTE OKTOBER", False, "808", "Bank"
    if kind < 0.03:
        return (
            -chance.randrange(1000, 90_000),
            f"Abschlag Rechnung {chance.randrange(10**7)}",
            False,
            "105",
            "Stadtwerke",
        )
    if kind < 0.08:
        return debt.cents, _mistyped(chance, debt.reference), False, "166", debt.name
    if kind < 0.20:
        return debt.cents, "Danke", False, "166", debt.name
    if kind < 0.22:
        return debt.cents, f"Rechnung {chance.randrange(10**6)} vom 12.10.2026", False, "166", debt.name
    cents = debt.cents
    if kind < 0.27:
        cents = max(1, cents * chance.randrange(10, 95) // 100)
    elif kind < 0.29:
        cents += chance.randrange(1, 5000)
    return cents, written(chance, debt.reference), True, "166", debt.name


def _mistyped(chance: random.Random, reference: str) -> str:
    at = chance.randrange(len(reference))
    wrong = chance.choice([digit for digit in "0123456789" if digit != reference[at]])
    return f"KZ {reference[:at]}{wrong}{reference[at + 1 :]}"


def written(chance: random.Random, reference: str) -> str:
    """Return a reference as payers and banks write it."""
    at = chance.randrange(2, len(reference) - 2)
    ways = {
        50: f"KASSENZEICHEN {reference} {chance.choice(['', 'HUNDESTEUER', 'DANKE', 'BESCHEID'])}",
        65: "Bescheid KZ " + " ".join(reference[start : start + 4] for start in range(0, len(reference), 4)),
        75: f"GEWERBESTEUER VORAUSZAHLUNG {reference[:at]}\n{reference[at:]} DANKE",
        80: f"{reference[:3]}.{reference[3:8]}.{reference[8:]}",
        85: f"{reference[:5]}-{reference[5:]} vom 12.11.2026",
        90: f"Hundesteuer 2026 {reference}",
        100: f"Familie {chance.choice(LAST)} {reference} EUR 1.234,56",
    }
    drawn = chance.random() * 100
    return next(text for share, text in ways.items() if drawn < share)
