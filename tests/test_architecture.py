"""What docs/architecture.md says of the code, checked: imports point down, modules and functions stay small."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests import sources
from tests.paths import ROOT
from tests.sources import PACKAGES  # each may import itself and those before it

ALLOWED = {
    "sepa": {"lxml", "stdnum", "schwifty", "segno", "holidays"},
    "ledger": {"sqlmodel", "sqlalchemy", "psycopg", "rapidfuzz"},
    "enforcement": {"holidays", "sqlmodel", "sqlalchemy"},
    "kasse_cli": {
        "typer", "rich", "openpyxl", "python_calamine", "typst", "textual", "alembic", "platformdirs", "sqlalchemy",
        "lxml", "segno", "schwifty", "babel", "stdnum", "sqlmodel", "facturx",
    },
}  # fmt: skip
LONGEST_FUNCTION, LONGEST_MODULE = 40, 300
STORE_MODULES = re.compile(r"(^|_)(store|tables|reader|writer|service)$")
KNOWN_SERVICES = {
    "ledger/store", "ledger/book/creation.py", "ledger/people/users.py", "ledger/items/kassenzeichen.py",
    "kasse_cli/wiring.py",
}  # fmt: skip


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return sources.trees()


def imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            found.add(node.module or "")
    return found


def test_packages_import_only_downward_and_what_they_may(trees):
    import sys

    wrong = []
    for path, tree in trees.items():
        package = name(path).split("/")[0]
        below = set(PACKAGES[: PACKAGES.index(package) + 1])
        allowed = below | ALLOWED[package] | set(sys.stdlib_module_names) | {"__future__"}
        tops = {module.split(".")[0] for module in imports(tree)}
        wrong += [f"{name(path)} imports {top}" for top in sorted(tops - allowed)]
    assert wrong == []


def test_functions_and_modules_stay_small(trees):
    long = []
    for path, tree in trees.items():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONGEST_MODULE and "migrations" not in name(path):
            long.append(f"{name(path)} has {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "migrations" not in name(path):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    long.append(f"{name(path)}:{node.lineno} {node.name} has {size} lines")
    assert long == []


OUTSIDE = re.compile(
    r"date\.today\(|datetime\.now\(|time\.time\(|uuid4|uuid1|\brandom\.|os\.environ|getenv|os\.urandom|secrets\."
)


def test_clock_randomness_and_environment_stay_above():
    wrong = [
        f"{name(path)}: {found[0]}"
        for path in sources.trees()
        if not name(path).startswith("kasse_cli")
        for found in [OUTSIDE.search(path.read_text(encoding="utf-8"))]
        if found
    ]
    assert wrong == []


def test_only_stores_talk_to_the_database():
    calls = re.compile(r"\bstore\.(rows|one|value|execute|execute_many|insert|insert_one|stream|all)\(")
    wrong = [
        name(path)
        for path in sources.trees()
        if calls.search(path.read_text(encoding="utf-8"))
        and not STORE_MODULES.search(path.stem)
        and not any(name(path).startswith(known) for known in KNOWN_SERVICES)
    ]
    assert wrong == []


def test_nothing_is_named_for_what_it_is_not():
    bad = {"utils", "helpers", "common", "manager", "handler", "base", "misc"}
    assert [name(path) for path in sources.trees() if path.stem in bad] == []


def test_no_file_names_a_place_of_somebodys_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    words = re.compile(r"/(?:home|root|Users)/\w+|[A-Z]:\\Users")
    wrong = []
    for file in filter(None, listed):
        path = ROOT / file
        if path.suffix in {".png", ".xlsx", ".pdf", ".zip", ".mo", ".ods"} or path.name == "test_architecture.py":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if words.search(line):
                wrong.append(f"{file}:{number}: {line.strip()[:80]}")
    assert wrong == []
