"""Cash desks and imprest funds as values, and the rules of who may hold one and what may be done with it on a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ledger.people.users import NotAllowedError
from sepa.errors import N_, KasseError

DeskKind = Literal["desk", "fund"]
KINDS = (N_("desk"), N_("fund"))
"""A desk takes and pays (Barkasse, Zahlstelle); a fund is advanced to an office and settled (Handvorschuss)."""
ACCOUNTS = {"desk": ("2895", "cash"), "fund": ("2650", "imprest")}
"""By kind: the prefix of the account that a desk gets in the books, and its role."""
NEVER_HOLDS = ("approver",)
"""Roles that nobody who holds cash may have: whoever orders payments takes no part in them (§ 77 LHO)."""
_CODE = re.compile(r"[A-Z0-9][A-Z0-9]{0,7}")


class DeskCodeError(KasseError):
    """A code that no desk can have."""

    code = "cash.code"
    template = N_("not usable as the code of a cash desk: {text}")
    hint = N_("use 1 to 8 letters and digits, such as B1; it stands in every receipt number")


class DeskExistsError(KasseError):
    """The code is taken."""

    code = "cash.exists"
    template = N_("there is a cash desk {desk} already")
    hint = N_("see 'kasse cash list --all' and choose another code")


class UnknownDeskError(KasseError):
    """There is no such desk."""

    code = "cash.unknown"
    template = N_("there is no cash desk {desk}")
    hint = N_("see 'kasse cash list' for the desks; 'kasse cash open' opens one")


class ClosedDeskError(KasseError):
    """The desk is closed for good."""

    code = "cash.closed"
    template = N_("cash desk {desk} is closed since {day}")
    hint = N_("use another desk; 'kasse cash list' shows them")


class NotYetDeskError(KasseError):
    """A day before the desk was opened."""

    code = "cash.not_yet"
    template = N_("cash desk {desk} is open from {day} on")
    hint = N_("give a later day with --on")


class RestingDeskError(KasseError):
    """A day that was noted as one on which the desk is not open."""

    code = "cash.resting"
    template = N_("cash desk {desk} was noted as not open on {day}")
    hint = N_("if it was open after all, take the note back: 'kasse cash not-open {desk} --undo --reason TEXT "
              "--on {day}'")  # fmt: skip


class EarlierDayError(KasseError):
    """A movement dated before one that is in the books (§ 146 Abs. 1 AO: cash is kept in order, daily)."""

    code = "cash.order"
    template = N_("cash desk {desk} has movements of {latest}: none can be added on {day}")
    hint = N_("date it {latest} or later with --on, and say in words what it is about")


class CashAheadError(KasseError):
    """Cash is to move on a day that has not come yet."""

    code = "cash.ahead"
    template = N_("{day} has not come yet: cash of {desk} is entered on the day it moves (§ 146 (1) AO)")
    hint = N_("leave out --on, or give the day on which it moved")


class NotAFundError(KasseError):
    """Something that only imprest funds do."""

    code = "cash.not_a_fund"
    template = N_("{desk} is a cash desk, not an imprest fund")
    hint = N_("only imprest funds are settled by vouchers and refilled; see 'kasse cash list'")


class NotADeskError(KasseError):
    """Something that imprest funds do not do."""

    code = "cash.not_a_desk"
    template = N_("{desk} is an imprest fund: it takes and pays nothing for items")
    hint = N_("its holder accounts for vouchers with 'kasse cash settle {desk} FILE'")


class NotHolderError(NotAllowedError):
    """Somebody acts on a desk that another person holds."""

    code = "cash.not_holder"
    template = N_("{user} does not hold the cash desk {desk} on {day}")
    hint = N_("the holder must do this; 'kasse cash show {desk}' names the holder, 'kasse cash hand-over' changes it")


class HolderRoleError(NotAllowedError):
    """Somebody with a role that must not be joined with cash."""

    code = "cash.holder_role"
    template = N_("{user} has the role {role} and cannot hold a cash desk (§ 77 LHO)")
    hint = N_("choose somebody who orders no payments")


class FixedSumError(KasseError):
    """An imprest fund without its sum, or a desk with one."""

    code = "cash.fixed"
    template = N_("an imprest fund has a fixed sum, a cash desk has none")
    hint = N_("give --fixed AMOUNT together with --fund, else neither")
    exit_code = 2


class UncountedDeskError(KasseError):
    """A change of hands without a count that agrees with the books."""

    code = "cash.hand_over"
    template = N_("cash desk {desk} has {balance_cents} and no confirmed count of {day} that says so")
    hint = N_("count it with 'kasse cash count {desk}', let another person confirm, then go on")


class DeskNotEmptyError(KasseError):
    """A desk that is to be closed with something in it."""

    code = "cash.not_empty"
    template = N_("cash desk {desk} cannot be closed: it has {balance_cents}, open transports: {transports}, "
                  "cheques: {cheques}, open settlements: {settlements}")  # fmt: skip
    hint = N_("bring all of it to the bank and wait for the statement, then close it")


class NotEnoughCashError(KasseError):
    """More would go out than there is: cash is never below zero."""

    code = "cash.not_enough"
    template = N_("cash desk {desk} has {balance_cents}: {wanted_cents} cannot be taken out")
    hint = N_("bring cash with 'kasse cash withdraw {desk}', or pay by bank transfer")


class OverSingleError(KasseError):
    """A single payment above what the desk may pay."""

    code = "cash.single"
    template = N_("cash desk {desk} pays up to {limit_cents} at a time, this would be {wanted_cents}")
    hint = N_("pay it by bank transfer with 'kasse payment propose', or let a head raise the limit")


class OverLimitWarning(KasseError):  # noqa: N818 - a finding that stops nothing
    """More cash than the desk may hold."""

    code = "cash.over_limit"
    template = N_("cash desk {desk} holds {balance_cents}, allowed are {limit_cents}")
    hint = N_("bring the rest to the bank: 'kasse cash deposit {desk} AMOUNT'")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk or fund as the book has it; sums are cents, `holder` is the user who holds it on the day asked for."""

    code: str
    office: str
    kind: DeskKind
    name: str
    account: str
    limit_cents: int | None
    single_cents: int | None
    fixed_cents: int | None
    settle_days: int | None
    opened_on: str
    closed_on: str | None
    holder: int | None
    holder_name: str | None
    holder_party: int | None


@dataclass(frozen=True, slots=True)
class DeskPlan:
    """What somebody wants a desk to be; only funds have a fixed sum and a deadline in days."""

    code: str
    office: str
    name: str
    holder: str
    kind: DeskKind = "desk"
    limit_cents: int | None = None
    single_cents: int | None = None
    fixed_cents: int | None = None
    settle_days: int | None = None
    party: int | None = None


def check_code(text: str) -> str:
    """Return the code of a desk in capitals.

    >>> check_code("b1")
    'B1'

    Raises `DeskCodeError`.
    """
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise DeskCodeError(text=text)
    return code


def account_number(kind: DeskKind, code: str) -> str:
    """Return the number of the account of a desk in the books.

    >>> account_number("desk", "B1"), account_number("fund", "H1")
    ('2895.B1', '2650.H1')
    """
    return f"{ACCOUNTS[kind][0]}.{code}"


def check_enough(desk: Desk, balance_cents: int, cents: int) -> None:
    """Check that the desk has so much to give out; raises `NotEnoughCashError`."""
    if cents > balance_cents:
        raise NotEnoughCashError(desk=desk.code, balance_cents=balance_cents, wanted_cents=cents)


def over_limit(desk: Desk, balance_cents: int) -> tuple[KasseError, ...]:
    """Return a finding where the desk holds more than it may."""
    if desk.limit_cents is None or balance_cents <= desk.limit_cents:
        return ()
    return (OverLimitWarning(desk=desk.code, balance_cents=balance_cents, limit_cents=desk.limit_cents),)
