"""Giving up a file of collections that the bank never got: asked for by one person, done by another."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.payments.collection_runs import CollectionRun
from sepa.errors import N_, KasseError


class VoidAnsweredError(KasseError):
    """A file that the bank has answered: it has it."""

    code = "collection.void_answered"
    template = N_("the bank has answered the file of run {run} with {status}, read on {at}")
    hint = N_(
        "what it has not collected is recalled with 'kasse collection recall'; if the order was cancelled at the bank, "
        "say so with --cancelled"
    )


class VoidCreditError(KasseError):
    """A credit that nobody has assigned yet names the file: the bank collected, in whole or in part."""

    code = "collection.void_credit"
    template = N_("the bank credited {credit_cents} on {day} and named run {run}; that waits as case {case}")
    hint = N_("take it as the credit of the run with 'kasse collection credit {run} --case {case}'; "
              "--without names what the bank refused")  # fmt: skip


class VoidStagedCreditError(KasseError):
    """A credit that is not posted yet names the file."""

    code = "collection.void_staged"
    template = N_("the bank credited {credit_cents} on {day} and named run {run}; that is not posted yet")
    hint = N_("post it with 'kasse reconcile' first, then look at the run with 'kasse collection show {run}'")


@dataclass(frozen=True, slots=True)
class CollectionVoided:
    """What became of a request: who asked, and, once another person agreed, what is open again."""

    run: CollectionRun
    asked_by: str
    done: bool
    new: bool
    count: int = 0
    cents: int = 0
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A bank's answer to a file of collections as it was kept; `file_sha256` is of the file it came in."""

    number: int
    kind: str
    status: str
    reason: str | None
    message_id: str
    file_sha256: str
    read_by: str
    read_at: str
