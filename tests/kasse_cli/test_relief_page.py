"""The console sessions of docs/relief.md are what a clerk sees."""

import os
import re

from tests.kasse_cli.test_cmd_relief import at, town
from tests.paths import ROOT

__all__ = ["town"]  # a fixture
PAGE = ROOT / "docs" / "relief.md"
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
CLOCK = "# the clock: "


def test_the_sessions_of_the_page_are_true(town):
    town.environ["NO_COLOR"] = "1"
    town.terminal = True
    text = PAGE.read_text(encoding="utf-8")
    fresh = SESSION.sub(lambda block: _played(town, block[0]), text)
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")


def _played(town, session) -> str:
    """Return the session as it is now; warnings about unconfirmed figures are left out of the page."""
    said = []
    for line in session.splitlines():
        if line.startswith(CLOCK):
            at(town, line.removeprefix(CLOCK))
            said.append(line)
        if line.startswith("$ "):
            done = town(line.removeprefix("$ "))
            said += [line, *(text.rstrip() for text in done.out.splitlines())]
            said += [text for text in done.err.splitlines() if not _doubt(text)]
    return "\n".join(said) + "\n"


def _doubt(text: str) -> bool:
    return (
        " not confirmed" in text
        or " of law " in text
        or "leaves a point open" in text
        or "'kasse law rates show" in text
    )
