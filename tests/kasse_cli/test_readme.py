"""The console session of the README is what a newcomer sees behind `python3 dev.py demo`."""

import contextlib
import os
import re
from pathlib import Path

import pytest

from kasse_cli.demo import play
from kasse_cli.demo.week import Week
from kasse_cli.main import run
from tests.kasse_cli.transcripts import Shell
from tests.paths import ROOT

README = ROOT / "README.md"
SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    with contextlib.chdir(folder):
        play.play(Week(Path("kasse-demo"), run))
    return folder


def test_the_session_of_the_readme_is_true(town):
    text = README.read_text(encoding="utf-8")
    session = SESSION.search(text)[1]
    shell = Shell(town, terminal=True)
    said = []
    for line in session.splitlines():
        if line.startswith("$ export "):
            shell.environ |= dict(pair.split("=") for pair in line.removeprefix("$ export ").split())
            said.append(line)
        elif line.startswith("$ "):
            done = shell(line.removeprefix("$ "), NO_COLOR="1")
            said += [line, *done.out.splitlines(), *done.err.splitlines()]
    fresh = "\n".join(said) + "\n"
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        README.write_text(text.replace(session, fresh), encoding="utf-8", newline="\n")
    assert fresh == session or os.environ.get("KASSE_UPDATE_GOLDEN")
