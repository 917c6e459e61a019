"""The rules of dunning: which step of its profile a claim is due for, what it costs, and why it is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enforcement.charges import Claim, Payment, accrue
from enforcement.deadlines import deadline_of
from enforcement.dunning_claims import Due, Left, Overdue
from enforcement.dunning_law import DEFAULT_LAND, FIRST_KNOWN, ClaimLaw, before_law, looked_up
from enforcement.law import Law
from enforcement.law.figures import DayBeforeLawError, distinct
from enforcement.law.rules import ChargeRule
from enforcement.limitation import LimitationEvent, LimitationFactError
from enforcement.limitation_bulk import LimitationWatch
from enforcement.limitation_watch import split_facts
from enforcement.lump_sums import lump_sum
from enforcement.profiles import DunningStep, profile_for
from enforcement.relief_rules import late_charge, owed_at_first, pauses
from sepa.calendar import LAENDER, CalendarYearError, next_working_day
from sepa.errors import KasseError

WAIT_DAYS = 10
"""Kasse.Hamburg duns when the due day has been passed by ten days; for claims that name no law of their own."""
PLAIN = DunningStep(1, "mahnung", "", "", fee=False, way="post", norm="")
"""The step of a claim without a profile."""
SETTLED = DunningStep(0, "mahnung", "", "", fee=False, way="post", norm="")
"""The step of a claim that was paid too late: its charges are asked for."""
PLAIN_STEPS = 2
"""How often a claim without a profile is dunned; then a person has to say what law it has."""


@dataclass(slots=True)
class Rulebook:
    """The law of one dunning day and Land: every profile, waiting time and figure is looked up once.

    `paid` are the payments on claims paid in part, `events` what happened to claims in law, by office and item,
    `personal` what of joint debtors concerns one alone, `reduced` what orders took off, `fallen` the side claims of
    settled claims that are time-barred with these, with the end; `lumps` what was demanded of lump sums for default;
    `given_back` what orders took off claims that were paid.
    Raises the errors of a law that is not known on the day.
    """

    day: dt.date
    land: str
    law: Law
    wait_days: int = WAIT_DAYS
    paid: Mapping[tuple[str, int], tuple[Payment, ...]] = field(default_factory=dict)
    events: Mapping[tuple[str, int], tuple[LimitationEvent, ...]] = field(default_factory=dict)
    personal: Mapping[tuple[str, int], Sequence[tuple[int, LimitationEvent]]] = field(default_factory=dict)
    reduced: Mapping[tuple[str, int], tuple[Payment, ...]] = field(default_factory=dict)
    fallen: Mapping[tuple[str, int], dt.date] = field(default_factory=dict)
    lumps: Mapping[tuple[str, int], int] = field(default_factory=dict)
    given_back: Mapping[tuple[str, int], tuple[Payment, ...]] = field(default_factory=dict)
    findings: tuple[KasseError, ...] = ()
    _laws: dict[str, ClaimLaw | None] = field(default_factory=dict)
    _waits: dict[tuple[str, str], dt.date] = field(default_factory=dict)
    _days: dict[str, dt.date] = field(default_factory=dict)
    _ends: dict[tuple[object, ...], dt.date | None] = field(default_factory=dict)
    _noted: dict[int, tuple[KasseError, ...]] = field(default_factory=dict)

    def claim_law(self, name: str | None) -> ClaimLaw | None:
        """Return the law of a profile in this Land, none for no name and where the law data has none."""
        if not name:
            return None
        if name not in self._laws:
            profile = profile_for(name, self.land, self.law)
            self._laws[name] = looked_up(profile, self.day, self.land, self.law) if profile else None
        return self._laws[name]

    def decide(self, row: Overdue) -> Due | Left:
        """Return the step a claim is due for on the day, or why it is not."""
        if not row.profile:
            return self._plain(row)
        law = self.claim_law(row.profile)
        try:
            return self._by_law(row, law) if law else Left(row.office, row.item, "law_unknown")
        except (DayBeforeLawError, CalendarYearError) as error:
            self.note((before_law(error, row.profile),))
            return Left(row.office, row.item, "law_unknown")

    def _by_law(self, row: Overdue, law: ClaimLaw) -> Due | Left:
        steps = law.profile.dunning
        if row.level >= len(steps) or row.letter_open:
            return Left(row.office, row.item, "letter_open" if row.letter_open else "last_step")
        step = steps[row.level]
        until = self._wait(row, step.wait)
        if until >= self.day:
            return Left(row.office, row.item, "waiting", until.isoformat())
        end = self._limitation_end(row, law)
        if end is not None and end < self.day:
            return Left(row.office, row.item, "barred", end.isoformat())
        last = end.isoformat() if end else None
        return Due(row, step, step.level, *self._charge(row, law), last, self._lump(row, law))

    def settled(self, row: Overdue) -> Due | None:
        """Return a claim that was paid too late, for the charges that nobody asked for; none where there are none.

        A charge arises by law with each day or month (§ 240 (1) AO), whether somebody was dunned or not.
        """
        law = self.claim_law(row.profile)
        if law is None or law.accruer is None or row.main_item is not None:
            return None
        try:
            cents, kind = self._charge(row, law)
            lump = self._lump(row, law)
        except (DayBeforeLawError, CalendarYearError) as error:
            self.note((before_law(error, row.profile),))
            return None
        end = self._limitation_end(row, law) if cents or lump else None
        if not (cents or lump) or (end is not None and end < self.day):
            return None
        return Due(row, SETTLED, 0, cents, kind, end.isoformat() if end else None, lump)

    def _plain(self, row: Overdue) -> Due | Left:
        """Return the one step of a claim whose law is not named; it costs nothing and is repeated."""
        if row.letter_open or row.level >= PLAIN_STEPS:
            return Left(row.office, row.item, "letter_open" if row.letter_open else "last_step")
        since = self._working(max(self._date(row.term_end or row.dunned_on or row.due), FIRST_KNOWN))
        until = self._working(since + dt.timedelta(days=self.wait_days))
        if until >= self.day:
            return Left(row.office, row.item, "waiting", until.isoformat())
        return Due(row, PLAIN, row.level + 1, 0, None, None)

    def _wait(self, row: Overdue, rule: str) -> dt.date:
        """Return the last day of the waiting time before a step: from the due day, later from the last letter.

        Who owes may pay on the working day after a due day on a weekend or holiday (§ 193 BGB, § 108 (3) AO). The term
        the last letter set runs from the day on which it counts as given, which only its posting fixes.
        """
        if row.level and row.term_end:
            return self._date(row.term_end)
        since = row.dunned_on if row.level and row.dunned_on else row.due
        found = self._waits.get((rule, since))
        if found is None:
            first = max(self._date(since), self.law.figure(self.law.deadline(rule).length).entries[0].valid_from)
            days = {land: next_working_day(first, land) for land in self._lands()}
            ends = [deadline_of(rule, day, land=land, law=self.law) for land, day in days.items()]
            self.note(ends[0].findings)
            found = self._waits[rule, since] = max(end.end for end in ends)
        return found

    def _lands(self) -> tuple[str, ...]:
        """Return whose holidays count: without a Land every Land's, so that nobody is dunned too early."""
        return (self.land,) if self.land else tuple(LAENDER)

    def _limitation_end(self, row: Overdue, law: ClaimLaw) -> dt.date | None:
        """Return the last day before a claim is time-barred; none where it stands still or a day is not known."""
        watch = law.watch
        if watch is None or row.main_item is not None:
            return self.fallen.get((row.office, row.item)) if row.main_item is not None else None
        events = self._happened(row)
        tier = watch.rule.years(row.amount_cents) if len(watch.rule.tiers) > 1 else 0
        matters = row.amount_cents >= watch.rule.effects_from_cents
        days = row.original_due, row.assessed, row.final
        if watch.only_years and not events:
            days = days[0][:4], days[1] and days[1][:4], days[2] and days[2][:4]
        key = (watch.rule.name, days, tier, matters, events)
        if key not in self._ends:
            self._ends[key] = self._end(row, watch, events)
        return self._ends[key]

    def _happened(self, row: Overdue) -> tuple[LimitationEvent, ...]:
        """Return what happened to a claim towards the row's debtor, § 425 BGB, § 44 (2) AO."""
        events = self.events.get((row.office, row.item), ()) if self.events else ()
        own = self.personal.get((row.office, row.item)) if self.personal else None
        if own is None:
            return events
        mine = (event for debtor, event in own if debtor == row.number)
        return tuple(sorted((*events, *mine), key=lambda one: one.day))

    def towards(self, due: Due, party: int) -> Due | None:
        """Return a claim as it is due from another of joint debtors, none where it is time-barred towards him."""
        row = due.row._replace(number=party)
        law = self.claim_law(row.profile)
        if law is None or row.main_item is not None:
            return due._replace(row=row)
        end = self._limitation_end(row, law)
        if end is not None and end < self.day:
            return None
        return due._replace(row=row, limitation_end=end.isoformat() if end else None)

    def _end(self, row: Overdue, watch: LimitationWatch, events: tuple[LimitationEvent, ...]) -> dt.date | None:
        days = (row.original_due, row.assessed, row.final)
        try:
            return watch.end(*split_facts(days, row.amount_cents, watch.rule, events))
        except LimitationFactError:
            return None

    def _charge(self, row: Overdue, law: ClaimLaw) -> tuple[int, str | None]:
        """Return the charge on a main claim that was not demanded yet, and its kind; side claims bear none."""
        if law.accruer is None or row.main_item is not None or not law.profile.bears(row.claim_kind):
            return 0, None
        due, happened = self._date(row.due), self._happened(row)
        amount_cents, payments = self._owed(row, law.accruer.rule)
        if spans := pauses(happened) if happened else ():
            claim = Claim(amount_cents, self._date(row.original_due), payments)
            land = self.land or DEFAULT_LAND
            cents, findings = late_charge(law.accruer.rule.name, claim, self.day, spans, land=land, law=self.law)
            self.note(findings)
        elif payments:
            claim = Claim(amount_cents, due, payments)
            charge = accrue(law.accruer.rule, claim, self.day, land=self.land or DEFAULT_LAND, law=self.law)
            self.note(charge.findings)
            cents = charge.cents
        else:
            cents = law.accruer.cents(min(row.open_cents, amount_cents), due)
        fresh = max(0, cents - row.demanded_cents)
        return (fresh, law.accruer.rule.kind) if fresh else (0, None)

    def _owed(self, row: Overdue, rule: ChargeRule) -> tuple[int, tuple[Payment, ...]]:
        """Return what of a claim was owed from the first, and what was paid of it."""
        payments = self.paid.get((row.office, row.item), ()) if row.open_cents < row.amount_cents else ()
        off = (*self.reduced.get((row.office, row.item), ()), *self.given_back.get((row.office, row.item), ()))
        return owed_at_first(rule, row.amount_cents, payments, off) if off or payments else (row.amount_cents, ())

    def _lump(self, row: Overdue, law: ClaimLaw) -> int:
        """Return the lump sum for default of a main claim that was not demanded yet, § 288 (5) BGB."""
        lump = law.profile.lump
        if (
            lump is None
            or law.accruer is None
            or row.main_item is not None
            or not law.profile.bears_lump(row.claim_kind)
        ):
            return 0
        spans, rule = pauses(self._happened(row)), law.accruer.rule
        amount_cents, payments = self._owed(row, rule)
        claim = Claim(amount_cents, self._date(row.original_due if spans else row.due), payments)
        before = self.lumps.get((row.office, row.item), 0)
        land = self.land or DEFAULT_LAND
        made = lump_sum(lump, rule, claim, self.day, demanded_cents=before, spans=spans, land=land, law=self.law)
        self.note(made.findings)
        return made.cents

    def warnings(self) -> tuple[KasseError, ...]:
        """Return every warning about unconfirmed figures met so far, once each."""
        laws = [law for law in self._laws.values() if law is not None]
        met = [finding for law in laws for finding in (*law.findings, *(law.accruer.findings if law.accruer else ()))]
        return distinct((*self.findings, *met))

    def note(self, findings: tuple[KasseError, ...]) -> None:
        """Keep warnings that were met."""
        if findings and self._noted.get(id(findings)) is not findings:
            self._noted[id(findings)] = findings  # those of a law are the same values for every claim
            self.findings = distinct(self.findings + findings)

    def _working(self, day: dt.date) -> dt.date:
        """Return the day or the next working one."""
        return max(next_working_day(day, land) for land in self._lands())

    def _date(self, text: str) -> dt.date:
        found = self._days.get(text)
        if found is None:
            found = self._days[text] = dt.date.fromisoformat(text)
        return found
