"""A payment of ours that came back without its id, as values: what a person says a credit is."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError

ROLES = ("payments",)


class NotAReturnError(KasseError):
    """A case that is no credit on the account that paid."""

    code = "payment.no_return"
    template = N_("case {number} is no credit on the account that run {run} was paid from")
    hint = N_("see 'kasse suspense show {number}' for what it is and 'kasse payment show {run}' for the account")


class NotExecutedError(KasseError):
    """A payment that is not paid, and so cannot come back."""

    code = "payment.not_executed"
    template = N_("payment {run}-{line} is {state}: only what the bank has executed comes back")
    hint = N_("see 'kasse payment show {run}-{line}'; a debit that waits is taken first with 'kasse payment booked'")


class ReturnSumError(KasseError):
    """A credit that is not what was paid."""

    code = "payment.return_sum"
    template = N_("case {number} holds {held_cents}, but what was paid with {names} is {paid_cents}")
    hint = N_("what the bank kept for itself is named with --fee AMOUNT; see 'kasse payment search' for other payments")


@dataclass(frozen=True, slots=True)
class CameBack:
    """What became of the case: the entry, the payments and their items, open again, and what the bank kept."""

    payments: tuple[str, ...]
    case: int
    cents: int
    fee_cents: int
    items: tuple[str, ...]
    entry: str
