"""Entries and postings as values: balanced to the cent before they reach the book."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sepa.errors import N_, KasseError

EntryKind = Literal[
    "opening",
    "order",
    "bank",
    "clearing",
    "run",
    "execution",
    "return",
    "manual",
    "transfer",
    "reversal",
    "closing",
    "charge",
    "relief",
    "cash",
]
OWN_KINDS = frozenset(
    {"opening", "order", "bank", "clearing", "run", "execution", "return", "closing", "charge", "relief", "cash"}
)
"""Kinds of entries that are mended where they come from, not by `journal reverse`."""


class UnbalancedEntryError(KasseError):
    """Debits and credits differ."""

    code = "entry.unbalanced"
    template = N_("the postings of an entry differ by {difference_cents}")
    hint = N_("debits and credits of an office must be equal")


class UnknownAccountError(KasseError):
    """A posting names an account that the office does not have."""

    code = "account.unknown"
    template = N_("office {office} has no account {account}")
    hint = N_("see 'kasse report trial-balance --all' for the accounts, or correct the number")


class ClosedAccountError(KasseError):
    """A posting names an account that is closed on the posting day."""

    code = "account.closed"
    template = N_("account {account} of office {office} is closed since {day}")
    hint = N_("use the account that replaced it")


class NotYetOpenError(KasseError):
    """A posting names an account that is opened later than the posting day."""

    code = "journal.not_yet_open"
    template = N_("account {account} of office {office} is open from {opened} on")
    hint = N_("date the entry on that day or later")


class ClosedPeriodError(KasseError):
    """The posting day lies in a closed period (§ 71 LHO); `next` is the first open day."""

    code = "period.closed"
    template = N_("{day} is closed, the last closed day is {closed}")
    hint = N_("the next open day is {next}: take that day, with --on or in the list; a closed day is never reopened")

    def __init__(self, *, closed: str, **more: Any) -> None:
        if "next" not in more:
            more["next"] = (dt.date.fromisoformat(closed) + dt.timedelta(days=1)).isoformat()
        super().__init__(closed=closed, **more)


class Posting(NamedTuple):
    """One line: account, cents (debit positive, credit negative), the open item it moves, its dimensions.

    `dimensions` is written `key=value;key=value` with keys in order. A tuple, because a town posts millions.
    """

    account: str
    cents: int
    item: int | None = None
    dimensions: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is posted. Drafts with the same `group` are one transaction across offices.

    `source` names what the entry comes from (`order:17`), `text` is free words kept outside the chain.
    Raises `UnbalancedEntryError` when its postings do not sum to zero.
    """

    office: str
    kind: EntryKind
    posting_day: str
    postings: tuple[Posting, ...]
    source: str | None = None
    text: str = ""
    bank_day: str | None = None
    value_day: str | None = None
    payment_day: str | None = None
    reverses: int | None = None
    group: int | None = None

    def __post_init__(self) -> None:
        difference = sum([posting.cents for posting in self.postings])
        if difference:
            raise UnbalancedEntryError(difference_cents=difference)
        assert len(self.postings) >= 2, "an entry has at least two postings"


class Posted(NamedTuple):
    """Where a draft ended up: its place in the office's chain, and its number in the year."""

    office: str
    position: int
    year: int
    number: int
    transaction_id: str | None = None
