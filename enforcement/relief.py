"""Relief and the end of claims as values: its kinds and what each does, what is wanted, what is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.relief_paid import PAYS_BACK, ReliefPaidError
from ledger.people.users import NotAllowedError
from sepa.errors import N_, KasseError

ItemKey = tuple[str, int]
STATES = (N_("proposed"), N_("granted"), N_("refused"), N_("withdrawn"), N_("ended"), N_("failed"), N_("lifted"))
PARTS = (N_("claim"), N_("late"), N_("interest"), N_("default"))


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of relief does to claims while it holds.

    `events` are legal events of limitation, the first that the claim's law knows is noted; `moves_due`: the due day
    moves and interest runs; `locks`: no dunning and no enforcement; `ends_claims`: what it covers is written off;
    `writes_down`: an allowance stands against it; `whole`: of everything that a person owes, not of single claims.
    """

    name: str
    title: str
    norm: str
    events: tuple[str, ...] = ()
    moves_due: bool = False
    locks: bool = False
    ends_claims: bool = False
    writes_down: bool = False
    whole: bool = False
    role: str = ""


_PLAN, _LHO = ("deferral", "relief"), "§ 62 LHO"
_ALL = (
    Kind("stundung", N_("deferred payment (Stundung)"), f"§ 222 AO, {_LHO}", _PLAN, moves_due=True),
    Kind("ratenplan", N_("payment by instalments (Ratenplan)"), f"§ 222 AO, {_LHO}", _PLAN, moves_due=True),
    Kind("aufschub", N_("stay of enforcement (Vollstreckungsaufschub)"), "§ 258 AO", ("stay", "relief"), locks=True),
    Kind("aussetzung", N_("suspended execution (Aussetzung der Vollziehung)"), "§ 361 AO", ("suspended_execution",),
         locks=True),
    Kind("niederschlagung_befristet", N_("not pursued for now (befristete Niederschlagung)"), f"§ 261 AO, {_LHO}",
         locks=True, writes_down=True),
    Kind("niederschlagung_unbefristet", N_("not pursued any more (unbefristete Niederschlagung)"), f"§ 261 AO, {_LHO}",
         locks=True, ends_claims=True, role="write_off"),
    Kind("absetzung", N_("side claim that is not owed after all (Absetzung)"), _LHO, ends_claims=True, role="charges"),
    Kind("erlass", N_("waived (Erlass)"), f"§ 227 AO, {_LHO}", ends_claims=True, role="remission"),
    Kind("tod", N_("death of the debtor"), "§ 101 OWiG, § 45 AO", ("estate",), locks=True, whole=True,
         role="write_off"),
    Kind("insolvenz", N_("insolvency of the debtor"), "§§ 87, 89 InsO", locks=True, whole=True, role="write_off"),
)  # fmt: skip
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
ALIASES = {
    "niederschlagung": "niederschlagung_befristet", "raten": "ratenplan", "deferral": "stundung",
    "instalments": "ratenplan", "stay": "aufschub", "suspension": "aussetzung", "waiver": "erlass", "death": "tod",
    "insolvency": "insolvenz",
}  # fmt: skip


class UnknownReliefKindError(KasseError):
    """No such kind of relief."""

    code = "relief.kind"
    template = N_("there is no relief of the kind {kind}")
    hint = N_("the kinds are: {kinds}")
    exit_code = 2


class UnknownReliefError(KasseError):
    """No relief has the number."""

    code = "relief.unknown"
    template = N_("there is no relief {relief}")
    hint = N_("see 'kasse relief list'")


class ReliefStateError(KasseError):
    """A step that a relief in its state does not take."""

    code = "relief.state"
    template = N_("relief {relief} is {state}")
    hint = N_("see 'kasse relief show {relief}'")


class ReliefReasonError(KasseError):
    """A decision without words."""

    code = "relief.reason"
    template = N_("a decision about relief needs a reason")
    hint = N_("give one with --reason: who looks at it in a year must understand it")


class NothingOwedError(KasseError):
    """Relief for nothing."""

    code = "relief.nothing"
    template = N_("nothing is open that the relief could be about: {what}")
    hint = N_("see 'kasse party show' or 'kasse report open-items'")


class MainClaimError(KasseError):
    """A claim itself that is to be taken off like a fee or a charge."""

    code = "relief.main_claim"
    template = N_("{item} is no side claim: what an order claimed, another order takes off")
    hint = N_("use 'kasse order change' or 'kasse order cancel'")


class SeveralDebtorsError(KasseError):
    """Relief is decided for one person."""

    code = "relief.debtors"
    template = N_("the claims are not all owed by one person: {items}")
    hint = N_("propose one relief for each person")


class ReliefConflictError(KasseError):
    """A claim has a relief already that does not go with another one."""

    code = "relief.conflict"
    template = N_("{item} has the relief {other} ({kind}) already")
    hint = N_(
        "end it first with 'kasse relief end {other}'; a proposal is taken back with 'kasse relief withdraw {other}'"
    )


class ReliefDaysError(KasseError):
    """Days that cannot be."""

    code = "relief.days"
    template = N_("a relief from {first} cannot last until {last}")
    hint = N_("give a last day that is not before the first")


class ReliefDayMissingError(KasseError):
    """A day without which the relief means nothing."""

    code = "relief.day_missing"
    template = N_("{kind} needs a day that is not given")
    hint = N_("give it with {option}")


class NoInstalmentsError(KasseError):
    """A plan without instalments, or instalments where there is no plan."""

    code = "relief.instalments"
    template = N_("{kind} and its instalments do not fit")
    hint = N_("a ratenplan needs --count, --rate or --instalment; only ratenplan and aufschub have instalments")


class InstalmentSumError(KasseError):
    """Instalments that do not add up to the claims."""

    code = "relief.sum"
    template = N_("the instalments are {given_cents}, the claims {sum_cents}")
    hint = N_("give other amounts, or --count or --rate and let kasse spread them")


class InstalmentDaysError(KasseError):
    """Two instalments on one day, or one before the plan begins."""

    code = "relief.instalment_days"
    template = N_("no instalment can be due on {day}: before the first day of the plan, or twice")
    hint = N_("give each instalment a day of its own")


class ReliefChangedError(KasseError):
    """Claims that are not what they were when the relief was proposed."""

    code = "relief.changed"
    template = N_("{item} is not what it was: {now_cents} are open, proposed were {was_cents}")
    hint = N_("withdraw the proposal with 'kasse relief withdraw {relief}' and propose again")


class ReliefLimitError(NotAllowedError):
    """A sum above what the person may grant."""

    code = "relief.limit"
    template = N_("{user} may grant {kind} up to {limit_cents}, this is {sum_cents}")
    hint = N_("someone with a higher limit must grant it; 'kasse relief limit' shows and sets limits")


class ReliefEndError(KasseError):
    """A way to end that the kind does not have."""

    code = "relief.end"
    template = N_("{kind} does not end as {way}")
    hint = N_(
        "see 'kasse relief end --help': only plans fail, only write-offs are lifted, only insolvencies discharged"
    )


def relief_kind(text: str) -> Kind:
    """Return the kind that a word names; raises `UnknownReliefKindError`."""
    name = text.strip().lower().replace("-", "_")
    found = KINDS.get(ALIASES.get(name, name))
    if found is None:
        raise UnknownReliefKindError(kind=text, kinds=", ".join(KINDS))
    return found


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment: its day, its share of the claims, its interest, in cents."""

    due: dt.date
    cents: int
    interest_cents: int = 0

    @property
    def sum_cents(self) -> int:
        """What the debtor pays on the day."""
        return self.cents + self.interest_cents


@dataclass(frozen=True, slots=True)
class Schedule:
    """How instalments are wanted: so many, or so much a month, or each by itself; `first` is the first due day."""

    first: dt.date | None = None
    count: int | None = None
    rate_cents: int | None = None
    each: tuple[tuple[dt.date, int], ...] = ()

    @property
    def given(self) -> bool:
        """Return whether anything was said at all."""
        return bool(self.count or self.rate_cents or self.each)


@dataclass(frozen=True, slots=True)
class Wish:
    """A relief as it is wanted; `items` or everything a `party` owes, `cents` only where it is for a part (Erlass).

    `paid`: also about what is paid already, which becomes a credit of whoever paid it.
    """

    kind: Kind
    reason: str
    first: dt.date
    items: tuple[ItemKey, ...] = ()
    party: int | None = None
    last: dt.date | None = None
    watch: dt.date | None = None
    cents: int | None = None
    document: str | None = None
    schedule: Schedule = Schedule()
    paid: bool = False

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ReliefReasonError
        if self.last is not None and self.last < self.first:
            raise ReliefDaysError(first=self.first, last=self.last)
        name = self.kind.name
        if self.paid and (name not in PAYS_BACK or self.party is not None):
            raise ReliefPaidError(kind=name)
        if name == "stundung" and self.last is None:
            raise ReliefDayMissingError(kind=name, option="--until")
        if name == "niederschlagung_befristet" and self.watch is None:
            raise ReliefDayMissingError(kind=name, option="--watch")
        wanted = {"ratenplan": (True,), "aufschub": (True, False)}.get(name, (False,))
        if self.schedule.given not in wanted:
            raise NoInstalmentsError(kind=name)


@dataclass(frozen=True, slots=True)
class Owed:
    """An item as relief sees it: what is open, when it was due, under which law; amounts in cents.

    `in_default` is 1 for the charge on missed instalments of a plan that failed, `original_due` '' where nobody knows.
    """

    office: str
    item: int
    account: str
    cents: int
    due: str
    level: int
    dunned_on: str | None
    profile: str | None
    claim_kind: str | None
    main_item: int | None
    party: int | None
    reference: str | None
    amount_cents: int
    opened_on: str
    demanded_cents: int = 0
    in_default: int = 0
    original_due: str = ""

    @property
    def key(self) -> ItemKey:
        """Office and number."""
        return self.office, self.item
