"""A payment of ours that came back without its id, as values: what a person says a credit is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.bank.names import same_person
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


class PartReturnedError(ReturnSumError):
    """A credit that is less than what was paid, without a word of what the bank kept."""

    code = "payment.return_part"
    template = N_("case {number} holds {held_cents}, a part of the {paid_cents} paid with {names}")
    hint = N_(
        "where the bank kept the rest, say --fee with what it kept. Where the payee gave back a part, the payment "
        "stands: its office orders that part as a receivable, and 'kasse suspense assign {number} REFERENCE' takes the "
        "money for it"
    )


RETURN_GVC = frozenset({"159", "160"})
"""Business transaction codes of transfers of ours that come back."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What the bank said of a credit; `named` holds what looks like an id of ours."""

    gvc: str | None
    name: str | None
    counter_iban: str | None
    reason: str
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom a payment went to, and under which id."""

    name: str
    iban: str
    end_to_end_id: str


def looks_strange(credit: Credit, payees: Iterable[Payee]) -> bool:
    """Return whether a credit may be somebody else's: it has neither our id nor the payee's name or account.

    What the bank marks as a return and names nobody is ours.

    >>> meyer = Payee("Meyer", "DE72120300000000000001", "KASSE-R1-1")
    >>> looks_strange(Credit("166", "Fremder Mann", None, "", frozenset()), [meyer])
    True
    >>> looks_strange(Credit("159", None, None, "", frozenset()), [meyer])
    False
    """
    if (credit.reason or credit.gvc in RETURN_GVC) and not (credit.name or credit.counter_iban):
        return False
    return not all(_fits(credit, one) for one in payees)


def _fits(credit: Credit, payee: Payee) -> bool:
    return (
        payee.end_to_end_id.upper() in credit.named
        or credit.counter_iban == payee.iban
        or bool(credit.name and same_person(credit.name, payee.name))
    )


@dataclass(frozen=True, slots=True)
class CameBack:
    """What became of the case: the entry, the payments and their items, open again, and what the bank kept.

    Not `done`: another person must agree with `asked_by`.
    """

    payments: tuple[str, ...]
    case: int
    cents: int
    fee_cents: int
    items: tuple[str, ...]
    entry: str
    done: bool = True
    asked_by: str = ""
    new: bool = True
