"""Every command of docs/de/erste-schritte.md works as it stands there, one after the other."""

import re

import pytest

from tests.paths import ROOT

PAGE = (ROOT / "docs" / "de" / "erste-schritte.md").read_text("utf-8")
FILE = re.compile(r"Datei `([^`]+)`:\n\n```text\n(.*?)```", re.DOTALL)
FINDINGS = {"kasse reconcile"}  # what waits to be cleared is a finding


def commands():
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("kasse ")]


@pytest.fixture
def desk(shell):
    shell.lang = "de"
    for name, text in FILE.findall(PAGE):
        path = shell.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return shell


def test_the_first_day_can_be_typed_from_the_page(desk):
    assert len(commands()) > 20
    for line in commands():
        done = desk(line)
        assert done.code in ({0, 3} if line.startswith(tuple(FINDINGS)) else {0}), (line, done.err)
    day = desk("kasse day show 2026-11-20 --user emil --json").data
    assert (day["closing"][0]["closed_by"], day["closing"][0]["confirmed_by"]) == ("clara", "emil")
    assert [(one["balance_cents"], one["bank_cents"]) for one in day["accounts"]] == [(114550, 114550)]
    items = desk("kasse report open-items --user emil --json --on 2026-11-20").data["items"]
    assert [(one["reference"], one["open_cents"]) for one in items] == [("1000000000023", 1500)]
    assert (desk.folder / "protokoll.pdf").read_bytes().startswith(b"%PDF")


def test_the_page_fits_on_one_page():
    assert len(PAGE.splitlines()) < 140
