"""Database roles of a book on PostgreSQL: made, compared, taken away; all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.access.names import is_login, quoted
from ledger.access.rights import TableRights
from ledger.access.sight_reader import unseen_offices
from ledger.access.standing_reader import (
    FINGERPRINT,
    LOGINS,
    NotAServerError,
    PartialViewError,
    StrangeLoginError,
    found_wrong,
    memberships,
    people,
    plan_of,
    server_version,
    shown,
    standing,
    stands,
)
from ledger.access.statements import Person, Plan, join, leave, wanted_groups
from ledger.book.store import kasse_office, office_codes, setting
from ledger.events.seals_store import remember, seal
from ledger.events.store import Fact, record
from ledger.people.users import EVERYWHERE, ROLES, require, user_name
from ledger.store.engines import Store
from sepa.errors import KasseError

_SETTINGS = (("setting", FINGERPRINT), ("setting", "identity"))
_OWNERS = """SELECT string_agg(DISTINCT pg_get_userbyid(relowner)::text, ', ') FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""


_STRANGERS = """
    SELECT 1, CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass::text, r.rolname::text
    FROM pg_class c CROSS JOIN aclexplode(c.relacl) g JOIN pg_roles r ON r.oid = g.grantee AND r.oid <> c.relowner
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S') AND c.relnamespace = 'public'::regnamespace
    UNION SELECT 1, 'TABLE ' || c.oid::regclass::text, r.rolname::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid CROSS JOIN aclexplode(a.attacl) g
    JOIN pg_roles r ON r.oid = g.grantee AND r.oid <> c.relowner WHERE c.relnamespace = 'public'::regnamespace
    UNION SELECT 2, 'FUNCTION ' || p.oid::regprocedure::text, r.rolname::text
    FROM pg_proc p CROSS JOIN aclexplode(p.proacl) g JOIN pg_roles r ON r.oid = g.grantee AND r.oid <> p.proowner
    WHERE p.pronamespace = 'public'::regnamespace
    UNION SELECT 3, 'SCHEMA public', r.rolname::text
    FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) g JOIN pg_roles r ON r.oid = g.grantee AND r.oid <> n.nspowner
    WHERE n.nspname = 'public' ORDER BY 1, 2, 3"""


@dataclass(frozen=True, slots=True)
class LoginRow:
    """A user's login: the roles its groups stand for, and those it should have."""

    name: str
    login: bool
    unbound: bool
    roles: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Roles:
    """How the database enforces the rules of the book; `owner` is who owns its tables now."""

    granted: bool
    owner: str
    logins: tuple[LoginRow, ...]
    findings: tuple[KasseError, ...]


@dataclass(frozen=True, slots=True)
class Granted:
    """What was changed: logins that were made, statements that ran; `new` is false where all was so before."""

    new: bool
    owner: str
    logins: tuple[str, ...]
    statements: tuple[str, ...]
    findings: tuple[KasseError, ...]


def grant(store: Store, rights: Mapping[str, TableRights]) -> Granted:
    """Make the database enforce the rights of the book, or bring it up to date, and return what changed.

    One owner whom nobody logs in as, a group of each role, a login without a password of each user; row rules and
    signatures on every table. People are known by their login from then on. Needs the role admin in all offices, and a
    login that may create roles. Raises `NotAServerError`, `DatabaseNameError`, `NotAllowedError`.
    """
    check_server(store)
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, EVERYWHERE, "admin")
        remember(store, *_SETTINGS)
        _check_login(store)
        plan = plan_of(store, rights)
        done = _create_groups(store, plan)
        if not stands(store, plan):
            done += _rebuild(store, plan)
        persons = people(store)
        made = _create_logins(store, persons)
        done += made + _align(store, plan, persons)
        if done:
            facts: dict[str, Fact] = {"statements": len(done), "logins": len(made), "standing": standing(store)}
            facts |= seal(store, *_SETTINGS)
            record(store, kasse, "db.grant", None, facts)
    logins = tuple(person.name for person in persons if any(quoted(person.name) in line for line in made))
    return Granted(bool(done), plan.names.owner, logins, tuple(done), tuple(found_wrong(store, plan)))


def revoke(store: Store, rights: Mapping[str, TableRights]) -> Granted:
    """Take the rules out of the database again, and return what was done; logins stay, their groups go.

    Whoever connects as the owner of the tables may then write what they like. Needs the role admin in all offices.
    Raises `NotAServerError`, `NotAllowedError`.
    """
    check_server(store)
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, EVERYWHERE, "admin")
        remember(store, *_SETTINGS)
        plan = plan_of(store, rights)
        done = _take_down(store, plan) if setting(store, FINGERPRINT) else []
        if done:
            record(store, kasse, "db.revoke", None, {"statements": len(done), **seal(store, *_SETTINGS)})
    return Granted(bool(done), plan.names.owner, (), tuple(done), ())


def roles(store: Store, rights: Mapping[str, TableRights]) -> Roles:
    """Return the logins of the book and whether the database enforces what the book says.

    Raises `NotAServerError`.
    """
    check_server(store)
    with store.snapshot():
        plan = plan_of(store, rights)
        granted = bool(setting(store, FINGERPRINT))
        known = {name: unbound for name, _, unbound in store.rows(LOGINS)}
        held = memberships(store, plan)
        rows = tuple(
            LoginRow(
                person.name,
                person.name in known,
                bool(known.get(person.name)),
                shown(plan, held.get(person.name, frozenset())),
                " ".join(person.roles),
            )
            for person in people(store)
        )
        return Roles(granted, str(store.value(_OWNERS)), rows, tuple(found_wrong(store, plan)))


def findings(store: Store, rights: Mapping[str, TableRights]) -> list[KasseError]:
    """Return what is wrong with the rules of the database, nothing where the book has none: for `verify`."""
    if store.engine.name != "postgresql" or not setting(store, FINGERPRINT):
        return []
    with store.snapshot():
        return [one for one in found_wrong(store, plan_of(store, rights)) if one.severity != "info"]


def check_sees_all(store: Store, rights: Mapping[str, TableRights]) -> None:
    """Check that the acting person reads every table of every office: a part of the book cannot be verified.

    Raises `PartialViewError`.
    """
    whole = [role for role in ROLES if all(role in known.readers for known in rights.values())]
    unseen = unseen_offices(store, whole)
    if unseen:
        raise PartialViewError(offices=", ".join(sorted({*office_codes(store)} - {*unseen})) or "-")


def _check_login(store: Store) -> None:
    login, user = str(store.value("SELECT session_user::text")), user_name(store, store.user)
    if login != user:
        raise StrangeLoginError(login=login, user=user)


def check_server(store: Store) -> None:
    """Check that the book lies on a server; raises `NotAServerError`."""
    if store.engine.name != "postgresql":
        raise NotAServerError


def _create_groups(store: Store, plan: Plan) -> list[str]:
    known = {name for name, *_ in store.rows(LOGINS)}
    lines = [f"CREATE ROLE {quoted(name)} NOLOGIN" for name in (plan.names.owner, *plan.groups) if name not in known]
    if not store.value("SELECT rolsuper FROM pg_roles WHERE rolname = session_user"):
        member = "SELECT pg_has_role(session_user, :owner, 'MEMBER')"
        if plan.names.owner not in known or not store.value(member, owner=plan.names.owner):
            lines.append(f"GRANT {quoted(plan.names.owner)} TO SESSION_USER")
    return _run(store, lines)


def _create_logins(store: Store, persons: list[Person]) -> list[str]:
    known = {name for name, *_ in store.rows(LOGINS)}
    missing = (person.name for person in persons if person.roles and person.name not in known and is_login(person.name))
    return _run(store, [f"CREATE ROLE {quoted(name)} LOGIN" for name in missing])


def _align(store: Store, plan: Plan, persons: list[Person]) -> list[str]:
    """Bring the members of the groups in line with the roles of the users."""
    version, held = server_version(store), memberships(store, plan)
    wanted = {person.name: wanted_groups(plan.names, person) for person in persons if is_login(person.name)}
    lines = []
    for name in sorted(held.keys() | wanted.keys()):
        has, needs = held.get(name, frozenset()), wanted.get(name, frozenset())
        lines += [join(group, name, version) for group in sorted(needs - has)]
        lines += [leave(group, name) for group in sorted(has - needs)]
    return _run(store, lines)


def _rebuild(store: Store, plan: Plan) -> list[str]:
    done = _run(store, [*_leftovers(store), *_guards(store, plan), *plan.lines()])
    done += _run(store, list(_strangers(store, plan)))
    _set(store, FINGERPRINT, plan.fingerprint())
    if setting(store, "identity") != "system":
        _set(store, "identity", "system")
    return done


def _set(store: Store, key: str, value: str) -> None:
    if not store.execute("UPDATE setting SET value = :value WHERE key = :key", key=key, value=value):
        store.insert_one("setting", key=key, value=value)


def _leftovers(store: Store) -> Iterator[str]:
    """Yield the statements that remove what an earlier version of the rules left."""
    for table, name in store.all(
        "SELECT tablename::text, policyname::text FROM pg_policies WHERE schemaname = 'public'"
    ):
        yield f"DROP POLICY {quoted(name)} ON {quoted(table)}"
    sql = """SELECT t.tgname::text, c.relname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND t.tgname LIKE 'access\\_%'"""
    for name, table in store.all(sql):
        yield f"DROP TRIGGER {quoted(name)} ON {quoted(table)}"
    sql = """SELECT oid::regprocedure::text FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'access\\_%' ORDER BY 1"""
    for (signature,) in store.all(sql):
        yield f"DROP FUNCTION {signature}"


def _strangers(store: Store, plan: Plan) -> Iterator[str]:
    """Yield the statements that take from others than the book's own groups what they were given in its schema.

    By hand, or in another database that this one is a copy of. Row rules do not bind who may truncate a table.
    """
    known = {plan.names.owner, *plan.groups}
    for _, what, name in store.all(_STRANGERS):
        if name not in known:
            yield f"REVOKE ALL ON {what} FROM {quoted(name)} CASCADE"


def _guards(store: Store, plan: Plan) -> Iterator[str]:
    """Yield the statements that give the guards to the owner: they judge by rows that a person need not see."""
    sql = """SELECT oid::regprocedure::text FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'guard\\_%' ORDER BY 1"""
    yield f"GRANT USAGE, CREATE ON SCHEMA public TO {quoted(plan.names.owner)}"
    for (signature,) in store.all(sql):
        yield f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"
        yield f"ALTER FUNCTION {signature} OWNER TO {quoted(plan.names.owner)}"


def _take_down(store: Store, plan: Plan) -> list[str]:
    lines = [
        leave(group, name) for name, groups in sorted(memberships(store, plan).items()) for group in sorted(groups)
    ]
    lines += _leftovers(store)
    lines += [f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY" for table in sorted(plan.shapes)]
    known = {name for name, *_ in store.rows(LOGINS)}
    groups = [quoted(name) for name in plan.groups if name in known]
    if groups:
        them = ", ".join(groups)
        lines.append(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {them}")
        lines.append(f"REVOKE ALL ON SCHEMA public FROM {them}")
        lines.append(f"REVOKE ALL ON DATABASE {quoted(plan.names.database)} FROM {them}")
        lines += [f"DROP ROLE {group}" for group in groups]
    if plan.names.owner in known:
        owner = quoted(plan.names.owner)
        lines += [f"REASSIGN OWNED BY {owner} TO SESSION_USER", f"DROP OWNED BY {owner}", f"DROP ROLE {owner}"]
    done = _run(store, lines)
    store.execute("DELETE FROM setting WHERE key = :key", key=FINGERPRINT)
    return done


def _run(store: Store, lines: list[str]) -> list[str]:
    for line in lines:
        store.execute(line)
    return lines
