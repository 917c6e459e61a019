"""Clarification: unclear money, what it is assigned to, and what speaks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.items.settlement import Claim, Order, spread
from sepa.errors import N_, NOWHERE, KasseError, Place


class UnknownCaseError(KasseError):
    """There is no such case."""

    code = "suspense.unknown"
    template = N_("office {office} has no suspense case {number}")
    hint = N_("see 'kasse suspense list' for the numbers")


class ClearedCaseError(KasseError):
    """Nothing is left of the case."""

    code = "suspense.cleared"
    template = N_("suspense case {number} is settled already")
    hint = N_("see 'kasse suspense show {number}' for what became of it")


class UnknownTargetError(KasseError):
    """No item has that reference."""

    code = "suspense.target_unknown"
    template = N_("no {kind} has the reference {reference}")
    hint = N_("see 'kasse report open-items'; an item without a reference is named OFFICE/NUMBER")


class OtherKindError(UnknownTargetError):
    """What is named is in the book, but on the other side: money received pays no payable."""

    code = "suspense.target_kind"
    template = N_("{reference} is of the kind {found}, but what can be named here is of the kind {kind}")
    hint = N_(
        "money received settles receivables, money paid out payables; what came back of a payment or a collection is "
        "taken with 'kasse payment returned' or 'kasse collection returned'"
    )


class ClosedTargetError(KasseError):
    """Everything under the reference is paid."""

    code = "suspense.target_closed"
    template = N_("nothing is open under {reference}")
    hint = N_("'kasse item explain {reference}' says what closed it; where relief wrote it off, end that first with "
              "'kasse relief end'; else choose another item, or pay the money back")  # fmt: skip


class TwiceNamedError(ClosedTargetError):
    """The same item twice, of which the first mention takes all."""

    code = "suspense.named_twice"
    template = N_("{reference} is named twice, and nothing is left open for the second time")
    hint = N_("name it once, or give both a part as REFERENCE=AMOUNT")


class AssignedTooMuchError(KasseError):
    """More is assigned than the case holds."""

    code = "suspense.too_much"
    template = N_("{sum_cents} are assigned, but case {number} holds {open_cents}")
    hint = N_("give smaller amounts")


class OverpaidTargetError(KasseError):
    """More is assigned than is open under the reference."""

    code = "suspense.overpaid"
    template = N_("{wanted_cents} are assigned to {reference}, but only {open_cents} are open")
    hint = N_("give a smaller amount, or let the rest become a credit of the person with --surplus credit")


class NoAmountError(KasseError):
    """An amount that assigns nothing."""

    code = "suspense.no_amount"
    template = N_("nothing can be assigned with the amount {wanted_cents}")
    hint = N_("give an amount above zero")


class SurplusPersonError(KasseError):
    """A surplus that could belong to several persons, or to none."""

    code = "suspense.surplus_person"
    template = N_("the surplus belongs to no one person")
    hint = N_("assign to the items of one person, or without --surplus credit")


class SurplusOfAdvanceError(KasseError):
    """A payment out that would become a credit."""

    code = "suspense.surplus_advance"
    template = N_("case {number} is money paid out: it leaves no credit")
    hint = N_("assign it without --surplus credit")


class SurplusUnusedError(KasseError):
    """Money that stays unclear although the surplus was to become a credit: amounts say what is taken."""

    code = "suspense.surplus_unused"
    template = N_("with these amounts {left_cents} of case {number} stay unclear and nothing becomes a credit")
    hint = N_("name the items without amounts, give the amount with what is to be a credit, or leave out the surplus")


class PartTooMuchError(KasseError):
    """More than is left of one part of a collective entry."""

    code = "suspense.part_too_much"
    template = N_("{wanted_cents} are more than the {left_cents} that are left of part {part}")
    hint = N_("give a smaller amount; 'kasse suspense show' says what is left of each part")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to assign: a reference or OFFICE/NUMBER, and cents (None: all that is open and there).

    `part` is the part of a collective credit that pays it.
    """

    target: str
    cents: int | None = None
    place: Place = NOWHERE
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """A wish with the open items it names; `party` is their person where it is one."""

    wish: Wish
    claims: tuple[Claim, ...]
    party: int | None

    @property
    def open_cents(self) -> int:
        """What is open on all of its items."""
        return sum(claim.open_cents for claim in self.claims)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one aim took: of which items how many cents, and what it took beyond them."""

    aim: Aim
    lines: tuple[tuple[Claim, int], ...]
    over_cents: int = 0


@dataclass(frozen=True, slots=True)
class Allocation:
    """Which items are settled with how many cents, and what is over; each item once, and what each aim took."""

    lines: tuple[tuple[Claim, int], ...]
    surplus_cents: int = 0
    taken: tuple[Taken, ...] = ()

    @property
    def settled_cents(self) -> int:
        """What is settled."""
        return sum(cents for _, cents in self.lines)


WHYS = (N_("reference"), N_("name"), N_("iban"), N_("name_in_text"), N_("name_alike"))
"""What may say that money is for an item."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Unclear money that may be the payment of an open item, and why (one of `WHYS`)."""

    office: str
    item: int
    case_office: str
    case: int
    why: str


def allocate(
    aims: Sequence[Aim], number: int, open_cents: int, *, surplus: bool, orders: Mapping[str, Order] | None = None,
    day: str = "", parts: Mapping[int, int] | None = None,
) -> Allocation:  # fmt: skip
    """Return how the money of a case, paid on a day, is spread over what a person named, in that order.

    With `surplus` what the case holds beyond the items is over (for a given amount: beyond the items, of that
    amount). `parts` are the parts that wishes name, with what is left of each. Raises `NoAmountError`,
    `OverpaidTargetError`, `ClosedTargetError`, `PartTooMuchError`, `AssignedTooMuchError`, `SurplusUnusedError`,
    `SurplusPersonError`; the first four at the place of their wish.
    """
    sharing = Sharing(open_cents, surplus=surplus, orders=orders, day=day, parts=parts)
    for aim in aims:
        try:
            sharing.take(aim)
        except KasseError as error:
            raise error.at(aim.wish.place) from None
    if sharing.left_cents < 0:
        raise AssignedTooMuchError(sum_cents=open_cents - sharing.left_cents, number=number, open_cents=open_cents)
    over, spare = sharing.over_cents, sharing.spare(aims)
    if surplus and all(aim.wish.cents is None for aim in aims):
        over += spare
    if surplus and not over and spare:
        raise SurplusUnusedError(number=number, left_cents=spare)
    if over and (len({aim.party for aim in aims}) != 1 or aims[0].party is None):
        raise SurplusPersonError
    return sharing.allocation(over)


class Sharing:
    """Money of a case on its way to items: what each aim took, so that no item is paid twice."""

    def __init__(
        self, open_cents: int, *, surplus: bool = False, orders: Mapping[str, Order] | None = None, day: str = "",
        parts: Mapping[int, int] | None = None,
    ) -> None:  # fmt: skip
        self.left_cents = open_cents
        self.over_cents = 0
        self._surplus = surplus
        self._orders, self._day = orders, day
        self._parts = dict(parts or {})
        self._taken: dict[tuple[str, int], tuple[Claim, int]] = {}
        self._by_aim: list[Taken] = []

    def take(self, aim: Aim) -> None:
        """Give an aim what it asks for.

        Raises `NoAmountError`, `ClosedTargetError`, `TwiceNamedError`, `OverpaidTargetError`, `PartTooMuchError`.
        """
        claims = [replace(claim, open_cents=self._open(claim)) for claim in aim.claims if self._open(claim) > 0]
        there, wanted = sum(claim.open_cents for claim in claims), aim.wish.cents
        if not there and any(claim.open_cents > 0 for claim in aim.claims):
            raise TwiceNamedError(reference=aim.wish.target)
        if not there:
            raise ClosedTargetError(reference=aim.wish.target)
        wanted = min(there, self._left(aim)) if wanted is None else wanted
        if wanted <= 0:
            raise NoAmountError(wanted_cents=wanted)
        beyond = max(0, wanted - there)
        if beyond and not self._surplus:
            raise OverpaidTargetError(reference=aim.wish.target, wanted_cents=wanted, open_cents=there)
        self._take_of_part(aim, wanted)
        lines = tuple(spread(claims, wanted - beyond, self._orders, day=self._day))
        for claim, cents in lines:
            self._taken[claim.office, claim.item] = claim, cents + self._cents(claim)
        self._by_aim.append(Taken(aim, lines, beyond))
        self.over_cents += beyond
        self.left_cents -= wanted

    def spare(self, aims: Sequence[Aim]) -> int:
        """Return what is left: of the parts that the aims name, or of all where one names none."""
        named = {aim.wish.part for aim in aims}
        of_parts = [self._parts.get(part, 0) for part in named if part is not None]
        return self.left_cents if None in named else min(self.left_cents, sum(of_parts))

    def allocation(self, over_cents: int = 0) -> Allocation:
        """Return what all aims took together."""
        return Allocation(tuple(self._taken.values()), over_cents, tuple(self._by_aim))

    def _left(self, aim: Aim) -> int:
        part = aim.wish.part
        return self.left_cents if part is None else min(self.left_cents, self._parts.get(part, self.left_cents))

    def _take_of_part(self, aim: Aim, cents: int) -> None:
        part = aim.wish.part
        if part is None or part not in self._parts:
            return
        if cents > self._parts[part]:
            raise PartTooMuchError(part=part, left_cents=self._parts[part], wanted_cents=cents)
        self._parts[part] -= cents

    def _cents(self, claim: Claim) -> int:
        return self._taken.get((claim.office, claim.item), (claim, 0))[1]

    def _open(self, claim: Claim) -> int:
        return claim.open_cents - self._cents(claim)
