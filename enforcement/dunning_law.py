"""What dunning asks of a kind of claim on one day, looked up once: steps, clock, charge, fee, small amounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enforcement.charges import small_amount
from enforcement.charges_bulk import Accruer
from enforcement.law import Law
from enforcement.law.figures import DayBeforeLawError, Entry
from enforcement.law.schedules import Schedule
from enforcement.limitation_bulk import LimitationWatch
from enforcement.profiles import Profile
from sepa.calendar import FIRST_HOLIDAY_YEAR, CalendarYearError
from sepa.errors import N_, KasseError

DEFAULT_LAND = "HH"
"""Whose holidays move the days of charges and limitation in a book without a Land."""
MODEL = "kleinbetrag.ao.charge"
"""Below this sum charges alone are not asked for under a law that names no limit of its own."""
FIRST_KNOWN = dt.date(FIRST_HOLIDAY_YEAR, 1, 1)
"""The first day of the calendar of working days: whatever ended before it is over."""


@dataclass(frozen=True, slots=True)
class ClaimLaw:
    """What dunning asks of a profile on one day, looked up once: steps, clock, charge, fee, limits of small amounts.

    `enforced_findings` and `asked_findings` are warnings of the limits that not every run uses; `lump_norm` is that of
    the lump sum for default, '' where there is none.
    """

    profile: Profile
    watch: LimitationWatch | None
    accruer: Accruer | None
    fee: Entry[Schedule] | None
    flat_cents: int | None
    small_cents: int
    enforced_cents: int
    asked_cents: int
    findings: tuple[KasseError, ...]
    enforced_findings: tuple[KasseError, ...] = ()
    asked_findings: tuple[KasseError, ...] = ()
    lump_norm: str = ""

    def least_cents(self, kind: str) -> int:
        """Return below which sum a step is not worth it: what is not enforced is not announced either."""
        return self.small_cents if kind == "mahnung" else max(self.small_cents, self.enforced_cents)

    def fee_cents(self, cents: int) -> int:
        """Return the fee for a letter about that much."""
        if self.flat_cents is not None:
            return self.flat_cents
        return self.fee.value.fee_cents(cents) if self.fee else 0


class BeforeLawError(KasseError):
    """Claims that fell due before the law that the data knows."""

    code = "dunning.before_law"
    template = N_("claims of the profile {profile} due before {known_from} are left out: {name} is not known for them")
    hint = N_("write the value valid then, with its source, into a law file of your own (docs/law.md)")
    severity = "warning"


def before_law(error: DayBeforeLawError | CalendarYearError, profile: str | None) -> BeforeLawError:
    """Return the warning about claims that nothing can be computed for."""
    if isinstance(error, CalendarYearError):
        return BeforeLawError(profile=profile or "", name="§ 193 BGB", known_from=FIRST_KNOWN)
    return BeforeLawError(profile=profile or "", name=error.fields["name"], known_from=error.fields["known_from"])


def looked_up(profile: Profile, day: dt.date, land: str, law: Law) -> ClaimLaw:
    """Return the law of a profile on a day; raises the errors of a law that is not known on it."""
    land = land or DEFAULT_LAND
    schedule = law.schedule(profile.dunning_fee) if profile.dunning_fee else None
    fee = schedule.on(day) if schedule else None
    small, enforced, asked = (
        profile.small_amount(purpose, 0, day, law) for purpose in ("dunning", "enforcement", "charge")
    )
    asked = asked or small or small_amount(MODEL, 0, max(day, law.figure(MODEL).entries[0].valid_from), law=law)
    doubts = (*(schedule.doubt(fee) if schedule and fee else ()), *(small.findings if small else ()))
    return ClaimLaw(
        profile,
        LimitationWatch(profile.limitation, land=land, law=law) if profile.limitation else None,
        Accruer(profile.late_charge, day, land=land, law=law) if profile.late_charge else None,
        fee,
        fee.value.fee_cents(0) if fee and not fee.value.percent and not fee.value.steps else None,
        small.limit_cents if small else 0,
        enforced.limit_cents if enforced else 0,
        asked.limit_cents,
        doubts,
        enforced.findings if enforced else (),
        asked.findings,
        law.figure(profile.lump.figure).on(day).norm if profile.lump else "",
    )
