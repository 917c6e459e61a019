"""The rules of closing a day: what must be in order before it, and what goes into the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.book.closing_protocol import AccountLine, AgeLine, ReasonCode
from ledger.reports.balances_store import BankBalance
from ledger.reports.items_store import UnclearCase
from sepa.calendar import previous_target_day
from sepa.errors import N_, KasseError

AGES = (7, 30, 90, 365)
"""Days up to which unclear money is counted together; the last group has no end."""


class FutureDayError(KasseError):
    """A day that is not over yet, or has not come."""

    code = "closing.future"
    template = N_("{day} lies in the future, today is {today}")
    hint = N_("close it when it has come")


class ClosingRefusedError(KasseError):
    """Findings stand against the closing; nothing was changed."""

    code = "closing.refused"
    template = N_("{day} cannot be closed, findings: {count}")
    hint = N_("settle the findings, then close the day again")


class NotClosedError(KasseError):
    """The day is still open."""

    code = "closing.not_closed"
    template = N_("{day} is not closed")
    hint = N_("close it with 'kasse day close --date {day}'")


class DifferentHeadError(KasseError):
    """The book is not the one that was closed."""

    code = "closing.head"
    template = N_("the entries of office {office} are not those that were closed with protocol {number}")
    hint = N_("confirm nothing, run 'kasse journal verify' and inform the audit office")


class DifferentProtocolError(KasseError):
    """The stored protocol is not the one that was written when the day was closed."""

    code = "closing.protocol"
    template = N_("protocol {number} was changed after the day was closed")
    hint = N_("confirm nothing, run 'kasse journal verify' and inform the audit office")


class StagedEntriesError(KasseError):
    """Bank entries of the day wait to be posted."""

    code = "closing.staged"
    template = N_("{iban} has bank entries up to {day} that are not posted: {count}, together {sum_cents}")
    hint = N_("reconcile first: 'kasse reconcile' posts what is staged")


class MissingStatementError(KasseError):
    """An account has no statement of a banking day."""

    code = "closing.no_statement"
    template = N_("there is no statement of {iban} for {day}")
    hint = N_("import it, or give the reason: --no-statement {iban}=TEXT")


class BankDifferenceError(KasseError):
    """Books and bank disagree (invariant 3)."""

    code = "closing.difference"
    template = N_("{iban} has {balance_cents} in the books and {bank_cents} at the bank on {day}")
    hint = N_("compare 'kasse journal list --account {account}' with the statement; a take-over may be missing")


class UnneededReasonError(KasseError):
    """A reason for a missing statement where the statement is there or the account is unknown."""

    code = "closing.reason"
    template = N_("{iban} needs no reason: it is no account of this book, or has a statement of {day}")
    hint = N_("leave out --no-statement for it")


class UnconfirmedDayError(KasseError):
    """A closing that waits for its second signature."""

    code = "closing.unconfirmed"
    template = N_("{day} is closed but not confirmed yet, protocol {number}")
    hint = N_("another person with the role head runs 'kasse day confirm --date {day}'")
    severity = "info"


@dataclass(frozen=True, slots=True)
class StatementBalance:
    """The closing balance of the last statement of an account up to a day; `statement` is its number or id.

    `since_cents` is what the bank booked after it up to the day, known from later statements.
    """

    day: str
    statement: str
    cents: int
    since_cents: int = 0


def previous_day(day: str) -> str:
    """Return the day before."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def next_day(day: str) -> str:
    """Return the day after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def required_day(day: str) -> str:
    """Return the last banking day up to the day: the one of which every account needs a statement."""
    return previous_target_day(date.fromisoformat(day)).isoformat()


def account_lines(
    first: str,
    day: str,
    balances: Sequence[BankBalance],
    moved: Mapping[tuple[str, str], tuple[int, int]],
    statements: Mapping[str, StatementBalance],
    taken_over: Mapping[tuple[str, str], int],
    reasons: Mapping[str, str],
) -> Iterator[AccountLine]:
    """Yield the accounts of the protocol of the day, which closes the days from `first` on.

    `moved` holds debits and credits since the last closing, `statements` the last statement by IBAN, `taken_over`
    the opening entries, both by office and account; `reasons` are those given by IBAN.
    """
    for own in balances:
        key = own.office, own.account
        debit, credit = moved.get(key, (0, 0))
        last = statements.get(own.iban) or StatementBalance("", "", 0)
        bank = last.cents + last.since_cents + (0 if last.day else taken_over.get(key, 0))
        yield AccountLine(
            own.iban, own.name, own.office, own.account, own.balance_cents - debit + credit, debit, credit,
            own.balance_cents, last.statement, last.day or None, bank, own.balance_cents - bank,
            _reason_code(first, day, last.day, reasons.get(own.iban)), reasons.get(own.iban, ""),
        )  # fmt: skip


def _reason_code(first: str, day: str, statement_day: str, given: str | None) -> ReasonCode:
    if statement_day == day:
        return ""
    if given:
        return "given"
    needed = required_day(day)
    return "no_banking_day" if needed != day and (needed < first or statement_day >= needed) else ""


def check_accounts(day: str, lines: Sequence[AccountLine], reasons: Mapping[str, str]) -> Iterator[KasseError]:
    """Yield what stands against closing the day on these accounts (invariant 3)."""
    for line in lines:
        if line.statement_day != day and not line.reason_code:
            yield MissingStatementError(iban=line.iban, day=required_day(day))
        if line.difference_cents:
            yield _difference(line.iban, line.account, day, line.balance_cents, line.bank_cents)
    without = {line.iban for line in lines if line.statement_day != day}
    for iban in sorted(reasons.keys() - without):
        yield UnneededReasonError(iban=iban, day=day)


def check_earlier(seen: Iterable[tuple[BankBalance, StatementBalance]]) -> Iterator[KasseError]:
    """Yield where a day that is closed along with a later one had another balance than its statement."""
    for own, statement in seen:
        if own.balance_cents != statement.cents:
            yield _difference(own.iban, own.account, statement.day, own.balance_cents, statement.cents)


def _difference(iban: str, account: str, day: str, balance: int, bank: int) -> BankDifferenceError:
    return BankDifferenceError(
        iban=iban, account=account, day=day, balance_cents=balance, bank_cents=bank, difference_cents=balance - bank
    )


def by_age(cases: Iterable[UnclearCase]) -> Iterator[AgeLine]:
    """Yield number and sum of unclear money by kind and age."""
    sums: dict[tuple[str, int], list[int]] = {}
    for case in cases:
        group = sum(case.age_days > limit for limit in AGES)
        entry = sums.setdefault((case.kind, group), [0, 0])
        entry[0] += 1
        entry[1] += case.amount_cents
    for (kind, group), (count, cents) in sorted(sums.items()):
        first = AGES[group - 1] + 1 if group else 0
        yield AgeLine(kind, first, AGES[group] if group < len(AGES) else None, count, cents)
