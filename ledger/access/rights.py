"""What each role of the book may do with each table, as data: read from TOML, checked, never guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ledger.people.users import ROLES


@dataclass(frozen=True, slots=True)
class Signature:
    """A column that somebody signs later: who may, whose work it must not be, which states need it."""

    column: str
    roles: tuple[str, ...]
    never: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """Rows of one kind, by the value of a column, that a sealed row still takes: in which states, and from whom."""

    column: str
    value: str
    states: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parent:
    """The row that a new row belongs to, and the states in which it still takes one: afterwards it is sealed."""

    table: str
    key: Mapping[str, str]
    states: tuple[str, ...]
    later: Later | None = None


@dataclass(frozen=True, slots=True)
class TableRights:
    """Which roles read, insert, update (by column) and delete rows of a table, and what is signed there.

    `kinds` says who writes which kind of row, `own_kinds` those that need the role in that very office, `anywhere` the
    verbs that are not bound to the office of the row. `first_signed` are columns, with the moments beside them, that
    may name who signed a take-over first: whoever signs it last posts it in the same transaction. `changes_while` says
    of a role that it changes rows in these states only.
    """

    table: str
    read: tuple[str, ...] = ()
    insert: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    update: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_kinds: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    parent: Parent | None = None
    anywhere: tuple[str, ...] = ()
    first_signed: Mapping[str, str] = field(default_factory=dict)
    changes_while: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def updaters(self) -> tuple[str, ...]:
        """The roles that may change some column."""
        return _ordered(role for roles in self.update.values() for role in roles)

    @property
    def readers(self) -> tuple[str, ...]:
        """The roles that see rows: whoever writes reads too."""
        return _ordered([*self.read, *self.insert, *self.delete, *self.updaters])


def load_rights(*texts: str) -> dict[str, TableRights]:
    """Return the rights by table from TOML texts; every table of the book stands in exactly one of them."""
    found: dict[str, TableRights] = {}
    for text in texts:
        for table, row in tomllib.loads(text).items():
            assert table not in found, f"{table} has rights twice"
            found[table] = _table(table, row)
    return found


def _table(table: str, row: Mapping[str, object]) -> TableRights:
    known = {"read", "insert", "delete", "update", "kinds", "own_kinds", "signed", "parent", "anywhere"}
    known |= {"first_signed", "while"}
    assert row.keys() <= known, f"{table}: {sorted(row.keys() - known)}"
    signed, parent = _mapping(row.get("signed")), _mapping(row.get("parent"))
    return TableRights(
        table,
        _roles(row.get("read")),
        _roles(row.get("insert")),
        _roles(row.get("delete")),
        {column: _roles(roles) for column, roles in _mapping(row.get("update")).items()},
        {kind: _roles(roles) for kind, roles in _mapping(row.get("kinds")).items()},
        _words(row.get("own_kinds")),
        tuple(_signature(column, _mapping(values)) for column, values in signed.items()),
        _parent(parent) if parent else None,
        _words(row.get("anywhere")),
        {column: str(moment) for column, moment in _mapping(row.get("first_signed")).items()},
        {role: _words(states) for role, states in _mapping(row.get("while")).items()},
    )


def _signature(column: str, row: Mapping[str, object]) -> Signature:
    return Signature(column, _roles(row.get("roles")), _words(row.get("never")), _words(row.get("states")))


def _parent(row: Mapping[str, object]) -> Parent:
    key = {own: str(other) for own, other in _mapping(row.get("key")).items()}
    later = _mapping(row.get("later"))
    return Parent(str(row["table"]), key, _words(row.get("states")), _later(later) if later else None)


def _later(row: Mapping[str, object]) -> Later:
    return Later(str(row["column"]), str(row["value"]), _words(row.get("states")), _roles(row.get("roles")))


def _mapping(value: object) -> Mapping[str, object]:
    if value is None:
        return {}
    assert isinstance(value, dict), "a table of values"
    return value


def _words(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    assert isinstance(value, list), "a list of words"
    return tuple(map(str, value))


def _roles(value: object) -> tuple[str, ...]:
    roles = ROLES if value == ["all"] else _words(value)
    assert set(roles) <= set(ROLES), f"not roles: {set(roles) - set(ROLES)}"
    return _ordered(roles)


def _ordered(roles: Iterable[str]) -> tuple[str, ...]:
    given = set(roles)
    return tuple(role for role in ROLES if role in given)
