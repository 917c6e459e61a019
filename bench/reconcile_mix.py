"""The mix of a bank's day: each kind of entry is a function that draws one, with the items it may rightly move.

The mix follows what cash offices describe. Most payers give the reference: spaced, dotted, wrapped, as RF, beside
dates and amounts. Some mistype it, pay a part, too much, twice, for somebody else or without a word; offices that pay
for many list several; banks collect, charge, return.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count as counted

from bench.reconcile_data import Debt, Town, own_iban
from bench.reconcile_texts import mistake, written
from sepa.identifiers import make_rf
from tests.books import MAIN_IBAN, SECOND_IBAN

Item = tuple[str, int]
_STRANGER = counted(3 * 10**9)


@dataclass(frozen=True, slots=True)
class Detail:
    """One transaction of a collective entry."""

    cents: int
    text: str = ""
    end_to_end: str | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A bank entry before it has a number: `kind` and `items` are the truth."""

    kind: str
    cents: int
    text: str = ""
    items: frozenset[Item] = frozenset()
    name: str | None = None
    counter_iban: str | None = None
    gvc: str = "166"
    end_to_end: str | None = "NOTPROVIDED"
    structured: str | None = None
    message: str | None = None
    reason: str | None = None
    iban: str = MAIN_IBAN
    details: Sequence[Detail] = ()


@dataclass(slots=True)
class Days:
    """Draws entries, each debt once until all were paid; what comes second (another leg) waits in `later`."""

    chance: random.Random
    town: Town
    later: list[Booked] = field(default_factory=list)
    waiting: list[Debt] = field(default_factory=list)

    def debt(self) -> Debt:
        """Return a debt that somebody pays."""
        if not self.waiting:
            self.waiting = self.chance.sample(self.town.debts, len(self.town.debts))
        return self.waiting.pop()

    def name(self) -> str:
        """Return the name of somebody whom the book need not know."""
        return self.town.names.draw(self.chance)

    def draw(self) -> Booked:
        """Return one entry of the mix."""
        if self.later and self.chance.random() < 0.1:
            return self.later.pop()
        drawn = self.chance.random() * _TOTAL
        for share, make in MIX:
            drawn -= share
            if drawn < 0:
                return make(self)
        return MIX[-1][1](self)


def _key(debt: Debt) -> frozenset[Item]:
    return frozenset({(debt.office, debt.item)})


def _said(kind: str, debt: Debt, text: str, cents: int | None = None, **more: str) -> Booked:
    values = {"name": debt.name, "counter_iban": debt.iban} | more
    return Booked(kind, debt.cents if cents is None else cents, text, _key(debt), **values)  # type: ignore[arg-type]


def right(days: Days) -> Booked:
    debt = days.debt()
    if days.chance.random() < 0.04 and debt.reference.isdigit():
        return _said("structured", debt, "", structured=make_rf(debt.reference))
    return _said("reference", debt, written(days.chance, debt.reference))


def part(days: Days) -> Booked:
    debt = days.debt()
    cents = max(1, debt.cents * days.chance.randrange(10, 95) // 100)
    return _said("part", debt, written(days.chance, debt.reference), cents)


def over(days: Days) -> Booked:
    debt = days.debt()
    return _said("over", debt, written(days.chance, debt.reference), debt.cents + days.chance.randrange(1, 5000))


def twice(days: Days) -> Booked:
    debt = days.debt()
    days.later.append(_said("twice", debt, written(days.chance, debt.reference)))
    return _said("reference", debt, written(days.chance, debt.reference))


def by_another(days: Days) -> Booked:
    """Pay somebody else's debt from an own account, with the right reference."""
    debt, payer = days.debt(), days.debt()
    return _said("by another", debt, written(days.chance, debt.reference), name=payer.name, counter_iban=payer.iban)


def for_another(days: Days) -> Booked:
    """Pay somebody else's debt from an own account, by name alone; often the payer owes the same amount.

    Not a namesake's: who names that name, owes that amount and pays from the own account says nothing else.
    """
    payer = days.debt()
    debt = next(debt for debt in iter(days.debt, None) if debt.name != payer.name)
    text = days.chance.choice([f"für {debt.name}", debt.name, f"Zahlung {debt.name}", f"{debt.name} Bescheid"])
    cents = payer.cents if days.chance.random() < 0.5 else debt.cents
    return Booked("for another", cents, text, frozenset(), payer.name, payer.iban)


def mistyped(days: Days) -> Booked:
    debt = days.debt()
    wrong = mistake(days.chance, debt.reference)
    payer = days.debt() if days.chance.random() < 0.1 else debt
    return _said("mistyped", debt, f"KZ {wrong}", name=payer.name, counter_iban=payer.iban)


def silent(days: Days) -> Booked:
    debt = days.debt()
    text = days.chance.choice(
        ["", "Danke", debt.purpose, "Bescheid vom 12.10.2026", f"{debt.purpose.split()[0]} November"]
    )
    return _said("silent", debt, text)


def unknown_payer(days: Days) -> Booked:
    debt = days.debt()
    return Booked("unknown payer", debt.cents, "Danke", frozenset(), days.name(), own_iban(next(_STRANGER)))


def another_number(days: Days) -> Booked:
    """Pay something else: an invoice, a customer's number, a number in which a reference of ours hides."""
    debt, chance = days.debt(), days.chance
    number = debt.reference
    text = chance.choice(
        [f"Rechnung {chance.randrange(10**6)}", f"Kundennr. 77{number}88", f"Tel. 040/{chance.randrange(10**10):010d}",
         f"AB{number}", f"Vertrag {chance.randrange(10**12):013d}", f"{chance.randrange(10**3)}{number}"]
    )  # fmt: skip
    return Booked(
        "another number", chance.randrange(500, 90_000), text, frozenset(), days.name(), own_iban(next(_STRANGER))
    )


def relative(days: Days) -> Booked:
    """Pay something of one's own from an account that is also, or only, a relative's who owes that amount."""
    debt = days.debt()
    first = days.chance.choice([name for name in days.town.names.first if name not in debt.name])
    text = days.chance.choice(["", "Danke", debt.purpose])
    return Booked("relative", debt.cents, text, frozenset(), f"{first} {debt.name.split()[-1]}", debt.iban)


def other_bill(days: Days) -> Booked:
    """Pay another bill of the amount that one owes, from the own account: another kind or year, a short number."""
    debt, chance = days.debt(), days.chance
    kind = debt.purpose.split()[0]
    text = chance.choice(
        [f"Rechnung {chance.randrange(10, 1999)}", f"Rechnung {chance.randrange(10, 1999)} {debt.purpose}",
         "Grundsteuer", "Gewerbesteuer 2025", f"{kind} 2019", f"{kind} 2031"]
    )  # fmt: skip
    return Booked("other bill", debt.cents, text, frozenset(), debt.name, debt.iban)


def wrong_part(days: Days) -> Booked:
    """Pay something else by a reference that is wrong but another's: without a name, or of a family many have."""
    debt, chance = days.debt(), days.chance
    cents = max(1, debt.cents * chance.randrange(10, 95) // 100)
    name = chance.choice([None, debt.name.split()[-1]])
    iban = chance.choice([None, own_iban(next(_STRANGER))])
    return Booked("wrong part", cents, written(chance, debt.reference), frozenset(), name, iban)


def amid_numbers(days: Days) -> Booked:
    """Pay somebody else's bill in whose numbers a reference of ours lies, by chance with its amount."""
    debt, chance = next(debt for debt in iter(days.debt, None) if debt.reference.isdigit()), days.chance
    text = f"Kd {chance.randrange(10, 99)} {debt.reference} {chance.randrange(10, 99)}"
    return Booked("amid numbers", debt.cents, text, frozenset(), "Xaver Yildiz", own_iban(next(_STRANGER)))


def several(days: Days) -> Booked:
    debts = [days.debt() for _ in range(days.chance.randrange(2, 5))]
    cents, chance = sum(debt.cents for debt in debts), days.chance
    text = chance.choice([" ", ", ", "\n", " und "]).join(debt.reference for debt in debts)
    items = frozenset((debt.office, debt.item) for debt in debts)
    if chance.random() < 0.3:
        cents -= chance.randrange(1, cents)
    return Booked("several", cents, text, items, "Jobcenter Musterstadt", own_iban(4 * 10**9), "156")


def collective(days: Days) -> Booked:
    """A batch of credits, now and then with parts that do not make the sum."""
    debts = [days.debt() for _ in range(days.chance.randrange(3, 20))]
    details = [Detail(debt.cents, written(days.chance, debt.reference)) for debt in debts]
    cents = sum(debt.cents for debt in debts) - (days.chance.random() < 0.05)
    items = frozenset((debt.office, debt.item) for debt in debts)
    return Booked("collective", cents, items=items, gvc="194", details=details)


def fee(days: Days) -> Booked:
    gvc = days.chance.choice(["805", "808", "808", "814"])
    return Booked("fee", -days.chance.randrange(100, 3000), "ENTGELTE OKTOBER", gvc=gvc, name="Bank")


def unknown_debit(days: Days) -> Booked:
    text = f"Abschlag Rechnung {days.chance.randrange(10**7)}"
    return Booked("unknown debit", -days.chance.randrange(1000, 90_000), text, name="Gaswerk", gvc="105")


def transfer(days: Days) -> Booked:
    cents = days.chance.randrange(100_000, 9_000_000)
    days.later.append(Booked("transfer", cents, "Umbuchung", counter_iban=MAIN_IBAN, iban=SECOND_IBAN))
    return Booked("transfer", -cents, "Umbuchung", counter_iban=SECOND_IBAN, gvc="116")


def returned_collection(days: Days) -> Booked:
    debt = days.debt()
    return Booked("other return", -debt.cents - 300, written(days.chance, debt.reference), gvc="109", reason="MS03")


MIX: tuple[tuple[float, Callable[[Days], Booked]], ...] = (
    (66, right), (4, part), (2, over), (1.5, twice), (3, by_another), (1, for_another), (4, mistyped), (5, silent),
    (3, unknown_payer), (2.5, another_number), (1.5, several), (0.5, collective), (1, fee), (0.7, unknown_debit),
    (0.3, transfer), (0.3, returned_collection), (1, relative), (1, other_bill), (0.7, wrong_part), (0.5, amid_numbers),
)  # fmt: skip
_TOTAL = sum(share for share, _ in MIX)
