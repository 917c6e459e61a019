"""Who may act: users, their roles, and the rule that nobody acts on their own work (invariant 6)."""

from __future__ import annotations

from collections.abc import Collection

from ledger.book.store import kasse_office, office_codes
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

ROLES = (
    N_("certifier"), N_("approver"), N_("cashier"), N_("clerk"), N_("payments"), N_("releaser"), N_("head"),
    N_("enforcement"), N_("audit"), N_("admin"), N_("machine"),
)  # fmt: skip
EVERYWHERE = "*"
KASSE_WIDE = ("cashier", "clerk", "payments", "releaser", "head", "enforcement", "audit", "machine")
"""Roles that, held in the office that is the Kasse, are about the rows of all offices: the Kasse books for them."""
_PRINCIPALS = """
    SELECT d.principal, d.role FROM deputy d JOIN app_user p ON p.id = d.principal AND p.locked = 0
    WHERE d.deputy = :user AND d.office IN (:office, '*') AND d.since <= :day AND d.until >= :day
    AND (d.ended_on IS NULL OR d.ended_on > :day)
    AND EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = d.principal AND r.role = d.role
                AND r.office IN (:office, '*'))
    ORDER BY d.id"""
_PRINCIPAL_NAME = """
    SELECT min(u.name) FROM event e JOIN app_user u ON u.id = e.on_behalf
    WHERE e.by = CAST(:by AS BIGINT) AND e.at = CAST(:at AS TEXT) AND e.on_behalf IS NOT NULL"""
_BEHALF = "SELECT on_behalf FROM event WHERE by = :by AND at = :at AND on_behalf IS NOT NULL"


class UnknownUserError(KasseError):
    """A person who acts, or is named, is not known to the book."""

    code = "user.unknown"
    template = N_("{user} is not a user of this book")
    hint = N_(
        "check the name with 'kasse user list'; who is missing is added by someone with the role admin: "
        "'kasse user add {user} --office … --role …'"
    )


class LockedUserError(KasseError):
    """The acting person is locked."""

    code = "user.locked"
    template = N_("the user {user} is locked")
    hint = N_("someone with the role admin can end that with 'kasse user unlock {user}'")


class UserExistsError(KasseError):
    """The name is taken."""

    code = "user.exists"
    template = N_("there is a user {user} already")
    hint = N_("give the user another role with 'kasse user add' and a role not held yet")


class UserNameError(KasseError):
    """A name without a letter or digit, or with signs that nobody sees."""

    code = "user.name"
    template = N_("not a user name: {name}")
    hint = N_("give the account of the operating system or the database, or the name of a person")


class UnknownRoleError(KasseError):
    """No such role."""

    code = "user.role_unknown"
    template = N_("there is no role {role}")
    hint = N_("the roles are: {roles}")


class NotAllowedError(KasseError):
    """The person lacks the right, or would act on their own work; the refusal is written to the event log."""

    code = "right.missing"
    template = N_("{user} may not do this in office {office}: it needs the role {role}")
    hint = N_("ask someone who has the role; roles are given with 'kasse user add'")


class OtherOfficesError(NotAllowedError):
    """A role of the Kasse that does not reach the offices whose rows would be written."""

    code = "right.other_offices"
    template = N_("{user} is not admin of {offices}: the role reaches only the offices in which it is held")
    hint = N_(
        "let the head of the Kasse do it, or somebody who is admin of these offices or of all; see 'kasse user list'"
    )


class OwnWorkError(NotAllowedError):
    """Nobody certifies, approves, accepts, releases or closes what they made."""

    code = "right.own_work"
    template = N_("{user} has already acted on {what}")
    hint = N_("another person must do this step")


class OwnRolesError(NotAllowedError):
    """Nobody gives, takes or locks their own rights."""

    code = "right.own_roles"
    template = N_("{user} cannot change their own rights")
    hint = N_("another person with the role admin must do this")


class TwoPrincipalsError(NotAllowedError):
    """One step for which a deputy would need the rights of two absent people."""

    code = "right.two_principals"
    template = N_("{user} stands in for {principal} and for {other}, and this step needs the rights of both")
    hint = N_("let somebody do it who has the role {role} in office {office}")


class UndeclaredIdentityError(KasseError):
    """The book knows people by their login only."""

    code = "user.not_declared"
    template = N_("this book does not accept --user: it knows people by their login")
    hint = N_("leave --user away; a book made with --identity declared accepts it")


def tidy_name(name: str) -> str:
    """Return a user's name without blanks around it or doubled in it.

    Raises `UserNameError`.
    """
    tidy = " ".join(name.split())
    if not tidy.isprintable() or not any(sign.isalnum() for sign in tidy):
        raise UserNameError(name=name)
    return tidy


def find_user(store: Store, name: str) -> tuple[int, str] | None:
    """Return number and name of the user of that name; case and blanks make no other person."""
    exact = store.one("SELECT id, name FROM app_user WHERE name = :name", name=name)
    if exact is not None:
        return int(exact[0]), str(exact[1])
    wanted = " ".join(name.split()).casefold()
    known = store.rows("SELECT id, name FROM app_user ORDER BY id")
    return next(((number, found) for number, found in known if " ".join(found.split()).casefold() == wanted), None)


def user_id(store: Store, name: str) -> int:
    """Return the number of a user.

    Raises `UnknownUserError` or `LockedUserError`.
    """
    found = find_user(store, name)
    if found is None:
        raise UnknownUserError(user=name)
    if store.value("SELECT locked FROM app_user WHERE id = :id", id=found[0]):
        raise LockedUserError(user=found[1])
    return found[0]


def user_name(store: Store, number: int) -> str:
    """Return the name of a user, or its number where the name was erased."""
    return str(store.value("SELECT name FROM app_user WHERE id = :id", id=number) or number)


def add_user(store: Store, name: str, grants: list[tuple[str, str]]) -> int:
    """Add a user or give one more roles, as (office, role) pairs, and return the number; inside a unit of work.

    Raises `UnknownRoleError`, `UserNameError`, `UserExistsError`.
    """
    for _, role in grants:
        if role not in ROLES:
            raise UnknownRoleError(role=role, roles=", ".join(ROLES))
    found = find_user(store, name)
    number = found[0] if found else take_ids(store, BOOK, "user")
    if not found:
        store.insert_one("app_user", id=number, name=tidy_name(name), locked=0, created_at=store.now)
    held = set(store.rows("SELECT office, role FROM user_role WHERE user_id = :id", id=number))
    fresh = [grant for grant in grants if grant not in held]
    if found and not fresh:
        raise UserExistsError(user=found[1])
    store.insert("user_role", ("user_id", "office", "role"), [(number, office, role) for office, role in fresh])
    rows = [("user_role", number, office, role) for office, role in fresh]
    facts: dict[str, Fact] = {"roles": " ".join(f"{office}:{role}" for office, role in fresh)}
    facts |= seal(store, ("app_user", number), *rows)
    named = None if found else {"name": tidy_name(name)}
    record(store, kasse_office(store), "user.add", f"user:{number}", facts, named)
    return number


def require(store: Store, office: str, *roles: str) -> None:
    """Check that the acting user holds one of the roles in the office, or is the deputy of somebody who does.

    Then `store.principal` says whose, and every event of the step does. Inside or outside a unit of work. Raises
    `NotAllowedError`, `TwoPrincipalsError`.
    """
    sql = "SELECT role FROM user_role WHERE user_id = :id AND office IN (:office, '*')"
    held = {role for (role,) in store.rows(sql, id=store.user, office=office)}
    if held.intersection(roles):
        return
    principal = principal_for(store, office, roles)
    user, role = user_name(store, store.user), " / ".join(roles)
    if principal is None:
        raise NotAllowedError(user=user, office=office, role=role)
    if store.principal not in {None, principal}:
        first, other = user_name(store, store.principal or 0), user_name(store, principal)
        raise TwoPrincipalsError(user=user, office=office, role=role, principal=first, other=other)
    store.principal = principal


def may(store: Store, office: str, *roles: str) -> bool:
    """Return whether the acting user could do what needs one of the roles there, in an own right or for somebody."""
    sql = "SELECT role FROM user_role WHERE user_id = :id AND office IN (:office, '*')"
    held = {role for (role,) in store.rows(sql, id=store.user, office=office)}
    return not held.isdisjoint(roles) or principal_for(store, office, roles) is not None


def check_reach(store: Store, offices: Collection[str], *roles: str) -> None:
    """Check that one of the roles reaches the rows of these offices: held in the Kasse, all do but admin.

    The row rules of PostgreSQL say the same. Raises `OtherOfficesError`.
    """
    if may(store, kasse_office(store), *(role for role in roles if role in KASSE_WIDE)):
        return
    beyond = [office for office in sorted({*offices}) if not may(store, office, *roles)]
    if beyond:
        raise OtherOfficesError(user=user_name(store, store.user), offices=", ".join(beyond))


def require_whole(store: Store, *roles: str) -> None:
    """Check that the acting person holds one of the roles in the Kasse and that it reaches the whole book.

    Raises `NotAllowedError`, `OtherOfficesError`, `TwoPrincipalsError`.
    """
    require(store, kasse_office(store), *roles)
    check_reach(store, office_codes(store), *roles)


def principal_for(store: Store, office: str, roles: Collection[str]) -> int | None:
    """Return for whom the acting user stands in today with one of the roles in the office, or None."""
    return next(iter(principals_for(store, office, roles)), None)


def principals_for(store: Store, office: str, roles: Collection[str]) -> list[int]:
    """Return for whom the acting user stands in today with one of the roles in the office, the first named first.

    The absent person must hold the role and not be locked. Whom the step is for already goes before others.
    """
    held = store.all(_PRINCIPALS, user=store.user, office=office, day=store.today)
    found = dict.fromkeys(int(principal) for principal, role in held if role in roles)
    return sorted(found, key=lambda principal: principal != store.principal)


def check_apart(store: Store, office: str, what: str, *earlier: tuple[int | None, str | None]) -> None:
    """Refuse a step to whoever took one of the steps before, see `same_person`; raises `OwnWorkError`."""
    if same_person(store, *earlier):
        raise OwnWorkError(user=user_name(store, store.user), what=what, office=office)


def acted_for(store: Store, by: int | None, at: str | None) -> str | None:
    """Return the name of the person for whom somebody acted at a moment as a deputy, None where in their own right."""
    found = store.value(_PRINCIPAL_NAME, by=by, at=at)
    return None if found is None else str(found)


def same_person(store: Store, *earlier: tuple[int | None, str | None]) -> bool:
    """Return whether the acting person took one of the steps before, each given by its person and moment.

    A step taken for somebody counts for both: for the deputy and for the absent person, then as now.
    """
    acting = {store.user, store.principal}
    for by, at in earlier:
        if by is not None and (by in acting or any(one in acting for (one,) in store.rows(_BEHALF, by=by, at=at))):
            return True
    return False
