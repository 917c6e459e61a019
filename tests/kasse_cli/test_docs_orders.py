"""The console session of docs/orders.md is what the commands say."""

import os
import re

import pytest

from tests.books import sqlite_copy
from tests.kasse_cli.order_files import write
from tests.kasse_cli.test_cmd_order_kinds import STANDING
from tests.paths import ROOT

PAGE = ROOT / "docs" / "orders.md"
SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.fixture
def town(shell, sqlite_template):
    with sqlite_copy(sqlite_template, shell.folder):
        write(shell.folder, "liste.csv", STANDING)
        shell.terminal = True
        yield shell


def test_the_session_of_the_page_is_true(town):
    text = PAGE.read_text("utf-8")
    session = SESSION.search(text)[1]
    said = []
    for line in session.splitlines():
        if line.startswith("$ "):
            done = town(line.removeprefix("$ "), NO_COLOR="1", COLUMNS="100")
            said += [line, *(part.rstrip() for part in (done.out + done.err).splitlines())]
    fresh = "\n".join(said) + "\n"
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        PAGE.write_text(text.replace(session, fresh), "utf-8", newline="\n")
    assert fresh == session or os.environ.get("KASSE_UPDATE_GOLDEN")
