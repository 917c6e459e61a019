"""The rules of dunning: which step of its profile a claim is due for, what it costs, and why it is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from enforcement.charges import Claim, Payment, accrue
from enforcement.deadlines import deadline_of
from enforcement.dunning_law import DEFAULT_LAND, FIRST_KNOWN, ClaimLaw, before_law, looked_up
from enforcement.law import Law
from enforcement.law.figures import DayBeforeLawError, distinct
from enforcement.limitation import LimitationEvent, LimitationFactError
from enforcement.limitation_bulk import LimitationWatch
from enforcement.limitation_watch import split_facts
from enforcement.profiles import DunningStep, profile_for
from enforcement.relief_rules import late_charge, owed_at_first, pauses
from sepa.calendar import LAENDER, CalendarYearError, next_working_day
from sepa.errors import N_, KasseError

WAIT_DAYS = 10
"""Kasse.Hamburg duns when the due day has been passed by ten days; for claims that name no law of their own."""
PLAIN = DunningStep(1, "mahnung", "", "", fee=False, way="post", norm="")
"""The step of a claim without a profile."""
SETTLED = DunningStep(0, "mahnung", "", "", fee=False, way="post", norm="")
"""The step of a claim that was paid too late: its charges are asked for."""
PLAIN_STEPS = 2
"""How often a claim without a profile is dunned; then a person has to say what law it has."""
WHYS = (
    N_("suspense"), N_("no_debtor"), N_("locked"), N_("small"), N_("last_step"), N_("waiting"), N_("barred"),
    N_("letter_open"), N_("main_left_out"), N_("main_cancelled"), N_("law_unknown"), N_("insolvent"), N_("dead"),
)  # fmt: skip
"""Why an overdue claim gets no letter.

suspense: money in suspense or a debit under way may pay it. no_debtor: nobody is known to owe it. locked: against
dunning. small: less than the law's limit for a Mahnung. last_step: all steps of its profile are done. waiting: its
waiting time is not over. barred: time-barred. letter_open: its last letter is not posted yet. main_left_out: a side
claim of a claim that is left out. main_cancelled: a side claim of a claim that was taken off as a whole. law_unknown:
its profile is none of the law data, or the claim is older than it. insolvent, dead: so is its debtor, and a person
decides what becomes of claims that no relief covers yet.
"""


class Overdue(NamedTuple):
    """An overdue receivable with its debtor as the book has them; rows come by the 100,000, debtor by debtor.

    `demanded_cents` are charges demanded before as items of their own, `term_end` the last day of the term that the
    last letter set, `letter_open` whether a letter about it waits to be posted, `main_gone` whether its main claim was
    taken off as a whole.
    """

    office: str
    item: int
    reference: str | None
    due: str
    original_due: str
    amount_cents: int
    open_cents: int
    level: int
    dunned_on: str | None
    profile: str | None
    claim_kind: str | None
    main_item: int | None
    number: int | None
    party: str | None
    town: str | None
    assessed: str | None
    final: str | None
    demanded_cents: int
    term_end: str | None
    letter_open: int
    main_gone: int = 0


class Due(NamedTuple):
    """A claim that gets a letter: by which step, with which charges until the day, and when it becomes time-barred."""

    row: Overdue
    step: DunningStep
    level: int
    charge_cents: int
    charge_kind: str | None
    limitation_end: str | None


class Left(NamedTuple):
    """A claim that gets none, and why; `until` is the last day of a waiting time or of the period of limitation."""

    office: str
    item: int
    why: str
    until: str | None = None


@dataclass(slots=True)
class Rulebook:
    """The law of one dunning day and Land: every profile, waiting time and figure is looked up once.

    `paid` are the payments on claims paid in part, `events` what happened to claims in law, by office and item,
    `personal` what of joint debtors concerns one alone, `reduced` what orders took off, `fallen` the side claims of
    settled claims that are time-barred with these, with the end.
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
        return Due(row, step, step.level, *self._charge(row, law), end.isoformat() if end else None)

    def settled(self, row: Overdue) -> Due | None:
        """Return a claim that was paid too late, for the charges that nobody asked for; none where there are none.

        A charge arises by law with each day or month (§ 240 (1) AO), whether somebody was dunned or not.
        """
        law = self.claim_law(row.profile)
        if law is None or law.accruer is None or row.main_item is not None:
            return None
        try:
            cents, kind = self._charge(row, law)
        except (DayBeforeLawError, CalendarYearError) as error:
            self.note((before_law(error, row.profile),))
            return None
        end = self._limitation_end(row, law) if cents else None
        if not cents or (end is not None and end < self.day):
            return None
        return Due(row, SETTLED, 0, cents, kind, end.isoformat() if end else None)

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
        due = self._date(row.due)
        payments = self.paid.get((row.office, row.item), ()) if row.open_cents < row.amount_cents else ()
        off = self.reduced.get((row.office, row.item), ())
        happened = self._happened(row)
        amount_cents, payments = (
            owed_at_first(law.accruer.rule, row.amount_cents, payments, off)
            if off or payments
            else (row.amount_cents, ())
        )
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
            cents = law.accruer.cents(row.open_cents, due)
        fresh = max(0, cents - row.demanded_cents)
        return (fresh, law.accruer.rule.kind) if fresh else (0, None)

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
