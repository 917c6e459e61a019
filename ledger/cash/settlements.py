"""Accounting for an imprest fund (Abrechnung eines Handvorschusses): vouchers, what is wrong with them, deadlines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.book.chart import CONTROL_ROLES, VERRECHNUNG
from ledger.book.dimensions import Lists
from ledger.book.entry import ClosedAccountError, UnknownAccountError
from ledger.book.manual import AccountState
from ledger.cash.desks import Desk
from ledger.items.order_coding import KEPT_ROLES, KeptAccountError
from sepa.errors import N_, NOWHERE, KasseError, Place

STATES = (N_("listed"), N_("certified"), N_("rejected"))
LONGEST = 140


class RefusedVouchersError(KasseError):
    """A list of vouchers with findings, of which none was taken."""

    code = "cash.vouchers_refused"
    template = N_("nothing was taken: the list of vouchers has findings: {count}")
    hint = N_("mend the rows and give the list again")


class VoucherAmountError(KasseError):
    """A voucher over nothing."""

    code = "cash.voucher_amount"
    template = N_("a voucher needs an amount above zero")
    hint = N_("write what was paid, as 12,50")


class VoucherWordsError(KasseError):
    """A voucher that does not say what was bought, or where the paper is."""

    code = "cash.voucher_words"
    template = N_("a voucher needs a text and a number of its paper")
    hint = N_("fill in both columns, at most 140 characters each")


class VoucherDayError(KasseError):
    """A voucher of a day on which the fund could not pay it."""

    code = "cash.voucher_day"
    template = N_("a voucher of {day} cannot be paid from fund {desk}")
    hint = N_("give the day it was paid: not before the fund was opened on {opened}, not after today")


class VoucherTwiceError(KasseError):
    """The same paper twice."""

    code = "cash.voucher_twice"
    template = N_("the voucher {document} of {day} was accounted for already")
    hint = N_("take the row out, or give the paper a number of its own")


class VoucherInListError(KasseError):
    """The same paper in two rows of one list."""

    code = "cash.voucher_in_list"
    template = N_("the voucher {document} of {day} stands in this list twice")
    hint = N_("take one of the rows out, or give each paper a number of its own")


class SettlementOverError(KasseError):
    """Vouchers over more than the fund has."""

    code = "cash.settle_over"
    template = N_("the vouchers are {sum_cents}, but fund {desk} has {balance_cents}")
    hint = N_("the fund never pays more than it holds: check the amounts, or settle what was refilled first")


class SettlementWaitsError(KasseError):
    """A settlement while another one waits."""

    code = "cash.settle_waits"
    template = N_("settlement {number} of fund {desk} waits to be certified")
    hint = N_("another person decides it with 'kasse cash certify {desk}'")


class NoSettlementError(KasseError):
    """Nothing waits to be certified."""

    code = "cash.no_settlement"
    template = N_("no settlement of fund {desk} waits to be certified")
    hint = N_("its holder lists vouchers with 'kasse cash settle {desk} FILE'")


class RejectReasonError(KasseError):
    """A rejection without words."""

    code = "cash.reject_reason"
    template = N_("no reason is given for rejecting the settlement of fund {desk}")
    hint = N_("say with --reason what must be mended")


class SettleDueFinding(KasseError):  # noqa: N818 - a finding that stops nothing
    """A fund that was not accounted for in time."""

    code = "cash.settle_due"
    template = N_("fund {desk} was to be settled by {day}; {balance_cents} of it are not accounted for")
    hint = N_("its holder lists the vouchers with 'kasse cash settle {desk} FILE'")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher as somebody listed it: day, where the paper is, what was bought, and how it is coded."""

    day: str
    document: str
    text: str
    cents: int
    account: str
    dimensions: Mapping[str, str]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class FundRules:
    """What vouchers are checked by: the fund, what is in it, today, its office's accounts, the lists of dimensions."""

    fund: Desk
    balance_cents: int
    today: str
    accounts: Mapping[str, AccountState]
    lists: Lists
    known: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement of a fund; `decided_by` certified or rejected it."""

    fund: str
    number: int
    state: str
    day: str
    amount_cents: int
    count: int
    listed_by: str
    decided_by: str | None
    decided_on: str | None
    reason: str | None
    entry: str | None


def check_vouchers(rules: FundRules, vouchers: Sequence[Voucher]) -> Iterator[KasseError]:
    """Yield everything that is wrong with a list of vouchers, each at its place."""
    seen: set[tuple[str, str]] = set()
    for one in vouchers:
        yield from (finding.at(one.place) for finding in _voucher(rules, one))
        key = (one.document, one.day)
        if key in seen:
            yield VoucherInListError(document=one.document, day=one.day, place=one.place)
        elif key in rules.known:
            yield VoucherTwiceError(document=one.document, day=one.day, place=one.place)
        seen.add(key)
    total = sum(one.cents for one in vouchers)
    if total > rules.balance_cents:
        yield SettlementOverError(desk=rules.fund.code, sum_cents=total, balance_cents=rules.balance_cents)


def _voucher(rules: FundRules, one: Voucher) -> Iterator[KasseError]:
    fund = rules.fund
    if one.cents <= 0:
        yield VoucherAmountError()
    if not (0 < len(one.text.strip()) <= LONGEST and 0 < len(one.document.strip()) <= LONGEST):
        yield VoucherWordsError()
    if not fund.opened_on <= one.day <= rules.today:
        yield VoucherDayError(day=one.day, desk=fund.code, opened=fund.opened_on)
    state = rules.accounts.get(one.account)
    if state is None:
        yield UnknownAccountError(office=fund.office, account=one.account)
    elif state.role in KEPT_ROLES or state.role in CONTROL_ROLES or state.role == VERRECHNUNG:
        yield KeptAccountError(office=fund.office, account=one.account, role=state.role)
    elif state.closed_on is not None and state.closed_on <= rules.today:
        yield ClosedAccountError(office=fund.office, account=one.account, day=state.closed_on)
    yield from rules.lists.check(fund.office, rules.today, one.dimensions)


def settle_by(fund: Desk, since: str) -> str | None:
    """Return the day until which a fund must be settled, counted from its last settlement or its first cash.

    Funds are settled at the end of the year at the latest (VV to § 76 LHO: no advance goes into the next year).
    """
    if fund.settle_days is None:
        return None
    day = dt.date.fromisoformat(since)
    return min(day + dt.timedelta(days=fund.settle_days), dt.date(day.year, 12, 31)).isoformat()


def overdue(fund: Desk, since: str | None, balance_cents: int, today: str) -> tuple[KasseError, ...]:
    """Return a finding where a fund that lacks nothing but vouchers was to be settled before today."""
    day = settle_by(fund, since) if since else None
    if day is None or day >= today or not balance_cents:
        return ()
    return (SettleDueFinding(desk=fund.code, day=day, balance_cents=balance_cents),)
