"""Tilgung: how one payment is spread over several open items of one debtor, decided by data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

BOOKED_AHEAD = frozenset({"stundungszinsen"})
"""Kinds of claim that are booked when relief is granted, for days to come; due when those are over."""


class Order(Protocol):
    """What spreading needs to know of a profile's settlement order."""

    def rank(self, claim_kind: str) -> int:
        """Return the place of a kind of claim: lower is paid first."""


@dataclass(frozen=True, slots=True)
class ClassOrder:
    """A settlement order as classes of claims, with the norm it comes from."""

    norm: str
    ranks: Mapping[str, int]
    rest: int

    def rank(self, claim_kind: str) -> int:
        """Return the place of the class the kind belongs to."""
        return self.ranks.get(claim_kind, self.rest)


@dataclass(frozen=True, slots=True)
class Claim:
    """An open item as settlement sees it; `open_cents` is what may still be paid on it."""

    office: str
    item: int
    open_cents: int
    due: str
    profile: str | None = None
    claim_kind: str | None = None


@cache
def packaged_orders() -> Mapping[str, ClassOrder]:
    """Return the settlement orders that come with kasse, by profile (§ 225 AO, §§ 366, 367 BGB, § 94 OWiG)."""
    return {name: _order(section, packaged_classes()) for name, section in _data().items() if name != "classes"}


@cache
def packaged_classes() -> Mapping[str, Sequence[str]]:
    """Return the kinds of claim that belong to a class whatever the order: costs, interest, fines."""
    classes: dict[str, list[str]] = _data()["classes"]
    return classes


def _data() -> dict[str, Any]:
    return tomllib.loads((files("ledger") / "items" / "settlement.toml").read_text(encoding="utf-8"))


def _order(section: dict[str, object], classes: Mapping[str, Sequence[str]]) -> ClassOrder:
    names = section["order"]
    assert isinstance(names, list), "an order is a list of classes"
    ranks: dict[str, int] = {}
    for place, name in enumerate(names):
        ranks |= dict.fromkeys((name, *classes.get(name, ())), place)
    return ClassOrder(str(section["norm"]), ranks, ranks[str(section["rest"])])


def spread(
    claims: Iterable[Claim], cents: int, orders: Mapping[str, Order] | None = None, *, day: str = ""
) -> list[tuple[Claim, int]]:
    """Return which claims are paid and how many cents of each, in the order of payment; `day` is when it was paid.

    Claims of one profile follow its order in `orders` (default: those that come with kasse), inside a class by
    due day; claims without a profile, or of several profiles, are paid oldest due day first. What is more than
    all claims together stays over: the sum of the result says how much was used. Interest that was booked ahead for
    days after the payment is not owed yet: it comes last (§§ 366 (2), 367 BGB).
    """
    assert cents >= 0, "only money that came in is spread"
    paid: list[tuple[Claim, int]] = []
    left = cents
    for claim in in_order(claims, packaged_orders() if orders is None else orders, day=day):
        part = min(left, claim.open_cents)
        if part > 0:
            paid.append((claim, part))
            left -= part
    return paid


def in_order(claims: Iterable[Claim], orders: Mapping[str, Order], *, day: str = "") -> list[Claim]:
    """Return the claims as they are paid on a day, one after the other."""
    found = list(claims)
    profiles = {claim.profile for claim in found}
    order = orders.get(profiles.pop() or "") if len(profiles) == 1 else None

    def place(claim: Claim) -> tuple[bool, int, str, str, int]:
        rank = order.rank(claim.claim_kind or "") if order else 0
        ahead = bool(day) and claim.claim_kind in BOOKED_AHEAD and claim.due > day
        return ahead, rank, claim.due, claim.office, claim.item

    return sorted(found, key=place)
