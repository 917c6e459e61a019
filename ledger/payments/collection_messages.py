"""Requests to the bank about collections that were sent: recalls before settlement, reversals after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa.errors import N_, KasseError

Kind = Literal["recall", "reversal"]
N_("recall"), N_("reversal")  # words of lists
IN_STATES: dict[Kind, tuple[str, ...]] = {"recall": ("exported",), "reversal": ("collected",)}
"""Which collections each kind is for: what is not credited yet is recalled, what is credited is given back."""


class NotAskableError(KasseError):
    """A collection that cannot be recalled or reversed as it stands."""

    code = "collection.ask_state"
    template = N_("collection {number} is {state}; this needs: {needed}")
    hint = N_("recall what the bank has not credited yet, reverse what it has; see 'kasse collection show {number}'")


class AskedBeforeError(KasseError):
    """A collection that was recalled or reversed before."""

    code = "collection.asked"
    template = N_("for collection {number} the bank was asked before: {asked}")
    hint = N_("see 'kasse collection show {number}'; wait for the bank's answer or entry")


class ReplacedError(KasseError):
    """A request of which no file was written before another took its place."""

    code = "collection.replaced"
    template = N_("request {message} was never written, and another one asks for its collections now")
    hint = N_("write that one: 'kasse collection show' names it")


class SeveralRunsError(KasseError):
    """Collections of several runs in one request."""

    code = "collection.several_runs"
    template = N_("a request is about one file, these collections are of runs {runs}")
    hint = N_("make one request for each run")


class AskedTooLateError(KasseError):
    """A request after the bank's time for it."""

    code = "collection.asked_late"
    template = N_("this was possible until {day}")
    hint = N_("pay the money back by an order instead; a debtor can also have it refunded")


class UnknownMessageError(KasseError):
    """No request has that number."""

    code = "collection.message_unknown"
    template = N_("there is no request {message} about collections")
    hint = N_("'kasse collection recall' and 'kasse collection reverse' make them and say their numbers")


class NotApprovedError(KasseError):
    """A request that no second person has approved."""

    code = "collection.not_approved"
    template = N_("request {message} waits for a second person")
    hint = N_("another person approves it with 'kasse collection approve {message} --sum …'")


class MessageSumError(KasseError):
    """The control sum is not the sum of the request."""

    code = "collection.message_sum"
    template = N_("the control sum {given_cents} is not that of request {message}: {count} collections, {sum_cents}")
    hint = N_("look at the collections again; nothing was asked")


class BankBicError(KasseError):
    """A recall without the BIC of our bank."""

    code = "collection.bank_bic"
    template = N_("a recall names your bank by its BIC, the account {iban} has none")
    hint = N_("give it with --bic")


@dataclass(frozen=True, slots=True)
class Message:
    """A request to the bank: a recall (camt.055) or a reversal (pain.007), with its collections as RUN-LINE."""

    number: int
    office: str
    run: int
    kind: Kind
    reason: str
    text: str
    message_id: str
    count: int
    total_cents: int
    created_by: str
    created_at: str
    released_by: str | None
    released_at: str | None
    created_stamp: str | None
    file_sha256: str | None
    exported_at: str | None
    collections: tuple[str, ...] = ()


def message_id(run_message: str, number: int) -> str:
    """Return the id of a request, unique for ever."""
    return f"{run_message.rpartition('-')[0]}-Q{number:06d}"
