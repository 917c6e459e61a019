"""Profiles: which law holds for a kind of claim. All of it is data; a town adds its own files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.charges_fees import SmallAmount, small_amount
from enforcement.law import Law, packaged_law
from enforcement.law.catalogue import found
from enforcement.law.figures import RuleUnconfirmedError
from enforcement.law.rules import DEFERRAL_KINDS, LATE_KINDS
from enforcement.law.sections import LawFileError, Section
from enforcement.limitation_rules import LimitationRule, limitation_rule
from enforcement.lump_sums import LumpLaw, lump_law
from ledger.items.settlement import packaged_classes
from sepa.calendar import land_of
from sepa.errors import N_, KasseError, Place

SMALL_PURPOSES = ("charge", "dunning", "enforcement")
_KINDS_OF = {"late_charge": LATE_KINDS, "deferral_charge": DEFERRAL_KINDS}
"""Of which kind the charges of a profile must be: the books know by it what was demanded."""


class NoLimitationError(KasseError):
    """A profile whose limitation follows the law of another creditor."""

    code = "profile.limitation"
    template = N_("the profile {profile} has no limitation of its own: that of the creditor holds")
    hint = N_("name the rule of the creditor's law")


@dataclass(frozen=True, slots=True)
class DunningStep:
    """One step of dunning: what is sent, how long after the step before (or the due day), and its term.

    `wait` and `term` name deadline rules; `way` is `post` (notice by fiction) or `service` (with proof).
    """

    level: int
    kind: str
    wait: str
    term: str
    fee: bool
    way: str
    norm: str
    open_points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettlementOrder:
    """In which order money is spread over what one debtor owes (Tilgungsreihenfolge).

    `order` lists classes, `classes` the kinds of claim in each, beside those that come with kasse; inside a class the
    claim due first comes first. `rest`: the class of kinds that no class names.
    """

    norm: str
    order: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]
    rest: str = ""

    def rank(self, claim_kind: str) -> int:
        """Return the place of a kind of claim in the order; what no class names comes with `rest`, else last."""
        name = self.class_of(claim_kind)
        return self.order.index(name) if name else len(self.order)

    def class_of(self, claim_kind: str) -> str:
        """Return the class of a kind of claim: by its own name, by this law, else by what is the same in all laws."""
        if claim_kind in self.order:
            return claim_kind
        for classes in (self.classes, packaged_classes()):
            for name, kinds in classes.items():
                if name in self.order and claim_kind in kinds:
                    return name
        return self.rest


@dataclass(frozen=True, slots=True)
class ReliefLaw:
    """What a law says of relief: deadline rules of plans, where their interest falls due, kinds that are a penalty.

    `grace`: how late an instalment may be before the plan fails; `longest`: how long a plan should last.
    `interest`: with each of the `instalments` or at the `end`. `suspended_charge`: the rule of interest where a
    suspended execution was lost (§ 237 AO). `penal`: kinds of claim that are not enforced into an estate (§ 45 (1)
    AO), are subordinate in an insolvency (§ 39 (1) no. 3 InsO) and outlast its discharge (§ 302 no. 2 InsO).
    """

    grace: str = ""
    longest: str = ""
    interest: str = "instalments"
    suspended_charge: str = ""
    penal: tuple[str, ...] = ()
    norm: str = ""
    open_points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """The law of one kind of claim; empty names mean that this law has no such thing.

    `late_charge` and `deferral_charge` name charge rules; `lump` is the lump sum for default; `dunning_fee` names a
    schedule, `cost_table` the first part of schedule names,
    `costs_round_up` a figure; `limitation` a rule; `notice` the deadline rule of notice by post; `small`
    maps purposes to figures. `death` says whether the claim ends or goes on against the estate,
    `insolvency` which rank it has (§ 38 or § 39 InsO).
    `remedy` names the remedy against decisions, where the remedies do not name the profile themselves.
    `charge_free` are classes of its settlement order on which no charge runs: interest bears none (§ 240 (2) AO).
    `stands_for` are plain names that mean this profile in a Land, as `HH:fee`. `lands` are the Länder whose law it is,
    none for law of all of them. `court`: only a court gives the title to enforce (§ 704 ZPO).
    """

    name: str
    title_de: str
    title_en: str
    norm: str
    file: str
    late_charge: str
    deferral_charge: str
    dunning_fee: str
    cost_table: str
    costs_round_up: str
    limitation: str
    notice: str
    small: Mapping[str, str]
    dunning: tuple[DunningStep, ...]
    settlement: SettlementOrder
    death: str
    insolvency: str
    open_points: tuple[str, ...]
    stands_for: tuple[str, ...] = ()
    relief: ReliefLaw = ReliefLaw()
    remedy: str = ""
    court: bool = False
    lands: tuple[str, ...] = ()
    charge_free: tuple[str, ...] = ()
    lump: LumpLaw | None = None

    def bears(self, claim_kind: str | None) -> bool:
        """Return whether claims of a kind are charged for paying late or later; they are where it is not known."""
        return not claim_kind or self.settlement.class_of(claim_kind) not in self.charge_free

    def bears_lump(self, claim_kind: str | None) -> bool:
        """Return whether claims of a kind bear the lump sum for default: those for payment (Entgelt), no costs."""
        classed = self.settlement.class_of(claim_kind or "")
        return self.lump is not None and self.bears(claim_kind) and classed == self.settlement.rest

    def holds_in(self, land: str) -> bool:
        """Return whether this is law in a Land; '' for a book without one, where only law of all Länder holds."""
        return not self.lands or land in self.lands

    def limitation_rule(self, law: Law | None = None) -> LimitationRule:
        """Return the rule of limitation; raises `NoLimitationError` where the creditor's law holds."""
        if not self.limitation:
            raise NoLimitationError(profile=self.name)
        return limitation_rule(self.limitation, law or packaged_law())

    def interrupts(self, event_kind: str, law: Law | None = None) -> bool:
        """Return whether an event such as `demand` (a Mahnung) starts the limitation period again."""
        return bool(self.limitation) and event_kind in self.limitation_rule(law).restart

    def small_amount(self, purpose: str, amount_cents: int, on: dt.date, law: Law | None = None) -> SmallAmount | None:
        """Return whether an amount is too small for a purpose; none where this law has, or then had, no such limit."""
        name, book = self.small.get(purpose), law or packaged_law()
        if not name or on < book.figure(name).entries[0].valid_from:
            return None
        return small_amount(name, amount_cents, on, law=book)

    def doubts(self) -> tuple[RuleUnconfirmedError, ...]:
        """Return what the sources leave open about this kind of claim."""
        points = [(self.norm, point) for point in self.open_points]
        points += [(step.norm, point) for step in self.dunning for point in step.open_points]
        return tuple(
            RuleUnconfirmedError(rule=self.name, norm=norm, point=point, file=self.file) for norm, point in points
        )


def profiles(law: Law | None = None) -> Mapping[str, Profile]:
    """Return all profiles by name; raises `LawFileError` for a file that cannot be used."""
    return (law or packaged_law()).parsed("profile", _profile)


def profile(name: str, law: Law | None = None) -> Profile:
    """Return the profile of that name, every name in it resolved once.

    Raises `FigureUnknownError` for a name that is nowhere, the profile's own or one it uses, `LawFileError` for a
    charge of the wrong kind.
    """
    book = law or packaged_law()
    chosen = found(profiles(book), name, "profile")
    _resolve(chosen, book)
    return chosen


def profile_for(name: str, place: str = "", law: Law | None = None) -> Profile | None:
    """Return the profile of that name that is law in a place, or the one its Land has for it, none without either.

    A Land's own profile lists the plain names it stands for: in Hamburg `fee` is `hamburg-fee`.

    >>> profile_for("fee", "HH").name, profile_for("fee", "NW"), profile_for("fine", "NW"), profile_for("tax").name
    ('hamburg-fee', None, None, 'tax')
    """
    known, land = profiles(law), land_of(place)
    chosen = known.get(name) or next((one for one in known.values() if f"{land}:{name}" in one.stands_for), None)
    return profile(chosen.name, law) if chosen and chosen.holds_in(land) else None


def _resolve(chosen: Profile, law: Law) -> None:
    """Look up every name the profile uses, so that a wrong one fails here and not in the middle of a run."""
    _ = law.charge(chosen.relief.suspended_charge) if chosen.relief.suspended_charge else None
    given = [(key, law.charge(rule).kind, kinds) for key, kinds in _KINDS_OF.items() if (rule := getattr(chosen, key))]
    for key, word, known in (*given, *(("charge_free", one, chosen.settlement.order) for one in chosen.charge_free)):
        if word not in known:
            raise LawFileError(section=chosen.name, key=key, wanted=" | ".join(known), place=Place(file=chosen.file))
    _ = law.schedule(chosen.dunning_fee) if chosen.dunning_fee else None
    _ = law.figure(chosen.costs_round_up) if chosen.costs_round_up else None
    _ = limitation_rule(chosen.limitation, law) if chosen.limitation else None
    for figure in (*chosen.small.values(), *([chosen.lump.figure] if chosen.lump else [])):
        law.figure(figure)
    steps = (name for step in chosen.dunning for name in (step.wait, step.term))
    for deadline in (chosen.notice, chosen.relief.grace, chosen.relief.longest, *steps):
        _ = law.deadline(deadline) if deadline else None


def _profile(section: Section) -> Profile:
    result = Profile(
        name=section.name,
        title_de=section.text("title_de"),
        title_en=section.text("title_en"),
        norm=section.text("norm"),
        file=section.file,
        late_charge=section.text("late_charge", ""),
        deferral_charge=section.text("deferral_charge", ""),
        dunning_fee=section.text("dunning_fee", ""),
        cost_table=section.text("cost_table", ""),
        costs_round_up=section.text("costs_round_up", ""),
        limitation=section.text("limitation", ""),
        notice=section.text("notice"),
        small=_small(section.section("small")),
        dunning=tuple(_step(level, part) for level, part in enumerate(section.sections("dunning"), start=1)),
        settlement=_settlement(section.section("settlement")),
        death=section.word("death", ("estate", "ends")),
        insolvency=section.word("insolvency", ("ordinary", "subordinate")),
        open_points=section.texts("open_points"),
        stands_for=section.texts("stands_for"),
        relief=_relief(section.section("relief")),
        remedy=section.text("remedy", ""),
        court=section.flag("court", default=False),
        lands=section.texts("lands"),
        charge_free=section.texts("charge_free"),
        lump=lump_law(section.section("lump")) if section.has("lump") else None,
    )
    return section.finish(result)


def _small(section: Section) -> dict[str, str]:
    return section.finish({purpose: section.text(purpose) for purpose in SMALL_PURPOSES if section.has(purpose)})


def _relief(section: Section) -> ReliefLaw:
    law = ReliefLaw(
        grace=section.text("grace", ""),
        longest=section.text("longest", ""),
        interest=section.word("interest", ("instalments", "end"), "instalments"),
        suspended_charge=section.text("suspended_charge", ""),
        penal=section.texts("penal"),
        norm=section.text("norm", ""),
        open_points=section.texts("open_points"),
    )
    return section.finish(law)


def _step(level: int, section: Section) -> DunningStep:
    step = DunningStep(
        level=level,
        kind=section.text("kind"),
        wait=section.text("wait"),
        term=section.text("term"),
        fee=section.flag("fee", default=False),
        way=section.word("way", ("post", "service"), "post"),
        norm=section.text("norm"),
        open_points=section.texts("open_points"),
    )
    return section.finish(step)


def _settlement(section: Section) -> SettlementOrder:
    classes = section.section("classes")
    order = SettlementOrder(
        norm=section.text("norm"),
        order=section.texts("order"),
        classes={name: classes.texts(name) for name in classes.data},
        rest=section.text("rest", ""),
    )
    return section.finish(order)
