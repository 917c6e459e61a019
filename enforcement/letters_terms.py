"""When a letter counts as given, and when the term it sets ends: by the law of its claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from enforcement.deadlines import counted, deadline_of
from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.letters import LetterKind
from enforcement.letters_remedies import remedy_of
from enforcement.profiles import Profile, profile_for
from sepa.errors import KasseError

HOME = frozenset({"", "DE", "D"})
ABROAD = {"bekanntgabe_ao": "bekanntgabe_ausland"}
"""The rule of notice by post abroad; where none is named only a proof of receipt tells the day (§ 41 (2) VwVfG)."""
PLAIN_NOTICE = "bekanntgabe_vwvfg"
"""Notice of a letter about claims that name no law."""
_UNITS = {"days": ("Tages", "Tagen"), "weeks": ("Woche", "Wochen"), "months": ("Monats", "Monaten")}


@dataclass(frozen=True, slots=True)
class Term:
    """The day of notice and the last day of the term; none where only a proof of service will tell."""

    deemed_on: dt.date | None
    term_end: dt.date | None


@dataclass(slots=True)
class Terms:
    """The terms of many letters: every rule is looked up once for each day."""

    land: str
    law: Law
    plain_days: int = 14
    findings: tuple[KasseError, ...] = ()
    _ends: dict[tuple[str, dt.date], dt.date] = field(default_factory=dict)
    _profiles: dict[str, Profile | None] = field(default_factory=dict)

    def profile(self, name: str | None) -> Profile | None:
        """Return the profile of that name in this Land, none where there is none."""
        if not name:
            return None
        if name not in self._profiles:
            self._profiles[name] = profile_for(name, self.land, self.law)
        return self._profiles[name]

    def by_post(
        self, posted: dt.date, kind: LetterKind, claims: Iterable[tuple[str | None, int]], country: str | None
    ) -> Term:
        """Return the term of a letter given to the post, for claims with a profile and the level it brings them to.

        The latest day counts: nobody gets less time than the law of one of the claims gives.
        """
        known = list(claims)
        notices = {self._notice(profile, country) for profile, _ in known} or {PLAIN_NOTICE}
        if "" in notices:
            return Term(None, None)
        deemed = max(self._end(rule, posted) for rule in notices)
        return Term(deemed, self.term_from(deemed, kind, known))

    def term_from(self, deemed: dt.date, kind: LetterKind, claims: Iterable[tuple[str | None, int]]) -> dt.date | None:
        """Return the last day of the term of a letter that counts as given on a day, none where it sets none."""
        ends = [self._term(deemed, rule) for rule in self.rules(kind, claims)]
        return max(ends) if ends else None

    def rules(self, kind: LetterKind, claims: Iterable[tuple[str | None, int]]) -> list[str]:
        """Return the deadline rules of a letter, '' for a claim whose law is not named."""
        if kind.demand:
            return sorted({self._step_term(name, level) for name, level in claims})
        if not kind.act:
            return []
        remedies = [remedy_of(profile) for name, _ in claims if (profile := self.profile(name))]
        return sorted({remedy.deadline for remedy in remedies if remedy and remedy.deadline})

    def words(self, rules: Iterable[str], day: dt.date) -> str:
        """Return the longest term in words, as 'innerhalb einer Woche'; '' without a rule."""
        lengths = [self._length(rule, day) for rule in rules]
        if not lengths:
            return ""
        _, number, unit = max(lengths)
        one, many = _UNITS.get(unit, ("Tages", "Tagen"))
        if number == 1:
            return f"innerhalb {'einer' if unit == 'weeks' else 'eines'} {one}"
        return f"innerhalb von {number} {many}"

    def notice_norm(self, name: str | None) -> str:
        """Return the norm of notice by post of a law."""
        profile = self.profile(name)
        return self.law.deadline(profile.notice if profile else PLAIN_NOTICE).norm

    def _length(self, rule: str, day: dt.date) -> tuple[dt.date, int, str]:
        if not rule:
            return day + dt.timedelta(days=self.plain_days), self.plain_days, "days"
        found = deadline_of(rule, day, land=self.land or "HH", law=self.law)
        return found.unmoved, found.length, found.unit

    def _step_term(self, name: str | None, level: int) -> str:
        profile = self.profile(name)
        if profile is None or not profile.dunning:
            return ""
        return profile.dunning[min(max(level, 1), len(profile.dunning)) - 1].term

    def _notice(self, name: str | None, country: str | None) -> str:
        profile = self.profile(name)
        rule = profile.notice if profile else PLAIN_NOTICE
        return rule if (country or "").strip().upper() in HOME else ABROAD.get(rule, "")

    def _term(self, deemed: dt.date, rule: str) -> dt.date:
        if rule:
            return self._end(rule, deemed)
        return counted(deemed, self.plain_days, "days", land=self.land or "HH").end

    def _end(self, rule: str, start: dt.date) -> dt.date:
        if (rule, start) not in self._ends:
            found = deadline_of(rule, start, land=self.land or "HH", law=self.law)
            self.findings = distinct(self.findings + found.findings)
            self._ends[rule, start] = found.end
        return self._ends[rule, start]
