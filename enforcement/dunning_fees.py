"""What a letter costs beside its claims: one fee for each schedule, and a lump sum for each claim in default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from enforcement.dunning_claims import Due, Overdue
from enforcement.dunning_law import ClaimLaw
from enforcement.dunning_rules import Rulebook
from enforcement.law.rules import LUMP_KIND


class Fee(NamedTuple):
    """What a letter costs: by which schedule, and the item it hangs on; of a fee that of the largest amount.

    A lump sum for default has its kind of claim (`LUMP_KIND`) in the place of a schedule.
    """

    schedule: str
    norm: str
    cents: int
    office: str
    main_item: int


def fees_of(items: Sequence[Due], book: Rulebook) -> Iterator[Fee]:
    """Yield one fee for each schedule of a letter, two laws that share one charge it once; then lump sums by claim."""
    if len(items) == 1 and not items[0].step.fee and not items[0].lump_cents:
        return
    bases: dict[str, tuple[ClaimLaw, list[Overdue]]] = {}
    for one in items:
        law = book.claim_law(one.row.profile) if one.step.fee and one.row.main_item is None else None
        if law is not None and law.fee is not None:
            bases.setdefault(law.profile.dunning_fee, (law, []))[1].append(one.row)
    for schedule, (law, rows) in bases.items():
        cents = law.fee_cents(sum([row.open_cents for row in rows]))
        if cents and law.fee is not None:
            largest = max(rows, key=attrgetter("open_cents"))
            yield Fee(schedule, law.fee.norm, cents, largest.office, largest.item)
    for one in items:
        law = book.claim_law(one.row.profile) if one.lump_cents else None
        if law is not None:
            yield Fee(LUMP_KIND, law.lump_norm, one.lump_cents, one.row.office, one.row.item)
