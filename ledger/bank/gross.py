"""Credits of collections that hold what the bank had refused, and the debits that take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of a collection run (0: the whole run) with refused collections, under its id at the bank.

    `left_cents` is what is under way and not credited; `refused` has the cents by the EndToEndId of each refused one.
    """

    office: str
    run: int
    batch: int
    name: str
    left_cents: int
    refused: Mapping[str, int]

    @property
    def refused_cents(self) -> int:
        """What was refused in all."""
        return sum(self.refused.values())


@dataclass(frozen=True, slots=True)
class Unclear:
    """Unclear money that nobody has touched: its case, how much, and the identifiers that its bank entry names."""

    office: str
    number: int
    cents: int
    names: frozenset[str]


def gross_credit(
    batch: Batch, credits_: Sequence[Unclear], debits: Sequence[Unclear]
) -> tuple[Unclear, tuple[Unclear, ...]] | None:
    """Return the credit of a batch with what was refused in it, and the debits that take it back; None where unproven.

    The credit names the batch and is what is left of it and what was refused, to the cent. Taken back is either what
    was refused in one sum under the id of the batch, or each refused collection under its own. Several that fit are
    nobody's to choose from here.
    """
    whole = [one for one in credits_ if batch.name in one.names and one.cents == batch.left_cents + batch.refused_cents]
    ways = {frozenset(way): way for way in (_in_one(batch, debits), _one_by_one(batch, debits)) if way}
    if not batch.refused or len(whole) != 1 or len(ways) != 1:
        return None
    return whole[0], next(iter(ways.values()))


def _in_one(batch: Batch, debits: Sequence[Unclear]) -> tuple[Unclear, ...]:
    found = [one for one in debits if batch.name in one.names and one.cents == batch.refused_cents]
    return tuple(found) if len(found) == 1 else ()


def _one_by_one(batch: Batch, debits: Sequence[Unclear]) -> tuple[Unclear, ...]:
    fitting = [
        [one for one in debits if name in one.names and one.cents == cents] for name, cents in batch.refused.items()
    ]
    chosen = [group[0] for group in fitting if len(group) == 1]
    return tuple(chosen) if len(chosen) == len(fitting) == len({one.number for one in chosen}) else ()
