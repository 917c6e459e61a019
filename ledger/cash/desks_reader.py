"""Cash desks in the book, looked at: who holds one on a day, what is in it, what is still under way."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.cash.desks import (
    NEVER_HOLDS,
    CashAheadError,
    ClosedDeskError,
    Desk,
    EarlierDayError,
    HolderRoleError,
    NotADeskError,
    NotAFundError,
    NotHolderError,
    NotYetDeskError,
    RestingDeskError,
    UncountedDeskError,
    UnknownDeskError,
)
from ledger.people.users import user_name
from ledger.store.changes import quoted
from ledger.store.engines import Store

_DESK = """
    SELECT d.code, d.office, d.kind, d.name, d.account, d.limit_cents, d.single_cents, d.fixed_cents, d.settle_days,
           d.opened_on, d.closed_on, h.user_id, u.name, h.party
    FROM cash_desk d
    LEFT JOIN cash_holder h ON h.desk = d.code AND h.since <= :day AND (h.until IS NULL OR h.until > :day)
    LEFT JOIN app_user u ON u.id = h.user_id"""
_BALANCE = """
    SELECT coalesce(sum(debit_cents - credit_cents), 0) FROM month_balance
    WHERE office = :office AND account = :account"""
_AFTER = """
    SELECT coalesce(sum(p.cents), 0) FROM entry e JOIN posting p ON p.office = e.office AND p.position = e.position
    WHERE e.office = :office AND e.posting_day > :day AND p.account = :account"""
_LATEST = """
    SELECT max(e.posting_day) FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
    WHERE p.office = :office AND p.account = :account"""
_BACK = """
    SELECT {what} FROM event v WHERE v.object = 'rest:' || r.desk || '/' || r.day AND v.action = 'cash.rest_back'"""
_REST = f"""
    SELECT r.day FROM cash_rest r WHERE r.desk = :desk AND r.day >= :first AND r.day <= :last
      AND NOT EXISTS ({_BACK.format(what="1")}) ORDER BY r.day"""
_RESTS = f"""
    SELECT r.day, r.reason, coalesce(u.name, CAST(r.made_by AS TEXT)),
           (SELECT coalesce(b.name, CAST(x.who AS TEXT)) FROM ({_BACK.format(what="min(v.by) AS who")}) x
            LEFT JOIN app_user b ON b.id = x.who)
    FROM cash_rest r LEFT JOIN app_user u ON u.id = r.made_by WHERE r.desk = :desk ORDER BY r.day DESC LIMIT 10"""
_NEVER = f"SELECT min(role) FROM user_role WHERE user_id = :user AND role IN ({quoted(NEVER_HOLDS)})"
_COUNTED = """
    SELECT counted_cents, seen_position FROM cash_count WHERE desk = :desk AND day = :day AND confirmed_by IS NOT NULL
    ORDER BY number DESC LIMIT 1"""
_MOVED = """
    SELECT 1 FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
    WHERE p.office = :office AND p.account = :account AND p.position > :seen AND e.posting_day <= :last LIMIT 1"""
_HOLDERS = """
    SELECT h.since, h.until, u.name, h.party, m.name FROM cash_holder h
    JOIN app_user u ON u.id = h.user_id JOIN app_user m ON m.id = h.made_by WHERE h.desk = :desk ORDER BY h.line"""


@dataclass(frozen=True, slots=True)
class Held:
    """A time in which somebody held a desk."""

    since: str
    until: str | None
    holder: str
    party: int | None
    made_by: str


@dataclass(frozen=True, slots=True)
class Rest:
    """A day that was noted as one on which a desk is not open, and who took the note back."""

    day: str
    reason: str
    noted_by: str
    taken_back_by: str | None


def find_desk(store: Store, code: str, day: str) -> Desk:
    """Return a desk with who holds it on the day; raises `UnknownDeskError`."""
    row = store.one(f"{_DESK} WHERE d.code = :code", code=code.strip().upper(), day=day)
    if row is None:
        raise UnknownDeskError(desk=code)
    return Desk(*row)


def desks(store: Store, day: str, *, every: bool = False) -> list[Desk]:
    """Return the desks that are open on the day, or every one, by code."""
    sql = f"{_DESK} WHERE :every = 1 OR (d.opened_on <= :day AND (d.closed_on IS NULL OR d.closed_on > :day))"
    return [Desk(*row) for row in store.rows(f"{sql} ORDER BY d.code", day=day, every=int(every))]


def holders(store: Store, desk: Desk) -> list[Held]:
    """Return who held a desk, the first first."""
    return [Held(*row) for row in store.rows(_HOLDERS, desk=desk.code)]


def rests(store: Store, desk: Desk) -> list[Rest]:
    """Return the last days for which a desk was noted as not open, the latest first; the event log has them all."""
    return [Rest(*row) for row in store.rows(_RESTS, desk=desk.code)]


def resting_days(store: Store, desk: Desk, first: str, last: str) -> set[str]:
    """Return the days of these on which a desk is noted as not open, without notes that were taken back."""
    return {str(day) for (day,) in store.rows(_REST, desk=desk.code, first=first, last=last)}


def balance(store: Store, desk: Desk) -> int:
    """Return the cash that the books say is in the desk."""
    return int(store.value(_BALANCE, office=desk.office, account=desk.account))


def balance_on(store: Store, desk: Desk, day: str) -> int:
    """Return the cash that the books say was in the desk at the end of the day."""
    after = store.value(_AFTER, office=desk.office, account=desk.account, day=day)
    return balance(store, desk) - int(after)


def own_desk(store: Store, code: str, kind: str | None = None) -> Desk:
    """Return the desk that the acting person holds today and may move cash in, in the order of days.

    Raises `UnknownDeskError`, `NotHolderError`, `ClosedDeskError`, `NotYetDeskError`, `RestingDeskError`,
    `EarlierDayError`, `CashAheadError`, `HolderRoleError`, and `NotADeskError` or `NotAFundError` where only
    the other kind does this.
    """
    desk = open_desk(store, code, kind)
    if desk.holder != store.user:
        raise NotHolderError(user=user_name(store, store.user), desk=desk.code, day=store.today)
    check_holder(store, desk.office, store.user)
    return desk


def check_holder(store: Store, office: str, user: int) -> None:
    """Refuse cash to whoever has a role that must not be joined with it; raises `HolderRoleError`."""
    role = store.value(_NEVER, user=user)
    if role is not None:
        raise HolderRoleError(user=user_name(store, user), role=role, office=office)


def open_desk(store: Store, code: str, kind: str | None = None, *, planned: bool = False) -> Desk:
    """Return a desk that cash may be moved in today, whoever holds it.

    Cash never moves later than the clock (§ 146 (1) AO): one receipt dated ahead would lock the desk until then. What
    moves no cash may be `planned`.
    """
    desk, day = find_desk(store, code, store.today), store.today
    if day > store.clock_day and not planned:
        raise CashAheadError(desk=desk.code, day=day)
    if kind is not None and desk.kind != kind:
        raise (NotADeskError if kind == "desk" else NotAFundError)(desk=desk.code)
    if desk.closed_on is not None and desk.closed_on <= day:
        raise ClosedDeskError(desk=desk.code, day=desk.closed_on)
    if day < desk.opened_on:
        raise NotYetDeskError(desk=desk.code, day=desk.opened_on)
    if resting_days(store, desk, day, day):
        raise RestingDeskError(desk=desk.code, day=day)
    latest = latest_day(store, desk)
    if latest > day:
        raise EarlierDayError(desk=desk.code, day=day, latest=latest)
    return desk


def latest_day(store: Store, desk: Desk) -> str:
    """Return the day of the last movement in the desk, '' where there was none."""
    return str(store.value(_LATEST, office=desk.office, account=desk.account) or "")


def moved_since(store: Store, desk: Desk, seen_position: int, last: str) -> bool:
    """Return whether cash moved in the desk after a count, up to a day, though the sum may be the same again."""
    where = {"office": desk.office, "account": desk.account, "seen": seen_position, "last": last}
    return store.value(_MOVED, **where) is not None


def check_counted(store: Store, desk: Desk, day: str) -> None:
    """Check that what is in the desk was counted and confirmed that day; raises `UncountedDeskError`."""
    held = balance(store, desk)
    counted, seen = store.one(_COUNTED, desk=desk.code, day=day) or (None, 0)
    if held and (counted != held or moved_since(store, desk, int(seen), day)):
        raise UncountedDeskError(desk=desk.code, balance_cents=held, day=day)
