"""Servers of tests stop by themselves, even where the tests were killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
from tests import servers
with servers.postgres_url() as (url, reason):
    print(servers.watched[-1].args[-1] if url else "-", flush=True)
    input()
"""


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill so")
def test_a_server_ends_with_tests_that_were_killed():
    if os.environ.get("KASSE_TEST_PG_URL"):
        pytest.skip("the server is given, none is started")
    run = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(
        run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
    ) as tests:
        folder = Path(tests.stdout.readline().strip())
        if folder == Path("-"):
            tests.communicate("\n")
            pytest.skip("this machine has no PostgreSQL")
        server = int((folder / "data" / "postmaster.pid").read_text("utf-8").splitlines()[0])
        assert runs(server)
        tests.kill()
    for _ in range(300):
        if not folder.exists() and not runs(server):
            break
        time.sleep(0.1)
    assert (folder.exists(), runs(server)) == (False, False)
