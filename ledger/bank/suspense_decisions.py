"""What a clerk may decide about a case, as values: one decision for each verb of the desk, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.bank.suspense import Wish
from sepa.errors import N_, NOWHERE, KasseError, Place

PayerKind = Literal["own", "third_party", "guardian", "authority", "payment_service"]
PAYER_KINDS = (N_("own"), N_("third_party"), N_("guardian"), N_("authority"), N_("payment_service"))
"""Whose account an IBAN of a party is; only `own` is evidence when money is matched."""
DESK_RULES = (N_("assigned"), N_("forwarded"), N_("paid_out"), N_("collected"), N_("unassigned"), N_("later"),
    N_("executed"), N_("returned"),
)  # fmt: skip
"""What `bank_match.rule` says of what the desk did with money of a case; the case itself stays as it was matched."""
VERBS = (
    N_("assign"), N_("split"), N_("reserve"), N_("release"), N_("hold"), N_("resume"), N_("note"), N_("forward"),
    N_("refund"), N_("undo"), N_("undo_match"), N_("paid_out"), N_("collected"),
    N_("again"), N_("executed"), N_("returned"),
)  # fmt: skip
"""What `Done.verb` and the history of a case say."""


class ReservedCaseError(KasseError):
    """Another clerk works on the case."""

    code = "suspense.reserved"
    template = N_("suspense case {number} is reserved by {owner}")
    hint = N_("ask {owner}, or take it over with 'kasse suspense reserve {number} --take-over'")


class BoundCaseError(KasseError):
    """An order that is under way pays the money out."""

    code = "suspense.bound"
    template = N_("the money of case {number} is bound by the order {order}")
    hint = N_("wait until the Kasse has accepted it, or have it objected to with 'kasse order object {order}'")


class RefusedDecisionsError(KasseError):
    """A list of decisions with findings, of which nothing was done."""

    code = "suspense.list_refused"
    template = N_("nothing was changed: {bad} of {count} rows have findings")
    hint = N_("mend them and give the list again")


@dataclass(frozen=True, slots=True)
class Assign:
    """Settle open items with the money of a case; a surplus becomes a credit of the person where that is wanted."""

    number: int
    wishes: tuple[Wish, ...]
    office: str | None = None
    surplus: bool = False
    payer_kind: PayerKind | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Split:
    """Spread the money of a case by the advice list of a payer for many: every row, or nothing."""

    number: int
    wishes: tuple[Wish, ...]
    office: str | None = None
    leave_rest: bool = False
    payer_kind: PayerKind | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Reserve:
    """Give a case to a clerk (None: who acts); from another one only by taking it over."""

    number: int
    owner: str | None = None
    office: str | None = None
    take_over: bool = False
    reason: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Release:
    """Give a reserved case back to all."""

    number: int
    office: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Hold:
    """Lay a case aside until a day (None: take it up again)."""

    number: int
    until: str | None
    reason: str = ""
    office: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Note:
    """Write something down about a case."""

    number: int
    text: str
    office: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Forward:
    """Pass money on: to an account of an office, to money in transit for others, or to an account by an order.

    `part` is the part of a collective credit that it is for, by its number.
    """

    number: int
    reason: str
    to_office: str | None = None
    account: str | None = None
    payee: str | None = None
    iban: str | None = None
    cents: int | None = None
    office: str | None = None
    place: Place = NOWHERE
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Pay money back to the account it came from, by an order; `despite_debts` where the payer owes something.

    Of a collective credit the payer of one `part` gets it back, by its number.
    """

    number: int
    reason: str
    cents: int | None = None
    despite_debts: bool = False
    office: str | None = None
    place: Place = NOWHERE
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back what was decided with the money of a case: all of it, or the last step only."""

    number: int
    reason: str
    last: bool = False
    office: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class UndoEntry:
    """Take back one entry: a step of the desk, or what was matched by itself."""

    entry: str
    reason: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class UndoBatch:
    """Take back everything that a list of decisions moved."""

    batch: int
    reason: str
    place: Place = NOWHERE


Decision = Assign | Split | Reserve | Release | Hold | Note | Forward | Refund | Undo | UndoEntry | UndoBatch
ItemPart = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Payout:
    """What an order of the desk pays out, and to whom."""

    cents: int
    name: str
    iban: str


@dataclass(frozen=True, slots=True)
class Done:
    """What a decision did: its entry where money moved, what it settled and what is left of the case.

    `parts` are the parts of a collective credit that it was for, `by_amount` whether their amounts alone told them.
    `settled_cents` is what left the case (negative where it came back), `items` are (office, item, cents). `order` is
    the order that will pay out, `payout` how much to whom; `left_cents` holds what it binds, `bound_cents`, until it is
    accepted. `new` is false where nothing had to be done.
    """

    verb: str
    office: str
    number: int
    entry: str | None = None
    settled_cents: int = 0
    surplus_cents: int = 0
    left_cents: int = 0
    items: tuple[ItemPart, ...] = ()
    order: str | None = None
    batch: int | None = None
    new: bool = True
    findings: tuple[KasseError, ...] = ()
    bound_cents: int = 0
    parts: tuple[int, ...] = ()
    by_amount: bool = False
    payout: Payout | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """What all decisions of one unit of work share: the posting day and the list they came in, if any."""

    day: str
    batch: int | None = None
