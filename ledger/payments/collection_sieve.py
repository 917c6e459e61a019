"""From due claims to what is collected: which mandate covers each, and what stands against it."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from ledger.payments.collection_policy import Policy, retry_day
from ledger.payments.collection_runs import Why
from ledger.payments.mandates import Change, Mandate, best_mandate, unusable

ItemKey = tuple[str, int]


class Claim(NamedTuple):
    """A due receivable of a debtor who has a mandate; `run` is the collection run that has reserved it."""

    office: str
    item: int
    open_cents: int
    due: str
    reference: str | None
    main_reference: str | None
    main_item: int | None
    purpose: str | None
    claim_kind: str | None
    party: int
    name: str
    street: str | None
    house_number: str | None
    postcode: str | None
    town: str | None
    country: str | None
    notice_date: str | None
    locked: int
    run: int | None


class Announced(NamedTuple):
    """That a debtor was told: by which mandate, how much, when, for which day."""

    mandate: int
    cents: int
    sent_on: str
    day: str


class CameBack(NamedTuple):
    """Returns that a claim has had: how many, the reason and the day of the last one."""

    times: int
    reason: str
    ended_on: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the book knows beside the claims; `named` are items that a person asked for, whatever came back before."""

    policy: Policy
    mandates: Mapping[int, Sequence[Mandate]]
    untold: Mapping[int, Sequence[Change]] = field(default_factory=dict)
    announced: Mapping[ItemKey, Sequence[Announced]] = field(default_factory=dict)
    came_back: Mapping[ItemKey, CameBack] = field(default_factory=dict)
    paid_already: Container[ItemKey] = ()
    named: Container[ItemKey] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A due claim that is not collected although its debtor has a mandate, and why; `run` is the one that has it."""

    office: str
    item: int
    debtor: str
    reference: str | None
    due: str
    open_cents: int
    why: Why
    mandate: int | None = None
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One collection to be: the claims of one reference under one mandate."""

    mandate: Mandate
    claims: tuple[Claim, ...]

    @property
    def cents(self) -> int:
        """What is collected together."""
        return sum(claim.open_cents for claim in self.claims)

    @property
    def main(self) -> Claim:
        """The claim that names the collection: the main claim, else the first."""
        return next((claim for claim in self.claims if claim.main_item is None), self.claims[0])


@dataclass(slots=True)
class Sieve:
    """Takes claims one by one: what can be collected on a day, what is left out and why.

    `telling` turns it round on one point: it takes what was not announced yet.
    """

    day: date
    known: Known
    telling: bool = False
    skipped: list[Skipped] = field(default_factory=list)

    def wanted(self, claims: Iterable[Claim]) -> list[Wanted]:
        """Return the collections that the claims make, in the order of the claims."""
        groups: dict[tuple[object, ...], list[tuple[Mandate, Claim]]] = {}
        for claim in claims:
            mandate = self._mandate(claim)
            why = self._obstacle(claim, mandate)
            if why is not None or mandate is None:
                self.skip(claim, why or "not-covered", mandate)
                continue
            main = claim.main_reference or claim.reference or (claim.office, claim.main_item or claim.item)
            groups.setdefault((mandate.number, main), []).append((mandate, claim))
        return list(self._kept(groups.values()))

    def _mandate(self, claim: Claim) -> Mandate | None:
        references = tuple(one for one in (claim.reference, claim.main_reference) if one)
        fitting = self.known.mandates.get(claim.party, ())
        return best_mandate(fitting, self.day.isoformat(), (claim.office, claim.claim_kind, references))

    def _obstacle(self, claim: Claim, mandate: Mandate | None) -> Why | None:
        key = claim.office, claim.item
        if claim.run is not None:
            return "reserved"
        if claim.locked:
            return "locked"
        if mandate is None:
            return "not-covered"
        broken = unusable(mandate, self.day.isoformat())
        if broken is not None:
            return broken
        if key in self.known.paid_already:
            return "suspense"
        return self._again(key) or self._telling(claim, mandate)

    def _telling(self, claim: Claim, mandate: Mandate) -> Why | None:
        if not self.telling:
            return None if self.announced(claim, mandate) else "not-announced"
        told = self.known.announced.get((claim.office, claim.item), ())
        known = any(one.mandate == mandate.number and one.cents >= claim.open_cents for one in told)
        return "announced" if known else None

    def _again(self, key: ItemKey) -> Why | None:
        back = self.known.came_back.get(key)
        if back is None or key in self.known.named:
            return None
        day = retry_day(back.times, back.reason, back.ended_on, self.known.policy.retries)
        if day is None:
            return "returned"
        return "waits" if day > self.day else None

    def announced(self, claim: Claim, mandate: Mandate) -> bool:
        """Return whether the debtor was told in time: by a letter of ours, or by the notice of the claim."""
        rules = self.known.policy
        told_by = (self.day - timedelta(days=mandate.notice_days or rules.announcement_days)).isoformat()
        oldest = (self.day - timedelta(days=rules.valid_days)).isoformat()
        if rules.notices_announce and claim.notice_date is not None and claim.notice_date <= told_by:
            return True
        return any(
            one.mandate == mandate.number
            and one.cents >= claim.open_cents
            and one.sent_on <= told_by
            and oldest <= one.day <= self.day.isoformat()
            for one in self.known.announced.get((claim.office, claim.item), ())
        )

    def tried_on(self, claim: Claim) -> date | None:
        """Return from when on a claim that came back is tried again; None where it never came back, or no more."""
        back = self.known.came_back.get((claim.office, claim.item))
        return retry_day(back.times, back.reason, back.ended_on, self.known.policy.retries) if back else None

    def first_day(self, claim: Claim, mandate: Mandate) -> date | None:
        """Return the first day on which what the debtor was told allows a collection; None where nothing does."""
        rules = self.known.policy
        wait = timedelta(days=mandate.notice_days or rules.announcement_days)
        told = [
            max(date.fromisoformat(one.day), date.fromisoformat(one.sent_on) + wait)
            for one in self.known.announced.get((claim.office, claim.item), ())
            if one.mandate == mandate.number and one.cents >= claim.open_cents
        ]
        if rules.notices_announce and claim.notice_date is not None:
            told.append(date.fromisoformat(claim.notice_date) + wait)
        return min(told, default=None)

    def _kept(self, groups: Iterable[list[tuple[Mandate, Claim]]]) -> Iterator[Wanted]:
        used: set[int] = set()
        for group in groups:
            wanted = Wanted(group[0][0], tuple(claim for _, claim in group))
            named = any((claim.office, claim.item) in self.known.named for claim in wanted.claims)
            if wanted.cents < self.known.policy.minimum_cents and not named:
                self.leave_out(wanted, "small")
            elif wanted.mandate.usage == "once" and wanted.mandate.number in used:
                self.leave_out(wanted, "used")
            else:
                used.add(wanted.mandate.number)
                yield wanted

    def leave_out(self, wanted: Wanted, why: Why) -> None:
        """Note that a whole collection is left out."""
        for claim in wanted.claims:
            self.skip(claim, why, wanted.mandate)

    def skip(self, claim: Claim, why: Why, mandate: Mandate | None) -> None:
        """Note that a claim is left out."""
        number = mandate.number if mandate else None
        self.skipped.append(
            Skipped(
                claim.office, claim.item, claim.name, claim.reference, claim.due, claim.open_cents, why, number,
                claim.run,
            )
        )  # fmt: skip
