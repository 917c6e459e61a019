"""What an audit lists beside its checks: money in books and hands, control accounts, locks, deputies."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.audit.checks import Scope
from ledger.audit.report import ControlLine, DeputyLine, LockLine, MoneyLine
from ledger.book.chart import CONTROL_ROLES
from ledger.book.closing_store import last_statements, taken_over
from ledger.cash.desks import Desk
from ledger.cash.desks_reader import balance_on, desks
from ledger.reports.balances_store import bank_balances, trial_balance
from ledger.store.engines import Store

_ROLES = ", ".join(f"'{role}'" for role in CONTROL_ROLES)
_ITEMS = """
    SELECT i.office, i.account, CAST(sum(CASE i.side WHEN 'D' THEN i.left_cents ELSE -i.left_cents END) AS BIGINT),
           sum(CASE WHEN i.left_cents <> 0 THEN 1 ELSE 0 END), min(CASE WHEN i.left_cents <> 0 THEN i.opened_on END)
    FROM (SELECT t.office, t.account, t.side, t.opened_on, t.amount_cents - coalesce(l.cents, 0) AS left_cents
          FROM item t LEFT JOIN (
              SELECT l.office, l.item, sum(l.cents) AS cents FROM clearing_line l
              JOIN clearing c ON c.office = l.office AND c.id = l.clearing
              WHERE c.posting_day <= :last GROUP BY l.office, l.item) l ON l.office = t.office AND l.item = t.id
          WHERE t.opened_on <= :last AND (CAST(:office AS TEXT) IS NULL OR t.office = :office)) i
    GROUP BY i.office, i.account"""
_FORCE = "l.since <= :last AND (l.until IS NULL OR l.until >= :last) AND (l.lifted_on IS NULL OR l.lifted_on > :last)"
_LOCKS = f"""
    SELECT l.kind, sum(CASE WHEN {_FORCE} THEN 1 ELSE 0 END),
           sum(CASE WHEN {_FORCE} AND l.until IS NULL THEN 1 ELSE 0 END),
           sum(CASE WHEN l.made_at >= :first AND l.made_at < :next THEN 1 ELSE 0 END),
           sum(CASE WHEN l.lifted_at >= :first AND l.lifted_at < :next THEN 1 ELSE 0 END)
    FROM {{table}} l {{where}} GROUP BY l.kind ORDER BY l.kind"""
_COUNTED = """
    SELECT day, counted_cents, counted_at, coalesce(position, 0) FROM cash_count
    WHERE desk = :desk AND day <= :last AND rejected_by IS NULL
    ORDER BY day DESC, number DESC LIMIT 1"""
_MOVED = """
    SELECT 1 FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
    WHERE p.office = :office AND p.account = :account AND e.posting_day <= :last AND e.position <> :own
      AND (e.posting_day > :day OR e.recorded_at >= :counted_at) LIMIT 1"""
_DEPUTIES = """
    SELECT p.name, s.name, d.office, d.role, d.since, coalesce(d.ended_on, d.until), m.name,
           (SELECT count(*) FROM order_step t WHERE t.by = d.deputy AND t.on_behalf = d.principal
            AND t.at >= :first AND t.at < :next)
           + (SELECT count(*) FROM event t WHERE t.by = d.deputy AND t.on_behalf = d.principal
              AND t.at >= :first AND t.at < :next)
    FROM deputy d JOIN app_user p ON p.id = d.principal JOIN app_user s ON s.id = d.deputy
    LEFT JOIN app_user m ON m.id = d.made_by
    WHERE d.since <= :last AND coalesce(d.ended_on, d.until) >= :first
      AND (CAST(:office AS TEXT) IS NULL OR d.office IN (:office, '*')) ORDER BY d.since, d.id"""


def money_lines(store: Store, scope: Scope) -> Iterator[MoneyLine]:
    """Yield each bank account at the end of the period, as the books and as its last statement have it."""
    balances = bank_balances(store, scope.last)
    known = last_statements(store, scope.last, balances)
    without = tuple(own for own in balances if not known[own.iban].day)
    before = taken_over(store, scope.last, without)
    for own in balances:
        if scope.office in {None, own.office}:
            last = known[own.iban]
            there = last.cents + last.since_cents if last.day else before.get((own.office, own.account))
            difference = None if there is None else own.balance_cents - there
            yield MoneyLine(own.office, own.account, own.name, own.iban, own.balance_cents, there, difference,
                            "statement", last.day or None)  # fmt: skip


def cash_lines(store: Store, scope: Scope) -> Iterator[MoneyLine]:
    """Yield each cash desk and fund at the end of the period, as the books have it and as it was counted last.

    Cash that moved after the last count is in the books only: then nobody has seen what is there.
    """
    for desk in desks(store, scope.last):
        if scope.office in {None, desk.office}:
            books = balance_on(store, desk, scope.last)
            day, there = _seen(store, desk, books, scope.last)
            difference = None if there is None else books - there
            yield MoneyLine(desk.office, desk.account, desk.name, None, books, there, difference, "count", day)


def _seen(store: Store, desk: Desk, books: int, last: str) -> tuple[str | None, int | None]:
    """Return the day of the last count and what it found, None where cash has moved since and is another sum now."""
    found = store.one(_COUNTED, desk=desk.code, last=last)
    if found is None:
        return None, None
    day, counted, at, own = found
    where = {"office": desk.office, "account": desk.account, "last": last}
    moved = counted != books and store.value(_MOVED, **where, own=own, day=day, counted_at=at) is not None
    return day, None if moved else counted


def control_lines(store: Store, scope: Scope) -> Iterator[ControlLine]:
    """Yield the control accounts that hold something or have open items at the end of the period."""
    rows = store.rows(_ITEMS, last=scope.last, office=scope.office)
    items = {(office, account): (int(cents), int(count), oldest) for office, account, cents, count, oldest in rows}
    for own in trial_balance(store, scope.last, office=scope.office, every=True).accounts:
        cents, count, oldest = items.get((own.office, own.number), (0, 0, None))
        if own.role in CONTROL_ROLES and (own.balance_cents or cents or count):
            difference = own.balance_cents - cents
            yield ControlLine(own.office, own.number, own.name, own.role, own.balance_cents, cents, difference, count,
                              oldest)  # fmt: skip


def lock_lines(store: Store, scope: Scope) -> Iterator[LockLine]:
    """Yield how many locks of each kind hold, and how many were set and lifted within the period."""
    given = scope.parameters()
    office = "WHERE (CAST(:office AS TEXT) IS NULL OR l.office = :office)"
    for table, of, where in (("item_lock", "item", office), ("party_lock", "party", "")):
        for kind, *counts in store.rows(_LOCKS.format(table=table, where=where), **given):
            yield LockLine(kind, of, *map(int, counts))


def deputy_lines(store: Store, scope: Scope) -> Iterator[DeputyLine]:
    """Yield the deputies of the period and how many steps they took for somebody."""
    for row in store.rows(_DEPUTIES, **scope.parameters()):
        yield DeputyLine(*row)
