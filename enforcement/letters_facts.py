"""What a letter is made of, as values: its claims, fees, relief, addressee, letterhead and term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.law.rules import LUMP_KIND
from enforcement.letters import KINDS, LetterKind
from enforcement.letters_paper import Addressee
from enforcement.letters_remedies import Remedy
from enforcement.letters_text import Wording

CHARGES = {
    "saeumniszuschlag": "Säumniszuschlag",
    "saeumniszinsen": "Säumniszinsen",
    "verzugszinsen": "Verzugszinsen",
    "prozesszinsen": "Prozesszinsen",
    "stundungszinsen": "Stundungszinsen",
    "aussetzungszinsen": "Aussetzungszinsen",
    "interest": "Zinsen",
}
"""Kinds of claim that stand in the column of surcharges and interest."""
FEES = {
    "mahngebuehr": "Mahngebühr",
    LUMP_KIND: "Verzugspauschale",
    "rechtsverfolgungskosten": "Kosten der Rechtsverfolgung",
    "gebuehr": "Gebühr der Vollstreckung",
    "pfaendungsgebuehr": "Pfändungsgebühr",
    "wegegeld": "Wegegeld",
    "cost": "Kosten",
}
"""Kinds of claim that hang on another one and stand in the column of fees."""
RELIEFS = {
    "stundung": "Stundung",
    "ratenplan": "Ratenzahlung",
    "aufschub": "Vollstreckungsaufschub",
    "aussetzung": "Aussetzung der Vollziehung",
    "niederschlagung_befristet": "befristete Niederschlagung",
    "niederschlagung_unbefristet": "unbefristete Niederschlagung",
    "erlass": "Erlass",
    "tod": "Tod des Schuldners",
    "insolvenz": "Insolvenz",
}
"""Kinds of relief as a letter calls them."""


@dataclass(frozen=True, slots=True)
class LetterClaim:
    """A claim of a letter with what was open and charged when it was made; `level` is the one it brings.

    `amount_cents` is what it was at first.
    """

    office: str
    item: int
    reference: str | None
    purpose: str | None
    profile: str | None
    claim_kind: str | None
    main_item: int | None
    due: str
    open_cents: int
    charge_cents: int
    charge_kind: str | None
    level: int
    amount_cents: int

    @property
    def settled_cents(self) -> int:
        """What was paid, set off or taken off before."""
        return max(0, self.amount_cents - self.open_cents)

    @property
    def column(self) -> str:
        """Where its amount stands: `claim`, `charge` or `fee`."""
        if self.claim_kind in CHARGES:
            return "charge"
        return "fee" if self.claim_kind in FEES and self.main_item is not None else "claim"


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A fee that the letter itself costs, or a lump sum that it demands, by which schedule (`LetterFee`)."""

    schedule: str
    norm: str
    cents: int

    @property
    def kind(self) -> str:
        """The kind of claim that it becomes."""
        return LUMP_KIND if self.schedule == LUMP_KIND else "mahngebuehr"


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment of a plan: when it is due, its share of the claims, its interest."""

    due: str
    cents: int
    interest_cents: int


@dataclass(frozen=True, slots=True)
class ReliefFacts:
    """What a relief says that its letter tells; days are ISO text."""

    kind: str
    first_day: str
    last_day: str | None
    watch_day: str | None
    reason: str
    decided_reason: str | None
    reference: str | None
    document: str | None
    instalments: tuple[Instalment, ...] = ()
    paid_cents: int = 0


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A letter as its released rows have it; `joint` names the others who owe its claims, `party` is its debtor."""

    number: int
    kind_name: str
    way: str
    debtor: Addressee
    addressee: Addressee
    profile: str | None
    day: str
    reference: str | None
    sum_cents: int
    claims: tuple[LetterClaim, ...]
    fees: tuple[FeeLine, ...]
    relief: ReliefFacts | None = None
    joint: tuple[str, ...] = ()
    party: int | None = None

    @property
    def kind(self) -> LetterKind:
        """Its kind."""
        return KINDS[self.kind_name]

    @property
    def office(self) -> str:
        """The one office of all its claims, '' where there are several or none."""
        offices = {claim.office for claim in self.claims}
        return offices.pop() if len(offices) == 1 else ""

    @property
    def lump_cents(self) -> int:
        """What it demands of lump sums for default, § 288 (5) BGB."""
        before = sum(claim.open_cents for claim in self.claims if claim.claim_kind == LUMP_KIND)
        return before + sum(fee.cents for fee in self.fees if fee.kind == LUMP_KIND)

    @property
    def laws(self) -> list[tuple[str | None, int]]:
        """The profile and level of each claim."""
        return list(dict.fromkeys((claim.profile, claim.level) for claim in self.claims))


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom the debtor pays."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class RemedyPart:
    """A remedy as a letter tells it: its wording, its term in words, the norm of notice by post.

    `claims` are those it is about, none where it is about all.
    """

    remedy: Remedy
    wording: Wording
    words: str
    notice_norm: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What a letter gets besides its facts: wordings, letterhead, payee, remedies, and its days.

    `head` are the texts of the letterhead, of one or more lines each; `term_end` and `term_words` tell the term.
    `ranks` are the norms and cents of what comes last in an insolvency (§ 39 InsO). `enforced`: the authority enforces
    a claim itself; `court`: a claim needs the title of a court first. `default_norm` is that of interest on claims
    whose debtor is no consumer.
    """

    wording: Wording
    plain: Wording | None
    remedies: tuple[RemedyPart, ...]
    head: Mapping[str, str]
    payee: Payee
    planned_on: str
    term_end: str | None
    term_words: str
    remedy_words: str
    step_norm: str
    notice_norm: str
    ranks: tuple[tuple[str, int], ...] = ()
    enforced: bool = False
    court: bool = False
    default_norm: str = ""
