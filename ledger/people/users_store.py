"""Users in the book: given roles by an admin, listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ledger.book.creation import UnknownOfficeError
from ledger.book.store import kasse_office, office_codes
from ledger.cash.desks import NEVER_HOLDS
from ledger.events.store import Fact, record
from ledger.people.duties import CashHolderRoleError, RolePairError, role_conflict
from ledger.people.users import (
    EVERYWHERE,
    ROLES,
    OwnRolesError,
    UnknownRoleError,
    add_user,
    find_user,
    require,
    tidy_name,
)
from ledger.store.engines import Store

_HOLDS = "SELECT min(desk) FROM cash_holder WHERE user_id = :user AND until IS NULL"
Grant = tuple[str, str]
"""An office, or '*' for all, and a role."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What a user was given; `new` is false where the user had it all before."""

    name: str
    new: bool
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class UserRight:
    """A right of a user: an office, or '*' for all, and a role."""

    name: str
    office: str
    role: str
    locked: bool


def grant(store: Store, name: str, grants: Sequence[Grant], *, exception: str = "") -> Granted:
    """Add a user, or give one more roles, and return what was given; an admin of the offices does it.

    Roles that one person must not join are refused, but for an `exception` with its reason, which is an event. Raises
    `UnknownOfficeError`, `UnknownRoleError`, `UserNameError`, `NotAllowedError`, `OwnRolesError`, `RolePairError`,
    `CashHolderRoleError`.
    """
    _check_known(store, grants)
    with store.unit([kasse_office(store)]):
        for office, _ in grants:
            require(store, office, "admin")
        number, known = find_user(store, tidy_name(name)) or (0, tidy_name(name))
        if number == store.user:
            raise OwnRolesError(user=known)
        held = set(store.rows("SELECT office, role FROM user_role WHERE user_id = :id", id=number))
        fresh = [given for given in dict.fromkeys(grants) if given not in held]
        joined = _joined(known, held, fresh)
        if joined and not exception.strip():
            raise joined[0]
        _check_cash(store, number, known, fresh)
        if fresh:
            number = add_user(store, known, fresh)
            _note_exception(store, number, joined, exception.strip())
    return Granted(known, bool(fresh), tuple(fresh))


def _check_known(store: Store, grants: Sequence[Grant]) -> None:
    offices = office_codes(store)
    for office, role in grants:
        if office != EVERYWHERE and office not in offices:
            raise UnknownOfficeError(office=office, offices=", ".join(offices))
        if role not in ROLES:
            raise UnknownRoleError(role=role, roles=", ".join(ROLES))


def _check_cash(store: Store, number: int, name: str, fresh: Sequence[Grant]) -> None:
    desk = store.value(_HOLDS, user=number)
    for _, role in fresh:
        if desk is not None and role in NEVER_HOLDS:
            raise CashHolderRoleError(user=name, desk=desk, role=role)


def _note_exception(store: Store, number: int, joined: Sequence[RolePairError], reason: str) -> None:
    if joined:
        facts: dict[str, Fact] = {"pairs": len(joined)}
        record(store, kasse_office(store), "user.join_roles", f"user:{number}", facts, {"reason": reason})


def _joined(user: str, held: Collection[Grant], fresh: Sequence[Grant]) -> list[RolePairError]:
    """Return the pairs of roles that would meet in one person now."""
    known, found = {role for _, role in held}, []
    for _, role in fresh:
        conflict = None if role in known else role_conflict(role, known)
        if conflict:
            found.append(RolePairError(user=user, held=conflict[0], role=role, norm=conflict[1]))
        known.add(role)
    return found


def list_users(store: Store) -> list[UserRight]:
    """Return every right of every user, by name, office and role."""
    sql = """SELECT u.name, r.office, r.role, u.locked FROM app_user u JOIN user_role r ON r.user_id = u.id
             ORDER BY u.name, r.office, r.role"""
    return [UserRight(name, office, role, bool(locked)) for name, office, role, locked in store.rows(sql)]
