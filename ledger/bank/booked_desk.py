"""A debit that books a run of ours without naming it, as values: what a person says it is."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError

ROLES = ("payments",)


class NotADebitError(KasseError):
    """A case that is no debit on the account of the run."""

    code = "payment.no_debit"
    template = N_("case {number} is no debit on the account of run {run}")
    hint = N_("see 'kasse suspense show {number}' for what it is and 'kasse payment show {run}' for the account")


class DebitSumError(KasseError):
    """A debit that is not what is left of a run."""

    code = "payment.debit_sum"
    template = N_("case {number} holds {held_cents}, but {left_cents} of run {run} are not booked by the bank yet")
    hint = N_("of one file alone, give --file; what the bank refused is read with 'kasse payment status FILE' or, "
              "where it sends none, named with --without LINE --reason CODE")  # fmt: skip


class NotInTransitError(KasseError):
    """A payment named as refused that is not under way."""

    code = "payment.not_under_way"
    template = N_("payment {run}-{line} is not under way in what the debit is for")
    hint = N_("see 'kasse payment show {run}'; leave it away")


class WithoutReasonError(KasseError):
    """Payments named as refused without the bank's reason."""

    code = "payment.without_reason"
    template = N_("no reason is given why the bank refused payments of run {run}")
    hint = N_("say with --reason what the bank said, by its code if it gave one, such as AC04")


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of the case: the entry, how much, how many payments are executed by it, which count as refused."""

    run: int
    case: int
    cents: int
    payments: int
    entry: str
    refused: tuple[int, ...] = ()
    refused_cents: int = 0
