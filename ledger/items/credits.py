"""Credits and their exits as values: set off against what the same party owes (§ 387 BGB, § 226 AO), or paid back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.items.settlement import Claim, Order, spread
from sepa.errors import N_, KasseError


class NoCreditError(KasseError):
    """An item from which nothing can be taken."""

    code = "credit.none"
    template = N_("{item} is no open credit or payable")
    hint = N_("see 'kasse item list --kind credit' for credits that are open")


class OtherPartyError(KasseError):
    """A set-off between different parties."""

    code = "credit.other_party"
    template = N_("{item} is owed by somebody else than who has the credit: {debtor}")
    hint = N_("only claims between the same two can be set off (§ 387 BGB); merge the parties if they are one")


class NotYetDueError(KasseError):
    """A set-off against what is not due."""

    code = "credit.not_due"
    template = N_("{item} is due on {due} only")
    hint = N_("who sets off needs a claim that is due (§ 387 BGB); wait, or give --early where the party agrees")


class NothingToSetOffError(KasseError):
    """Nothing the credit could be set off against."""

    code = "credit.nothing"
    template = N_("{item} meets no open claim")
    hint = N_("see 'kasse party account' for what the party owes; pay the credit back with 'kasse item refund'")


class CreditBoundError(KasseError):
    """A credit that a payment or an order has taken already."""

    code = "credit.bound"
    template = N_("{item} is bound by {what}")
    hint = N_("wait until that is done, or undo it first")


class CreditAmountError(KasseError):
    """More than is there."""

    code = "credit.amount"
    template = N_("{wanted_cents} is not available, open are {open_cents}")
    hint = N_("give a smaller amount, or leave --amount away")


class CreditReasonError(KasseError):
    """A set-off or refund without a word why."""

    code = "credit.reason"
    template = N_("this needs a reason")
    hint = N_("give it with --reason; it stands in the journal")


class UnknownPayeeAccountError(KasseError):
    """A refund to an account that is not known to be the party's own."""

    code = "credit.account"
    template = N_("no account, or no single one, is known to be {party}'s own: {known}")
    hint = N_("name one of them with --iban; add a new one first with 'kasse party change', checked as any other")


@dataclass(frozen=True, slots=True)
class Source:
    """A credit or payable: what is still free of it."""

    office: str
    item: int
    account: str
    party: int
    free_cents: int


@dataclass(frozen=True, slots=True)
class SetOffPart:
    """How much of a claim a set-off settles."""

    office: str
    item: int
    reference: str | None
    cents: int
    left_cents: int


@dataclass(frozen=True, slots=True)
class SetOff:
    """A set-off: the document (its entry), how much, which claims, what is left of the credit."""

    entry: str
    credit: str
    sum_cents: int
    left_cents: int
    parts: tuple[SetOffPart, ...]


def share(
    claims: Sequence[Claim], free_cents: int, wanted_cents: int | None, orders: Mapping[str, Order] | None
) -> list[tuple[Claim, int]]:
    """Return which claims are met by how much of a credit, in the settlement order (§ 396 BGB).

    Raises `CreditAmountError`.
    """
    most = min(free_cents, sum(claim.open_cents for claim in claims))
    if wanted_cents is not None and not 0 < wanted_cents <= most:
        raise CreditAmountError(wanted_cents=wanted_cents, open_cents=most)
    return spread(claims, most if wanted_cents is None else wanted_cents, orders)
