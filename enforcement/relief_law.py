"""The law of a relief: profiles of its claims, late charges before it and interest during it, on one book's Land."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from enforcement.charges import Payment
from enforcement.deadlines import deadline_of
from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.law.rules import LUMP_KIND
from enforcement.limitation import LimitationEvent
from enforcement.lump_sums import LumpLaw
from enforcement.profiles import Profile, profile_for
from enforcement.relief import Instalment, ItemKey, Owed
from enforcement.relief_plan import PlannedInterest, plan_interest, shares, with_interest
from enforcement.relief_rules import late_until, lump_until, pauses
from ledger.items.settlement import Order, packaged_orders
from sepa.errors import N_, KasseError

DEFAULT_LAND = "HH"
UNBORN = 10**15
"""Numbers of items that only a grant makes: they come after all others, as the items will."""


class LongPlanError(KasseError):
    """A plan that lasts longer than the model of the law."""

    code = "relief.long"
    template = N_("the plan lasts until {last}; it should be done by {model} ({norm})")
    hint = N_("higher instalments, or say in the reason why it may last longer")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Late:
    """A charge for paying late on a claim, or the lump sum for it, that is demanded with the relief."""

    main: Owed
    cents: int
    kind: str


@dataclass(frozen=True, slots=True)
class Planned:
    """Instalments with their interest, and the last due day of each claim under them.

    `begins` are the days of the first instalment that pays something of each claim.
    """

    instalments: tuple[Instalment, ...]
    interest: tuple[PlannedInterest, ...]
    dues: Mapping[ItemKey, str]
    findings: tuple[KasseError, ...]
    begins: Mapping[ItemKey, str] = field(default_factory=dict)


@dataclass(slots=True)
class ReliefBook:
    """The law and the facts that relief asks for: profiles, payments and legal events of claims.

    `lumps` is what was demanded of a lump sum for default.
    """

    land: str
    law: Law
    payments: Callable[[ItemKey], Sequence[Payment]]
    events: Callable[[ItemKey], Sequence[LimitationEvent]]
    findings: tuple[KasseError, ...] = ()
    reductions: Callable[[ItemKey], Sequence[Payment]] = lambda _: ()
    lumps: Callable[[ItemKey, LumpLaw], int] = lambda _, __: 0
    _profiles: dict[str, Profile | None] = field(default_factory=dict)

    def profile(self, name: str | None) -> Profile | None:
        """Return the profile of that name in this Land, none where there is none."""
        if not name:
            return None
        if name not in self._profiles:
            self._profiles[name] = profile_for(name, self.land, self.law)
        return self._profiles[name]

    def orders(self, names: Iterable[str | None] = ()) -> Mapping[str, Order]:
        """Return the settlement orders of the profiles met so far, and of these."""
        for name in names:
            self.profile(name)
        own = {name: profile.settlement for name, profile in self._profiles.items() if profile}
        return {**packaged_orders(), **own}

    def demanded(self, owed: Sequence[Owed], until: dt.date) -> list[Late]:
        """Return what is demanded with a relief of the time until a day: charges for paying late, and lump sums."""
        return [*self.late(owed, until), *self._lumps(owed, until)]

    def _lumps(self, owed: Sequence[Owed], until: dt.date) -> list[Late]:
        found = []
        for one in owed:
            profile = self.profile(one.profile)
            if profile is None or profile.lump is None:
                continue
            if cents := self.lump(one, until, self.lumps(one.key, profile.lump)):
                found.append(Late(one, cents, LUMP_KIND))
        return found

    def lump(self, one: Owed, until: dt.date, demanded_cents: int = 0) -> int:
        """Return the lump sum for default that a main claim bears until a day, less what was demanded."""
        profile = self.profile(one.profile)
        if profile is None:
            return 0
        cents, findings = lump_until(
            one, profile, until, demanded_cents, payments=self.payments(one.key),
            reductions=self.reductions(one.key), spans=pauses(self.events(one.key)),
            land=self.land or DEFAULT_LAND, law=self.law,
        )  # fmt: skip
        self.findings = distinct(self.findings + findings)
        return cents

    def late(self, owed: Sequence[Owed], until: dt.date) -> list[Late]:
        """Return what the main claims owe for paying late until a day and was not demanded yet."""
        found = []
        for one in owed:
            profile = self.profile(one.profile)
            if profile is None or not profile.late_charge:
                continue
            cents, findings = late_until(
                one, profile, until, payments=self.payments(one.key),
                reductions=self.reductions(one.key), spans=pauses(self.events(one.key)),
                land=self.land or DEFAULT_LAND, law=self.law,
            )  # fmt: skip
            self.findings = distinct(self.findings + findings)
            if cents:
                found.append(Late(one, cents, self.law.charge(profile.late_charge).kind))
        return found

    def plan(self, owed: Sequence[Owed], bare: Sequence[Instalment], first: dt.date) -> Planned:
        """Return instalments with interest for claims, late charges among them."""
        profiles = {one.key: self.profile(one.profile) for one in owed}
        parts = shares(owed, bare, self.orders())
        land = self.land or DEFAULT_LAND
        interest, findings = plan_interest(owed, parts, first, profiles, land=land, law=self.law)
        dues = {share.key: share.due.isoformat() for share in parts}
        long = [self._long(profile, first, bare[-1].due) for profile in profiles.values() if profile]
        findings = distinct(findings + tuple(one for one in long if one))
        begins = {share.key: share.due.isoformat() for share in reversed(parts)}
        return Planned(with_interest(bare, interest), tuple(interest), dues, findings, begins)

    def _long(self, profile: Profile, first: dt.date, last: dt.date) -> KasseError | None:
        if not profile.relief.longest:
            return None
        model = deadline_of(profile.relief.longest, first, land=self.land or DEFAULT_LAND, law=self.law)
        return LongPlanError(last=last, model=model.end, norm=model.norm) if last > model.end else None


def late_owed(late: Sequence[Late], first: dt.date) -> list[Owed]:
    """Return late charges as claims beside their main claims, numbered behind all items until they are some."""
    return [
        Owed(
            one.main.office, UNBORN + number, one.main.account, one.cents, first.isoformat(), 0, None, one.main.profile,
            one.kind, one.main.item, one.main.party, one.main.reference, one.cents, first.isoformat(),
        )
        for number, one in enumerate(late, 1)
    ]  # fmt: skip
