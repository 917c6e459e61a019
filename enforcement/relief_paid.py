"""What is given back of paid claims: of whose money, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sepa.errors import N_, KasseError

PAYS_BACK = ("erlass", "absetzung")
"""Kinds by which a claim was not owed, as far as it goes: what is paid of that is given back (§ 37 (2) AO)."""


class ReliefPaidError(KasseError):
    """Money to be given back by a relief that leaves the claim as it is."""

    code = "relief.give_back"
    template = N_("{kind} gives nothing back of what is paid")
    hint = N_("only an erlass and an absetzung of named claims do")
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid how many cents."""

    party: int
    cents: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What of an item one person paid, in cents."""

    office: str
    item: int
    main_item: int | None
    party: int
    cents: int
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """What a bank entry, or a part of it, brought for an item in cents; `party` is the joint debtor whose it is."""

    day: str
    entry: tuple[str, int]
    cents: int
    party: int | None = None


def take_payment(payments: list[Payment], day: str, cents: int) -> list[Payment]:
    """Return the payments that a clearing of that day is made of, and take them out of the list; [] where none fits.

    That is one payment, or all that one bank entry brought in parts.

    >>> parts = [Payment("2026-11-16", ("KASSE", 1), 300, 7), Payment("2026-11-16", ("KASSE", 1), 200, 8)]
    >>> [one.party for one in take_payment(list(parts), "2026-11-16", 200)]
    [8]
    >>> [one.party for one in take_payment(parts, "2026-11-16", 500)], parts
    ([7, 8], [])
    """
    own = [one for one in payments if one.day == day]
    alone = [[one] for one in reversed(own) if one.cents == cents]
    together = [[one for one in own if one.entry == entry] for entry in {one.entry: None for one in reversed(own)}]
    whole = [parts for parts in together if sum(one.cents for one in parts) == cents]
    taken = next(iter((*alone, *whole)), [])
    for one in taken:
        payments.remove(one)
    return taken


def newest_first(money: Sequence[Payer], back_cents: int) -> list[Payer]:
    """Return what of money may still be given back to whom: the newest comes first, `back_cents` of it are gone.

    What was paid first is what the rest of the claim is paid with.
    """
    found = []
    for one in money:
        gone = min(back_cents, one.cents)
        back_cents -= gone
        if one.cents > gone:
            found.append(Payer(one.party, one.cents - gone))
    return found


def take_back(paid: Sequence[Paid], cents: int | None) -> list[Paid]:
    """Return what a sum takes back of paid claims, one line for each claim and payer; None takes back all."""
    taken: dict[tuple[str, int, int], Paid] = {}
    for one in paid:
        part = one.cents if cents is None else min(one.cents, cents)
        cents = None if cents is None else cents - part
        if part:
            key = one.office, one.item, one.party
            before = taken[key].cents if key in taken else 0
            taken[key] = replace(one, cents=before + part)
    return list(taken.values())
