"""The account of a party as values: everything that happened to what it owes and has to get, as of any day."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.items.locks import Lock
from ledger.items.orders_reader import OrderSummary
from ledger.people.party_values import PartyFacts
from sepa.errors import N_

MOVES = (
    N_("opened"), N_("bank"), N_("assign"), N_("run"), N_("opening"), N_("setoff"), N_("reduction"), N_("reset"),
    N_("relief"), N_("reversal"), N_("write_down"),
)  # fmt: skip
"""What may happen to an item; other kinds of clearings are shown as they are."""


@dataclass(frozen=True, slots=True)
class AccountItem:
    """An item of the party: open on the day of the account; the due day and the dunning level are those of now.

    `side` is D for what the party owes and C for what it has to get; `joint` tells that others owe it too.
    """

    office: str
    item: int
    kind: str
    side: str
    reference: str | None
    purpose: str | None
    claim_kind: str | None
    main_item: int | None
    opened_on: str
    due: str
    original_due: str
    amount_cents: int
    open_cents: int
    days_overdue: int
    dunning_level: int
    dunned_on: str | None
    order: str | None
    locks: str
    joint: str


@dataclass(frozen=True, slots=True)
class AccountMove:
    """One line of the account: what was demanded (above zero) or settled (below), and what was owed after it."""

    day: str
    what: str
    office: str
    item: int
    reference: str | None
    text: str | None
    entry: str
    amount_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class PartyAccountPage:
    """The whole story of a party on a day: facts, items, movements, locks, orders under way, sums."""

    day: str
    party: PartyFacts
    items: tuple[AccountItem, ...]
    moves: tuple[AccountMove, ...]
    locks: tuple[Lock, ...]
    orders: tuple[OrderSummary, ...]
    owes_cents: int
    gets_cents: int
    overdue_cents: int

    @property
    def balance_cents(self) -> int:
        """What the party owes less what it has to get."""
        return self.owes_cents - self.gets_cents
