import os
import subprocess
import sys
import tomllib

import pytest

import kasse_cli
from kasse_cli.lazy import NOUNS
from tests.paths import ROOT

SLOW = [
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "psycopg",
    "lxml",
    "openpyxl",
    "python_calamine",
    "schwifty",
    "holidays",
    "segno",
    "pydantic",
]
SLOW += [
    "rich.table",
    "rich.console",
    "rich.traceback",
    "textual",
    "babel",
    "stdnum",
    "sqlite3",
    "logging.config",
    "asyncio",
]
REPORT = """
import sys
from kasse_cli.main import start
try:
    code = start(sys.argv[1:])
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def _loaded(*arguments):
    environ = os.environ | {"KASSE_LANG": "de", "KASSE_CONFIG": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments], env=environ, capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["iban", "check", "DE89370400440532013000"], ["config", "show"]])
def test_light_commands_import_nothing_slow(arguments):
    loaded = _loaded(*arguments)
    assert "typer" in loaded
    assert loaded.isdisjoint(SLOW), loaded & set(SLOW)


def test_help_imports_no_command_and_no_renderer():
    loaded = _loaded("--help")
    assert not [name for name in loaded if name.startswith("kasse_cli.commands.")]
    assert loaded.isdisjoint({"kasse_cli.output", "kasse_cli.usage", "kasse_cli.boundary", "json", "ledger"})


def test_a_command_imports_only_its_own_module():
    loaded = _loaded("iban", "check", "DE89370400440532013000")
    assert {name for name in loaded if name.startswith("kasse_cli.commands.")} == {"kasse_cli.commands.iban"}


def test_the_version_is_answered_before_typer():
    code = "import sys; sys.argv = ['kasse', '--version']; from kasse_cli.__main__ import main; main(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, modules = done.stdout.splitlines()
    assert version == f"kasse {kasse_cli.__version__}"
    assert "typer" not in modules.split()


def test_the_version_is_the_projects():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == kasse_cli.__version__


def test_names_and_aliases_are_unique():
    words = [word for noun in NOUNS for word in {noun.name, noun.alias}]
    assert len(words) == len(set(words))


def test_every_command_module_is_in_the_table():
    modules = (ROOT / "kasse_cli" / "commands").glob("*.py")
    nouns = {path.stem for path in modules if "\napp = noun(" in path.read_text("utf-8")}
    assert "iban" in nouns
    assert nouns <= {noun.name for noun in NOUNS}


def test_the_shell_can_complete():
    environ = os.environ | {"_KASSE_COMPLETE": "complete_bash", "COMP_WORDS": "kasse iban ch", "COMP_CWORD": "2"}
    done = subprocess.run([sys.executable, "-m", "kasse_cli"], env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["check"]
