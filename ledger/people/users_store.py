"""Users in the book: given roles by an admin, listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.book.creation import UnknownOfficeError
from ledger.book.store import kasse_office, office_codes
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


def grant(store: Store, name: str, grants: Sequence[Grant]) -> Granted:
    """Add a user, or give one more roles, and return what was given; an admin of the offices does it.

    Raises `UnknownOfficeError`, `UnknownRoleError`, `UserNameError`, `NotAllowedError`, `OwnRolesError`.
    """
    offices = office_codes(store)
    for office, role in grants:
        if office != EVERYWHERE and office not in offices:
            raise UnknownOfficeError(office=office, offices=", ".join(offices))
        if role not in ROLES:
            raise UnknownRoleError(role=role, roles=", ".join(ROLES))
    with store.unit([kasse_office(store)]):
        for office, _ in grants:
            require(store, office, "admin")
        number, known = find_user(store, tidy_name(name)) or (0, tidy_name(name))
        if number == store.user:
            raise OwnRolesError(user=known)
        held = set(store.rows("SELECT office, role FROM user_role WHERE user_id = :id", id=number))
        fresh = [given for given in dict.fromkeys(grants) if given not in held]
        if fresh:
            add_user(store, known, fresh)
    return Granted(known, bool(fresh), tuple(fresh))


def list_users(store: Store) -> list[UserRight]:
    """Return every right of every user, by name, office and role."""
    sql = """SELECT u.name, r.office, r.role, u.locked FROM app_user u JOIN user_role r ON r.user_id = u.id
             ORDER BY u.name, r.office, r.role"""
    return [UserRight(name, office, role, bool(locked)) for name, office, role, locked in store.rows(sql)]
