"""The end of a year: results carried to the account of the result, what goes on into the next year, Kassenreste.

Nothing is opened anew: a balance is the sum of all entries, so accounts of stock go on by themselves, and open items
keep number, due day and history. Only income and expense are emptied, in period 13, with the dimensions they had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ledger.book.closing_findings import NoResultAccountError
from ledger.book.closing_periods import Period
from ledger.book.closing_protocol import RestLine, ResultLine, StockLine, UnclearLine
from ledger.book.entry import Draft, Posting
from ledger.book.periods import CLOSING
from ledger.reports.balances_store import TrialBalance
from ledger.reports.items_store import as_of, unclear_cases
from ledger.store.engines import Store

RESULT_KINDS = ("income", "expense")
RESULT_ROLE = "result"
_OF_THE_YEAR = """
    SELECT p.office, p.account, p.dimensions, sum(p.cents) FROM account a
    JOIN posting p ON p.office = a.office AND p.account = a.number
    JOIN entry e ON e.office = p.office AND e.position = p.position
    WHERE a.kind IN ('income', 'expense') AND e.posting_day <= :day
    GROUP BY p.office, p.account, p.dimensions HAVING sum(p.cents) <> 0
    ORDER BY p.office, p.account, p.dimensions"""
_RESULT = """
    SELECT min(number) FROM account
    WHERE office = :office AND role = 'result' AND (closed_on IS NULL OR closed_on > :day)"""
_CARRIED = """
    SELECT p.office, p.account, sum(p.cents) FROM entry e
    JOIN posting p ON p.office = e.office AND p.position = e.position
    WHERE e.kind = 'closing' AND e.source = :source AND e.posting_day = :day GROUP BY p.office, p.account"""
_RESTS = """
    SELECT i.office, i.kind, i.account, count(*), sum({open}), sum(CASE WHEN i.due < :last THEN {open} ELSE 0 END)
    FROM item i {later} WHERE {open} > 0 AND i.kind IN ('receivable', 'payable', 'credit') {wanted}
    GROUP BY i.office, i.kind, i.account ORDER BY i.kind, i.office, i.account"""


def source_of(year: int) -> str:
    """Return the source of the entries that carry the result of a year."""
    return f"year:{year}"


def carrying_drafts(store: Store, year: Period) -> list[Draft]:
    """Return the entries that empty the accounts of income and expense into the result, one for each office.

    What was carried before is counted, so that a second call finds what came since. Raises `NoResultAccountError`.
    """
    lines: dict[str, list[Posting]] = defaultdict(list)
    for office, account, dimensions, cents in store.rows(_OF_THE_YEAR, day=year.last_day):
        lines[office].append(Posting(account, -int(cents), None, dimensions))
    return [_carrying(store, year, office, postings) for office, postings in sorted(lines.items())]


def _carrying(store: Store, year: Period, office: str, postings: list[Posting]) -> Draft:
    result = sum(posting.cents for posting in postings)
    if result:
        account = store.value(_RESULT, office=office, day=year.last_day)
        if account is None:
            raise NoResultAccountError(office=office)
        postings = [*postings, Posting(str(account), -result)]
    text = f"Jahresabschluss {year.name}: Ergebnis"
    return Draft(office, CLOSING, year.last_day, tuple(postings), source=source_of(year.year), text=text)


def result_lines(store: Store, year: Period, closed: TrialBalance) -> Iterator[ResultLine]:
    """Yield income and expense of the year by account; `closed` are the balances with period 13."""
    rows = store.rows(_CARRIED, source=source_of(year.year), day=year.last_day)
    carried = {(office, account): -int(cents) for office, account, cents in rows}
    for account in closed.accounts:
        if account.kind in RESULT_KINDS:
            moved = carried.get((account.office, account.number), 0)
            balance = account.balance_cents + moved
            if balance or moved:
                yield ResultLine(account.office, account.number, account.name, account.kind, balance, moved)


def stock_lines(open_: TrialBalance, closed: TrialBalance) -> Iterator[StockLine]:
    """Yield the balances that go on into the next year, and what period 13 did to them."""
    before = {(account.office, account.number): account.balance_cents for account in open_.accounts}
    for account in closed.accounts:
        own = account.balance_cents - before.get((account.office, account.number), 0)
        if account.kind not in RESULT_KINDS and (account.balance_cents or own):
            yield StockLine(
                account.office, account.number, account.name, account.kind, own, account.balance_cents
            )  # fmt: skip


def rest_lines(store: Store, day: str) -> Iterator[RestLine]:
    """Yield the Kassenreste: what is open at the end of the day by kind, office and account."""
    sql, values = as_of(store, _RESTS, day, None, None)
    for office, kind, account, count, cents, overdue in store.rows(sql, last=day, **values):
        yield RestLine(office, kind, account, int(count), int(cents), int(overdue))


def unclear_lines(store: Store, day: str) -> Iterator[UnclearLine]:
    """Yield each case of unclear money that goes on, oldest first, without names (BayKommHV § 74)."""
    for case in unclear_cases(store, day):
        yield UnclearLine(case.office, case.number, case.kind, case.bank_day, case.age_days, case.amount_cents)
