"""What the protocols of months and years show of the book at the end of their last day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.book import closing_store
from ledger.book.chart import CONTROL_ROLES, VERRECHNUNG
from ledger.book.closing_protocol import BetweenLine, ClosingKind, ControlLine, GapLine, PeriodLine, TransitLine
from ledger.book.journal_gaps import GapReport
from ledger.cash.check_store import UNDER_WAY_SQL
from ledger.reports.balances_store import AccountBalance, TrialBalance, trial_balance
from ledger.reports.items_store import as_of
from ledger.store.engines import Store

RUN_ROLES = {"transit_out": -1, "transit_in": 1, "transit_cash": 1, "transit_card": 1, "cheques": 1}
"""Accounts that runs or cash desks explain, and the side on which what is under way stands."""
EXPLAINED_ROLES = ("transit_own",)
"""Accounts that hold money nothing in the book explains: a person does."""
_ITEMS = """
    SELECT i.office, i.account, count(*), sum(CASE i.side WHEN 'D' THEN {open} ELSE -({open}) END)
    FROM item i {later} WHERE {open} > 0 {wanted} GROUP BY i.office, i.account"""
_UNDER_WAY = {
    "transit_out": """
        SELECT office, sum(cents) FROM payment WHERE state IN ('released', 'exported') GROUP BY office""",
    "transit_in": """
        SELECT office, sum(cents) FROM collection WHERE credit_entry IS NULL
        AND state IN ('released', 'exported', 'collected', 'returned', 'reversed') GROUP BY office""",
} | {role: f"SELECT o.code, ({sql}) FROM office o WHERE o.is_kasse = 1" for role, sql in UNDER_WAY_SQL.items()}
_LAST = "SELECT max((SELECT max(posting_day) FROM entry WHERE office = o.code)) FROM office o"


def period_lines(store: Store, kind: ClosingKind, first: str, last: str) -> Iterator[PeriodLine]:
    """Yield the closings of the smaller kind that closed these days, with what each closed.

    The last one may end later: the first closing of a month closes the last days of the month before along.
    """
    over = closing_store.closing_of(store, kind, last)
    for known in closing_store.closings(store, kind, first=first, last=over.protocol.last_day if over else last):
        own = known.protocol
        entries = sum(office.entries for office in own.offices)
        yield PeriodLine(own.period, own.label, entries, known.confirmed_by is not None)


def gap_lines(report: GapReport, years: range) -> Iterator[GapLine]:
    """Yield the numbers of each office in these years."""
    for one in report.numbers:
        if one.year in years:
            yield GapLine(one.office, one.year, one.entries, one.missing, one.out_of_time, one.aborted)


def control_lines(store: Store, balances: TrialBalance) -> Iterator[ControlLine]:
    """Yield the control accounts beside their open items on the day of the balances."""
    sql, values = as_of(store, _ITEMS, balances.day, None, None)
    items = {(office, account): (int(count), int(cents)) for office, account, count, cents in store.rows(sql, **values)}
    for account in balances.accounts:
        key = account.office, account.number
        if account.role in CONTROL_ROLES or key in items:
            count, cents = items.get(key, (0, 0))
            yield ControlLine(*key, account.name, count, cents, account.balance_cents)


def transit_lines(store: Store, balances: TrialBalance, reasons: Mapping[str, str]) -> Iterator[TransitLine]:
    """Yield what accounts of money in transit hold, beside what the runs have under way, or with its reason."""
    now = _now(store, balances)
    for account in balances.accounts:
        if account.role in RUN_ROLES:
            yield _run_line(store, account, now.get((account.office, account.number), 0))
        elif account.role in EXPLAINED_ROLES and account.balance_cents:
            reason = reasons.get(f"{account.office}:{account.number}", "")
            yield TransitLine(account.office, account.number, account.name, account.balance_cents, reason=reason)


def _now(store: Store, balances: TrialBalance) -> dict[tuple[str, str], int]:
    last = max(str(store.value(_LAST) or ""), balances.day)
    return {(a.office, a.number): a.balance_cents for a in trial_balance(store, last).accounts}


def _run_line(store: Store, account: AccountBalance, now: int) -> TransitLine:
    assert account.role is not None, "only accounts of runs come here"
    found: dict[str, int] = dict(store.rows(_UNDER_WAY[account.role]))
    under_way = RUN_ROLES[account.role] * int(found.get(account.office) or 0)
    since = now - account.balance_cents
    return TransitLine(account.office, account.number, account.name, account.balance_cents, since, under_way)


def between_lines(balances: TrialBalance) -> Iterator[BetweenLine]:
    """Yield what each two offices say of each other, where they say anything."""
    held = {
        (account.office, account.number.partition(".")[2]): account.balance_cents
        for account in balances.accounts
        if account.role == VERRECHNUNG
    }
    for office, other in sorted({(min(pair), max(pair)) for pair in held}):
        yield BetweenLine(office, other, held.get((office, other), 0), held.get((other, office), 0))
