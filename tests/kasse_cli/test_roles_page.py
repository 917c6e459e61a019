"""The lines for the administrator on docs/roles.md are commands that exist, with options they take."""

import re
import shlex
from pathlib import Path

import pytest

from tests.kasse_cli.transcripts import Shell

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "roles.md"
(SCRIPT,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
LINES = [line for line in SCRIPT.replace("\\\n", " ").splitlines() if line.startswith("kasse ")]


@pytest.mark.parametrize("line", LINES)
def test_each_line_is_understood(tmp_path, line):
    """What the lines do is played by test_cmd_db.py; here they are read as typed, on a book that is a file."""
    shell = Shell(tmp_path, user="kasse_dba")
    made = [one for one in LINES[: LINES.index(line)] if "db " not in one]
    for one in made:
        assert shell(one).code == 0
    done = shell([*shlex.split(line)[1:], "--json"])
    expected = ["roles.no_server"] if " db " in line else []
    assert [error["code"] for error in done.json["errors"]] == expected


def test_the_setup_is_ten_lines():
    assert len(SCRIPT.replace("\\\n", " ").splitlines()) == 10
