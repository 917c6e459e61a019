"""What is lost on the way to the bank and back, asked of runs that are not over yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.book.store import setting
from ledger.payments.collection_changes import CHANGED_DAY
from ledger.payments.overdue import (
    OVERDUE_DAYS,
    VOP_SINCE_DAYS,
    ExecutedUndecidedError,
    NotOnStatementError,
    NotWrittenError,
    UndecidedNamesError,
    UnreleasedCollectionsError,
    UnreleasedPaymentsError,
)
from ledger.store.engines import Store
from sepa.calendar import add_target_days
from sepa.errors import KasseError

_DAY = """coalesce((SELECT c.execution_day FROM payment_run_change c WHERE c.office = r.office AND c.run = r.id
                ORDER BY c.revision DESC LIMIT 1), r.execution_day)"""
_UNDER_WAY = f"""
    WITH due AS MATERIALIZED (
        SELECT r.office, r.id, {_DAY} AS day FROM payment_run r WHERE r.state IN ('released', 'exported'))
    SELECT u.id, u.day, p.state, count(*), sum(p.cents) FROM due u
    JOIN payment p ON p.office = u.office AND p.run = u.id AND p.state IN ('released', 'exported')
    WHERE u.day < :today GROUP BY u.id, u.day, p.state ORDER BY u.id, p.state"""
_UNRELEASED = f"""
    WITH due AS MATERIALIZED (
        SELECT r.office, r.id, {_DAY} AS day FROM payment_run r WHERE r.state IN ('proposed', 'reviewed'))
    SELECT u.id, u.day, count(*), sum(p.cents) FROM due u
    JOIN payment p ON p.office = u.office AND p.run = u.id AND p.state = 'proposed'
    WHERE u.day >= :first AND u.day <= :last GROUP BY u.id, u.day ORDER BY u.id"""
_UNCOLLECTED = f"""
    SELECT u.id, u.day, u.count, u.total_cents
    FROM (SELECT r.id, coalesce({CHANGED_DAY}, r.collection_day) AS day, r.count, r.total_cents
          FROM collection_run r WHERE r.state IN ('proposed', 'reviewed')) u
    WHERE u.day >= :first AND u.day <= :last ORDER BY u.id"""
_NAMES = f"""
    WITH due AS MATERIALIZED (
        SELECT r.office, r.id, {_DAY} AS day FROM payment_run r WHERE r.state IN ('exported', 'executed'))
    SELECT u.id, u.day, p.state, count(*),
           sum(CASE WHEN EXISTS (SELECT 1 FROM vop_decision d WHERE d.office = p.office AND d.run = p.run
               AND d.line = p.line AND (d.decision <> 'accept' OR d.confirmed_at IS NOT NULL)) THEN 0 ELSE 1 END)
    FROM due u JOIN payment_report s ON s.office = u.office AND s.run = u.id AND s.kind = 'vop'
    JOIN payment_answer a ON a.report = s.id AND a.status IN ('RVNM', 'RVMC', 'RVNA')
    JOIN payment p ON p.office = a.office AND p.run = a.run AND p.line = a.line AND p.state IN ('exported', 'executed')
    WHERE u.day >= :since AND u.day <= :today
      AND NOT EXISTS (SELECT 1 FROM payment_answer b JOIN payment_report q ON q.id = b.report AND q.kind = 'vop'
                      WHERE b.office = a.office AND b.run = a.run AND b.line = a.line AND b.report > a.report)
      AND NOT EXISTS (SELECT 1 FROM vop_decision d WHERE d.office = p.office AND d.run = p.run AND d.line = p.line
                      AND d.decision = 'accept' AND d.confirmed_at IS NOT NULL)
    GROUP BY u.id, u.day, p.state ORDER BY u.id, p.state"""


def unreleased(store: Store, first: str, last: str) -> Iterator[KasseError]:
    """Yield the runs to be paid or collected on these days that nobody has released, for the closing of the last."""
    for run, day, count, cents in store.all(_UNRELEASED, first=first, last=last):
        yield UnreleasedPaymentsError(run=run, day=day, count=count, sum_cents=int(cents))
    for run, day, count, cents in store.all(_UNCOLLECTED, first=first, last=last):
        yield UnreleasedCollectionsError(run=run, day=day, count=count, sum_cents=int(cents))


def overdue_days(store: Store) -> int:
    """Return after how many TARGET days what was written is missed on the statements."""
    return int(setting(store, "payment_overdue_days") or OVERDUE_DAYS)


def overdue(store: Store, today: dt.date) -> tuple[KasseError, ...]:
    """Return what should have left, been booked or been decided by a day, run by run; inside `snapshot` or a unit."""
    return (*_lost(store, today), *_undecided(store, today))


def _lost(store: Store, today: dt.date) -> Iterator[KasseError]:
    days = overdue_days(store)
    for run, day, state, count, cents in store.all(_UNDER_WAY, today=today.isoformat()):
        due = dt.date.fromisoformat(day)
        if state == "released":
            yield NotWrittenError(run=run, day=due, count=count, sum_cents=int(cents))
        elif add_target_days(due, days) < today:
            yield NotOnStatementError(run=run, day=due, count=count, sum_cents=int(cents))


def _undecided(store: Store, today: dt.date) -> Iterator[KasseError]:
    since = (today - dt.timedelta(days=VOP_SINCE_DAYS)).isoformat()
    for run, day, state, count, undecided in store.all(_NAMES, today=today.isoformat(), since=since):
        if state == "executed":
            yield ExecutedUndecidedError(run=run, count=count)
        elif undecided:
            yield UndecidedNamesError(run=run, day=dt.date.fromisoformat(day), count=int(undecided))
