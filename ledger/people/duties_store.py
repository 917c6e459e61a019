"""Limits and deputies in the book: set, listed, asked before a step."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.duties import (
    Acting,
    DeputyDaysError,
    DeputyPairError,
    DeputySelfError,
    UnknownDeputyError,
    deputy_conflict,
    deputy_roles,
)
from ledger.people.users import (
    EVERYWHERE,
    NotAllowedError,
    UnknownRoleError,
    principal_for,
    principals_for,
    require,
    user_id,
    user_name,
)
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store

_OWN = "SELECT 1 FROM user_role WHERE user_id = :user AND role = :role AND office IN (:office, '*')"
_LIMIT = """SELECT max_cents FROM approval_limit WHERE user_id = :user AND office IN (:office, '*')
            ORDER BY CASE WHEN office = '*' THEN 1 ELSE 0 END LIMIT 1"""
_LIMITS = """SELECT u.name, l.office, l.max_cents FROM approval_limit l JOIN app_user u ON u.id = l.user_id
             ORDER BY u.name, l.office"""
_SAME = """SELECT id FROM deputy WHERE principal = :principal AND deputy = :deputy AND office = :office AND role = :role
           AND since = :since AND until = :until AND ended_on IS NULL"""
_DEPUTIES = """
    SELECT d.id, p.name, s.name, d.office, d.role, d.since, d.until, d.ended_on FROM deputy d
    JOIN app_user p ON p.id = d.principal JOIN app_user s ON s.id = d.deputy ORDER BY d.since, d.id"""


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to how many cents a person may approve in an office, or in all; None is no limit."""

    name: str
    office: str
    max_cents: int | None
    new: bool = False


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """Who stands in for whom; days are ISO text, both included, `ended_on` the first day it no longer holds."""

    number: int
    principal: str
    deputy: str
    office: str
    role: str
    since: str
    until: str
    ended_on: str | None


def acting(store: Store, office: str, role: str) -> Acting:
    """Return in whose right the acting user takes a step of an order: their own before that of an absent person.

    Raises `NotAllowedError`.
    """
    if store.value(_OWN, user=store.user, role=role, office=office):
        return Acting(store.user)
    principal = principal_for(store, office, (role,))
    if principal is None:
        raise NotAllowedError(user=user_name(store, store.user), office=office, role=role)
    return Acting(store.user, principal)


def stands_in(store: Store, office: str, role: str) -> list[Acting]:
    """Return in whose right besides their own the acting user may take a step of an order, the first named first."""
    return [Acting(store.user, principal) for principal in principals_for(store, office, (role,))]


def approval_limit(store: Store, person: Acting, office: str) -> int | None:
    """Return up to how many cents may be approved in that right, None where there is no limit."""
    limit = store.value(_LIMIT, user=person.principal or person.user, office=office)
    return None if limit is None else int(limit)


def set_limit(store: Store, name: str, office: str, max_cents: int | None) -> Limit:
    """Set up to which amount a person may approve in an office or in all ('*'); an admin of the office does it.

    Raises `UnknownUserError`, `UnknownOfficeError`, `NotAllowedError`.
    """
    if office != EVERYWHERE:
        check_office(store, office)
    with store.unit([kasse_office(store)]):
        require(store, office, "admin")
        user = user_id(store, name)
        row = store.one(
            "SELECT max_cents FROM approval_limit WHERE user_id = :user AND office = :office", user=user, office=office
        )
        if row is not None and row[0] == max_cents:
            return Limit(name, office, max_cents)
        if row is None:
            store.insert_one("approval_limit", user_id=user, office=office, max_cents=max_cents)
        else:
            store.execute(
                "UPDATE approval_limit SET max_cents = :cents WHERE user_id = :user AND office = :office",
                user=user,
                office=office,
                cents=max_cents,
            )
        facts = {"office": office, "max_cents": max_cents, "before_cents": row[0] if row else None}
        facts |= seal(store, ("approval_limit", user, office))
        record(store, kasse_office(store), "user.limit", f"user:{user}", facts)
    return Limit(name, office, max_cents, new=True)


def list_limits(store: Store) -> list[Limit]:
    """Return the limits by name and office."""
    return [Limit(name, office, cents) for name, office, cents in store.rows(_LIMITS)]


def name_deputy(
    store: Store, principal: str, deputy: str, *, office: str, role: str, since: str, until: str
) -> DeputyRow:
    """Let one person stand in for another in a role and an office; an admin or the Kassenleitung does it.

    Raises `DeputyDaysError`, `DeputyPairError`, `DeputySelfError`, `UnknownRoleError`, `UnknownUserError`,
    `NotAllowedError`.
    """
    if role not in deputy_roles():
        raise UnknownRoleError(role=role, roles=", ".join(deputy_roles()))
    if until < since:
        raise DeputyDaysError(since=since, until=until)
    if office != EVERYWHERE:
        check_office(store, office)
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, office, "admin", "head")
        absent, other = user_id(store, principal), user_id(store, deputy)
        if absent == other or not store.value(_OWN, user=absent, role=role, office=office):
            raise DeputySelfError(deputy=deputy, principal=principal, role=role, office=office)
        held = {name for (name,) in store.rows("SELECT role FROM user_role WHERE user_id = :id", id=other)}
        if conflict := deputy_conflict(role, held):
            raise DeputyPairError(deputy=deputy, held=conflict[0], role=role, norm=conflict[1])
        wanted = {"principal": absent, "deputy": other, "office": office, "role": role, "since": since, "until": until}
        if known := store.value(_SAME, **wanted):
            return DeputyRow(int(known), principal, deputy, office, role, since, until, None)
        number = take_ids(store, BOOK, "deputy")
        store.insert_one("deputy", id=number, **wanted, made_by=store.user, made_at=store.now)
        facts: dict[str, Fact] = {"principal": absent, "office": office, "role": role, "since": since, "until": until}
        record(store, kasse, "user.deputy", f"user:{other}", facts | seal(store, ("deputy", number)))
    return DeputyRow(number, principal, deputy, office, role, since, until, None)


def end_deputy(store: Store, number: int, day: str) -> DeputyRow:
    """End a deputy's time early: from `day` on it no longer holds.

    Raises `UnknownDeputyError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        found = next((row for row in list_deputies(store) if row.number == number and row.ended_on is None), None)
        if found is None:
            raise UnknownDeputyError(number=number)
        require(store, found.office, "admin", "head")
        store.execute(
            "UPDATE deputy SET ended_on = CAST(:day AS TEXT), ended_by = :user WHERE id = :id",
            day=day,
            user=store.user,
            id=number,
        )
        record(store, kasse, "user.deputy_end", f"deputy:{number}", {"day": day, **seal(store, ("deputy", number))})
    return next(row for row in list_deputies(store) if row.number == number)


def list_deputies(store: Store) -> list[DeputyRow]:
    """Return all deputies there ever were, the oldest first."""
    return [DeputyRow(*row) for row in store.rows(_DEPUTIES)]


def others_with(store: Store, office: str, role: str) -> list[str]:
    """Return who else, not locked, holds the role in the office."""
    sql = """SELECT DISTINCT u.name FROM user_role r JOIN app_user u ON u.id = r.user_id
             WHERE r.role = :role AND r.office IN (:office, '*') AND u.locked = 0 AND u.id <> :user ORDER BY u.name"""
    return [name for (name,) in store.rows(sql, role=role, office=office, user=store.user)]
