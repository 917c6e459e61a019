"""Users locked, unlocked and stripped of rights; somebody who can give rights always remains."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import EVERYWHERE, OwnRolesError, find_user, require
from ledger.people.users_store import Grant, Granted
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_HELD = "SELECT office, role FROM user_role WHERE user_id = :id ORDER BY office, role"
_OTHER_ADMINS = """
    SELECT count(*) FROM user_role r JOIN app_user u ON u.id = r.user_id
    WHERE r.office = '*' AND r.role = 'admin' AND u.locked = 0 AND u.id <> :id"""


class UserNotFoundError(KasseError):
    """No user has the name."""

    code = "user.not_found"
    template = N_("there is no user {user}")
    hint = N_("see 'kasse user list'")


class LastAdminError(KasseError):
    """Nobody would be left who can give rights."""

    code = "user.last_admin"
    template = N_("{user} is the last one who gives rights in all offices")
    hint = N_("make somebody else admin of all offices first, with 'kasse user add'")


def lock(store: Store, name: str, *, reason: str = "") -> Granted:
    """Keep a user from doing anything until unlocked, and return whether that is new.

    Raises `UserNotFoundError`, `NotAllowedError`, `OwnRolesError`, `LastAdminError`.
    """
    return _set_locked(store, name, 1, reason)


def unlock(store: Store, name: str, *, reason: str = "") -> Granted:
    """Let a locked user act again, and return whether that is new.

    Raises `UserNotFoundError`, `NotAllowedError`, `OwnRolesError`.
    """
    return _set_locked(store, name, 0, reason)


def revoke(store: Store, name: str, grants: Sequence[Grant], *, reason: str = "") -> Granted:
    """Take these rights from a user and return those that were held.

    What was done with them stays, and the event log keeps who had which. Raises `UserNotFoundError`, `NotAllowedError`,
    `OwnRolesError`, `LastAdminError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        for office, _ in grants:
            require(store, office, "admin")
        number, known = _other(store, name)
        held = {(office, role) for office, role in store.rows(_HELD, id=number)}
        ended = tuple(grant for grant in dict.fromkeys(grants) if grant in held)
        if (EVERYWHERE, "admin") in ended:
            _check_last(store, number, known)
        if ended:
            sql = "DELETE FROM user_role WHERE user_id = :id AND office = :office AND role = :role"
            store.execute_many(sql, [{"id": number, "office": office, "role": role} for office, role in ended])
            facts: dict[str, Fact] = {"roles": " ".join(f"{office}:{role}" for office, role in ended)}
            facts |= seal(store, *(("user_role", number, office, role) for office, role in ended))
            record(store, kasse, "user.revoke", f"user:{number}", facts, {"reason": reason} if reason else None)
    return Granted(known, bool(ended), ended)


def _set_locked(store: Store, name: str, locked: int, reason: str) -> Granted:
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, "admin")
        number, known = _other(store, name)
        new = store.value("SELECT locked FROM app_user WHERE id = :id", id=number) != locked
        if new:
            if locked:
                _check_last(store, number, known)
            store.execute("UPDATE app_user SET locked = :locked WHERE id = :id", locked=locked, id=number)
            action = "user.lock" if locked else "user.unlock"
            sealed = seal(store, ("app_user", number))
            record(store, kasse, action, f"user:{number}", sealed, {"reason": reason} if reason else None)
    return Granted(known, new, ())


def _other(store: Store, name: str) -> tuple[int, str]:
    """Return number and name of a user who is not the acting person."""
    found = find_user(store, name)
    if found is None:
        raise UserNotFoundError(user=name)
    if found[0] == store.user:
        raise OwnRolesError(user=found[1])
    return found


def _check_last(store: Store, number: int, name: str) -> None:
    """Check that an admin of all offices remains; the one about to go need not be one."""
    is_admin = (EVERYWHERE, "admin") in set(store.rows(_HELD, id=number))
    if is_admin and not store.value(_OTHER_ADMINS, id=number):
        raise LastAdminError(user=name)
