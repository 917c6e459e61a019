"""Bank accounts of the Kasse as values, and why one cannot be added, changed or closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ledger.book.chart_rules import LONGEST_NAME
from sepa.errors import N_, KasseError

MOST = 80
"""How many bank accounts an office may have: as many numbers are kept for them in its chart."""


class BankAccountExistsError(KasseError):
    """An account that is in the book as something else than asked for."""

    code = "bank.exists"
    template = N_("the book has the bank account {iban} already: {name}, office {office}")
    hint = N_("'kasse bank list' shows it; name and BIC are changed with 'kasse bank change'")


class BankAccountNameError(KasseError):
    """A name that says nothing or does not fit on a line."""

    code = "bank.name"
    template = N_("not a name of a bank account: {text}")
    hint = N_("write one line of at most {longest} characters, such as 'Sparkasse, Gebühren'")


class BankAccountsFullError(KasseError):
    """An office that has as many bank accounts as its chart has numbers for."""

    code = "bank.full"
    template = N_("office {office} has {most} bank accounts, the most there can be")
    hint = N_("let another office have the new one; numbers of closed accounts are not given again")


class NothingToChangeError(KasseError):
    """A change that names nothing."""

    code = "bank.nothing"
    template = N_("nothing is named to be changed")
    hint = N_("give --name or --bic")


class BankBalanceError(KasseError):
    """An account that still holds money, or owes some, in the books."""

    code = "bank.balance"
    template = N_("the bank account {iban} has {balance_cents} in the books")
    hint = N_("transfer the rest, take in the statement that shows it, then close the account")


class BankBusyError(KasseError):
    """An account on which payments, collections or bank entries wait."""

    code = "bank.busy"
    template = N_("on the bank account {iban} wait payment runs: {runs}, collection runs: {collections}, "
                  "bank entries that are not posted: {entries}")  # fmt: skip
    hint = N_("end or discard the runs ('kasse payment list', 'kasse collection list'), post the entries with "
              "'kasse reconcile', then close the account")  # fmt: skip


class BankLaterError(KasseError):
    """An account to which something was posted on the day of closing or later."""

    code = "bank.later"
    template = N_("the bank account {iban} has postings up to {last}")
    hint = N_("close it from a later day on: --from")


class BankAheadError(KasseError):
    """A day of closing that is still to come: money may come in until then."""

    code = "bank.ahead"
    template = N_("{day} is still to come: the bank account {iban} takes money until then")
    hint = N_("close it on that day, when the bank has")


class LastBankAccountError(KasseError):
    """The only open bank account of the Kasse."""

    code = "bank.last"
    template = N_("{iban} is the only open bank account of the Kasse")
    hint = N_("add the account that follows it first: 'kasse bank add'")


class BankAccountClosedError(KasseError):
    """An account that is closed already, on another day."""

    code = "bank.closed_already"
    template = N_("the bank account {iban} is closed since {day}")
    hint = N_("take that back first: 'kasse bank close {iban} --back'")


@dataclass(frozen=True, slots=True)
class BankAccountLine:
    """A bank account in a list: `balance_cents` is what the books say, `until` the day its statements reach."""

    iban: str
    name: str
    bic: str | None
    office: str
    account: str
    collects: bool
    statements: str
    opened_on: str
    closed_on: str | None
    balance_cents: int
    until: str | None


@dataclass(frozen=True, slots=True)
class BankAccountDone:
    """A bank account as it is now; `new` is false where it was so before. `findings` name what goes with it."""

    line: BankAccountLine
    new: bool
    findings: tuple[KasseError, ...] = ()


@dataclass(frozen=True, slots=True)
class NewBankAccount:
    """A bank account to be added; debtors pay to one that `collects`, so dunning waits for its statements."""

    iban: str
    name: str
    day: dt.date
    office: str | None = None
    bic: str | None = None
    collects: bool = True


def check_name(text: str) -> str:
    """Return a name without blanks around it; raises `BankAccountNameError`."""
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BankAccountNameError(text=text, longest=LONGEST_NAME)
    return name
