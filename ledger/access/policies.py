"""Row rules: who sees, adds, changes and removes which rows, by office and by role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.access.names import Names, array, quoted
from ledger.access.rights import TableRights
from ledger.people.users import ROLES


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as it stands in the database: its columns, those that name a person, its key; whose office it is of."""

    table: str
    columns: tuple[str, ...]
    persons: tuple[str, ...]
    required: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def office(self) -> str:
        """The column that says of which office a row is, '' where the table knows none."""
        if self.table == "office":
            return "code"
        return "office" if "office" in self.columns else ""


_HOW = {"read": "SELECT USING", "insert": "INSERT WITH CHECK", "update": "UPDATE USING", "delete": "DELETE USING"}


def policy_statements(shapes: Mapping[str, Shape], rights: Mapping[str, TableRights]) -> Iterator[str]:
    """Yield the statements that put the row rules on every table."""
    for table, shape in sorted(shapes.items()):
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        known = rights.get(table)
        if known is None:
            continue
        held = {"read": known.readers, "insert": known.insert, "update": known.updaters, "delete": known.delete}
        for verb, roles in held.items():
            if roles:
                yield f"CREATE POLICY access_{verb} ON {table} FOR {_rule(shape, known, verb, roles)}"


def _rule(shape: Shape, known: TableRights, verb: str, roles: tuple[str, ...]) -> str:
    """Return which rows a verb may touch; a new office is made by who holds the role in all offices."""
    if verb == "insert" and shape.table == "office":
        return f"{_HOW[verb]} ('*' = ANY ((SELECT access_offices({array(roles)}))::text[]))"
    whole = _among(shape, roles, anywhere=verb in known.anywhere)
    if verb != "update" or not known.changes_while:
        return f"{_HOW[verb]} ({whole})"
    free = tuple(role for role in roles if role not in known.changes_while)
    rows = [_among(shape, free, anywhere=verb in known.anywhere)]
    for role, states in known.changes_while.items():
        rows.append(f"{_among(shape, (role,), anywhere=verb in known.anywhere)} AND state = ANY ({array(states)})")
    return f"{_HOW[verb]} ({' OR '.join(rows)}) WITH CHECK ({whole})"


def _among(shape: Shape, roles: tuple[str, ...], *, anywhere: bool) -> str:
    """Return the condition that the acting person holds one of the roles where the row is.

    The functions stand in sub-queries that do not depend on the row: they run once in a statement. The CASE keeps the
    condition out of the server's plan, which is made for the query: taken for a second key, office and office would
    make one row of thousands, and any index that begins with the office as good as the one that leads to the row.
    """
    if anywhere and roles == ROLES:
        return "true"  # everybody in a group; who is locked still learns that the book is there
    somewhere = f"(SELECT access_holds({array(roles)}))"
    if anywhere or not shape.office:
        return somewhere
    here = f"{shape.office} = ANY ((SELECT access_offices({array(roles)}))::text[])"
    if _nullable(shape):
        return f"CASE WHEN {shape.office} IS NULL THEN {somewhere} ELSE {here} END"
    return f"CASE WHEN {here} THEN true ELSE false END"


def _nullable(shape: Shape) -> bool:
    return shape.office not in shape.required


def grant_statements(shapes: Mapping[str, Shape], rights: Mapping[str, TableRights], names: Names) -> Iterator[str]:
    """Yield the statements that give each group what it may do with each table."""
    for table in sorted(shapes.keys() & rights.keys()):
        known = rights[table]
        for verb, roles in (("SELECT", known.readers), ("INSERT", known.insert), ("DELETE", known.delete)):
            if roles:
                yield f"GRANT {verb} ON {table} TO {_groups(names, roles)}"
        by_roles: dict[tuple[str, ...], list[str]] = {}
        for column, roles in known.update.items():
            by_roles.setdefault(roles, []).append(column)
        for roles, columns in by_roles.items():
            yield f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {_groups(names, roles)}"


def _groups(names: Names, roles: tuple[str, ...]) -> str:
    return ", ".join(quoted(names.group(role)) for role in roles)
