"""The console session of docs/takeover.md is what the commands say."""

import os
import re

import pytest

from tests.books import sqlite_copy
from tests.kasse_cli.order_files import write
from tests.kasse_cli.test_opening_lists import FILES
from tests.paths import ROOT

PAGE = ROOT / "docs" / "takeover.md"
SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)
SUMS = "--control receivables=105 --control suspense=42,50 --control balances=62,50"
COMMANDS = (
    f"kasse opening import alt --as-of 2026-11-15 {SUMS} --user root",
    "kasse opening sign alt --user root",
    "kasse opening sign alt --user emil",
    "kasse party show alt:4711 --user clara",
)


@pytest.fixture
def town(shell, sqlite_template):
    with sqlite_copy(sqlite_template, shell.folder):
        for name, text in FILES.items():
            write(shell.folder / "alt", f"{name}.csv", text)
        shell.terminal = True
        yield shell


def test_the_session_of_the_page_is_true(town):
    text = PAGE.read_text("utf-8")
    session = SESSION.search(text)[1]
    said = []
    for line in COMMANDS:
        done = town(line, NO_COLOR="1", COLUMNS="100")
        said += [f"$ {line}", *(part.rstrip() for part in (done.out + done.err).splitlines())]
    fresh = "\n".join(said) + "\n"
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        PAGE.write_text(text.replace(session, fresh), "utf-8", newline="\n")
    assert fresh == session or os.environ.get("KASSE_UPDATE_GOLDEN")
