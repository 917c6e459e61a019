"""The text of the program itself, parsed once for all the tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.paths import ROOT

PACKAGES = ("sepa", "ledger", "enforcement", "kasse_cli")


@cache
def trees() -> dict[Path, ast.Module]:
    """Return every module of the program; nobody changes what is returned."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def nodes(*packages: str) -> Iterator[tuple[Path, ast.AST]]:
    """Yield every node of the modules of these packages, of all without any, with the path of its module."""
    for path, tree in trees().items():
        if not packages or path.relative_to(ROOT).parts[0] in packages:
            yield from ((path, node) for node in ast.walk(tree))
