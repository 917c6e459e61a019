"""Locks in the book: made, lifted, asked; the one place that knows whether something is locked on a day."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book.store import kasse_office
from ledger.events.store import record
from ledger.items.locks import (
    KINDS,
    ROLES,
    ActiveLocks,
    ItemKey,
    Lock,
    Locked,
    LockKind,
    NoReasonError,
    NotLockedError,
    Span,
)
from ledger.people.users import check_apart, require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store

_HOLDS = """{k}.kind = '{kind}' AND {k}.since <= {day} AND ({k}.until IS NULL OR {k}.until >= {day})
        AND ({k}.lifted_on IS NULL OR {k}.lifted_on > {day})"""
_COLUMNS = """k.id, k.kind, k.reason, k.since, k.until, coalesce(m.name, CAST(k.made_by AS TEXT)), k.made_at,
    coalesce(l.name, CAST(k.lifted_by AS TEXT)), k.lifted_at, k.lifted_on"""
_USERS = "LEFT JOIN app_user m ON m.id = k.made_by LEFT JOIN app_user l ON l.id = k.lifted_by"
_OF_ITEM = f"""SELECT k.office, k.item, CAST(NULL AS BIGINT), {_COLUMNS} FROM item_lock k {_USERS}
    WHERE k.office = :office AND k.item = :item ORDER BY k.since, k.id"""
_OF_PARTY = f"""SELECT CAST(NULL AS TEXT), CAST(NULL AS BIGINT), k.party, {_COLUMNS} FROM party_lock k {_USERS}
    WHERE k.party = :party ORDER BY k.since, k.id"""

_NAMED_BY = """
    SELECT k.made_by, k.made_at FROM item_lock k JOIN payment p ON p.item_office = k.office AND p.item = k.item
    JOIN event e ON e.office = p.office AND e.object = 'run:' || p.run AND e.action = 'payment.came_back'
        AND e.by = k.made_by AND e.at = k.made_at
    WHERE k.office = :office AND k.item = :item AND k.kind = 'payment' AND k.lifted_on IS NULL
    UNION
    SELECT a.by, a.at FROM item_lock k JOIN payment p ON p.item_office = k.office AND p.item = k.item
    JOIN event e ON e.office = p.office AND e.object = 'run:' || p.run AND e.action = 'payment.came_back'
        AND e.by = k.made_by AND e.at = k.made_at
    JOIN event a ON a.office = e.office AND a.object = e.object AND a.action = 'payment.ask_returned'
        AND a.facts LIKE '%"payments":%' || p.run || '-' || p.line || '%'
    WHERE k.office = :office AND k.item = :item AND k.kind = 'payment' AND k.lifted_on IS NULL"""
"""Who named a credit as a payment that came back, and so locked its item; who asked for that too."""


def not_locked(kind: LockKind, *, alias: str = "i", day: str = ":day") -> str:
    """Return the SQL condition that an item, and its party, are not locked on a day.

    `alias` names the table item in the query, `day` is the parameter or expression of the day.
    """
    return f"(NOT {locked(kind, alias=alias, day=day)})"


def locked(kind: LockKind, *, alias: str = "i", day: str = ":day") -> str:
    """Return the SQL condition that an item, or its party, is locked on a day.

    The locks of the item are asked: without statistics SQLite would walk all locks of the kind for each item.
    """
    holds = _HOLDS.format(k="lk", kind=kind, day=day).replace("lk.kind =", "lk.kind || '' =")
    key = f"lk.office = {alias}.office AND lk.item = {alias}.id"
    return f"""(EXISTS (SELECT 1 FROM item_lock lk WHERE {key} AND {holds})
        OR EXISTS (SELECT 1 FROM party_lock lk WHERE lk.party = {alias}.party AND {holds}))"""


NOT_LOCKED: dict[LockKind, str] = {kind: not_locked(kind) for kind in KINDS}
"""By kind of lock: the condition on an item `i` with the parameter `:day`."""


def active_locks(store: Store, kind: LockKind, day: str) -> ActiveLocks:
    """Return the items and parties that are locked in that way on a day (ISO text)."""
    holds = _HOLDS.format(k="k", kind=kind, day=":day")
    items = store.rows(f"SELECT k.office, k.item FROM item_lock k WHERE {holds}", day=day)
    parties = store.rows(f"SELECT k.party FROM party_lock k WHERE {holds}", day=day)
    return ActiveLocks(frozenset((office, item) for office, item in items), frozenset(p for (p,) in parties))


def item_locks(store: Store, office: str, item: int) -> list[Lock]:
    """Return all locks an item ever had."""
    return [Lock(*row) for row in store.rows(_OF_ITEM, office=office, item=item)]


def party_locks(store: Store, party: int) -> list[Lock]:
    """Return all locks a party ever had."""
    return [Lock(*row) for row in store.rows(_OF_PARTY, party=party)]


def lock_items(store: Store, items: Sequence[ItemKey], kind: LockKind, reason: str, span: Span) -> Locked:
    """Lock items from a day on, until a day or until lifted; what is locked so already stays as it is.

    Raises `NoReasonError`, `NotAllowedError`.
    """
    offices = sorted({office for office, _ in items})
    with store.unit(offices):
        _check(store, offices, kind, reason)
        fresh = [key for key in dict.fromkeys(items) if not _same(item_locks(store, *key), kind, span)]
        for office, item in fresh:
            place_item_lock(store, office, item, kind, reason, span)
            record(store, office, "lock.set", f"item:{item}", _facts(kind, span), {"reason": reason})
    return Locked(kind, bool(fresh), items=tuple(fresh), since=span.since, until=span.until)


def lock_party(store: Store, party: int, kind: LockKind, reason: str, span: Span) -> Locked:
    """Lock everything of a party from a day on, until a day or until lifted.

    Raises `NoReasonError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        _check(store, [kasse], kind, reason)
        fresh = not _same(party_locks(store, party), kind, span)
        if fresh:
            place_party_lock(store, party, kind, reason, span)
            record(store, kasse, "lock.set", f"party:{party}", _facts(kind, span), {"reason": reason})
    return Locked(kind, fresh, parties=(party,) if fresh else (), since=span.since, until=span.until)


def lift_items(store: Store, items: Sequence[ItemKey], kind: LockKind, reason: str, day: str) -> Locked:
    """Lift the locks of a kind from items: from `day` on they no longer hold.

    Who named a credit as the return of a payment does not free its item. Raises `NotLockedError` where one of the items
    has none, `NoReasonError`, `NotAllowedError`, `OwnWorkError`.
    """
    offices = sorted({office for office, _ in items})
    with store.unit(offices):
        _check(store, offices, kind, reason)
        for office, item in dict.fromkeys(items):
            if kind == "payment":
                check_apart(store, office, f"{office}/{item}", *store.all(_NAMED_BY, office=office, item=item))
            _lift(store, "item_lock", {"office": office, "item": item}, kind, day, f"{office}/{item}")
            record(store, office, "lock.lift", f"item:{item}", {"kind": kind, "day": day}, {"reason": reason})
    return Locked(kind, new=True, items=tuple(dict.fromkeys(items)), since=day)


def lift_party(store: Store, party: int, kind: LockKind, reason: str, day: str) -> Locked:
    """Lift the locks of a kind from a party: from `day` on they no longer hold.

    Raises `NotLockedError`, `NoReasonError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        _check(store, [kasse], kind, reason)
        _lift(store, "party_lock", {"party": party}, kind, day, str(party))
        record(store, kasse, "lock.lift", f"party:{party}", {"kind": kind, "day": day}, {"reason": reason})
    return Locked(kind, new=True, parties=(party,), since=day)


def place_item_lock(store: Store, office: str, item: int, kind: LockKind, reason: str, span: Span) -> None:
    """Write a lock; inside a unit that holds the office, by a service that has checked rights and notes the event."""
    number = take_ids(store, office, "item_lock")
    store.insert_one("item_lock", office=office, item=item, id=number, **_row(store, kind, reason, span))


def lift_placed(store: Store, office: str, item: int, reason: str, day: str) -> int:
    """Lift the locks that a service placed with these words: from `day` on they no longer hold; return how many."""
    return store.execute(
        """UPDATE item_lock SET lifted_by = :user, lifted_at = CAST(:now AS TEXT), lifted_on = CAST(:day AS TEXT)
           WHERE office = :office AND item = :item AND reason = :reason AND lifted_on IS NULL
             AND (until IS NULL OR until >= :day)""",
        user=store.user,
        now=store.now,
        day=day,
        office=office,
        item=item,
        reason=reason.strip(),
    )


def place_party_lock(store: Store, party: int, kind: LockKind, reason: str, span: Span) -> None:
    """Write a lock on a party; inside a unit that holds the Kasse's office."""
    number = take_ids(store, BOOK, "party_lock")
    store.insert_one("party_lock", party=party, id=number, **_row(store, kind, reason, span))


def _row(store: Store, kind: str, reason: str, span: Span) -> dict[str, str | int | None]:
    return {
        "kind": kind,
        "reason": reason.strip(),
        "since": span.since,
        "until": span.until,
        "made_by": store.user,
        "made_at": store.now,
    }


def _facts(kind: str, span: Span) -> dict[str, str | int | bool | None]:
    return {"kind": kind, "since": span.since, "until": span.until}


def _check(store: Store, offices: Sequence[str], kind: LockKind, reason: str) -> None:
    if not reason.strip():
        raise NoReasonError
    for office in offices:
        require(store, office, *ROLES[kind])


def _same(locks: Sequence[Lock], kind: str, span: Span) -> bool:
    """Return whether a lock holds all days of the span already."""
    return any(
        lock.kind == kind
        and lock.lifted_on is None
        and lock.since <= span.since
        and (lock.until is None or (span.until is not None and lock.until >= span.until))
        for lock in locks
    )


def _lift(store: Store, table: str, where: dict[str, str | int], kind: str, day: str, what: str) -> None:
    given = " AND ".join(f"{name} = :{name}" for name in where)
    lifted = store.execute(
        f"""UPDATE {table} SET lifted_by = :user, lifted_at = CAST(:now AS TEXT), lifted_on = CAST(:day AS TEXT)
            WHERE {given} AND kind = :kind AND lifted_on IS NULL AND (until IS NULL OR until >= :day)""",
        user=store.user,
        now=store.now,
        day=day,
        kind=kind,
        **where,
    )
    if not lifted:
        raise NotLockedError(what=what, kind=kind)
