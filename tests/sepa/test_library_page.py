"""The library page holds whole programs: each is run as it stands there, and prints what the page says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.paths import ROOT

PAGE = ROOT / "docs" / "library.md"
_FENCE = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_OUTSIDE = {"ledger", "enforcement", "kasse_cli", "sqlalchemy", "sqlmodel", "typer", "rich", "openpyxl"}
_SHOW_MODULES = "\nimport sys\nprint(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"


class Program(NamedTuple):
    title: str
    code: str
    printed: str


def blocks(page: str) -> list[tuple[str, str, str]]:
    return _FENCE.findall(page)


def programs(page: str) -> list[Program]:
    """Each program with the block behind it, which is what it prints."""
    fences = list(_FENCE.finditer(page))
    found = []
    for fence, after in zip(fences, [*fences[1:], None], strict=True):
        if fence[1] == "python":
            assert after is not None, "a program without its output"
            assert (after[1], after[2]) == ("text", None), "a program without its output"
            title = re.findall(r"^## (.*)$", page[: fence.start()], re.MULTILINE)[-1]
            found.append(Program(title, fence[3], after[3]))
    return found


PROGRAMS = programs(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    for _, name, text in blocks(PAGE.read_text(encoding="utf-8")):
        if name:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8", "-W", "error", "-c", code]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


def test_the_page_shows_what_a_library_is_asked_for_first():
    assert [program.title for program in PROGRAMS] == [
        "Write transfers",
        "Collect, give back, recall",
        "Read what the bank answers",
        "Read statements",
        "Join a batch with its notification",
        "Check an IBAN or a reference",
        "Redact a file",
        "Check a payment file of others",
    ]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_each_program_prints_what_the_page_says_and_loads_nothing_but_sepa(program, folder):
    done = run(program.code + _SHOW_MODULES, folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == program.printed
    loaded = set(done.stderr.split())
    assert "sepa" in loaded
    assert loaded & _OUTSIDE == set()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_each_program_takes_about_ten_lines(program):
    lines = [line for line in program.code.splitlines() if line and not line.startswith(("from ", "import "))]
    assert len(lines) <= 12
    assert max(map(len, program.code.splitlines())) <= 120


def test_the_transfers_written_are_a_file_that_sepa_itself_finds_nothing_wrong_with(folder):
    from datetime import date

    from sepa.pain_reading import read_payments
    from sepa.rules.foreign import check_payments

    assert run(PROGRAMS[0].code, folder).returncode == 0
    findings = check_payments(read_payments(folder / "run-1.xml"), on=date(2026, 11, 23))
    assert [finding.code for finding in findings] == ["day.not_target"]
