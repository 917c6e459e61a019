"""The reference of all commands, `docs/cli.md`, written from their own help: `python -m kasse_cli.reference`."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

from kasse_cli.context import World
from kasse_cli.lazy import NOUNS, load, present
from kasse_cli.main import run

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
_INTRODUCTION = """# The commands

This page is written by `python3 -m kasse_cli.reference` from the help texts; a test keeps it in step. What all commands
share: `--json` prints one JSON envelope, `--lang de|en` chooses the language, `-q` leaves sentences out; exit codes are
0 done, 1 refused, 2 wrong usage, 3 done but findings remain, 4 try again, 70 defect, 130 interrupted.
"""


def page() -> str:
    """Return the whole page."""
    return _INTRODUCTION + "".join(f"\n## kasse {' '.join(names)}\n\n```text\n{text}```\n" for names, text in _pages())


def _pages() -> Iterator[tuple[list[str], str]]:
    for noun in present(NOUNS):
        yield from _tree([noun.name], load(noun))


def _tree(names: list[str], command: object) -> Iterator[tuple[list[str], str]]:
    yield names, help_of(names)
    for name, child in getattr(command, "commands", {}).items():
        if not getattr(child, "hidden", False):
            yield from _tree([*names, name], child)


def help_of(names: list[str]) -> str:
    """Return the English help of a command as it looks outside a terminal."""
    out = io.StringIO()
    world = World(environ={"KASSE_LANG": "en"})
    with contextlib.redirect_stdout(out):
        run([*names, "--help"], world)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
