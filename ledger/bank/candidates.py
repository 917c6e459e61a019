"""What unclear money may be for, as values: proposals with a score for people, never decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from sepa.errors import N_

EVIDENCE = (
    N_("reference"), N_("hidden reference"), N_("repaired reference"), N_("own account"), N_("amount"), N_("name"),
    N_("similar name"), N_("name in the text"), N_("sum of several"), N_("payment given up before"),
    N_("purpose in the text"),
)  # fmt: skip
"""What may speak for a candidate; each is a word of `Candidate.evidence`."""
CANDIDATE_RULES = (N_("reference"), N_("repair"), N_("account"), N_("name"), N_("sum"), N_("payment"))
"""By which rule a candidate was found."""


class Clarified(Protocol):
    """A case as candidates are asked for: `Case`, `CaseDetails` and `UnclearCase` all are one."""

    @property
    def office(self) -> str:
        """The office of the case."""

    @property
    def number(self) -> int:
        """The number of the case in its office."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open item that unclear money may be for.

    `target` is what `kasse suspense assign` takes: the reference, or OFFICE/NUMBER. `score` is 0 to 100, `evidence`
    holds words of `EVIDENCE`, `rule` is one of `CANDIDATE_RULES`. Where several items make the amount together,
    each names all their targets in `together`. `part` is the part of a collective entry that speaks for it, where
    one alone does.
    """

    target: str
    office: str
    item: int
    open_cents: int
    score: int
    evidence: tuple[str, ...]
    rule: str
    party: str | None = None
    due: str = ""
    together: tuple[str, ...] = ()
    part: int | None = None


WEIGHTS = {
    "reference": 60, "hidden reference": 40, "repaired reference": 40, "own account": 35, "amount": 30, "name": 25,
    "payment given up before": 60, "name in the text": 20, "sum of several": 20, "similar name": 15,
    "purpose in the text": 10,
}  # fmt: skip
"""What each piece of evidence adds to a score; 100 is the most."""
RULE_OF = {
    "reference": "reference", "hidden reference": "reference", "repaired reference": "repair",
    "payment given up before": "payment",
    "own account": "account", "name": "name", "name in the text": "name", "similar name": "name",
}  # fmt: skip
PURPOSE = "purpose in the text"
MOST_SUMMED, LARGEST_SUM = 14, 6


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open item of a person as candidates are made of it."""

    office: str
    item: int
    reference: str | None
    open_cents: int
    due: str
    party: int | None
    name: str | None
    purpose: str | None = None
    claim_kind: str | None = None
    profile: str | None = None

    @property
    def target(self) -> str:
        """What names it for `kasse suspense assign`: the item itself, because a reference may name several."""
        return f"{self.office}/{self.item}"


def propose(
    items: Mapping[OpenItem, Sequence[str]], amounts: Collection[int], limit: int, meant: Collection[OpenItem] = ()
) -> tuple[Candidate, ...]:
    """Return the best candidates, the surest first, from open items with what speaks for each.

    `amounts` are the sums that the money may be meant for, `meant` the items whose kind of debt the payer names: that
    tells debts of one person apart (§ 366 (1) BGB) and proposes nothing alone. An item that only a similar name speaks
    for needs the amount besides.
    """
    sums = _sums(items, amounts)
    found = []
    for item, words in items.items():
        known = list(dict.fromkeys(words))
        if item.open_cents in amounts:
            known.append("amount")
        together = sums.get(item, ())
        if together:
            known.append("sum of several")
        score = sum(WEIGHTS[word] for word in known)
        if score < LEAST:
            continue
        if item in meant:
            known.append(PURPOSE)
        rule = "sum" if together else RULE_OF[max(words, key=WEIGHTS.__getitem__)]
        found.append(
            Candidate(
                item.reference or item.target, item.office, item.item, item.open_cents,
                min(100, sum(WEIGHTS[word] for word in known)), tuple(known), rule,
                item.name, item.due, tuple(one.target for one in together),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.score, one.due, one.office, one.item))[:limit])


LEAST = 20
"""A candidate with a lower score is not worth a look."""


def _sums(items: Mapping[OpenItem, Sequence[str]], amounts: Collection[int]) -> dict[OpenItem, tuple[OpenItem, ...]]:
    """Return for items of one person the others they make one of the amounts with, where that is told uniquely."""
    persons: dict[int, list[OpenItem]] = {}
    for item in items:
        if item.party is not None:
            persons.setdefault(item.party, []).append(item)
    found: dict[OpenItem, tuple[OpenItem, ...]] = {}
    for owed in persons.values():
        owed.sort(key=lambda one: (one.due, one.office, one.item))
        for cents in sorted(amounts):
            group = one_sum(owed[:MOST_SUMMED], cents)
            for item in group:
                found.setdefault(item, group)
    return found


def one_sum(items: Sequence[OpenItem], cents: int) -> tuple[OpenItem, ...]:
    """Return the only two to six items that make the amount; none where no or several choices do."""
    if len(items) > 1 and sum(item.open_cents for item in items) == cents:
        return tuple(items)
    found: list[tuple[OpenItem, ...]] = []
    for size in range(2, min(LARGEST_SUM, len(items)) + 1):
        for group in combinations(items, size):
            if sum([item.open_cents for item in group]) == cents:
                found.append(group)
                if len(found) > 1:
                    return ()
    return found[0] if found else ()
