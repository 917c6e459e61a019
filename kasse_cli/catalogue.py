"""Keep the translations: `python -m kasse_cli.catalogue` collects every text and compiles the German one.

Texts are the arguments of `N_` and `_`, the docstrings of commands and the metavars of their parameters.
Needs Babel, which only developers have; the compiled catalogue is part of the package.
"""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import io
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli import __version__
from kasse_cli.i18n import DOMAIN, LOCALE_DIR

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ROOT = Path(__file__).parent.parent
PACKAGES = ("sepa", "ledger", "enforcement", "kasse_cli")
MARKERS = {"N_", "_"}
# a catalogue written twice is the same file: no clock in its header
EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def texts(source: str | ast.Module, handed: Container[str] = ()) -> Iterator[str]:
    """Yield every text of a module that people see, in the order of the module.

    `handed` are the names of its functions that are handed to `command(…)`, as `handed_over` finds them.
    """
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Call):
            yield from _marked(node)
        elif isinstance(node, ast.FunctionDef) and (_is_command(node) or node.name in handed):
            yield inspect.cleandoc(ast.get_docstring(node) or "")


def handed_over(source: str | ast.Module, module: str = "") -> Iterator[tuple[str, str]]:
    """Yield module and name of each function that a module hands to `command(…)` instead of decorating it."""
    nodes = list(ast.walk(_parsed(source)))
    origin = {
        alias.asname or alias.name: (str(node.module), alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in nodes:
        if isinstance(node, ast.Call) and _calls_command(node.func):
            for argument in node.args[:1]:
                if isinstance(argument, ast.Name):
                    yield origin.get(argument.id, (module, argument.id))


def _parsed(source: str | ast.Module) -> ast.Module:
    return ast.parse(source) if isinstance(source, str) else source


def _marked(call: ast.Call) -> Iterator[str]:
    if isinstance(call.func, ast.Name) and call.func.id in MARKERS:
        yield from (_constant(argument) for argument in call.args[:1])
    yield from (_constant(keyword.value) for keyword in call.keywords if keyword.arg == "metavar")


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_command(node: ast.FunctionDef) -> bool:
    return any(map(_calls_command, node.decorator_list))


def _calls_command(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "command"


def modules() -> list[Path]:
    """Return all modules whose texts are translated."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def parsed(paths: Iterable[Path]) -> dict[Path, ast.Module]:
    """Return modules as trees."""
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def collect(trees: Mapping[Path, ast.Module]) -> dict[str, list[str]]:
    """Return every text with the modules it stands in."""
    found: dict[str, list[str]] = {}
    sources = {path.relative_to(ROOT).as_posix(): tree for path, tree in trees.items()}
    modules_ = {name: name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in sources}
    handed = {one for name, source in sources.items() for one in handed_over(source, modules_[name])}
    for name, source in sources.items():
        own = {function for module, function in handed if module == modules_[name]}
        for text in dict.fromkeys(texts(source, own)):
            if text:
                found.setdefault(text, []).append(name)
    return found


def po_path(lang: str = "de") -> Path:
    """Return where the translations of a language are written down."""
    return LOCALE_DIR / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(lang: str = "de") -> Catalog:
    """Return the catalogue as it is written down, an empty one where there is none."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = po_path(lang)
    if not path.exists():
        return Catalog(locale=lang, project=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=lang)


def update(catalogue: Catalog, found: dict[str, list[str]]) -> Catalog:
    """Return a catalogue of exactly the texts found, with the translations it already had."""
    from babel.messages.catalog import Catalog

    fresh = Catalog(
        catalogue.locale,
        header_comment="# The texts of kasse in German, collected by `python -m kasse_cli.catalogue`.",
        project=DOMAIN,
        version=__version__,
        msgid_bugs_address="-",
        last_translator="-",
        language_team="de",
        fuzzy=False,
        creation_date=EPOCH,
        revision_date=EPOCH,
    )
    for text, names in sorted(found.items()):
        old = catalogue.get(text)
        fresh.add(text, old.string if old else "", locations=[(name, 0) for name in names])
    return fresh


def po_bytes(catalogue: Catalog) -> bytes:
    """Return the catalogue in the form people edit."""
    from babel.messages.pofile import write_po

    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, include_lineno=False)
    return out.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return the catalogue in the form programs load."""
    from babel.messages.mofile import write_mo

    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Collect, write and compile; say how many texts still lack a translation."""
    catalogue = update(read(), collect(parsed(modules())))
    path = po_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(po_bytes(catalogue))
    path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
    missing = [message for message in catalogue if message.id and not message.string]
    sys.stdout.write(f"{len(catalogue)} texts, {len(missing)} without translation: {path}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
