"""The files for systemd and cron, and the page about them, are true."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import date

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.reports.health import Limits
from tests.books import MAIN_IBAN, sqlite_copy
from tests.conftest import needs
from tests.paths import ROOT

OPS = ROOT / "docs" / "ops"


def command(text: str) -> list[str]:
    """Return the `kasse` command of a service or a crontab, as arguments after `kasse`."""
    (line,) = re.findall(r"/usr/local/bin/kasse ([^>\n]+)", text)
    return shlex.split(line)


@pytest.mark.parametrize("name", ["kasse-reconcile.service", "crontab"])
def test_what_runs_unattended_is_a_command(name, shell):
    arguments = command((OPS / name).read_text("utf-8"))
    for folder in ("inbox", "metrics"):
        (shell.folder / folder).mkdir()
    done = shell(["kasse", *arguments][1:])
    assert done.code == 1, "there is no book"
    assert "usage" not in done.out


@pytest.mark.skipif(os.name == "nt", reason="cron is of Unix")
def test_cron_mails_what_is_wrong_and_nothing_else(sqlite_template, tmp_path):
    """The line runs by /bin/sh in the bare environment of cron: stderr is what cron mails."""
    lines = (OPS / "crontab").read_text("utf-8").replace("/var/lib/kasse", str(tmp_path))
    (line,) = re.findall(r"^[0-9].*?(cd .*)$", lines, flags=re.MULTILINE)
    environ = dict(re.findall(r"^(KASSE_\w+)=(.*)$", lines, flags=re.MULTILINE))
    line = line.replace("/usr/local/bin/kasse", f"{sys.executable} -m kasse_cli")
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "KASSE_USER": "import", **environ}

    def run(line=line):
        return subprocess.run(["/bin/sh", "-c", line], env=bare, capture_output=True, text=True, check=False)

    for folder in ("inbox", "metrics"):
        (tmp_path / folder).mkdir()
    with sqlite_copy(sqlite_template, tmp_path):
        (tmp_path / "inbox" / "1.xml").write_bytes(DemoBank(MAIN_IBAN, 0).statement(date(2026, 11, 2), (Booking(5),)))
        done = run()
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        (tmp_path / "inbox" / "2.xml").write_text("<Document", "utf-8")
        done = run()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Fehler: inbox/2.xml, Zeile 1: ")
    assert "2.xml" in (tmp_path / "report.txt").read_text("utf-8")
    assert (tmp_path / "metrics" / "kasse.prom").exists()
    assert run(line.replace(" --report", " --nothing --report")).returncode == 2
    assert not (tmp_path / "report.txt").exists(), "the report of the run before says nothing of this one"


def test_systemd_accepts_the_units(tmp_path):
    needs("systemd", bool(shutil.which("systemd-analyze")), "no systemd-analyze on this machine")
    for unit in ("kasse-reconcile.service", "kasse-reconcile.timer"):
        text = (OPS / unit).read_text("utf-8").replace("/usr/local/bin/kasse", shutil.which("true"))
        (tmp_path / unit).write_text(re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE), "utf-8")
    units = [str(tmp_path / unit.name) for unit in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "kasse" in line]) == (0, [])


def test_the_page_names_every_threshold():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for name in Limits.__dataclass_fields__:
        limit = getattr(Limits(), name)
        ends = ", ".join("-" if end is None else str(end) for end in (limit.warning, limit.critical))
        assert re.search(rf"\| `{name}` \|.*\| {ends} \|", page), name
