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
