import io
import itertools
import sys

import pytest

from kasse_cli.progress import progress
from sepa.errors import N_


class Terminal(io.StringIO):
    def isatty(self):
        return True


def _run(out, monkeypatch, seconds, **options):
    monkeypatch.setattr(sys, "stderr", out)
    ticks = itertools.count(0, seconds)
    with progress(N_("reading {file}"), 4, clock=lambda: next(ticks), file="a.xml", **options) as step:
        for _ in range(4):
            step(1)
    return out.getvalue()


def test_a_terminal_sees_the_line_and_then_nothing(monkeypatch):
    text = _run(Terminal(), monkeypatch, 1)
    assert "reading a.xml: 4 of 4 (100 %)" in text
    assert text.endswith("\r\x1b[K")


def test_quick_work_shows_nothing(monkeypatch):
    assert _run(Terminal(), monkeypatch, 0.01) == ""


@pytest.mark.parametrize(("out", "quiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_a_pipe_and_a_quiet_run_see_nothing(monkeypatch, out, quiet):
    assert _run(out, monkeypatch, 1, quiet=quiet) == ""
