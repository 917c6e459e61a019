"""A credit of collections that is not their sum, as values: what a person says of the ones that are missing."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError

ROLES = ("payments",)


class NotACreditError(KasseError):
    """A case that is no credit on the account of the run."""

    code = "collection.no_credit"
    template = N_("case {number} is no credit on the account of collection run {run}")
    hint = N_("see 'kasse suspense show {number}' for what it is and 'kasse collection show {run}' for the account")


class CreditSumError(KasseError):
    """A credit that is not what is left of a run."""

    code = "collection.credit_sum"
    template = N_("case {number} holds {held_cents}, but {left_cents} of run {run} are not credited")
    hint = N_("ask the bank which collections are missing and name them with --without LINE; of a batch alone, "
              "give --batch")  # fmt: skip


class NotUnderWayError(KasseError):
    """A collection named as missing that is not under way."""

    code = "collection.not_under_way"
    template = N_("collection {run}-{line} is not under way any more")
    hint = N_("see 'kasse collection show {run}'; leave it away")


@dataclass(frozen=True, slots=True)
class Credited:
    """What became of the case: the entry, how much was credited, which collections count as refused."""

    run: int
    case: int
    cents: int
    entry: str
    refused: tuple[int, ...]
    refused_cents: int
