"""What unclear money may be for, as values: proposals with a score for people, never decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from sepa.errors import N_

EVIDENCE = (
    N_("reference"), N_("repaired reference"), N_("hidden reference"), N_("amount"), N_("part of the amount"),
    N_("name"), N_("similar name"), N_("own account"), N_("used before"), N_("sum of several"),
)  # fmt: skip
"""What may speak for a candidate; each is a word of `Candidate.evidence`."""
CANDIDATE_RULES = (N_("reference"), N_("repair"), N_("account"), N_("name"), N_("sum"), N_("history"))
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
    each names all their targets in `together`.
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


WEIGHTS = {
    "reference": 60, "hidden reference": 45, "repaired reference": 40, "own account": 35, "sum of several": 20,
    "amount": 30, "part of the amount": 5, "name": 25, "similar name": 15, "used before": 15,
}  # fmt: skip
"""What each piece of evidence adds to a score; 100 is the most."""


def scored(candidate: Candidate) -> Candidate:
    """Return the candidate with the score of its evidence."""
    return replace(candidate, score=min(100, sum(WEIGHTS[word] for word in candidate.evidence)))


def best_first(candidates: Iterable[Candidate], limit: int) -> tuple[Candidate, ...]:
    """Return the best candidates, the surest first; of several for one item the one with the most evidence."""
    found: dict[tuple[str, int], Candidate] = {}
    for one in map(scored, candidates):
        key = one.office, one.item
        known = found.get(key)
        if known is None or (one.score, known.rule) > (known.score, one.rule):
            found[key] = one
    order = sorted(found.values(), key=lambda one: (-one.score, one.due, one.office, one.item))
    return tuple(order[:limit])
