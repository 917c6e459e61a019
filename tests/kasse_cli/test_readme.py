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
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    with contextlib.chdir(folder):
        play.play(Week(Path("kasse-demo"), run))
    return folder


def test_the_sessions_of_the_readme_are_true(town):
    text = README.read_text(encoding="utf-8")
    shell = Shell(town, terminal=True)
    fresh = SESSION.sub(lambda block: _played(shell, block[0]), text)
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        README.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == text or os.environ.get("KASSE_UPDATE_GOLDEN")
    paid = shell("kasse item show 1000000047112 --json --user clara").data["items"]
    assert [(item["amount_cents"], item["open_cents"]) for item in paid] == [(24000, 0), (310, 0)]
    (last,) = re.findall(r"`(kasse letter post [^`]+)`", text)
    posted = shell(f"{last} --json")
    assert [one["posted_on"] for one in posted.data["posted"]] == ["2026-11-21"] * 4, posted.err


def test_the_tour_of_a_fine_takes_ten_commands():
    tour = SESSION.findall(README.read_text(encoding="utf-8"))[-1]
    assert tour.count("$ kasse ") == 10


def _played(shell, session) -> str:
    said = []
    for line in session.splitlines():
        if line.startswith("$ export "):
            shell.environ |= dict(pair.split("=") for pair in line.removeprefix("$ export ").split())
            said.append(line)
        elif line.startswith("$ "):
            done = shell(line.removeprefix("$ "), NO_COLOR="1")
            said += [line, *done.out.splitlines(), *done.err.splitlines()]
    return "\n".join(said) + "\n"
