"""What a bank account held when it joined the book, as values: asked for by one head, posted by another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa.errors import N_, KasseError

SOURCE = "bank_balance"
"""What entries of such a balance come from: `bank_balance:IBAN`."""
ASKED, POSTED, DROPPED = "bank_account.ask_balance", "bank_account.balance", "bank_account.drop_balance"
"""The events that tell of it: the last one says whether a balance waits."""
LONGEST = 140
BalanceState = Literal["asked", "posted", "dropped"]


class BalanceWordsError(KasseError):
    """A balance without a reason or without the paper behind it."""

    code = "bank.balance_words"
    template = N_(
        "why {iban} held this balance, and the paper that proves it, are needed, each in {most} characters at most"
    )
    hint = N_("give --reason and --document, such as the bank's closing statement of the owner before")


class BalanceNothingError(KasseError):
    """A balance that the book has already."""

    code = "bank.balance_nothing"
    template = N_("{iban} began with {balance_cents} in the books already")
    hint = N_("nothing is to be entered; an account that began with nothing needs no entry")


class BalanceTakenOverError(KasseError):
    """An account whose balance came with the take-over of the book."""

    code = "bank.balance_taken_over"
    template = N_("the balance of {iban} was taken over with the whole office, signed by two")
    hint = N_("compare 'kasse opening show' with the bank; a take-over is made once")


class BalanceDayError(KasseError):
    """A day that is no evening before the first statement, or is still to come."""

    code = "bank.balance_day"
    template = N_("{day} cannot be the day of the balance of {iban}: it lies after {last}")
    hint = N_("give the evening before the first statement: --day")


class BalanceDiffersError(KasseError):
    """A balance with which the first statement does not begin."""

    code = "bank.balance_differs"
    template = N_("the first statement of {iban}, of {day}, begins with {opening_cents}, not with {balance_cents}")
    hint = N_("enter what it begins with, or import the statements before it first")


class BalanceAccountError(KasseError):
    """An account that cannot stand against the balance."""

    code = "bank.balance_account"
    template = N_("account {account} of office {office} cannot stand against the balance of a bank account")
    hint = N_(
        "choose capital, income, or what is owed to the owner before, as in an entry by hand; see 'kasse account list'"
    )


class BalanceAskedError(KasseError):
    """A balance that waits for another person already."""

    code = "bank.balance_asked"
    template = N_("a balance of {balance_cents} of {iban} waits already, asked for by {user}")
    hint = N_("another head posts it: 'kasse bank balance {iban} --confirm'; or takes it away: --drop")


class BalanceNotAskedError(KasseError):
    """No balance of the account waits."""

    code = "bank.balance_not_asked"
    template = N_("no balance of {iban} waits for another person")
    hint = N_("ask for it first: 'kasse bank balance {iban} AMOUNT --day … --account … --reason … --document …'")


@dataclass(frozen=True, slots=True)
class BalanceWish:
    """What an account held on the evening of a day, the account that stands against it, why, and the paper for it."""

    iban: str
    cents: int
    day: str
    account: str
    reason: str
    document: str

    def __post_init__(self) -> None:
        if not all(text.strip() and len(text) <= LONGEST for text in (self.reason, self.document)):
            raise BalanceWordsError(iban=self.iban, most=LONGEST)


@dataclass(frozen=True, slots=True)
class BalanceStep:
    """A balance as it stands; `entry` is the number of what was posted, for `posted_cents` on `posting_day`."""

    iban: str
    state: BalanceState
    balance_cents: int
    day: str
    office: str
    account: str
    reason: str
    document: str
    asked_by: str
    entry: str | None = None
    posting_day: str | None = None
    posted_cents: int | None = None
