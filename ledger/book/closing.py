"""The rules of closing a day: what must be in order before it, and what goes into the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.book.closing_findings import BankDifferenceError, MissingStatementError, UnneededReasonError
from ledger.book.closing_protocol import AccountLine, AgeLine, ReasonCode
from ledger.reports.balances_store import BankBalance
from ledger.reports.items_store import UnclearCase
from sepa.calendar import previous_target_day
from sepa.errors import KasseError

AGES = (7, 30, 90, 365)
"""Days up to which unclear money is counted together; the last group has no end."""


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
            own.balance_cents, last.statement, last.day or None, bank if last.day else None, own.balance_cents - bank,
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
    yield from check_differences(day, lines)
    without = {line.iban for line in lines if line.statement_day != day}
    for iban in sorted(reasons.keys() - without):
        yield UnneededReasonError(iban=iban, day=day)


def check_differences(day: str, lines: Sequence[AccountLine]) -> Iterator[KasseError]:
    """Yield the accounts on which books and bank differ at the end of the day (invariant 3)."""
    for line in lines:
        if line.difference_cents:
            bank = line.balance_cents - line.difference_cents
            yield _difference(line.iban, line.account, day, line.balance_cents, bank)


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
