"""Everything that makes a book's database roles, as SQL statements in their order; nothing here runs one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from ledger.access.functions import functions
from ledger.access.names import Names, quoted
from ledger.access.openings import openings
from ledger.access.policies import Shape, grant_statements, policy_statements
from ledger.access.rights import TableRights
from ledger.access.signing import triggers
from ledger.people.users import ROLES

CALLED = ("access_actor()", "access_offices(text[])", "access_holds(text[])", "access_count(text)")
"""The functions that row rules call in the right of whoever reads or writes, and the one that counts rows for them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a book's database should look like."""

    names: Names
    shapes: Mapping[str, Shape]
    rights: Mapping[str, TableRights]

    @property
    def groups(self) -> tuple[str, ...]:
        """All groups: everybody's first, then one of each role of the book."""
        return (self.names.people, *(self.names.group(role) for role in ROLES))

    def lines(self) -> list[str]:
        """Return the statements that do not depend on who is there."""
        return [*self._place(), *self._functions(), *self._rules(), *self._grants()]

    def fingerprint(self) -> str:
        """Return a hash of the statements: the same where nothing would change."""
        return sha256("\n".join(self.lines()).encode()).hexdigest()

    def _place(self) -> Iterator[str]:
        owner, people, database = quoted(self.names.owner), quoted(self.names.people), quoted(self.names.database)
        yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"
        yield f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {people}"
        yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
        yield f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}"
        yield f"GRANT USAGE ON SCHEMA public TO {people}"

    def _functions(self) -> Iterator[str]:
        for signature, text in functions():
            yield text
            yield from self._owned(signature)
        for signature in CALLED:
            yield f"GRANT EXECUTE ON FUNCTION {signature} TO {quoted(self.names.people)}"

    def _rules(self) -> Iterator[str]:
        yield from policy_statements(self.shapes, self.rights)
        for name, text in (*triggers(self.shapes, self.rights), *openings()):
            yield text
            if name.endswith("()"):
                yield from self._owned(name)

    def _owned(self, signature: str) -> Iterator[str]:
        yield f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"
        yield f"ALTER FUNCTION {signature} OWNER TO {quoted(self.names.owner)}"

    def _grants(self) -> Iterator[str]:
        for table in sorted(self.shapes):
            yield f"ALTER TABLE {table} OWNER TO {quoted(self.names.owner)}"
            yield f"REVOKE ALL ON {table} FROM PUBLIC, {', '.join(map(quoted, self.groups))}"
        yield from grant_statements(self.shapes, self.rights, self.names)


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the book and what the database should know of them: no roles where locked."""

    name: str
    roles: tuple[str, ...]


def wanted_groups(names: Names, person: Person) -> frozenset[str]:
    """Return the groups that a person's login should be in."""
    if not person.roles:
        return frozenset()
    return frozenset({names.people, *(names.group(role) for role in person.roles)})


def join(group: str, login: str, version: int) -> str:
    """Return the statement that puts a login into a group; it need not become the group (PostgreSQL 16)."""
    options = " WITH INHERIT TRUE, SET FALSE" if version >= 160000 else ""
    return f"GRANT {quoted(group)} TO {quoted(login)}{options}"


def leave(group: str, login: str) -> str:
    """Return the statement that takes a login out of a group."""
    return f"REVOKE {quoted(group)} FROM {quoted(login)}"
