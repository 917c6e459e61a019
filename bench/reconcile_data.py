"""A seeded Kasse for measuring: persons with accounts, many open items of several offices, payables and their runs.

Numbers are given one after the other, as a Kasse gives them, so that a mistyped one often names somebody else's debt;
names are shared by many, a third of the amounts are those of the tariff.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.items.kassenzeichen import Scheme, active_schemes
from ledger.items.store import NewItem, insert_items, opening_posting, reserve_items
from ledger.payments.propose_store import propose
from ledger.payments.steps_store import release, review
from ledger.people.parties import match_key
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.identifiers import make_iban
from tests.books import act

SEED = 20261116
OFFICES = (("ORDNUNG", 55), ("BAU", 25), ("KASSE", 20))
ITEMS_PER_ENTRY = 1000
FIRST = (
    "Anna", "Bernd", "Clara", "Dirk", "Emil", "Frida", "Gustav", "Hanna", "Ida", "Jan", "Karl", "Lena", "Max",
    "Nora", "Otto", "Paula", "Rosa", "Sven", "Tim", "Uwe",
)  # fmt: skip
LAST = (
    "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Koch",
    "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann", "Braun", "Krüger",
    "Hofmann", "Hartmann", "Lange", "Schmitt", "Werner", "Krause", "Meier", "Lehmann", "Köhler", "Herrmann",
)  # fmt: skip
PURPOSES = {"fee": "Gebühr", "tax": "Hundesteuer", "fine": "Verwarnungsgeld", "private": "Miete", None: "Kita"}
PROFILES = (("fee", None), ("tax", "hundesteuer"), ("fine", "bussgeld"), ("private", None), (None, None))
TARIFF = (1000, 1500, 2000, 2500, 3000, 3500, 5000, 5500, 7000, 10000)


@dataclass(frozen=True, slots=True)
class Debt:
    """An open item as its payer knows it."""

    office: str
    item: int
    reference: str
    cents: int
    due: str
    name: str
    iban: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A payment of ours, released, with the run's message id."""

    end_to_end: str
    message: str
    cents: int
    item: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Collected:
    """A payable that its supplier collects."""

    item: tuple[str, int]
    cents: int
    name: str
    iban: str


@dataclass(frozen=True, slots=True)
class Names:
    """The first and last names that people of a town have."""

    first: Sequence[str] = FIRST
    last: Sequence[str] = LAST

    def draw(self, chance: random.Random) -> str:
        """Return one of them."""
        return f"{chance.choice(self.first)} {chance.choice(self.last)}"


ALL_NAMES = Names()
FEW_NAMES = Names(FIRST[:5], LAST[:6])
"""These make as many namesakes in a small town as all of them in a large one."""


@dataclass(frozen=True, slots=True)
class Town:
    """What payers and the bank know of a filled book."""

    names: Names
    debts: Sequence[Debt]
    runs: Sequence[Sequence[Sent]]
    collected: Sequence[Collected]


def fill_town(store: Store, items: int, payments: int, seed: int = SEED, names: Names = ALL_NAMES) -> Town:
    """Fill a book with that many open items, three runs of payments and some payables that suppliers collect."""
    chance = random.Random(seed)
    town = Town(
        names,
        _fill_items(store, chance, items, names),
        _fill_runs(store, chance, payments),
        _fill_collected(store, payments),
    )
    store.execute("ANALYZE")
    return town


def _fill_items(store: Store, chance: random.Random, count: int, names: Names) -> list[Debt]:
    """Take over items by bulk, as an opening does, and return those that somebody may pay."""
    scheme, known, serial = active_schemes(store)[0], list[Debt](), 0
    with store.unit([office for office, _ in OFFICES]):
        first_party = take_ids(store, BOOK, "party", count)
        for office, share in OFFICES:
            wanted = count * share // 100
            first = reserve_items(store, office, wanted)
            for start in range(0, wanted, 50 * ITEMS_PER_ENTRY):
                size = min(50 * ITEMS_PER_ENTRY, wanted - start)
                made = list(_items(chance, scheme, office, first + start, size, first_party, serial, names))
                serial += size
                _write(store, office, made)
                known += [debt for _, debt in made if chance.random() < 0.4]
    return known


def _items(
    chance: random.Random,
    scheme: Scheme,
    office: str,
    first: int,
    count: int,
    first_party: int,
    serial: int,
    names: Names,
) -> Iterator[tuple[NewItem, Debt]]:
    """Yield items; every third belongs to the person before."""
    for offset in range(count):
        number = serial + offset
        who = number - number % 3 // 2
        person = random.Random(who)
        name = names.draw(person)
        profile, claim_kind = PROFILES[chance.randrange(len(PROFILES))]
        cents = TARIFF[chance.randrange(len(TARIFF))] if chance.random() < 0.33 else chance.randrange(500, 90_000)
        due = f"202{chance.randrange(4, 7)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        foreign = chance.random() < 0.03
        reference = f"HH{number:08d}" if foreign else scheme.number(number)
        item = NewItem(
            office, first + offset, "receivable", "2400", cents, due, "2026-01-01", 0, first_party + who, reference,
            foreign_reference=foreign, profile=profile, claim_kind=claim_kind, purpose=f"{PURPOSES[profile]} {due[:4]}",
        )  # fmt: skip
        yield item, Debt(office, item.id, reference, cents, due, name, own_iban(who), item.purpose or "")


def own_iban(who: int) -> str:
    """Return the account of a person."""
    return make_iban("DE", f"37040044{who:010d}")


def _write(store: Store, office: str, made: list[tuple[NewItem, Debt]]) -> None:
    people = {item.party: debt for item, debt in made}
    known = store.value("SELECT max(id) FROM party") or 0
    fresh = [(number, debt) for number, debt in people.items() if number > known]
    columns = ("id", "name", "match_key", "address_key", "created_at")
    store.insert("party", columns, [(n, debt.name, match_key(debt.name), "", store.now) for n, debt in fresh])
    columns = ("party", "iban", "kind", "source", "since")
    store.insert("party_account", columns, [(n, d.iban, "own", "opening", "2026-01-01") for n, d in fresh if n % 5])
    joint = [(n, d.iban) for (n, _), (_, d) in zip(fresh[::7], fresh[1::7], strict=False)]  # couples
    store.insert("party_account", columns, [(n, iban, "own", "opening", "2026-01-01") for n, iban in joint])
    groups = [made[at : at + ITEMS_PER_ENTRY] for at in range(0, len(made), ITEMS_PER_ENTRY)]
    drafts = []
    for group in groups:
        lines = [Posting("2400", item.amount_cents, item.id) for item, _ in group]
        total = -sum(item.amount_cents for item, _ in group)
        drafts.append(Draft(office, "opening", "2026-01-02", (*lines, Posting("8000", total))))
    for group, posted in zip(groups, post(store, drafts), strict=True):
        insert_items(store, [replace(item, position=posted.position) for item, _ in group])


def _payables(store: Store, name: str, amounts: Sequence[int], due: str, **more: str) -> list[tuple[str, int]]:
    with store.unit(["KASSE"]):
        party = take_ids(store, BOOK, "party")
        store.insert("party", ("id", "name", "match_key", "address_key", "created_at"),
                     [(party, name, match_key(name), "", store.now)])  # fmt: skip
        first = reserve_items(store, "KASSE", len(amounts))
        lines = [opening_posting("C", "4400", first + index, cents) for index, cents in enumerate(amounts)]
        (posted,) = post(store, [Draft("KASSE", "order", "2026-10-01", (*lines, Posting("6100", sum(amounts))))])
        new = (
            NewItem("KASSE", first + index, "payable", "4400", cents, due, "2026-10-01", posted.position, party,
                    purpose=f"Rechnung {index}", **more)  # type: ignore[arg-type]
            for index, cents in enumerate(amounts)
        )  # fmt: skip
        insert_items(store, list(new))
    return [("KASSE", first + index) for index in range(len(amounts))]


def _fill_runs(store: Store, chance: random.Random, count: int) -> list[list[Sent]]:
    """Release three runs: one booked payment by payment, one as a whole, one as a whole with its parts."""
    today, runs, user = dt.date(2026, 11, 16), list[list[Sent]](), store.user
    for number in range(3):
        amounts = [chance.randrange(1000, 300_000) for _ in range(count)]
        due = f"2026-10-{10 + number}"
        _payables(store, f"Lieferant {number} GmbH", amounts, due, bank_account=own_iban(10**9 + number))
        act(store, "dirk")
        run = propose(store, today=today).run
        assert run is not None, "due payables make a run"
        review(store, run.number, today=today)
        act(store, "emil")
        release(store, run.number, sum_cents=sum(amounts), today=today)
        sql = """SELECT p.end_to_end_id, r.message_id, p.cents, p.item_office, p.item FROM payment p
                 JOIN payment_run r ON r.office = p.office AND r.id = p.run WHERE p.run = :run ORDER BY p.line"""
        runs.append([Sent(*row[:3], row[3:]) for row in store.rows(sql, run=run.number)])
    store.user = user
    return runs


def _fill_collected(store: Store, count: int) -> list[Collected]:
    amounts = [20_000 + 7 * index for index in range(count)]
    name, iban = "Stadtwerke Musterstadt AG", own_iban(2 * 10**9)
    items = _payables(store, name, amounts, "2026-11-05", bank_account=iban, paid_by="direct_debit")
    return [Collected(item, cents, name, iban) for item, cents in zip(items, amounts, strict=True)]
