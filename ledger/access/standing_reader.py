"""What stands in the database: its tables, rules, logins and their groups, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from ledger.access.names import LoginNameError, Names, is_login
from ledger.access.policies import Shape
from ledger.access.rights import TableRights
from ledger.access.statements import Person, Plan, wanted_groups
from ledger.book.store import kasse_office, setting
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

FINGERPRINT = "database_roles"
"""The setting that keeps which rules stand in the database; it is there exactly as long as they are."""
_SHAPES = """
    SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum),
        array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.atttypid = 'bigint'::regtype
            AND (a.attname = 'by' OR a.attname LIKE '%\\_by')),
        array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnotnull),
        (SELECT array_agg(k.attname::text ORDER BY k.attnum) FROM pg_index i
         JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey::smallint[])
         WHERE i.indrelid = c.oid AND i.indisprimary)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid, c.relname"""
_STANDING = """
    SELECT 'policy', tablename || ' ' || policyname, cmd || ' ' || permissive || ' ' || roles::text || ' '
        || coalesce(qual, '') || ' ' || coalesce(with_check, '') FROM pg_policies WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger', c.relname || ' ' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND t.tgname LIKE 'access\\_%'
    UNION ALL SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid) || ' '
        || coalesce(p.proacl::text, '') || ' ' || pg_get_userbyid(p.proowner)
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'table', c.relname, pg_get_userbyid(c.relowner) || ' ' || c.relrowsecurity::text || ' '
        || coalesce(c.relacl::text, '') || ' ' || coalesce((SELECT string_agg(a.attname || a.attacl::text, ' '
            ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL), '')
    FROM pg_class c WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S') AND c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'schema', n.nspname, coalesce(n.nspacl::text, '') FROM pg_namespace n WHERE n.nspname = 'public'
    UNION ALL SELECT 'database', d.datname, coalesce(d.datacl::text, '') FROM pg_database d
    WHERE d.datname = current_database()
    ORDER BY 1, 2, 3"""
_PEOPLE = """
    SELECT u.name, r.role FROM app_user u LEFT JOIN user_role r ON r.user_id = u.id AND u.locked = 0
    UNION SELECT u.name, d.role FROM app_user u JOIN deputy d ON d.deputy = u.id AND u.locked = 0
    WHERE d.until >= CAST(:today AS TEXT) AND (d.ended_on IS NULL OR d.ended_on > CAST(:today AS TEXT))
    ORDER BY 1, 2"""
_MEMBERS = """
    SELECT m.rolname::text, g.rolname::text FROM pg_auth_members x JOIN pg_roles g ON g.oid = x.roleid
    JOIN pg_roles m ON m.oid = x.member WHERE g.rolname = ANY (:groups) AND m.rolname <> ALL (:groups)"""
_INHERITED = " AND x.inherit_option"
"""Who creates a role is its member since PostgreSQL 16, to give it to others, without the rights that it has."""
LOGINS = """SELECT rolname::text, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication
             FROM pg_roles"""


class NotAServerError(KasseError):
    """Database roles where the book is a file."""

    code = "roles.no_server"
    template = N_("a book in a file has no database roles: whoever may write the file may write anything into it")
    hint = N_("put the book on a PostgreSQL server; in a file, four eyes are a procedure")


class StrangeLoginError(KasseError):
    """Roles given by somebody whom the database knows under another name than the book."""

    code = "roles.login"
    template = N_("you are logged in to the database as {login}, and act in the book as {user}")
    hint = N_("log in as a user of the book who is admin of all offices; 'kasse user add' makes the login one")


class NoRolesError(KasseError):
    """A book whose database has no roles yet."""

    code = "roles.none"
    template = N_("the database does not enforce who may do what in this book")
    hint = N_("make its roles with 'kasse db grant'")
    severity = "warning"


class ChangedRolesError(KasseError):
    """Rules of the database that are not those which were granted."""

    code = "roles.changed"
    template = N_("the rights in the database are not those that kasse has given")
    hint = N_("find out who changed them, then give them again with 'kasse db grant'")


class MembershipError(KasseError):
    """A login whose groups are not those of the user's roles."""

    code = "roles.membership"
    template = N_("{user} has other rights in the database than in the book")
    hint = N_("bring them in line with 'kasse db grant'")
    severity = "warning"


class PartialViewError(KasseError):
    """What needs the whole book, by a login that sees only a part of it."""

    code = "roles.partial"
    template = N_("this login does not see the whole book; offices of which it sees everything: {offices}")
    hint = N_("let somebody do it who is head or audit in the Kasse, or admin of all offices")


class UnboundLoginError(KasseError):
    """A login that the rules of the database do not bind."""

    code = "roles.unbound"
    template = N_("the login {user} administers the server: the rules of the database do not bind it")
    hint = N_("let people work with a login of their own that has no rights on the server")
    severity = "warning"


class AdministratorNoteError(KasseError):
    """The login of somebody who only gives rights, which may well administer the server too."""

    code = "roles.administrator"
    template = N_("the login {user} administers the server: the rules of the database do not bind it")
    hint = N_("that is as it should be where nobody works in the book with this login")
    severity = "info"


def plan_of(store: Store, rights: Mapping[str, TableRights]) -> Plan:
    """Return what the database of the book should look like, by the tables that are there."""
    shapes = {
        table: Shape(table, tuple(columns), tuple(persons or ()), tuple(required or ()), tuple(key or ()))
        for table, columns, persons, required, key in store.all(_SHAPES)
    }
    return Plan(Names(str(store.value("SELECT current_database()::text"))), shapes, rights)


def people(store: Store) -> list[Person]:
    """Return the users with the roles they hold or stand in for, in some office; none where they are locked."""
    found: dict[str, list[str]] = {}
    for name, role in store.rows(_PEOPLE, today=store.today):
        found.setdefault(name, [])
        if role:
            found[name].append(role)
    return [Person(name, tuple(held)) for name, held in found.items()]


def memberships(store: Store, plan: Plan) -> dict[str, frozenset[str]]:
    """Return the groups of the book that each login is in."""
    found: dict[str, set[str]] = {}
    counted = _MEMBERS + (_INHERITED if server_version(store) >= 160000 else "")
    for member, group in store.rows(counted, groups=list(plan.groups)):
        found.setdefault(member, set()).add(group)
    return {member: frozenset(groups) for member, groups in found.items()}


def server_version(store: Store) -> int:
    """Return the version of the server as a number: 160004."""
    return int(store.value("SELECT current_setting('server_version_num')"))


def shown(plan: Plan, groups: frozenset[str]) -> str:
    """Return the roles that groups stand for, as words."""
    prefix = len(plan.names.group(""))
    return " ".join(sorted(group[prefix:] for group in groups if group != plan.names.people))


def stands(store: Store, plan: Plan) -> bool:
    """Return whether the rules that stand are those that were given, and those that this version gives."""
    return setting(store, FINGERPRINT) == plan.fingerprint() and _as_granted(store)


def _as_granted(store: Store) -> bool:
    """Return whether the rules are those that stood when they were last given, as the chained event says."""
    sql = "SELECT facts FROM event WHERE office = :office AND action = 'db.grant' ORDER BY position DESC LIMIT 1"
    facts = store.value(sql, office=kasse_office(store))
    return facts is None or f'"standing":"{standing(store)}"' in str(
        facts
    )  # not everybody sees the events of the Kasse


def standing(store: Store) -> str:
    """Return a hash of all rights, row rules, triggers and functions that stand in the database."""
    store.execute(
        "SELECT set_config('search_path', 'public, pg_temp', true)"
    )  # names are shown as it makes them visible
    digest = sha256()
    for row in store.rows(_STANDING):
        digest.update("\x1f".join(map(str, row)).encode() + b"\x1e")
    return digest.hexdigest()


def found_wrong(store: Store, plan: Plan) -> Iterator[KasseError]:
    """Yield what is wrong with rules, logins and groups."""
    if not setting(store, FINGERPRINT):
        yield NoRolesError()
        return
    if not stands(store, plan):
        yield ChangedRolesError()
    known = {name: unbound for name, _, unbound in store.rows(LOGINS)}
    held = memberships(store, plan)
    persons = people(store)
    for person in persons:
        if person.roles and not is_login(person.name):
            yield LoginNameError(user=person.name)
        elif held.get(person.name, frozenset()) != wanted_groups(plan.names, person):
            yield MembershipError(user=person.name)
        if known.get(person.name):
            yield (AdministratorNoteError if set(person.roles) <= {"admin"} else UnboundLoginError)(user=person.name)
    for name in sorted(held.keys() - {person.name for person in persons}):
        yield MembershipError(user=name)
