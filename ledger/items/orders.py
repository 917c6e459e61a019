"""Orders (Anordnungen) as values: a row of a list, what the book allows, the number people use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.book.dimensions import Lists
from ledger.items.kassenzeichen import Scheme
from ledger.items.order_profiles import NO_LAW, LawProfiles
from sepa.errors import N_, KasseError, Place
from sepa.money import plain

STATES = (N_("created"), N_("certified"), N_("approved"), N_("accepted"), N_("objected"))
KINDS = (N_("receivable"), N_("payable"), N_("transfer"))
PRIVATE_PROFILES = ("private", "private-trade")
"""Profiles of private law: their claims stand on a control account of their own."""
COLUMN_OF = {
    "amount_cents": "amount", "open_cents": "open_amount", "every_months": "every", "lock_kind": "lock",
    "party_number": "party",
}  # fmt: skip
"""Fields of a row whose column in a list has another name."""
_NUMBER = re.compile(r"([A-Z0-9]{1,8})-([0-9]{1,15})")


class InvalidOrderNumberError(KasseError):
    """A text that is not the number of an order."""

    code = "order.number"
    template = N_("not the number of an order: {text}")
    hint = N_("write it as 'kasse order list' shows it, for example ORDNUNG-17")


class OrderRow(NamedTuple):
    """One row of a list of orders or open items; `seq` is its number in the list, `head` that of its order's first row.

    Days are ISO text, flags 0 or 1; `every_months` makes it a standing order. The last fields are for open items that
    are taken over: `amount_cents` is then what was demanded at first and `open_cents` what is still open,
    `party_number` that of the old system, `owner` the user who works on unclear money.
    """

    seq: int
    head: int
    office: str | None = None
    kind: str | None = None
    name: str | None = None
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    town: str | None = None
    country: str | None = None
    birth_date: str | None = None
    bank_account: str | None = None
    bic: str | None = None
    amount_cents: int | None = None
    due: str | None = None
    reference: str | None = None
    reference_foreign: int | None = None
    purpose: str | None = None
    gl_account: str | None = None
    profile: str | None = None
    claim_kind: str | None = None
    notice_date: str | None = None
    served_on: str | None = None
    final_on: str | None = None
    enforceable: int | None = None
    debt_reason: str | None = None
    period_from: str | None = None
    period_to: str | None = None
    joint_group: str | None = None
    main_reference: str | None = None
    cost_object: str | None = None
    product: str | None = None
    budget_year: str | None = None
    document: str | None = None
    order_key: str | None = None
    open_cents: int | None = None
    original_due: str | None = None
    dunning_level: int | None = None
    dunned_on: str | None = None
    every_months: int | None = None
    last_due: str | None = None
    paid_by: str | None = None
    purpose_code: str | None = None
    lock_kind: str | None = None
    lock_until: str | None = None
    lock_reason: str | None = None
    party_number: str | None = None
    owner: str | None = None
    hold_until: str | None = None
    match_key: str | None = None
    address_key: str | None = None
    party_key: str | None = None


class Checked(NamedTuple):
    """A row with what is wrong with it; a row with an error is never taken in."""

    row: OrderRow
    findings: tuple[KasseError, ...] = ()


class AccountState(NamedTuple):
    """What a row needs to know of an account: its role, its kind and since when it is closed."""

    role: str | None
    kind: str
    closed_on: str | None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the book allows in a list: offices, accounts, default coding, profiles, schemes; `today` is an ISO day."""

    today: str
    offices: tuple[str, ...]
    schemes: tuple[Scheme, ...]
    accounts: Mapping[tuple[str, str], AccountState]
    defaults: Mapping[str, str]
    law: LawProfiles = NO_LAW
    """Profiles of the law beside those that the book codes."""
    banks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By IBAN: office and account of each bank account that is open."""
    lists: Lists = field(default_factory=Lists)
    by_role: Mapping[tuple[str, str], str] = field(init=False)
    """By office and role: the number of the open account, the lowest of several."""
    profiles: frozenset[str] = field(init=False)
    """What an order may have as profile: what the book codes, unless it is law elsewhere, and the law of its Land."""

    def __post_init__(self) -> None:
        found: dict[tuple[str, str], str] = {}
        for (office, number), state in sorted(self.accounts.items()):
            if state.role is not None and state.closed_on is None:
                found.setdefault((office, state.role), number)
        object.__setattr__(self, "by_role", found)
        prefix = "profile_account:"
        coded = {key.removeprefix(prefix) for key in self.defaults if key.startswith(prefix)}
        object.__setattr__(self, "profiles", frozenset(coded.difference(self.law.elsewhere).union(self.law.names)))

    def check_profile(self, profile: str | None) -> None:
        """Raise `UnknownProfileError` or `ForeignProfileError` for a profile that an order must not have."""
        if wrong := self.law.wrong(profile, self.profiles):
            raise wrong

    def default_account(self, row: OrderRow) -> str | None:
        """Return the coding of a row that gives none: by its profile, by its office, by its kind."""
        keys = (
            f"profile_account:{row.profile}",
            f"default_account:{row.kind}:{row.office}",
            f"default_account:{row.kind}",
        )
        return next((self.defaults[key] for key in keys if key in self.defaults), None)


def control_role(kind: str, profile: str | None) -> str:
    """Return the role of the control account that carries an item of that kind and profile."""
    return "receivable_private" if kind == "receivable" and profile in PRIVATE_PROFILES else kind


def at(row: OrderRow, field: str) -> Place:
    """Return the place of a row's field: row, column and value, for a finding."""
    value = getattr(row, field)
    text = None if value is None else plain(value) if field.endswith("_cents") else str(value)
    return Place(row=row.seq, column=COLUMN_OF.get(field, field), value=text)


def order_number(office: str, number: int) -> str:
    """Return how people write the order: its office and its number there."""
    return f"{office}-{number}"


def parse_order_number(text: str) -> tuple[str, int]:
    """Return office and number of an order as people write it.

    >>> parse_order_number("ordnung-17")
    ('ORDNUNG', 17)

    Raises `InvalidOrderNumberError`.
    """
    match = _NUMBER.fullmatch(text.strip().upper())
    if match is None:
        raise InvalidOrderNumberError(text=text)
    return match[1], int(match[2])
