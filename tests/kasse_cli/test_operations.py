"""The files for systemd and cron, and the page about them, are true."""

import re
import shlex
import shutil
import subprocess

import pytest

from ledger.reports.health import Limits
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
