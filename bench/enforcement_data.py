"""A seeded portfolio of overdue claims, distributed by due year as the open claims of Kasse.Hamburg on 2024-12-09."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench.reconcile_data import FIRST, LAST
from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.items.kassenzeichen import Scheme, active_schemes
from ledger.items.orders import OrderRow
from ledger.items.store import NewItem, insert_items, reserve_items
from ledger.people.parties import match_key
from ledger.people.party_seals_store import mark_fresh, note_marked
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store

ITEMS = 355_073
YEARS = ((range(2010, 2021), 47_078), ((2021,), 24_763), ((2022,), 38_813), ((2023,), 72_001), ((2024,), 129_418))
"""How many of them were due in which years; the rest, of which the source names no year, is due in 2025."""
PROFILES = (("fee", "fee", 45), ("fine", "fine", 35), ("tax", "tax", 12), ("private", "principal", 8))
OFFICES = (("ORDNUNG", 60), ("BAU", 25), ("KASSE", 15))
SEED = 20241209
PER_ENTRY = 1000


def due_years(chance: random.Random, count: int) -> list[int]:
    """Return a due year for each of `count` claims, in the proportions of the source."""
    share = count / ITEMS
    years = [years[chance.randrange(len(years))] for years, number in YEARS for _ in range(round(number * share))]
    years += [2025] * (count - len(years))
    chance.shuffle(years)
    return years[:count]


def portfolio_rows(count: int, schemes: Sequence[Scheme], seed: int = SEED) -> Iterator[OrderRow]:
    """Yield the same portfolio as a list of open items of an old system: some levels, part payments, no claim alike."""
    chance = random.Random(seed)
    profiles = [profile for *profile, weight in PROFILES for _ in range(weight)]
    offices = [office for office, weight in OFFICES for _ in range(weight)]
    names = [(f"{chance.choice(FIRST)} {chance.choice(LAST)}", f"{chance.choice(LAST)}straße") for _ in range(count)]
    for number, year in enumerate(due_years(chance, count)):
        owner = number - (number % 3 == 1)
        name, street = names[owner]
        due = (dt.date(year, 1, 1) + dt.timedelta(days=chance.randrange(365))).isoformat()
        (profile, kind), cents = profiles[chance.randrange(100)], chance.randrange(500, 82_000)
        left = cents if chance.randrange(10) else 1 + chance.randrange(cents)
        level = int(year < 2025 and not chance.randrange(4))
        yield OrderRow(
            number + 2, number + 2, offices[chance.randrange(100)], "receivable", f"{name} {owner}", street,
            str(1 + owner % 200), f"{20095 + owner % 400}", "Hamburg", amount_cents=cents, open_cents=left, due=due,
            reference=schemes[0].number(number), purpose="Forderung", profile=profile, claim_kind=kind,
            dunning_level=level, dunned_on="2025-06-02" if level else None,
        )  # fmt: skip


def fill_portfolio(store: Store, count: int = ITEMS, seed: int = SEED) -> None:
    """Fill a book with that many overdue claims of persons with an address; every third is the person's before."""
    chance = random.Random(seed)
    years = due_years(chance, count)
    profiles = [(name, kind) for name, kind, weight in PROFILES for _ in range(weight)]
    offices = [office for office, weight in OFFICES for _ in range(weight)]
    scheme = active_schemes(store)[0]
    by_office: dict[str, list[NewItem]] = {office: [] for office, _ in OFFICES}
    with store.unit(sorted(by_office)):
        first_party = take_ids(store, BOOK, "party", count)
        store.insert("party", _PARTY, (_person(first_party + n, n, store.now) for n in range(count) if n % 3 != 1))
        mark_fresh(store, "SELECT id AS party FROM party WHERE id >= :first", first=first_party)
        note_marked(store)
        for number, year in enumerate(years):
            due = dt.date(year, 1, 1) + dt.timedelta(days=chance.randrange(365))
            profile, kind = profiles[chance.randrange(100)]
            owner = first_party + number - (number % 3 == 1)
            item = NewItem(
                "", 0, "receivable", "2400", chance.randrange(500, 82_000), due.isoformat(), "2026-01-01", 0, owner,
                scheme.number(number), profile=profile, claim_kind=kind, purpose="Forderung",
            )  # fmt: skip
            by_office[offices[chance.randrange(100)]].append(item)
        for office, items in by_office.items():
            _write(store, office, items)
    store.execute("ANALYZE")


_PARTY = (
    "id", "name", "street", "house_number", "postcode", "town", "match_key", "address_key", "created_at",
)  # fmt: skip


def _person(number: int, seed: int, now: str) -> tuple[object, ...]:
    chance = random.Random(seed)
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    street = f"{chance.choice(LAST)}straße"
    return number, name, street, str(1 + seed % 200), f"{20095 + seed % 400}", "Hamburg", match_key(name), "", now


def _write(store: Store, office: str, items: list[NewItem]) -> None:
    first = reserve_items(store, office, len(items))
    numbered = [replace(item, office=office, id=first + index) for index, item in enumerate(items)]
    groups = [numbered[at : at + PER_ENTRY] for at in range(0, len(numbered), PER_ENTRY)]
    drafts = []
    for group in groups:
        lines = [Posting("2400", item.amount_cents, item.id) for item in group]
        total = sum(item.amount_cents for item in group)
        drafts.append(Draft(office, "opening", "2026-01-02", (*lines, Posting("8000", -total))))
    for group, posted in zip(groups, post(store, drafts), strict=True):
        insert_items(store, [replace(item, position=posted.position) for item in group])
