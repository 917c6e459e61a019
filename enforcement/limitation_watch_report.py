"""What became time-barred: which claims, since when, why, how much was open then and is now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from enforcement.limitation_watch import Claim, Happened, Lawbook, Standing
from sepa.errors import N_, KasseError


class UnknownGroupError(KasseError):
    """Nothing that can be grouped by."""

    code = "limitation.group"
    template = N_("cannot group by {name}")
    hint = N_("group by one or more of: {names}")
    exit_code = 2


class Barred(NamedTuple):
    """A claim that is time-barred: since when, why, what was open of it then and what is now.

    Without an end `why` says why none is known.
    """

    office: str
    item: int
    reference: str | None
    party: str | None
    kind: str | None
    profile: str | None
    due: str
    end: dt.date | None
    why: str
    last_kind: str | None
    last_day: dt.date | None
    barred_cents: int
    open_cents: int


def barred(rows: Iterable[tuple[Claim, Happened]], book: Lawbook, first: dt.date, day: dt.date) -> Iterator[Barred]:
    """Yield the claims whose period ended from `first` on and before `day`, and without an end those not known."""
    for claim, happened in rows:
        found = book.standing(claim, happened)
        left = claim.open_cents + claim.side_cents
        if found.end is None:
            if left and found.state != "stands_still":
                yield _row(claim, found, found.state, left, left)
        elif first <= found.end < day:
            end = found.end.isoformat()
            was = left + sum(cents for cleared, cents in happened.cleared if cleared > end)
            if found.part_cents is not None:
                was, left = min(was, found.part_cents), min(left, found.part_cents)
            if was > 0:
                yield _row(claim, found, found.why, was, left)


def _row(claim: Claim, found: Standing, why: str, was: int, left: int) -> Barred:
    return Barred(
        claim.office, claim.item, claim.reference, claim.party, claim.claim_kind, claim.profile, claim.due, found.end,
        why, found.last_kind, found.last_day, was, left,
    )  # fmt: skip


BY = ("office", "kind", "profile", "year")


@dataclass(slots=True)
class Sums:
    """How many, how much of it was open at the end, and how much is open now."""

    count: int = 0
    barred_cents: int = 0
    open_cents: int = 0

    def add(self, barred_cents: int, open_cents: int) -> None:
        """Count one claim."""
        self.count += 1
        self.barred_cents += barred_cents
        self.open_cents += open_cents


def group(row: Barred, by: Sequence[str]) -> tuple[str, ...]:
    """Return the group of a claim: its office, kind, profile or year as wanted, and why."""
    year = str(row.end.year) if row.end else ""
    values = {"office": row.office, "kind": row.kind or "", "profile": row.profile or "", "year": year}
    return (*(values[name] for name in by), row.why)


def check_by(by: Sequence[str]) -> tuple[str, ...]:
    """Return what to group by, each once; raises `UnknownGroupError`."""
    for name in by:
        if name not in BY:
            raise UnknownGroupError(name=name, names=", ".join(BY))
    return tuple(dict.fromkeys(by))


def summed(rows: Iterable[Barred], by: Sequence[str]) -> tuple[dict[tuple[str, ...], Sums], dict[str, Sums]]:
    """Return the sums of each group and reason, and those of claims without a known end by why that is."""
    sums: defaultdict[tuple[str, ...], Sums] = defaultdict(Sums)
    undated: defaultdict[str, Sums] = defaultdict(Sums)
    for row in rows:
        one = sums[group(row, by)] if row.end else undated[row.why]
        one.add(row.barred_cents, row.open_cents)
    return dict(sums), dict(undated)
