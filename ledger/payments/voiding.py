"""Giving up a file that the bank never got: asked for by one person, done by another."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.payments.runs import Run
from sepa.errors import N_, KasseError


class VoidReasonError(KasseError):
    """A file is given up without a reason."""

    code = "payment.void_reason"
    template = N_("no reason is given for giving up the file of run {run}")
    hint = N_("say with --reason why the bank never got it and will not get it")


class VoidStateError(KasseError):
    """A file of which the bank has booked something, or that is gone already."""

    code = "payment.void_state"
    template = N_("file {file} of run {run} is {state}: {executed} of its payments were executed")
    hint = N_("what the bank has is called back with 'kasse payment recall', not given up")


class VoidAnsweredError(KasseError):
    """A file that the bank has answered: it has it."""

    code = "payment.void_answered"
    template = N_("the bank has answered file {file} of run {run} with {status} on {at}")
    hint = N_(
        "call it back with 'kasse payment recall'; if the order was cancelled at the bank, say so with --cancelled"
    )


class VoidDebitError(KasseError):
    """A debit that nobody has assigned yet names the file: the bank took its money, in whole or in part."""

    code = "payment.void_debit"
    template = N_("the bank debited {debit_cents} on {day} and named run {run}; that waits as case {case}")
    hint = N_("take it as the debit of the run with 'kasse payment booked {run} --case {case}'; "
              "what the bank refused comes back with its report, see 'kasse payment status'")  # fmt: skip


class VoidStagedDebitError(KasseError):
    """A debit that is not posted yet names the file."""

    code = "payment.void_staged"
    template = N_("the bank debited {debit_cents} on {day} and named run {run}; that is not posted yet")
    hint = N_("post it with 'kasse reconcile' first, then look at the run with 'kasse payment show {run}'")


class VoidNotRecalledError(KasseError):
    """A single payment that the bank did not agree to take out."""

    code = "payment.void_not_recalled"
    template = N_("payment {run}-{line} is {state}, and no recall of it was accepted by the bank")
    hint = N_("call it back with 'kasse payment recall {run}-{line} --why CODE --out FILE' and read the bank's answer; "
              "what was executed comes back with a statement")  # fmt: skip


class WhichFileError(KasseError):
    """A run of several files, of which none is named."""

    code = "payment.which_file"
    template = N_("run {run} has {count} files")
    hint = N_("say which one with --file; 'kasse payment show {run}' lists them")


@dataclass(frozen=True, slots=True)
class UnclearEntry:
    """An entry that names a file of ours and is not settled; `case` is where it waits, None where it is not posted."""

    case: int | None
    day: str
    cents: int


@dataclass(frozen=True, slots=True)
class Voided:
    """What became of a request: who asked, and, once another person agreed, what came back."""

    run: Run
    file: int
    asked_by: str
    done: bool
    new: bool
    count: int = 0
    cents: int = 0
    entries: tuple[str, ...] = ()
    line: int | None = None
