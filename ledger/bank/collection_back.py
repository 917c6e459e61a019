"""A collection of ours that came back in a way no rung takes, as values: what a person says a debit is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa.errors import N_, KasseError

ROLES = ("payments",)


class NotADebitError(KasseError):
    """A case that is no debit on the account that collected."""

    code = "collection.no_return"
    template = N_("case {number} is no debit on the account of collection run {run}")
    hint = N_("see 'kasse suspense show {number}' for what it is and 'kasse collection show {run}' for the account")


class NotOutError(KasseError):
    """A collection that is not out, and so cannot come back."""

    code = "collection.not_out"
    template = N_("collection {run}-{line} is {state}: only what was handed in or collected comes back")
    hint = N_("see 'kasse collection show {run}-{line}' for its whole life")


class UnsettledError(KasseError):
    """A collection whose claims are open again already."""

    code = "collection.unsettled"
    template = N_("what collection {run}-{line} had settled is open again already")
    hint = N_("see 'kasse collection show {run}-{line}'; the debit is then somebody else's")


class BackSumError(KasseError):
    """A debit that is not what was collected, with the fee."""

    code = "collection.return_sum"
    template = N_("case {number} holds {held_cents}, but collection {run}-{line} is {collected_cents}")
    hint = N_("name with --fee AMOUNT what the banks charged on top; no bank gives back a part of a direct debit")


class PartBackError(BackSumError):
    """A debit that is less than what was collected."""

    code = "collection.return_part"
    template = N_("case {number} holds {held_cents}, only a part of collection {run}-{line} over {collected_cents}")
    hint = N_(
        "a direct debit comes back as a whole or not at all (EPC016-06): ask the bank what this debit is, and lay the "
        "case aside until it answers with 'kasse suspense hold {number} --until DATE --reason …'; what it booked in "
        "error it books back"
    )


@dataclass(frozen=True, slots=True)
class Meant:
    """What unclear money may be that came back: a collection or a payment of ours, as `3-7`, and how much it was."""

    what: Literal["collection", "payment"]
    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class CollectionBack:
    """What became of the case: the entry, the claims, open again, and the fee with the claim it became, if any."""

    collection: str
    case: int
    cents: int
    fee_cents: int
    fee_item: str | None
    items: tuple[str, ...]
    entry: str
