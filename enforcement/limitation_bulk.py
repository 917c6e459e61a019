"""The end of limitation for very many claims: equal histories are worked out once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from operator import attrgetter

from enforcement.law import Law, packaged_law
from enforcement.limitation import LimitationEvent, LimitationFacts, limitation
from enforcement.limitation_rules import LimitationRule, limitation_rule

_DAYS = attrgetter("due", "assessed", "final", "known", "arisen", "closed", "assessment_end")
Key = tuple[object, ...]


class LimitationWatch:
    """Returns what `limitation` would, for one rule, and remembers every history it has met.

    `only_years` says whether of the days of a claim to which nothing happened only the years count.
    """

    def __init__(self, rule: str | LimitationRule, *, land: str = "HH", law: Law | None = None) -> None:
        self.law = law or packaged_law()
        self.rule = limitation_rule(rule, self.law) if isinstance(rule, str) else rule
        self.land = land
        self._ends: dict[Key, dt.date | None] = {}
        longest = max(tier.years for tier in self.rule.tiers)
        self.only_years = self.rule.begins == "year_end" and not 0 < self.rule.cap_years <= longest + 1

    def end(self, facts: LimitationFacts, events: Iterable[LimitationEvent] = ()) -> dt.date | None:
        """Return the last day before a claim is time-barred, none while an interruption goes on."""
        happened = tuple(events)
        key = self._key(facts, happened)
        if key not in self._ends:
            self._ends[key] = limitation(self.rule, facts, happened, land=self.land, law=self.law).end
        return self._ends[key]

    def _key(self, facts: LimitationFacts, events: tuple[LimitationEvent, ...]) -> Key:
        """Return what the end hangs on: of the amount only how long the period is and whether events count.

        Where the period begins at the end of a year and nothing happened, of the days only their years.
        """
        amount = facts.amount_cents
        years = self.rule.years(amount)
        plain = not events and facts.known is facts.assessment_end is None
        if plain and self.rule.begins == "year_end" and not 0 < self.rule.cap_years <= years + 1:
            return (years, *[day and day.year for day in _DAYS(facts)])
        matters = amount is None or amount >= self.rule.effects_from_cents
        return (years, matters, *_DAYS(facts), *events)
