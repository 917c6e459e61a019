"""What the rungs of the ladder share: the reasons and rules they name, what they decide by, what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.bank.matching import Case, Evidence, Running, Share
from ledger.bank.rules import BankRule
from ledger.items.kassenzeichen import Scheme
from ledger.items.settlement import Order
from ledger.payments.collection_policy import Policy
from sepa.errors import N_

REASONS = (
    N_("return"), N_("reversal"), N_("several"), N_("ambiguous"), N_("amount"), N_("paid"), N_("given_up"),
    N_("unreleased"),
    N_("account"), N_("stranger"), N_("unproven"), N_("closed"), N_("unknown"), N_("details"), N_("no_reference"),
    N_("no_rule"),
)  # fmt: skip
"""Why money is to be clarified, the most telling first; stored with the case.

return: a payment came back and does not fit. reversal: the bank undid a booking that cannot be told apart. several:
several references, and the amount is not the sum open on them. ambiguous: several persons or items fit. amount: our
payment or run, another amount. paid: our payment, executed before. given_up: our payment, given up or refused before.
unreleased: our payment, not released. account: our payment, from another account. unproven: a number without check
digit and nothing besides. closed: the reference is paid. unknown: a valid reference that the book does not have.
details: a collective entry whose parts do not make its amount. no_reference, no_rule: nothing was found in a credit,
in a debit.
"""
RANK = {reason: rank for rank, reason in enumerate(REASONS)}
RULES = (
    N_("reference"), N_("evidence"), N_("account"), N_("payment"), N_("run"), N_("returned"), N_("return_fee"),
    N_("reversal"), N_("transfer"), N_("direct_debit"), N_("rule"), N_("surplus"), N_("clarify"), N_("assigned"),
    N_("collection"), N_("collection_returned"), N_("collection_reversed"), N_("collection_fee"),
    N_("cash_transport"), N_("card_day"), N_("card_fee"), N_("cheque_bounced"), N_("cheque_fee"),
    N_("withdrawn"),
)  # fmt: skip
"""What `bank_match.rule` may say: the rung that decided, what was over, what was left to a person and what one did."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a rung that knows something about the money does not decide."""

    reason: str
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Data:
    """What the rungs decide by besides the candidates.

    The Kasse's rules by rank, the orders of settlement, the Kasse's own bank accounts, its office, what collections go
    by, and the schemes of the book's Kassenzeichen.
    """

    rules: tuple[BankRule, ...] = ()
    orders: Mapping[str, Order] | None = None
    own_accounts: frozenset[str] = frozenset()
    kasse: str = ""
    collecting: Policy | None = None
    schemes: tuple[Scheme, ...] = ()


Verdict = Sequence[Share] | Doubt | None
Rung = Callable[[Case, Running, Data], Verdict]
"""Returns the shares it decides on, a doubt where it knows something but not enough, None where it knows nothing."""
