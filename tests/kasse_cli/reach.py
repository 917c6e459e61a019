"""What a command can reach in the program text: functions and constants by name, through imports at any place."""

import ast
from functools import cache

from tests.paths import ROOT
from tests.sources import trees

Place = tuple[str, str]
"""A module and a name at its top."""


@cache
def modules() -> dict[str, ast.Module]:
    found = {}
    for path, tree in trees().items():
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if ".migrations" not in name and not name.startswith("sepa"):
            found[name] = tree
    return found


@cache
def places() -> dict[Place, ast.stmt]:
    found: dict[Place, ast.stmt] = {}
    for module, tree in modules().items():
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                found[module, statement.name] = statement
            elif isinstance(statement, ast.Assign | ast.AnnAssign):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                found |= {(module, target.id): statement for target in targets if isinstance(target, ast.Name)}
    return found


def imports(nodes) -> dict[str, Place]:
    taken = (node for node in nodes if isinstance(node, ast.ImportFrom) and node.module)
    return {alias.asname or alias.name: (node.module, alias.name) for node in taken for alias in node.names}


@cache
def known(module: str) -> dict[str, Place]:
    top = (statement for statement in modules()[module].body if isinstance(statement, ast.ImportFrom | ast.If))
    return imports(node for statement in top for node in ast.walk(statement))


@cache
def named(place: Place) -> frozenset[Place]:
    """Return the places that the text of one names."""
    found, all_places = set(), places()
    nodes = list(ast.walk(all_places[place]))
    names = known(place[0]) | imports(nodes)
    for node in nodes:
        if isinstance(node, ast.Name):
            found.add(names.get(node.id, (place[0], node.id)))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, name = names.get(node.value.id, ("", ""))
            found.add((f"{module}.{name}", node.attr))
    return frozenset(one for one in found if one in all_places)


@cache
def reached(start: Place) -> frozenset[Place]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = named(waiting.pop()) - found
        found |= fresh
        waiting += fresh
    return frozenset(found)


def words(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
