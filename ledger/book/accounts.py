"""Changes of accounts as values: what was opened, renamed, given another use or closed, and why it may not be."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError

ADDED, RENAMED, CHANGED, CLOSED = "added", "renamed", "changed", "closed"
CHANGES = (N_("added"), N_("renamed"), N_("changed"), N_("closed"))
"""What can become of an account, so that people read it in their language."""


class AccountExistsError(KasseError):
    """A number that the office has already, for something else."""

    code = "account.exists"
    template = N_("office {office} has an account {number} already: {name}")
    hint = N_("take another number, or change the name with 'kasse account rename'")


class ProtectedAccountError(KasseError):
    """Another role or kind for an account that was posted on, or that belongs to a bank or another office."""

    code = "account.protected"
    template = N_("account {number} of office {office} has entries and keeps its kind {kind} and role {role}")
    hint = N_("open another account with the role, move the balance by 'kasse journal post', then close this one")


class NeededAccountError(KasseError):
    """The last open account of a role that the books need."""

    code = "account.needed"
    template = N_("account {number} is the only one of office {office} with the role {role}")
    hint = N_("open another account with this role first: 'kasse account add'")


class AccountBalanceError(KasseError):
    """An account that still holds something on the day it is to be closed."""

    code = "account.balance"
    template = N_("account {number} of office {office} holds {balance_cents} and cannot be closed on {day}")
    hint = N_("clear the account first; one of income or expense can close with the year, from 1 January on")


class AccountItemsError(KasseError):
    """A control account with open items."""

    code = "account.items"
    template = N_("account {number} of office {office} has open items: {count}")
    hint = N_("see 'kasse item list'; close the account when nothing is open on it")


class AccountLaterError(KasseError):
    """An account with entries on the day it is to be closed, or later."""

    code = "account.later"
    template = N_("account {number} of office {office} has entries up to {last}")
    hint = N_("close it from a later day on")


class AccountCodedError(KasseError):
    """The account that orders are coded to where nothing is said."""

    code = "account.coded"
    template = N_("orders of {word} are coded to account {number} where nothing is said")
    hint = N_("name another account for them first: 'kasse account import' with a list that says so")


class AccountOrderedError(KasseError):
    """A standing or general order goes on, coded to the account."""

    code = "account.ordered"
    template = N_("{order} goes on after {day} and is coded to account {number}")
    hint = N_("end it with 'kasse order cancel {order} --last-day DATE' and order it anew with another account")


class AccountOfBankError(KasseError):
    """An account that belongs to a bank account or to another office."""

    code = "account.of_bank"
    template = N_("account {number} of office {office} belongs to a bank account or to another office")
    hint = N_("it stays as long as the bank account or the office is in the book")


class AccountClosedError(KasseError):
    """An account that is closed already, on another day."""

    code = "account.closed_already"
    template = N_("account {number} of office {office} is closed since {day}")
    hint = N_("a closed account is never opened again; open another number")


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What became of one account of an office; `before` is what it was called or used for."""

    office: str
    number: str
    name: str
    change: str
    before: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """What became of accounts on a day; `unchanged` were as asked for already, `others` are not in the list."""

    day: str
    changes: tuple[AccountChange, ...]
    unchanged: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in a list; `coded` are the orders that are coded to it where nothing is said."""

    office: str
    number: str
    name: str
    kind: str
    role: str | None
    coded: str
    opened_on: str
    closed_on: str | None
